import Bytes
import CommandCatalog
import Determinism
import Protocol

/// The line that MONITOR shows for a command, and which arguments nobody may see.
public enum MonitorLine {
    /// What stands in the place of a secret.
    static let redacted: StaticString = "(redacted)"

    /// `+1700000000.123456 [0 127.0.0.1:1234] "set" "a" "b"` and a line end.
    ///
    /// `source` is the session's address, or `unix:` and the socket's path, or `lua`. `command` is
    /// what the request was found to be: its name may be another by `rename-command`.
    public static func encode(
        _ request: borrowing Request, _ command: CommandID, database: Int, source: ByteString,
        at time: UnixTime
    ) -> ByteString {
        var line: [UInt8] = [UInt8(ascii: "+")]
        line.append(decimal: Int(time.seconds))
        line.append(UInt8(ascii: "."))
        let fraction = String(time.microseconds % 1_000_000)
        for _ in fraction.utf8.count..<6 { line.append(UInt8(ascii: "0")) }
        line.append(contentsOf: fraction.utf8)
        line.append(literal: " [")
        line.append(decimal: database)
        line.append(UInt8(ascii: " "))
        line.append(contentsOf: source.bytes)
        line.append(literal: "] ")
        let secrets = secretArguments(of: request, command)
        for index in 0..<request.count {
            if index > 0 { line.append(UInt8(ascii: " ")) }
            if secrets.contains(index) {
                line.append(UInt8(ascii: "\""))
                line.append(literal: redacted)
                line.append(UInt8(ascii: "\""))
            } else {
                line.append(contentsOf: QuotedWords.quote(request[index]).bytes)
            }
        }
        line.append(literal: "\r\n")
        return ByteString(line)
    }

    /// Indices of the arguments of AUTH and HELLO that hold user names and passwords.
    public static func secretArguments(
        of request: borrowing Request, _ command: CommandID
    ) -> [Int] {
        if command == .auth { return Array(1..<max(1, min(request.count, 3))) }
        guard command == .hello else { return [] }
        var secrets: [Int] = []
        var index = 2
        while index < request.count {
            if request[index].equalsIgnoringCase("auth") && index + 2 < request.count {
                secrets += [index + 1, index + 2]
                index += 3
            } else {
                index += 2
            }
        }
        return secrets
    }
}
