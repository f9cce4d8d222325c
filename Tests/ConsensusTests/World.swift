// Sentinels on a stage: servers that answer as Redis does, a network that delivers in order, a clock
// that only moves when told. Everything that happens is written down, so that tests read like a log.

import Bytes
import Consensus
import Determinism
import Protocol

/// A server as sentinels see it.
struct FakeServer {
    var address: NodeAddress
    var isUp = true
    var answers = true
    var answersInformation = true
    var master: NodeAddress?
    var offset = 1000
    var priority = 100
    var runID: String
    var history = String(repeating: "a", count: 40)
    var previousHistory = String(repeating: "0", count: 40)
    var previousEnd = -1
    /// `min-replicas-to-write`.
    var minimumReplicas = 0
    var isLoading = false
    /// Whether EXEC is executed; otherwise it is as if it never came.
    var answersTransactions = true
    /// The name that it has itself announced by, and under which it knows its master.
    var announcedHost: String?
    var masterName: String?
    var linkIsUp = true
    /// Whether it comes to follow the master that it is told.
    var synchronises = true
    var linkDownSeconds = 0
    /// What EXEC answers instead of doing what was queued.
    var refusal: String?
    var queued: [[ByteString]]?
    /// Whether it waits to be named.
    var isFenced = false
    /// The epoch in which it heard of another master; 0 if it heard of none.
    var supersededEpoch = 0
    /// What its master lacks, by its word; nil if it refuses none.
    var masterRefused: String?
    /// `paused` or `committed` by RDS SWITCHOVER.
    var switchover: String?
    /// For whom it is committed, as INFO has it.
    var switchoverTarget: String?
    /// What PAUSE or COMMIT are answered with instead.
    var switchoverErrors: [String: String] = [:]
    /// Whether it says that it waits to be replaced.
    var isStopping = false
    /// What RDS CAPABILITIES names; nil for a server of another make.
    var capabilities: [String]?
    /// What everything is answered with.
    var accessError: String?
    /// What PING is answered with.
    var pingError: String?
    var received: [String] = []

    func information(replicas: [FakeServer]) -> String {
        var text =
            "# Server\r\nrun_id:\(runID)\r\nloading:\(isLoading ? 1 : 0)\r\n# Replication\r\n"
        if let master {
            text +=
                "role:slave\r\nmaster_host:\(masterName ?? master.host.text)\r\nmaster_port:\(master.port)\r\n"
            text += "master_link_status:\(linkIsUp ? "up" : "down")\r\n"
            text += "slave_repl_offset:\(offset)\r\n"
            if !linkIsUp { text += "master_link_down_since_seconds:\(linkDownSeconds)\r\n" }
            if let masterRefused { text += "rds_master_refused:\(masterRefused)\r\n" }
            text += "slave_priority:\(priority)\r\nreplica_announced:1\r\n"
        } else {
            text += "role:master\r\n"
            if isFenced { text += "rds_fenced:1\r\n" }
            if supersededEpoch > 0 { text += "rds_superseded_epoch:\(supersededEpoch)\r\n" }
            if let switchoverTarget, switchover == "committed" {
                text += "master_switchover_target:\(switchoverTarget)\r\n"
            }
        }
        if minimumReplicas > 0 { text += "min_slaves_good_slaves:\(replicas.count)\r\n" }
        text += "connected_slaves:\(replicas.count)\r\n"
        for (number, replica) in replicas.enumerated() {
            let host = replica.announcedHost ?? replica.address.host.text
            text += "slave\(number):ip=\(host),port=\(replica.address.port),"
            text += "state=online,offset=\(replica.offset),lag=0\r\n"
        }
        return text + "master_replid:\(history)\r\nmaster_replid2:\(previousHistory)\r\n"
            + "second_repl_offset:\(previousEnd)\r\n"
    }
}

