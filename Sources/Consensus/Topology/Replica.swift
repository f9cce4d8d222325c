import Bytes
import Determinism

/// A replica of a monitored master.
struct Replica {
    /// How far a replica is on its way to a new master.
    enum Reconfiguration: Hashable, Sendable {
        case none
        /// SLAVEOF was sent.
        case sent(Instant)
        /// It says that it follows the new master.
        case inProgress
        /// It is synchronised, or was waited for long enough.
        case done
    }

    let node: DataNode
    var reconfiguration = Reconfiguration.none
    /// When it last heard the master, at the earliest, by its own words (ReplicaVeto.swift).
    var heardMasterAt: Instant?
    /// When it was last asked for that.
    var linkAskedAt: Instant?
    /// When it was last told whom to follow, outside of a failover.
    var correctedAt: Instant?
    /// Whether it refused to be promoted in this failover.
    var hasRefusedPromotion = false

    init(address: NodeAddress, at now: Instant) {
        node = DataNode(address: address, role: .replica, at: now)
    }

    /// Whether SLAVEOF was sent and the replica is not synchronised yet.
    var isBeingReconfigured: Bool {
        switch reconfiguration {
        case .sent, .inProgress: true
        case .none, .done: false
        }
    }
}
