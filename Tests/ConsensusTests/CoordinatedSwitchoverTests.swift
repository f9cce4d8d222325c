import Bytes
import Consensus
import Determinism
import Protocol
import Testing

@Suite struct `A coordinated switchover` {
    /// Three sentinels, a master and two replicas, all of our make.
    private func world(capabilities: [String]? = ["switchover"], replicas: Int = 2) -> World {
        let world = World()
        world.addServers(replicas: replicas)
        for address in world.servers.keys {
            world.servers[address]?.capabilities = capabilities
        }
        world.addSentinels(3, quorum: 2)
        world.run(for: .seconds(12))
        return world
    }

    /// What a server was told, without what is asked of it all the time.
    private func orders(_ world: World, _ port: Int) -> [String] {
        (world.servers[World.address(port)]?.received ?? []).filter {
            $0.hasPrefix("RDS SWITCHOVER") || $0.hasPrefix("SLAVEOF")
        }
    }

    private func set(_ world: World, _ port: Int, _ change: (inout FakeServer) -> Void) {
        let address = World.address(port)
        guard var server = world.servers[address] else { return }
        change(&server)
        world.servers[address] = server
    }

    private func text(_ reply: SentinelReply?) -> String {
        guard let reply, case .value(let value) = reply else { return "" }
        return value.errorText?.text ?? "\(value)"
    }

    private let leader = String(repeating: "a", count: 40)

