import Bytes
import Determinism
import Server
import Testing

@Suite struct `A master that sentinels watch` {
    private static let record = Array(
        """
        rds-role 1
        role master
        sentinel \(String(repeating: "a", count: 40)) 127.0.0.1 26379 3 mymaster
        sentinel \(String(repeating: "b", count: 40)) 127.0.0.1 26380 3 mymaster
        sentinel \(String(repeating: "c", count: 40)) 127.0.0.1 26381 3 mymaster

        """.utf8)

    private func running(record: [UInt8]? = record, fence: Bool = true) -> RunningServer {
        var settings = ServerSettings()
        settings.masterFence = fence
        var running = RunningServer(settings)
        running.server.start(record: record, at: running.now)
        return running
    }

    private static func hello(
        _ letter: String, port: Int, master: Int = 6379, epoch: Int = 3
    ) -> String {
        "127.0.0.1,\(port),\(String(repeating: letter, count: 40)),9,mymaster,127.0.0.1,"
            + "\(master),\(epoch)"
    }

    private func publish(_ running: inout RunningServer, _ hello: String) {
        let (id, _) = running.server.accept(
            address: "127.0.0.1:50001", localAddress: "127.0.0.1:6379", fileDescriptor: 10,
            isLocal: true, isUnixSocket: false, at: running.now)
        guard let id else { return }
        let text = "*3\r\n$7\r\nPUBLISH\r\n$18\r\n__sentinel__:hello\r\n$\(hello.utf8.count)\r\n"
        let bytes = Array("\(text)\(hello)\r\n".utf8)
        running.server.sessions[id].input.append(bytes.span)
        running.server.execute(ready: [id], at: running.now)
    }

    /// The text of the last record that was to be stored.
    private func stored(_ running: inout RunningServer) -> String? {
        running.takeOutputs().reversed().firstNonNil { output in
            if case .storeRecord(_, let text) = output {
                return String(decoding: text ?? [], as: UTF8.self)
            }
            return nil
        }
    }

    @Test func `that restarted answers, reads, and refuses writes and replicas`() {
        var running = running()
        #expect(running.ask("PING") == "+PONG\r\n")
        #expect(running.ask("GET", "key") == "$-1\r\n")
        #expect(running.ask("SET", "key", "1").hasPrefix("-READONLY You can't write"))
        #expect(running.ask("FLUSHALL").hasPrefix("-READONLY"))
        #expect(running.ask("PSYNC", "?", "-1").hasPrefix("-NOMASTERLINK"))
        let info = infoFields(running.ask("INFO"))
        #expect(info["role"] == "master" && info["rds_fenced"] == "1")
        _ = running.ask("MULTI")
        #expect(running.ask("SET", "key", "1").hasPrefix("-READONLY"))
        #expect(running.ask("EXEC").hasPrefix("-EXECABORT"))
    }

    @Test func `takes writes again when two of three sentinels have named it`() {
        var running = running()
        publish(&running, Self.hello("a", port: 26_379))
        #expect(running.ask("SET", "key", "1").hasPrefix("-READONLY"))
        publish(&running, Self.hello("b", port: 26_380, epoch: 2))
        #expect(running.ask("SET", "key", "1").hasPrefix("-READONLY"))
        publish(&running, Self.hello("c", port: 26_381))
        #expect(running.ask("SET", "key", "1") == "+OK\r\n")
        #expect(infoFields(running.ask("INFO"))["rds_fenced"] == nil)
    }

    @Test func `is not fenced without a record, by a broken one, or when told not to be`() {
        for record in [nil, Array("nonsense\n".utf8), []] as [[UInt8]?] {
            var running = running(record: record)
            #expect(running.ask("SET", "key", "1") == "+OK\r\n")
        }
        var off = running(fence: false)
        #expect(off.ask("SET", "key", "1") == "+OK\r\n")
        var on = running()
        #expect(on.ask("CONFIG", "SET", "master-fence", "no") == "+OK\r\n")
        #expect(on.ask("SET", "key", "1") == "+OK\r\n")
    }

    @Test func `is freed by a person, and its record is removed`() {
        var running = running()
        #expect(running.ask("REPLICAOF", "NO", "ONE") == "+OK\r\n")
        #expect(running.ask("SET", "key", "1") == "+OK\r\n")
        #expect(stored(&running) == "")
    }

    @Test func `records who names it, by its own address or the announced one`() {
        var settings = ServerSettings()
        settings.replicaAnnounceIP = "db.example"
        settings.replicaAnnouncePort = 7777
        var running = RunningServer(settings)
        running.server.start(record: nil, at: running.now)
        publish(&running, Self.hello("a", port: 26_379))
        publish(
            &running,
            Self.hello("b", port: 26_380).replacing("127.0.0.1,6379", with: "db.example,7777"))
        publish(&running, Self.hello("c", port: 26_381, master: 6380))
        let text = stored(&running) ?? ""
        #expect(text.split(separator: "\n").count { $0.hasPrefix("sentinel ") } == 2)
        #expect(text.contains("role master"))
    }

    @Test func `takes no write once a recorded sentinel names another of a newer epoch`() {
        var running = running(record: nil)
        publish(&running, Self.hello("a", port: 26_379))
        publish(&running, Self.hello("b", port: 26_380, master: 6390, epoch: 9))
        #expect(running.ask("SET", "key", "1") == "+OK\r\n")
        publish(&running, Self.hello("a", port: 26_379, master: 6390, epoch: 4))
        #expect(running.ask("SET", "key", "1").hasPrefix("-READONLY"))
        #expect(stored(&running)?.contains("superseded 4 mymaster") == true)
        #expect(running.ask("REPLICAOF", "127.0.0.1", "6390") == "+OK\r\n")
        #expect(stored(&running)?.contains("role replica") == true)
    }

    @Test func `that stood still is fenced before it executes anything`() {
        var running = running(record: nil)
        publish(&running, Self.hello("a", port: 26_379))
        running.server.tick(at: running.now)
        running.now.instant = running.now.instant + .milliseconds(5001)
        #expect(running.ask("SET", "key", "1").hasPrefix("-READONLY"))
        publish(&running, Self.hello("a", port: 26_379))
        #expect(running.ask("SET", "key", "1") == "+OK\r\n")
    }

    @Test func `learns from our sentinels how long a stall is`() {
        var running = running(record: nil)
        publish(&running, Self.hello("a", port: 26_379))
        let id = String(repeating: "z", count: 40)
        #expect(running.ask("RDS", "SENTINEL", id, "mymaster", "200", "9000", id) == "+OK\r\n")
        #expect(running.ask("RDS", "SENTINEL", id, "mymaster", "0", "9000").hasPrefix("-ERR"))
        running.now.instant = running.now.instant + .milliseconds(201)
        #expect(running.ask("SET", "key", "1").hasPrefix("-READONLY"))
    }
}

extension Sequence {
    fileprivate func firstNonNil<Result>(_ transform: (Element) -> Result?) -> Result? {
        for element in self { if let result = transform(element) { return result } }
        return nil
    }
}
