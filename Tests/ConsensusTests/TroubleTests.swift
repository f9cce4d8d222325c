import Bytes
import Consensus
import Determinism
import Protocol
import Testing

/// States that operators have to see, and that end by themselves when their cause does.
@Suite struct StatesOfTrouble {
    static func master(_ world: World, _ index: Int = 0) -> ReplyValue {
        world.ask(index, "SENTINEL", "MASTER", "mymaster")
        guard case .value(let value)? = world.replies.popLast() else { return .null }
        return value
    }

    static func section(_ world: World) -> String {
        world.processes[0].machine.informationSection(at: world.now).text
    }

    @Test func `a full disk is told of, and over when there is room again`() {
        let world = FailingOver.group(1, quorum: 1)
        world.processes[0].failsRecords = true
        world.ask(0, "SENTINEL", "SET", "mymaster", "quorum", "1")
        world.run(for: .seconds(130))
        let warnings = world.lines(0, "not able to save")
        #expect(warnings.count == 3)
        #expect(
            warnings.first
                == "# WARNING: Sentinel was not able to save the new configuration on disk!!!: "
                + "No space left on device")
        #expect(world.field("config-error", of: Self.master(world)) == "No space left on device")
        #expect(
            Self.section(world).contains(
                "sentinel_config_last_write_status:err\r\n"
                    + "sentinel_config_last_error:No space left on device\r\n"))
        world.processes[0].failsRecords = false
        world.run(for: .seconds(2))
        #expect(world.field("config-error", of: Self.master(world)) == nil)
        #expect(Self.section(world).contains("sentinel_config_last_write_status:ok\r\n"))
        #expect(world.processes[0].file.contains("sentinel monitor mymaster 127.0.0.1 7000 1\n"))
    }

    @Test func `a full disk everywhere means no failover, and one as soon as there is room`() {
        let world = FailingOver.group()
        for process in world.processes { process.failsRecords = true }
        world.kill(server: 7000)
        world.run(for: .seconds(60))
        for index in 0..<3 {
            #expect(world.lines(index, "+vote-for-leader", "+elected-leader").isEmpty)
            // It is tried to store the state, not to be elected, every second.
            #expect(world.lines(index, "+try-failover").count <= 1)
        }
        for process in world.processes { process.failsRecords = false }
        #expect(
            world.run(upTo: .seconds(60)) { (0..<3).allSatisfy { world.masterAddress($0) == 7001 } }
        )
    }

    @Test func `a node that wants another password is told of, and is not down`() {
        let world = FailingOver.group(1, quorum: 1)
        for port in 7000...7002 {
            world.servers[World.address(port)]?.accessError = "NOAUTH Authentication required."
        }
        world.run(for: .seconds(200))
        #expect(world.lines(0, "+sdown", "+odown", "+try-failover").isEmpty)
        #expect(world.lines(0, "7000 refuses this sentinel").count == 4)
        let master = Self.master(world)
        #expect(world.field("access-error", of: master) == "NOAUTH Authentication required.")
        // No hellos come through: not connected, and not down.
        #expect(world.field("flags", of: master) == "master,disconnected")
        #expect(Self.section(world).contains("sentinel_refusing_nodes:3\r\n"))
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster")
        #expect(
            world.replies.popLast()
                == .value(.error("NOGOODSLAVE No suitable replica to promote")))
        for port in 7000...7002 { world.servers[World.address(port)]?.accessError = nil }
        world.run(for: .seconds(2))
        #expect(world.field("access-error", of: Self.master(world)) == nil)
        #expect(Self.section(world).contains("sentinel_refusing_nodes:0\r\n"))
    }

    @Test func `a refused subscription leaves the node disconnected`() {
        let world = World()
        world.addServers(replicas: 0)
        world.servers[World.address(7000)]?.accessError = "NOAUTH Authentication required."
        world.addSentinels(1, quorum: 1)
        world.run(for: .milliseconds(500))
        #expect(world.field("flags", of: Self.master(world)) == "master,disconnected")
        #expect(world.lines(0, "refuses the subscription").count == 1)
        world.servers[World.address(7000)]?.accessError = nil
        world.run(for: .seconds(2))
        #expect(world.field("flags", of: Self.master(world)) == "master")
    }

    @Test func `strangers get one line a minute`() {
        let world = FailingOver.group(1, quorum: 1)
        for second in 0..<150 {
            for _ in 0..<10 {
                world.ask(0, "PUBLISH", "__sentinel__:hello", "stranger,\(second),x")
            }
            world.run(for: .seconds(1))
        }
        #expect(world.lines(0, "Ignoring a hello that is none").count == 3)
        #expect(world.replies.last == .value(.integer(1)))
    }

    @Test func `what is learned at once is stored at once, together`() {
        let world = FailingOver.group(1, quorum: 1)
        world.run(for: .seconds(1))
        let before = world.processes[0].records.count
        for number in 0..<200 {
            let id = String(repeating: "0", count: 36) + String(1000 + number)
            world.ask(
                0, "PUBLISH", "__sentinel__:hello",
                "127.0.0.1,\(20_000 + number),\(id),0,mymaster,127.0.0.1,7000,0")
        }
        world.run(for: .seconds(1))
        #expect(world.processes[0].records.count - before <= 3)
        #expect(world.processes[0].file.contains("127.0.0.1 20199 "))
    }

    @Test func `after a reset nothing is known for a moment`() {
        let world = FailingOver.group(1, quorum: 1)
        world.ask(0, "SENTINEL", "RESET", "*")
        world.run(for: .milliseconds(50))
        #expect(world.field("num-slaves", of: Self.master(world)) == "0")
        world.run(for: .seconds(1))
        #expect(world.field("num-slaves", of: Self.master(world)) == "2")
    }
}
