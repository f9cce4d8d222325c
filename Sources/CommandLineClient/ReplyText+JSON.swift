import Bytes
import Protocol

/// Replies as JSON. What JSON cannot say is said as redis-cli does: `error:"text"`.
extension ReplyText {
    func appendJSON(_ reply: ReplyValue, to output: inout [UInt8]) {
        switch reply {
        case .error(let text):
            output += "error:".utf8
            appendString(text, to: &output)
        case .simpleString(let text), .bulk(let text), .verbatim(let text, _):
            appendString(text, to: &output)
        case .integer(let number):
            output += String(number).utf8
        case .double(_, let text), .bigNumber(let text):
            output += text.bytes
        case .null:
            output += "null".utf8
        case .boolean(let value):
            output += (value ? "true" : "false").utf8
        case .array(let elements), .set(let elements), .push(let elements):
            output.append(0x5b)
            for (index, element) in elements.enumerated() {
                if index > 0 { output.append(0x2c) }
                appendJSON(element, to: &output)
            }
            output.append(0x5d)
        case .map(let pairs):
            output.append(0x7b)
            for (index, pair) in pairs.enumerated() {
                if index > 0 { output.append(0x2c) }
                appendKey(pair.key, to: &output)
                output.append(0x3a)
                appendJSON(pair.value, to: &output)
            }
            output.append(0x7d)
        case .attribute(_, let value):
            appendJSON(value, to: &output)
        }
    }

    /// A key that is no string is put between quotes.
    private func appendKey(_ key: ReplyValue, to output: inout [UInt8]) {
        switch key {
        case .error, .simpleString, .bulk, .verbatim:
            appendJSON(key, to: &output)
        case .integer, .null, .array, .map, .set, .push, .double, .boolean, .bigNumber, .attribute:
            var text: [UInt8] = []
            appendJSON(key, to: &text)
            let isQuoted = text.first == 0x22
            if !isQuoted { output.append(0x22) }
            output += text
            if !isQuoted { output.append(0x22) }
        }
    }

    private func appendString(_ text: ByteString, to output: inout [UInt8]) {
        if style == .quotedJSON {
            for byte in QuotedWords.quote(text.bytes.span).bytes {
                if byte == 0x5c { output.append(0x5c) }
                output.append(byte)
            }
            return
        }
        output.append(0x22)
        for byte in text.bytes {
            switch byte {
            case 0x22, 0x5c: output += [0x5c, byte]
            case 0x0a: output += [0x5c, 0x6e]
            case 0x0c: output += [0x5c, 0x66]
            case 0x0d: output += [0x5c, 0x72]
            case 0x09: output += [0x5c, 0x74]
            case 0x08: output += [0x5c, 0x62]
            case 0x00...0x1f:
                let digits = String(byte, radix: 16)
                output += "\\u00\(digits.count < 2 ? "0" : "")\(digits)".utf8
            default: output.append(byte)
            }
        }
        output.append(0x22)
    }
}
