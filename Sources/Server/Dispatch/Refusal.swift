import Bytes
import CommandCatalog
import Protocol

/// Why a command is not executed, with the exact bytes of Redis 7.2 (without the leading `-`).
struct Refusal {
    /// The error's code and text.
    let text: [UInt8]

    private init(_ text: String) { self.text = Array(text.utf8) }
    private init(bytes: [UInt8]) { text = bytes }

    /// At most this many bytes of a client's arguments are shown back in an error.
    private static let shownBytes = 128

    static func unknownCommand(_ request: borrowing Request) -> Refusal {
        var text = Array("ERR unknown command '".utf8)
        text += prefix(request[0], shownBytes)
        text += Array("', with args beginning with: ".utf8)
        var shown = 0
        for index in 1..<max(request.count, 1) {
            if shown >= shownBytes { break }
            let argument = prefix(request[index], shownBytes - shown)
            text.append(0x27)
            text += argument
            text += [0x27, 0x20]
            shown += argument.count + 3
        }
        return Refusal(bytes: text)
    }

    static func unknownSubcommand(_ request: borrowing Request) -> Refusal {
        var text = Array("ERR unknown subcommand '".utf8)
        text += prefix(request[1], shownBytes)
        text += Array("'. Try ".utf8)
        let name = request.owned(0).bytes
        text += name.map { ($0 >= 0x61 && $0 <= 0x7a) ? $0 - 0x20 : $0 }
        text += Array(" HELP.".utf8)
        return Refusal(bytes: text)
    }

    /// `name` is the full name in lower case: `config|get`.
    static func wrongArity(_ name: String) -> Refusal {
        Refusal("ERR wrong number of arguments for '\(name)' command")
    }

    static func protectedCommand(_ command: CommandID) -> Refusal {
        let isModule = command == .module
        let name = isModule ? "MODULE" : "DEBUG"
        let directive = isModule ? "enable-module-command" : "enable-debug-command"
        return Refusal(
            "ERR \(name) command not allowed. If the \(directive) option is set to \"local\", "
                + "you can run it from a local connection, otherwise you need to set this option "
                + "in the configuration file, and then restart the server.")
    }

    static var notAuthenticated: Refusal { Refusal("NOAUTH Authentication required.") }
    static var notInsideMulti: Refusal {
        Refusal("ERR Command not allowed inside a transaction")
    }
    static var cannotPersist: Refusal {
        Refusal(
            "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to "
                + "persist to disk. Commands that may modify the data set are disabled, because "
                + "this instance is configured to report errors during writes if RDB snapshotting "
                + "fails (stop-writes-on-bgsave-error option). Please check the Redis logs for "
                + "details about the RDB error.")
    }
    static var notEnoughReplicas: Refusal {
        Refusal("NOREPLICAS Not enough good replicas to write.")
    }
    static var readOnlyReplica: Refusal {
        Refusal("READONLY You can't write against a read only replica.")
    }
    /// Starts with the word that clients know; sentinels see that it is no acceptable pong.
    static var superseded: Refusal {
        Refusal("READONLY Another server may have taken over from this master.")
    }
    static func onlySubscriptions(_ name: String) -> Refusal {
        Refusal(
            "ERR Can't execute '\(name)': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / "
                + "RESET are allowed in this context")
    }
    static var staleData: Refusal {
        Refusal(
            "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.")
    }
    static var loading: Refusal { Refusal("LOADING Redis is loading the dataset in memory") }
    static var replicaOutsideKeyspace: Refusal {
        Refusal("ERR Replica can't interact with the keyspace")
    }
    /// A command of the table whose implementation this build does not have.
    static func notAvailable(_ name: String) -> Refusal {
        Refusal("ERR command '\(name)' is not available in this version of rds")
    }

    private static func prefix(_ bytes: Span<UInt8>, _ limit: Int) -> [UInt8] {
        var text: [UInt8] = []
        for index in 0..<min(bytes.count, limit) { text.append(bytes[index]) }
        return text
    }
}
