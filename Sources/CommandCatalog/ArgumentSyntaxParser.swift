/// Reads the `args` line of a row.
///
///     list     = item { " " item }
///     item     = "[" core "]" | core                      brackets: may be left out
///     core     = word [ "..." | "*..." ]                  repeated; with its token each time
///     word     = [ token "=" ] name [ ":" kind ] marks [ body ]      or  token [ ":" name ] marks
///     token    = "'" and a word; a token by itself is named like it in lower case
///     marks    = [ "#" key index ] [ "@" since ] [ "^" deprecated since ] [ "~" text to show ]
///     body     = "(" list ")"  a block      "<" item { " | " item } ">"  one of
///
/// Rows are ours: text that breaks these rules stops the program, and a test reads every row.
extension ArgumentSyntax {
    /// The arguments that the text describes.
    static func parse(_ text: String) -> [ArgumentSyntax] {
        var parser = ArgumentParser(Array(text.utf8))
        let list = parser.list(until: nil)
        precondition(parser.isAtEnd, "an args line has something left: \(text)")
        return list
    }
}

private struct ArgumentParser {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        while skip(" ") {}
    }

    /// Bytes up to a delimiter; a first byte is taken whatever it is if `atLeastOne`.
    private mutating func word(atLeastOne: Bool = false) -> String {
        let start = position
        if atLeastOne && position < bytes.count { position += 1 }
        while let byte = next, !Self.delimiters.contains(byte) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private static let delimiters = Set(" []()<>|'=:#@^~*.".utf8)

    /// A version: dots within it are followed by a digit.
    private mutating func version() -> String {
        let start = position
        while let byte = next {
            let isDigit = byte >= 0x30 && byte <= 0x39
            let following = position + 1 < bytes.count ? bytes[position + 1] : 0
            guard isDigit || (byte == 0x2e && following >= 0x30 && following <= 0x39) else {
                break
            }
            position += 1
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    mutating func list(until end: Unicode.Scalar?) -> [ArgumentSyntax] {
        var items: [ArgumentSyntax] = []
        skipBlanks()
        while let byte = next {
            if let end, byte == UInt8(ascii: end) { break }
            items.append(item())
            skipBlanks()
            _ = skip("|")
            skipBlanks()
        }
        return items
    }

    private mutating func item() -> ArgumentSyntax {
        guard skip("[") else { return core() }
        skipBlanks()
        var inside = core()
        skipBlanks()
        precondition(skip("]"), "an optional argument ends with a bracket")
        inside.isOptional = true
        return inside
    }

    private mutating func core() -> ArgumentSyntax {
        var result = ArgumentSyntax(name: "", kind: .string)
        if skip("'") {
            result.token = word(atLeastOne: true)
            if skip("=") {
                named(&result)
            } else {
                result.kind = .pureToken
                result.name = skip(":") ? word() : result.token.lowercased()
            }
        } else {
            named(&result)
        }
        marks(&result)
        if skip("(") {
            result.kind = .block
            result.arguments = list(until: ")")
            precondition(skip(")"), "a block is closed")
        } else if skip("<") {
            result.kind = .oneOf
            result.arguments = list(until: ">")
            precondition(skip(">"), "a choice is closed")
        }
        if skip("*") { result.repeatsToken = true }
        if skip(".") {
            precondition(skip(".") && skip("."), "a repetition is written as three dots")
            result.isMultiple = true
        }
        return result
    }

    private mutating func named(_ result: inout ArgumentSyntax) {
        result.name = word()
        precondition(!result.name.isEmpty, "an argument has a name")
        if skip(":") {
            guard let kind = ArgumentSyntax.Kind(rawValue: word()) else {
                preconditionFailure("argument \(result.name) has a kind that does not exist")
            }
            result.kind = kind
        }
    }

    private mutating func marks(_ result: inout ArgumentSyntax) {
        if skip("#") { result.keyIndex = Int(word()) }
        if skip("@") { result.since = version() }
        if skip("^") { result.deprecatedSince = version() }
        if skip("~") {
            let start = position
            while let byte = next, byte == 0x3a || !Self.delimiters.contains(byte) {
                position += 1
            }
            result.displayText = String(decoding: bytes[start..<position], as: UTF8.self)
        }
    }
}
