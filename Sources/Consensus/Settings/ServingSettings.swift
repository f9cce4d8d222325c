// The lines of sentinel.conf that are not the sentinel's: where it listens, where it logs.
//
// redis-sentinel takes every directive of redis-server and writes some of them back, so files hold
// many that mean nothing to a sentinel: those are known by name and passed over. One that asks for
// what this build does not do (TLS, ACL users, modules) stops the start.

import Bytes
import Configuration

/// What the executor of a sentinel is told by its configuration.
public struct ServingSettings: Hashable, DirectiveSettings {
    /// The port for clients; 0 listens nowhere.
    public var port = 26379
    /// The words of `bind`.
    public var bind = ["*", "-::*"]
    /// The working directory; empty for the one that the process has.
    public var directory = ByteString()
    /// The log's file; empty for standard output.
    public var logFile = ByteString()
    /// debug, verbose, notice, warning or nothing.
    public var logLevel = "notice"
    /// Whether the process leaves the terminal.
    public var isDaemon = false
    /// Where the process id is written; empty for nowhere.
    public var processFile = ByteString()
    /// The password that clients need; empty for none.
    public var password = ByteString()
    /// The file that holds the password; empty when the configuration does.
    public var passwordFile = ByteString()
    /// The file that takes what the sentinel learns and what is changed at run time; empty for the
    /// configuration itself.
    public var stateFile = ByteString()
    /// Whether clients of other hosts are refused while no password is set.
    public var isProtected = false
    /// Networks whose clients are not, as they were written.
    public var networks: [ByteString] = []
    /// The most clients at a time.
    public var maximumClients = 10_000
    /// Seconds after which an idle client is disconnected; 0 for never.
    public var idleSeconds = 0
    /// Seconds between probes of a silent connection; 0 for none.
    public var keepAliveSeconds = 300
    /// The queue of connections that wait to be accepted.
    public var backlog = 511
    /// A unix socket to listen on too; empty for none.
    public var unixSocket = ByteString()
    /// Its permissions; 0 for what the umask makes.
    public var unixSocketPermissions = 0

    /// The defaults.
    public init() {}

    /// Obeys the lines that are not the sentinel's.
    public init(_ lines: [ConfigurationLine]) throws(ConfigurationError) {
        var seen: Set<Int> = []
        for line in lines {
            if let reason = ServingSettings.refusal(of: line) {
                throw .line(line, reason: reason)
            }
            // What redis-sentinel writes of the default user says nothing to this build.
            if line.words[0] == "user" { continue }
            if try ServingDirectives.table.apply(line, to: &self, seen: &seen) { continue }
            guard ServerDirectiveNames.all.contains(line.words[0].text) else {
                throw .line(line, reason: "Bad directive or wrong number of arguments")
            }
            if line.words.count < 2 { throw .line(line, reason: "wrong number of arguments") }
        }
    }

    /// Networks whose clients are served although no password is set.
    public var trustedNetworks: [NetworkRange] {
        networks.compactMap { NetworkRange($0.bytes.span) }
    }

    /// Why a line stops the start: it promises what this build does not do.
    private static func refusal(of line: ConfigurationLine) -> String? {
        let values = line.words.dropFirst()
        switch line.words[0].text {
        case "user":
            // What redis-sentinel writes for a default user without restrictions.
            let words = Set(values.dropFirst().map(\.text))
            let isPlain =
                values.first == "default" && words.isSuperset(of: ["on", "nopass", "+@all"])
            return isPlain ? nil : "This build has no ACL users: use requirepass."
        case "loadmodule": return "This build loads no modules."
        case "rename-command": return "This build does not rename commands."
        case "tls-port" where values.first != "0",
            "tls-replication" where values.first?.lowercased != "no",
            "aclfile" where values.first?.isEmpty == false:
            return "This build does not do what '\(line.words[0])' asks for."
        default: return nil
        }
    }
}
