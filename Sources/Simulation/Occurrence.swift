/// What a run counts: faults of each kind, and what became of elections.
///
/// A campaign in which one of
/// them never occurred has not tried what it claims.
public enum Occurrence: Int, CaseIterable, Sendable {
    /// A process died.
    case crash
    /// A process came back, from what its disk held.
    case restart
    /// Nodes were cut off from others.
    case partition
    /// The same in one direction only.
    case oneWayPartition
    /// A partition that comes and goes.
    case flap
    /// A packet was lost and sent again.
    case loss
    /// A connection broke.
    case reset
    /// A packet was delayed beyond what is normal.
    case delay
    /// A process stood still.
    case pause
    /// A clock jumped ahead.
    case clockJump
    /// A record failed.
    case failedRecord
    /// A process died in the middle of a record.
    case tornRecord
    /// A replica came back without its data.
    case lostData
    /// A candidate asked and the vote went elsewhere, or nowhere.
    case refusedVote
    /// A candidate was not elected.
    case lostElection
    /// A failover was completed.
    case failover

    /// What reports call it.
    public var name: String {
        switch self {
        case .crash: "crashes"
        case .restart: "restarts"
        case .partition: "partitions"
        case .oneWayPartition: "one-way partitions"
        case .flap: "flaps"
        case .loss: "lost packets"
        case .reset: "reset connections"
        case .delay: "delayed packets"
        case .pause: "pauses"
        case .clockJump: "clock jumps"
        case .failedRecord: "failed records"
        case .tornRecord: "torn records"
        case .lostData: "data sets lost"
        case .refusedVote: "refused votes"
        case .lostElection: "lost elections"
        case .failover: "failovers completed"
        }
    }
}

/// How often each thing occurred.
public struct OccurrenceCounts: Hashable, Sendable {
    private var counts = [Int](repeating: 0, count: Occurrence.allCases.count)

    /// Nothing occurred.
    public init() {}

    /// How often `occurrence` occurred.
    public subscript(_ occurrence: Occurrence) -> Int {
        get { counts[occurrence.rawValue] }
        set { counts[occurrence.rawValue] = newValue }
    }

    /// What never occurred.
    public var missing: [Occurrence] { Occurrence.allCases.filter { self[$0] == 0 } }

    /// Adds what another run saw.
    public static func += (left: inout OccurrenceCounts, right: OccurrenceCounts) {
        for index in left.counts.indices { left.counts[index] += right.counts[index] }
    }

    /// One line for each.
    public var report: String {
        Occurrence.allCases.map { occurrence in
            let number = "\(self[occurrence])"
            let padding = String(repeating: " ", count: max(12 - number.count, 0))
            return "\(padding)\(number)  \(occurrence.name)"
        }.joined(separator: "\n")
    }
}
