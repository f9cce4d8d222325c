import Glibc

/// Bytes to be sent, contiguous, growable; the reactor writes from the front, replies go on the end.
///
/// Invariants: 0 <= start <= end <= capacity. Offsets handed out by `position` count from the first
/// byte that has not been sent and stay valid until `consume`.
@safe public struct OutputBuffer: ~Copyable {
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

    /// How many bytes wait to be sent.
    @inlinable
    public var count: Int { end - start }
    /// True when nothing waits.
    @inlinable
    public var isEmpty: Bool { start == end }
    /// Where the next byte goes, as an offset into `unsent`.
    @inlinable
    public var position: Int { end - start }

    /// The bytes that wait to be sent.
    @inlinable
    public var unsent: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            guard let storage = unsafe storage else { return Span() }
            let span = unsafe Span(_unsafeStart: storage + start, count: end - start)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Makes room for `count` more bytes.
    @inlinable
    @inline(__always)
    public mutating func reserve(_ count: Int) {
        if capacity &- end < count { grow(count) }
    }

    /// Appends one byte.
    @inlinable
    @inline(__always)
    public mutating func append(_ byte: UInt8) {
        reserve(1)
        if let storage = unsafe storage { unsafe storage[end] = byte }
        end &+= 1
    }

    /// Appends a copy of the bytes.
    @inlinable
    @inline(__always)
    public mutating func append(_ bytes: Span<UInt8>) {
        let count = bytes.count
        reserve(count)
        unsafe bytes.withUnsafeBufferPointer { source in
            if let address = source.baseAddress, let storage = unsafe storage {
                unsafe memcpy(storage + end, address, count)
            }
        }
        end &+= count
    }

    /// Appends the UTF-8 of a literal.
    @inlinable
    @inline(__always)
    public mutating func append(_ literal: StaticString) {
        let count = literal.utf8CodeUnitCount
        reserve(count)
        if let storage = unsafe storage { unsafe memcpy(storage + end, literal.utf8Start, count) }
        end &+= count
    }

    /// Appends owned bytes.
    @inlinable
    @_disfavoredOverload
    public mutating func append(_ bytes: ByteString) { append(bytes.bytes.span) }

    /// Appends the UTF-8 of our own text.
    public mutating func append(text: String) {
        var text = text
        text.withUTF8 { utf8 in unsafe append(Span(_unsafeElements: utf8)) }
    }

    /// Appends a number in decimal.
    @inlinable
    public mutating func append(decimal number: Int) {
        reserve(DecimalText.maximumLength)
        guard let storage = unsafe storage else { return }
        end &+= unsafe DecimalText.write(number, to: storage + end)
    }

    /// Lends `count` bytes of room at the end, already counted as written.
    @unsafe @inlinable
    public mutating func extend(by count: Int) -> UnsafeMutablePointer<UInt8> {
        reserve(max(count, 1))
        guard let storage = unsafe storage else { fatalOutOfMemory(count) }
        let place = unsafe storage + end
        end &+= count
        return unsafe place
    }

    /// Takes back `count` bytes from the end, after `extend` lent more than was needed.
    @inlinable
    public mutating func shrink(by count: Int) {
        precondition(count >= 0 && count <= end - start, "only unsent bytes are taken back")
        end &-= count
    }

    /// Drops everything that was appended at `position` or later.
    public mutating func truncate(to position: Int) {
        precondition(position >= 0 && position <= count, "a position lies within the unsent bytes")
        end = start + position
    }

    /// Replaces the bytes of `range` (offsets into `unsent`): deferred lengths, late errors.
    ///
    /// O(tail).
    public mutating func replace(_ range: Range<Int>, with bytes: Span<UInt8>) {
        precondition(range.upperBound <= count, "a range lies within the unsent bytes")
        let tail = count - range.upperBound
        reserve(bytes.count)
        guard let storage = unsafe storage else { return }
        let at = start + range.lowerBound
        unsafe memmove(storage + at + bytes.count, storage + start + range.upperBound, tail)
        unsafe bytes.withUnsafeBufferPointer { source in
            if let address = source.baseAddress {
                unsafe memcpy(storage + at, address, bytes.count)
            }
        }
        end = at + bytes.count + tail
    }

    /// Drops the first `count` bytes: they were sent.
    @inlinable
    public mutating func consume(_ count: Int) {
        precondition(count >= 0 && count <= end - start, "only unsent bytes are consumed")
        start += count
        if start == end {
            start = 0
            end = 0
        }
    }

    /// Drops every byte and keeps the storage.
    public mutating func removeAll() {
        start = 0
        end = 0
    }

    /// Gives the storage back to the allocator; only when nothing waits.
    public mutating func releaseStorage() {
        precondition(isEmpty, "a buffer with unsent bytes keeps its storage")
        unsafe free(storage)
        unsafe storage = nil
        capacity = 0
    }

    @usableFromInline
    @inline(never)
    mutating func grow(_ count: Int) {
        if start > 0, let storage = unsafe storage {
            unsafe memmove(storage, storage + start, end - start)
            end -= start
            start = 0
            if capacity - end >= count { return }
        }
        let wanted = max(end + count, min(capacity * 2, end + count + 8_388_608), 1024)
        guard let grown = unsafe realloc(storage, wanted) else { fatalOutOfMemory(wanted) }
        unsafe storage = unsafe grown.assumingMemoryBound(to: UInt8.self)
        capacity = wanted
    }
}
