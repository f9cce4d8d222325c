import Bytes
import Determinism
import Glibc
import Reactor
import Testing

/// Whether this machine has an IPv6 loopback address.
private let hasIPv6 = (try? Listener(.ipv6(high: 0, low: 1, port: 0, zone: 0), backlog: 1)) != nil

@Suite struct EchoTests {
    @Test func `bytes come back over TCP`() throws {
        try echo(through: Listener(loopback, backlog: 16))
    }

    @Test(.enabled(if: hasIPv6)) func `bytes come back over IPv6`() throws {
        try echo(through: Listener(.ipv6(high: 0, low: 1, port: 0, zone: 0), backlog: 16))
    }

    @Test func `bytes come back over a unix socket`() throws {
        let directory = TemporaryDirectory()
        let path = "\(directory.path)/socket"
        try echo(through: Listener(path: path, permissions: 0o700, backlog: 16))
        #expect(directory.names == ["socket"])
        // A socket that an earlier process left behind is no obstacle.
        let second = try Listener(path: path, permissions: 0o700, backlog: 16)
        second.removePath()
        #expect(directory.names.isEmpty)
    }

    @Test func `a thousand connections are served`() throws {
        var server = try EchoServer(Listener(loopback, backlog: 128))
        let address = server.listener.address
        var numbers: [Int32] = []
        defer { for number in numbers { close(number) } }
        for index in 0..<1000 {
            numbers.append(try Socket.connect(to: address).release())
            if index % 64 == 63 { server.turn() }
        }
        while server.connections.count < 1000 { server.turn() }
        for number in numbers {
            var output = OutputBuffer()
            output.append("hello")
            #expect(Socket.send(number, from: &output) == .all)
        }
        while server.echoedBytes < 5000 { server.turn() }
        for number in numbers {
            var input = InputBuffer()
            #expect(Socket.receive(number, into: &input, atLeast: 16) == .bytes(5))
        }
        for number in numbers { close(number) }
        numbers = []
        while server.closedCount < 1000 { server.turn() }
        #expect(server.connections.count == 0)
    }

    @Test func `what a slow reader does not take waits, and is sent when it reads`() throws {
        var server = try EchoServer(Listener(loopback, backlog: 16))
        server.pausedAt = 1_000_000
        var client = try EchoClient(server.listener.address)
        let total = 32_000_000
        let block = String(repeating: "0123456789", count: 10_000)
        while client.output.count < total { client.output.append(text: block) }
        // The client does not read: the kernel's buffers fill, then the server's to its limit.
        server.turn()
        let id = try #require(server.sessions.identifiers.first)
        var unsent = 0
        for _ in 0..<100_000 where unsent < 1_000_000 {
            client.flush()
            server.turn(patience: .zero)
            unsent = server.sessions[id].output.count
        }
        #expect(unsent >= 1_000_000)
        var received = 0
        while received < total {
            client.flush()
            server.turn(patience: .zero)
            #expect(server.sessions[id].output.count < 1_200_000)
            while case .bytes(let count) = client.receive() {
                received += count
                client.input.removeAll()
            }
        }
        #expect(received == total)
        server.turn(patience: .zero)
        #expect(server.sessions[id].output.count == 0)
    }

    @Test func `a session that waits for its next request holds no buffer`() throws {
        var server = try EchoServer(Listener(loopback, backlog: 16))
        var client = try EchoClient(server.listener.address)
        client.send("ping")
        while server.echoedBytes < 4 { server.turn() }
        let id = try #require(server.sessions.identifiers.first)
        #expect(server.sessions[id].input.capacity == 0)
    }

    @Test func `a connection attempt that is refused says so`() throws {
        let refused = try Listener(loopback, backlog: 1).address
        var loop = try EventLoop(busyPoll: .zero, processors: 1)
        do throws(SystemError) {
            let socket = try Socket.connect(to: refused)
            try loop.poller.add(socket.number, token: EventToken.link(7).bits, .write)
            _ = loop.poll(until: .distantFuture, now: SystemClock.instant())
            #expect(EventToken(bits: loop.poller[0].token) == .link(7))
            #expect(loop.poller[0].isWritable)
            let error = Socket.connectionError(socket.number)
            #expect(error?.description == "Connection refused")
        } catch {
            #expect(error.code == ECONNREFUSED)
        }
    }

