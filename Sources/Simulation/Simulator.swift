// Runs one group of sentinels, servers and clients under the plan of one seed.
//
//     plan(seed) ─ events, ordered by (time, sequence) ─ machines ─ outputs, bytes on connections ─┐
//                        ^                                  │                                      │
//                        └──────────────────────────────────┼──────────────────────────────────────┘
//                                                           └ invariants, counts, transcript
//
// It is another executor of the outputs of `Sentinel` and `Server`, beside those of rds-sentinel and
// rds-server: in their order, a record on the disk before what stands after it, and a process may die
// between any two of them.
//
// 1. Whatever is drawn comes from the seed; nothing is iterated in the order of a hash table.
// 2. After `heal` nothing goes wrong any more, and the group has to recover within the plan's bound.
// 3. The run ends when the group was whole for a while, or at the first violation.

import Bytes
import Consensus
import Determinism
import Protocol
import Replication
import Server

/// A group under simulation.
struct Simulator: ~Copyable {
    /// The group is looked at this often once it is healed.
    static let probePeriod = Duration.milliseconds(250)
    /// A group that was whole for so long has recovered.
    static let wholeFor = Duration.milliseconds(750)
    /// No run has more events; one that does is stuck.
    static let eventLimit = 3_000_000
    /// A loop that stood still is late at the latest so long after.
    static let memoryOfDisturbance = Duration.seconds(1)
    static let masterName: ByteString = "mymaster"

    let plan: FaultPlan
    let weakness: Weakness
    /// What the judges hold this group to.
    let rules: Rules
    var random: RandomSource
    var now = Instant.zero
    var queue = EventQueue()
    var network = SimulatedNetwork()
    var connections: [SimulatedConnection] = []
    /// Those that may still be open at an end.
    var openConnections: [Int] = []
    var sentinels: [SimulatedSentinel] = []
    var servers: [SimulatedServer] = []
    var clients: [SimulatedClient] = []
    var addresses: [NodeAddress] = []
    var numbers: [NodeAddress: Int] = [:]
    /// By node: whether its process lives, in which life, and until when it stands still.
    var isUp: [Bool]
    var lives: [Int]
    var pausedUntil: [Instant]
    /// By node: without power, so that not even its kernel answers.
    var isDark: [Bool]
    /// By node: so many outputs are still performed before the process dies.
    var outputsUntilCrash: [Int?]
    /// By node: when its loop or its monotonic clock was last out of order.
    var disturbedAt: [Instant]
    /// The sentinel that stood for leader last.
    var candidate: Int?
    /// When the leader of an epoch selected a replica.
    var selections: [UInt64: Instant] = [:]
    /// The events after which a sentinel is to die, with the outputs that it still performs.
    var deadlyEvents: [(event: String, outputs: Int)] = []
    /// By sentinel and server: what the last INFO said of the server's data, and in which of its lives.
    var reports: [[ServerReport?]]
    /// By server: the newest configurations that it has heard of.
    var hearsay: [Hearsay]
    /// By a history's name: that of the one which its master left when it was promoted.
    var lineage: [ReplicationID: ReplicationID] = [:]
    var history = WriteHistory()
    var invariants: Invariants
    var counts = OccurrenceCounts()
    var transcript: Transcript
    var healedAt: Instant?
    var wholeSince: Instant?
    var lastAcknowledgedAfterHealing: Instant?
    var isOver = false
    var events = 0

    /// What a sentinel knows of a server, as true as it was when it was said.
    struct ServerReport {
        /// Over which it came.
        var link: LinkID
        var life: Int
        var hasData: Bool
        /// Writes that WAIT had confirmed, and that the server did not have.
        var lacks: [Int]
        /// When the server wrote it, and when the sentinel read it.
        var toldAt: Instant
        var at: Instant
    }

    /// What a server was told by hellos, and since when it lives.
    struct Hearsay {
        /// The greatest config epoch under which it was named as the master.
        var own: UInt64 = 0
        /// The greatest under which another was.
        var others: UInt64 = 0
        /// The greatest epoch won in the group when it booted.
        var atBoot: UInt64 = 0
        /// Whether it was told whom to follow and has not synchronised since.
        var wasTold = true
        /// Whether it took writes, after a restart, although it lacked what others had.
        var isBranch = false
        /// Whether it took the data set of a master whose own was lost with its disk.
        var hasEmptiedData = false
    }

