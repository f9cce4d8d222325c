/// What a changed setting entails beside being read differently from now on.
///
/// CONFIG SET returns the effects of its pairs; the server turns them into changes of its own state
/// and into outputs. An effect that the system may refuse is undone by `SettingsChange.undo`.
public enum SettingEffect: Hashable, Sendable {
    /// Listen on the new addresses and port (`bind`, `port`); the system may refuse.
    case listeners
    /// Raise the limit of open files (`maxclients`); the system may refuse.
    case maxClients
    /// Change the working directory (`dir`); the system may refuse.
    case directory
    /// Hold sessions to `ServerSettings.sessionLimits`, and sockets to `tcp-keepalive`, from now on.
    case sessionLimits
    /// Give the default user its new password.
    case password
    /// Tell the databases which events to collect.
    case keyspaceEvents
    /// Resize the replication backlog.
    case backlogSize
    /// Judge anew which replicas are well.
    case goodReplicas
    /// Hand replication its settings.
    case replication
    /// Schedule ticks at the new rate.
    case hz
    /// Log from the new level on.
    case logLevel
    /// Set the process's title.
    case processTitle
    /// Install or remove the crash report.
    case crashReport
    /// Hand the loop its polling time.
    case busyPoll
    /// Hand the storage its encoding limits.
    case encodings

    /// What a client is told when the system refuses; nil when the effect cannot fail.
    public var failureText: String? {
        switch self {
        case .listeners: "Unable to listen on this port. Check server logs."
        case .maxClients:
            "The operating system is not able to handle the specified number of clients"
        case .directory: "No such file or directory"
        default: nil
        }
    }
}
