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
    /// A wall clock was set.
    case wallClockSet
    /// A monotonic clock stood still.
    case clockStop
    /// A record of a sentinel failed.
    case failedRecord
    /// A sentinel died in the middle of a record.
    case tornRecord
    /// A record of a sentinel took long.
    case slowRecord
    /// A file of a server could not be written.
    case failedFile
    /// A server died in the middle of a file.
    case tornFile
    /// A disk was full for a while.
    case fullDisk
    /// A server came back without its data.
    case lostData
    /// The power of the whole site went.
    case powerLoss
    /// An operator gave an order: FAILOVER, RESET.
    case order
    /// A master held its writes back until a replica had them.
    case switchover
    /// A candidate asked and the vote went elsewhere, or nowhere.
    case refusedVote
    /// A candidate was not elected.
    case lostElection
    /// A sentinel observed only, because its loop was late.
    case tilt
    /// A failover was completed.
    case failover
    /// A replica took over all data of its master.
    case fullSynchronisation
    /// A replica went on where it stopped.
    case partialSynchronisation
    /// A client heard OK.
    case acknowledgedWrite
    /// WAIT told a client that enough replicas have its write.
    case confirmedWrite
    /// A client was refused a write.
    case refusedWrite
    /// A server that had the group's data took over a data set without it.
    case wipedData
    /// A server had put its data into a file before.
    case keptData
    /// An acknowledged write that no promise protected is gone.
    case lostWrite

    /// Whether a campaign without it has not tried what it claims.
    func isExpected(in kind: GroupKind) -> Bool {
        if kind == .contested {
            let expected: [Occurrence] = [
                .crash, .restart, .delay, .failover, .acknowledgedWrite,
                .fullSynchronisation,
            ]
            return expected.contains(self)
        }
        if kind == .planned {
            let expected: [Occurrence] = [
                .order, .switchover, .crash, .restart, .failover, .acknowledgedWrite,
                .partialSynchronisation,
            ]
            return expected.contains(self)
        }
        return switch self {
        case .wipedData, .keptData, .lostWrite: false
        case .order, .switchover: kind == .operated
        case .confirmedWrite: kind == .confirming
        default: true
        }
    }

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
        case .wallClockSet: "wall clocks set"
        case .clockStop: "clocks stopped"
        case .failedRecord: "failed records"
        case .tornRecord: "torn records"
        case .slowRecord: "slow records"
        case .failedFile: "failed files of servers"
        case .tornFile: "torn files of servers"
        case .fullDisk: "full disks"
        case .lostData: "data sets lost"
        case .powerLoss: "power losses"
        case .order: "orders of operators"
        case .switchover: "coordinated switchovers"
        case .refusedVote: "refused votes"
        case .lostElection: "lost elections"
        case .tilt: "tilts"
        case .failover: "failovers completed"
        case .fullSynchronisation: "full resynchronisations"
        case .partialSynchronisation: "partial resynchronisations"
        case .acknowledgedWrite: "acknowledged writes"
        case .confirmedWrite: "writes confirmed by WAIT"
        case .refusedWrite: "refused writes"
        case .wipedData: "data sets replaced by empty ones"
        case .keptData: "data sets kept in a file before"
        case .lostWrite: "unpromised writes lost"
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

    /// What never occurred, of what runs of such groups must show.
    public func missing(in kind: GroupKind) -> [Occurrence] {
        Occurrence.allCases.filter { self[$0] == 0 && $0.isExpected(in: kind) }
    }

    /// Adds what another run saw.
    public static func += (left: inout OccurrenceCounts, right: OccurrenceCounts) {
        for index in left.counts.indices { left.counts[index] += right.counts[index] }
    }
}

/// How often each thing occurred in groups of each kind.
public struct CountsByKind: Hashable, Sendable {
    private var counts = GroupKind.allCases.map { _ in OccurrenceCounts() }
    private var runs = GroupKind.allCases.map { _ in 0 }

    /// Nothing was run.
    public init() {}

    /// Adds what one run saw.
    public mutating func add(_ outcome: RunOutcome) {
        counts[outcome.plan.kind.rawValue] += outcome.counts
        runs[outcome.plan.kind.rawValue] += 1
    }

    /// Adds what other runs saw.
    public static func += (left: inout CountsByKind, right: CountsByKind) {
        for kind in GroupKind.allCases.indices {
            left.counts[kind] += right.counts[kind]
            left.runs[kind] += right.runs[kind]
        }
    }

    /// What never occurred, a line for each kind of group that lacks something.
    public var missing: [String] {
        GroupKind.allCases.compactMap { kind in
            let missing = counts[kind.rawValue].missing(in: kind)
            return missing.isEmpty
                ? nil : "\(kind.name): " + missing.map(\.name).joined(separator: ", ")
        }
    }

    /// A table: a line for each occurrence, a column for each kind of group.
    public var report: String {
        func column(_ text: String) -> String {
            String(repeating: " ", count: max(13 - text.count, 1)) + text
        }
        var lines = [GroupKind.allCases.map { column($0.name) }.joined() + "  groups"]
        lines.append(runs.map { column("\($0)") }.joined() + "  runs")
        for occurrence in Occurrence.allCases {
            let numbers = counts.map { column("\($0[occurrence])") }.joined()
            lines.append("\(numbers)  \(occurrence.name)")
        }
        return lines.joined(separator: "\n")
    }
}