/// One sentinel process: its machine, its file, whether it runs.
final class Process {
    let address: NodeAddress
    var machine: Sentinel
    var file: String
    /// The file beside it.
    var companion: ByteString?
    var isUp = true
    var failsRecords = false
    /// How long its disk takes.
    var recordsTake = Duration.zero
    /// What scripts end with.
    var scriptStatus: Int32 = 0
    var events: [SentinelEvent] = []
    var records: [String] = []

    init(_ settings: String, port: Int, seed: UInt64) {
        address = NodeAddress(host: "127.0.0.1", port: port)
        file = settings
        machine = Process.machine(settings, seed: seed)
    }

    static func machine(
        _ text: String, companion: ByteString? = nil, seed: UInt64
    ) -> Sentinel {
        do {
            var settings = try SentinelSettings(parsing: Array(text.utf8), source: "test")
            settings.remember(companion?.bytes)
            return Sentinel(settings: settings, random: RandomSource(seed: seed))
        } catch {
            preconditionFailure("a test's settings are right: \(error)")
        }
    }
}

final class World {
    enum Delivery {
        case input(Int, SentinelInput)
        case command(Int, LinkID, [ByteString])
        case connection(Int, LinkID, NodeAddress)
    }

    private struct LinkKey: Hashable {
        var sentinel: Int
        var link: LinkID
    }

    var latency = Duration.milliseconds(1)
    var now = Instant(nanoseconds: 1_000_000_000)
    var servers: [NodeAddress: FakeServer] = [:]
    var processes: [Process] = []
    /// What names resolve to.
    var names: [String: [String]] = [:]
    /// Pairs of (sentinel, port) between which nothing passes.
    var cuts: Set<[Int]> = []
    /// Servers at which the second connection of a sentinel hangs: that for hellos.
    var hangsHellos: Set<Int> = []
    /// Subcommands that no sentinel knows when another one asks.
    var unknownSubcommands: Set<String> = []
    var transcript: [String] = []
    /// Sentinels that know no command beyond Redis.
    var plain: Set<Int> = []
    /// What sentinels told each other, and published, by commands.
    var asked: [String] = []
    /// Replies to requests of the test, in the order in which they came.
    var replies: [SentinelReply] = []
    private var queue: [(at: Instant, order: Int, what: Delivery)] = []
    private var order = 0
    private var links: [LinkKey: NodeAddress] = [:]
    private var subscribers: Set<LinkKey> = []
    private var requests: [Int: LinkKey] = [:]
    private var lastRequest = 0
    private let start = Instant(nanoseconds: 1_000_000_000)

    // MARK: Setting up

    static func address(_ port: Int) -> NodeAddress { NodeAddress(host: "127.0.0.1", port: port) }

    /// A master on 7000 and its replicas on the ports after it.
    func addServers(replicas: Int) {
        for number in 0...replicas {
            let address = World.address(7000 + number)
            servers[address] = FakeServer(
                address: address, master: number == 0 ? nil : World.address(7000),
                runID: String(repeating: String(number), count: 40))
        }
    }

    /// Sentinels on 8000 and the ports after it, with ids of equal letters: a, b, c ...
    func addSentinels(
        _ count: Int, quorum: Int, host: String = "127.0.0.1", extra: String = ""
    ) {
        for number in 0..<count {
            let letter = String(UnicodeScalar(UInt8(97 + number)))
            let settings = """
                port \(8000 + number)
                sentinel myid \(String(repeating: letter, count: 40))
                sentinel monitor mymaster \(host) 7000 \(quorum)
                sentinel down-after-milliseconds mymaster 3000
                sentinel failover-timeout mymaster 10000
                \(extra)
                """
            processes.append(Process(settings, port: 8000 + number, seed: UInt64(number + 1)))
        }
        for index in processes.indices { feed(index, .start) }
    }

    /// The server goes on under another name of the history that all have, which it left at `end`.
    func branch(_ port: Int, at end: Int, name: String = "f") {
        servers[World.address(port)]?.previousHistory = String(repeating: "a", count: 40)
        servers[World.address(port)]?.previousEnd = end
        servers[World.address(port)]?.history = String(repeating: name, count: 40)
    }

