import Bytes
import Foundation
import Protocol
import TestSupport
import Testing

/// A master is changed while a client writes: what was acknowledged is still there.
@Suite(.serialized) struct `Planned failovers` {
    /// A redis-py client that writes numbers through the sentinels until it is told to stop, then
    /// reads all that were acknowledged back.
    private static let writer = """
        import sys, threading, time
        import redis
        from redis.sentinel import Sentinel
        ports = [int(p) for p in sys.argv[1].split(",")]
        sentinel = Sentinel([("127.0.0.1", p) for p in ports], socket_timeout=2.0)
        master = sentinel.master_for("\(Group.name)", socket_timeout=2.0)
        stopped = threading.Event()
        threading.Thread(target=lambda: (sys.stdin.readline(), stopped.set()), daemon=True).start()
        acknowledged, failed, number = [], 0, 0
        gap, last = 0.0, time.monotonic()
        print("ready", flush=True)
        while not stopped.is_set() or len(acknowledged) < 200:
            number += 1
            try:
                if master.set(f"n:{number}", number):
                    acknowledged.append(number)
                    now = time.monotonic()
                    gap, last = max(gap, now - last), now
            except redis.exceptions.RedisError:
                failed += 1
        # A client that has been cut off meanwhile connects anew.
        end = time.monotonic() + 60
        def read(n):
            while True:
                try:
                    return master.get(f"n:{n}")
                except redis.exceptions.RedisError:
                    assert time.monotonic() < end, "no master in time"
        lost = sum(1 for n in acknowledged if read(n) is None)
        print(f"acknowledged {len(acknowledged)} failed {failed} lost {lost} "
              f"gap-ms {int(gap * 1000)}", flush=True)
        """

    /// What the writer told at its end.
    private func figures(_ text: String) -> [String: Int] {
        guard let line = text.split(separator: "\n").last(where: { $0.hasPrefix("acknowledged") })
        else { return [:] }
        let words = line.split(separator: " ").map(String.init)
        var figures: [String: Int] = [:]
        for index in stride(from: 0, to: words.count - 1, by: 2) {
            figures[words[index]] = Int(words[index + 1])
        }
        return figures
    }

