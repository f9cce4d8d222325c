import Bytes
import Determinism

/// The sessions that wait until enough replicas have their writes: in memory (WAIT) or on disk
/// (WAITAOF).
///
/// Whoever came first is answered first. A session waits at most once.
public struct Acknowledgements: Sendable {
    /// One session that waits.
    public struct Waiter: Sendable, Equatable {
        /// The session.
        public var session: UInt64
        /// The stream's offset that replicas must reach.
        public var offset: Int
        /// How many replicas must reach it.
        public var replicas: Int
        /// Whether they must have it on their disks.
        public var onDisk: Bool
        /// When the session is answered in any case; nil: never.
        public var deadline: Instant?
    }

    /// A session's answer: how many replicas have its writes.
    public struct Answer: Sendable, Equatable {
        /// The session.
        public var session: UInt64
        /// How many replicas reached its offset.
        public var replicas: Int
        /// Whether they are those that have it on their disks.
        public var onDisk: Bool

        /// All parts.
        public init(session: UInt64, replicas: Int, onDisk: Bool = false) {
            self.session = session
            self.replicas = replicas
            self.onDisk = onDisk
        }
    }

    /// Who waits, in order of arrival.
    public private(set) var waiters: [Waiter] = []

    /// Nobody waits.
    public init() {}

    /// The earliest deadline; nil when there is none.
    public var nextDeadline: Instant? { waiters.compactMap(\.deadline).min() }

    /// Lets a session wait.
    public mutating func add(
        session: UInt64, offset: Int, replicas: Int, onDisk: Bool = false, deadline: Instant?
    ) {
        waiters.append(
            Waiter(
                session: session, offset: offset, replicas: replicas, onDisk: onDisk,
                deadline: deadline))
    }

    /// Forgets a session: it was closed, or unblocked by CLIENT UNBLOCK.
    ///
    /// True when it waited.
    public mutating func remove(session: UInt64) -> Bool {
        let before = waiters.count
        waiters.removeAll { $0.session == session }
        return waiters.count != before
    }

    /// The answers that are due: enough replicas, or no more time.
    ///
    /// Those answered wait no more.
    public mutating func takeAnswers(from replicas: ReplicaSet, at now: Instant) -> [Answer] {
        var answers: [Answer] = []
        waiters.removeAll { waiter in
            let count = replicas.acknowledged(offset: waiter.offset, onDisk: waiter.onDisk)
            let isDue = waiter.deadline.map { $0 <= now } ?? false
            guard count >= waiter.replicas || isDue else { return false }
            answers.append(
                Answer(session: waiter.session, replicas: count, onDisk: waiter.onDisk))
            return true
        }
        return answers
    }

    /// Everyone's session, when the role changes; nobody waits afterwards.
    public mutating func removeAll() -> [UInt64] {
        let sessions = waiters.map(\.session)
        waiters.removeAll()
        return sessions
    }
}