    /// The master dies, and so does the leader, when 7001 has been told to be the master and nobody has
    /// heard of it; who led.
    func promoteUnheard(at end: Int) -> Int? {
        kill(server: 7000)
        let isTold = run(upTo: .seconds(20)) { servers[World.address(7001)]?.master == nil }
        let leader = processes.indices.first { !lines($0, "+elected-leader").isEmpty }
        guard isTold, let leader else { return nil }
        branch(7001, at: end)
        kill(sentinel: leader)
        return leader
    }

    // MARK: Time

    /// Lets `duration` pass.
    func run(for duration: Duration) {
        let end = now + duration
        while let next = nextTime(), next <= end {
            now = max(now, next)
            deliverDue()
            tickDue()
        }
        now = end
    }

    /// Lets time pass until `condition` holds; false if it does not within `limit`.
    func run(upTo limit: Duration, until condition: () -> Bool) -> Bool {
        let end = now + limit
        while !condition() {
            guard let next = nextTime(), next <= end else { return condition() }
            now = max(now, next)
            deliverDue()
            tickDue()
        }
        return true
    }

    private func nextTime() -> Instant? {
        let deadlines = processes.filter(\.isUp).compactMap { $0.machine.nextDeadline }
        return (deadlines + queue.map(\.at)).min()
    }

    private func deliverDue() {
        while let index = queue.indices.min(by: {
            (queue[$0].at, queue[$0].order) < (queue[$1].at, queue[$1].order)
        }), queue[index].at <= now {
            let what = queue.remove(at: index).what
            switch what {
            case .input(let sentinel, let input):
                if processes[sentinel].isUp { feed(sentinel, input) }
            case .command(let sentinel, let link, let words): execute(sentinel, link, words)
            case .connection(let sentinel, let link, let address):
                connect(sentinel, link, address)
            }
        }
    }

    private func tickDue() {
        for index in processes.indices where processes[index].isUp {
            if let due = processes[index].machine.nextDeadline, due <= now { feed(index, .tick) }
        }
    }

    private func post(_ what: Delivery, after delay: Duration? = nil) {
        order += 1
        queue.append((now + (delay ?? latency), order, what))
    }

    // MARK: The machines

    func feed(_ index: Int, _ input: SentinelInput) {
        var inputs = [input]
        while !inputs.isEmpty {
            var outputs: [SentinelOutput] = []
            processes[index].machine.handle(inputs.removeFirst(), at: now, into: &outputs)
            for output in outputs where processes[index].isUp { perform(output, index, &inputs) }
        }
    }

    private func perform(_ output: SentinelOutput, _ index: Int, _ inputs: inout [SentinelInput]) {
        let process = processes[index]
        switch output {
        case .connect(let link, let host, let port):
            let address = NodeAddress(host: host, port: port)
            links[LinkKey(sentinel: index, link: link)] = address
            post(.connection(index, link, address))
        case .lookUp(let name):
            let found = names[name.text] ?? []
            post(.input(index, .lookedUp(name, addresses: found.map { ByteString($0) })))
        case .disconnect(let link): forget(LinkKey(sentinel: index, link: link))
        case .send(let link, let words): post(.command(index, link, words))
        case .record(let id, let text, let companion):
            if process.failsRecords {
                write(index, "record failed")
                inputs.append(.recordFailed(id, reason: "No space left on device"))
            } else {
                process.file = text.text
                if let companion { process.companion = companion }
                process.records.append(text.text)
                write(index, "record")
                if process.recordsTake > .zero {
                    post(.input(index, .recordStored(id)), after: process.recordsTake)
                } else {
                    inputs.append(.recordStored(id))
                }
            }
        case .event(let event):
            process.events.append(event)
            write(index, "\(mark(event.level)) \(event.line)")
        case .log(let level, let text, let until):
            if text.text.contains("saved on disk") { return }
            write(index, "\(mark(level)) \(text)\(until == nil ? "" : "<date>")")
        case .reply(let id, let reply): answer(id, reply, index)
        case .runScript(let id, let words):
            write(index, "script \(words.map(\.text).joined(separator: " "))")
            inputs.append(.scriptStarted(id, process: 1))
            inputs.append(.scriptEnded(id, .exited(process.scriptStatus)))
        case .killScript, .logLevel: break
        case .exit(let status):
            write(index, "exit \(status)")
            process.isUp = false
        }
    }

