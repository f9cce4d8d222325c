// One sentinel alone on a stage: what it watches answers at once, as the test says, on hosts of its
// own. For rules that are about what one sentinel sees, and when.

import Bytes
import Consensus
import Determinism
import Protocol

final class Watcher {
    static let master = NodeAddress(host: "10.0.0.1", port: 6379)
    static let replica = NodeAddress(host: "10.0.0.2", port: 6379)

    /// How a node behaves towards this sentinel.
    enum Behaviour: Hashable {
        case answers
        /// Connections live, what is asked is answered once it is thawed.
        case silent
        /// Nobody listens.
        case refuses
        /// Nothing passes: attempts hang.
        case unreachable
        /// Pings get this error.
        case fails(ByteString)
    }

    let localHost: ByteString
    var machine: Sentinel
    var now = Instant(nanoseconds: 1_000_000_000)
    var behaviours: [NodeAddress: Behaviour] = [:]
    /// What the other sentinels say of the master.
    var peersSayDown: Set<NodeAddress> = []
    /// Answers to a command, by its words, of a node; before anything else.
    var answer: (NodeAddress, [String]) -> ReplyValue? = { _, _ in nil }
    private(set) var events: [(at: Instant, line: String)] = []
    private(set) var sent: [(at: Instant, to: NodeAddress, words: [String])] = []
    private(set) var attempts: [(at: Instant, to: NodeAddress)] = []
    /// Log lines that are no events.
    private(set) var logged: [(at: Instant, text: String)] = []
    private var links: [LinkID: NodeAddress] = [:]
    private var established: Set<LinkID> = []
    private var held: [(id: LinkID, value: ReplyValue)] = []
    private var isBusy = false
    private var inputs: [SentinelInput] = []

    /// A sentinel on `host`; others on `peers`, one a host, all known from its file.
    init(
        on host: ByteString = "10.0.0.10", peers: [String] = ["10.0.0.11", "10.0.0.12"],
        quorum: Int = 2, downAfter: Int = 1000, behaviours: [NodeAddress: Behaviour] = [:],
        answer: @escaping (NodeAddress, [String]) -> ReplyValue? = { _, _ in nil }
    ) {
        localHost = host
        self.behaviours = behaviours
        self.answer = answer
        var text = """
            port 26379
            sentinel myid \(String(repeating: "f", count: 40))
            sentinel monitor mymaster 10.0.0.1 6379 \(quorum)
            sentinel down-after-milliseconds mymaster \(downAfter)
            sentinel known-replica mymaster 10.0.0.2 6379

            """
        for (number, peer) in peers.enumerated() {
            let id = String(repeating: "\(number)", count: 40)
            text += "sentinel known-sentinel mymaster \(peer) \(26380 + number) \(id)\n"
        }
        machine = Process.machine(text, seed: 1)
        feed(.start)
    }

    // MARK: Time

    /// Lets `duration` pass, the sentinel awake.
    func run(for duration: Duration) {
        let end = now + duration
        while let due = machine.nextDeadline, due <= end {
            now = max(now, due)
            feed(.tick)
        }
        now = end
    }

    /// Lets `duration` pass without the sentinel; what came meanwhile is read first.
    func stall(for duration: Duration) { now = now + duration }

    /// Hands it one thing, and what follows.
    func feed(_ input: SentinelInput) {
        inputs.append(input)
        if isBusy { return }
        isBusy = true
        while !inputs.isEmpty {
            var outputs: [SentinelOutput] = []
            machine.handle(inputs.removeFirst(), at: now, into: &outputs)
            for output in outputs { perform(output) }
        }
        isBusy = false
    }

    // MARK: Nodes

    func behaviour(_ address: NodeAddress) -> Behaviour { behaviours[address] ?? .answers }

    /// The process at `address` dies: its connections end, nobody listens.
    func kill(_ address: NodeAddress) {
        behaviours[address] = .refuses
        drop(address)
    }

    /// A silent node answers what it was asked, and goes on.
    func thaw(_ address: NodeAddress) {
        behaviours[address] = .answers
        let answers = held
        held = []
        for (id, value) in answers where links[id] == address { feed(.reply(id, value)) }
    }

    /// Its connections end.
    func drop(_ address: NodeAddress) {
        for (id, _) in links.filter({ $0.value == address }).sorted(by: { $0.key < $1.key }) {
            links[id] = nil
            feed(established.remove(id) == nil ? .linkFailed(id, .timedOut) : .linkClosed(id))
        }
    }

    /// A message by itself on the connections to `address`.
    func push(_ value: ReplyValue, from address: NodeAddress) {
        for (id, _) in links.filter({ $0.value == address }).sorted(by: { $0.key < $1.key }) {
            feed(.reply(id, value))
        }
    }

    /// When `word` first stood in an event, since `start`.
    func time(of word: String, since start: Instant = .zero) -> Instant? {
        events.first { $0.at >= start && $0.line.contains(word) }?.at
    }

    func count(of word: String) -> Int { events.count { $0.line.contains(word) } }

    private func perform(_ output: SentinelOutput) {
        switch output {
        case .connect(let id, let host, let port):
            let address = NodeAddress(host: host, port: port)
            attempts.append((now, address))
            switch behaviour(address) {
            case .refuses: inputs.append(.linkFailed(id, .refused))
            case .unreachable: links[id] = address
            case .answers, .silent, .fails:
                links[id] = address
                established.insert(id)
                inputs.append(.linkConnected(id, localHost: localHost))
            }
        case .disconnect(let id):
            links[id] = nil
            established.remove(id)
        case .send(let id, let words): reply(to: words.map(\.text), on: id)
        case .record(let id, _, _): inputs.append(.recordStored(id))
        case .event(let event): events.append((now, event.line.text))
        case .log(_, let text, _): logged.append((now, text.text))
        default: break
        }
    }

    private func reply(to words: [String], on id: LinkID) {
        guard let address = links[id] else { return }
        sent.append((now, address, words))
        switch behaviour(address) {
        case .refuses, .unreachable: return
        case .silent: held.append((id, value(words, address)))
        case .fails(let error): inputs.append(.reply(id, .error(error)))
        case .answers: inputs.append(.reply(id, value(words, address)))
        }
    }

    private func value(_ words: [String], _ address: NodeAddress) -> ReplyValue {
        if let special = answer(address, words) { return special }
        switch words[0] {
        case "PING": return .simpleString("PONG")
        case "INFO": return .bulk(ByteString(information(address)))
        case "SUBSCRIBE": return .array([.bulk("subscribe"), .bulk("hello"), .integer(1)])
        case "PUBLISH": return .integer(1)
        case "SENTINEL":
            return .array([
                .integer(peersSayDown.contains(address) ? 1 : 0), .bulk("*"), .integer(0),
            ])
        case "RDS": return .error("ERR unknown command 'RDS'")
        default: return .simpleString("OK")
        }
    }

    private func information(_ address: NodeAddress) -> String {
        let runID = String(repeating: address == Watcher.master ? "a" : "b", count: 40)
        guard address == Watcher.replica else {
            return "run_id:\(runID)\r\nrole:master\r\nslave0:ip=10.0.0.2,port=6379\r\n"
        }
        return "run_id:\(runID)\r\nrole:slave\r\nmaster_host:10.0.0.1\r\nmaster_port:6379\r\n"
            + "master_link_status:up\r\nslave_repl_offset:100\r\nslave_priority:100\r\n"
    }
}

extension Watcher {
    /// A sentinel that starts while nobody listens at the master's address.
    static func booting(downAfter: Int) -> Watcher {
        Watcher(downAfter: downAfter, behaviours: [master: .refuses])
    }
}
