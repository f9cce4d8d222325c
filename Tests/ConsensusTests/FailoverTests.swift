import Bytes
import Consensus
import Determinism
import Protocol
import Testing

@Suite struct FailingOver {
    /// Three servers, three sentinels that know each other.
    ///
    /// Those in `plain` know nothing beyond Redis.
    static func group(
        _ sentinels: Int = 3, quorum: Int = 2, replicas: Int = 2, plain: Set<Int> = []
    ) -> World {
        let world = World()
        world.plain = plain
        world.addServers(replicas: replicas)
        world.addSentinels(sentinels, quorum: quorum)
        world.run(for: .seconds(5))
        return world
    }

    @Test(arguments: 0..<5)
    func `the promotion is told at once, also while another hello is under way`(number: Int64) {
        let world = Self.group()
        world.latency = .milliseconds(300)
        world.run(for: .milliseconds(10_000 + 400 * number))
        world.kill(server: 7000)
        let isTold = world.run(upTo: .seconds(60)) {
            (0..<3).contains { !world.lines($0, "+switch-master").isEmpty }
        }
        #expect(isTold)
        let begin = world.now
        #expect(
            world.run(upTo: .seconds(20)) {
                (0..<3).allSatisfy { !world.lines($0, "+switch-master").isEmpty }
            })
        // To them, and to ask and to be told whether it is so.
        #expect(world.now - begin <= .seconds(1))
    }

    @Test func `the leader learns how the promoted one goes on while others have still to follow`()
        throws
    {
        let world = Self.group()
        world.servers[World.address(7002)]?.synchronises = false
        world.run(for: .seconds(12))
        world.kill(server: 7000)
        #expect(world.run(upTo: .seconds(20)) { world.servers[World.address(7001)]?.master == nil })
        world.branch(7001, at: 1001)
        world.run(for: .seconds(5))
        let leader = try #require(
            (0..<3).first { !world.lines($0, "+promoted-slave").isEmpty })
        #expect(world.lines(leader, "+failover-end").isEmpty)
        let history = String(repeating: "f", count: 40)
        #expect(world.processes[leader].companion?.text.contains(history) == true)
    }

    @Test func `nodes are asked for INFO every ten seconds, and more often only meanwhile`() {
        let world = Self.group()
        func count(_ port: Int) -> Int {
            world.servers[World.address(port)]?.received.count { $0 == "INFO" } ?? 0
        }
        // A group is new for ten seconds.
        world.run(for: .seconds(10))
        let before = (7000...7002).map(count)
        world.run(for: .seconds(60))
        for (index, port) in (7000...7002).enumerated() {
            #expect(count(port) - before[index] <= 3 * 7, "\(port)")
        }
        world.kill(server: 7000)
        world.run(for: .seconds(30))
        let after = count(7001)
        world.run(for: .seconds(60))
        #expect(count(7001) - after <= 3 * 7)
    }

    @Test
    func `a leader tells nobody to follow the former master, even if that is back (seed 20854)`() {
        let world = Self.group()
        for process in world.processes {
            process.machine.timing.reconfigurationTimeout = .seconds(60)
        }
        // It follows who will be promoted, for nearly as long as it is left alone, and never synchronises.
        world.servers[World.address(7002)]?.master = World.address(7001)
        world.servers[World.address(7002)]?.linkIsUp = false
        world.servers[World.address(7002)]?.synchronises = false
        world.run(for: .seconds(8))
        world.kill(server: 7000)
        let isTold = world.run(upTo: .seconds(20)) {
            world.servers[World.address(7001)]?.master == nil
        }
        #expect(isTold)
        // The former master comes back, and takes no orders.
        world.servers[World.address(7000)]?.answersTransactions = false
        world.servers[World.address(7000)]?.isUp = true
        world.servers[World.address(7002)]?.received = []
        world.run(for: .seconds(30))
        #expect((0..<3).contains { !world.lines($0, "+failover-end-for-timeout").isEmpty })
        let received = world.servers[World.address(7002)]?.received ?? []
        #expect(!received.contains("SLAVEOF 127.0.0.1 7000"))
    }

    @Test func `sentinels find replicas and each other`() {
        let world = Self.group()
        for index in 0..<3 {
            #expect(world.lines(index, "+slave").count == 2)
            #expect(world.lines(index, "+sentinel ").count == 2)
        }
        #expect(
            world.lines(0, "+slave")[0]
                == "* +slave slave 127.0.0.1:7001 127.0.0.1 7001 @ mymaster 127.0.0.1 7000")
        #expect(
            world.lines(0, "+monitor") == ["# +monitor master mymaster 127.0.0.1 7000 quorum 2"])
    }

    @Test func `sentinels find replicas of a new group within a second`() {
        let world = Self.group(replicas: 0)
        world.addServers(replicas: 2)
        world.run(for: .milliseconds(1100))
        for index in 0..<3 { #expect(world.lines(index, "+slave").count == 2) }
    }

    @Test func `a dead master is replaced, step by step`() {
        let world = Self.group()
        world.kill(server: 7000)
        let before = world.transcript.count
        world.run(for: .seconds(10))
        let leader = world.lines(0)
        let names = [
            "+sdown master", "+odown", "+new-epoch", "+try-failover", "record", "+vote-for-leader",
            "voted for", "+elected-leader", "+failover-state-select-slave", "+selected-slave",
            "+failover-state-send-slaveof-noone", "+failover-state-wait-promotion", "record",
            "+promoted-slave", "+failover-state-reconf-slaves", "+switch-master",
            "+slave-reconf-sent", "+slave-reconf-inprog", "+slave-reconf-done", "+failover-end",
        ]
        var place = leader.startIndex
        for name in names {
            guard let found = leader[place...].firstIndex(where: { $0.contains(name) }) else {
                Issue.record("\(name) is missing after \(leader[..<place].suffix(3))")
                return
            }
            place = found + 1
        }
        #expect(
            world.lines(0, "+switch-master")
                == ["# +switch-master mymaster 127.0.0.1 7000 127.0.0.1 7001"])
        // What the journal is told beside.
        let told = world.processes[0].events.first { $0.name == "+switch-master" }
        #expect(told?.masterName == "mymaster")
        #expect(told?.epoch == 1)
        #expect(
            told?.fields.map { "\($0.name)=\($0.value)" }
                == ["OLD_ADDRESS=127.0.0.1:7000", "NEW_ADDRESS=127.0.0.1:7001"])
        for index in 1..<3 {
            #expect(world.lines(index, "+config-update-from").count == 1)
            #expect(world.lines(index, "+switch-master").count == 1)
            #expect(world.lines(index, "+try-failover").isEmpty)
        }
        for index in 0..<3 {
            #expect(world.masterAddress(index) == 7001)
            #expect(!world.lines(index, "+sdown slave 127.0.0.1:7000").isEmpty)
        }
        #expect(world.servers[World.address(7002)]?.master == World.address(7001))
        #expect(before < world.transcript.count)
    }

    @Test func `from odown to promotion takes a few round trips`() {
        let world = Self.group()
        world.kill(server: 7000)
        world.run(for: .seconds(10))
        func time(_ word: String) -> Int? {
            world.transcript.first { $0.contains(word) }.flatMap {
                Int($0.split(separator: " ")[0])
            }
        }
        guard let odown = time("+odown"), let promoted = time("+promoted-slave") else {
            Issue.record("no failover")
            return
        }
        #expect(promoted - odown < 30)
    }

    @Test func `a master that comes back is made a replica`() {
        let world = Self.group()
        world.kill(server: 7000)
        world.run(for: .seconds(10))
        world.servers[World.address(7000)]?.isUp = true
        world.run(for: .seconds(20))
        #expect(world.servers[World.address(7000)]?.master == World.address(7001))
        let converted = (0..<3).flatMap { world.lines($0, "+convert-to-slave") }
        #expect(
            converted.contains(
                "* +convert-to-slave slave 127.0.0.1:7000 127.0.0.1 7000 @ mymaster 127.0.0.1 7001")
        )
    }

    @Test func `a replica of the wrong master is put right after the failover timeout`() {
        let world = Self.group()
        world.servers[World.address(7002)]?.master = World.address(7999)
        world.run(for: .seconds(40))
        #expect(world.servers[World.address(7002)]?.master == World.address(7000))
        #expect((0..<3).contains { !world.lines($0, "+fix-slave-config").isEmpty })
    }

    @Test func `nothing happens below the quorum`() {
        let world = Self.group(3, quorum: 3)
        world.kill(sentinel: 2)
        world.kill(server: 7000)
        world.run(for: .seconds(30))
        #expect(world.lines(0, "+sdown master").count == 1)
        #expect(world.lines(0, "+odown").isEmpty)
        #expect(world.lines(0, "+try-failover").isEmpty)
    }

    @Test func `a quorum without a majority elects nobody`() {
        let world = Self.group(5, quorum: 2)
        for index in 2..<5 { world.kill(sentinel: index) }
        world.kill(server: 7000)
        world.run(for: .seconds(30))
        #expect(!world.lines(0, "+odown").isEmpty)
        #expect(world.lines(0, "+elected-leader").isEmpty)
        #expect(!world.lines(0, "-failover-abort-not-elected").isEmpty)
    }

    @Test func `one of two surviving sentinels leads at once`() {
        let world = Self.group()
        world.kill(sentinel: 0)
        world.kill(server: 7000)
        world.run(for: .seconds(6))
        #expect(world.masterAddress(1) == 7001)
        #expect(world.masterAddress(2) == 7001)
    }

    @Test func `without a good replica a failover is given up and tried again later`() {
        let world = Self.group()
        world.servers[World.address(7001)]?.priority = 0
        world.servers[World.address(7002)]?.priority = 0
        world.run(for: .seconds(15))
        world.kill(server: 7000)
        world.run(for: .seconds(15))
        #expect(world.lines(0, "-failover-abort-no-good-slave").count == 1)
        world.servers[World.address(7002)]?.priority = 10
        world.run(for: .seconds(40))
        #expect(world.masterAddress(0) == 7002)
    }

    @Test func `a replica that refuses to be promoted is passed over`() {
        let world = Self.group()
        world.servers[World.address(7001)]?.refusal =
            "EXECABORT Transaction discarded because of previous errors."
        world.kill(server: 7000)
        world.run(for: .seconds(10))
        #expect(world.masterAddress(0) == 7002)
        #expect(world.lines(0, "refused to be promoted").count == 1)
    }

    @Test func `an operator's failover moves a master that is up`() {
        let world = Self.group()
        world.ask(1, "SENTINEL", "FAILOVER", "mymaster")
        #expect(world.replies.removeLast() == .value(.simpleString("OK")))
        world.ask(1, "SENTINEL", "FAILOVER", "mymaster")
        #expect(
            world.replies.removeLast() == .value(.error("INPROG Failover already in progress")))
        world.run(for: .seconds(20))
        for index in 0..<3 { #expect(world.masterAddress(index) == 7001) }
        #expect(world.servers[World.address(7000)]?.master == World.address(7001))
    }

    @Test func `parallel-syncs bounds the replicas that are reconfigured together`() {
        let world = Self.group(3, quorum: 2, replicas: 5)
        world.kill(server: 7000)
        var most = 0
        _ = world.run(upTo: .seconds(12)) {
            var open = Set<String>()
            for line in world.lines(0, "+slave-reconf-") {
                let words = line.split(separator: " ")
                if words[1] == "+slave-reconf-sent" { open.insert(String(words[3])) }
                if words[1] == "+slave-reconf-done" { open.remove(String(words[3])) }
            }
            most = max(most, open.count)
            return false
        }
        #expect(most == 1)
        #expect(world.lines(0, "+slave-reconf-done").count == 4)
    }

    @Test func `a failover ends by its timeout when a replica never follows`() {
        let world = Self.group()
        world.servers[World.address(7002)]?.refusal = "NOPERM no"
        world.kill(server: 7000)
        world.run(for: .seconds(30))
        #expect(world.lines(0, "-slave-reconf-sent-timeout").count == 1)
        #expect(world.lines(0, "+failover-end ").count == 1)
        #expect(world.masterAddress(0) == 7001)
    }

    @Test func `a sentinel that was away learns the new master from hellos`() {
        let world = Self.group()
        world.kill(sentinel: 2)
        world.kill(server: 7000)
        world.run(for: .seconds(10))
        world.restart(sentinel: 2)
        world.run(for: .seconds(10))
        #expect(world.masterAddress(2) == 7001)
        #expect(world.lines(2, "+switch-master").count == 1)
    }

    @Test func `a restarted sentinel forgets nothing`() {
        let world = Self.group()
        world.kill(server: 7000)
        world.run(for: .seconds(10))
        let file = world.processes[0].file
        world.kill(sentinel: 0)
        world.restart(sentinel: 0)
        #expect(world.masterAddress(0) == 7001)
        let epoch = world.processes[0].machine.currentEpoch
        #expect(epoch == 1)
        world.ask(0, "SENTINEL", "FLUSHCONFIG")
        #expect(world.processes[0].file == file)
    }

    @Test func `a silent master is found after down-after and the ping period`() {
        let world = Self.group()
        let start = world.now
        world.servers[World.address(7000)]?.answers = false
        let found = world.run(upTo: .seconds(10)) { !world.lines(0, "+sdown master").isEmpty }
        #expect(found)
        #expect(world.now - start > .seconds(2.9))
        #expect(world.now - start < .seconds(4.1))
    }

    @Test func `a stalled loop tilts, and acts again after thirty seconds`() {
        let world = Self.group(1, quorum: 1)
        world.now = world.now + .seconds(5)
        world.feed(0, .tick)
        #expect(world.lines(0, "tilt") == ["# +tilt #tilt mode entered"])
        let isTilted = world.processes[0].machine.isTilted
        #expect(isTilted)
        world.kill(server: 7000)
        world.run(for: .seconds(20))
        #expect(world.lines(0, "+sdown").isEmpty)
        world.run(for: .seconds(20))
        #expect(world.lines(0, "-tilt") == ["# -tilt #tilt mode exited"])
        #expect(world.masterAddress(0) == 7001)
    }

    @Test func `a restart of a server is noticed`() {
        let world = Self.group()
        world.servers[World.address(7001)]?.runID = String(repeating: "9", count: 40)
        world.run(for: .seconds(12))
        #expect(
            world.lines(0, "+reboot")
                == ["* +reboot slave 127.0.0.1:7001 127.0.0.1 7001 @ mymaster 127.0.0.1 7000"])
    }

    @Test func `an idle sentinel wakes at most some twenty times a second`() {
        let world = Self.group()
        var wakes = 0
        let end = world.now + .seconds(10)
        _ = world.run(upTo: .seconds(10)) {
            wakes += 1
            return world.now >= end
        }
        // Three sentinels, each with its timers and messages: steps of the whole world.
        #expect(wakes < 1500)
    }
}
