// Which replica is promoted: one that has the group's data.

import Bytes
import Consensus
import Determinism
import Protocol
import Testing

@Suite struct `The replica that is promoted` {
    private func promoted(
        from replicas: Int = 2, _ prepare: (World) -> Void, wait: Duration = .seconds(20),
        weaknesses: Weaknesses = []
    ) -> Int? {
        let world = FailingOver.group(3, quorum: 2, replicas: replicas)
        for process in world.processes { process.machine.weaknesses = weaknesses }
        world.run(for: .seconds(12))
        prepare(world)
        world.run(for: .seconds(12))
        world.kill(server: 7000)
        world.run(for: wait)
        let address = world.masterAddress(0)
        return address == 7000 ? nil : address
    }

    private let foreign = String(repeating: "f", count: 40)

    @Test func `is of the master's history, however far another has come`() {
        let prepare: (World) -> Void = { world in
            world.servers[World.address(7001)]?.history = foreign
            world.servers[World.address(7001)]?.linkIsUp = false
            world.servers[World.address(7001)]?.offset = 900_000
        }
        #expect(promoted(prepare) == 7002)
        #expect(promoted(prepare, weaknesses: .ignoresHistory) == 7001)
    }

    @Test func `is none where the only one left is of another history`() {
        let chosen = promoted { world in
            world.servers[World.address(7001)]?.history = foreign
            world.servers[World.address(7001)]?.linkIsUp = false
            world.kill(server: 7002)
        }
        #expect(chosen == nil)
    }

    @Test func `may be of a history that all have and nobody told of`() {
        // The master came back under another name, all synchronised anew, and it died.
        let chosen = promoted { world in
            for port in 7001...7002 {
                world.servers[World.address(port)]?.history = foreign
                world.servers[World.address(port)]?.linkIsUp = false
                world.servers[World.address(port)]?.offset = 5000 + port
            }
        }
        #expect(chosen == 7002)
    }

    @Test func `may be behind a change of the history's name, but not beside it`() {
        let old = String(repeating: "a", count: 40)
        let new = String(repeating: "e", count: 40)
        func prepare(_ offset: Int) -> (World) -> Void {
            { world in
                for port in [7000, 7002] {
                    world.servers[World.address(port)]?.history = new
                    world.servers[World.address(port)]?.previousHistory = old
                    world.servers[World.address(port)]?.previousEnd = 1001
                }
                world.servers[World.address(7002)]?.priority = 0
                world.servers[World.address(7001)]?.history = old
                world.servers[World.address(7001)]?.linkIsUp = false
                world.servers[World.address(7001)]?.offset = offset
            }
        }
        #expect(promoted(prepare(1000)) == 7001)
        #expect(promoted(prepare(1001)) == nil)
    }

    @Test func `is not told again after it restarted without what it was selected for`() {
        let world = FailingOver.group(3, quorum: 2, replicas: 2)
        world.run(for: .seconds(12))
        let first = World.address(7001)
        world.servers[first]?.answersTransactions = false
        world.kill(server: 7000)
        let isTold = world.run(upTo: .seconds(10)) {
            world.servers[first]?.received.contains("EXEC") == true
        }
        #expect(isTold)
        restartEmpty(world, 7001)
        #expect(world.run(upTo: .seconds(10)) { world.masterAddress(0) == 7002 })
        #expect(world.servers[first]?.received.contains("SLAVEOF NO ONE") == false)
    }

    @Test func `is selected anew after it restarted with less before it was told`() {
        let world = FailingOver.group(3, quorum: 2, replicas: 2)
        let first = World.address(7001)
        world.servers[first]?.offset = 1001
        world.run(for: .seconds(12))
        world.kill(server: 7000)
        let isSelected = world.run(upTo: .seconds(10)) {
            (0..<3).contains { !world.lines($0, "+selected-slave").isEmpty }
        }
        #expect(isSelected)
        restart(world, 7001, offset: 900)
        #expect(world.run(upTo: .seconds(10)) { world.masterAddress(0) == 7002 })
        #expect(world.servers[first]?.received.contains("SLAVEOF NO ONE") == false)
    }

