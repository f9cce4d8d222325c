import Bytes
import Determinism

/// The sessions that wait until enough replicas have their writes (WAIT).
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
        /// When the session is answered in any case; nil: never.
        public var deadline: Instant?
    }

    /// A session's answer: how many replicas have its writes.
    public struct Answer: Sendable, Equatable {
        /// The session.
        public var session: UInt64
        /// How many replicas reached its offset.
        public var replicas: Int

        /// Both parts.
        public init(session: UInt64, replicas: Int) {
            self.session = session
            self.replicas = replicas
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
        session: UInt64, offset: Int, replicas: Int, deadline: Instant?
    ) {
        waiters.append(
            Waiter(session: session, offset: offset, replicas: replicas, deadline: deadline))
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
            let count = replicas.acknowledged(offset: waiter.offset)
            let isDue = waiter.deadline.map { $0 <= now } ?? false
            guard count >= waiter.replicas || isDue else { return false }
            answers.append(Answer(session: waiter.session, replicas: count))
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
