// What clients wrote, who acknowledged it, and what they were promised.

import Bytes
import Determinism

/// One write.
struct ClientWrite: Sendable {
    let key: ByteString
    let client: Int
    /// The server that accepted it, and when the client heard of it.
    var acknowledgedBy: Int?
    var acknowledgedAt = Instant.zero
    /// How many replicas WAIT confirmed, and when the client heard of that.
    var replicas = 0
    var confirmedAt = Instant.zero
    /// Why it may be gone; nil as long as it must be there.
    var excuse: String?

    /// Whether WAIT promised that it survives a failover.
    var isPromised: Bool { replicas > 0 && excuse == nil }
}

/// All writes of a run, in the order in which they began.
struct WriteHistory: Sendable {
    private(set) var writes: [ClientWrite] = []
    /// Places of those that WAIT confirmed and that have no excuse.
    private(set) var promised: [Int] = []

    mutating func begin(key: ByteString, client: Int) -> Int {
        writes.append(ClientWrite(key: key, client: client))
        return writes.count - 1
    }

    mutating func acknowledge(_ write: Int, by server: Int, at now: Instant) {
        writes[write].acknowledgedBy = server
        writes[write].acknowledgedAt = now
    }

    mutating func confirm(_ write: Int, replicas: Int, at now: Instant) {
        writes[write].replicas = replicas
        writes[write].confirmedAt = now
        promised.append(write)
    }

    /// Takes the promises of these writes back.
    mutating func excuse(_ places: [Int], _ text: String) {
        if places.isEmpty { return }
        for place in places { writes[place].excuse = text }
        promised.removeAll { writes[$0].excuse != nil }
    }
}