    @Test func `is none by what it said before it restarted`() {
        let world = FailingOver.group(3, quorum: 2, replicas: 2)
        world.run(for: .seconds(12))
        world.kill(server: 7000)
        restartEmpty(world, 7001)
        #expect(world.run(upTo: .seconds(10)) { world.masterAddress(0) == 7002 })
        for sentinel in 0..<3 {
            #expect(!world.lines(sentinel, "+selected-slave").contains { $0.contains(":7001") })
        }
    }

    /// A server's process is replaced by one that has nothing.
    private func restartEmpty(_ world: World, _ port: Int) {
        restart(world, port, offset: 0)
        world.servers[World.address(port)]?.history = foreign
        world.servers[World.address(port)]?.linkIsUp = false
    }

    /// A server's process is replaced by one that has its history up to `offset`.
    private func restart(_ world: World, _ port: Int, offset: Int) {
        world.kill(server: port)
        let address = World.address(port)
        world.servers[address]?.isUp = true
        world.servers[address]?.answersTransactions = true
        world.servers[address]?.runID = String(repeating: "9", count: 40)
        world.servers[address]?.offset = offset
        world.servers[address]?.received = []
        world.servers[address]?.queued = nil
    }

    @Test(arguments: [7001, 9999])
    func `is not needed where the master was made a replica of its own`(followed: Int) {
        let world = FailingOver.group(3, quorum: 2, replicas: 2)
        for port in 7001...7002 { world.servers[World.address(port)]?.priority = 0 }
        world.run(for: .seconds(12))
        world.servers[World.address(7000)]?.master = World.address(followed)
        world.run(for: .seconds(90))
        // Whoever made it follow a server outside of the group wanted that.
        #expect((world.servers[World.address(7000)]?.master == nil) == (followed == 7001))
        #expect(world.masterAddress(0) == 7000)
        #expect(world.lines(0, "+switch-master").isEmpty)
    }

    @Test func `has synchronised once, and has loaded what it has`() {
        let prepare: (World) -> Void = { world in
            world.servers[World.address(7001)]?.history = foreign
            world.servers[World.address(7001)]?.linkIsUp = false
            world.servers[World.address(7001)]?.offset = 1
            world.servers[World.address(7002)]?.priority = 200
        }
        #expect(promoted(prepare) == 7002)
        let loading: (World) -> Void = { world in
            world.servers[World.address(7001)]?.isLoading = true
        }
        #expect(promoted(loading) == 7002)
        #expect(promoted(loading, weaknesses: .promotesWithoutData) == 7001)
    }

