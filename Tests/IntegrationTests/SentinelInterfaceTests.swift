import Bytes
import Foundation
import Protocol
import TestSupport
import Testing

/// A sentinel of a test's own, ours or a real one.
private final class OwnSentinel {
    let directory: TemporaryDirectory
    let port = FreePorts.take()
    let process: DaemonProcess

    init(
        _ lines: String, kind: Group.Kind = .ours, mode: Int = 0o644,
        directory: TemporaryDirectory? = nil
    ) throws {
        self.directory = try directory ?? TemporaryDirectory()
        try self.directory.write(
            "sentinel.conf", "# kept\nbind 127.0.0.1\nport \(port)\n\(lines)\n")
        try FileManager.default.setAttributes(
            [.posixPermissions: mode], ofItemAtPath: self.directory.file("sentinel.conf"))
        let program =
            kind == .ours
            ? Binaries.program("rds-sentinel") : try Group.peer("redis-sentinel")
        process = try DaemonProcess(program, ["sentinel.conf"], in: self.directory.path)
        try eventually("the sentinel serves", log: self.process.log) {
            try Connection(port: self.port).call("PING") == .simpleString("PONG")
        }
    }

    func call(_ words: String...) throws -> ReplyValue {
        let connection = try Connection(port: port)
        try connection.send(words)
        return try connection.receive()
    }

    func fields(_ words: String...) throws -> [(name: String, value: String)] {
        let connection = try Connection(port: port)
        try connection.send(words)
        let reply = try connection.receive()
        let flat = reply.elements?.first?.elements ?? reply.elements ?? []
        return stride(from: 0, to: flat.count - 1, by: 2).map {
            (flat[$0].bytes?.text ?? "", flat[$0 + 1].bytes?.text ?? "")
        }
    }
}

/// Accepts connections and says the same to everyone.
private final class Stranger {
    let port = FreePorts.take()
    private let descriptor: Int32

    init(_ words: [UInt8]) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        listen(descriptor, 64)
        let listener = descriptor
        Thread.detachNewThread {
            while true {
                let connection = accept(listener, nil, nil)
                if connection < 0 { return }
                _ = words.withUnsafeBytes {
                    send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                // The other end closes, or the test is over.
                if words.isEmpty { close(connection) }
            }
        }
    }

    deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }
}

