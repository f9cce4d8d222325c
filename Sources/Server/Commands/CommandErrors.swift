import Bytes
import Protocol

/// The errors that commands of several families answer with, each with its exact bytes.
extension ReplyWriter {
    /// The key holds a value of another kind.
    mutating func wrongType() {
        error("WRONGTYPE Operation against a key holding the wrong kind of value")
    }

    /// Options that contradict each other, or that the command does not have.
    mutating func syntaxError() { error("ERR syntax error") }

    /// Not a 64-bit integer in its one canonical spelling.
    mutating func notAnInteger() { error("ERR value is not an integer or out of range") }

    /// Not a floating-point number.
    mutating func notAFloat() { error("ERR value is not a valid float") }

    /// The key that the command needs is missing.
    mutating func noSuchKey() { error("ERR no such key") }

    /// Source and destination are one key.
    mutating func sameObject() { error("ERR source and destination objects are the same") }

    /// A database that does not exist.
    mutating func databaseOutOfRange() { error("ERR DB index is out of range") }

    /// A time that is not positive, or that passes 64 bits of milliseconds.
    mutating func invalidExpireTime(_ command: StaticString) {
        error(text: "ERR invalid expire time in '\(command)' command")
    }

    /// Arguments that do not come in the number that the command needs.
    mutating func wrongArity(_ command: StaticString) {
        error(text: "ERR wrong number of arguments for '\(command)' command")
    }

    /// A string that would pass `proto-max-bulk-len`.
    mutating func stringTooLong() {
        error("ERR string exceeds maximum allowed size (proto-max-bulk-len)")
    }

    /// A subcommand that does not exist, or not with these arguments.
    mutating func unknownSubcommand(_ name: Span<UInt8>, of command: StaticString) {
        var text = Array("ERR unknown subcommand or wrong number of arguments for '".utf8)
        for index in 0..<min(name.count, 128) {
            // A zero ends the name, as it does in a C string.
            if name[index] == 0 { break }
            text.append(name[index])
        }
        text.append(contentsOf: "'. Try \(command) HELP.".utf8)
        error(bytes: text)
    }

    /// The lines of a HELP subcommand between the head and foot that all of them have.
    mutating func help(_ command: StaticString, _ lines: [StaticString]) {
        array(count: lines.count + 3)
        simple(text: "\(command) <subcommand> [<arg> [value] [opt] ...]. Subcommands are:")
        for line in lines { simple(line) }
        simple("HELP")
        simple("    Print this help.")
    }
}

/// Arguments that are numbers; a command returns at once when there is none: the error is written.
extension ReplyWriter {
    /// Argument `index` as a 64-bit integer.
    mutating func integerArgument(_ request: borrowing Request, _ index: Int) -> Int? {
        if let value = request.integer(index) { return value }
        notAnInteger()
        return nil
    }

    /// Argument `index` as a 32-bit integer: the number of a database.
    mutating func smallIntegerArgument(_ request: borrowing Request, _ index: Int) -> Int? {
        guard let value = integerArgument(request, index) else { return nil }
        if Int32(exactly: value) != nil { return value }
        error("ERR value is out of range, value must between -2147483648 and 2147483647")
        return nil
    }

    /// Argument `index` as an integer that is not negative.
    mutating func naturalArgument(_ request: borrowing Request, _ index: Int) -> Int? {
        guard let value = integerArgument(request, index) else { return nil }
        if value >= 0 { return value }
        error("ERR value is out of range, must be positive")
        return nil
    }
}
