import Bytes
import Protocol

/// How replies are printed.
public enum ReplyStyle: Sendable {
    /// For people: types named, elements numbered, strings quoted.
    case standard
    /// The bytes themselves.
    case raw
    /// One line, values separated by commas.
    case csv
    /// JSON with text as it is.
    case json
    /// JSON of ASCII alone: other bytes are quoted as the standard style does.
    case quotedJSON
}

/// Replies as text, byte for byte as redis-cli 7.2 prints them.
public struct ReplyText: Sendable {
    /// The style.
    public var style: ReplyStyle
    /// What stands between the elements of a raw reply.
    public var elementDelimiter = ByteString("\n")
    /// What follows a raw reply.
    public var replyDelimiter = ByteString("\n")

    /// Text in a style, lines ending with a line feed.
    public init(style: ReplyStyle) { self.style = style }

    /// The text of a reply.
    ///
    /// A reply that `isReport` is a text to be read (INFO, CLIENT LIST): it is printed as it is.
    public func bytes(of reply: ReplyValue, isReport: Bool = false) -> [UInt8] {
        var output: [UInt8] = []
        if isReport {
            appendRaw(reply, to: &output)
            return output
        }
        switch style {
        case .standard:
            appendStandard(reply, prefix: 0, to: &output)
        case .raw:
            appendRaw(reply, to: &output)
            output += replyDelimiter.bytes
        case .csv:
            appendCSV(reply, to: &output)
            output.append(0x0a)
        case .json, .quotedJSON:
            appendJSON(reply, to: &output)
            output.append(0x0a)
        }
        return output
    }

    /// What is printed for a message that nobody asked for.
    public func bytes(ofPush reply: ReplyValue) -> [UInt8] {
        if style == .standard, case .push(let elements) = reply, elements.count == 2,
            elements[0] == .bulk("invalidate"), case .array(let keys) = elements[1]
        {
            var output = Array("-> invalidate: ".utf8)
            for (index, key) in keys.enumerated() {
                if index > 0 { output += ", ".utf8 }
                output.append(0x27)
                output += key.bytes?.bytes ?? []
                output.append(0x27)
            }
            output.append(0x0a)
            return output
        }
        return bytes(of: reply)
    }

    func appendRaw(_ reply: ReplyValue, to output: inout [UInt8]) {
        switch reply {
        case .null:
            break
        case .error(let text):
            output += text.bytes
            output.append(0x0a)
        case .simpleString(let text), .bulk(let text), .verbatim(let text, _),
            .bigNumber(let text), .double(_, let text):
            output += text.bytes
        case .boolean(let value):
            output += (value ? "(true)" : "(false)").utf8
        case .integer(let number):
            output += String(number).utf8
        case .array(let elements), .set(let elements), .push(let elements):
            for (index, element) in elements.enumerated() {
                if index > 0 { output += elementDelimiter.bytes }
                appendRaw(element, to: &output)
            }
        case .map(let pairs):
            for (index, pair) in pairs.enumerated() {
                if index > 0 { output += elementDelimiter.bytes }
                appendRaw(pair.key, to: &output)
                output.append(0x20)
                appendRaw(pair.value, to: &output)
            }
        case .attribute(_, let value):
            appendRaw(value, to: &output)
        }
    }

    func appendCSV(_ reply: ReplyValue, to output: inout [UInt8]) {
        switch reply {
        case .null:
            output += "NULL".utf8
        case .error(let text):
            output += "ERROR,".utf8
            output += QuotedWords.quote(text.bytes.span).bytes
        case .simpleString(let text), .bulk(let text), .verbatim(let text, _):
            output += QuotedWords.quote(text.bytes.span).bytes
        case .bigNumber(let text), .double(_, let text):
            output += text.bytes
        case .boolean(let value):
            output += (value ? "true" : "false").utf8
        case .integer(let number):
            output += String(number).utf8
        case .array(let elements), .set(let elements), .push(let elements):
            for (index, element) in elements.enumerated() {
                if index > 0 { output.append(0x2c) }
                appendCSV(element, to: &output)
            }
        case .map(let pairs):
            for (index, pair) in pairs.enumerated() {
                if index > 0 { output.append(0x2c) }
                appendCSV(pair.key, to: &output)
                output.append(0x2c)
                appendCSV(pair.value, to: &output)
            }
        case .attribute(_, let value):
            appendCSV(value, to: &output)
        }
    }
}
