import Bytes
import CLZF

/// Makes an RDB file of a snapshot's records: compresses strings, adds the end and the checksum.
///
/// It may run where the bytes go, on the loop or on a worker. Records come in pieces of any size: a
/// string that is to be compressed waits until it is whole, all else passes through.
public struct RDBFinisher: Sendable {
    private let compresses: Bool
    private let checksums: Bool
    private let longestCompressed: Int
    private var checksum = CRC64()

    /// Bytes that do not make a whole part yet.
    private var waiting: [UInt8] = []
    /// No part is whole before there are so many of them.
    private var needed = 0
    /// Bytes of the present string that pass through as they are.
    private var passing = 0
    /// Strings that the present record still has.
    private var stringsLeft = 0
    private var isAtBeginning = true
    private var scratch: [UInt8] = []

    /// Strings of more bytes are tried.
    private static var shortestCompressed: Int { 21 }

    /// `compresses` is the directive `rdbcompression`, `checksums` is `rdbchecksum`; strings of more
    /// than `longestCompressed` bytes are left as they are, for who may not work long at once.
    public init(compresses: Bool, checksums: Bool, longestCompressed: Int = Int(UInt32.max)) {
        self.compresses = compresses
        self.checksums = checksums
        self.longestCompressed = min(longestCompressed, Int(UInt32.max))
    }

    /// The bytes of the file for these records, which were handed out by `advanceSnapshot`.
    public mutating func process(_ records: [UInt8]) -> [UInt8] {
        let bytes = compresses ? compressed(records) : records
        if checksums { checksum.update(bytes.span) }
        return bytes
    }

    /// The last bytes of the file.
    public mutating func finish() -> [UInt8] {
        precondition(waiting.isEmpty && passing == 0, "a snapshot ends with a whole record")
        var bytes = [RDBFormat.Opcode.end]
        if checksums { checksum.update(bytes.span) }
        let value = checksums ? checksum.value : 0
        for index in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(index * 8))) }
        return bytes
    }

    // MARK: Compression

    /// The same records, strings compressed where that makes them shorter.
    private mutating func compressed(_ records: [UInt8]) -> [UInt8] {
        if waiting.isEmpty { return compressedParts(of: records) }
        waiting.append(contentsOf: records)
        if waiting.count < needed { return [] }
        var joined: [UInt8] = []
        swap(&joined, &waiting)
        return compressedParts(of: joined)
    }

    /// Works off whole parts and keeps what is left.
    private mutating func compressedParts(of source: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(source.count)
        var index = 0
        while index < source.count {
            if passing > 0 {
                let end = min(index + passing, source.count)
                output.append(contentsOf: source[index..<end])
                passing -= end - index
                index = end
                continue
            }
            let end =
                stringsLeft > 0
                ? appendString(source, index, &output) : appendOpcode(source, index, &output)
            if end == index {
                waiting.append(contentsOf: source[index...])
                break
            }
            index = end
        }
        return output
    }

    /// The header of the file, or an opcode with its numbers.
    ///
    /// Our own records: well formed, and nothing but what RDBRecord writes.
    private mutating func appendOpcode(
        _ source: [UInt8], _ index: Int, _ output: inout [UInt8]
    ) -> Int {
        var end = index + 1
        var hasStrings = false
        switch source[index] {
        case _ where isAtBeginning && source[index] == UInt8(ascii: "R"):
            end = index + RDBFormat.headerLength
        case RDBFormat.Opcode.expiryMilliseconds: end += 8
        case RDBFormat.Opcode.selectDatabase: end = endOfLength(source, end)
        case RDBFormat.Opcode.resizeDatabase: end = endOfLength(source, endOfLength(source, end))
        default:
            // A key with its value, or an auxiliary pair: two strings.
            hasStrings = true
        }
        if end > source.count {
            needed = end - index
            return index
        }
        isAtBeginning = false
        if hasStrings { stringsLeft = 2 }
        output.append(contentsOf: source[index..<end])
        return end
    }

    /// Where a length ends that begins at `index`; beyond the source where that ends too early.
    private func endOfLength(_ source: [UInt8], _ index: Int) -> Int {
        if index >= source.count { return source.count + 1 }
        return index + lengthSize(source[index])
    }

    private func lengthSize(_ first: UInt8) -> Int {
        switch first >> 6 {
        case 0: 1
        case 1: 2
        case 2: first == 0x80 ? 5 : 9
        default:
            first == RDBFormat.StringForm.int8 ? 2 : first == RDBFormat.StringForm.int16 ? 3 : 5
        }
    }

    private mutating func appendString(
        _ source: [UInt8], _ index: Int, _ output: inout [UInt8]
    ) -> Int {
        let body = endOfLength(source, index)
        if body > source.count {
            needed = body - index
            return index
        }
        var length = 0
        switch source[index] >> 6 {
        case 0: length = Int(source[index])
        case 1: length = Int(source[index] & 0x3f) << 8 | Int(source[index + 1])
        case 2: for place in index + 1..<body { length = length << 8 | Int(source[place]) }
        default: break
        }
        if length < RDBFinisher.shortestCompressed || length > longestCompressed {
            output.append(contentsOf: source[index..<body])
            passing = length
            stringsLeft -= 1
            return body
        }
        let end = body + length
        if end > source.count {
            needed = end - index
            return index
        }
        stringsLeft -= 1
        if let count = compress(source, body..<end) {
            var head = OutputBuffer()
            head.append(RDBFormat.StringForm.compressed)
            head.append(rdbLength: count)
            head.append(rdbLength: length)
            unsafe head.unsent.withUnsafeBufferPointer { unsafe output.append(contentsOf: $0) }
            output.append(contentsOf: scratch[0..<count])
        } else {
            output.append(contentsOf: source[index..<end])
        }
        return end
    }

    /// Compresses a part of `source` into `scratch`; nil when that saves less than four bytes.
    private mutating func compress(_ source: [UInt8], _ range: Range<Int>) -> Int? {
        let room = range.count - 4
        if scratch.count < room {
            scratch = [UInt8](repeating: 0, count: max(room, scratch.count * 2))
        }
        let count = unsafe source.withUnsafeBufferPointer { source in
            unsafe scratch.withUnsafeMutableBufferPointer { place -> Int in
                guard let from = source.baseAddress, let to = place.baseAddress else { return 0 }
                return unsafe Int(
                    lzf_compress(from + range.lowerBound, UInt32(range.count), to, UInt32(room)))
            }
        }
        return count > 0 ? count : nil
    }
}
