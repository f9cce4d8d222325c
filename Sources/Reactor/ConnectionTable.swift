import Bytes

/// Which descriptor belongs to which session: the only thing that the reactor keeps per connection.
///
/// Sessions are named by the bits of their `SlotTable.Identifier`; a table entry is found by the
/// slot's position and holds for one generation. Two tables, one for clients and one for links of
/// our own, use the same epoll instance under different tokens.
public struct ConnectionTable: ~Copyable {
    /// Which half of the token space the table's connections are in.
    public enum Kind: Sendable {
        /// Clients.
        case session
        /// Connections that we opened.
        case link
    }

    private struct Entry {
        var number: Int32 = -1
        var generation: UInt32 = 0
        var interest: Interest = []
    }

    private let kind: Kind
    private var entries: [Entry] = []
    /// How many connections are open.
    public private(set) var count = 0

    /// An empty table.
    public init(_ kind: Kind) { self.kind = kind }

    deinit {
        for entry in entries where entry.number >= 0 {
            _ = FileDescriptor(owning: entry.number)
        }
    }

    /// Takes a connection over and begins to watch it.
    public mutating func insert(
        _ descriptor: consuming FileDescriptor, for identifier: UInt64, _ interest: Interest,
        in poller: borrowing Poller
    ) throws(SystemError) {
        try poller.add(descriptor.number, token: token(identifier), interest)
        let index = Int(truncatingIfNeeded: identifier & 0xffff_ffff)
        while entries.count <= index { entries.append(Entry()) }
        precondition(entries[index].number < 0, "a slot's connection is closed before the next")
        entries[index] = Entry(
            number: descriptor.release(), generation: UInt32(truncatingIfNeeded: identifier >> 32),
            interest: interest)
        count += 1
    }

    /// The descriptor of a connection; nil when it is closed already.
    public func descriptor(of identifier: UInt64) -> Int32? {
        let index = Int(truncatingIfNeeded: identifier & 0xffff_ffff)
        guard index < entries.count, entries[index].number >= 0,
            entries[index].generation == UInt32(truncatingIfNeeded: identifier >> 32)
        else { return nil }
        return entries[index].number
    }

    /// Reads once into `buffer`; a connection that is closed already is at its end.
    public func receive(
        _ identifier: UInt64, into buffer: inout InputBuffer, atLeast minimum: Int = 16_384
    ) -> Received {
        guard let number = descriptor(of: identifier) else { return .end }
        return Socket.receive(number, into: &buffer, atLeast: minimum)
    }

    /// Writes what it can from `buffer`, and waits for the socket to be writable only if it must.
    public mutating func send(
        _ identifier: UInt64, from buffer: inout OutputBuffer, in poller: borrowing Poller
    ) -> Sent {
        guard let number = descriptor(of: identifier) else { return .failed(.notConnected) }
        let sent = Socket.send(number, from: &buffer)
        switch sent {
        case .all: setInterest(identifier, adding: [], removing: .write, in: poller)
        case .some: setInterest(identifier, adding: .write, removing: [], in: poller)
        case .failed: break
        }
        return sent
    }

    /// Stops reading from a connection, until `resumeReading`: its replies pile up.
    public mutating func pauseReading(_ identifier: UInt64, in poller: borrowing Poller) {
        setInterest(identifier, adding: [], removing: .read, in: poller)
    }

    /// Reads from the connection again.
    public mutating func resumeReading(_ identifier: UInt64, in poller: borrowing Poller) {
        setInterest(identifier, adding: .read, removing: [], in: poller)
    }

    /// Closes a connection; one that is closed already stays so.
    public mutating func close(_ identifier: UInt64) {
        guard let descriptor = take(identifier) else { return }
        _ = consume descriptor
    }

    /// Gives the descriptor away without closing it; the caller takes it from the poller.
    public mutating func take(_ identifier: UInt64) -> FileDescriptor? {
        guard let number = descriptor(of: identifier) else { return nil }
        let index = Int(truncatingIfNeeded: identifier & 0xffff_ffff)
        entries[index] = Entry()
        count -= 1
        return FileDescriptor(owning: number)
    }

    private func token(_ identifier: UInt64) -> UInt64 {
        switch kind {
        case .session: EventToken.session(identifier).bits
        case .link: EventToken.link(identifier).bits
        }
    }

    /// One system call when the interest changes, none when it does not.
    private mutating func setInterest(
        _ identifier: UInt64, adding: Interest, removing: Interest, in poller: borrowing Poller
    ) {
        guard let number = descriptor(of: identifier) else { return }
        let index = Int(truncatingIfNeeded: identifier & 0xffff_ffff)
        let wanted = entries[index].interest.union(adding).subtracting(removing)
        if wanted == entries[index].interest { return }
        entries[index].interest = wanted
        // It cannot fail for a descriptor that is registered, which ours are until closed.
        try? poller.modify(number, token: token(identifier), wanted)
    }
}

extension SystemError {
    /// The connection is not there any more.
    public static var notConnected: SystemError { SystemError(code: 107) }
}
