import Bytes
import Foundation
import Protocol
import TestSupport
import Testing

/// A server of a test's own.
private final class OwnServer {
    let directory: TemporaryDirectory
    let port = FreePorts.take()
    private(set) var process: DaemonProcess

    init(_ arguments: [String] = [], directory: TemporaryDirectory? = nil) throws {
        self.directory = try directory ?? TemporaryDirectory()
        process = try DaemonProcess(
            Binaries.program("rds-server"),
            ["--port", "\(port)", "--bind", "127.0.0.1"] + arguments, in: self.directory.path)
    }

    func waitUntilItServes() throws {
        try eventually("the server serves", log: self.process.log) {
            try Connection(port: self.port).call("PING") == .simpleString("PONG")
        }
    }
}

@Suite(.serialized) struct `Bad input` {
    @Test(arguments: [
        ("port abc", "port abc"), ("nonsense yes", "nonsense yes"),
        ("appendonly yes", "appendonly yes"), ("maxmemory 100mb", "maxmemory 100mb"),
        ("save 60", "save 60"), ("aclfile users.acl", "aclfile users.acl"),
    ])
    func `a line that cannot be obeyed stops the start and is named`(
        _ line: String, _ shown: String
    ) throws {
        let directory = try TemporaryDirectory()
        try directory.write("redis.conf", "# comment\nbind 127.0.0.1\n\(line)\n")
        let result = try run(
            Binaries.program("rds-server"), ["redis.conf"], in: directory.path)
        #expect(result.status == 1)
        #expect(result.output.contains("redis.conf"), "\(result.output)")
        #expect(result.output.contains("line 3"), "\(result.output)")
        #expect(result.output.contains(shown), "\(result.output)")
    }

    @Test func `a port in use stops the start`() throws {
        let first = try OwnServer(["--save", ""])
        try first.waitUntilItServes()
        let result = try run(
            Binaries.program("rds-server"), ["--port", "\(first.port)", "--bind", "127.0.0.1"])
        #expect(result.status == 1)
        #expect(result.output.contains("Failed listening on port \(first.port)"))
    }

    @Test func `a directory that is not there stops the start`() throws {
        let result = try run(
            Binaries.program("rds-server"), ["--port", "\(FreePorts.take())", "--dir", "/none"])
        #expect(result.status == 1)
        #expect(result.output.contains("/none"), "\(result.output)")
    }

    @Test func `a damaged file stops the start and stays as it is`() throws {
        let directory = try TemporaryDirectory()
        let server = try OwnServer(directory: directory)
        try server.waitUntilItServes()
        let connection = try Connection(port: server.port)
        for number in 0..<100 { try connection.call("SET", "key:\(number)", "value") }
        #expect(try server.process.terminate() == .exited(0))
        let url = URL(fileURLWithPath: directory.file("dump.rdb"))
        let sound = try Data(contentsOf: url)
        var flipped = sound
        flipped[sound.count / 2] ^= 0x55
        for damaged in [flipped, sound.dropLast(9), Data("NOTAFILE".utf8)] {
            try Data(damaged).write(to: url)
            let result = try run(
                Binaries.program("rds-server"),
                ["--port", "\(FreePorts.take())", "--bind", "127.0.0.1"], in: directory.path)
            #expect(result.status == 1, "\(result.output)")
            #expect(try Data(contentsOf: url) == Data(damaged))
        }
    }

    @Test func `SIGTERM saves where save points are set`() throws {
        let directory = try TemporaryDirectory()
        let first = try OwnServer(directory: directory)
        try first.waitUntilItServes()
        try Connection(port: first.port).call("SET", "kept", "value")
        #expect(try first.process.terminate() == .exited(0))
        #expect(first.process.log.contains("Redis is now ready to exit, bye bye..."))
        let second = try OwnServer(directory: directory)
        try second.waitUntilItServes()
        #expect(try Connection(port: second.port).call("GET", "kept").bytes == "value")
    }

