import Bytes
import Determinism
import Protocol
import Server
import Sessions

/// Several servers in one process, joined by pipes that cut what they carry at random places.
///
/// The executor of a server without a kernel: time moves when the test says so, and one seed
/// reproduces a run.
final class Cluster {
    /// One end of a connection.
    struct End: Hashable {
        var node: Int
        var session: SessionID
    }

    /// A server and what became of its outputs.
    final class Node {
        var server: Server
        var log: [String] = []
        /// Whether it accepts connections.
        var isReachable = true
        var wanted: (host: String, port: Int)?
        let port: Int

        init(_ settings: ServerSettings, seed: UInt64, at now: Moment) {
            port = settings.port
            let identity = ProcessIdentity(
                processID: 1, runID: String(repeating: "1", count: 40), executable: "",
                configurationFile: "", startedAt: now, operatingSystem: "", architectureBits: 64,
                systemMemory: 0)
            server = Server(
                settings: settings, identity: identity, seed: seed, hashSeed: (seed, seed),
                at: now)
        }
    }

    private(set) var nodes: [Node] = []
    private(set) var now = Moment(
        instant: Instant(nanoseconds: 1_000_000_000),
        unix: UnixTime(milliseconds: 1_700_000_000_000))
    var random: RandomSource
    /// Bytes that an end was sent and has not read yet.
    private var inFlight: [End: [UInt8]] = [:]
    /// Both directions of each connection between nodes.
    private var peers: [End: End] = [:]
    /// What a client's end has been sent.
    private var received: [End: [UInt8]] = [:]
    /// The most bytes that an end reads at once; nil: all.
    var largestRead: Int? = 4096
    /// Ends that read nothing.
    var stalled: Set<End> = []

    init(seed: UInt64 = 1) { random = RandomSource(seed: seed) }

    /// Adds a server; its port is 7000 and its number.
    @discardableResult
    func add(_ change: (inout ServerSettings) -> Void = { _ in }) -> Int {
        var settings = ServerSettings()
        settings.port = 7000 + nodes.count
        settings.savePoints = []
        settings.replDisklessSyncDelaySeconds = 0
        change(&settings)
        nodes.append(Node(settings, seed: random.next(), at: now))
        return nodes.count - 1
    }

    // MARK: Clients

    func client(_ node: Int) -> End {
        let (session, _) = nodes[node].server.accept(
            address: ByteString("127.0.0.1:5\(peers.count + received.count)"),
            localAddress: "127.0.0.1:1",
            fileDescriptor: -1, isLocal: true, isUnixSocket: false, at: now)
        guard let session else { preconditionFailure("the client is accepted") }
        let end = End(node: node, session: session)
        received[end] = []
        return end
    }

    /// Sends commands, words separated by blanks, a line each; what was replied until all is quiet.
    func send(_ lines: String, from client: End) -> String {
        var output = OutputBuffer()
        for line in lines.split(separator: "\n") {
            CommandEncoder.append(line.split(separator: " ").map { ByteString($0) }, to: &output)
        }
        inFlight[client, default: []] += ByteString(output.unsent).bytes
        settle()
        return takeReplies(of: client)
    }

    func send(raw bytes: [UInt8], from client: End) -> String {
        inFlight[client, default: []] += bytes
        settle()
        return takeReplies(of: client)
    }

    /// Bytes that the client's end will read in the next turn, whatever else happens in it.
    func hold(_ bytes: [UInt8], for client: End) { inFlight[client, default: []] += bytes }

    /// What has been replied since the last look, line ends as blanks.
    func takeReplies(of client: End) -> String {
        defer { received[client] = [] }
        return String(decoding: received[client] ?? [], as: UTF8.self)
            .replacing("\r\n", with: " ").trimmingSpaces
    }

    /// One command from a client of its own.
    @discardableResult
    func command(_ line: String, on node: Int) -> String { send(line, from: client(node)) }

    // MARK: Time

    /// Runs until nothing moves any more at this point of time.
    func settle() {
        var rounds = 0
        while turn() {
            rounds += 1
            precondition(rounds < 200_000, "the cluster comes to rest")
        }
    }

    /// Lets time pass, in steps of 100 ms.
    func pass(milliseconds: Int64) {
        var left = milliseconds
        while left > 0 {
            let step = min(left, 100)
            now.instant = now.instant + .milliseconds(step)
            now.unix = UnixTime(microseconds: now.unix.microseconds + step * 1000)
            left -= step
            settle()
        }
    }

    /// Lets time pass until the condition holds; false after ten minutes.
    func wait(until condition: () -> Bool) -> Bool {
        for _ in 0..<6000 {
            if condition() { return true }
            pass(milliseconds: 100)
        }
        return false
    }

    // MARK: Faults

    /// Lets a session of a node receive bytes that nobody sent.
    func inject(_ bytes: [UInt8], node: Int, session: SessionID) {
        inFlight[End(node: node, session: session), default: []] += bytes
        settle()
    }

    /// Breaks every connection between nodes.
    func cutLinks() {
        let ends = peers.keys.sorted { ($0.node, $0.session.bits) < ($1.node, $1.session.bits) }
        for end in ends {
            guard let peer = peers[end] else { continue }
            close(end)
            close(peer)
        }
        settle()
    }

