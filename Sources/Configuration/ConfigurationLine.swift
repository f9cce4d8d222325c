import Bytes

/// One line that says something, and where it stands.
public struct ConfigurationLine: Hashable, Sendable {
    /// The file's path as it was given; `stdin` or `command line` for the others.
    public let source: String
    /// The line's number, from 1.
    public let number: Int
    /// The line without the blanks around it.
    public let text: ByteString
    /// Its words, the directive's name in lower case first; never empty.
    public let words: [ByteString]

    /// A line by its parts.
    public init(source: String, number: Int, text: ByteString, words: [ByteString]) {
        precondition(!words.isEmpty, "a line that says something has a name")
        self.source = source
        self.number = number
        self.text = text
        self.words = words
    }

    /// The lines of `bytes` that say something: comments and empty lines are left out.
    public static func lines(
        of bytes: [UInt8], source: String
    ) throws(ConfigurationError) -> [ConfigurationLine] {
        var lines: [ConfigurationLine] = []
        for (index, text) in split(bytes).enumerated() {
            if text.isEmpty || text.bytes[0] == UInt8(ascii: "#") { continue }
            guard let words = QuotedWords.split(text.bytes.span) else {
                throw .line(
                    source: source, number: index + 1, text: text,
                    reason: "Unbalanced quotes in configuration line")
            }
            guard let name = words.first else { continue }
            lines.append(
                ConfigurationLine(
                    source: source, number: index + 1, text: text,
                    words: [name.lowercased] + words.dropFirst()))
        }
        return lines
    }

    /// Every line of `bytes`, without the blanks around it.
    static func split(_ bytes: [UInt8]) -> [ByteString] {
        bytes.split(separator: 0x0a, omittingEmptySubsequences: false).map { line in
            var line = line
            while let first = line.first, isBlank(first) { line.removeFirst() }
            while let last = line.last, isBlank(last) { line.removeLast() }
            return ByteString(Array(line))
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a
    }
}

/// Where a line stands.
public struct ConfigurationPlace: Hashable, Sendable {
    /// The file's path as it was given.
    public let source: String
    /// The line's number, from 1.
    public let number: Int

    /// The place of a line.
    public init(_ line: ConfigurationLine) {
        source = line.source
        number = line.number
    }
}

/// Why a configuration cannot be used: the program tells it and ends.
public enum ConfigurationError: Error, Hashable, Sendable {
    /// A line is refused.
    case line(source: String, number: Int, text: ByteString, reason: String)
    /// A file cannot be read.
    case unreadable(path: String, reason: String)
    /// The lines are well, but do not go together.
    case contradiction(reason: String)

    /// A refused line.
    public static func line(_ line: ConfigurationLine, reason: String) -> ConfigurationError {
        .line(source: line.source, number: line.number, text: line.text, reason: reason)
    }

    /// The error in one line, for the log of a program that goes on as before.
    public var line: String {
        switch self {
        case .line(let source, let number, let text, let reason):
            "\(source):\(number): '\(text.text)': \(reason)"
        case .unreadable(let path, let reason): "can't open '\(path)': \(reason)"
        case .contradiction(let reason): reason
        }
    }

    /// What goes to standard error before the program ends with status 1.
    ///
    /// `version` is the one that clients are told. The lines are those that tools look for; the
    /// file's name stands behind the line's number.
    public func message(version: String) -> String {
        let title = "\n*** FATAL CONFIG FILE ERROR (Redis \(version)) ***\n"
        switch self {
        case .line(let source, let number, let text, let reason):
            return title + "Reading the configuration file, at line \(number) of \(source)\n"
                + ">>> '\(text.text)'\n\(reason)\n"
        case .unreadable(let path, let reason):
            return "Fatal error, can't open config file '\(path)': \(reason)\n"
        case .contradiction(let reason):
            return title + reason + "\n"
        }
    }
}
