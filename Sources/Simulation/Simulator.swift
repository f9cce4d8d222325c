// Runs one group of sentinels and servers under the plan of one seed.
//
//     plan(seed) ─ events, ordered by (time, sequence) ─ machines and models ─ outputs, packets ─┐
//                        ^                                    │                                  │
//                        └────────────────────────────────────┼──────────────────────────────────┘
//                                                             └ invariants, counts, transcript
//
// It is another executor of the same outputs as rds-sentinel's: in their order, a record on the disk
// before what stands after it, and a process may die between any two of them.
//
// 1. Whatever is drawn comes from the seed; nothing is iterated in the order of a hash table.
// 2. After `heal` nothing goes wrong any more, and the group has to recover within the plan's bound.
// 3. The run ends when the group was whole for a while, or at the first violation.

import Bytes
import Consensus
import Determinism
import Protocol

/// A way to make the executor wrong, so that the invariants can be seen to fail.
public enum Weakness: Sendable {
    /// Everything as it should be.
    case none
    /// A record that failed is reported as stored.
    case believesFailedRecords
    /// The disk says that it holds what a crash then takes away.
    case diskLies
}

/// A group under simulation.
struct Simulator: ~Copyable {
    /// The group is looked at this often once it is healed.
    static let probePeriod = Duration.milliseconds(500)
    /// A group that was whole for so long has recovered.
    static let wholeFor = Duration.seconds(5)
    /// No run has more events; one that does is stuck.
    static let eventLimit = 3_000_000
    static let masterName: ByteString = "mymaster"

    let plan: FaultPlan
    let weakness: Weakness
    var random: RandomSource
    var now = Instant.zero
    var queue = EventQueue()
    var network = SimulatedNetwork()
    var connections: [SimulatedConnection] = []
    var sentinels: [SimulatedSentinel] = []
    var servers: [SimulatedServer] = []
    var addresses: [NodeAddress] = []
    var numbers: [NodeAddress: Int] = [:]
    /// By node: whether its process lives, in which life, and until when it stands still.
    var isUp: [Bool]
    var lives: [Int]
    var pausedUntil: [Instant]
    /// The sentinel that stood for leader last.
    var candidate: Int?
    /// What each fault was applied to when it began.
    var victims: [Int: (node: Int, losesData: Bool)] = [:]
    /// The events after which a sentinel is to die, with the outputs that it still performs.
    var deadlyEvents: [(event: String, outputs: Int)] = []
    /// By sentinel and server: what the last INFO said of the server's data, and in which of its lives.
    var reports: [[ServerReport?]]
    var invariants: Invariants
    var counts = OccurrenceCounts()
    var transcript: Transcript
    var healedAt: Instant?
    var wholeSince: Instant?
    var isOver = false
    var events = 0

    /// What a sentinel knows of a server, as true as it was when it was said.
    struct ServerReport {
        var life: Int
        var hasData: Bool
    }

    init(plan: FaultPlan, weakness: Weakness, keepsTranscript: Bool) {
        self.plan = plan
        self.weakness = weakness
        random = RandomSource(seed: plan.seed ^ 0x5eed)
        transcript = Transcript(keepsLines: keepsTranscript)
        isUp = Array(repeating: true, count: plan.nodes)
        lives = Array(repeating: 0, count: plan.nodes)
        pausedUntil = Array(repeating: .zero, count: plan.nodes)
        reports = Array(
            repeating: Array(repeating: nil, count: plan.nodes), count: plan.sentinels)
        for node in 0..<plan.nodes {
            let address = NodeAddress(
                host: ByteString("10.0.0.\(node + 1)"),
                port: node < plan.sentinels ? 26_379 : 6379)
            addresses.append(address)
            numbers[address] = node
        }
        var identities: [ByteString] = []
        for _ in 0..<plan.sentinels {
            identities.append(ByteString(random.hexadecimal(count: 40)))
        }
        invariants = Invariants(identities: identities, initialMaster: addresses[plan.sentinels])
        addServers()
        for node in 0..<plan.sentinels { addSentinel(node, identities) }
        for (index, fault) in plan.faults.enumerated() {
            queue.post(.faultBegins(index), at: .zero + fault.at)
        }
        queue.post(.heal, at: .zero + plan.healsAt)
    }

