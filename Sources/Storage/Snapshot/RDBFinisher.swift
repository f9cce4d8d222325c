import Bytes
import CLZF

/// Makes an RDB file of a snapshot's records: compresses strings, adds the end and the checksum.
///
/// It holds nothing but a checksum: it may run where the bytes go, on the loop or on a worker.
public struct RDBFinisher: Sendable {
    private let compresses: Bool
    private let checksums: Bool
    private var checksum = CRC64()

    /// Strings of more bytes are tried.
    private static var shortestCompressed: Int { 21 }

    /// `compresses` is the directive `rdbcompression`, `checksums` is `rdbchecksum`.
    public init(compresses: Bool, checksums: Bool) {
        self.compresses = compresses
        self.checksums = checksums
    }

    /// The bytes of the file for these records, which were handed out by `advanceSnapshot`.
    public mutating func process(_ records: [UInt8]) -> [UInt8] {
        let bytes = compresses ? RDBFinisher.compressed(records) : records
        if checksums { checksum.update(bytes.span) }
        return bytes
    }

    /// The last bytes of the file.
    public mutating func finish() -> [UInt8] {
        var bytes = [RDBFormat.Opcode.end]
        if checksums { checksum.update(bytes.span) }
        let value = checksums ? checksum.value : 0
        for index in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(index * 8))) }
        return bytes
    }

    // MARK: Compression

    /// The same records, strings compressed where that makes them shorter.
    private static func compressed(_ records: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(records.count)
        var scratch: [UInt8] = []
        var index = 0
        let source = records.span
        // Our own records: well formed, and nothing but what RDBRecord writes.
        if records.starts(with: Array("REDIS".utf8)) {
            index = RDBFormat.headerLength
            output.append(contentsOf: records[0..<index])
        }
        while index < source.count {
            let opcode = source[index]
            output.append(opcode)
            index += 1
            switch opcode {
            case RDBFormat.Opcode.expiryMilliseconds:
                output.append(contentsOf: records[index..<index + 8])
                index += 8
            case RDBFormat.Opcode.selectDatabase: copyLength(source, &index, &output)
            case RDBFormat.Opcode.resizeDatabase:
                copyLength(source, &index, &output)
                copyLength(source, &index, &output)
            default:
                // A key with its value, or an auxiliary pair: two strings.
                copyString(records, &index, &output, &scratch)
                copyString(records, &index, &output, &scratch)
            }
        }
        return output
    }

    private static func copyLength(
        _ source: Span<UInt8>, _ index: inout Int, _ output: inout [UInt8]
    ) {
        let size = lengthSize(source[index])
        for place in index..<index + size { output.append(source[place]) }
        index += size
    }

    private static func lengthSize(_ first: UInt8) -> Int {
        switch first >> 6 {
        case 0: 1
        case 1: 2
        case 2: first == 0x80 ? 5 : 9
        default:
            first == RDBFormat.StringForm.int8 ? 2 : first == RDBFormat.StringForm.int16 ? 3 : 5
        }
    }

    private static func copyString(
        _ records: [UInt8], _ index: inout Int, _ output: inout [UInt8], _ scratch: inout [UInt8]
    ) {
        let source = records.span
        let size = lengthSize(source[index])
        var length = 0
        switch source[index] >> 6 {
        case 0: length = Int(source[index])
        case 1: length = Int(source[index] & 0x3f) << 8 | Int(source[index + 1])
        case 2: for place in index + 1..<index + size { length = length << 8 | Int(source[place]) }
        default: break
        }
        let end = index + size + length
        let body = index + size
        if length >= shortestCompressed, length <= Int(UInt32.max),
            let count = compress(records, body..<end, &scratch)
        {
            var head = OutputBuffer()
            head.append(RDBFormat.StringForm.compressed)
            head.append(rdbLength: count)
            head.append(rdbLength: length)
            unsafe head.unsent.withUnsafeBufferPointer { unsafe output.append(contentsOf: $0) }
            output.append(contentsOf: scratch[0..<count])
        } else {
            output.append(contentsOf: records[index..<end])
        }
        index = end
    }

    /// Compresses a part of `records` into `scratch`; nil when that saves less than four bytes.
    private static func compress(
        _ records: [UInt8], _ range: Range<Int>, _ scratch: inout [UInt8]
    ) -> Int? {
        let room = range.count - 4
        if scratch.count < room {
            scratch = [UInt8](repeating: 0, count: max(room, scratch.count * 2))
        }
        let count = unsafe records.withUnsafeBufferPointer { source in
            unsafe scratch.withUnsafeMutableBufferPointer { place -> Int in
                guard let from = source.baseAddress, let to = place.baseAddress else { return 0 }
                return unsafe Int(
                    lzf_compress(from + range.lowerBound, UInt32(range.count), to, UInt32(room)))
            }
        }
        return count > 0 ? count : nil
    }
}