    @Test func `may have its data from its disk, with no link since it started`() {
        // Everything lost power; the master did not come back.
        let world = FailingOver.group()
        world.run(for: .seconds(12))
        for port in 7000...7002 { world.kill(server: port) }
        for index in 0..<3 { world.kill(sentinel: index) }
        world.run(for: .seconds(60))
        for port in 7001...7002 {
            world.servers[World.address(port)]?.isUp = true
            world.servers[World.address(port)]?.linkIsUp = false
            world.servers[World.address(port)]?.linkDownSeconds = -1
        }
        world.servers[World.address(7001)]?.history = foreign
        world.servers[World.address(7001)]?.offset = 1
        for index in 0..<3 { world.restart(sentinel: index) }
        world.run(for: .seconds(30))
        for index in 0..<3 { #expect(world.masterAddress(index) == 7002) }
    }

    /// The former master is back, and before anyone has made it a replica its successor dies.
    private func returning(priority: Int) -> World {
        let world = FailingOver.group(3, quorum: 2, replicas: 1)
        world.servers[World.address(7000)]?.priority = priority
        world.kill(server: 7000)
        world.run(for: .seconds(12))
        #expect(world.masterAddress(0) == 7001)
        world.servers[World.address(7000)]?.refusal = "ERR not now"
        world.servers[World.address(7000)]?.isUp = true
        world.run(for: .seconds(1))
        world.kill(server: 7001)
        world.run(for: .seconds(8))
        #expect(world.masterAddress(0) == 7001)
        world.servers[World.address(7000)]?.refusal = nil
        world.run(for: .seconds(60))
        return world
    }

    @Test func `is a former master that was not made a replica only as the last resort`() {
        #expect(returning(priority: 100).masterAddress(0) == 7000)
        // INFO of a master does not show its priority: it is asked for.
        #expect(returning(priority: 0).masterAddress(0) == 7001)
    }

    @Test func `is a former master where its successor has forgotten that it is one (seed 87)`() {
        let world = FailingOver.group(3, quorum: 2, replicas: 1)
        world.kill(server: 7000)
        world.run(for: .seconds(12))
        #expect(world.masterAddress(0) == 7001)
        // Its configuration could not be written: it comes back as what it was, and without data.
        world.kill(server: 7001)
        world.servers[World.address(7001)]?.runID = String(repeating: "7", count: 40)
        world.servers[World.address(7001)]?.master = World.address(7000)
        world.servers[World.address(7001)]?.history = foreign
        world.servers[World.address(7001)]?.linkIsUp = false
        world.servers[World.address(7001)]?.isUp = true
        world.servers[World.address(7000)]?.isUp = true
        world.run(for: .seconds(90))
        for index in 0..<3 { #expect(world.masterAddress(index) == 7000) }
        #expect(world.servers[World.address(7001)]?.master == World.address(7000))
    }

    @Test func `has what its master lost, and is not one that follows it (seed 236)`() {
        let world = World()
        world.addServers(replicas: 2)
        for port in 7000...7002 { world.servers[World.address(port)]?.capabilities = ["fence"] }
        world.addSentinels(3, quorum: 2)
        world.run(for: .seconds(12))
        // The master is back with an older file; one replica refuses it, the other one was older still.
        for port in [7000, 7002] {
            world.branch(port, at: 801)
        }
        world.servers[World.address(7002)]?.offset = 900
        world.servers[World.address(7001)]?.linkIsUp = false
        world.servers[World.address(7001)]?.masterRefused = "older"
        world.run(for: .seconds(20))
        #expect(world.masterAddress(0) == 7001)
    }

    @Test func `is not one whose data give way to those of the master (seed 871177)`() {
        let world = World()
        world.addServers(replicas: 2)
        for port in 7000...7002 { world.servers[World.address(port)]?.capabilities = ["fence"] }
        world.servers[World.address(7002)]?.offset = 900
        world.addSentinels(3, quorum: 2)
        world.run(for: .seconds(12))
        world.branch(7000, at: 801)
        for (port, word) in [(7001, "kept"), (7002, "older")] {
            world.servers[World.address(port)]?.linkIsUp = false
            world.servers[World.address(port)]?.masterRefused = word
        }
        world.run(for: .seconds(20))
        #expect(world.masterAddress(0) == 7002)
    }

    @Test(arguments: [true, false])
    func `is not measured by a master that goes on from an older file (seeds 16507, 302111)`(
        isFenced: Bool
    ) {
        let world = World()
        world.addServers(replicas: 2)
        for port in 7000...7002 { world.servers[World.address(port)]?.capabilities = ["fence"] }
        world.servers[World.address(7002)]?.offset = 700
        world.addSentinels(3, quorum: 2)
        world.run(for: .seconds(12))
        world.kill(server: 7000)
        world.servers[World.address(7000)]?.isUp = true
        world.servers[World.address(7000)]?.isFenced = isFenced
        world.branch(7000, at: 801)
        for port in 7001...7002 { world.servers[World.address(port)]?.linkIsUp = false }
        world.run(for: .seconds(2))
        world.kill(server: 7000)
        world.run(for: .seconds(20))
        #expect(world.masterAddress(0) == 7001)
    }

    @Test func `may be a master already, by the word of a leader that is gone`() throws {
        let world = FailingOver.group(3, quorum: 2, replicas: 2)
        world.servers[World.address(7001)]?.offset = 1001
        world.run(for: .seconds(12))
        let leader = try #require(world.promoteUnheard(at: 1002))
        world.run(for: .seconds(60))
        let other = (leader + 1) % 3
        #expect(world.masterAddress(other) == 7001)
        #expect(
            !world.lines(other, "+elected-leader").isEmpty
                || !world.lines((leader + 2) % 3, "+elected-leader").isEmpty)
    }

    @Test func `has most of the former history where nobody followed a master that is gone`() {
        let world = FailingOver.group(3, quorum: 2, replicas: 3)
        world.servers[World.address(7001)]?.offset = 1001
        world.run(for: .seconds(12))
        world.kill(server: 7000)
        #expect(world.run(upTo: .seconds(20)) { world.servers[World.address(7001)]?.master == nil })
        world.branch(7001, at: 1002)
        world.run(for: .seconds(20))
        // It has all that the promoted one had, and what the former master sent to it alone.
        world.servers[World.address(7002)]?.offset = 1500
        world.servers[World.address(7003)]?.offset = 900
        world.run(for: .seconds(12))
        world.kill(server: 7001)
        world.run(for: .seconds(40))
        #expect(world.masterAddress(0) == 7002)
    }

    @Test func `is not one of an empty master that nobody followed`() {
        let chosen = promoted { world in
            // The master came back empty; its replicas refuse its data.
            world.servers[World.address(7000)]?.history = foreign
            for port in 7001...7002 { world.servers[World.address(port)]?.linkIsUp = false }
        }
        #expect(chosen == 7001)
    }
}

@Suite struct `Where min-replicas-to-write is set` {
    private func group(_ minimum: Int, replicas: Int) -> World {
        let world = FailingOver.group(3, quorum: 2, replicas: replicas)
        world.servers[World.address(7000)]?.minimumReplicas = minimum
        world.run(for: .seconds(12))
        return world
    }