    private func mark(_ level: SentinelEvent.Level) -> String {
        switch level {
        case .debug: "."
        case .verbose: "-"
        case .notice: "*"
        case .warning: "#"
        }
    }

    private func write(_ index: Int, _ text: String) {
        let time = (now - start).wholeMilliseconds
        transcript.append("\(time) s\(index) \(text)")
    }

    // MARK: The network

    private func isCut(_ sentinel: Int, _ address: NodeAddress) -> Bool {
        cuts.contains([sentinel, address.port])
    }

    private func connect(_ sentinel: Int, _ link: LinkID, _ address: NodeAddress) {
        let key = LinkKey(sentinel: sentinel, link: link)
        guard links[key] != nil, !isCut(sentinel, address) else { return }
        if hangsHellos.contains(address.port),
            links.contains(where: {
                $0.value == address && $0.key.sentinel == sentinel && $0.key.link < link
            })
        {
            return
        }
        let isUp =
            servers[address]?.isUp ?? processes.first { $0.address == address }?.isUp ?? false
        if isUp {
            post(.input(sentinel, .linkConnected(link, localHost: "127.0.0.1")))
        } else {
            links[key] = nil
            post(.input(sentinel, .linkFailed(link, .refused)))
        }
    }

    private func forget(_ key: LinkKey) {
        links[key] = nil
        subscribers.remove(key)
    }

    private func execute(_ sentinel: Int, _ link: LinkID, _ words: [ByteString]) {
        let key = LinkKey(sentinel: sentinel, link: link)
        guard let address = links[key], !isCut(sentinel, address) else { return }
        if let other = processes.firstIndex(where: { $0.address == address }) {
            guard processes[other].isUp else { return }
            askSentinel(other, words, key)
        } else if servers[address]?.isUp == true && servers[address]?.answers == true {
            askServer(address, words, key)
        }
    }

    private func send(_ reply: ReplyValue, to key: LinkKey) {
        post(.input(key.sentinel, .reply(key.link, reply)))
    }

    private func askSentinel(_ other: Int, _ words: [ByteString], _ key: LinkKey) {
        let name = words[0]
        let subcommand = words.count > 1 ? words[1].text.uppercased() : ""
        if subcommand != "CAPABILITIES" { asked.append(words.map(\.text).joined(separator: " ")) }
        if plain.contains(other), name == "SENTINEL",
            ["CAPABILITIES", "EPOCHS", "PRE-VOTE", "RELEASE"].contains(subcommand)
        {
            let text = "ERR unknown subcommand '\(words[1])'. Try SENTINEL HELP."
            send(.error(ByteString(text)), to: key)
            return
        }
        if !Sentinel.serves(name.bytes.span) {
            send(.simpleString(words[0] == "PING" ? "PONG" : "OK"), to: key)
            return
        }
        if words.count > 1, unknownSubcommands.contains(words[1].text) {
            send(.error("ERR unknown subcommand"), to: key)
            return
        }
        lastRequest += 1
        requests[lastRequest] = key
        feed(other, .request(SentinelRequestID(number: lastRequest), OwnedRequest(words)))
    }

    /// A client's request; its reply is appended to `replies`.
    func ask(_ index: Int, _ words: String...) { ask(index, words: words) }