    init(plan: FaultPlan, weakness: Weakness, keepsTranscript: Bool) {
        self.plan = plan
        self.weakness = weakness
        rules = Rules.asked(of: plan.kind, weakness)
        random = RandomSource(seed: plan.seed ^ 0x5eed)
        transcript = Transcript(keepsLines: keepsTranscript)
        isUp = Array(repeating: true, count: plan.nodes)
        lives = Array(repeating: 0, count: plan.nodes)
        pausedUntil = Array(repeating: .zero, count: plan.nodes)
        isDark = Array(repeating: false, count: plan.nodes)
        disturbedAt = Array(repeating: .zero, count: plan.nodes)
        outputsUntilCrash = Array(repeating: nil, count: plan.nodes)
        hearsay = Array(repeating: Hearsay(), count: plan.nodes)
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
        for number in 0..<plan.servers { addServer(number) }
        for node in 0..<plan.sentinels { addSentinel(node, identities) }
        for number in 0..<plan.clients { addClient(number) }
        for (index, fault) in plan.faults.enumerated() {
            queue.post(.faultBegins(index), at: .zero + fault.at)
        }
        queue.post(.heal, at: .zero + plan.healsAt)
    }

    private mutating func clock(_ node: Int) -> SimulatedClock {
        SimulatedClock(
            drift: plan.drifts[node],
            offset: .milliseconds(1000) + random.duration(below: .seconds(1000)),
            wallAhead: 1_700_000_000_000_000 + Int64(random.below(1_000_000)))
    }

    private mutating func addServer(_ number: Int) {
        let node = plan.sentinels + number
        let master = addresses[plan.sentinels]
        var settings = plan.serverSettings(
            number, master: MasterEndpoint(host: master.host, port: master.port))
        if weakness == .unfenced { settings.masterFence = false }
        let refuses = weakness != .followsEmptyMasters && weakness != .ignoresHistory
        if !refuses { settings.refuseLostData = false }
        let process = SimulatedServer(
            address: addresses[node], settings: settings, clock: clock(node), random: &random,
            at: now)
        servers.append(process)
        if number == 0 { process.fill(at: now) }
    }

    private mutating func addClient(_ number: Int) {
        clients.append(
            SimulatedClient(number: number, waitsFor: number == 0 ? plan.minimumReplicas : 0))
        let node = plan.sentinels + plan.servers + number
        queue.post(
            .wake(node: node, life: 0), at: .zero + random.duration(below: .seconds(1)))
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
            for replica in (plan.sentinels + 1)..<(plan.sentinels + plan.servers) {
                let address = addresses[replica]
                text += "sentinel known-replica \(name) \(address.host) \(address.port)\n"
            }
        }
        guard
            let sentinel = SimulatedSentinel(
                identity: identities[node], text: ByteString(text), clock: clock(node),
                seed: random.next(),
                weaknesses: weakness.ofSentinels.union(
                    plan.isStranger(node) ? FaultPlan.strangersWeaknesses : []),
                lies: weakness == .diskLies)
        else { preconditionFailure("the simulator's own state file can be read") }
        if plan.hasMet { sentinel.knownReplicas = plan.servers - 1 }
        sentinels.append(sentinel)
    }

    // MARK: Running

    /// Runs to the end: recovered, or the first violation.
    mutating func run() {
        for number in 0..<plan.servers { turn(plan.sentinels + number) }
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
        for process in servers {
            counts[.fullSynchronisation] += process.server.statistics.syncFull
            counts[.partialSynchronisation] += process.server.statistics.syncPartialOk
        }
    }

    private mutating func perform(_ event: Event) {
        switch event {
        case .wake(let node, let life): wake(node, life)
        case .stored(let node, let life): stored(node, life)
        case .deliver(let connection, let direction): deliver(connection, direction)
        case .faultBegins(let index): begin(index)
        case .faultEnds(let index): end(index)
        case .flap(let index): flap(index)
        case .restart(let node, let life): restart(node, life)
        case .heal: heal()
        case .probe: probe()
        }
    }

    /// A deadline of a process has come, unless it is dead or stands still.
    private mutating func wake(_ node: Int, _ life: Int) {
        guard isUp[node], lives[node] == life else { return }
        if pausedUntil[node] > now {
            if isSentinel(node) { sentinels[node].wakeAt = pausedUntil[node] }
            if isServer(node) { server(node).wakeAt = pausedUntil[node] }
            queue.post(.wake(node: node, life: life), at: pausedUntil[node])
        } else if isSentinel(node) {
            wakeSentinel(node)
        } else if isServer(node) {
            wakeServer(node)
        } else {
            wakeClient(node)
        }
    }

    /// A line of the transcript about a node.
    mutating func write(_ node: Int, _ text: @autoclosure () -> String) {
        transcript.write(now, "n\(node) \(text())")
    }

    func isSentinel(_ node: Int) -> Bool { node < plan.sentinels }
    func isServer(_ node: Int) -> Bool {
        node >= plan.sentinels && node < plan.sentinels + plan.servers
    }
}
