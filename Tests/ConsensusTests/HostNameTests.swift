import Bytes
import Consensus
import Determinism
import Protocol
import Testing

@Suite struct ResolvingHostNames {
    /// Servers that know each other by name, and sentinels that are told the master's name.
    static func group(
        _ sentinels: Int = 3, resolves: Bool = true, announces: Bool = false
    ) -> World {
        let world = World()
        world.addServers(replicas: 2)
        for port in 7000...7002 {
            world.names["redis-\(port)"] = ["127.0.0.1"]
            world.servers[World.address(port)]?.announcedHost = "redis-\(port)"
            if port > 7000 { world.servers[World.address(port)]?.masterName = "redis-7000" }
        }
        var extra = resolves ? "sentinel resolve-hostnames yes\n" : ""
        if announces { extra += "sentinel announce-hostnames yes\n" }
        world.addSentinels(
            sentinels, quorum: sentinels / 2 + 1, host: resolves ? "redis-7000" : "127.0.0.1",
            extra: extra)
        world.run(for: .seconds(5))
        return world
    }

    static func address(_ world: World, of index: Int = 0) -> [String] {
        world.ask(index, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", "mymaster")
        guard case .value(.array(let parts)) = world.replies.removeLast() else { return [] }
        return parts.map { $0.bytes?.text ?? "" }
    }

    @Test func `a group whose members are named finds itself`() {
        let world = Self.group()
        for index in 0..<3 {
            #expect(world.lines(index, "+slave").count == 2)
            #expect(world.lines(index, "+sentinel ").count == 2)
            #expect(Self.address(world, of: index) == ["127.0.0.1", "7000"])
        }
        #expect(
            world.processes[0].file.contains("sentinel monitor mymaster 127.0.0.1 7000 2\n"))
        #expect(world.processes[0].file.contains("sentinel resolve-hostnames yes\n"))
    }

