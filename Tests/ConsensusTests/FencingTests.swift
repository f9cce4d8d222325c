import Bytes
import Consensus
import Determinism
import Protocol
import Testing

@Suite struct `A sentinel and servers that fence themselves` {
    private func world(
        sentinels: Int, _ capabilities: [String]?, replicas: Int = 2
    ) -> World {
        let world = World()
        world.addServers(replicas: replicas)
        for address in world.servers.keys {
            world.servers[address]?.capabilities = capabilities
        }
        world.addSentinels(sentinels, quorum: sentinels / 2 + 1)
        world.run(for: .seconds(12))
        return world
    }

    private func hellos(_ world: World, port: Int) -> Int {
        world.servers[World.address(port)]?.received.count { $0.hasPrefix("PUBLISH") } ?? 0
    }

    /// The master's process is replaced by one with another history.
    private func restartWithoutHistory(_ world: World) {
        world.kill(server: 7000)
        world.servers[World.address(7000)]?.isUp = true
        world.servers[World.address(7000)]?.history = String(repeating: "e", count: 40)
    }

    /// The former master is there again, and waits to be named.
    private func comeBackFenced(_ world: World) {
        world.servers[World.address(7000)]?.isUp = true
        world.servers[World.address(7000)]?.isFenced = true
    }

    /// The replicas have lost their master, and refuse it for what it lacks, if they know.
    private func refuse(_ world: World, _ loss: String?, since seconds: Int = 1) {
        for port in 7001...7002 {
            world.servers[World.address(port)]?.masterRefused = loss
            world.servers[World.address(port)]?.linkIsUp = false
            world.servers[World.address(port)]?.linkDownSeconds = seconds
        }
    }

    @Test func `tells how it watches, once, and again after a change`() {
        let world = world(sentinels: 1, ["fence"])
        func told() -> [String] {
            world.servers[World.address(7000)]?.received.filter { $0.hasPrefix("RDS SENTINEL") }
                ?? []
        }
        let id = String(repeating: "a", count: 40)
        #expect(told() == ["RDS SENTINEL \(id) mymaster 3000 10000"])
        world.ask(0, "SENTINEL", "SET", "mymaster", "down-after-milliseconds", "700")
        world.run(for: .seconds(3))
        #expect(told().last == "RDS SENTINEL \(id) mymaster 700 10000")
        #expect(told().count == 2)
    }

    @Test func `says its first hello at once, so that the master knows its sentinels`() {
        let world = World()
        world.addServers(replicas: 1)
        world.addSentinels(1, quorum: 1)
        world.run(for: .milliseconds(100))
        #expect(hellos(world, port: 7000) == 1)
    }

    @Test(arguments: [true, false])
    func `elects who was promoted by a leader that nobody heard of again, not a fenced master`(
        isFenced: Bool
    ) throws {
        let world = world(sentinels: 3, ["fence"])
        let leader = try #require(world.promoteUnheard(at: 1001))
        world.servers[World.address(7000)]?.isUp = true
        world.servers[World.address(7000)]?.isFenced = isFenced
        world.servers[World.address(7000)]?.received = []
        let voters = (0..<3).filter { $0 != leader }
        // The votes are held for ten seconds; a former master that serves keeps its place.
        world.run(for: .seconds(25))
        for voter in voters {
            #expect(world.masterAddress(voter) == (isFenced ? 7001 : 7000))
        }
        let named = world.servers[World.address(7000)]?.received.contains {
            $0.hasPrefix("PUBLISH") && $0.contains("mymaster,127.0.0.1,7000")
        }
        #expect(named == !isFenced)
    }

