import Determinism

/// Which commands are put off, and until when: CLIENT PAUSE, and the pauses of a shutdown and a
/// failover, which end independently of each other.
///
/// The server asks `postpones` before a command; a session that is put off keeps its request,
/// waits in `postponed`, and is handed back by `takeReleased` when less is paused than before.
public struct ClientPause: Sendable {
    /// Who ordered a pause.
    public enum Purpose: Int, Sendable, CaseIterable {
        /// CLIENT PAUSE.
        case clientCommand
        /// A shutdown that waits for replicas.
        case shutdown
        /// A coordinated failover.
        case failover
    }

    /// Which commands a pause puts off; the wider is the greater.
    public enum Scope: Int, Comparable, Sendable {
        /// Those that may change data or be propagated.
        case write
        /// All.
        case all

        /// Writes only is less than all.
        public static func < (left: Scope, right: Scope) -> Bool { left.rawValue < right.rawValue }
    }

    private struct Entry: Sendable {
        var scope: Scope
        var end: Instant
    }

    private var entries: [Entry?] = Array(repeating: nil, count: Purpose.allCases.count)
    private var postponed: [SessionID] = []
    private var scopeSeen: Scope?
    /// Whether any pause is on record; false costs commands nothing.
    public private(set) var isActive = false

    /// Nothing is paused.
    public init() {}

    /// Pauses until `end`: the scope is replaced, and an end that is already later stays.
    public mutating func begin(_ purpose: Purpose, _ scope: Scope, until end: Instant) {
        let earlier = entries[purpose.rawValue]?.end ?? .zero
        entries[purpose.rawValue] = Entry(scope: scope, end: max(end, earlier))
        isActive = true
        scopeSeen = max(scopeSeen ?? scope, scope)
    }

    /// Ends the pause of this purpose.
    public mutating func end(_ purpose: Purpose) { entries[purpose.rawValue] = nil }

    /// What is paused at `now`; nil for nothing.
    public func scope(at now: Instant) -> Scope? {
        guard isActive else { return nil }
        return entries.compactMap { $0 }.filter { $0.end > now }.map(\.scope).max()
    }

    /// Whether a command is put off now; `mayWrite`: it may change data or be propagated.
    ///
    /// Attached replicas and the link to the master are never asked about.
    public func postpones(mayWrite: Bool, at now: Instant) -> Bool {
        switch scope(at: now) {
        case .all: true
        case .write: mayWrite
        case nil: false
        }
    }

    /// When the next pause on record ends; nil without one.
    public var nextDeadline: Instant? { entries.compactMap { $0?.end }.min() }

    /// Remembers a session whose command was put off.
    public mutating func postpone(_ id: SessionID) { postponed.append(id) }

    /// How many sessions wait.
    public var postponedCount: Int { postponed.count }

    /// Forgets ended pauses and names the sessions to go on, if less is paused than before.
    ///
    /// They may be put off again.
    public mutating func takeReleased(at now: Instant) -> [SessionID] {
        guard isActive else { return [] }
        for index in entries.indices {
            if let entry = entries[index], entry.end <= now { entries[index] = nil }
        }
        let current = scope(at: now)
        let before = scopeSeen
        scopeSeen = current
        isActive = entries.contains { $0 != nil }
        guard (current?.rawValue ?? -1) < (before?.rawValue ?? -1) else { return [] }
        defer { postponed = [] }
        return postponed
    }
}