    @Test func `a connection comes from the source address that was asked for`() throws {
        var server = try EchoServer(Listener(loopback, backlog: 16))
        let client = try EchoClient(
            server.listener.address, from: SocketAddress(numeric: "127.0.0.9", port: 0))
        server.turn()
        let id = try #require(server.sessions.identifiers.first)
        let found = server.connections.descriptor(of: id.bits)
        let number = try #require(found)
        let peer = try #require(Socket.peerAddress(number))
        #expect(peer.host == "127.0.0.9")
        #expect(peer == Socket.localAddress(client.socket.number))
    }

    private func echo(through listener: consuming Listener) throws {
        var server = try EchoServer(listener)
        var client = try EchoClient(server.listener.address)
        client.send("one")
        while client.received.utf8.count < 3 {
            server.turn()
            _ = client.receive()
        }
        client.send(" two")
        while client.received.utf8.count < 7 {
            server.turn()
            _ = client.receive()
        }
        #expect(client.received == "one two")
    }
}

@Suite struct ListenTests {
    @Test func `an address in use is an error that names it`() throws {
        let first = try Listener(loopback, backlog: 1)
        do throws(ListenError) {
            try Listener.listen(
                on: [BindAddress("127.0.0.1")], port: first.address.port, backlog: 1
            ) { _ in Issue.record("bound twice") }
            Issue.record("no error")
        } catch {
            #expect(error.cause.code == EADDRINUSE)
            #expect(error.host == "127.0.0.1")
            #expect(error.port == first.address.port)
        }
    }

    @Test func `an optional address that the machine lacks is passed over`() throws {
        var count = 0
        let port = try Listener(loopback, backlog: 1).address.port
        try Listener.listen(
            on: [BindAddress("-192.0.2.77"), BindAddress("127.0.0.1")], port: port, backlog: 1
        ) { _ in count += 1 }
        #expect(count == 1)
        #expect(throws: ListenError.self) {
            try Listener.listen(on: [BindAddress("192.0.2.77")], port: port, backlog: 1) { _ in }
        }
    }

    @Test func `port 0 listens nowhere`() throws {
        try Listener.listen(on: [BindAddress("*")], port: 0, backlog: 1) { _ in
            Issue.record("listening")
        }
    }

    @Test(arguments: [
        ("127.0.0.1", UInt16(6379), "127.0.0.1:6379"), ("::1", 6379, "[::1]:6379"),
        ("2001:db8::5", 1, "[2001:db8::5]:1"), ("255.255.255.255", 65535, "255.255.255.255:65535"),
    ])
    func `addresses are printed as Redis prints them`(
        host: String, port: UInt16, text: String
    ) throws {
        let address = try #require(SocketAddress(numeric: host, port: port))
        #expect(address.text == text)
        #expect(address.host == host)
        #expect(address.port == port)
    }

    @Test func `names, and numbers that are no addresses, are not numeric`() {
        for host in ["localhost", "1.2.3", "1.2.3.4.5", "", "::1%nowhere", "fe80::1%"] {
            #expect(SocketAddress(numeric: host, port: 1) == nil)
        }
        #expect(SocketAddress.unix(path: "/run/rds.sock").text == "/run/rds.sock:0")
    }

    @Test func `loopback is told from the rest`() throws {
        for (host, expected) in [
            ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("::ffff:127.0.0.1", true),
            ("10.0.0.1", false), ("::2", false), ("::ffff:10.0.0.1", false),
        ] {
            let address = try #require(SocketAddress(numeric: host, port: 1))
            #expect(address.isLoopback == expected, "\(host)")
        }
    }
}
