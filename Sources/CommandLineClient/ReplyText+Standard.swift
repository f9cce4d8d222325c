import Bytes
import Protocol

/// The style for people.
///
///     1) "a"              elements of arrays `1)`, of sets `1~`, of maps `1# key => value`
///     2) 1) (integer) 1   numbers are aligned; what is inside stands to the right of its number
///        2) (nil)
extension ReplyText {
    /// Appends a reply whose following lines are indented by `prefix` blanks.
    func appendStandard(_ reply: ReplyValue, prefix: Int, to output: inout [UInt8]) {
        switch reply {
        case .error(let text):
            line("(error) ", text, to: &output)
        case .simpleString(let text), .verbatim(let text, _), .bigNumber(let text):
            line("", text, to: &output)
        case .integer(let number):
            line("(integer) ", ByteString(String(number)), to: &output)
        case .double(_, let text):
            line("(double) ", text, to: &output)
        case .bulk(let text):
            line("", QuotedWords.quote(text.bytes.span), to: &output)
        case .null:
            line("(nil)", "", to: &output)
        case .boolean(let value):
            line(value ? "(true)" : "(false)", "", to: &output)
        case .array(let elements):
            list(elements, mark: ")", empty: "(empty array)", prefix: prefix, to: &output)
        case .set(let elements):
            list(elements, mark: "~", empty: "(empty set)", prefix: prefix, to: &output)
        case .push(let elements):
            list(elements, mark: ")", empty: "(empty push)", prefix: prefix, to: &output)
        case .map(let pairs):
            map(pairs, prefix: prefix, to: &output)
        case .attribute(_, let value):
            appendStandard(value, prefix: prefix, to: &output)
        }
    }

    private func line(_ start: StaticString, _ text: ByteString, to output: inout [UInt8]) {
        output += "\(start)".utf8
        output += text.bytes
        output.append(0x0a)
    }

    private func list(
        _ elements: [ReplyValue], mark: Character, empty: StaticString, prefix: Int,
        to output: inout [UInt8]
    ) {
        guard !elements.isEmpty else { return line(empty, "", to: &output) }
        let width = String(elements.count).count
        for (index, element) in elements.enumerated() {
            number(index, width: width, mark: mark, prefix: prefix, to: &output)
            appendStandard(element, prefix: prefix + width + 2, to: &output)
        }
    }

    private func map(_ pairs: [ReplyPair], prefix: Int, to output: inout [UInt8]) {
        guard !pairs.isEmpty else { return line("(empty hash)", "", to: &output) }
        let width = String(pairs.count).count
        let inner = prefix + width + 2
        for (index, pair) in pairs.enumerated() {
            number(index, width: width, mark: "#", prefix: prefix, to: &output)
            appendStandard(pair.key, prefix: inner, to: &output)
            // The key's line feed gives way to the arrow.
            output.removeLast()
            output += " => ".utf8
            if Self.takesLines(pair.value) {
                output.append(0x0a)
                output += [UInt8](repeating: 0x20, count: inner)
            }
            appendStandard(pair.value, prefix: inner, to: &output)
        }
    }

    /// The number before an element; the first one stands where its parent already is.
    private func number(
        _ index: Int, width: Int, mark: Character, prefix: Int, to output: inout [UInt8]
    ) {
        if index > 0 { output += [UInt8](repeating: 0x20, count: prefix) }
        let digits = String(index + 1)
        output += [UInt8](repeating: 0x20, count: width - digits.count)
        output += digits.utf8
        output += String(mark).utf8
        output.append(0x20)
    }

    /// Whether a value fills more than one line, so that it begins on a line of its own.
    private static func takesLines(_ reply: ReplyValue) -> Bool {
        switch reply {
        case .array(let elements), .set(let elements), .push(let elements):
            elements.count > 1 || (elements.first.map(takesLines) ?? false)
        case .map(let pairs):
            pairs.count > 1 || (pairs.first.map { takesLines($0.value) } ?? false)
        case .attribute(_, let value):
            takesLines(value)
        case .simpleString, .error, .integer, .bulk, .null, .double, .boolean, .bigNumber,
            .verbatim:
            false
        }
    }
}