    @Test func `the most advanced replica comes before the preferred one`() {
        let world = group(1, replicas: 2)
        world.servers[World.address(7001)]?.priority = 1
        world.servers[World.address(7002)]?.offset = 1001
        world.run(for: .seconds(12))
        world.kill(server: 7000)
        world.run(for: .seconds(10))
        #expect(world.masterAddress(0) == 7002)
    }

    @Test(arguments: [true, false])
    func `who went on with the group comes before a promoted one that nobody follows`(
        isSet: Bool
    ) {
        let world = group(isSet ? 1 : 0, replicas: 2)
        world.giveVotesAway(epoch: 1)
        world.servers[World.address(7001)]?.master = nil
        world.branch(7001, at: 1001)
        world.servers[World.address(7002)]?.offset = 1500
        world.run(for: .seconds(1))
        world.kill(server: 7000)
        world.run(for: .seconds(40))
        #expect(world.masterAddress(0) == (isSet ? 7002 : 7001))
    }

    @Test(arguments: [true, false])
    func `who has most is chosen however long it was without a master`(isSet: Bool) {
        let world = group(isSet ? 1 : 0, replicas: 2)
        world.servers[World.address(7001)]?.offset = 1001
        world.servers[World.address(7001)]?.linkDownSeconds = 100
        world.kill(server: 7000)
        world.run(for: .seconds(20))
        #expect(world.masterAddress(0) == (isSet ? 7001 : 7002))
    }

    @Test func `nobody stands before enough replicas can be read, or failover-timeout has passed`()
    {
        let world = group(1, replicas: 2)
        world.kill(server: 7002)
        world.run(for: .seconds(5))
        world.kill(server: 7000)
        world.run(for: .seconds(9))
        guard let odown = world.time("+odown") else {
            Issue.record("the master is not down")
            return
        }
        #expect(world.time("+try-failover") == nil)
        world.run(for: .seconds(10))
        guard let stood = world.time("+try-failover") else {
            Issue.record("nobody stood")
            return
        }
        #expect(stood - odown >= 10_000)
        #expect(world.masterAddress(0) == 7001)
        #expect(
            (0..<3).contains { !world.lines($0, "a write that WAIT confirmed may be lost").isEmpty }
        )
    }

    @Test func `the replica that is missed is waited for`() {
        let world = group(1, replicas: 2)
        world.servers[World.address(7002)]?.offset = 1001
        world.kill(server: 7002)
        world.run(for: .seconds(5))
        world.kill(server: 7000)
        world.run(for: .seconds(8))
        world.servers[World.address(7002)]?.isUp = true
        world.run(for: .seconds(8))
        #expect(world.masterAddress(0) == 7002)
    }

