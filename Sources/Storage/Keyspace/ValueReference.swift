import Bytes
import Determinism

/// A look at the value of a key; valid until the database is next changed.
@safe public struct ValueReference {
    @usableFromInline let entry: Entry

    @inlinable
    @inline(__always)
    init(_ entry: Entry) { self.entry = entry }

    /// What kind of value it is.
    @inlinable
    public var kind: ValueKind { entry.kind }

    /// How the value is kept.
    public var encoding: ValueEncoding {
        if entry.layout == .integer { return .integer }
        return entry.isRaw ? .raw : .embedded
    }

    /// The value where it is kept as an integer.
    @inlinable
    public var integer: Int? { entry.layout == .integer ? entry.integer : nil }

    /// Bytes of the string; of an integer, of its decimal text.
    public var byteCount: Int {
        if entry.layout == .integer {
            let number = entry.integer
            return DecimalText.digits(number.magnitude) + (number < 0 ? 1 : 0)
        }
        return unsafe entry.valueBytes.count
    }

    /// Lends the bytes of a string; of an integer, its decimal text.
    @inlinable
    @inline(__always)
    public func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        if entry.layout == .integer {
            var room: InlineArray<24, UInt8> = .init(repeating: 0)
            var span = room.mutableSpan
            let count = unsafe span.withUnsafeMutableBufferPointer { place in
                guard let first = place.baseAddress else { return 0 }
                return unsafe DecimalText.write(entry.integer, to: first)
            }
            return try body(room.span.extracting(first: count))
        }
        return try body(unsafe Span(_unsafeElements: UnsafeBufferPointer(entry.valueBytes)))
    }

    /// A copy of the string's bytes.
    public var owned: ByteString { withBytes { ByteString($0) } }

    /// Whether the key has a time to live.
    @inlinable
    public var hasExpiry: Bool { entry.hasExpiry }

    /// When the key expires, in milliseconds since 1970; nil when it does not.
    @inlinable
    public var expiryMilliseconds: Int64? {
        entry.hasExpiry ? entry.expiryMilliseconds : nil
    }

    /// Lends the key.
    public func withKey<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        body(unsafe Span(_unsafeElements: entry.key))
    }

    /// Seconds since the last access, of the 24-bit clock that wraps every 194 days.
    public func idleSeconds(at now: UnixTime) -> Int {
        Int((AccessClock.value(at: now) &- entry.accessClock) & 0xff_ffff)
    }

    /// The access clock's reading at the last access: OBJECT's and DEBUG OBJECT's `lru`.
    public var accessClock: UInt32 { entry.accessClock }

    /// Bytes that the key and the value take from the allocator, the slot included.
    public var memoryUsage: Int {
        entry.allocatedSize + (entry.layout == .separate ? entry.block.allocatedSize : 0) + 8
    }
}

/// The clock of accesses: whole seconds of wall-clock time, 24 bits.
@usableFromInline enum AccessClock {
    @inlinable
    @inline(__always)
    static func value(at now: UnixTime) -> UInt32 {
        UInt32(truncatingIfNeeded: now.microseconds / 1_000_000) & 0xff_ffff
    }
}