    @Test func `with announce-hostnames names are shown, stored and sent`() {
        let world = Self.group(announces: true)
        #expect(Self.address(world) == ["redis-7000", "7000"])
        #expect(
            world.lines(0, "+slave")[0]
                == "* +slave slave redis-7001:7001 redis-7001 7001 @ mymaster redis-7000 7000")
        let file = world.processes[0].file
        #expect(file.contains("sentinel monitor mymaster redis-7000 7000 2\n"))
        #expect(file.contains("sentinel known-replica mymaster redis-7001 7001\n"))
        world.ask(0, "SENTINEL", "REPLICAS", "mymaster")
        guard case .value(.array(let replicas)) = world.replies.removeLast() else {
            Issue.record("no replicas")
            return
        }
        #expect(world.field("ip", of: replicas[0]) == "redis-7001")
        #expect(world.field("name", of: replicas[0]) == "redis-7001:7001")
        world.ask(0, "SENTINEL", "CONFIG", "SET", "announce-hostnames", "no")
        #expect(Self.address(world) == ["127.0.0.1", "7000"])
    }

    @Test(arguments: [false, true])
    func `a named master is failed over`(announces: Bool) {
        let world = Self.group(announces: announces)
        world.kill(server: 7000)
        world.run(for: .seconds(20))
        let host = announces ? "redis-7001" : "127.0.0.1"
        for index in 0..<3 { #expect(Self.address(world, of: index) == [host, "7001"]) }
        let orders = world.servers[World.address(7002)]?.received ?? []
        #expect(orders.contains("SLAVEOF \(host) 7001"))
        #expect(world.lines(0, "+fix-slave-config").isEmpty)
    }

    @Test func `a name that cannot be resolved is tried again`() {
        let world = World()
        world.addServers(replicas: 0)
        world.addSentinels(
            1, quorum: 1, host: "redis", extra: "sentinel resolve-hostnames yes\n")
        world.run(for: .seconds(5))
        #expect(world.lines(0, "Failed to resolve") == ["# Failed to resolve hostname 'redis'"])
        #expect(world.lines(0, "+sdown").count == 1)
        world.names["redis"] = ["127.0.0.1"]
        world.run(for: .seconds(2))
        #expect(world.lines(0, "-sdown").count == 1)
        #expect(Self.address(world) == ["127.0.0.1", "7000"])
    }

    @Test func `a node that moves keeps its name`() {
        let world = Self.group(1, announces: true)
        world.kill(server: 7002)
        let moved = NodeAddress(host: "10.0.0.9", port: 7002)
        world.servers[moved] = FakeServer(
            address: moved, master: World.address(7000), runID: String(repeating: "2", count: 40),
            announcedHost: "redis-7002", masterName: "redis-7000")
        world.servers[World.address(7002)] = nil
        world.names["redis-7002"] = ["10.0.0.9"]
        world.run(for: .seconds(60))
        #expect(world.lines(0, "+slave").count == 2)
        #expect(world.servers[moved]?.received.contains("INFO") == true)
        #expect(world.lines(0, "-sdown").count == world.lines(0, "+sdown").count)
    }

    @Test func `a name with several addresses does not wander`() {
        let world = Self.group(1)
        world.names["redis-7000"] = ["10.0.0.1", "127.0.0.1"]
        world.run(for: .seconds(120))
        #expect(Self.address(world) == ["127.0.0.1", "7000"])
        #expect(world.lines(0, "+sdown").isEmpty)
    }

    @Test func `names mean nothing where they are not resolved`() {
        let world = Self.group(1, resolves: false)
        #expect(world.lines(0, "+slave").isEmpty)
        world.ask(0, "SENTINEL", "MONITOR", "other", "redis-7000", "7000", "1")
        #expect(
            world.replies.removeLast()
                == .value(.error("ERR Invalid IP address or hostname specified")))
        let b = String(repeating: "b", count: 40)
        for _ in 0..<100 {
            world.ask(
                0, "PUBLISH", "__sentinel__:hello",
                "redis-7001,8001,\(b),0,mymaster,127.0.0.1,7000,0")
        }
        #expect(world.lines(0, "Ignoring a hello").count == 1)
        #expect(world.lines(0, "+sentinel").isEmpty)
    }

    @Test func `monitor waits for the name that it was given`() {
        let world = Self.group(1)
        world.names["other"] = ["127.0.0.1"]
        world.ask(0, "SENTINEL", "MONITOR", "second", "other", "7001", "1")
        #expect(world.replies.isEmpty)
        world.run(for: .milliseconds(10))
        #expect(world.replies.last == .value(.simpleString("OK")))
        world.ask(0, "SENTINEL", "MONITOR", "third", "nowhere", "7001", "1")
        world.run(for: .milliseconds(10))
        #expect(
            world.replies.last
                == .value(.error("ERR Invalid IP address or hostname specified")))
    }

    @Test(arguments: [
        ("::1", "::1"), ("0:0:0:0:0:0:0:1", "::1"), ("FE80::0:1%eth0", "fe80::1%eth0"),
        ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
        ("::ffff:7f00:1", "::ffff:127.0.0.1"), ("::", "::"), ("1::", "1::"),
        ("10.0.0.1", "10.0.0.1"), ("::10.0.0.1", "::10.0.0.1"),
    ])
    func `an address has one spelling`(text: String, canonical: String) {
        #expect(NodeAddress(checking: ByteString(text), port: 1)?.host.text == canonical)
    }

    @Test func `hellos, opinions and files carry IPv6`() {
        let world = World()
        world.addServers(replicas: 0)
        world.addSentinels(1, quorum: 1, host: "::1")
        let b = String(repeating: "b", count: 40)
        world.ask(
            0, "PUBLISH", "__sentinel__:hello", "0:0::2,8001,\(b),0,mymaster,0::1,7000,0")
        #expect(
            world.lines(0, "+sentinel")
                == ["* +sentinel sentinel \(b) ::2 8001 @ mymaster ::1 7000"])
        #expect(world.processes[0].file.contains("known-sentinel mymaster ::2 8001 \(b)\n"))
        world.run(for: .seconds(4))
        world.ask(0, "SENTINEL", "IS-MASTER-DOWN-BY-ADDR", "0::1", "7000", "0", "*")
        #expect(world.replies.last == .value(.array([.integer(1), .bulk("*"), .integer(0)])))
    }
}