@Suite(.serialized) struct `Sentinel's interfaces` {
    @Test(arguments: [0o600, 0o640, 0o644])
    func `the state file keeps its mode and its comments`(mode: Int) throws {
        let sentinel = try OwnSentinel(
            "sentinel monitor group 127.0.0.1 \(FreePorts.take()) 1", mode: mode)
        #expect(
            try sentinel.call("SENTINEL", "SET", "group", "auth-pass", "secret", "quorum", "2")
                == .simpleString("OK"))
        let path = sentinel.directory.file("sentinel.conf")
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == mode)
        let text = sentinel.directory.read("sentinel.conf")
        #expect(text.hasPrefix("# kept\nbind 127.0.0.1\n"))
        #expect(text.contains("sentinel auth-pass group secret\n"))
        let others = try FileManager.default.contentsOfDirectory(atPath: sentinel.directory.path)
        #expect(!others.contains { $0.hasSuffix(".tmp") })
    }

    @Test func `a start without the right to write says what to do`() throws {
        let directory = try TemporaryDirectory()
        try directory.write("sentinel.conf", "port \(FreePorts.take())\n")
        chmod(directory.path, 0o555)
        chmod(directory.file("sentinel.conf"), 0o444)
        defer { chmod(directory.path, 0o755) }
        // Root may write anywhere; whoever else runs the tests may not.
        let isRoot = getuid() == 0
        guard let tool = isRoot ? Binaries.system("setpriv") : "" else { return }
        let program = Binaries.program("rds-sentinel")
        let result =
            isRoot
            ? try run(
                tool,
                ["--reuid=65534", "--clear-groups", program, "sentinel.conf"], in: directory.path)
            : try run(program, ["sentinel.conf"], in: directory.path)
        #expect(result.status == 1)
        #expect(
            result.output.contains(
                "Sentinel config file \(directory.path)/sentinel.conf is not writable: "),
            "\(result.output)")
        #expect(result.output.contains("must be able to write \(directory.path)"))
    }

    @Test func `a state file that cannot be replaced is told of until it can`() throws {
        let sentinel = try OwnSentinel("sentinel monitor group 127.0.0.1 \(FreePorts.take()) 1")
        let path = sentinel.directory.file("sentinel.conf")
        let aside = sentinel.directory.file("aside.conf")
        try FileManager.default.moveItem(atPath: path, toPath: aside)
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false)
        #expect(
            try sentinel.call("SENTINEL", "SET", "group", "quorum", "3")
                == .error("ERR Failed to save config file. Check server logs."))
        #expect(
            try sentinel.fields("SENTINEL", "MASTER", "group")
                .contains { $0.name == "config-error" })
        let connection = try Connection(port: sentinel.port)
        #expect(try connection.info("sentinel_config_last_write_status") == "err")
        try FileManager.default.removeItem(atPath: path)
        try eventually("the state is stored", log: sentinel.process.log) {
            try connection.info("sentinel_config_last_write_status") == "ok"
        }
        #expect(sentinel.directory.read("sentinel.conf").contains(" 3\n"))
    }

    @Test func `what was set at run time survives a restart`() throws {
        let master = FreePorts.take()
        let first = try OwnSentinel("sentinel monitor group 127.0.0.1 \(master) 1")
        _ = try first.call(
            "SENTINEL", "SET", "group", "quorum", "4", "down-after-milliseconds", "7000",
            "failover-timeout", "9000", "parallel-syncs", "3", "auth-user", "someone", "auth-pass",
            "pass word", "rename-command", "CONFIG", "hidden", "master-reboot-down-after-period",
            "1234")
        _ = try first.call("SENTINEL", "MONITOR", "second", "127.0.0.1", "\(master)", "2")
        _ = try first.call(
            "SENTINEL", "CONFIG", "SET", "announce-ip", "10.0.0.1", "announce-port", "7777",
            "sentinel-user", "peer", "sentinel-pass", "peer word", "resolve-hostnames", "yes",
            "announce-hostnames", "yes")
        first.process.kill()
        let before = first.directory.read("sentinel.conf")
        let process = try DaemonProcess(
            Binaries.program("rds-sentinel"), ["sentinel.conf"], in: first.directory.path)
        try eventually("it serves again", log: process.log) {
            try Connection(port: first.port).call("PING") == .simpleString("PONG")
        }
        _ = try first.call("SENTINEL", "FLUSHCONFIG")
        #expect(first.directory.read("sentinel.conf") == before)
        for line in [
            "sentinel monitor second 127.0.0.1 \(master) 2", "sentinel auth-user group someone",
            "sentinel auth-pass group \"pass word\"", "sentinel rename-command group CONFIG hidden",
            "sentinel master-reboot-down-after-period group 1234",
            "sentinel parallel-syncs group 3",
            "sentinel announce-ip 10.0.0.1", "sentinel announce-port 7777",
            "sentinel sentinel-user peer", "sentinel sentinel-pass \"peer word\"",
            "sentinel resolve-hostnames yes", "sentinel announce-hostnames yes",
        ] {
            #expect(before.contains(line + "\n"), "\(line)")
        }
        process.kill()
        // The real one reads it as well.
        guard let real = Binaries.system("redis-sentinel") else { return }
        let reader = try DaemonProcess(real, ["sentinel.conf"], in: first.directory.path)
        try eventually("redis-sentinel reads the file", log: reader.log) {
            try Connection(port: first.port).call("PING") == .simpleString("PONG")
        }
        let fields = try first.fields("SENTINEL", "MASTER", "group")
        #expect(fields.first { $0.name == "quorum" }?.value == "4")
    }

    @Test func `replies keep their order while one waits for the disk or for a name`() throws {
        let sentinel = try OwnSentinel(
            "sentinel resolve-hostnames yes\nsentinel monitor group 127.0.0.1 1 1")
        let connection = try Connection(port: sentinel.port)
        for _ in 0..<20 {
            try connection.send(["SENTINEL", "SET", "group", "quorum", "2"])
            try connection.send(["PING", "first"])
            try connection.send(["SENTINEL", "MONITOR", "other", "localhost", "x", "1"])
            try connection.send(["SENTINEL", "MONITOR", "other", "localhost", "1", "1"])
            try connection.send(["PING", "second"])
            try connection.send(["SENTINEL", "REMOVE", "other"])
            #expect(try connection.receive() == .simpleString("OK"))
            #expect(try connection.receive() == .bulk("first"))
            #expect(try connection.receive() == .error("ERR Invalid port"))
            #expect(try connection.receive() == .simpleString("OK"))
            #expect(try connection.receive() == .bulk("second"))
            #expect(try connection.receive() == .simpleString("OK"))
        }
    }

    @Test func `names are resolved beside the loop`() throws {
        let port = FreePorts.take()
        let sentinel = try OwnSentinel(
            """
            sentinel resolve-hostnames yes
            sentinel monitor named localhost \(port) 1
            sentinel monitor nowhere no-such-host.invalid \(port) 1
            """)
        try eventually("the name is resolved", log: sentinel.process.log) {
            try sentinel.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "named").elements?.first?
                .bytes?.text == "127.0.0.1"
        }
        #expect(
            try sentinel.call("SENTINEL", "MONITOR", "other", "no-such-host.invalid", "1", "1")
                == .error("ERR Invalid IP address or hostname specified"))
        #expect(
            try sentinel.call("SENTINEL", "MONITOR", "other", "localhost", "\(port)", "1")
                == .simpleString("OK"))
        _ = try sentinel.call("SENTINEL", "CONFIG", "SET", "announce-hostnames", "yes")
        #expect(
            try sentinel.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "other").elements?.first?
                .bytes?.text == "localhost")
    }

    @Test func `a notification script is told of warnings`() throws {
        let directory = try TemporaryDirectory()
        try directory.write("notify", "#!/bin/sh\necho \"$1|$2\" >> \(directory.path)/told\n")
        chmod(directory.file("notify"), 0o755)
        let master = FreePorts.take()
        let sentinel = try OwnSentinel(
            """
            sentinel monitor group 127.0.0.1 \(master) 1
            sentinel notification-script group \(directory.path)/notify
            """, directory: directory)
        #expect(
            try sentinel.call("SENTINEL", "SET", "group", "notification-script", "/bin/true")
                == .error(
                    ByteString(
                        "ERR Reconfiguration of scripts path is denied for security reasons. Check "
                            + "the deny-scripts-reconfig configuration directive in your Sentinel "
                            + "configuration")))
        _ = try sentinel.call("SENTINEL", "SET", "group", "quorum", "2")
        try eventually("the script was run", log: sentinel.process.log) {
            directory.read("told").contains(
                "+set|master group 127.0.0.1 \(master) quorum 2\n")
        }
        #expect(
            directory.read("told").contains(
                "+monitor|master group 127.0.0.1 \(master) quorum 1\n"))
    }

    @Test(arguments: [
        "*99999999\r\n", "$999999999999\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n",
        "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n", "\u{0}\u{1}\u{2}",
        "+PONG\r\n+PONG\r\n+PONG\r\n+PONG\r\n", "",
        "*3\r\n$7\r\nmessage\r\n$18\r\n__sentinel__:hello\r\n$3\r\na,b\r\n",
    ])
    func `what strangers say neither kills nor fills the log`(words: String) throws {
        let stranger = Stranger(Array(words.utf8))
        let sentinel = try OwnSentinel(
            """
            sentinel monitor group 127.0.0.1 \(stranger.port) 1
            sentinel down-after-milliseconds group 2000
            """)
        let start = Date()
        try eventually("some seconds pass", log: sentinel.process.log) {
            Date().timeIntervalSince(start) > 3
        }
        #expect(try sentinel.call("PING") == .simpleString("PONG"))
        #expect(
            try sentinel.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "group")
                == .array([.bulk("127.0.0.1"), .bulk(text: "\(stranger.port)")]))
        let lines = sentinel.process.log.split(separator: "\n")
        #expect(lines.count { $0.contains("no reply") || $0.contains("Ignoring") } <= 1)
        #expect(lines.count < 40, "\(sentinel.process.log)")
    }
}

