// A former master comes back: how soon it is made a replica, and when better not.

import Bytes
import Consensus
import Determinism
import Protocol
import Testing

@Suite struct `A former master` {
    private func delay(_ world: World, of port: Int = 7000) -> Duration? {
        let begin = world.now
        let found = world.run(upTo: .seconds(60)) {
            world.servers[World.address(port)]?.master != nil
        }
        return found ? world.now - begin : nil
    }

    @Test func `is made a replica at once, because the others know nothing newer`() {
        let world = FailingOver.group()
        world.kill(server: 7000)
        world.run(for: .seconds(10))
        world.servers[World.address(7000)]?.isUp = true
        let delay = delay(world)
        #expect(delay.map { $0 < .milliseconds(400) } == true)
        #expect(world.servers[World.address(7000)]?.master == World.address(7001))
        #expect((0..<3).contains { !world.lines($0, "+convert-to-slave").isEmpty })
    }

    @Test func `is waited for when a sentinel that is up cannot be asked`() {
        let world = FailingOver.group()
        world.kill(server: 7000)
        world.run(for: .seconds(10))
        // To the others it is of another make: it does not know the question.
        world.unknownSubcommands = ["EPOCHS"]
        world.servers[World.address(7000)]?.isUp = true
        let delay = delay(world)
        #expect(delay.map { $0 >= .seconds(8) && $0 < .seconds(12) } == true)
    }

    @Test(arguments: [true, false])
    func `is made a replica at once beside one of another make, if that leads no failover`(
        saysSo: Bool
    ) {
        let world = FailingOver.group(plain: [2])
        world.kill(server: 7000)
        world.run(for: .seconds(10))
        if !saysSo { world.unknownSubcommands = ["MASTER"] }
        // It is the other two that act.
        world.cut(sentinel: 2, from: 7000)
        world.servers[World.address(7000)]?.isUp = true
        let delay = delay(world)
        #expect(delay.map { saysSo ? $0 < .milliseconds(400) : $0 >= .seconds(8) } == true)
    }

    @Test func `is waited for anew when it was out of reach meanwhile`() {
        let world = FailingOver.group()
        world.unknownSubcommands = ["EPOCHS"]
        world.servers[World.address(7001)]?.master = nil
        let isSeen = world.run(upTo: .seconds(12)) {
            (0..<3).allSatisfy { !world.lines($0, "-role-change slave 127.0.0.1:7001").isEmpty }
        }
        #expect(isSeen)
        // Whoever was cut off from it for so long may be the one who missed an election.
        world.kill(server: 7001)
        world.run(for: .seconds(12))
        world.servers[World.address(7001)]?.isUp = true
        let delay = delay(world, of: 7001)
        #expect(delay.map { $0 >= .seconds(8) } == true)
    }

    @Test func `is waited for while a majority has voted in an epoch above the configuration's`() {
        let world = FailingOver.group()
        world.kill(server: 7000)
        world.run(for: .seconds(10))
        // Somebody stood for an epoch, and it is not known here what became of it.
        for sentinel in 1...2 { requestVote(world, of: sentinel) }
        world.servers[World.address(7000)]?.isUp = true
        let delay = delay(world)
        #expect(delay.map { $0 >= .seconds(8) } == true)
    }

    @Test func `is made a replica at once after an election that somebody lost`() {
        let world = FailingOver.group()
        world.kill(server: 7000)
        world.run(for: .seconds(10))
        // One vote makes no leader, but its epoch is in every hello from now on.
        requestVote(world, of: 1)
        world.run(for: .seconds(3))
        world.servers[World.address(7000)]?.isUp = true
        let delay = delay(world)
        #expect(delay.map { $0 < .milliseconds(400) } == true)
        #expect(world.servers[World.address(7000)]?.master == World.address(7001))
    }

    private func requestVote(_ world: World, of sentinel: Int) {
        world.ask(
            sentinel, "SENTINEL", "is-master-down-by-addr", "127.0.0.1", "7001", "9",
            String(repeating: "x", count: 40))
    }

    @Test func `a replica that still follows it is put right at once`() {
        let world = FailingOver.group()
        world.kill(server: 7002)
        world.kill(server: 7000)
        world.run(for: .seconds(10))
        world.servers[World.address(7002)]?.isUp = true
        let begin = world.now
        #expect(
            world.run(upTo: .seconds(60)) {
                world.servers[World.address(7002)]?.master == World.address(7001)
            })
        #expect(world.now - begin < .seconds(1))
        #expect((0..<3).contains { !world.lines($0, "+fix-slave-config").isEmpty })
    }

    @Test func `EPOCHS tells the configuration, the last vote and who leads`() {
        let world = FailingOver.group()
        world.kill(server: 7000)
        world.run(for: .seconds(10))
        world.ask(1, "SENTINEL", "EPOCHS", "mymaster")
        #expect(
            world.replies.last
                == .value(
                    .array([
                        .bulk("127.0.0.1"), .integer(7001), .integer(1), .integer(1), .integer(0),
                    ])))
        world.ask(1, "SENTINEL", "EPOCHS", "nobody")
        #expect(world.replies.last == .value(.error("ERR No such master with that name")))
    }
}
