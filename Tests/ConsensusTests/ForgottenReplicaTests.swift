// Found by simulated seeds 328 and 851: a replica joined the master when nobody looked, the master
// failed, came back as a master and was made a replica. Nobody asks a replica who follows it, so the
// newcomer followed it for ever.

import Bytes
import Consensus
import Determinism
import Testing

@Suite struct `A replica that nobody had met` {
    @Test func `comes along when its master is made a replica (seed 328)`() {
        let world = World()
        world.addServers(replicas: 2)
        let newcomer = World.address(7002)
        world.servers[newcomer]?.isUp = false
        world.addSentinels(3, quorum: 2)
        world.run(for: .seconds(5))
        world.kill(server: 7000)
        world.run(for: .seconds(20))
        #expect(world.masterAddress(0) == 7001)

        world.servers[newcomer]?.isUp = true
        world.servers[World.address(7000)]?.isUp = true
        let isRepaired = world.run(upTo: .seconds(90)) {
            [7000, 7002].allSatisfy {
                world.servers[World.address($0)]?.master == World.address(7001)
            }
        }
        #expect(isRepaired, "\(world.transcript.suffix(30).joined(separator: "\n"))")
        #expect(world.masterAddress(0) == 7001)
    }

    @Test func `is soon known to a group that was just made, though others were before it`() {
        let world = World()
        world.addServers(replicas: 2)
        world.servers[World.address(7002)]?.isUp = false
        world.addSentinels(1, quorum: 1)
        world.run(for: .seconds(3))
        #expect(world.lines(0, "+slave slave 127.0.0.1:7001").count == 1)
        world.servers[World.address(7002)]?.isUp = true
        world.run(for: .milliseconds(1500))
        #expect(world.lines(0, "+slave slave 127.0.0.1:7002").count == 1)
    }

    @Test func `stays where it is when somebody chained it to a replica`() {
        let world = World()
        world.addServers(replicas: 2)
        let chained = World.address(7002)
        world.servers[chained]?.master = World.address(7001)
        world.addSentinels(3, quorum: 2)
        world.run(for: .seconds(60))
        #expect(world.servers[chained]?.master == World.address(7001))
        #expect(world.lines(0, "+slave slave 127.0.0.1:7002").isEmpty)
    }

    @Test func `comes along when it returns behind a former master (seeds 715 and 841)`() {
        let world = World()
        world.addServers(replicas: 2)
        let newcomer = World.address(7002)
        world.servers[newcomer]?.isUp = false
        world.addSentinels(3, quorum: 2)
        world.run(for: .seconds(5))
        world.kill(server: 7000)
        world.run(for: .seconds(20))
        world.servers[World.address(7000)]?.isUp = true
        world.run(for: .seconds(20))
        #expect(world.servers[World.address(7000)]?.master == World.address(7001))

        // All sentinels were restarted since: they know it from their files.
        for index in 0..<3 {
            world.kill(sentinel: index)
            world.restart(sentinel: index)
        }
        world.run(for: .seconds(20))
        world.servers[newcomer]?.isUp = true
        let isRepaired = world.run(upTo: .seconds(90)) {
            world.servers[newcomer]?.master == World.address(7001)
        }
        #expect(isRepaired, "\(world.transcript.suffix(30).joined(separator: "\n"))")
    }
}