/// Side by side with redis-sentinel: names, order and errors.
@Suite(.serialized) struct `Sentinel beside redis-sentinel` {
    @Test func `fields of masters, replicas, sentinels and INFO`() throws {
        let group = try Group(servers: [.redis, .redis], sentinels: [.ours, .redis])
        let ours = try Connection(port: group.sentinels[0])
        let real = try Connection(port: group.sentinels[1])
        for subcommand in ["MASTER", "REPLICAS", "SENTINELS"] {
            func names(_ connection: Connection) throws -> [String] {
                let reply = try connection.call("SENTINEL", subcommand, Group.name)
                let flat = reply.elements?.first?.elements ?? reply.elements ?? []
                return stride(from: 0, to: flat.count, by: 2).map { flat[$0].bytes?.text ?? "" }
            }
            #expect(try names(ours) == names(real))
        }
        for section in ["server", "clients", "stats", "cpu", "sentinel"] {
            func names(_ connection: Connection) throws -> [String] {
                let text = try connection.call("INFO", section).bytes?.text ?? ""
                return text.split(separator: "\r\n").map { String($0.prefix { $0 != ":" }) }
            }
            let missing = Set(try names(real)).subtracting(try names(ours)).subtracting([
                // These say how redis-server was built, and what its loop measures.
                "gcc_version", "atomicvar_api", "total_reads_processed", "total_writes_processed",
                "eventloop_cycles", "eventloop_duration_sum", "eventloop_duration_cmd_sum",
                "instantaneous_eventloop_cycles_per_sec", "instantaneous_eventloop_duration_usec",
            ])
            #expect(missing.isEmpty, "\(section)")
        }
    }

