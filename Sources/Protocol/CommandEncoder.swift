import Bytes

/// Commands as they go out to a server: arrays of bulk strings, the same in RESP2 and RESP3.
public enum CommandEncoder {
    /// Appends a whole command, its name first.
    public static func append(_ arguments: [ByteString], to output: inout OutputBuffer) {
        begin(count: arguments.count, to: &output)
        for argument in arguments { append(argument: argument.bytes.span, to: &output) }
    }

    /// Appends a whole command of literals.
    public static func append(literals: [StaticString], to output: inout OutputBuffer) {
        begin(count: literals.count, to: &output)
        for literal in literals {
            header(0x24, literal.utf8CodeUnitCount, to: &output)
            output.append(literal)
            output.append("\r\n" as StaticString)
        }
    }

    /// Appends the header of a command; `count` arguments, the name included, follow.
    public static func begin(count: Int, to output: inout OutputBuffer) {
        header(0x2a, count, to: &output)
    }

    /// Appends one argument.
    public static func append(argument: Span<UInt8>, to output: inout OutputBuffer) {
        header(0x24, argument.count, to: &output)
        output.append(argument)
        output.append("\r\n" as StaticString)
    }

    private static func header(_ kind: UInt8, _ count: Int, to output: inout OutputBuffer) {
        output.append(kind)
        output.append(decimal: count)
        output.append("\r\n" as StaticString)
    }
}
