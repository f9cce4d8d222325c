import Bytes
import CommandCatalog
import Daemon
import Determinism
import Glibc
import Reactor
import Sessions
import Testing

/// A daemon that answers a line with the same line, and `quit` with `bye` and the end.
private struct Parrot: ~Copyable {
    var loop: EventLoop
    var sockets: ClientSockets
    var sessions: SessionTable
    let access = AccessControl()
    let address: SocketAddress
    var closedCount = 0

    init() throws {
        let loop = try EventLoop(busyPoll: .zero, processors: 1)
        let listener = try Listener(loopback, backlog: 16)
        let address = listener.address
        var sockets = ClientSockets()
        try sockets.add(listener, in: loop.poller)
        self.loop = loop
        self.sockets = sockets
        self.address = address
        sessions = SessionTable(catalog: CommandTable(for: .server))
    }

    mutating func turn(patience: Duration = .seconds(5)) {
        let start = SystemClock.instant()
        let now = loop.poll(until: start + patience, now: start).instant
        sockets.collect(loop.poller, &sessions, access, at: now)
        for id in sockets.ready {
            let text = sessions[id].input.readable.text
            sessions[id].input.removeAll()
            if text == "quit" {
                sessions[id].reply.output.append("bye")
                sessions.closeAfterReply(id)
            } else if text == "leave" {
                sessions.closeAfterReply(id)
            } else {
                sessions[id].reply.output.append(text: text)
            }
            sessions.markOutput(id)
        }
        sockets.takeBackBuffers(&sessions, at: now)
        sockets.flush(loop.poller, &sessions, at: now)
        for id in sessions.takeClosing() + sockets.ended {
            sessions.close(id)
            sockets.close(id)
            closedCount += 1
        }
        sockets.ended.removeAll()
    }
}

@Suite struct ClientSocketsTests {
    @Test func `a session is opened, answered and forgotten with its connection`() throws {
        var daemon = try Parrot()
        do {
            var client = try EchoClient(daemon.address)
            client.send("hello")
            while client.received.isEmpty {
                daemon.turn()
                _ = client.receive()
            }
            #expect(client.received == "hello")
            let id = try #require(daemon.sessions.identifiers.first)
            let peer = daemon.sessions[id].address
            #expect(peer.text == Socket.localAddress(client.socket.number)?.text)
            #expect(daemon.sockets.traffic.received == 5)
            #expect(daemon.sockets.traffic.sent == 5)
        }
        while daemon.closedCount == 0 { daemon.turn() }
        #expect(daemon.sessions.count == 0)
    }

    @Test(arguments: [("quit", "bye"), ("leave", "")])
    func `a farewell reaches the client before the end`(request: String, reply: String) throws {
        var daemon = try Parrot()
        var client = try EchoClient(daemon.address)
        client.send(request)
        while daemon.closedCount == 0 { daemon.turn() }
        var last = Received.wouldBlock
        for _ in 0..<1000 where last != .end { last = client.receive() }
        #expect(last == .end)
        #expect(client.received == reply)
    }

    @Test func `clients beyond the limit are told so and closed`() throws {
        var daemon = try Parrot()
        daemon.sessions.limits.maximumClients = 1
        let first = try EchoClient(daemon.address)
        while daemon.sessions.count == 0 { daemon.turn() }
        var second = try EchoClient(daemon.address)
        while daemon.sessions.rejectedCount == 0 { daemon.turn() }
        while second.receive() != .end {}
        #expect(second.received == "-ERR max number of clients reached\r\n")
        #expect(daemon.sessions.count == 1)
        _ = consume first
    }

    @Test func `a client that does not read is not read either, until it does`() throws {
        var daemon = try Parrot()
        daemon.sessions.limits.unsentBytesThatPauseReading = 100_000
        var client = try EchoClient(daemon.address)
        let block = String(repeating: "0123456789", count: 10_000)
        let total = 32_000_000
        while client.output.count < total { client.output.append(text: block) }
        while daemon.sessions.count == 0 { daemon.turn() }
        let id = try #require(daemon.sessions.identifiers.first)
        var isPaused = false
        for _ in 0..<100_000 where !isPaused {
            client.flush()
            daemon.turn(patience: .zero)
            isPaused = daemon.sessions[id].flags.contains(.readingPaused)
        }
        #expect(isPaused)
        let held = daemon.sessions[id].reply.output.count
        #expect(held < 400_000)
        var received = 0
        while received < total {
            client.flush()
            daemon.turn(patience: .zero)
            while case .bytes(let count) = client.receive() {
                received += count
                client.input.removeAll()
            }
        }
        #expect(received == total)
        let isStillPaused = daemon.sessions[id].flags.contains(.readingPaused)
        #expect(!isStillPaused)
    }

    @Test func `a session to be closed at once hears nothing more`() throws {
        var daemon = try Parrot()
        var client = try EchoClient(daemon.address)
        while daemon.sessions.count == 0 { daemon.turn() }
        let id = try #require(daemon.sessions.identifiers.first)
        daemon.sessions[id].reply.output.append("secret")
        daemon.sessions.markOutput(id)
        daemon.sessions.closeNow(id)
        daemon.turn(patience: .zero)
        var last = Received.wouldBlock
        for _ in 0..<1000 where last != .end { last = client.receive() }
        #expect(last == .end)
        #expect(client.received.isEmpty)
    }
}
