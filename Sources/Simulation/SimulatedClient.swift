import Bytes
import Determinism
import Protocol

/// A client's process: finds the master by asking a sentinel, then writes and reads.
///
/// ```
///   resting ─▶ asking a sentinel ─▶ connecting ─▶ ROLE ─▶ SET (WAIT) GET ... ─┐
///      ▲───── refused, closed, silent, READONLY, another master ──────────────┘
/// ```
/// Every write has a key of its own: what was lost shows, whoever wrote later.
struct SimulatedClient {
    /// What it waits for.
    enum Step: Hashable {
        case resting
        case askingSentinel
        case connecting
        case askingRole
        case writing
        case waiting
        case reading
        case idle
    }

    /// Its number among the clients.
    let number: Int
    /// Confirms writes by WAIT for so many replicas; 0 never.
    let waitsFor: Int
    var step = Step.resting
    /// The connection that it uses.
    var connection: Int?
    /// When it gives up waiting, or goes on by itself.
    var deadline = Instant.zero
    /// The time for which the earliest wake event is posted.
    var wakeAt: Instant?
    /// Writes begun so far.
    var writes = 0
    /// The write under way, by its place in the history.
    var current: Int?
    /// The last write that this connection acknowledged.
    var last: Int?
    /// Whether it goes on at all.
    var isStopped = false

    init(number: Int, waitsFor: Int) {
        self.number = number
        self.waitsFor = waitsFor
    }
}
