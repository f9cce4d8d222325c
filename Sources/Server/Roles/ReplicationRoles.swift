import Bytes
import Determinism
import Replication
import Sessions
import Storage

/// Who is followed, and who follows.
///
/// The machines of the Replication target decide; the extensions of `Server` in this folder bring
/// them sessions, data sets and outputs:
/// ```
///   REPLICAOF ─► Server+Following ─► link ─► Server+MasterLink ─► IncomingDataSet ─► keyspace
///   PSYNC ─► Server+Synchronising ─► replicas ─► Server+Streaming (snapshot, then the stream)
///   writes ─► stream ─► Server+Feeding ─► replicas' sessions;   WAIT ─► acknowledgements
/// ```
/// Invariants:
/// 1. While we follow a master, nothing but its bytes goes into `stream`.
/// 2. The data set that is served is the one that `stream.history` names, at its offset.
/// 3. `masterSession` is open, flagged `masterLink`, and the link is past connecting; or nil.
public struct ReplicationRoles: ~Copyable {
    /// The stream of writes, its history and its backlog.
    public var stream: ReplicationStream
    /// Our link to a master, if we follow one.
    public var link = ReplicaLink()
    /// The replicas that follow us.
    public var replicas: ReplicaSet
    /// Sessions that wait for replicas.
    public var acknowledgements = Acknowledgements()
    /// FAILOVER, while it is under way.
    var failover = PlannedFailover()
    /// A switchover that sentinels coordinate, while it is under way.
    var switchover = Switchover()
    /// Whether a master may take writes although it restarted or stood still.
    public var fence = Fence()
    /// The session of the link to our master, once it is connected.
    public var masterSession: SessionID?

    /// The data set that a master is sending.
    var incoming: IncomingDataSet?
    /// The snapshot that is being sent to replicas.
    var streaming: SnapshotStreaming?
    /// The database that the master's stream has selected, while its link is down.
    var cachedDatabase = 0
    /// Up to where the stream has changed keys; behind it are only signs of life.
    var dataOffset = 0
    /// Whether a command of the master's stream has changed keys, and does not count yet.
    var hasUncountedChange = false
    /// Bytes of the master's stream that are queued in a transaction: they count when it is over.
    var unapplied = InputBuffer()
    /// The master, or a session that waits, wants acknowledgements at the end of the turn.
    var wantsAcknowledgement = false
    /// Replicas are to be asked for acknowledgements at the end of the turn.
    var asksForAcknowledgements = false

    init(backlogSize: Int, at now: Moment, random: inout RandomSource) {
        stream = ReplicationStream(backlogSize: backlogSize, random: &random)
        replicas = ReplicaSet(at: now.instant)
    }

    /// Bytes of the master for the link, which may begin a stream with them.
    ///
    /// Returns how many it took, and what they amount to.
    mutating func take(
        _ bytes: Span<UInt8>, at now: Instant, into link: inout [ReplicaLinkOutput]
    ) -> (consumed: Int, event: ReplicaLink.Event) {
        self.link.take(bytes, stream: &stream, at: now, into: &link)
    }

    /// The data set that the master sent is ours: its stream goes on from there.
    mutating func acceptSnapshot(
        previous: ReplicationPast?, random: inout RandomSource, at now: Instant,
        into link: inout [ReplicaLinkOutput]
    ) {
        self.link.acceptSnapshot(
            stream: &stream, previous: previous, random: &random, at: now, into: &link)
    }

    /// The transaction that was queued has been executed: its bytes count.
    mutating func applyTransaction() {
        var bytes = InputBuffer()
        swap(&bytes, &unapplied)
        stream.append(verbatim: bytes.readable)
    }

    /// Whether our role is being handed to a replica.
    var isHandingOver: Bool { failover.isUnderWay || switchover.isUnderWay }

    /// Whether we follow a master.
    public var isReplica: Bool { link.master != nil }
}

extension Server {
    /// Where in the stream a snapshot of now stands; nil when nobody could go on from it.
    var snapshotPosition: RDBPreamble.Replication? {
        let selected: Int
        if roles.isReplica {
            if let master = roles.masterSession, roles.link.isStreaming {
                selected = sessions[master].database
            } else if roles.link.canResume {
                selected = roles.cachedDatabase
            } else {
                return nil
            }
        } else {
            guard roles.stream.isActive else { return nil }
            selected = roles.stream.selectedDatabase ?? 0
        }
        let history = roles.stream.history
        var position = RDBPreamble.Replication(
            selectedDatabase: selected, id: "\(history.id)", offset: Int64(history.offset))
        if history.previousID != .none {
            position.previous = ("\(history.previousID)", Int64(history.previousLimit))
        }
        position.dataOffset = Int64(min(roles.dataOffset, history.offset))
        return position
    }

    /// The directives, as the machine for our replicas reads them.
    var replicaSetSettings: ReplicaSetSettings {
        var result = ReplicaSetSettings()
        result.timeout = .seconds(settings.replTimeoutSeconds)
        result.pingPeriod = .seconds(settings.replPingReplicaPeriodSeconds)
        result.waitsForMore = settings.replDisklessSync
        result.snapshotDelay = .seconds(settings.replDisklessSyncDelaySeconds)
        result.snapshotReplicas = settings.replDisklessSyncMaxReplicas
        result.backlogTimeToLive = .seconds(settings.replBacklogTTLSeconds)
        result.minimumReplicas = settings.minReplicasToWrite
        result.maximumLagSeconds = settings.minReplicasMaxLagSeconds
        return result
    }

    /// The directives, as the link to our master reads them.
    var linkSettings: ReplicaLink.Settings {
        var result = ReplicaLink.Settings()
        result.timeout = .seconds(settings.replTimeoutSeconds)
        if !settings.masterAuth.isEmpty {
            result.introduction.password = settings.masterAuth
            if !settings.masterUser.isEmpty { result.introduction.user = settings.masterUser }
        }
        result.introduction.listeningPort =
            settings.replicaAnnouncePort > 0 ? settings.replicaAnnouncePort : settings.port
        if !settings.replicaAnnounceIP.isEmpty {
            result.introduction.address = settings.replicaAnnounceIP
        }
        return result
    }

    /// Writes a line of the machines to the log.
    mutating func log(_ line: ReplicationLogLine) {
        let level: LogLevel =
            switch line.level {
            case .debug: .debug
            case .verbose: .verbose
            case .notice: .notice
            case .warning: .warning
            }
        log(level, line.text)
    }
}
