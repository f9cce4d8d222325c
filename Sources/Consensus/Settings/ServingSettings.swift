// The lines of sentinel.conf that are not the sentinel's: where it listens, where it logs.
//
// redis-sentinel takes every directive of redis-server and writes some of them back, so files hold
// many that mean nothing to a sentinel: those are known by name and passed over. One that asks for
// what this build does not do (TLS, ACL users, modules) stops the start.

import Bytes
import Configuration

/// What the executor of a sentinel is told by its configuration.
public struct ServingSettings: Hashable, Sendable {
    /// The port for clients; 0 listens nowhere.
    public var port = 26379
    /// The words of `bind`.
    public var bind = ["*", "-::*"]
    /// The working directory; nil for the one that the process has.
    public var directory: String?
    /// The log's file; empty for standard output.
    public var logFile = ""
    /// debug, verbose, notice, warning or nothing.
    public var logLevel = "notice"
    /// Whether the process leaves the terminal.
    public var isDaemon = false
    /// Where the process id is written; empty for nowhere.
    public var processFile = ""
    /// The password that clients need; empty for none.
    public var password = ByteString()
    /// The file that holds the password; empty when the configuration does.
    public var passwordFile = ByteString()
    /// The file that takes what the sentinel learns and what is changed at run time; nil for the
    /// configuration itself.
    public var stateFile: String?
    /// Whether clients of other hosts are refused while no password is set.
    public var isProtected = false
    /// Networks whose clients are not.
    public var trustedNetworks: [NetworkRange] = []
    /// The most clients at a time.
    public var maximumClients = 10_000
    /// Seconds after which an idle client is disconnected; 0 for never.
    public var idleSeconds = 0
    /// Seconds between probes of a silent connection; 0 for none.
    public var keepAliveSeconds = 300
    /// The queue of connections that wait to be accepted.
    public var backlog = 511
    /// A unix socket to listen on too.
    public var unixSocket: String?
    /// Its permissions; 0 for what the umask makes.
    public var unixSocketPermissions: UInt32 = 0

    /// The defaults.
    public init() {}

    /// Obeys the lines that are not the sentinel's.
    public init(_ lines: [ConfigurationLine]) throws(ConfigurationError) {
        for line in lines {
            do throws(SettingsRefusal) {
                try obey(line.words[0].text, Array(line.words.dropFirst()))
            } catch {
                throw .line(line, reason: error.reason)
            }
        }
    }

    private mutating func obey(
        _ name: String, _ values: [ByteString]
    ) throws(SettingsRefusal) {
        if name == "bind" {
            guard !values.isEmpty else { throw SettingsRefusal("wrong number of arguments") }
            bind = values.flatMap { $0.text.split(separator: " ").map(String.init) }
            return
        }
        if name == "protected-mode-networks" {
            for value in values.flatMap({ $0.text.split(separator: " ").map(String.init) }) {
                guard let network = NetworkRange(ByteString(value).bytes.span) else {
                    throw SettingsRefusal(
                        "\(value) is no network: an address and a length, as in 10.0.0.0/8")
                }
                trustedNetworks.append(network)
            }
            return
        }
        if try obeySpecial(name, values) { return }
        guard ServingSettings.names.contains(name) else {
            throw SettingsRefusal("Bad directive or wrong number of arguments")
        }
        guard let value = values.first else {
            throw SettingsRefusal("wrong number of arguments")
        }
        if ServingSettings.singleValued.contains(name) && values.count != 1 {
            throw SettingsRefusal("wrong number of arguments")
        }
        try set(name, value)
    }

    private mutating func set(_ name: String, _ value: ByteString) throws(SettingsRefusal) {
        switch name {
        case "port": port = try number(value, 0...65_535)
        case "dir": directory = value.text
        case "logfile": logFile = value.text
        case "loglevel":
            guard
                ["debug", "verbose", "notice", "warning", "nothing"].contains(value.lowercased.text)
            else {
                throw SettingsRefusal(
                    "argument(s) must be one of the following: debug, verbose, notice, warning, "
                        + "nothing")
            }
            logLevel = value.lowercased.text
        case "daemonize": isDaemon = try flag(value)
        case "pidfile": processFile = value.text
        case "requirepass": password = value
        case "requirepass-file": passwordFile = value
        case "state-file":
            guard value.bytes.first == 0x2f else {
                throw SettingsRefusal("the state file is named by its whole path")
            }
            stateFile = value.text
        case "protected-mode": isProtected = try flag(value)
        case "maxclients": maximumClients = try number(value, 1...Int(Int32.max))
        case "timeout": idleSeconds = try number(value, 0...Int(Int32.max))
        case "tcp-keepalive": keepAliveSeconds = try number(value, 0...Int(Int32.max))
        case "tcp-backlog": backlog = try number(value, 0...Int(Int32.max))
        case "unixsocket": unixSocket = value.isEmpty ? nil : value.text
        case "unixsocketperm":
            guard let permissions = UInt32(value.text, radix: 8), permissions <= 0o777 else {
                throw SettingsRefusal("argument must be between 0 and 777 inclusive")
            }
            unixSocketPermissions = permissions
        default: break
        }
    }

    /// Directives that are no plain settings, and those whose promise this build does not keep.
    private func obeySpecial(
        _ name: String, _ values: [ByteString]
    ) throws(SettingsRefusal) -> Bool {
        switch name {
        case "user":
            // What redis-sentinel writes for a default user without restrictions.
            let words = Set(values.dropFirst().map(\.text))
            if values.first == "default" && words.isSuperset(of: ["on", "nopass", "+@all"]) {
                return true
            }
            throw SettingsRefusal("This build has no ACL users: use requirepass.")
        case "loadmodule": throw SettingsRefusal("This build loads no modules.")
        case "rename-command": throw SettingsRefusal("This build does not rename commands.")
        case "tls-port" where values.first != "0",
            "tls-replication" where values.first?.lowercased != "no",
            "aclfile" where values.first?.isEmpty == false:
            throw SettingsRefusal("This build does not do what '\(name)' asks for.")
        default: return false
        }
    }

    private func number(
        _ value: ByteString, _ range: ClosedRange<Int>
    ) throws(SettingsRefusal) -> Int {
        guard let number = value.integer else {
            throw SettingsRefusal("argument couldn't be parsed into an integer")
        }
        guard range.contains(number) else {
            throw SettingsRefusal(
                "argument must be between \(range.lowerBound) and \(range.upperBound) inclusive")
        }
        return number
    }

    private func flag(_ value: ByteString) throws(SettingsRefusal) -> Bool {
        guard let flag = yesOrNo(value) else {
            throw SettingsRefusal("argument must be 'yes' or 'no'")
        }
        return flag
    }

    private static let singleValued: Set<String> = [
        "port", "dir", "logfile", "loglevel", "daemonize", "pidfile", "requirepass",
        "protected-mode", "maxclients", "timeout", "tcp-keepalive", "tcp-backlog", "unixsocket",
        "unixsocketperm", "requirepass-file", "state-file",
    ]

    /// Everything that a configuration file of redis-server or redis-sentinel may name.
    private static let names = singleValued.union(ServerDirectiveNames.all)
}