    /// Runs the writer while `body` does what it does.
    private func write(
        to group: Group, during body: () throws -> Void
    ) throws -> [String: Int] {
        let directory = try TemporaryDirectory()
        let path = try directory.write("writer.py", Self.writer)
        let process = Process()
        let output = Pipe()
        let input = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [path, group.sentinels.map(String.init).joined(separator: ",")]
        process.standardOutput = output
        process.standardError = output
        process.standardInput = input
        try process.run()
        var text = ""
        while !text.contains("ready"), process.isRunning {
            text += String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        }
        try body()
        input.fileHandleForWriting.write(Data("stop\n".utf8))
        text += String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text)")
        return figures(text)
    }

    /// Waits until every sentinel names another master than `old`; its port.
    @discardableResult
    private func switched(_ group: Group, from old: Int) throws -> Int {
        try eventually("a new master", seconds: 30, log: group.logs) {
            let ports = try group.sentinels.map { try group.masterPort(by: $0) }
            return Set(ports).count == 1 && ports[0] != old ? ports[0] : nil
        }
    }

    @Test func `redis-py at full speed loses no acknowledged write`() throws {
        let group = try Group(
            servers: [.ours, .ours, .ours], sentinels: [.ours, .ours, .ours], downAfter: 5000)
        let old = try group.masterPort(by: group.sentinels[0])
        let figures = try write(to: group) {
            let reply = try Connection(port: group.sentinels[0], timeout: 20)
                .call("SENTINEL", "FAILOVER", Group.name)
            #expect(reply == .simpleString("OK"))
            let new = try switched(group, from: old)
            for port in group.servers where port != new {
                try eventually("\(port) follows", seconds: 30, log: group.logs) {
                    try Connection(port: port).info("master_link_status") == "up"
                }
            }
            // Nobody needed all the data again.
            let heir = try Connection(port: new)
            #expect(try heir.info("sync_full") == "0")
        }
        #expect(figures["lost"] == 0, "\(figures)\n\(group.logs)")
        #expect((figures["acknowledged"] ?? 0) >= 200, "\(figures)")
    }

    @Test func `COORDINATED replies with what it took, and TIMELINE keeps it`() throws {
        let group = try Group(
            servers: [.ours, .ours, .ours], sentinels: [.ours, .ours, .ours], downAfter: 5000)
        let old = try group.masterPort(by: group.sentinels[0])
        let target = group.servers[2]
        let sentinel = try Connection(port: group.sentinels[1], timeout: 20)
        let reply = try sentinel.call(
            "SENTINEL", "FAILOVER", Group.name, "COORDINATED", "TO", "127.0.0.1", "\(target)")
        let words = reply.elements?.map { $0.bytes?.text ?? "" } ?? []
        #expect(words.contains("done") && words.contains("127.0.0.1:\(target)"), "\(reply)")
        #expect(try switched(group, from: old) == target)
        for port in group.sentinels {
            let timeline = try Connection(port: port).call("SENTINEL", "TIMELINE", Group.name)
            #expect((timeline.elements?.count ?? 0) >= 1, "\(port)")
        }
        #expect(try Connection(port: old).info("role") == "slave")
    }

    @Test func `a master that is stopped hands over first`() throws {
        let group = try Group(
            servers: [.ours, .ours, .ours], sentinels: [.ours, .ours, .ours], downAfter: 5000)
        let old = try group.masterPort(by: group.sentinels[0])
        let index = group.servers.firstIndex(of: old) ?? 0
        let figures = try write(to: group) {
            _ = try group.serverProcesses[index].terminate()
            try switched(group, from: old)
        }
        #expect(figures["lost"] == 0, "\(figures)\n\(group.logs)")
        #expect(
            group.serverProcesses[index].log.contains("A replica has taken over: shutting down."))
    }

    @Test func `a leader that dies at the promotion loses nothing either`() throws {
        let group = try Group(
            servers: [.ours, .ours, .ours], sentinels: [.ours, .ours, .ours], downAfter: 1000)
        let old = try group.masterPort(by: group.sentinels[0])
        let others = group.sentinels.dropFirst()
        let figures = try write(to: group) {
            let leader = try Connection(port: group.sentinels[0], timeout: 20)
            try leader.call("SENTINEL", "SIMULATE-FAILURE", "crash-after-promotion")
            let reply = try leader.call("SENTINEL", "FAILOVER", Group.name)
            #expect(reply == .simpleString("OK"))
            let heir = try eventually("a replica is promoted", seconds: 30, log: group.logs) {
                try group.servers.first {
                    try $0 != old && Connection(port: $0).info("role") == "master"
                }
            }
            // The master is told nothing, says so after a while, and the others settle it.
            let new = try eventually("the others agree", seconds: 90, log: group.logs) {
                let ports = try others.map { try group.masterPort(by: $0) }
                return Set(ports).count == 1 && ports[0] != old ? ports[0] : nil
            }
            #expect(new == heir, "\(group.logs)")
        }
        #expect(figures["lost"] == 0, "\(figures)\n\(group.logs)")
    }

    @Test func `a master of another make is replaced as ever, and the log says what that means`()
        throws
    {
        let group = try Group(
            servers: [.redis, .ours, .ours], sentinels: [.ours, .ours, .ours], downAfter: 5000)
        let old = try group.masterPort(by: group.sentinels[0])
        let sentinel = try Connection(port: group.sentinels[0], timeout: 20)
        let refusal = try sentinel.call("SENTINEL", "FAILOVER", Group.name, "COORDINATED")
        #expect(refusal.errorText?.text.hasPrefix("NOSWITCHOVER ") == true, "\(refusal)")
        let reply = try sentinel.call("SENTINEL", "FAILOVER", Group.name)
        #expect(reply == .simpleString("OK"))
        try switched(group, from: old)
        #expect(
            group.sentinelProcesses[0].log.contains("can't be told to hold its writes back"),
            "\(group.logs)")
    }

    @Test func `a sentinel of ours coordinates with the votes of real ones`() throws {
        let group = try Group(
            servers: [.ours, .ours, .ours], sentinels: [.ours, .redis, .redis], downAfter: 5000)
        let old = try group.masterPort(by: group.sentinels[0])
        let figures = try write(to: group) {
            let reply = try Connection(port: group.sentinels[0], timeout: 20)
                .call("SENTINEL", "FAILOVER", Group.name, "COORDINATED")
            #expect(field("outcome", of: reply) == "done", "\(reply)\n\(group.logs)")
            try switched(group, from: old)
        }
        #expect(figures["lost"] == 0, "\(figures)\n\(group.logs)")
        let index = group.servers.firstIndex(of: old) ?? 0
        #expect(group.serverProcesses[index].log.contains("is about to take over"))
    }

    @Test func `real sentinels and servers of ours fail over as they always did`() throws {
        let group = try Group(
            servers: [.ours, .ours, .ours], sentinels: [.redis, .redis, .redis], downAfter: 5000)
        let old = try group.masterPort(by: group.sentinels[0])
        let reply = try Connection(port: group.sentinels[0], timeout: 20)
            .call("SENTINEL", "FAILOVER", Group.name)
        #expect(reply == .simpleString("OK"))
        try switched(group, from: old)
    }

    /// A field of a reply that is a flat list of names and values.
    private func field(_ name: String, of reply: ReplyValue) -> String? {
        let words = reply.elements ?? []
        return stride(from: 0, to: words.count - 1, by: 2).first { words[$0].bytes?.text == name }
            .flatMap { words[$0 + 1].bytes?.text }
    }
}
