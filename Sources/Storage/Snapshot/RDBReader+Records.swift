import Bytes

/// One record, taken apart without being believed: nothing of the reader changes.
extension RDBReader {
    /// A record as it lies in the buffer.
    struct Record {
        var content: Content = .none
        /// Bytes of the whole record.
        var length = 0
        /// More than zero when the record has not arrived wholly.
        var needed = 0
        var failure: RDBError.Reason?

        enum Content {
            case none
            case end
            case event(RDBEvent)
            case expiry(milliseconds: Int64)
            case auxiliary(RDBCursor.Text, RDBCursor.Text)
            case string(RDBCursor.Text, RDBCursor.Text)
            case unsupported(String, RDBCursor.Text)
        }
    }

    func parseRecord() -> Record {
        var record = Record()
        var cursor = RDBCursor(buffer.readable)
        guard let opcode = cursor.byte() else {
            record.needed = 1
            return record
        }
        switch opcode {
        case RDBFormat.Opcode.expirySeconds:
            if let seconds = cursor.littleEndian(4) {
                record.content = .expiry(milliseconds: Int64(seconds) * 1000)
            }
        case RDBFormat.Opcode.expiryMilliseconds:
            if let word = cursor.littleEndian(8) {
                record.content = .expiry(milliseconds: Int64(bitPattern: word))
            }
        case RDBFormat.Opcode.frequency: _ = cursor.byte()
        case RDBFormat.Opcode.idle: _ = cursor.length()
        case RDBFormat.Opcode.selectDatabase:
            if let index = cursor.length() { record.content = .event(.selectDatabase(index)) }
        case RDBFormat.Opcode.resizeDatabase:
            if let keys = cursor.length(), let expiring = cursor.length() {
                record.content = .event(.resizeDatabase(keys: keys, expiring: expiring))
            }
        case RDBFormat.Opcode.auxiliary:
            if let name = cursor.string(), let value = cursor.string() {
                record.content = .auxiliary(name, value)
            }
        case RDBFormat.Opcode.function, RDBFormat.Opcode.function2:
            record.failure = .unsupportedRecord("functions")
        case RDBFormat.Opcode.moduleAuxiliary:
            record.failure = .unsupportedRecord("data of modules")
        case RDBFormat.Opcode.end: record.content = .end
        default:
            if let name = RDBFormat.typeName(opcode) {
                record.content = RDBReader.readValue(opcode, "\(name)", &cursor)
            } else {
                record.failure = .unknownType(opcode)
            }
        }
        record.failure = record.failure ?? cursor.failure
        record.needed = cursor.needed
        record.length = cursor.position
        return record
    }

    /// A key and its value: a further type of values is a further arm.
    private static func readValue(
        _ type: UInt8, _ name: String, _ cursor: inout RDBCursor
    ) -> Record.Content {
        guard let key = cursor.string() else { return .none }
        if type != RDBFormat.ValueType.string { return .unsupported(name, key) }
        guard let value = cursor.string() else { return .none }
        return .string(key, value)
    }
}

extension Span where Element == UInt8 {
    /// The first `count` bytes as a number, little end first; nil when there are fewer.
    func littleEndian(_ count: Int) -> UInt64? {
        if self.count < count { return nil }
        var word: UInt64 = 0
        for index in 0..<count { word |= UInt64(self[index]) << UInt64(index * 8) }
        return word
    }
}
