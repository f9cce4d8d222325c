/// The values of directives that choose one word of a few.
///
/// Raw values are ours; the words that a user writes stand in the directive's row.

/// The least important message that is still logged (`loglevel`).
public enum LogLevel: Int, Sendable, Comparable {
    /// Everything, for the development of the server.
    case debug
    /// What happens seldom, but not as often as debug.
    case verbose
    /// What one wants to read in production.
    case notice
    /// What somebody should look at.
    case warning
    /// No message at all.
    case nothing

    /// The more talkative level first.
    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// From where a guarded command is accepted (`enable-debug-command` and its like).
public enum ProtectedAccess: Int, Sendable {
    /// From nowhere.
    case no
    /// From everywhere.
    case yes
    /// From loopback addresses and unix sockets.
    case local

    /// Whether a client is let through; `isLocal` says it came over loopback or a unix socket.
    public func allows(isLocal: Bool) -> Bool {
        switch self {
        case .no: false
        case .yes: true
        case .local: isLocal
        }
    }
}

/// Who watches over the process (`supervised`).
public enum Supervision: Int, Sendable {
    /// Nobody.
    case no
    /// Whoever the environment names.
    case auto
    /// Upstart.
    case upstart
    /// systemd.
    case systemd
}

/// How a replica loads a snapshot that arrives on its socket (`repl-diskless-load`).
public enum DisklessLoad: Int, Sendable {
    /// Through a file.
    case disabled
    /// From the socket when it holds no key yet.
    case onEmptyDatabase
    /// From the socket, beside the old data, which stays until the new is whole.
    case swapDatabase
}

/// What goes first when memory runs out (`maxmemory-policy`).
public enum EvictionPolicy: Int, Sendable {
    /// Keys with an expiry that were not used for longest.
    case volatileLRU
    /// Keys with an expiry that are used least.
    case volatileLFU
    /// Any key with an expiry.
    case volatileRandom
    /// Keys that expire soonest.
    case volatileTTL
    /// Keys that were not used for longest.
    case allKeysLRU
    /// Keys that are used least.
    case allKeysLFU
    /// Any key.
    case allKeysRandom
    /// None: writes are refused.
    case noEviction
}

/// What is done when a replica fails to apply what its master sent
/// (`propagation-error-behavior`).
public enum PropagationErrorBehavior: Int, Sendable {
    /// It is logged and counted.
    case ignore
    /// The process ends.
    case panic
    /// The process ends when it is a replica.
    case panicOnReplicas
}

/// How thoroughly a dump payload is checked when it is loaded (`sanitize-dump-payload`).
public enum PayloadCheck: Int, Sendable {
    /// Its frame only.
    case no
    /// Everything.
    case yes
    /// Everything when a client sent it.
    case clients
}

/// What a signal that ends the server does (`shutdown-on-sigterm`, `shutdown-on-sigint`).
public struct ShutdownOptions: OptionSet, Sendable {
    /// The bits.
    public let rawValue: Int
    /// Options by their bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Save, even without save points.
    public static let save = ShutdownOptions(rawValue: 1)
    /// Do not save, even with save points.
    public static let noSave = ShutdownOptions(rawValue: 2)
    /// Do not wait for replicas that lag.
    public static let now = ShutdownOptions(rawValue: 4)
    /// End even if saving fails.
    public static let force = ShutdownOptions(rawValue: 8)
}
