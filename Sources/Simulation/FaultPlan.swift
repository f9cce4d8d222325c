// What a seed means: the shape of the group, and everything that goes wrong in it.
//
//     0 ................. faults begin and end ................. heal ........ recovered
//
// Most runs are short, so that many can be had: faults come close upon each other, and what a group
// waits for is short too. One in twenty-five takes longer: connections grow old there, and are replaced.
//
// Nodes are numbered: sentinels first, then the master, its replicas, and the clients.

import Determinism

/// Whom a fault meets; roles are looked up when it begins.
public enum FaultTarget: Hashable, Sendable {
    /// The node with that number.
    case node(Int)
    /// The server that is the master now.
    case master
    /// The sentinel that stood for leader last.
    case candidate
}

/// What goes wrong.
public enum FaultKind: Hashable, Sendable {
    /// The process dies and comes back when the fault ends, a server perhaps without its data.
    case crash(FaultTarget, losesData: Bool)
    /// The process dies so many outputs later.
    case crashSoon(FaultTarget, outputs: Int)
    /// The next sentinel that tells this event dies so many outputs later.
    case crashAfter(event: String, outputs: Int)
    /// All sentinels and servers lose their power, and boot when the fault ends.
    case powerLoss
    /// So many files of the node fail to be written.
    case failRecords(node: Int, count: Int)
    /// The node's next write of a file kills it.
    case tearRecord(node: Int)
    /// Nothing can be written.
    case fillDisk(node: Int)
    /// What the sentinel writes takes seconds.
    case slowDisk(node: Int)
    /// Nothing passes between these nodes and all others.
    case partition(nodes: UInt32)
    /// Nothing passes from these nodes to those.
    case oneWay(from: UInt32, to: UInt32)
    /// A partition that comes and goes.
    case flap(nodes: UInt32, period: Duration)
    /// The master, as it is then, is cut off together with some others.
    case isolateMaster(with: UInt32)
    /// So many percent of the packets are lost and sent again.
    case loss(percent: Int)
    /// Packets take up to so much longer.
    case delay(upTo: Duration)
    /// The process stands still.
    case pause(FaultTarget)
    /// The monotonic clock of the node jumps ahead.
    case jump(node: Int, by: Duration)
    /// The wall clock of the node is set.
    case setWallClock(node: Int, by: Duration)
    /// The monotonic clock of the node stands still.
    case stopClock(node: Int)
    /// An operator gives a sentinel a command.
    case order(sentinel: Int, words: [String])
    /// The process is asked to end, and comes back a while after it did.
    case stop(FaultTarget)
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
    /// What kind of group it is.
    public let kind: GroupKind
    /// 3 to 7.
    public let sentinels: Int
    /// A master and its 1 to 5 replicas.
    public let servers: Int
    /// How many clients write.
    public let clients: Int
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
    /// How much faster than true time each node's clock runs, in millionths.
    public let drifts: [Int64]
    /// min-replicas-to-write, and what WAIT waits for; 0 without either.
    public let minimumReplicas: Int
    /// Seconds after which a server saves what changed; 0 never.
    public let savesAfter: Int
    /// Nodes that stand for those of others.
    public let strangers: UInt32
    /// What loading a piece of a snapshot takes.
    public let loadingPace: Duration
    /// A client writes about this often.
    public let writePeriod: Duration
    /// In the order in which they begin.
    public let faults: [Fault]
    /// When everything is repaired.
    public let healsAt: Duration

    /// The servers among the nodes.
    var serverNodes: Range<Int> { sentinels..<(sentinels + servers) }

    /// All nodes.
    public var nodes: Int { sentinels + servers + clients }

    /// Within this after the healing the group has recovered: a stalled loop may have made sentinels
    /// observers for half a minute, elections may fail a few times, each costs up to two failover
    /// timeouts, and servers that disagree are put right a while after.
    public var recoveryBound: Duration { .seconds(90) + failoverTimeout * 8 }

