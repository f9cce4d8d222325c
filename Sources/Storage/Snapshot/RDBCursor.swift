import Bytes

/// Reads the parts of one record from bytes that may end too early.
///
/// When they do, `needed` tells how many bytes from the beginning of the record there must be at
/// least, and all further reads yield nil.
struct RDBCursor: ~Escapable {
    /// Where a string lies, and in which form.
    enum Text {
        case bytes(Range<Int>)
        case integer(Int)
        case compressed(Range<Int>, count: Int)
    }

    private let bytes: Span<UInt8>
    /// How far the record was read.
    private(set) var position = 0
    /// More than zero when the bytes ended too early.
    private(set) var needed = 0
    /// What is malformed.
    private(set) var failure: RDBError.Reason?

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>) { self.bytes = bytes }

    /// Reserves the next bytes; nil when they have not all arrived.
    private mutating func take(_ count: Int) -> Range<Int>? {
        if needed > 0 || failure != nil { return nil }
        if bytes.count - position < count {
            needed = position + count
            return nil
        }
        let range = position..<position + count
        position += count
        return range
    }

    mutating func byte() -> UInt8? {
        guard let range = take(1) else { return nil }
        return bytes[range.lowerBound]
    }

    mutating func littleEndian(_ count: Int) -> UInt64? {
        guard let range = take(count) else { return nil }
        var word: UInt64 = 0
        for index in 0..<count {
            word |= UInt64(bytes[range.lowerBound + index]) << UInt64(index * 8)
        }
        return word
    }

    private mutating func bigEndian(_ count: Int) -> Int? {
        guard let range = take(count) else { return nil }
        var word: UInt64 = 0
        for index in range { word = word << 8 | UInt64(bytes[index]) }
        guard let number = Int(exactly: word) else {
            failure = .malformedLength
            return nil
        }
        return number
    }

    /// A length; a special form where there may be none is an error.
    mutating func length() -> Int? {
        guard let first = byte() else { return nil }
        switch first >> 6 {
        case 0: return Int(first)
        case 1:
            guard let low = byte() else { return nil }
            return Int(first & 0x3f) << 8 | Int(low)
        default:
            if first == 0x80 { return bigEndian(4) }
            if first == 0x81 { return bigEndian(8) }
            failure = .malformedLength
            return nil
        }
    }

    /// A string in any form.
    mutating func string() -> Text? {
        if needed > 0 || failure != nil { return nil }
        guard position < bytes.count else {
            needed = position + 1
            return nil
        }
        let first = bytes[position]
        switch first {
        case RDBFormat.StringForm.int8:
            position += 1
            guard let word = littleEndian(1) else { return nil }
            return .integer(Int(Int8(truncatingIfNeeded: word)))
        case RDBFormat.StringForm.int16:
            position += 1
            guard let word = littleEndian(2) else { return nil }
            return .integer(Int(Int16(truncatingIfNeeded: word)))
        case RDBFormat.StringForm.int32:
            position += 1
            guard let word = littleEndian(4) else { return nil }
            return .integer(Int(Int32(truncatingIfNeeded: word)))
        case RDBFormat.StringForm.compressed:
            position += 1
            guard let packed = stringLength(), let count = stringLength(),
                let range = take(packed)
            else { return nil }
            return .compressed(range, count: count)
        default:
            guard let count = stringLength(), let range = take(count) else { return nil }
            return .bytes(range)
        }
    }

    private mutating func stringLength() -> Int? {
        guard let count = length() else { return nil }
        if count > RDBReader.longestString {
            failure = .tooLong(count)
            return nil
        }
        return count
    }
}
