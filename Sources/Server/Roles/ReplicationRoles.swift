import Bytes
import Determinism
import Replication
import Sessions
import Storage

/// Who is followed, and who follows.
///
/// The machines of the Replication target decide; the extensions of `Server` in this folder bring
/// them sessions, data sets and outputs.
public struct ReplicationRoles: ~Copyable {
    /// The stream of writes, its history and its backlog.
    public var stream: ReplicationStream
    /// Our link to a master, if we follow one.
    public var link = ReplicaLink()
    /// The replicas that follow us.
    public var replicas: ReplicaSet
    /// Sessions that wait for replicas.
    public var acknowledgements = Acknowledgements()
    /// The session of the link to our master, once it is connected.
    public var masterSession: SessionID?

    init(backlogSize: Int, at now: Moment, random: inout RandomSource) {
        stream = ReplicationStream(backlogSize: backlogSize, random: &random)
        replicas = ReplicaSet(at: now.instant)
    }

    /// Whether we follow a master.
    public var isReplica: Bool { link.master != nil }

    /// Where in the stream a snapshot of now stands.
    var snapshotPosition: RDBPreamble.Replication? {
        guard stream.isActive || isReplica else { return nil }
        return .init(
            selectedDatabase: stream.selectedDatabase ?? 0,
            id: "\(stream.history.id)", offset: Int64(stream.history.offset))
    }
}
