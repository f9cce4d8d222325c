import Bytes

/// What stands behind the program's name: a file, `-` for standard input, and directives as options.
///
/// `--port 6380 --save ''` is read as the lines `port 6380` and `save ''`, which count after those of
/// the file.
public struct CommandLineOptions: Sendable {
    /// The configuration file; nil when none was named.
    public var path: String?
    /// Whether lines are read from standard input.
    public var readsStandardInput = false
    /// The options as lines of a configuration.
    public var lines: [UInt8] = []

    /// Reads the arguments, the program's name left out.
    public init(_ arguments: [String]) {
        var rest = arguments[...]
        if let first = rest.first, !first.hasPrefix("-") {
            path = first
            rest = rest.dropFirst()
        }
        // True when the last option has its value, so that `--x` begins the next one.
        var isComplete = true
        let first = rest.startIndex
        for index in rest.indices {
            let argument = rest[index]
            let isLast = index == rest.endIndex - 1
            if argument == "-" && ((index == first && path == nil) || isLast) {
                readsStandardInput = true
            } else if isComplete && argument.hasPrefix("--") {
                if !lines.isEmpty { lines.append(0x0a) }
                lines += argument.dropFirst(2).utf8
                lines.append(0x20)
                let wordCount = QuotedWords.split(ByteString(argument).bytes.span)?.count
                guard wordCount == 1 else { continue }
                // Without a value: `--save --port 1` saves never, `--sentinel` needs none.
                let nextIsOption = isLast || rest[index + 1].hasPrefix("--")
                let name = argument.lowercased()
                isComplete = nextIsOption && (name == "--save" || name == "--sentinel")
                if isComplete && name == "--save" { lines += "\"\"".utf8 }
            } else {
                lines += QuotedWords.quote(ByteString(argument).bytes.span).bytes
                lines.append(0x20)
                isComplete = true
            }
        }
    }
}
