import Bytes
import Consensus
import Determinism
import Protocol
import Testing

@Suite struct `What servers can do` {
    /// A group of one sentinel; `names` are what the master's RDS CAPABILITIES answers.
    private func world(_ names: [String]?) -> World {
        let world = World()
        world.addServers(replicas: 1)
        world.servers[World.address(7000)]?.capabilities = names
        world.addSentinels(1, quorum: 1)
        world.run(for: .seconds(3))
        return world
    }

    /// Whether the server was told, on its last connection, what only one that fences is told.
    private func fences(_ world: World) -> Bool {
        let received = world.servers[World.address(7000)]?.received ?? []
        let start = received.lastIndex { $0.hasPrefix("RDS CAP") } ?? 0
        return received[start...].contains { $0.hasPrefix("RDS SENTINEL") }
    }

    @Test func `is asked once a connection, behind its name and before the first ping`() {
        let world = world(["fence"])
        let received = world.servers[World.address(7000)]?.received ?? []
        let commands = received.filter { !$0.hasPrefix("SUBSCRIBE") && !$0.hasSuffix("-pubsub") }
        #expect(commands.dropFirst().prefix(2) == ["RDS CAPABILITIES", "PING"])
        #expect(received.count { $0.hasPrefix("RDS CAP") } == 1)
    }

    @Test func `is what its words say, and unknown words say nothing`() {
        #expect(fences(world(["tea", "fence", ""])))
        #expect(!fences(world([])))
        #expect(!fences(world(["fenced"])))
    }

    @Test func `is nothing for a server of another make, which is watched all the same`() {
        let world = world(nil)
        #expect(!fences(world))
        #expect(world.lines(0, "+slave").count == 1)
        #expect(world.lines(0, "+sdown").isEmpty)
    }

    @Test func `is asked anew when the server comes back`() {
        let world = world(["fence"])
        world.kill(server: 7000)
        world.run(for: .seconds(1))
        world.servers[World.address(7000)]?.isUp = true
        world.servers[World.address(7000)]?.capabilities = nil
        world.run(for: .seconds(2))
        #expect(!fences(world))
    }
}
