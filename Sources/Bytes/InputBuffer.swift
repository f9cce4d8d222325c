import Glibc

/// Bytes received and not yet consumed, contiguous, growable.
///
/// ```
///   storage:  | consumed | readable ............ | spare ......... | padding |
///             0          start                   end               capacity
/// ```
/// Invariants: 0 <= start <= end <= capacity; `padding` bytes beyond capacity are allocated, so that
/// an 8-byte load at any readable position is in bounds. A buffer without storage costs nothing:
/// an idle session lends its storage back (`swap`).
@safe public struct InputBuffer: ~Copyable {
    /// Bytes that may be read past the end without leaving the allocation.
    public static var padding: Int { 16 }

    @usableFromInline var storage: UnsafeMutablePointer<UInt8>?
    /// Bytes that fit without growing.
    public private(set) var capacity: Int
    @usableFromInline var start: Int
    @usableFromInline var end: Int

    /// A buffer without storage.
    public init() {
        unsafe storage = nil
        capacity = 0
        start = 0
        end = 0
    }

    deinit { unsafe free(storage) }

    /// How many bytes are readable.
    @inlinable
    public var count: Int { end - start }
    /// True when nothing is readable.
    @inlinable
    public var isEmpty: Bool { start == end }

    /// The readable bytes.
    @inlinable
    public var readable: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            guard let storage = unsafe storage else { return Span() }
            let span = unsafe Span(_unsafeStart: storage + start, count: end - start)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Address of the first readable byte; valid until the next mutation.
    ///
    /// Nil without storage.
    @unsafe @inlinable
    public var readableAddress: UnsafePointer<UInt8>? {
        guard let storage = unsafe storage else { return nil }
        return unsafe UnsafePointer(storage + start)
    }

    /// Drops the first `count` readable bytes.
    ///
    /// O(1).
    @inlinable
    public mutating func consume(_ count: Int) {
        precondition(count >= 0 && count <= end - start, "only readable bytes are consumed")
        start += count
        if start == end {
            start = 0
            end = 0
        }
    }

    /// Drops every readable byte.
    public mutating func removeAll() {
        start = 0
        end = 0
    }

    /// Makes room for at least `minimum` more bytes: moves what is readable to the front, or grows.
    public mutating func reserve(_ minimum: Int) {
        if capacity - end >= minimum { return }
        if start > 0, let storage = unsafe storage {
            unsafe memmove(storage, storage + start, end - start)
            end -= start
            start = 0
            if capacity - end >= minimum { return }
        }
        setCapacity(max(end + minimum, min(capacity * 2, end + minimum + 1_048_576)))
    }

    /// Lends the spare room to `body`, which returns how many bytes it wrote there (0 or less: none).
    public mutating func fill(
        atLeast minimum: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int
    ) -> Int {
        reserve(minimum)
        guard let storage = unsafe storage else { return 0 }
        let spare = unsafe UnsafeMutableRawBufferPointer(
            start: storage + end, count: capacity - end)
        let written = unsafe body(spare)
        precondition(written <= capacity - end, "a read stays within the room it was lent")
        if written > 0 { end += written }
        return written
    }

    /// Appends a copy of the bytes.
    public mutating func append(_ bytes: Span<UInt8>) {
        let count = bytes.count
        if count == 0 { return }
        reserve(count)
        guard let storage = unsafe storage else { return }
        unsafe bytes.withUnsafeBufferPointer { source in
            guard let address = source.baseAddress else { return }
            unsafe memcpy(storage + end, address, count)
        }
        end += count
    }

    /// Gives the storage back to the allocator; only when nothing is readable.
    public mutating func releaseStorage() {
        precondition(isEmpty, "a buffer with unread bytes keeps its storage")
        unsafe free(storage)
        unsafe storage = nil
        capacity = 0
        start = 0
        end = 0
    }

    private mutating func setCapacity(_ wanted: Int) {
        guard let grown = unsafe realloc(storage, wanted + Self.padding) else {
            fatalOutOfMemory(wanted)
        }
        unsafe storage = unsafe grown.assumingMemoryBound(to: UInt8.self)
        capacity = wanted
        unsafe memset(grown + wanted, 0, Self.padding)
    }
}

/// Ends the process when the allocator has nothing left: there is no state to go on with.
@usableFromInline
func fatalOutOfMemory(_ bytes: Int) -> Never {
    preconditionFailure("out of memory allocating \(bytes) bytes")
}
