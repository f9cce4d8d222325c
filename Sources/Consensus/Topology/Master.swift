import Bytes
import Determinism

/// A monitored master, its replicas, and the other sentinels that watch it.
///
/// A class for the reason that `DataNode` is one.
final class Master {
    /// More replicas or sentinels than these are not believed: a hostile INFO or hello ends there.
    static let replicaLimit = 1024
    static let peerLimit = 256
    /// So many former masters are remembered.
    static let formerMasterLimit = 16
    /// For so long sentinels that RESET forgot count for the majority; operators are told to wait as
    /// long between the sentinels that they reset.
    static let formerSentinelPeriod = Duration.seconds(30)

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
    /// The last vote that was given to another sentinel, or by an earlier process to itself, and not
    /// given back.
    var grant: (epoch: UInt64, candidate: ByteString?, heldUntil: Instant)?
    /// The first record that holds the vote.
    var voteRecord = RecordID(number: 0)
    /// Sentinels that RESET forgot and that have not been heard of since: they count for the
    /// majority until then, or two majorities could be had that do not meet.
    var formerSentinels: [ByteString] = []
    var formerSentinelsUntil: Instant?
    /// The history that the group's data belongs to, as its master or those who follow it named it.
    var history: ReplicationHistory?
    /// The first one that was told since the master was named; nil before: who missed a change of
    /// masters may know an older one.
    var firstHistory: ReplicationHistory?
    /// The replicas that must have a write before the master confirms it; 0 where that is not set.
    var minimumReplicas = 0
    var isObjectivelyDown = false
    var objectivelyDownSince: Instant?
    var failover = Failover()
    /// Where the master was before the switches that this sentinel saw, the last one first.
    var formerMasters: [NodeAddress]
    /// The epoch of a switchover of which the master must hear that it is over.
    var owedResume: UInt64?
    /// When the master, which is being stopped, is asked whether it waits to be replaced.
    var handoverDue: Instant?
    /// The last failovers.
    var timeline = Timeline()
    /// Since when the master, which is fenced, counts as replaced (UnheardPromotion.swift).
    var replacedSince: Instant?
    /// Since when it first did, while it has waited to be named; the time for that runs out.
    var firstReplacedSince: Instant?
    /// When the silence began that made the master count as down.
    var silenceBeganAt: Instant?
    /// When the master restarted, until it answers a ping.
    var rebootedAt: Instant?

    init(
        number: Int, settings: MasterSettings, remembered: CompanionState.Group, at now: Instant
    ) {
        self.number = number
        self.settings = settings
        node = DataNode(address: settings.address, role: .master, at: now)
        configEpoch = settings.configEpoch
        leaderEpoch = max(settings.leaderEpoch, remembered.grant?.epoch ?? 0)
        // One that the settings are ahead of is no more; they say nothing of a master that was removed.
        let grant = remembered.grant.flatMap { $0.epoch >= settings.leaderEpoch ? $0 : nil }
        leader = grant?.candidate
        // The vote may be in use, unless the candidate gave it back: the restart begins its hold anew.
        if leaderEpoch > configEpoch && grant?.isReleased != true {
            let heldUntil = now + Master.voteHold(settings)
            voteHeldUntil = heldUntil
            // Whoever stood itself may have won, and have promoted somebody before it ended.
            self.grant = (leaderEpoch, leader, heldUntil)
        }
        history = remembered.history
        firstHistory = remembered.history
        timeline.past = remembered.timeline.suffix(Timeline.limit)
        minimumReplicas = remembered.minimumReplicas
        let known = Set(settings.knownSentinels.map(\.runID))
        formerSentinels = remembered.sentinels.filter { !known.contains($0) }
        formerSentinelsUntil = formerSentinels.isEmpty ? nil : now + Master.formerSentinelPeriod
        formerMasters = remembered.formerMasters
    }

    /// How long a vote is held.
    static func voteHold(_ settings: MasterSettings) -> Duration {
        min(.seconds(10), settings.failoverTimeout)
    }

    /// The vote that was given to another, while nobody has told what became of it.
    @inline(__always) var openGrant: (epoch: UInt64, candidate: ByteString?, heldUntil: Instant)? {
        grant.flatMap { $0.epoch > configEpoch ? $0 : nil }
    }

    /// The position of the replica at `address`.
    @inline(__always) func replicaIndex(_ address: NodeAddress) -> Int? {
        replicas.firstIndex { $0.node.address == address }
    }

    /// The part that the sentinel with that id has here.
    @inline(__always) func peer(_ runID: ByteString) -> Peer? {
        peers.first { $0.runID == runID }
    }

    /// The part that the sentinel has here.
    @inline(__always) func peer(_ node: SentinelNode) -> Peer? {
        peers.first { $0.node === node }
    }

    /// The address that clients are told: the promoted replica's once it is a master.
    @inline(__always) var currentAddress: NodeAddress {
        failover.phase.isPromoted ? failover.promoted ?? node.address : node.address
    }

    /// Remembers that the master was at `address`.
    func noteFormerMaster(_ address: NodeAddress) {
        formerMasters.removeAll { $0 == address }
        formerMasters.insert(address, at: 0)
        if formerMasters.count > Master.formerMasterLimit { formerMasters.removeLast() }
    }

    /// How many sentinels watch this master, this one included: all ever seen, and for a while
    /// those that RESET forgot.
    func electorate(at now: Instant) -> Int {
        var count = peers.count + 1
        if let until = formerSentinelsUntil, now < until { count += formerSentinels.count }
        return count
    }
}
