import CIntrinsics
import Glibc

/// What kind of value a key holds.
public enum ValueKind: UInt8, Sendable {
    /// A string of bytes, or an integer.
    case string = 0
    /// A list.
    case list = 1
    /// A set.
    case set = 2
    /// A sorted set.
    case sortedSet = 3
    /// A hash.
    case hash = 4
    /// A stream.
    case stream = 6

    /// The name as TYPE prints it.
    public var name: StaticString {
        switch self {
        case .string: "string"
        case .list: "list"
        case .set: "set"
        case .sortedSet: "zset"
        case .hash: "hash"
        case .stream: "stream"
        }
    }
}

/// How a value is kept, as OBJECT ENCODING names it.
public enum ValueEncoding: Sendable {
    /// A 64-bit integer.
    case integer
    /// A string of at most 44 bytes that was set as a whole.
    case embedded
    /// Any other string.
    case raw

    /// The name as OBJECT ENCODING prints it.
    public var name: StaticString {
        switch self {
        case .integer: "int"
        case .embedded: "embstr"
        case .raw: "raw"
        }
    }
}

/// A key with its value: one allocation, addressed by the slot of a segment.
///
/// ```
///   0         8                16 (if wide)
///   | header  | key's length ? | key ... | expiry ? | value |
///
///   header, 64 bits, lowest first:
///     0-3 kind | 4-5 layout | 6 has expiry | 7 raw | 8-31 access clock
///     32-47 length of an inline value | 48-63 length of the key, 0xffff: wide
/// ```
/// The value is, by layout, the bytes themselves, a 64-bit integer, or the address of a
/// `StringBlock`. The expiry is in milliseconds since 1970. What follows the key is unaligned.
@safe @usableFromInline struct Entry {
    @usableFromInline let address: UnsafeMutableRawPointer

    @inlinable
    @inline(__always)
    init(_ address: UnsafeMutableRawPointer) { unsafe self.address = address }

    @usableFromInline enum Layout: UInt8 {
        case inline = 0
        case integer = 1
        case separate = 2
    }

    @inlinable static var expiryBit: UInt64 { 1 << 6 }
    @inlinable static var rawBit: UInt64 { 1 << 7 }
    @inlinable static var wide: Int { 0xffff }
    /// Longest value that lies within its entry.
    static var longestInline: Int { 512 }

    // MARK: Reading

    @inlinable var header: UInt64 {
        @inline(__always) get { unsafe address.load(as: UInt64.self) }
        @inline(__always) nonmutating set {
            unsafe address.storeBytes(of: newValue, as: UInt64.self)
        }
    }

    @inlinable var kind: ValueKind {
        @inline(__always) get {
            ValueKind(rawValue: UInt8(truncatingIfNeeded: header & 0xf)) ?? .string
        }
    }

    @inlinable var layout: Layout {
        @inline(__always) get {
            Layout(rawValue: UInt8(truncatingIfNeeded: header >> 4) & 3) ?? .inline
        }
    }

    @inlinable var hasExpiry: Bool {
        @inline(__always) get { header & Entry.expiryBit != 0 }
    }

    @inlinable var isRaw: Bool {
        @inline(__always) get { header & Entry.rawBit != 0 }
    }

    @inlinable var keyOffset: Int {
        @inline(__always) get { header >> 48 == Entry.wide ? 16 : 8 }
    }

    @inlinable var keyCount: Int {
        @inline(__always) get {
            let short = Int(header >> 48)
            return short == Entry.wide
                ? unsafe address.load(fromByteOffset: 8, as: Int.self) : short
        }
    }

    @inlinable var keyBytes: UnsafeMutablePointer<UInt8> {
        @inline(__always) get {
            unsafe (address + keyOffset).assumingMemoryBound(to: UInt8.self)
        }
    }

    /// Where the expiry lies, if there is one; else where the value begins.
    @inlinable var tailOffset: Int {
        @inline(__always) get { keyOffset &+ keyCount }
    }

    @inlinable var valueOffset: Int {
        @inline(__always) get { tailOffset &+ (hasExpiry ? 8 : 0) }
    }

    /// Milliseconds since 1970; only of an entry that has an expiry.
    @inlinable var expiryMilliseconds: Int64 {
        @inline(__always) get {
            unsafe address.loadUnaligned(fromByteOffset: tailOffset, as: Int64.self)
        }
        @inline(__always) nonmutating set {
            unsafe address.storeBytes(of: newValue, toByteOffset: tailOffset, as: Int64.self)
        }
    }

    @inlinable var inlineCount: Int {
        @inline(__always) get { Int(truncatingIfNeeded: header >> 32) & 0xffff }
    }

    /// The integer of an entry of that layout.
    @inlinable var integer: Int {
        @inline(__always) get {
            unsafe address.loadUnaligned(fromByteOffset: valueOffset, as: Int.self)
        }
        @inline(__always) nonmutating set {
            unsafe address.storeBytes(of: newValue, toByteOffset: valueOffset, as: Int.self)
        }
    }

    /// The block of an entry of separate layout.
    @inlinable var block: StringBlock {
        @inline(__always) get {
            unsafe StringBlock(
                address.loadUnaligned(
                    fromByteOffset: valueOffset, as: UnsafeMutableRawPointer.self))
        }
        @inline(__always) nonmutating set {
            unsafe address.storeBytes(
                of: newValue.address, toByteOffset: valueOffset, as: UnsafeMutableRawPointer.self)
        }
    }

    /// Bytes of an inline or separate value.
    @inlinable var valueBytes: UnsafeMutableBufferPointer<UInt8> {
        @inline(__always) get {
            if layout == .inline {
                return unsafe UnsafeMutableBufferPointer(
                    start: (address + valueOffset).assumingMemoryBound(to: UInt8.self),
                    count: inlineCount)
            }
            return unsafe block.bytes
        }
    }

    /// Bytes of the entry's own allocation that are in use.
    var size: Int { valueOffset + (layout == .inline ? inlineCount : 8) }

    @inlinable
    @inline(__always)
    func keyEquals(_ key: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let short = Int(header >> 48)
        if short != count || short == Entry.wide { return unsafe wideKeyEquals(key, count) }
        let own = unsafe address + 8
        if count >= 8 {
            var index = 0
            let last = count &- 8
            while index < last {
                if unsafe rds_load64(own + index) != rds_load64(key + index) { return false }
                index &+= 8
            }
            return unsafe rds_load64(own + last) == rds_load64(key + last)
        }
        if count >= 4 {
            let last = count &- 4
            return unsafe rds_load32(own) == rds_load32(key)
                && rds_load32(own + last) == rds_load32(key + last)
        }
        let bytes = unsafe own.assumingMemoryBound(to: UInt8.self)
        var index = 0
        while index < count {
            if unsafe bytes[index] != key[index] { return false }
            index &+= 1
        }
        return true
    }

    @usableFromInline
    @inline(never)
    func wideKeyEquals(_ key: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        unsafe count >= Entry.wide && keyCount == count && memcmp(keyBytes, key, count) == 0
    }

    // MARK: The access clock

    /// 24 bits: seconds, wrapping every 194 days.
    @inlinable var accessClock: UInt32 {
        @inline(__always) get { UInt32(truncatingIfNeeded: header >> 8) & 0xff_ffff }
    }

    @inlinable
    @inline(__always)
    func touch(_ clock: UInt32) {
        if accessClock != clock {
            header = (header & ~0xffff_ff00) | (UInt64(clock & 0xff_ffff) << 8)
        }
    }
}