    @Test func `fewer replicas need to be read where more confirm`() {
        let world = group(2, replicas: 3)
        world.kill(server: 7003)
        world.run(for: .seconds(5))
        world.kill(server: 7000)
        world.run(for: .seconds(8))
        #expect(world.masterAddress(0) == 7001)
    }

    @Test func `the most advanced one counts before hellos are on it`() {
        let world = group(1, replicas: 2)
        world.servers[World.address(7002)]?.offset = 1001
        world.hangsHellos = [7002]
        world.dropLinks(to: 7002)
        world.run(for: .seconds(1))
        world.kill(server: 7000)
        world.run(for: .seconds(8))
        #expect(world.masterAddress(0) == 7002)
    }

    @Test func `an empty replica that joined a master which came back empty tells no history`() {
        let world = group(1, replicas: 2)
        // Master and replica lose their data together; nobody stands before the replica is back, and no
        // sentinel reaches the master by then.
        world.kill(server: 7001)
        for sentinel in 0..<3 { world.cut(sentinel: sentinel, from: 7000) }
        world.run(for: .seconds(5))
        world.servers[World.address(7000)]?.history = foreign
        world.servers[World.address(7001)]?.history = foreign
        world.servers[World.address(7001)]?.runID = String(repeating: "9", count: 40)
        world.servers[World.address(7001)]?.isUp = true
        world.servers[World.address(7002)]?.linkIsUp = false
        world.run(for: .seconds(8))
        #expect(world.masterAddress(0) == 7002)
    }

    /// A replica falls silent when somebody stands; whether that one is elected.
    private func elects(_ world: World, whileSilent port: Int) -> Bool {
        world.run(upTo: .seconds(20)) {
            if world.time("+try-failover") != nil {
                world.servers[World.address(port)]?.answers = false
            }
            return world.time("+elected-leader") != nil
        }
    }

    /// The server answers what is asked from now on, on new connections.
    private func answerAgain(_ world: World, _ port: Int) {
        world.servers[World.address(port)]?.answers = true
        world.dropLinks(to: port)
    }

    @Test func `a master that comes back with less while one is selected tells no history`() {
        let world = group(1, replicas: 2)
        world.servers[World.address(7002)]?.offset = 700
        world.run(for: .seconds(12))
        world.kill(server: 7000)
        #expect(elects(world, whileSilent: 7002))
        world.branch(7000, at: 801)
        world.servers[World.address(7000)]?.isUp = true
        world.run(for: .seconds(2))
        #expect(world.time("+selected-slave") == nil)
        answerAgain(world, 7002)
        world.run(for: .seconds(8))
        #expect(world.masterAddress(0) == 7001)
    }

    @Test func `a replica that is connected anew has to be read anew (seed 853432)`() {
        let world = group(1, replicas: 2)
        world.servers[World.address(7002)]?.offset = 1001
        world.kill(server: 7000)
        #expect(elects(world, whileSilent: 7001))
        world.run(for: .milliseconds(500))
        world.servers[World.address(7002)]?.answers = false
        world.dropLinks(to: 7002)
        world.run(for: .milliseconds(500))
        answerAgain(world, 7001)
        world.run(for: .seconds(1))
        #expect(world.time("+selected-slave") == nil)
        answerAgain(world, 7002)
        world.run(for: .seconds(8))
        #expect(world.masterAddress(0) == 7002)
    }

    private let foreign = String(repeating: "f", count: 40)

    @Test func `the number outlives a restart`() {
        let world = group(1, replicas: 2)
        #expect(
            world.processes[0].companion?.text.contains("minimum-replicas mymaster 1\n") == true)
    }

    @Test func `nothing is waited for with the weakness of the original`() {
        let world = group(1, replicas: 2)
        for process in world.processes { process.machine.weaknesses = .ignoresWait }
        world.kill(server: 7002)
        world.run(for: .seconds(5))
        world.kill(server: 7000)
        world.run(for: .seconds(8))
        #expect(world.masterAddress(0) == 7001)
    }
}
