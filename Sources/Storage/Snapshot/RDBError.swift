import Bytes

/// Why an RDB file or stream was refused, and where.
public struct RDBError: Error, Equatable, Sendable {
    /// What was wrong.
    public enum Reason: Equatable, Sendable {
        /// The first five bytes are not `REDIS`.
        case wrongSignature
        /// A version that is no number, below 1 or above 11.
        case unsupportedVersion(String)
        /// A byte that names neither a record nor a type of values.
        case unknownType(UInt8)
        /// A value of a type that is not read yet.
        case unsupportedValue(type: String, key: ByteString)
        /// A record that is not read: functions, data of modules.
        case unsupportedRecord(String)
        /// A length in a form that is none, or a number where a length was expected.
        case malformedLength
        /// A string longer than `RDBReader.longestString`, or that claims more than can be.
        case tooLong(Int)
        /// Compressed bytes that do not yield what they claim.
        case malformedCompression
        /// A database that this server does not have.
        case noSuchDatabase(Int)
        /// A key that was there already.
        case duplicateKey(ByteString)
        /// The checksum at the end differs from that of the bytes before it.
        case wrongChecksum(stored: UInt64, computed: UInt64)
        /// The bytes end within a record, or before the end record.
        case truncated
    }

    /// What was wrong.
    public let reason: Reason
    /// The offset of the record that is wrong, in bytes from the beginning.
    public let offset: Int

    /// Both parts.
    public init(_ reason: Reason, offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}

extension RDBError: CustomStringConvertible {
    /// One sentence for a log.
    public var description: String {
        let what =
            switch reason {
            case .wrongSignature: "wrong signature, expected REDIS"
            case .unsupportedVersion(let text): "version '\(text)' is not between 1 and 11"
            case .unknownType(let byte): "unknown type or record \(byte)"
            case .unsupportedValue(let type, let key):
                "key '\(key.text)' holds a \(type), which this build does not read yet"
            case .unsupportedRecord(let name): "\(name) are not supported"
            case .malformedLength: "malformed length"
            case .tooLong(let length): "a string claims \(length) bytes, which is too long"
            case .malformedCompression: "malformed compressed string"
            case .noSuchDatabase(let index):
                "database \(index) is beyond those that are configured"
            case .duplicateKey(let key): "key '\(key.text)' appears twice"
            case .wrongChecksum(let stored, let computed):
                "wrong checksum: stored \(String(stored, radix: 16)), "
                    + "computed \(String(computed, radix: 16))"
            case .truncated: "unexpected end"
            }
        return "\(what), at offset \(offset)"
    }
}
