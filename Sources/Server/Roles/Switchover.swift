import Bytes
import Determinism
import Replication

/// The master's part in a switchover that sentinels coordinate.
///
/// ```
///        none ◄── time over, RESUME, a role told ── paused ── COMMIT ──► committed
///          │                                          ▲                      │
///          └───────────────── PAUSE ──────────────────┘       a role told, or RESUME by who
///                                                             committed: none ◄──┘
/// ```
/// PAUSE holds writes back, so that a replica can have all of the stream; its time-out resumes them
/// without anybody's help. COMMIT comes before the replica is promoted: from then on this server never
/// resumes by itself, since another may be the master already. Invariants:
/// 1. While paused or committed, the stream stands still at `offset`.
/// 2. A leader hears OK to COMMIT only if no write was executed since its PAUSE was answered.
/// 3. An order of a smaller epoch, or of another leader in the same epoch, changes nothing.
/// 4. Who took a committed switchover over, in a greater epoch, cannot resume it: the first leader's
///    promotion may have happened.
/// 5. Committed and told nothing for `untoldLimit`, the server says to whoever asks that it is no
///    working master (PING is an error, writes are refused), so that sentinels, of whatever make,
///    elect a leader that settles it.
public struct Switchover: Sendable, Equatable {
    /// Longer pauses are not granted.
    public static let longestPause: Duration = .seconds(60)
    /// How long a committed switchover may go without a word.
    public static let untoldLimit: Duration = .seconds(10)

    /// Who orders.
    public struct Leader: Sendable, Equatable {
        /// The epoch that it won.
        public var epoch: UInt64
        /// Its id.
        public var runID: ByteString

        /// Both parts.
        public init(epoch: UInt64, runID: ByteString) {
            self.epoch = epoch
            self.runID = runID
        }
    }

    /// How far it is.
    public enum Phase: Sendable, Equatable {
        case none
        /// Writes wait until then.
        case paused(until: Instant)
        /// Writes wait for a role.
        case committed(since: Instant, by: Leader, target: MasterAddress)
    }

    /// Why an order is refused, as it is replied.
    public enum Refusal: Error, Equatable {
        case isReplica
        case failoverUnderWay
        case stale
        case notPaused
        case cannotResume

        /// The error's code and text.
        public var text: StaticString {
            switch self {
            case .isReplica: "NOTMASTER This server is a replica"
            case .failoverUnderWay: "INPROG FAILOVER is in progress"
            case .stale: "STALE A switchover of a greater epoch or another leader is in progress"
            case .notPaused: "NOTPAUSED This switchover is not in progress, or its time is over"
            case .cannotResume: "COMMITTED Another leader may have promoted a replica"
            }
        }
    }

    /// How far it is.
    public private(set) var phase = Phase.none
    private var leader: Leader?

    /// None is in progress.
    public init() {}

    /// Whether writes are held back.
    public var isUnderWay: Bool { phase != .none }

    /// Whether a replica may have been promoted in our place.
    public var isCommitted: Bool { if case .committed = phase { true } else { false } }

    /// The replica that may be the master now.
    public var target: MasterAddress? {
        if case .committed(_, _, let target) = phase { target } else { nil }
    }

    /// The value of INFO's `master_failover_state`; nil while nothing is under way.
    public var word: String? {
        switch phase {
        case .none: nil
        case .paused: "switchover-paused"
        case .committed: "switchover-committed"
        }
    }

    /// PAUSE: until when writes are held back; nil: until a role is told.
    public mutating func pause(
        _ order: Leader, for duration: Duration, at now: Instant
    ) throws(Refusal) -> Instant? {
        expire(at: now)
        try check(order)
        switch phase {
        case .none, .paused:
            let end = now + min(duration, Self.longestPause)
            phase = .paused(until: end)
            leader = order
            return end
        case .committed:
            leader = order
            return nil
        }
    }

    /// COMMIT: `target` is about to be promoted.
    public mutating func commit(
        _ order: Leader, to target: MasterAddress, at now: Instant
    ) throws(Refusal) {
        expire(at: now)
        guard leader == order else { throw leader == nil ? .notPaused : .stale }
        switch phase {
        case .none: throw .notPaused
        case .paused: phase = .committed(since: now, by: order, target: target)
        case .committed(_, let first, _):
            phase = .committed(since: now, by: first, target: target)
        }
    }

    /// RESUME: nothing was promoted, by the word of who would have.
    public mutating func resume(_ order: Leader, at now: Instant) throws(Refusal) {
        expire(at: now)
        guard leader == order else { throw leader == nil ? .notPaused : .stale }
        if case .committed(_, let first, _) = phase, first != order { throw .cannotResume }
        end()
    }

    /// Ends a pause whose time is over; true if it did.
    @discardableResult
    public mutating func expire(at now: Instant) -> Bool {
        guard case .paused(let end) = phase, end <= now else { return false }
        self.end()
        return true
    }

    /// Whether sentinels have forgotten a committed switchover.
    public func isUntold(at now: Instant) -> Bool {
        guard case .committed(let since, _, _) = phase else { return false }
        return now - since >= Self.untoldLimit
    }

    /// When `expire` or `isUntold` changes; nil: never by itself.
    public func nextDeadline(at now: Instant) -> Instant? {
        switch phase {
        case .none: nil
        case .paused(let end): end
        case .committed(let since, _, _):
            isUntold(at: now) ? nil : since + Self.untoldLimit
        }
    }

    /// The server was told its role.
    public mutating func end() { self = Switchover() }

    private func check(_ order: Leader) throws(Refusal) {
        guard let leader else { return }
        if order.epoch < leader.epoch || (order.epoch == leader.epoch && order != leader) {
            throw .stale
        }
    }
}