    /// The same with words in an array.
    func ask(_ index: Int, words: [String]) {
        lastRequest += 1
        feed(
            index,
            .request(
                SentinelRequestID(number: lastRequest),
                OwnedRequest(words.map { ByteString($0) })))
    }

    private func answer(_ id: SentinelRequestID, _ reply: SentinelReply, _ index: Int) {
        guard let key = requests.removeValue(forKey: id.number) else {
            replies.append(reply)
            return
        }
        if isCut(key.sentinel, processes[index].address) { return }
        guard case .value(let value) = reply else { return }
        send(value, to: key)
    }

    private func askServer(_ address: NodeAddress, _ words: [ByteString], _ key: LinkKey) {
        let name = words[0].text.uppercased()
        servers[address]?.received.append(words.map(\.text).joined(separator: " "))
        if let error = servers[address]?.accessError {
            send(.error(ByteString(error)), to: key)
            return
        }
        if servers[address]?.queued != nil && name != "EXEC" {
            servers[address]?.queued?.append(words)
            send(.simpleString("QUEUED"), to: key)
            return
        }
        switch name {
        case "PING":
            let error = servers[address]?.pingError.map { ReplyValue.error(ByteString($0)) }
            send(error ?? .simpleString("PONG"), to: key)
        case "INFO" where servers[address]?.answersInformation == false:
            send(.error("NOPERM this user has no permissions to run the 'info' command"), to: key)
        case "INFO":
            let replicas = servers.values.filter { $0.master == address && $0.isUp }.sorted {
                $0.address.port < $1.address.port
            }
            var server = servers[address]
            if let master = server?.master, servers[master]?.isUp != true {
                server?.linkIsUp = false
                let before = server?.linkDownSeconds ?? 0
                server?.linkDownSeconds = before < 0 ? before : max(before, 1)
            }
            let text = server?.information(replicas: replicas) ?? ""
            send(.bulk(ByteString(text)), to: key)
        case "RDS" where words[1] == "SWITCHOVER":
            send(switchover(address, words), to: key)
        case "RDS":
            let names = servers[address]?.capabilities
            send(
                names.map { .array($0.map { .bulk(ByteString($0)) }) }
                    ?? .error(
                        "ERR unknown command 'RDS', with args beginning with: 'CAPABILITIES' "),
                to: key)
        case "CONFIG" where words.count == 3:
            let value =
                words[2] == "replica-priority"
                ? servers[address]?.priority : servers[address]?.minimumReplicas
            send(.array([.bulk(words[2]), .bulk(text: "\(value ?? 0)")]), to: key)
        case "MULTI":
            servers[address]?.queued = []
            send(.simpleString("OK"), to: key)
        case "EXEC": executeTransaction(address, key)
        case "SUBSCRIBE":
            subscribers.insert(key)
            send(.array([.bulk("subscribe"), .bulk(words[1]), .integer(1)]), to: key)
        case "PUBLISH":
            for subscriber in subscribers where links[subscriber] == address {
                if isCut(subscriber.sentinel, address) { continue }
                send(.array([.bulk("message"), .bulk(words[1]), .bulk(words[2])]), to: subscriber)
            }
            send(.integer(1), to: key)
        default: send(.simpleString("OK"), to: key)
        }
    }

    /// The master's part in a switchover, as far as sentinels see it.
    private func switchover(_ address: NodeAddress, _ words: [ByteString]) -> ReplyValue {
        guard let server = servers[address] else { return .null }
        let order = words[2].text
        if let error = server.switchoverErrors[order] { return .error(ByteString(error)) }
        switch order {
        case "WANTED": return .integer(server.isStopping && server.master == nil ? 1 : 0)
        case "PAUSE":
            if server.switchover == nil { servers[address]?.switchover = "paused" }
            return .array([.bulk(ByteString(server.history)), .integer(server.offset)])
        case "COMMIT":
            guard server.switchover != nil else { return .error("NOTPAUSED") }
            servers[address]?.switchover = "committed"
            servers[address]?.switchoverTarget = "\(words[5].text):\(words[6].text)"
            return .simpleString("OK")
        default:
            servers[address]?.switchover = nil
            return .simpleString("OK")
        }
    }

