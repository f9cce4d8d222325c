import Bytes
import Determinism
import Protocol
import Testing

@testable import Consensus

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

    private func capabilities(_ world: World) -> ServerCapabilities? {
        world.processes[0].machine.masters.first?.node.capabilities
    }

    @Test func `is asked once a connection, behind its name and before the first ping`() {
        let world = world(["fence"])
        let received = world.servers[World.address(7000)]?.received ?? []
        let commands = received.filter { !$0.hasPrefix("SUBSCRIBE") && !$0.hasSuffix("-pubsub") }
        #expect(commands.dropFirst().prefix(2) == ["RDS CAPABILITIES", "PING"])
        #expect(received.count { $0.hasPrefix("RDS CAP") } == 1)
    }

    @Test func `is what its words say, and unknown words say nothing`() {
        #expect(capabilities(world(["tea", "fence", ""])) == [.fence])
        #expect(capabilities(world([])) == [])
    }

    @Test func `is nothing for a server of another make, which is watched all the same`() {
        let world = world(nil)
        #expect(capabilities(world) == [])
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
        #expect(capabilities(world) == [])
    }
}
