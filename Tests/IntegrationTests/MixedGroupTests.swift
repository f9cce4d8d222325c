import Foundation
import TestSupport
import Testing

/// Our programs among the real ones: whoever leads, the group survives its master.
@Suite(.serialized) struct `Mixed groups` {
    @Test func `two real sentinels and one of ours elect and agree`() throws {
        let group = try Group(
            servers: [.ours, .ours, .ours], sentinels: [.ours, .redis, .redis])
        try check(group)
    }

    @Test func `two of our sentinels and a real one elect and agree`() throws {
        let group = try Group(
            servers: [.ours, .ours, .redis], sentinels: [.ours, .ours, .redis])
        try check(group)
    }

    @Test func `our sentinels look after real servers`() throws {
        let group = try Group(
            servers: [.redis, .redis, .redis], sentinels: [.ours, .ours, .ours])
        try check(group)
    }

    @Test func `real sentinels look after our servers`() throws {
        let group = try Group(
            servers: [.ours, .ours, .ours], sentinels: [.redis, .redis, .redis])
        try check(group)
    }

    /// Writes, kills the master, and looks for the writes on the new one.
    private func check(_ group: Group) throws {
        let master = try Connection(port: group.servers[0], timeout: 20)
        for number in 0..<200 { try master.call("SET", "key:\(number)", "value:\(number)") }
        #expect(try master.call("WAIT", "2", "10000").integer == 2)
        let port = try group.failOver()
        let heir = try Connection(port: port)
        for number in 0..<200 {
            #expect(try heir.call("GET", "key:\(number)").bytes?.text == "value:\(number)")
        }
        #expect(try heir.call("SET", "after", "failover") == .simpleString("OK"))
    }
}

/// What applications use: redis-py, unchanged.
@Suite(.serialized) struct `redis-py` {
    @Test func `its Sentinel client follows a failover`() throws {
        let group = try Group(
            servers: [.ours, .ours, .ours], sentinels: [.ours, .ours, .ours])
        let script = """
            import sys, time
            import redis
            from redis.sentinel import Sentinel
            ports = [int(p) for p in sys.argv[1].split(",")]
            sentinel = Sentinel([("127.0.0.1", p) for p in ports], socket_timeout=1.0)
            master = sentinel.master_for("\(Group.name)", socket_timeout=1.0)
            replica = sentinel.slave_for("\(Group.name)", socket_timeout=1.0)
            assert master.set("greeting", "hello")
            with master.pipeline(transaction=True) as pipe:
                for n in range(100):
                    pipe.set(f"n:{n}", n)
                    pipe.incr(f"n:{n}")
                assert pipe.execute()[-1] == 100
            assert master.wait(2, 5000) == 2
            assert replica.get("greeting") == b"hello"
            old = sentinel.discover_master("\(Group.name)")
            print("ready", flush=True)
            sys.stdin.readline()
            end = time.time() + 40
            while True:
                try:
                    assert master.set("after", "failover")
                    break
                except redis.exceptions.RedisError:
                    assert time.time() < end, "no master in time"
            assert master.get("greeting") == b"hello"
            assert int(master.get("n:41")) == 42
            assert sentinel.discover_master("\(Group.name)") != old
            print("followed", flush=True)
            """
        let directory = try TemporaryDirectory()
        let path = try directory.write("client.py", script)
        let process = Process()
        let output = Pipe()
        let input = Pipe()
        // Debian's interpreter: that is the one which finds Debian's python3-redis.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [
            path, group.sentinels.map(String.init).joined(separator: ","),
        ]
        process.standardOutput = output
        process.standardError = output
        process.standardInput = input
        try process.run()
        var text = ""
        while !text.contains("ready"), process.isRunning {
            text += String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        }
        try #require(text.contains("ready"), "\(text)")
        try group.failOver()
        input.fileHandleForWriting.write(Data("go\n".utf8))
        text += String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0 && text.contains("followed"), "\(text)")
    }
}
