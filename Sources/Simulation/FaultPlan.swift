// What a seed means: the shape of the group, and everything that goes wrong in it.
//
//     0 ................. faults begin and end ................. heal ........ recovered
//
// Nodes are numbered: sentinels first, then the master, then its replicas.

import Determinism

/// Whom a fault meets; roles are looked up when it begins.
public enum FaultTarget: Hashable, Sendable {
    /// The node with that number.
    case node(Int)
    /// The server that is a master now.
    case master
    /// The sentinel that stood for leader last.
    case candidate
}

/// What goes wrong.
public enum FaultKind: Hashable, Sendable {
    /// The process dies and comes back when the fault ends, a replica perhaps without its data.
    case crash(FaultTarget, losesData: Bool)
    /// The next sentinel that tells this event dies so many outputs later.
    case crashAfter(event: String, outputs: Int)
    /// So many records of the sentinel fail.
    case failRecords(sentinel: Int, count: Int)
    /// The sentinel's next record kills it.
    case tearRecord(sentinel: Int)
    /// Nothing passes between these nodes and all others.
    case partition(nodes: UInt32)
    /// Nothing passes from these nodes to those.
    case oneWay(from: UInt32, to: UInt32)
    /// A partition that comes and goes.
    case flap(nodes: UInt32, period: Duration)
    /// The master, as it is then, is cut off together with some sentinels.
    case isolateMaster(with: UInt32)
    /// So many percent of the packets are lost and sent again.
    case loss(percent: Int)
    /// Packets take up to so much longer.
    case delay(upTo: Duration)
    /// The process stands still.
    case pause(FaultTarget)
    /// The clock of the sentinel jumps ahead.
    case jump(sentinel: Int, by: Duration)
}

/// One fault, when it begins and how long it lasts.
public struct Fault: Hashable, Sendable, CustomStringConvertible {
    /// After the start of the run.
    public var at: Duration
    /// Until what it did is undone.
    public var duration: Duration
    /// What it is.
    public var kind: FaultKind

    /// One line.
    public var description: String {
        let start = at.wholeMilliseconds
        return "\(start) ms for \(duration.wholeMilliseconds) ms: \(kind)"
    }
}

/// Everything that a seed decides beforehand.
public struct FaultPlan: Sendable, CustomStringConvertible {
    /// The seed that it was derived from.
    public let seed: UInt64
    /// 3 or 5.
    public let sentinels: Int
    /// A master and its replicas.
    public let servers: Int
    /// The majority, or less in a group that knows itself from the start.
    public let quorum: Int
    /// Silence that means down.
    public let downAfter: Duration
    /// The group's failover-timeout.
    public let failoverTimeout: Duration
    /// Replicas that may resynchronise at once.
    public let parallelSyncs: Int
    /// Whether the state files already name all sentinels and replicas.
    public let hasMet: Bool
    /// Priorities of the servers, the master's first.
    public let priorities: [Int]
    /// How much faster than true time each sentinel's clock runs, in millionths.
    public let drifts: [Int64]
    /// In the order in which they begin.
    public let faults: [Fault]
    /// When everything is repaired.
    public let healsAt: Duration

    /// All nodes.
    public var nodes: Int { sentinels + servers }

    /// Within this after the healing the group has recovered: a stalled loop may have made sentinels
    /// observers for half a minute, elections may fail a few times, each costs up to two failover
    /// timeouts, and servers that disagree are put right a while after.
    public var recoveryBound: Duration { .seconds(90) + failoverTimeout * 8 }

    /// The plan that `seed` names.
    public init(seed: UInt64) {
        var random = RandomSource(seed: seed)
        self.seed = seed
        sentinels = random.chance(70) ? 3 : 5
        servers = 3
        hasMet = random.chance(60)
        let majority = sentinels / 2 + 1
        quorum = hasMet && random.chance(30) ? max(majority - 1, 1) : majority
        downAfter = .milliseconds(random.pick([500, 1000, 1000, 2000, 3000]))
        failoverTimeout = .milliseconds(random.pick([3000, 5000, 10_000]))
        parallelSyncs = random.pick([1, 1, 2])
        priorities = [100, random.chance(10) ? 0 : 100, random.chance(20) ? 10 : 100]
        let drift: Int64 = random.chance(20) ? 20_000 : 200
        drifts = (0..<sentinels).map { _ in Int64.random(in: -drift...drift, using: &random) }
        healsAt = .milliseconds(random.below(30_000) + 25_000)
        var faults: [Fault] = []
        let first = hasMet ? 2000 : (random.chance(30) ? 0 : 12_000)
        let span = Int(healsAt.wholeMilliseconds) - first
        let nodes = (sentinels: sentinels, all: sentinels + servers)
        for number in 0..<(random.below(8) + 3) {
            let at = Duration.milliseconds(first + random.below(span))
            let duration = Duration.milliseconds(
                random.chance(40) ? random.below(1500) + 50 : random.below(15_000) + 500)
            let kind =
                number == 0
                ? FaultPlan.masterFault(&random, nodes) : FaultPlan.anyFault(&random, nodes)
            faults.append(Fault(at: at, duration: duration, kind: kind))
        }
        self.faults = faults.sorted { $0.at < $1.at }
    }

