import Bytes
import Determinism

/// A monitored master, its replicas, and the other sentinels that watch it.
struct Master: Sendable {
    /// More replicas or sentinels than these are not believed: a hostile INFO or hello ends there.
    static let replicaLimit = 1024
    static let peerLimit = 256

    /// Tells masters apart while the process runs; never used twice.
    let number: Int
    var settings: MasterSettings
    var node: DataNode
    var replicas: [Replica] = []
    var peers: [Peer] = []
    var configEpoch: UInt64
    /// Whom this sentinel voted for, and in which epoch.
    ///
    /// The epoch outlives a restart, and with it the promise not to vote twice.
    var leader: ByteString?
    var leaderEpoch: UInt64
    /// Until when the vote is held: others get none in greater epochs either, so that the leader
    /// can do its work undisturbed.
    ///
    /// Nil when it is released.
    var voteHeldUntil: Instant?
    /// The first record that holds the vote.
    var voteRecord = RecordID(number: 0)
    var isObjectivelyDown = false
    var objectivelyDownSince: Instant?
    var failover = Failover()
    /// Where the master was before the last switch that this sentinel saw.
    var formerAddress: NodeAddress?
    /// When the master restarted, until it answers a ping.
    var rebootedAt: Instant?

    init(
        number: Int, settings: MasterSettings, remembered: CompanionState.Group, at now: Instant
    ) {
        self.number = number
        self.settings = settings
        node = DataNode(address: settings.address, role: .master, at: now)
        node.lastPublication = now
        configEpoch = settings.configEpoch
        leaderEpoch = max(settings.leaderEpoch, remembered.grant?.epoch ?? 0)
        let grant = remembered.grant.flatMap { $0.epoch == settings.leaderEpoch ? $0 : nil }
        leader = grant?.candidate
        // The vote may be in use, unless the candidate gave it back: the restart begins its hold anew.
        if leaderEpoch > configEpoch && grant?.isReleased != true {
            voteHeldUntil = now + Master.voteHold(settings)
        }
    }

    /// How long a vote is held.
    static func voteHold(_ settings: MasterSettings) -> Duration {
        min(.seconds(10), settings.failoverTimeout)
    }

    /// The position of the replica at `address`.
    func replicaIndex(_ address: NodeAddress) -> Int? {
        replicas.firstIndex { $0.node.address == address }
    }

    /// The position of the sentinel with that id.
    func peerIndex(_ runID: ByteString) -> Int? { peers.firstIndex { $0.runID == runID } }

    /// The address that clients are told: the promoted replica's once it is a master.
    var currentAddress: NodeAddress {
        switch failover.phase {
        case .reconfiguringReplicas, .updatingConfiguration: failover.promoted ?? node.address
        case .none, .waitingForStart, .selectingReplica, .sendingPromotion, .waitingForPromotion:
            node.address
        }
    }

    /// Votes that make a leader: the majority of all sentinels ever seen, and the quorum.
    var votesNeeded: Int { max((peers.count + 1) / 2 + 1, settings.quorum) }
}
