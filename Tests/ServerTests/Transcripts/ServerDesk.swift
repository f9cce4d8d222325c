import Bytes
import Determinism
import Protocol
import Server
import Sessions
import TestSupport

/// A whole server between named connections: requests go in as bytes, replies come out as bytes.
final class ServerDesk {
    var server: Server
    var now = Moment(
        instant: Instant(nanoseconds: 1_000_000_000),
        unix: UnixTime(milliseconds: 1_700_000_000_000))
    private var names: [String: SessionID] = [:]
    private var ports = 40_000

    init(_ change: (inout ServerSettings) -> Void = { _ in }) {
        var settings = ServerSettings()
        change(&settings)
        let identity = ProcessIdentity(
            processID: 1, runID: String(repeating: "a", count: 40), executable: "rds-server",
            configurationFile: "", startedAt: now, operatingSystem: "Linux",
            architectureBits: 64, systemMemory: 1 << 30)
        server = Server(
            settings: settings, identity: identity, seed: 1, hashSeed: (1, 2), at: now)
    }

    @discardableResult
    func connect(_ name: String) -> SessionID {
        ports += 1
        let (session, _) = server.accept(
            address: ByteString("127.0.0.1:\(ports)"), localAddress: "127.0.0.1:6379",
            fileDescriptor: 8, isLocal: true, isUnixSocket: false, at: now)
        guard let session else { preconditionFailure("the server accepts \(name)") }
        names[name] = session
        return session
    }

    func id(_ name: String) -> SessionID { names[name] ?? connect(name) }

    /// Runs turns at the desk's time until nothing is left to do.
    func run(ready: [SessionID] = []) {
        server.execute(ready: ready, at: now)
        server.tick(at: now)
        var more = server.takeResumable()
        while !more.isEmpty {
            server.execute(ready: more, at: now)
            more = server.takeResumable()
        }
    }

    /// Sends one request and runs; what every connection received, as a transcript shows it.
    func send(_ name: String, _ text: String) -> [String] {
        write(name, text)
        run(ready: [id(name)])
        return collect(first: name)
    }

    /// Puts one request into the connection's input.
    func write(_ name: String, _ text: String) {
        let id = id(name)
        guard let words = QuotedWords.split(Array(text.utf8).span) else {
            preconditionFailure("quotes are balanced")
        }
        var encoded = ReplyWriter()
        encoded.array(count: words.count)
        for word in words { encoded.bulk(word) }
        server.sessions[id].input.append(encoded.output.unsent)
    }

    /// Sends one request and runs; what its connection received.
    func reply(_ name: String, _ text: String) -> String {
        write(name, text)
        run(ready: [id(name)])
        return received(name)
    }

    /// What a connection received since the last look.
    func received(_ name: String) -> String {
        let id = id(name)
        let text = Transcript.shown(ByteString(server.sessions[id].reply.output.unsent).bytes)
        server.sessions[id].reply.output.removeAll()
        return text
    }

    private func collect(first: String) -> [String] {
        var lines: [String] = []
        let closing = server.sessions.takeClosing()
        for name in [first] + names.keys.filter({ $0 != first }).sorted() {
            let id = id(name)
            let text = received(name)
            let session = "$2|id|:\(server.sessions[id].clientID)|"
            if !text.isEmpty {
                lines.append("\(name)< " + text.replacing(session, with: "$2|id|:{\(name)}|"))
            }
            if closing.contains(id) || server.sessions[id].flags.contains(.closeAfterReply) {
                lines.append("\(name)! closed")
                server.close(id, at: now)
                names[name] = nil
            }
        }
        return lines
    }
}
