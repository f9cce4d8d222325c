import CLinux
import Glibc

/// What a descriptor is watched for.
public struct Interest: OptionSet, Sendable {
    /// Bits as epoll has them.
    public let rawValue: UInt32
    /// Bits as epoll has them.
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// Bytes, a connection, or the end can be read.
    public static let read = Interest(rawValue: 0x001)
    /// Bytes can be written, or a connection attempt is over.
    public static let write = Interest(rawValue: 0x004)
}

/// One descriptor that is ready, and for what.
public struct ReadyEvent: Sendable {
    /// The 64 bits given with the descriptor.
    public let token: UInt64
    /// epoll's event bits.
    public let bits: UInt32

    /// Reading makes progress: bytes, the end, or the error.
    public var isReadable: Bool { bits & (0x001 | 0x008 | 0x010) != 0 }
    /// Writing makes progress, or tells the error.
    public var isWritable: Bool { bits & (0x004 | 0x008 | 0x010) != 0 }
    /// The connection is broken or was closed by both sides.
    public var isBroken: Bool { bits & (0x008 | 0x010) != 0 }
}

/// An epoll instance and the room for what it reports.
///
/// Level-triggered.
@safe public struct Poller: ~Copyable {
    /// Most descriptors reported by one wait; the rest are reported by the next.
    public static var maximumEvents: Int { 512 }

    private let descriptor: FileDescriptor
    private let events: UnsafeMutablePointer<epoll_event>
    /// How many descriptors the last wait reported.
    public private(set) var readyCount = 0

    /// A fresh instance.
    public init() throws(SystemError) {
        let number = try retrying { epoll_create1(Int32(O_CLOEXEC)) }
        descriptor = FileDescriptor(owning: number)
        unsafe events = .allocate(capacity: Self.maximumEvents)
    }

    deinit { unsafe events.deallocate() }

    /// The `index`-th of the `readyCount` descriptors.
    public subscript(_ index: Int) -> ReadyEvent {
        precondition(index >= 0 && index < readyCount, "an event is one that was reported")
        let event = unsafe events[index]
        return unsafe ReadyEvent(token: event.data.u64, bits: event.events)
    }

    /// Starts to watch `number`; events carry `token`.
    public func add(_ number: Int32, token: UInt64, _ interest: Interest) throws(SystemError) {
        try control(EPOLL_CTL_ADD, number, token, interest)
    }

    /// Watches `number` for something else.
    public func modify(_ number: Int32, token: UInt64, _ interest: Interest) throws(SystemError) {
        try control(EPOLL_CTL_MOD, number, token, interest)
    }

    /// Stops watching `number`; closing a descriptor does it as well.
    public func remove(_ number: Int32) throws(SystemError) {
        try control(EPOLL_CTL_DEL, number, 0, [])
    }

    /// Waits up to `milliseconds` (0: not at all, -1: for ever) and returns `readyCount`.
    public mutating func wait(milliseconds: Int32) -> Int {
        let count = unsafe epoll_wait(
            descriptor.number, events, Int32(Self.maximumEvents), milliseconds)
        // An interrupted wait is an early one; other errors cannot happen to a valid instance.
        readyCount = max(Int(count), 0)
        return readyCount
    }

    private func control(
        _ operation: Int32, _ number: Int32, _ token: UInt64, _ interest: Interest
    ) throws(SystemError) {
        var event = unsafe epoll_event()
        unsafe event.events = interest.rawValue
        unsafe event.data.u64 = token
        if unsafe epoll_ctl(descriptor.number, operation, number, &event) != 0 { throw .current }
    }
}