    @Test func `pauses, waits, commits, promotes, and lets the former master follow`() {
        let world = world()
        let began = world.now
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster")
        #expect(world.replies.removeLast() == .value(.simpleString("OK")))
        #expect(world.run(upTo: .seconds(2)) { !world.lines(0, "+switch-master").isEmpty })
        #expect(world.now - began < .milliseconds(100))
        // The former master's order is still on its way.
        world.run(for: .milliseconds(50))
        let master = orders(world, 7000)
        #expect(master.count == 3)
        #expect(master.first?.hasPrefix("RDS SWITCHOVER PAUSE 1 \(leader)") == true)
        #expect(master.dropFirst().first?.hasPrefix("RDS SWITCHOVER COMMIT 1 \(leader)") == true)
        #expect(master.last?.hasPrefix("SLAVEOF 127.0.0.1 700") == true)
        #expect(world.masterAddress(0) != 7000)
        #expect(world.lines(0, "+convert-to-slave").count == 1)
        let heir = world.masterAddress(0) ?? 0
        #expect(world.servers[World.address(7000)]?.master == World.address(heir))
        // The order in which the group heard of it.
        let told = world.lines(0).filter { $0.contains("+failover-state") || $0.contains("+pro") }
        #expect(
            told.map { $0.split(separator: " ")[1] } == [
                "+failover-state-select-slave", "+failover-state-send-slaveof-noone",
                "+failover-state-wait-promotion", "+promoted-slave",
                "+failover-state-reconf-slaves",
            ])
    }

    @Test func `promotes a replica that was restarted a second ago`() {
        let world = world()
        world.dropLinks(to: 7001)
        world.run(for: .seconds(1))
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster", "COORDINATED", "TO", "127.0.0.1", "7001")
        #expect(world.run(upTo: .seconds(2)) { !world.replies.isEmpty })
        #expect(world.masterAddress(0) == 7001, "\(text(world.replies.last))")
    }

    @Test func `waits for the replica before it commits`() {
        let world = world(replicas: 1)
        set(world, 7001) { $0.offset = 990 }
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster")
        world.run(for: .milliseconds(500))
        #expect(orders(world, 7000).count == 1)
        #expect(orders(world, 7001).isEmpty)
        set(world, 7001) { $0.offset = 1000 }
        world.run(for: .milliseconds(100))
        #expect(orders(world, 7001) == ["SLAVEOF NO ONE"])
        #expect(world.masterAddress(0) == 7001)
    }

    @Test func `gives up and lets writes go on when the replica is too slow`() {
        let world = world(replicas: 1)
        set(world, 7001) { $0.offset = 990 }
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster", "COORDINATED")
        #expect(world.replies.isEmpty)
        world.run(for: .seconds(2))
        #expect(
            text(world.replies.last)
                == "FAILOVERABORTED The failover was given up: the replica did not catch up in time"
        )
        #expect(orders(world, 7000).last?.hasPrefix("RDS SWITCHOVER RESUME 1") == true)
        #expect(world.servers[World.address(7000)]?.switchover == nil)
        #expect(orders(world, 7001).isEmpty)
        #expect(world.masterAddress(0) == 7000)
        #expect(world.lines(0, "-failover-abort-slave-timeout").count == 1)
    }

    @Test func `replies to COORDINATED when it is done, with what it took`() {
        let world = world()
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster", "COORDINATED", "TO", "127.0.0.1", "7002")
        #expect(world.replies.isEmpty)
        #expect(world.run(upTo: .seconds(2)) { !world.replies.isEmpty })
        guard case .value(let reply) = world.replies.removeLast() else { return }
        #expect(world.field("outcome", of: reply) == "done")
        #expect(world.field("to", of: reply) == "127.0.0.1:7002")
        #expect(world.field("cause", of: reply) == "operator")
        #expect(world.masterAddress(0) == 7002)
    }

    @Test func `is refused where the master can't, or nothing can be promoted`() {
        let world = world(capabilities: nil)
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster", "COORDINATED")
        #expect(text(world.replies.removeLast()).hasPrefix("NOSWITCHOVER "))
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster", "COORDINATED", "TO", "127.0.0.1", "7009")
        #expect(text(world.replies.removeLast()) == "ERR No such replica of that master")
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster", "COORDINATED", "AT", "127.0.0.1", "7001")
        #expect(text(world.replies.removeLast()) == "ERR syntax error")
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster", "SOON")
        #expect(text(world.replies.removeLast()) == "ERR syntax error")
    }

    @Test func `is left out where the master can't, and the failover is the usual one`() {
        let world = world(capabilities: nil)
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster")
        #expect(world.run(upTo: .seconds(5)) { !world.lines(0, "+switch-master").isEmpty })
        #expect(orders(world, 7000).allSatisfy { $0.hasPrefix("SLAVEOF 127.0.0.1") })
    }

    @Test func `promotes nobody when the master does not commit`() {
        let world = world(replicas: 1)
        set(world, 7000) { $0.switchoverErrors["COMMIT"] = "NOTPAUSED too late" }
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster")
        world.run(for: .seconds(1))
        #expect(orders(world, 7001).isEmpty)
        #expect(world.masterAddress(0) == 7000)
        #expect(orders(world, 7000).last?.hasPrefix("RDS SWITCHOVER RESUME") == true)
    }

    @Test(arguments: ["STALE of another", "INPROG FAILOVER", "NOTMASTER a replica by now"])
    func `another one under way, or done, is left alone`(refusal: String) {
        let world = world(replicas: 1)
        set(world, 7000) { $0.switchoverErrors["PAUSE"] = refusal }
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster")
        world.run(for: .seconds(1))
        #expect(orders(world, 7001).isEmpty)
        #expect(world.masterAddress(0) == 7000)
    }

    @Test func `a replica that refuses is passed over, and the master goes on holding back`() {
        let world = world()
        for port in [7001, 7002] { set(world, port) { $0.priority = port } }
        world.run(for: .seconds(11))
        set(world, 7001) { $0.refusal = "EXECABORT no permission" }
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster")
        #expect(world.run(upTo: .seconds(2)) { !world.lines(0, "+switch-master").isEmpty })
        #expect(world.masterAddress(0) == 7002)
        let master = orders(world, 7000)
        #expect(!master.contains { $0.hasPrefix("RDS SWITCHOVER RESUME") })
        #expect(master.count { $0.hasPrefix("RDS SWITCHOVER COMMIT") } == 2)
    }

    @Test func `when every replica refuses, the master hears that nothing came of it`() {
        let world = world(replicas: 1)
        set(world, 7001) { $0.refusal = "EXECABORT no permission" }
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster")
        world.run(for: .seconds(2))
        #expect(world.lines(0, "-failover-abort-no-good-slave").count == 1)
        #expect(orders(world, 7000).last?.hasPrefix("RDS SWITCHOVER RESUME") == true)
        #expect(world.servers[World.address(7000)]?.switchover == nil)
    }

    @Test func `a promotion that may have happened is never taken back`() {
        let world = world(replicas: 1)
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster")
        #expect(
            world.run(upTo: .seconds(1)) {
                world.servers[World.address(7000)]?.switchover == "committed"
            })
        set(world, 7001) { $0.answers = false }
        world.run(for: .seconds(11))
        #expect(!orders(world, 7000).contains { $0.hasPrefix("RDS SWITCHOVER RESUME") })
    }

    @Test func `a leader that dies leaves nothing behind that others trip over`() {
        let world = world()
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster")
        #expect(
            world.run(upTo: .seconds(1)) {
                world.servers[World.address(7000)]?.switchover == "committed"
            })
        world.kill(sentinel: 0)
        // Forgotten, the master says that it is none.
        set(world, 7000) { $0.accessError = "READONLY Another server may have taken over" }
        #expect(world.run(upTo: .seconds(60)) { (world.masterAddress(1) ?? 7000) != 7000 })
    }

    /// The leader promoted 7002 and is gone, and nobody has heard of it; the master prefers 7001.
    private func unsettled() -> World {
        let world = world()
        world.kill(sentinel: 0)
        set(world, 7000) {
            $0.switchover = "committed"
            $0.switchoverTarget = "127.0.0.1:7002"
        }
        set(world, 7001) { $0.priority = 1 }
        set(world, 7002) {
            $0.master = nil
            $0.previousHistory = $0.history
            $0.previousEnd = $0.offset + 1
            $0.history = String(repeating: "c", count: 40)
        }
        return world
    }

    @Test func `the next leader promotes whom the master handed over to`() {
        let world = unsettled()
        world.run(for: .seconds(12))
        set(world, 7000) { $0.pingError = "READONLY Another server may have taken over" }
        #expect(
            world.run(upTo: .seconds(60)) {
                (1..<3).contains { (world.masterAddress($0) ?? 7000) != 7000 }
            })
        #expect((1..<3).contains { world.masterAddress($0) == 7002 })
        #expect(!orders(world, 7001).contains("SLAVEOF NO ONE"))
    }

    @Test func `the master is one again where whom it handed over to came back without its data`() {
        let world = unsettled()
        world.run(for: .seconds(12))
        set(world, 7001) { $0.priority = 0 }
        set(world, 7002) {
            $0.runID = String(repeating: "9", count: 40)
            $0.history = String(repeating: "e", count: 40)
            $0.previousHistory = String(repeating: "0", count: 40)
            $0.isFenced = true
        }
        set(world, 7000) { $0.pingError = "READONLY Another server may have taken over" }
        #expect(world.run(upTo: .seconds(60)) { orders(world, 7000).contains("SLAVEOF NO ONE") })
        #expect((1..<3).allSatisfy { world.masterAddress($0) == 7000 })
    }

    @Test func `whom the master handed over to is not made its replica again`() {
        let world = unsettled()
        world.run(for: .seconds(60))
        #expect(orders(world, 7002).isEmpty)
        // Without the master's word it is a master among the replicas, and is put right.
        set(world, 7000) { $0.switchover = nil }
        world.run(for: .seconds(60))
        #expect(orders(world, 7002).last == "SLAVEOF 127.0.0.1 7000")
    }

    @Test func `a planned failover settles it without another pause`() {
        let world = unsettled()
        world.run(for: .seconds(12))
        world.ask(1, "SENTINEL", "FAILOVER", "mymaster", "COORDINATED")
        #expect(world.run(upTo: .seconds(2)) { world.masterAddress(1) == 7002 })
        #expect(!orders(world, 7000).contains { $0.hasPrefix("RDS SWITCHOVER PAUSE") })
    }

    @Test func `waits for a master whose connection is new to say what it can`() {
        let world = world()
        world.dropLinks(to: 7000)
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster")
        #expect(world.run(upTo: .seconds(2)) { !world.lines(0, "+switch-master").isEmpty })
        #expect(orders(world, 7000).contains { $0.hasPrefix("RDS SWITCHOVER COMMIT") })
    }

    @Test func `says so where writes may be lost, since the master can't`() {
        let world = world(capabilities: nil)
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster")
        world.run(for: .seconds(2))
        #expect(world.lines(0, "can't be told to hold its writes back").count == 1)
    }
}