    /// A run without failovers would show little: one fault meets the master.
    private static func masterFault(
        _ random: inout RandomSource, _ nodes: (sentinels: Int, all: Int)
    ) -> FaultKind {
        switch random.below(4) {
        case 0: .isolateMaster(with: random.someSentinels(nodes.sentinels))
        case 1: .pause(.master)
        default: .crash(.master, losesData: false)
        }
    }

    private static func anyFault(
        _ random: inout RandomSource, _ nodes: (sentinels: Int, all: Int)
    ) -> FaultKind {
        let sentinel = random.below(nodes.sentinels)
        let replica = nodes.sentinels + 1 + random.below(nodes.all - nodes.sentinels - 1)
        switch random.below(20) {
        case 0: return .crash(.node(sentinel), losesData: false)
        case 1: return .crash(.node(replica), losesData: random.chance(50))
        case 2, 3: return .crash(.master, losesData: false)
        case 4: return .crash(.candidate, losesData: false)
        case 5, 6:
            let event = random.pick([
                "+try-failover", "+vote-for-leader", "+elected-leader", "+selected-slave",
                "+failover-state-wait-promotion", "+promoted-slave", "+slave-reconf-sent",
                "+failover-end", "+switch-master", "+new-epoch",
            ])
            return .crashAfter(event: event, outputs: random.below(8))
        case 7, 8: return .failRecords(sentinel: sentinel, count: random.below(4) + 1)
        case 9: return .tearRecord(sentinel: sentinel)
        case 10: return .partition(nodes: random.someNodes(nodes.all))
        case 11: return .isolateMaster(with: random.someSentinels(nodes.sentinels))
        case 12, 13:
            return .oneWay(from: random.someNodes(nodes.all), to: random.someNodes(nodes.all))
        case 14:
            return .flap(
                nodes: random.someNodes(nodes.all),
                period: .milliseconds(random.below(2000) + 100))
        case 15: return .loss(percent: random.below(20) + 1)
        case 16: return .delay(upTo: .milliseconds(random.pick([30, 200, 1000])))
        case 17: return .pause(.node(random.below(nodes.all)))
        case 18: return .pause(random.chance(50) ? .candidate : .master)
        default:
            return .jump(sentinel: sentinel, by: .milliseconds(random.below(6000) + 100))
        }
    }

    /// The whole plan, a line a fault.
    public var description: String {
        var text = "seed \(seed): \(sentinels) sentinels (n0...n\(sentinels - 1)), quorum \(quorum)"
        text += hasMet ? " (they know each other)" : " (they have not met)"
        text += ", \(servers) servers (n\(sentinels)... is the master)"
        text += ", down-after \(downAfter.wholeMilliseconds) ms"
        text += ", failover-timeout \(failoverTimeout.wholeMilliseconds) ms"
        text += ", parallel-syncs \(parallelSyncs), priorities \(priorities)"
        text += ", drifts \(drifts), healed at \(healsAt.wholeMilliseconds) ms"
        for (number, fault) in faults.enumerated() { text += "\n  fault \(number): \(fault)" }
        return text
    }
}

extension RandomSource {
    /// A number from 0 and below `limit`, which is positive.
    mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }

    /// True in so many of a hundred cases.
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    /// One of `values`, of which there are some.
    mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

    /// Some nodes, not none, not all.
    mutating func someNodes(_ count: Int) -> UInt32 {
        UInt32(below((1 << count) - 2) + 1)
    }

    /// Less than half of the sentinels, or none.
    mutating func someSentinels(_ count: Int) -> UInt32 {
        var bits: UInt32 = 0
        for _ in 0..<below(count / 2 + 1) { bits |= 1 << UInt32(below(count)) }
        return bits
    }
}
