// Kinds of group, what is special about their servers, and which faults they meet.

import Bytes
import Consensus
import Determinism
import Server

/// A kind of group.
public enum GroupKind: Int, CaseIterable, Hashable, Sendable {
    /// Whatever may happen to a group.
    case ordinary
    /// Clients confirm their writes by WAIT, and the master wants replicas.
    case confirming
    /// Operators ask for failovers and resets.
    case operated
    /// The master dies, messages are slow, and failover-timeout is long: sentinels stand against each
    /// other, and one has to win soon.
    case contested
    /// Some sentinels and servers stand for those of others: they know nothing of ours.
    case mixed
    /// Nothing goes wrong: operators ask for failovers, and masters are stopped, while clients write.
    case planned

    /// Those that a seed draws one of.
    static let drawn: [GroupKind] = [.ordinary, .confirming, .operated, .contested, .mixed]

    /// Seeds of groups in which nothing goes wrong; they are taken from the other kinds evenly, so
    /// that all other seeds stand for what they stood for.
    static func isPlanned(seed: UInt64) -> Bool { seed % 11 == 3 }

    /// What reports call it.
    public var name: String {
        switch self {
        case .ordinary: "ordinary"
        case .confirming: "confirming"
        case .operated: "operated"
        case .contested: "contested"
        case .mixed: "mixed"
        case .planned: "planned"
        }
    }

    /// A fault of those that this kind meets.
    func fault(_ random: inout RandomSource, _ nodes: Nodes) -> FaultKind {
        if self == .operated && random.chance(40) {
            let master = "mymaster"
            let words: [String] =
                random.chance(FaultPlan.resetsOccur ? 70 : 100)
                ? random.pick(FaultPlan.plannedFailovers) : ["SENTINEL", "RESET", master]
            return .order(sentinel: random.below(nodes.sentinels), words: words)
        }
        return FaultPlan.anyFault(&random, nodes)
    }
}

extension FaultPlan {
    /// In a contested group another master is found within this.
    static let contestLimit = Duration.seconds(6)

    /// What happens to a contested group: its master is gone until the end.
    static func contest(_ random: inout RandomSource, healsAt: Duration) -> [Fault] {
        let slow = Duration.milliseconds(random.pick([10, 50, 150, 300]))
        return [
            Fault(at: .milliseconds(500), duration: healsAt, kind: .delay(upTo: slow)),
            Fault(
                at: healsAt - contestLimit, duration: contestLimit * 2,
                kind: .crash(.master, losesData: false)),
        ]
    }

    /// How operators ask for a failover.
    static let plannedFailovers = [
        ["SENTINEL", "FAILOVER", "mymaster"], ["SENTINEL", "FAILOVER", "mymaster", "COORDINATED"],
    ]

    /// What happens to a group in which nothing goes wrong: the master is changed, again and again.
    static func planned(
        _ random: inout RandomSource, _ nodes: Nodes, from first: Int, healsAt: Duration
    ) -> [Fault] {
        let slow = Duration.milliseconds(random.pick([1, 5, 30]))
        let span = Int(healsAt.wholeMilliseconds) - first
        var faults = [Fault(at: .zero, duration: healsAt, kind: .delay(upTo: slow))]
        for _ in 0..<(random.below(4) + 1) {
            let kind: FaultKind =
                random.chance(25)
                ? .stop(.master)
                : .order(
                    sentinel: random.below(nodes.sentinels), words: random.pick(plannedFailovers))
            faults.append(
                Fault(
                    at: .milliseconds(first + random.below(span)), duration: .milliseconds(1),
                    kind: kind))
        }
        return faults.sorted { $0.at < $1.at }
    }

    /// Whether operators reset groups, which may happen in the middle of a failover.
    static let resetsOccur = true

    /// A run without failovers would show little: one fault meets the master.
    static func masterFault(_ random: inout RandomSource, _ nodes: Nodes) -> FaultKind {
        switch random.below(4) {
        case 0: .isolateMaster(with: random.someSentinels(nodes.sentinels))
        case 1: .pause(.master)
        default: .crash(.master, losesData: false)
        }
    }

    static func anyFault(_ random: inout RandomSource, _ nodes: Nodes) -> FaultKind {
        let sentinel = random.below(nodes.sentinels)
        let node = random.below(nodes.all)
        let server = nodes.sentinels + random.below(nodes.servers)
        switch random.below(29) {
        case 0: return .crash(.node(sentinel), losesData: false)
        case 1: return .crash(.node(server), losesData: random.chance(50))
        case 2, 3: return .crash(.master, losesData: false)
        case 4: return .crash(.candidate, losesData: false)
        case 5, 6:
            let event = random.pick([
                "+try-failover", "+vote-for-leader", "+elected-leader", "+selected-slave",
                "+failover-state-wait-promotion", "+promoted-slave", "+slave-reconf-sent",
                "+failover-end", "+switch-master", "+new-epoch",
            ])
            return .crashAfter(event: event, outputs: random.below(8))
        case 7, 8: return .failRecords(node: sentinel, count: random.below(4) + 1)
        case 9: return .tearRecord(node: sentinel)
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
        case 17: return .pause(.node(node))
        case 18: return .pause(random.chance(50) ? .candidate : .master)
        case 19: return .jump(node: node, by: .milliseconds(random.below(6000) + 100))
        case 20: return .setWallClock(node: node, by: .seconds(random.below(20_000) - 10_000))
        case 21: return .stopClock(node: node)
        case 22: return .crashSoon(.node(server), outputs: random.below(20))
        case 23: return .crashSoon(.master, outputs: random.below(20))
        case 24: return .fillDisk(node: node)
        case 25: return .failRecords(node: server, count: random.below(3) + 1)
        case 26: return .tearRecord(node: server)
        case 27: return .slowDisk(node: sentinel)
        default: return random.chance(30) ? .powerLoss : .pause(.master)
        }
    }

    /// What sentinels of others do; their weaknesses with failed disks and forced failovers are left
    /// out, since nobody's invariants survive them.
    static let strangersWeaknesses: Weaknesses = [
        .electsBlindly, .ignoresHistory, .ignoresWait,
    ]

    /// Whether a node stands for one of others.
    func isStranger(_ node: Int) -> Bool { NodeSet(bits: strangers).contains(node) }

    /// The directives of a server: small buffers and short times, so that a short run shows much.
    func serverSettings(_ number: Int, master: MasterEndpoint) -> ServerSettings {
        var settings = ServerSettings()
        settings.databases = 1
        settings.hz = 2
        settings.protectedMode = false
        settings.savePoints = savesAfter > 0 ? [SavePoint(seconds: savesAfter, changes: 1)] : []
        settings.stopWritesOnBgsaveError = false
        settings.replBacklogSize = 16 << 10
        settings.replTimeoutSeconds = 5
        settings.replPingReplicaPeriodSeconds = 1
        settings.replDisklessSyncDelaySeconds = 0
        settings.replicaPriority = priorities[number]
        settings.minReplicasToWrite = minimumReplicas
        settings.minReplicasMaxLagSeconds = minimumReplicas > 0 ? 3 : 10
        settings.logLevel = .notice
        if number > 0 { settings.replicaOf = master }
        if isStranger(sentinels + number) {
            settings.renamedCommands = [RenamedCommand(name: "rds", newName: "")]
            settings.masterFence = false
            settings.refuseLostData = false
        }
        return settings
    }
}