    /// Publishes on a server's channel, for all that are subscribed there.
    func publish(_ channel: ByteString, _ message: ByteString, server port: Int) {
        let address = World.address(port)
        for subscriber in subscribers where links[subscriber] == address {
            send(.array([.bulk("message"), .bulk(channel), .bulk(message)]), to: subscriber)
        }
    }

    private func executeTransaction(_ address: NodeAddress, _ key: LinkKey) {
        let queued = servers[address]?.queued ?? []
        servers[address]?.queued = nil
        if servers[address]?.answersTransactions == false { return }
        if let refusal = servers[address]?.refusal {
            send(.error(ByteString(refusal)), to: key)
            return
        }
        for words in queued where words[0].text.uppercased() == "SLAVEOF" {
            servers[address]?.switchover = nil
            if words[1] == "NO" {
                servers[address]?.master = nil
            } else {
                servers[address]?.master = NodeAddress(
                    host: words[1], port: Int(words[2].text) ?? 0)
                servers[address]?.linkIsUp = servers[address]?.synchronises == true
                servers[address]?.masterRefused = nil
            }
        }
        send(
            .array([
                .simpleString("OK"), .error("ERR The server is running without a config file"),
                .integer(0), .integer(0),
            ]), to: key)
    }

    // MARK: Faults

    func kill(server port: Int) {
        let address = World.address(port)
        servers[address]?.isUp = false
        closeLinks { $1 == address }
    }

    /// Closes what is open to a server, which goes on.
    func dropLinks(to port: Int) {
        let address = World.address(port)
        closeLinks { $1 == address }
    }

    func kill(sentinel index: Int) {
        processes[index].isUp = false
        let address = processes[index].address
        for key in links.keys where key.sentinel == index { forget(key) }
        closeLinks { $1 == address }
    }

    /// Starts a sentinel again from its file.
    func restart(sentinel index: Int) {
        processes[index].machine = Process.machine(
            processes[index].file, companion: processes[index].companion,
            seed: UInt64(100 + index))
        processes[index].isUp = true
        feed(index, .start)
    }

    private func closeLinks(_ condition: (LinkKey, NodeAddress) -> Bool) {
        for (key, address) in links.sorted(by: { $0.key.link < $1.key.link })
        where condition(key, address) {
            forget(key)
            post(.input(key.sentinel, .linkClosed(key.link)))
        }
    }

    /// Ends everything between two nodes, both ways, until `cuts` is changed.
    func cut(sentinel index: Int, from port: Int) {
        cuts.insert([index, port])
        if let other = processes.firstIndex(where: { $0.address.port == port }) {
            cuts.insert([other, processes[index].address.port])
        }
    }

    // MARK: Looking

    /// Lines of the transcript with one of these words, without times.
    func lines(_ sentinel: Int, _ words: String...) -> [String] {
        transcript.compactMap { line in
            guard let space = line.firstIndex(of: " ") else { return nil }
            let rest = String(line[line.index(after: space)...])
            guard rest.hasPrefix("s\(sentinel) ") else { return nil }
            let text = String(rest.dropFirst(3))
            return words.isEmpty || words.contains { text.contains($0) } ? text : nil
        }
    }

    func masterAddress(_ index: Int) -> Int? {
        ask(index, "SENTINEL", "get-master-addr-by-name", "mymaster")
        guard case .value(.array(let parts)) = replies.removeLast(), parts.count == 2 else {
            return nil
        }
        return parts[1].integer
    }

    /// The field of a map reply of SENTINEL MASTER.
    func field(_ name: String, of reply: ReplyValue) -> String? {
        guard case .map(let pairs) = reply else { return nil }
        return pairs.first { $0.key.bytes?.text == name }?.value.bytes?.text
    }
}