    /// The ends of a node that are joined to other nodes.
    func links(of node: Int) -> [End] { peers.keys.filter { $0.node == node } }

    private func close(_ end: End) {
        peers[end] = nil
        inFlight[end] = nil
        if nodes[end.node].server.sessions.contains(end.session) {
            nodes[end.node].server.close(end.session, at: now)
        }
    }

    // MARK: A turn of everything

    private func turn() -> Bool {
        var hasMoved = false
        for index in nodes.indices {
            if deliver(to: index) { hasMoved = true }
            if nodes[index].server.nextDeadline <= now.instant {
                nodes[index].server.tick(at: now)
            }
            if perform(index) { hasMoved = true }
            if flush(index) { hasMoved = true }
        }
        return hasMoved
    }

    private func deliver(to index: Int) -> Bool {
        var ready = nodes[index].server.takeResumable()
        for end in ends(of: index) where !stalled.contains(end) {
            let bytes = inFlight[end] ?? []
            let most = largestRead.map { Int.random(in: 1...$0, using: &random) } ?? bytes.count
            let part = bytes.prefix(most)
            inFlight[end] = bytes.count > part.count ? Array(bytes.dropFirst(part.count)) : nil
            guard nodes[index].server.sessions.contains(end.session) else { continue }
            let copy = Array(part)
            nodes[index].server.sessions[end.session].input.append(copy.span)
            if !ready.contains(end.session) { ready.append(end.session) }
        }
        if ready.isEmpty { return false }
        nodes[index].server.execute(ready: ready, at: now)
        return true
    }

    /// The ends of a node that have something to read, in the order of their sessions.
    private func ends(of index: Int) -> [End] {
        inFlight.keys.filter { $0.node == index }.sorted { $0.session.bits < $1.session.bits }
    }

    private func perform(_ index: Int) -> Bool {
        let outputs = nodes[index].server.outputs
        nodes[index].server.outputs = []
        for output in outputs {
            switch output {
            case .log(_, let text): nodes[index].log.append(text)
            case .connectMaster(let host, let port, _): connect(index, host.text, port)
            default: break
            }
        }
        return !outputs.isEmpty
    }

    private func connect(_ index: Int, _ host: String, _ port: Int) {
        guard let target = nodes.indices.first(where: { nodes[$0].port == port }),
            nodes[target].isReachable
        else { return nodes[index].server.masterLinkFailed("Connection refused", at: now) }
        let (accepted, _) = nodes[target].server.accept(
            address: ByteString("127.0.0.1:4\(peers.count)"), localAddress: "127.0.0.1:1",
            fileDescriptor: -1,
            isLocal: true, isUnixSocket: false, at: now)
        let connected = nodes[index].server.masterLinkConnected(
            address: ByteString("\(host):\(port)"), localAddress: "127.0.0.1:1",
            fileDescriptor: -1, at: now)
        guard let accepted, let connected else { return }
        let near = End(node: index, session: connected)
        let far = End(node: target, session: accepted)
        peers[near] = far
        peers[far] = near
    }

    private func flush(_ index: Int) -> Bool {
        var hasMoved = false
        var list: [SessionID] = []
        nodes[index].server.sessions.takeOutput(into: &list)
        for session in list
        where !nodes[index].server.sessions[session].flags.contains(.closeNow) {
            let end = End(node: index, session: session)
            let peer = peers[end]
            if let peer, stalled.contains(peer), inFlight[peer, default: []].count > 1 << 16 {
                // The kernel's buffers are full.
                nodes[index].server.sessions.markOutput(session)
                continue
            }
            var output = OutputBuffer()
            swap(&output, &nodes[index].server.sessions[session].reply.output)
            let bytes = ByteString(output.unsent).bytes
            hasMoved = true
            if let peer {
                inFlight[peer, default: []] += bytes
            } else {
                received[end, default: []] += bytes
            }
            if nodes[index].server.sessions[session].flags.contains(.closeAfterReply) {
                nodes[index].server.sessions.closeNow(session)
            }
        }
        for session in nodes[index].server.sessions.takeClosing() {
            hasMoved = true
            let end = End(node: index, session: session)
            let peer = peers[end]
            close(end)
            if let peer { close(peer) }
        }
        return hasMoved
    }
}

extension String {
    var trimmingSpaces: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

extension Cluster {
    /// Whether every node holds the same data as the first.
    func isInAgreement() -> Bool {
        let digests = nodes.indices.map { command("DEBUG DIGEST", on: $0) }
        return Set(digests).count == 1
    }

    /// Whether the node follows its master, up to the master's last byte.
    func isCaughtUp(_ replica: Int, with master: Int) -> Bool {
        let ours = nodes[replica].server.roles.stream.history
        let theirs = nodes[master].server.roles.stream.history
        return nodes[replica].server.roles.link.isStreaming && ours.id == theirs.id
            && ours.offset == theirs.offset
    }

    func follow(_ replica: Int, _ master: Int) {
        command("REPLICAOF 127.0.0.1 \(7000 + master)", on: replica)
    }
}
