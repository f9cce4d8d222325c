/// Words of a line with quotes and escapes: inline commands, configuration files, rds-cli's prompt.
///
/// A word in double quotes knows `\xHH`, `\n`, `\r`, `\t`, `\b`, `\a` and `\` before any other byte;
/// one in single quotes only `\'`. A closing quote ends its word: a blank or the end must follow.
public enum QuotedWords {
    /// The words of `line`; nil when quotes do not close or are followed by more of the word.
    public static func split(_ line: Span<UInt8>) -> [ByteString]? {
        var words: [ByteString] = []
        var at = 0
        while true {
            while at < line.count && isBlank(line[at]) { at += 1 }
            if at >= line.count { return words }
            guard let word = nextWord(line, &at) else { return nil }
            words.append(word)
        }
    }

    /// `bytes` between double quotes, with every byte that does not print escaped.
    public static func quote(_ bytes: Span<UInt8>) -> ByteString {
        var quoted: [UInt8] = [0x22]
        quoted.reserveCapacity(bytes.count + 2)
        for index in bytes.indices {
            let byte = bytes[index]
            switch byte {
            case 0x22, 0x5c: quoted += [0x5c, byte]
            case 0x0a: quoted += [0x5c, 0x6e]
            case 0x0d: quoted += [0x5c, 0x72]
            case 0x09: quoted += [0x5c, 0x74]
            case 0x07: quoted += [0x5c, 0x61]
            case 0x08: quoted += [0x5c, 0x62]
            case 0x20...0x7e: quoted.append(byte)
            default:
                quoted += [0x5c, 0x78, hexadecimalDigits[Int(byte >> 4)]]
                quoted.append(hexadecimalDigits[Int(byte & 15)])
            }
        }
        quoted.append(0x22)
        return ByteString(quoted)
    }

    private static let hexadecimalDigits = Array("0123456789abcdef".utf8)

    private static func nextWord(_ line: Span<UInt8>, _ at: inout Int) -> ByteString? {
        enum Quoting {
            case none
            case double
            case single
        }
        var quoting = Quoting.none
        var word: [UInt8] = []
        while true {
            let byte: UInt8? = at < line.count ? line[at] : nil
            switch quoting {
            case .double:
                guard let byte else { return nil }
                if byte == 0x5c, at + 3 < line.count, line[at + 1] == 0x78,
                    let high = hexadecimalValue(line[at + 2]),
                    let low = hexadecimalValue(line[at + 3])
                {
                    word.append(high << 4 | low)
                    at += 3
                } else if byte == 0x5c, at + 1 < line.count {
                    at += 1
                    word.append(unescaped(line[at]))
                } else if byte == 0x22 {
                    at += 1
                    return at < line.count && !isBlank(line[at]) ? nil : ByteString(word)
                } else {
                    word.append(byte)
                }
            case .single:
                guard let byte else { return nil }
                if byte == 0x5c, at + 1 < line.count, line[at + 1] == 0x27 {
                    at += 1
                    word.append(0x27)
                } else if byte == 0x27 {
                    at += 1
                    return at < line.count && !isBlank(line[at]) ? nil : ByteString(word)
                } else {
                    word.append(byte)
                }
            case .none:
                guard let byte, !isBlank(byte), byte != 0 else {
                    at += byte == nil ? 0 : 1
                    return ByteString(word)
                }
                if byte == 0x22 {
                    quoting = .double
                } else if byte == 0x27 {
                    quoting = .single
                } else {
                    word.append(byte)
                }
            }
            at += 1
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || (byte >= 0x09 && byte <= 0x0d)
    }

    private static func unescaped(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x6e: 0x0a
        case 0x72: 0x0d
        case 0x74: 0x09
        case 0x62: 0x08
        case 0x61: 0x07
        default: byte
        }
    }

    private static func hexadecimalValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x61...0x66: byte - 0x61 + 10
        case 0x41...0x46: byte - 0x41 + 10
        default: nil
        }
    }
}