    @Test func `replies and errors`() throws {
        let port = FreePorts.take()
        let lines = "sentinel monitor group 127.0.0.1 \(port) 2"
        let ours = try OwnSentinel(lines)
        let real = try OwnSentinel(lines, kind: .redis)
        let ourConnection = try Connection(port: ours.port)
        let realConnection = try Connection(port: real.port)
        for text in Self.requests {
            let words = text.split(separator: " ").map { $0 == "''" ? "" : String($0) }
            try ourConnection.send(words)
            try realConnection.send(words)
            #expect(try ourConnection.receive() == realConnection.receive(), "\(text)")
        }
    }

    /// All that 7.0 and 7.2 answer alike.
    private static let requests = [
        "PING", "PING x", "ROLE", "ROLE x", "SENTINEL", "SENTINEL foo", "SENTINEL foo bar",
        "SENTINEL master", "SENTINEL master nobody", "SENTINEL masters x", "SENTINEL slaves nobody",
        "SENTINEL sentinels", "SENTINEL sentinels group", "SENTINEL replicas group",
        "SENTINEL get-master-addr-by-name group", "SENTINEL get-master-addr-by-name nobody",
        "SENTINEL is-master-down-by-addr 127.0.0.1 1 0 *",
        "SENTINEL is-master-down-by-addr 127.0.0.1 x 0 *",
        "SENTINEL is-master-down-by-addr 127.0.0.1 1 y *", "SENTINEL is-master-down-by-addr a 1",
        "SENTINEL ckquorum group", "SENTINEL ckquorum nobody", "SENTINEL myid x",
        "SENTINEL config get nothing", "SENTINEL config",
        "SENTINEL config set announce-port -1", "SENTINEL config set foo bar",
        "SENTINEL config set resolve-hostnames maybe",
        "SENTINEL config set announce-ip ''", "SENTINEL config set sentinel-user ''",
        "SENTINEL debug", "SENTINEL debug info-period", "SENTINEL debug foo 1",
        "SENTINEL debug info-period x", "SENTINEL debug INFO-PERIOD 10000 ping-period 1000",
        "SENTINEL set group", "SENTINEL set group quorum", "SENTINEL set group quorum x",
        "SENTINEL set group quorum 0", "SENTINEL set group foo bar", "SENTINEL set nobody quorum 1",
        "SENTINEL set group down-after-milliseconds 0", "SENTINEL set group parallel-syncs 0",
        "SENTINEL set group down-after-milliseconds 5000 failover-timeout 20000",
        "SENTINEL set group rename-command a", "SENTINEL set group rename-command a ''",
        "SENTINEL set group rename-command '' b", "SENTINEL set group rename-command foo bar",
        "SENTINEL set group RENAME-COMMAND foo foo",
        "SENTINEL set group notification-script /bin/true",
        "SENTINEL set group master-reboot-down-after-period -1", "SENTINEL monitor",
        "SENTINEL monitor a b c d", "SENTINEL monitor a 127.0.0.1 c 1",
        "SENTINEL monitor a 127.0.0.1 1 0", "SENTINEL monitor a no-host 1 1",
        "SENTINEL monitor a 127.0.0.1 99999 1", "SENTINEL monitor group 127.0.0.1 1 1",
        "SENTINEL remove nobody", "SENTINEL reset nobody*", "SENTINEL reset",
        "SENTINEL failover nobody", "SENTINEL failover group", "SENTINEL flushconfig",
        "SENTINEL flushconfig x", "SENTINEL pending-scripts", "SENTINEL info-cache",
        "SENTINEL info-cache nobody", "SENTINEL simulate-failure help",
        "SENTINEL simulate-failure foo", "SENTINEL simulate-failure", "PUBLISH foo bar",
        "PUBLISH __sentinel__:hello garbage", "PUBLISH", "SUBSCRIBE", "GET a", "SELECT 0",
        "CONFIG GET *", "AUTH x", "AUTH a b", "AUTH", "HELLO 9", "SHUTDOWN foo",
        "SHUTDOWN SAVE NOSAVE", "MONITOR", "TIME", "SENTINEL set group QUORUM 0",
        "SENTINEL set group down-after-milliseconds 9999999999", "CLIENT GETREDIR",
        "CLIENT TRACKINGINFO", "CLIENT TRACKING off", "CLIENT CACHING yes", "CLIENT UNPAUSE",
        "CLIENT UNBLOCK 1", "CLIENT NO-EVICT", "CLIENT KILL ID 99", "CLIENT foo",
    ]
}