    /// The plan that `seed` names.
    public init(seed: UInt64) {
        var random = RandomSource(seed: seed)
        self.seed = seed
        let drawn = GroupKind.drawn[random.below(GroupKind.drawn.count)]
        kind = GroupKind.isPlanned(seed: seed) ? .planned : drawn
        sentinels = random.pick([3, 3, 3, 3, 3, 3, 4, 5, 5, 6, 7])
        servers = 1 + random.pick([1, 1, 2, 2, 2, 2, 2, 3, 4, 5])
        clients = kind == .planned ? 3 : 2
        hasMet = kind == .contested || random.chance(60)
        let majority = sentinels / 2 + 1
        quorum = hasMet && random.chance(30) ? max(majority - 1, 1) : majority
        let isContested = kind == .contested
        // Everything takes longer than in most runs.
        let isLong = !isContested && random.chance(4)
        downAfter = .milliseconds(
            isContested
                ? 1000 : random.pick(isLong ? [1000, 2000, 3000] : [500, 1000, 1000, 1000, 2000]))
        failoverTimeout = .milliseconds(
            isContested ? 60_000 : random.pick(isLong ? [5000, 10_000] : [2000, 3000, 4000]))
        parallelSyncs = random.pick([1, 1, 2])
        priorities = (0..<servers).map { _ in
            isContested ? 100 : random.pick([100, 100, 100, 100, 100, 100, 10, 0])
        }
        let drift: Int64 = random.chance(20) ? 20_000 : 200
        drifts = (0..<(sentinels + servers)).map { _ in
            Int64.random(in: -drift...drift, using: &random)
        }
        minimumReplicas = kind == .confirming ? 1 + random.below(max(servers / 2, 1)) : 0
        // A master that is stopped, and that nobody can replace, keeps its data in its file.
        savesAfter = max(random.pick([0, 1, 1, 2, 4]), kind == .planned ? 1 : 0)
        strangers = kind == .mixed ? random.someNodes(sentinels + servers) : 0
        loadingPace = .milliseconds(random.pick([0, 1, 20, 300]))
        let writePeriods = kind == .planned ? [20, 30, 50] : [200, 400]
        writePeriod = .milliseconds(random.pick(writePeriods))
        if isContested {
            healsAt = FaultPlan.contestLimit + .milliseconds(700 + random.below(1500))
            faults = FaultPlan.contest(&random, healsAt: healsAt)
            return
        }
        healsAt = .milliseconds(isLong ? 15_000 + random.below(20_000) : 3000 + random.below(4000))
        var faults: [Fault] = []
        let first = hasMet ? 300 : (random.chance(30) ? 0 : 2000)
        let span = Int(healsAt.wholeMilliseconds) - first
        let longest = isLong ? 12_000 : 3000
        let nodes = Nodes(sentinels: sentinels, servers: servers)
        if kind == .planned {
            self.faults = FaultPlan.planned(&random, nodes, from: first, healsAt: healsAt)
            return
        }
        for number in 0..<(random.below(8) + 2) {
            let at = Duration.milliseconds(first + random.below(span))
            let duration = Duration.milliseconds(
                random.chance(40) ? random.below(1000) + 50 : random.below(longest) + 300)
            let fault =
                number == 0
                ? FaultPlan.masterFault(&random, nodes) : kind.fault(&random, nodes)
            faults.append(Fault(at: at, duration: duration, kind: fault))
            // Now and then a replica comes back empty while there is no master to copy.
            if number == 0 && random.chance(10) {
                let replica = sentinels + 1 + random.below(servers - 1)
                faults.append(
                    Fault(
                        at: at, duration: .milliseconds(random.below(500) + 50),
                        kind: .crash(.node(replica), losesData: true)))
            }
        }
        self.faults = faults.sorted { $0.at < $1.at }
    }

    /// The whole plan, a line a fault.
    public var description: String {
        var text = "seed \(seed), \(kind.name): "
        text += "\(sentinels) sentinels (n0...n\(sentinels - 1)), quorum \(quorum)"
        text += hasMet ? " (they know each other)" : " (they have not met)"
        text += ", \(servers) servers (n\(sentinels)... is the master), \(clients) clients"
        text += ", down-after \(downAfter.wholeMilliseconds) ms"
        text += ", failover-timeout \(failoverTimeout.wholeMilliseconds) ms"
        text += ", parallel-syncs \(parallelSyncs), priorities \(priorities)"
        if strangers != 0 { text += ", of others: \(NodeSet(bits: strangers))" }
        text += ", min-replicas-to-write \(minimumReplicas), saves after \(savesAfter) s"
        text += ", drifts \(drifts), healed at \(healsAt.wholeMilliseconds) ms"
        for (number, fault) in faults.enumerated() { text += "\n  fault \(number): \(fault)" }
        return text
    }
}

/// How many nodes of each kind there are.
struct Nodes {
    let sentinels: Int
    let servers: Int

    /// Without clients.
    var all: Int { sentinels + servers }
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

    /// Less than half of the first so many nodes, or none.
    mutating func someSentinels(_ count: Int) -> UInt32 {
        var bits: UInt32 = 0
        for _ in 0..<below(count / 2 + 1) { bits |= 1 << UInt32(below(count)) }
        return bits
    }
}
