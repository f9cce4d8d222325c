import Bytes
import Determinism
import Replication

/// The FAILOVER command's way: a master hands its role to one of its replicas.
///
/// ```
///          none ◄──────── aborted, or the time is over ────────┐
///            │ FAILOVER: writes pause                          │
///            ▼                                                 │
///     waitingForSync ── nobody has all of the stream in time ──┤
///            │ a replica has all of it, or FORCE and the time is over
///            ▼                                                 │
///       inProgress ──── the target refuses ────────────────────┘
///            │ we follow the target, PSYNC ... FAILOVER makes it a master, it continues our history
///            ▼
///          none: writes go on, and are refused as a replica refuses them
/// ```
struct PlannedFailover: Sendable, Equatable {
    /// How far it is.
    enum Phase: Sendable, Equatable {
        case none
        case waitingForSync
        case inProgress
    }

    /// What FAILOVER was told.
    struct Order: Sendable, Equatable {
        /// The replica that takes over; nil: the first that has everything.
        var target: MasterAddress?
        /// How long a replica may take to catch up; nil: for ever.
        var timeout: Duration?
        /// Whether the target takes over although it did not catch up in time.
        var isForced = false
    }

    private(set) var phase = Phase.none
    /// Who takes over, once it is known.
    private(set) var target: MasterAddress?
    /// When waiting ends; nil: never.
    private(set) var deadline: Instant?
    private var isForced = false

    /// What is to be done now.
    enum Step: Equatable {
        case wait
        /// The target has everything: follow it.
        case handOver(MasterAddress)
        /// The time is over, and the target takes over all the same.
        case force(MasterAddress)
        case giveUp
    }

    /// Whether one is under way.
    var isUnderWay: Bool { phase != .none }

    /// The value of INFO's `master_failover_state`.
    var word: String {
        switch phase {
        case .none: "no-failover"
        case .waitingForSync: "waiting-for-sync"
        case .inProgress: "failover-in-progress"
        }
    }

    /// How the log calls the target.
    var targetName: String { target.map { "\($0)" } ?? "any replica" }

    /// Begins to wait for a replica.
    mutating func begin(_ order: Order, at now: Instant) {
        phase = .waitingForSync
        target = order.target
        deadline = order.timeout.map { now + $0 }
        isForced = order.isForced
    }

    /// What to do, with `replicas` at these places and the stream at `offset`; a step that is not
    /// `wait` is to be taken.
    mutating func step(
        _ replicas: [AttachedReplica], offset: Int, at now: Instant
    ) -> Step {
        guard phase == .waitingForSync else { return .wait }
        if let deadline, deadline <= now {
            guard isForced, let target else { return .giveUp }
            phase = .inProgress
            return .force(target)
        }
        let caughtUp = replicas.first { replica in
            replica.isOnline && replica.acknowledgedOffset == offset
                && (target.map { replica.isAt($0) } ?? true)
        }
        guard let caughtUp else { return .wait }
        let chosen =
            target
            ?? MasterAddress(
                host: caughtUp.address, port: caughtUp.announcement.listeningPort)
        target = chosen
        phase = .inProgress
        return .handOver(chosen)
    }

    /// When `step` has something to do without an acknowledgement.
    var nextDeadline: Instant? { phase == .waitingForSync ? deadline : nil }

    /// It is over, one way or the other.
    mutating func end() { self = PlannedFailover() }
}

extension AttachedReplica {
    /// Whether others reach the replica at this address.
    func isAt(_ place: MasterAddress) -> Bool {
        announcement.listeningPort == place.port
            && (address == place.host || peerAddress == place.host)
    }
}