    @Test func `names no fenced master before replicas have told what became of the vote`() throws {
        let world = world(sentinels: 3, ["fence"], replicas: 1)
        let leader = try #require(world.promoteUnheard(at: 1001))
        world.servers[World.address(7001)]?.answersInformation = false
        comeBackFenced(world)
        world.servers[World.address(7000)]?.received = []
        // The votes are held for ten seconds.
        world.run(for: .seconds(12))
        let named = world.servers[World.address(7000)]?.received.contains {
            $0.hasPrefix("PUBLISH") && $0.contains("mymaster,127.0.0.1,7000")
        }
        #expect(named == false)
        world.servers[World.address(7001)]?.answersInformation = true
        world.run(for: .seconds(25))
        for voter in (0..<3) where voter != leader { #expect(world.masterAddress(voter) == 7001) }
    }

    @Test func `elects who was promoted unheard after a loss of power on the whole site`() throws {
        let world = world(sentinels: 3, ["fence"], replicas: 1)
        _ = try #require(world.promoteUnheard(at: 1001))
        for number in 0..<3 { world.kill(sentinel: number) }
        world.kill(server: 7001)
        for port in [7000, 7001] {
            world.servers[World.address(port)]?.runID = String(
                repeating: "\(port % 10 + 5)", count: 40)
            world.servers[World.address(port)]?.isFenced = true
            world.servers[World.address(port)]?.received = []
            world.servers[World.address(port)]?.isUp = true
        }
        for number in 0..<3 { world.restart(sentinel: number) }
        world.run(for: .seconds(40))
        for number in 0..<3 { #expect(world.masterAddress(number) == 7001) }
    }

    @Test func `elects who was promoted unheard although another candidate gave votes back`() throws
    {
        let world = world(sentinels: 3, ["fence"])
        let leader = try #require(world.promoteUnheard(at: 1001))
        for voter in (0..<3) where voter != leader {
            world.ask(
                voter, "SENTINEL", "RELEASE", "127.0.0.1", "7000", "1",
                String(repeating: "x", count: 40))
        }
        comeBackFenced(world)
        world.run(for: .seconds(25))
        for voter in (0..<3) where voter != leader { #expect(world.masterAddress(voter) == 7001) }
    }

    @Test func `elects who followed one that was promoted unheard and is gone`() throws {
        let world = world(sentinels: 3, ["fence"])
        let leader = try #require(world.promoteUnheard(at: 1001))
        world.servers[World.address(7002)]?.master = World.address(7001)
        world.branch(7002, at: 1001)
        comeBackFenced(world)
        world.run(for: .seconds(5))
        world.kill(server: 7001)
        world.run(for: .seconds(25))
        for voter in (0..<3) where voter != leader { #expect(world.masterAddress(voter) == 7002) }
    }

    @Test
    func `names a fenced master in the end where nobody that shows a promotion can be elected`() {
        let world = world(sentinels: 3, ["fence"], replicas: 1)
        world.giveVotesAway(epoch: 1)
        world.branch(7001, at: 1001)
        world.servers[World.address(7001)]?.linkIsUp = false
        world.servers[World.address(7001)]?.linkDownSeconds = 1000
        world.kill(server: 7000)
        comeBackFenced(world)
        world.run(for: .seconds(30))
        world.servers[World.address(7000)]?.received = []
        world.run(for: .seconds(80))
        let named = world.servers[World.address(7000)]?.received.contains {
            $0.hasPrefix("PUBLISH") && $0.contains("mymaster,127.0.0.1,7000")
        }
        #expect(named == true)
    }

    @Test func `elects who was promoted unheard where another has taken its data anew`() throws {
        let world = world(sentinels: 3, ["fence"])
        let leader = try #require(world.promoteUnheard(at: 1001))
        // It came back without data just before: its history is the promoted one's, and has no past.
        world.servers[World.address(7002)]?.master = World.address(7001)
        world.servers[World.address(7002)]?.history = String(repeating: "f", count: 40)
        comeBackFenced(world)
        world.run(for: .seconds(25))
        for voter in (0..<3) where voter != leader { #expect(world.masterAddress(voter) == 7001) }
    }

    @Test(arguments: [0, 1])
    func `fails over a fenced master that has heard of an epoch that nobody knows`(config: Int) {
        let world = world(sentinels: 3, ["fence"])
        world.servers[World.address(7000)]?.isFenced = true
        world.servers[World.address(7000)]?.supersededEpoch = 1
        // One whose word would open it needs no help.
        for number in 0..<3 where config == 1 {
            world.ask(
                number, "PUBLISH", "__sentinel__:hello",
                "127.0.0.1,8009,\(String(repeating: "x", count: 40)),1,mymaster,127.0.0.1,7000,1")
        }
        world.run(for: .seconds(30))
        for number in 0..<3 { #expect((world.masterAddress(number) == 7000) == (config == 1)) }
    }

    @Test func `opens it in the end where nobody can take its place (seed 119852)`() {
        let world = world(sentinels: 3, ["fence"])
        for port in 7001...7002 { world.servers[World.address(port)]?.priority = 0 }
        world.run(for: .seconds(12))
        world.servers[World.address(7000)]?.isFenced = true
        world.servers[World.address(7000)]?.supersededEpoch = 1
        world.servers[World.address(7000)]?.received = []
        func isTold() -> Bool {
            world.servers[World.address(7000)]?.received.contains("SLAVEOF NO ONE") == true
        }
        // Five times the hold of a vote, which is ten seconds, from the end of the first.
        world.run(for: .seconds(55))
        #expect(!isTold())
        #expect(world.run(upTo: .seconds(60)) { isTold() })
    }

    @Test func `sends nobody to a fenced master`() {
        let world = world(sentinels: 3, ["fence"])
        world.servers[World.address(7000)]?.isFenced = true
        world.run(for: .seconds(12))
        world.servers[World.address(7001)]?.master = World.address(7002)
        world.run(for: .seconds(40))
        #expect(world.servers[World.address(7001)]?.master == World.address(7002))
        world.servers[World.address(7000)]?.isFenced = false
        #expect(
            world.run(upTo: .seconds(20)) {
                world.servers[World.address(7001)]?.master == World.address(7000)
            })
    }

    @Test func `names a fenced master in the end where too few know that another was promoted`() {
        let world = world(sentinels: 3, ["fence"])
        world.giveVotesAway(except: 0, epoch: 1)
        // Who did not vote would make a replica of it.
        for port in [7001, 8001, 8002] { world.cut(sentinel: 0, from: port) }
        for voter in 1...2 { world.cut(sentinel: voter, from: 8000) }
        world.cut(sentinel: 1, from: 8002)
        world.cut(sentinel: 2, from: 8001)
        world.kill(server: 7000)
        comeBackFenced(world)
        world.servers[World.address(7001)]?.master = nil
        world.branch(7001, at: 1001)
        func isNamed() -> Bool {
            let received = world.servers[World.address(7000)]?.received ?? []
            return received.contains {
                $0.hasPrefix("PUBLISH") && $0.contains(String(repeating: "b", count: 40))
            }
        }
        world.servers[World.address(7000)]?.received = []
        world.run(for: .seconds(50))
        #expect(!isNamed())
        world.run(for: .seconds(30))
        #expect(isNamed())
    }

    @Test func `names a master that came back only when that has said whether it is fenced`() {
        let world = world(sentinels: 1, ["fence"])
        // Nothing is under way.
        world.run(for: .milliseconds(500))
        world.kill(server: 7000)
        world.servers[World.address(7000)]?.answersInformation = false
        world.servers[World.address(7000)]?.isUp = true
        let before = hellos(world, port: 7000)
        world.run(for: .seconds(3))
        #expect(hellos(world, port: 7000) == before)
        // Whoever may not read INFO is no help, and says so in the log; the master hears of it all the same.
        world.run(for: .seconds(5))
        #expect(hellos(world, port: 7000) > before)
    }

    @Test func `says nothing of its own to a server that did not offer it`() {
        let world = world(sentinels: 1, nil)
        let received = world.servers[World.address(7000)]?.received ?? []
        #expect(!received.contains { $0.hasPrefix("RDS SENTINEL") })
    }

    @Test(arguments: [true, false])
    func `withholds its hello while its vote is out, from a master that fences`(fences: Bool) {
        let world = world(sentinels: 1, fences ? ["fence"] : nil)
        let before = hellos(world, port: 7000)
        let replicaBefore = hellos(world, port: 7001)
        let stranger = String(repeating: "x", count: 40)
        world.ask(0, "SENTINEL", "IS-MASTER-DOWN-BY-ADDR", "127.0.0.1", "7000", "9", stranger)
        world.run(for: .seconds(8))
        #expect((hellos(world, port: 7000) == before) == fences)
        #expect(hellos(world, port: 7001) > replicaBefore)
        world.run(for: .seconds(4))
        #expect(hellos(world, port: 7000) > before)
    }

    @Test(arguments: ["empty", "older"])
    func `fails over when a replica refuses a master that came back without its data`(loss: String)
    {
        let world = world(sentinels: 3, ["fence"])
        world.servers[World.address(7000)]?.history = String(repeating: "e", count: 40)
        refuse(world, loss)
        let isDone = world.run(upTo: .seconds(20)) { world.masterAddress(0) != 7000 }
        #expect(isDone, "\(world.transcript.suffix(20))")
        #expect(world.lines(0, "has lost data").count + world.lines(1, "has lost data").count > 0)
    }

    @Test func `tells a fence of the other sentinels before the hello that counts for it`() {
        let world = world(sentinels: 3, ["fence"])
        world.servers[World.address(7000)]?.received = []
        world.kill(server: 7000)
        world.servers[World.address(7000)]?.isUp = true
        world.run(for: .seconds(4))
        let received = world.servers[World.address(7000)]?.received ?? []
        let heard = Set(
            received.compactMap { line -> Substring? in
                let words = line.split(separator: " ")
                guard words.count > 2 else { return nil }
                if line.hasPrefix("RDS SENTINEL") { return words[2] }
                return nil
            })
        #expect(heard.count == 3)
        let firstHello = received.firstIndex { $0.hasPrefix("PUBLISH") } ?? 0
        let firstTelling = received.firstIndex { $0.hasPrefix("RDS SENTINEL") } ?? .max
        #expect(firstTelling < firstHello)
    }

    @Test func `hears within a second of a refusal by the replicas of a master that came back`() {
        let world = world(sentinels: 3, ["fence"])
        restartWithoutHistory(world)
        refuse(world, nil)
        world.run(for: .milliseconds(500))
        refuse(world, "empty")
        world.run(for: .milliseconds(300))
        for sentinel in 0..<3 {
            #expect(world.lines(sentinel, "has lost data").count == 1)
        }
        #expect(world.run(upTo: .seconds(2)) { world.masterAddress(0) != 7000 })
    }

    @Test func `promotes who refuses the master, however long it has been without one`() {
        let world = world(sentinels: 3, ["fence"])
        world.servers[World.address(7000)]?.history = String(repeating: "e", count: 40)
        refuse(world, "older", since: 3600)
        #expect(world.run(upTo: .seconds(20)) { world.masterAddress(0) != 7000 })
    }

    @Test func `says nothing for a master by the INFO that tells of its loss`() {
        let world = world(sentinels: 3, ["fence"])
        restartWithoutHistory(world)
        refuse(world, nil)
        world.run(for: .milliseconds(500))
        world.servers[World.address(7000)]?.received = []
        refuse(world, "older")
        world.run(for: .milliseconds(300))
        let received = world.servers[World.address(7000)]?.received ?? []
        #expect(!received.contains { $0.contains(",mymaster,127.0.0.1,7000,") })
    }

    @Test func `fails over when the master that came back has another history than the group`() {
        let world = world(sentinels: 3, ["fence"])
        restartWithoutHistory(world)
        refuse(world, "foreign")
        #expect(world.run(upTo: .seconds(10)) { world.masterAddress(0) != 7000 })
    }

    @Test func `fails over to a former master that refuses the elected one that came back empty`() {
        // It left the group's history at the last failover: its own goes on beside it.
        let world = world(sentinels: 3, ["fence"], replicas: 1)
        world.branch(7000, at: 900, name: "b")
        world.run(for: .seconds(12))
        world.servers[World.address(7000)]?.history = String(repeating: "e", count: 40)
        world.servers[World.address(7000)]?.previousHistory = String(repeating: "0", count: 40)
        world.servers[World.address(7001)]?.masterRefused = "foreign"
        world.servers[World.address(7001)]?.linkIsUp = false
        world.servers[World.address(7001)]?.linkDownSeconds = 1
        #expect(world.run(upTo: .seconds(20)) { world.masterAddress(0) == 7001 })
    }

    @Test func `does not fail over to a former master without data that has followed nobody`() {
        // It came back empty, and the only replica, which took its place, dies before it has its data.
        let world = world(sentinels: 3, ["fence"], replicas: 1)
        let former = World.address(7000)
        restartWithoutHistory(world)
        world.servers[former]?.synchronises = false
        world.servers[former]?.linkDownSeconds = -1
        refuse(world, "empty")
        let isReplaced = world.run(upTo: .seconds(20)) {
            world.masterAddress(0) == 7001 && world.servers[former]?.master != nil
        }
        #expect(isReplaced)
        world.kill(server: 7001)
        world.run(for: .seconds(40))
        for sentinel in 0..<3 { #expect(world.masterAddress(sentinel) == 7001) }
    }

    @Test(arguments: [true, false])
    func `does not fail over to a replica that was away while two masters were elected`(
        isFirstHeard: Bool
    ) {
        let world = world(sentinels: 1, ["fence"])
        world.kill(server: 7000)
        #expect(world.run(upTo: .seconds(20)) { !world.lines(0, "+selected-slave").isEmpty })
        if isFirstHeard { world.branch(7001, at: 1001, name: "b") }
        #expect(world.run(upTo: .seconds(20)) { !world.lines(0, "+failover-end").isEmpty })
        // The first is not heard again, and the second has gone on with its history.
        world.cut(sentinel: 0, from: 7001)
        world.servers[World.address(7002)]?.master = nil
        world.branch(7002, at: 1101, name: "c")
        world.servers[World.address(7002)]?.previousHistory = String(repeating: "b", count: 40)
        for (port, id) in [(8001, "y"), (8002, "z")] {
            Hellos.hello(
                world, port: port, id: String(repeating: id, count: 40), epoch: "2", master: 7002,
                configEpoch: "2")
        }
        #expect(world.masterAddress(0) == 7002)
        world.run(for: .seconds(3))
        world.servers[World.address(7000)]?.master = World.address(7002)
        world.servers[World.address(7000)]?.masterRefused = "foreign"
        world.servers[World.address(7000)]?.linkIsUp = false
        world.servers[World.address(7000)]?.isUp = true
        world.run(for: .seconds(30))
        #expect(world.masterAddress(0) == 7002)
        #expect(world.lines(0, "has lost data").isEmpty)
    }

    @Test(arguments: [1000, 1500])
    func `does not fail over to a former master's file with more than was taken over`(offset: Int) {
        let world = world(sentinels: 3, ["fence"])
        world.kill(server: 7000)
        let isSelected = world.run(upTo: .seconds(20)) {
            (0..<3).contains { !world.lines($0, "+selected-slave").isEmpty }
        }
        #expect(isSelected)
        world.branch(7001, at: 1001, name: "b")
        world.run(for: .seconds(20))
        world.servers[World.address(7000)]?.master = World.address(7001)
        world.servers[World.address(7000)]?.offset = offset
        world.servers[World.address(7000)]?.masterRefused = "older"
        world.servers[World.address(7000)]?.linkIsUp = false
        world.servers[World.address(7000)]?.isUp = true
        world.run(for: .seconds(5))
        // What the elected master had, and what it may have lost, is of the group.
        let isLost = (0..<3).contains { !world.lines($0, "has lost data").isEmpty }
        #expect(isLost == (offset == 1000))
    }

    @Test func `does not fail over to a replica that only has another history`() {
        let world = world(sentinels: 3, ["fence"])
        world.servers[World.address(7001)]?.masterRefused = "foreign"
        world.run(for: .seconds(30))
        #expect(world.masterAddress(0) == 7000)
        #expect(world.lines(0, "+sdown").isEmpty)
    }
}
