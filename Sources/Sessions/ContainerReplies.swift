import Bytes
import Protocol

/// What every command with subcommands (CLIENT, PUBSUB, CONFIG, COMMAND ...) answers alike.
extension ReplyWriter {
    /// The reply of HELP: a head line, the lines given, and what HELP itself does.
    public mutating func help(of container: StaticString, _ lines: [StaticString]) {
        array(count: lines.count + 3)
        output.append("+")
        output.append(container)
        output.append(" <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n")
        for line in lines { simple(line) }
        simple("HELP")
        simple("    Print this help.")
    }

    /// The error for a subcommand whose arguments its arity let pass but its syntax does not.
    public mutating func subcommandSyntaxError(
        of container: StaticString, _ request: borrowing Request
    ) {
        error(
            around: "ERR unknown subcommand or wrong number of arguments for '", request[1],
            limit: 128, "'. Try ")
        // The error above ends its line; the name of the container belongs into it.
        output.shrink(by: 2)
        output.append(container)
        output.append(" HELP.\r\n")
    }

    /// An error around bytes that a client sent, of which at most `limit` are shown.
    public mutating func error(
        around start: StaticString, _ bytes: Span<UInt8>, limit: Int = .max, _ end: StaticString
    ) {
        var text: [UInt8] = []
        text.append(literal: start)
        for index in 0..<min(bytes.count, limit) { text.append(bytes[index]) }
        text.append(literal: end)
        error(bytes: text)
    }
}

extension [UInt8] {
    /// Appends the UTF-8 of a literal.
    mutating func append(literal: StaticString) {
        unsafe append(
            contentsOf: UnsafeBufferPointer(
                start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }
}
