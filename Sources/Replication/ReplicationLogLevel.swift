/// How much a log line of the replication machines matters, in Redis's four levels.
public enum ReplicationLogLevel: Sendable {
    /// For developers.
    case debug
    /// Many, rarely useful.
    case verbose
    /// What an administrator wants to know.
    case notice
    /// What an administrator must know.
    case warning
}

/// A line for the log.
public struct ReplicationLogLine: Sendable, Equatable {
    /// How much it matters.
    public let level: ReplicationLogLevel
    /// The text, without a line end.
    public let text: String

    /// A line and its level.
    public init(_ level: ReplicationLogLevel, _ text: String) {
        self.level = level
        self.text = text
    }
}
