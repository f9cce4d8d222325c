/// What a DEBUG subcommand asks of the server beyond its reply, which is written already (but for
/// RELOAD).
public enum DebugEffect: Equatable, Sendable {
    /// Nothing more.
    case none
    /// Stand still for so long, all clients with it.
    case sleep(Duration)
    /// Die by a real SIGSEGV.
    case crash
    /// Save (when `saves`), empty (when `empties`) and load again; with `merges`, keys of the file
    /// replace those that are there. The reply follows when that is done.
    case reload(saves: Bool, empties: Bool, merges: Bool)
    /// Active expiry on or off.
    case setActiveExpiry(Bool)
    /// A new replication id, and no second one.
    case changeReplicationID
    /// A warning for the log.
    case log(String)
    /// Checksums of snapshots are compared or not.
    case setChecksumValidation(Bool)
    /// Periodic work stands still or goes on.
    case pausePeriodicWork(Bool)
}