@Suite struct `A master that is being stopped` {
    private func world(quorum: Int = 2) -> World {
        let world = World()
        world.addServers(replicas: 1)
        for address in world.servers.keys {
            world.servers[address]?.capabilities = ["switchover"]
        }
        world.addSentinels(3, quorum: quorum)
        world.run(for: .seconds(12))
        return world
    }

    @Test(arguments: [true, false])
    func `is not stood for where the votes cannot be had`(isQuorumTooGreat: Bool) {
        let world = world(quorum: isQuorumTooGreat ? 4 : 2)
        if !isQuorumTooGreat { for index in 1...2 { world.kill(sentinel: index) } }
        world.servers[World.address(7000)]?.isStopping = true
        world.publish("__rds__:handover", "id", server: 7000)
        world.run(for: .seconds(5))
        #expect(world.transcript.allSatisfy { !$0.contains("+try-failover") })
        #expect(world.lines(0, "is not handed over").count == 1)
    }

    @Test func `is replaced when it says itself that it wants to be`() {
        let world = world()
        world.servers[World.address(7000)]?.isStopping = true
        world.publish("__rds__:handover", "id", server: 7000)
        #expect(world.run(upTo: .seconds(2)) { world.masterAddress(2) == 7001 })
        #expect(world.transcript.count { $0.contains("+elected-leader") } == 1)
    }

    @Test func `is replaced where disks are so slow that all stand at the same time`() {
        let world = world()
        for process in world.processes { process.recordsTake = .milliseconds(180) }
        world.servers[World.address(7000)]?.isStopping = true
        world.publish("__rds__:handover", "id", server: 7000)
        #expect(world.run(upTo: .seconds(4)) { world.masterAddress(2) == 7001 })
        #expect(world.transcript.contains { $0.contains("-failover-abort-not-elected") })
    }

    @Test func `is left alone when somebody else says so`() {
        let world = world()
        world.publish("__rds__:handover", "id", server: 7000)
        world.run(for: .seconds(3))
        #expect(world.masterAddress(0) == 7000)
        #expect(world.transcript.allSatisfy { !$0.contains("+try-failover") })
    }

    @Test func `is asked for by sentinels that know it can`() {
        let world = World()
        world.addServers(replicas: 1)
        world.servers[World.address(7000)]?.capabilities = ["switchover"]
        world.addSentinels(1, quorum: 1)
        world.run(for: .seconds(12))
        func asks(_ port: Int) -> Bool {
            world.servers[World.address(port)]?.received.contains("SUBSCRIBE __rds__:handover")
                ?? false
        }
        #expect(asks(7000))
        #expect(!asks(7001))
    }
}