    private mutating func addServers() {
        let master = addresses[plan.sentinels]
        let history = random.hexadecimal(count: 40)
        for number in 0..<plan.servers {
            let node = plan.sentinels + number
            servers.append(
                SimulatedServer(
                    address: addresses[node], follows: number == 0 ? nil : master,
                    priority: plan.priorities[number],
                    history: number == 0 ? history : random.hexadecimal(count: 40),
                    runID: random.hexadecimal(count: 40)))
            queue.post(.serverTick(node), at: .zero + random.duration(below: .milliseconds(200)))
        }
    }

    private mutating func addSentinel(_ node: Int, _ identities: [ByteString]) {
        let master = addresses[plan.sentinels]
        let name = Simulator.masterName
        var text = "port 26379\nsentinel myid \(identities[node])\n"
        text += "sentinel monitor \(name) \(master.host) \(master.port) \(plan.quorum)\n"
        text +=
            "sentinel down-after-milliseconds \(name) \(plan.downAfter.wholeMilliseconds)\n"
            + "sentinel failover-timeout \(name) \(plan.failoverTimeout.wholeMilliseconds)\n"
            + "sentinel parallel-syncs \(name) \(plan.parallelSyncs)\n"
        if plan.hasMet {
            for other in 0..<plan.sentinels where other != node {
                let address = addresses[other]
                text += "sentinel known-sentinel \(name) \(address.host) \(address.port) "
                text += "\(identities[other])\n"
            }
            for replica in (plan.sentinels + 1)..<plan.nodes {
                let address = addresses[replica]
                text += "sentinel known-replica \(name) \(address.host) \(address.port)\n"
            }
        }
        let clock = SimulatedClock(
            drift: plan.drifts[node],
            offset: .milliseconds(1000) + random.duration(below: .seconds(1000)))
        guard
            let sentinel = SimulatedSentinel(
                identity: identities[node], text: ByteString(text), clock: clock,
                seed: random.next(), lies: weakness == .diskLies)
        else { preconditionFailure("the simulator's own state file can be read") }
        sentinels.append(sentinel)
    }

    // MARK: Running

    /// Runs to the end: recovered, or the first violation.
    mutating func run() {
        for node in 0..<plan.sentinels { feed(node, .start) }
        while !isOver, invariants.violation == nil, let next = queue.next() {
            events += 1
            if events > Simulator.eventLimit {
                invariants.violate(.recovery, "more than \(Simulator.eventLimit) events")
            }
            now = max(now, next.at)
            transcript.mix(UInt64(bitPattern: now.nanoseconds))
            transcript.mix(next.event.code)
            perform(next.event)
        }
    }

    private mutating func perform(_ event: Event) {
        switch event {
        case .wake(let node, let life): wake(node, life)
        case .deliver(let connection, let direction): deliver(connection, direction)
        case .serverTick(let node): serverTick(node)
        case .faultBegins(let index): begin(index)
        case .faultEnds(let index): end(index)
        case .flap(let index): flap(index)
        case .restart(let node, let life): restart(node, life)
        case .heal: heal()
        case .probe: probe()
        }
    }

    /// A line of the transcript about a node.
    mutating func write(_ node: Int, _ text: @autoclosure () -> String) {
        transcript.write(now, "n\(node) \(text())")
    }

    func isSentinel(_ node: Int) -> Bool { node < plan.sentinels }

    /// The place in `servers` of a node that is one.
    func serverIndex(_ node: Int) -> Int { node - plan.sentinels }
}
