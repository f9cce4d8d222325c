// The lines of sentinel.conf that are not the sentinel's, a row each: read, told apart at a reload, and
// explained in the manual from here.

import Bytes
import Configuration

/// The rows of what the executor of a sentinel is told.
public enum ServingDirectives {
    /// A row.
    public typealias Row = Directive<ServingSettings, Never>

    /// The rows, in the order of the manual; an immutable one waits for a restart.
    public static let rows: [Row] = [
        .number("port", \.port, .integer(0...65_535), port, flags: .immutable),
        words(
            "bind", "addresses to listen on; one with a leading - may be missing on the host",
            flags: .immutable, read: { $0.bind.map { ByteString($0) } },
            write: { $0.bind = $1.map(\.text) },
            check: { words throws(DirectiveError) in
                if words.isEmpty { throw DirectiveError("wrong number of arguments") }
            }),
        .text(
            "state-file", \.stateFile, optional: true,
            "file that takes what the sentinel learns and what is changed at run time, by its whole "
                + "path; without one the configuration itself is rewritten",
            flags: .immutable,
            check: { value throws(DirectiveError) in
                if case .text(let path) = value, path.bytes.first != 0x2f {
                    throw DirectiveError("the state file is named by its whole path")
                }
            }),
        .text(
            "requirepass", \.password, optional: true, "what clients authenticate with",
            flags: .sensitive),
        .text(
            "requirepass-file", \.passwordFile, optional: true,
            "file whose first line is that password; a name without a slash is a credential of the "
                + "unit: a file in /etc/rds/sentinel-secrets"),
        .boolean(
            "protected-mode", \.isProtected,
            "refuse other hosts while there is no password"),
        words(
            "protected-mode-networks",
            "networks that protected mode lets pass, such as 10.0.0.0/8", flags: .accumulates,
            read: { $0.networks }, write: { $0.networks = $1.filter { !$0.isEmpty } },
            check: { words throws(DirectiveError) in
                for word in words where !word.isEmpty && NetworkRange(word.bytes.span) == nil {
                    throw DirectiveError(
                        "\(word) is no network: an address and a length, as in 10.0.0.0/8")
                }
            }),
        .number(
            "maxclients", \.maximumClients, .integer(1...limit),
            "clients that may be connected at a time"),
        .number(
            "timeout", \.idleSeconds, .integer(0...limit),
            "seconds after which an idle client is disconnected; 0 never"),
        .number(
            "tcp-keepalive", \.keepAliveSeconds, .integer(0...limit),
            "seconds between the kernel's probes of a silent client; 0 for none"),
        .number(
            "tcp-backlog", \.backlog, .integer(0...limit),
            "connections the kernel queues until they are accepted", flags: .immutable),
        .text(
            "unixsocket", \.unixSocket, optional: true, "path of a unix socket to listen on too",
            flags: .immutable),
        .number(
            "unixsocketperm", \.unixSocketPermissions, .octal(0...0o777),
            "permission bits of the unix socket; 0 leaves the umask's", flags: .immutable),
        Row(
            "loglevel", aliases: [], kind: .choice(levels), flags: [],
            defaultValue: level(ServingSettings()),
            summary: "the least important message that is logged", effect: nil, read: level,
            write: { settings, value in
                if case .integer(let number) = value { settings.logLevel = levels[number].name }
            }, check: Row.anything),
        .text(
            "logfile", \.logFile, optional: false,
            "file to log to; empty for the journal or standard output", flags: .immutable),
        .text(
            "dir", \.directory, optional: true, "working directory, in which scripts run",
            flags: .immutable),
        .text(
            "pidfile", \.processFile, optional: true, "file for the process id", flags: .immutable),
        .boolean("daemonize", \.isDaemon, "leave the terminal at start", flags: .immutable),
    ]

    static let table = DirectiveTable(rows)

    private static let port = "TCP port for clients and other sentinels; 0 listens on none"
    private static let limit = Int(Int32.max)
    private static let levels = ["debug", "verbose", "notice", "warning", "nothing"].enumerated()
        .map { DirectiveChoice($0.element, $0.offset) }

    private static let level: @Sendable (ServingSettings) -> DirectiveValue = { settings in
        .integer(levels.firstIndex { $0.name == settings.logLevel } ?? 0)
    }

    private static func words(
        _ name: String, _ summary: String, flags: DirectiveFlags,
        read: @escaping @Sendable (ServingSettings) -> [ByteString],
        write: @escaping @Sendable (inout ServingSettings, [ByteString]) -> Void,
        check: @escaping @Sendable ([ByteString]) throws(DirectiveError) -> Void
    ) -> Row {
        Row(
            name, aliases: [], kind: .words, flags: flags.union(.multipleArguments),
            defaultValue: .words(read(ServingSettings())), summary: summary, effect: nil,
            read: { .words(read($0)) },
            write: { settings, value in
                if case .words(let words) = value { write(&settings, words) }
            },
            check: { value throws(DirectiveError) in
                if case .words(let words) = value { try check(words) }
            })
    }
}
