import Bytes
import Consensus
import Determinism
import Protocol
import Testing

@Suite struct Scripts {
    static func group() -> World {
        let world = World()
        world.addServers(replicas: 2)
        world.addSentinels(
            3, quorum: 2,
            extra: """
                sentinel notification-script mymaster /opt/notify
                sentinel client-reconfig-script mymaster /opt/clients
                """)
        world.run(for: .seconds(5))
        return world
    }

    @Test func `warnings are told, and who clients should talk to`() {
        let world = Self.group()
        world.kill(server: 7000)
        world.run(for: .seconds(2))
        #expect(
            world.lines(0, "script /opt/notify +sdown")
                == ["script /opt/notify +sdown master mymaster 127.0.0.1 7000"])
        #expect(
            world.lines(0, "script /opt/clients") == [
                "script /opt/clients mymaster leader start 127.0.0.1 7000 127.0.0.1 7001"
            ])
        #expect(
            world.lines(1, "script /opt/clients") == [
                "script /opt/clients mymaster observer start 127.0.0.1 7000 127.0.0.1 7001"
            ])
        #expect(world.processes[0].file.contains("notification-script mymaster /opt/notify\n"))
    }

    @Test func `a script that asks for it is tried again, ten times at most`() {
        let world = Self.group()
        world.processes[0].scriptStatus = 1
        world.kill(server: 7002)
        world.run(for: .seconds(5))
        #expect(world.lines(0, "script /opt/notify +sdown slave").count == 1)
        world.run(for: .seconds(40))
        #expect(world.lines(0, "script /opt/notify +sdown slave").count == 2)
        world.ask(0, "SENTINEL", "PENDING-SCRIPTS")
        guard case .value(.array(let pending))? = world.replies.last else { return }
        #expect(world.field("flags", of: pending[0]) == "scheduled")
        world.processes[0].scriptStatus = 2
        world.run(for: .seconds(120))
        #expect(world.lines(0, "-script-error").contains("# -script-error /opt/notify 0 2"))
    }
}