    @Test func `kill during a snapshot leaves the file before it`() throws {
        let directory = try TemporaryDirectory()
        let server = try OwnServer(["--enable-debug-command", "yes"], directory: directory)
        try server.waitUntilItServes()
        let connection = try Connection(port: server.port, timeout: 60)
        try connection.call("SET", "before", "kept")
        #expect(try connection.call("SAVE") == .simpleString("OK"))
        try connection.call("DEBUG", "POPULATE", "300000")
        for _ in 0..<3 { _ = try connection.call("BGSAVE") }
        server.process.kill()
        let again = try OwnServer(directory: directory)
        try again.waitUntilItServes()
        let reader = try Connection(port: again.port)
        #expect(try reader.call("GET", "before").bytes == "kept")
        let count = try reader.call("DBSIZE").integer ?? 0
        #expect(count == 1 || count == 300_001, "half a snapshot was loaded: \(count) keys")
    }

    @Test func `a broken request is answered, and others are served`() throws {
        let server = try OwnServer(["--save", ""])
        try server.waitUntilItServes()
        let other = try Connection(port: server.port)
        for (request, reply) in [
            ("*1\r\n:3\r\n", "-ERR Protocol error: expected '$', got ':'\r\n"),
            ("*x\r\n", "-ERR Protocol error: invalid multibulk length\r\n"),
            ("*1\r\n$-5\r\n", "-ERR Protocol error: invalid bulk length\r\n"),
            ("set \"a\r\n", "-ERR Protocol error: unbalanced quotes in request\r\n"),
            ("*1\r\n$536870913\r\n", "-ERR Protocol error: invalid bulk length\r\n"),
        ] {
            let client = try Connection(port: server.port)
            try client.send(raw: request)
            #expect(try String(decoding: client.receiveToEnd(), as: UTF8.self) == reply)
            #expect(try other.call("PING") == .simpleString("PONG"))
        }
    }

    @Test func `a client that never reads costs bounded memory`() throws {
        let server = try OwnServer(["--save", "", "--client-output-buffer-pause", "1mb"])
        try server.waitUntilItServes()
        let other = try Connection(port: server.port)
        let value = String(repeating: "x", count: 100_000)
        try other.call("SET", "big", value)
        let deaf = try Connection(port: server.port, timeout: 1)
        let request = Array(String(repeating: "GET big\r\n", count: 2000).utf8)
        try deaf.send(raw: request)
        let used = try eventually("memory is told", log: server.process.log) {
            try other.info("used_memory").flatMap { Int($0) }
        }
        #expect(used < 60_000_000, "200 MB of replies were gathered: \(used)")
        #expect(try other.call("PING") == .simpleString("PONG"))
    }

    @Test func `ten thousand connections are served, and one too many is refused`() throws {
        // The client's ends, and what the tests beside this one have open.
        let limit = OpenFiles.raise(to: 11_000)
        try #require(
            limit >= 11_000,
            "\(limit) open files are allowed: raise the hard limit (ulimit -Hn) to 11000")
        let server = try OwnServer(["--save", "", "--maxclients", "10000"])
        try server.waitUntilItServes()
        var connections = [try Connection(port: server.port)]
        try eventually("earlier connections are forgotten") {
            try connections[0].info("connected_clients") == "1"
        }
        while connections.count < 10_000 {
            let next = try Connection(port: server.port)
            connections.append(next)
            // Never more at once than wait to be accepted: the kernel would let one try again in 1 s.
            if connections.count % 256 == 0 { try next.call("PING") }
        }
        for connection in connections { try connection.send(["PING"]) }
        for connection in connections {
            #expect(try connection.receive() == .simpleString("PONG"))
        }
        #expect(try connections[5000].info("connected_clients") == "10000")
        let used = try connections[0].info("used_memory").flatMap { Int($0) } ?? 0
        #expect(used < 100_000_000)
        let extra = try Connection(port: server.port)
        #expect(
            try String(decoding: extra.receiveToEnd(), as: UTF8.self)
                == "-ERR max number of clients reached\r\n")
    }
}
