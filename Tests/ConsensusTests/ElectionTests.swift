// Elections in one round: pre-vote, held votes, refusals, votes given back.

import Bytes
import Consensus
import Determinism
import Protocol
import Testing

private let b = String(repeating: "b", count: 40)
private let c = String(repeating: "c", count: 40)
private let stranger = String(repeating: "x", count: 40)

extension Voter {
    /// A question of another sentinel about the master; what follows.
    func say(_ subcommand: String, epoch: Int, _ candidate: String) -> [SentinelOutput] {
        lastRequest += 1
        outputs = []
        feed(
            .request(
                SentinelRequestID(number: lastRequest),
                OwnedRequest([
                    "SENTINEL", ByteString(subcommand), "127.0.0.1", "7000",
                    ByteString("\(epoch)"), ByteString(candidate),
                ])))
        return outputs
    }

    func give(epoch: Int, to candidate: String) {
        _ = ask(epoch: epoch, for: candidate)
        _ = decide(stored: true)
    }

    static func answer(
        _ would: Int, _ reason: String, _ leader: String, _ leaderEpoch: Int, _ epoch: Int
    ) -> ReplyValue {
        .array([
            .integer(would), .bulk(text: reason), .bulk(text: leader), .integer(leaderEpoch),
            .integer(epoch), .integer(1),
        ])
    }
}

extension World {
    /// Everybody but the sentinel at `index`, if there is one, gives its vote to a candidate that nobody
    /// knows.
    func giveVotesAway(except index: Int? = nil, epoch: Int) {
        for voter in processes.indices where voter != index {
            ask(
                voter, "SENTINEL", "IS-MASTER-DOWN-BY-ADDR", "127.0.0.1", "7000", "\(epoch)",
                stranger)
        }
        replies = []
    }

    /// Milliseconds at which a line with that word was first written, by that sentinel or any.
    func time(_ word: String, of sentinel: Int? = nil, after start: Int = 0) -> Int? {
        for line in transcript where line.contains(word) {
            let words = line.split(separator: " ")
            guard let time = Int(words[0]), time >= start else { continue }
            if sentinel == nil || words[1] == "s\(sentinel ?? 0)" { return time }
        }
        return nil
    }

    var milliseconds: Int {
        Int((now - Instant(nanoseconds: 1_000_000_000)).wholeMilliseconds)
    }
}

@Suite struct `A pre-vote` {
    @Test func `changes nothing`() {
        let voter = Voter()
        let outputs = voter.say("PRE-VOTE", epoch: 9, b)
        #expect(Voter.replies(outputs) == [Voter.answer(1, "would", "*", 0, 0)])
        #expect(voter.record() == nil)
        #expect(voter.epoch == 0)
    }

    @Test func `is refused while the vote is held for another`() {
        let voter = Voter()
        voter.give(epoch: 3, to: b)
        #expect(
            Voter.replies(voter.say("PRE-VOTE", epoch: 4, c))
                == [Voter.answer(0, "held", b, 3, 3)])
        #expect(
            Voter.replies(voter.say("PRE-VOTE", epoch: 4, b))
                == [Voter.answer(1, "would", b, 3, 3)])
        voter.now = voter.now + .seconds(11)
        #expect(
            Voter.replies(voter.say("PRE-VOTE", epoch: 4, c))
                == [Voter.answer(1, "would", b, 3, 3)])
    }

    @Test func `is refused by a voter whose disk takes nothing`() {
        let voter = Voter()
        _ = voter.ask(epoch: 1, for: b)
        _ = voter.decide(stored: false)
        voter.now = voter.now + .seconds(1)
        let retried = voter.say("PRE-VOTE", epoch: 2, b)
        #expect(Voter.replies(retried).count == 1)
        _ = voter.decide(stored: false)
        // The epoch of the vote that could not be stored is not spoken of either.
        #expect(
            Voter.replies(voter.say("PRE-VOTE", epoch: 2, b))
                == [Voter.answer(0, "disk", b, 1, 0)])
    }

    @Test func `about an unknown master is refused`() {
        let voter = Voter("sentinel monitor other 127.0.0.1 7009 2")
        voter.lastRequest += 1
        voter.outputs = []
        voter.feed(
            .request(
                SentinelRequestID(number: voter.lastRequest),
                OwnedRequest(["SENTINEL", "PRE-VOTE", "127.0.0.1", "7777", "1", ByteString(b)])))
        guard case .array(let parts)? = Voter.replies(voter.outputs).first else {
            Issue.record("no answer")
            return
        }
        #expect(parts[0] == .integer(0))
        #expect(parts[1] == .bulk("unknown-master"))
    }

    @Test func `keeps a candidate without a chance from raising the epoch`() {
        let world = FailingOver.group()
        world.giveVotesAway(except: 0, epoch: 1)
        world.kill(server: 7000)
        world.run(for: .seconds(6))
        #expect(!world.lines(0, "+odown").isEmpty)
        #expect(world.lines(0, "+try-failover").isEmpty)
        let epoch = world.processes[0].machine.currentEpoch
        #expect(epoch == 1)
    }

    @Test func `ends the wait as soon as the votes are free, not after two failover timeouts`() {
        let world = FailingOver.group()
        world.run(for: .seconds(2))
        let given = world.milliseconds
        world.giveVotesAway(except: 0, epoch: 1)
        world.kill(server: 7000)
        world.run(for: .seconds(25))
        guard let elected = world.time("+elected-leader", of: 0) else {
            Issue.record("nobody was elected")
            return
        }
        #expect(elected >= given + 10_000)
        #expect(elected < given + 11_500)
    }

    @Test func `is waited for where it is to be a proof, however far away the others are`() {
        let world = FailingOver.group()
        world.run(for: .seconds(2))
        // Longer than a pre-vote that proves nothing is waited for.
        world.latency = .milliseconds(120)
        let given = world.milliseconds
        for voter in 0...1 {
            world.ask(
                voter, "SENTINEL", "IS-MASTER-DOWN-BY-ADDR", "127.0.0.1", "7000", "1", c)
        }
        world.kill(sentinel: 2)
        world.kill(server: 7000)
        world.run(for: .seconds(25))
        guard let elected = world.time("+elected-leader") else {
            Issue.record("nobody was elected")
            return
        }
        // The votes are held for ten seconds; two failover timeouts would be twenty.
        #expect(elected >= given + 10_000 && elected < given + 15_000)
    }

    @Test func `is not asked of sentinels that do not know it, and they count as a yes`() {
        let world = FailingOver.group(plain: [1, 2])
        world.kill(server: 7000)
        world.run(for: .seconds(10))
        for index in 0..<3 { #expect(world.masterAddress(index) == 7001) }
        let asked = world.asked.filter { $0.contains("PRE-VOTE") || $0.contains("RELEASE") }
        #expect(asked.isEmpty)
    }
}

@Suite struct `A vote` {
    @Test func `is refused to a real sentinel while the master answers from here`() {
        let world = FailingOver.group(plain: [1])
        func vote(_ epoch: Int) -> ByteString? {
            world.ask(
                0, "SENTINEL", "IS-MASTER-DOWN-BY-ADDR", "127.0.0.1", "7000", "\(epoch)", b)
            guard case .value(.array(let parts)) = world.replies.removeLast() else { return nil }
            return parts[1].bytes
        }
        #expect(vote(1) == "*")
        for server in 7000...7002 { world.cuts.insert([0, server]) }
        world.run(for: .seconds(3))
        #expect(vote(2) == ByteString(b))
    }

    @Test func `is given back by the candidate that it was given to, and nobody else`() {
        let voter = Voter()
        voter.give(epoch: 3, to: b)
        #expect(Voter.replies(voter.say("RELEASE", epoch: 3, c)) == [.integer(0)])
        #expect(Voter.replies(voter.say("RELEASE", epoch: 2, b)) == [.integer(0)])
        #expect(Voter.replies(voter.ask(epoch: 4, for: c)) == [Voter.vote(b, 3)])
        #expect(Voter.replies(voter.say("RELEASE", epoch: 3, b)) == [.integer(1)])
        #expect(Voter.replies(voter.say("RELEASE", epoch: 3, b)) == [.integer(0)])
        // It stays the vote of that epoch.
        #expect(Voter.replies(voter.ask(epoch: 3, for: c)) == [Voter.vote(b, 3)])
        _ = voter.ask(epoch: 5, for: c)
        #expect(Voter.replies(voter.decide(stored: true)) == [Voter.vote(c, 5)])
    }

    @Test func `is held again after a restart, for the same candidate`() {
        let world = FailingOver.group(1, quorum: 1)
        world.giveVotesAway(except: -1, epoch: 3)
        world.kill(sentinel: 0)
        world.restart(sentinel: 0)
        world.ask(0, "SENTINEL", "PRE-VOTE", "127.0.0.1", "7000", "4", b)
        #expect(
            world.replies.removeLast() == .value(Voter.answer(0, "held", stranger, 3, 3)))
        world.ask(0, "SENTINEL", "IS-MASTER-DOWN-BY-ADDR", "127.0.0.1", "7000", "3", stranger)
        #expect(world.replies.removeLast() == .value(Voter.vote(stranger, 3)))
        world.run(for: .seconds(11))
        world.ask(0, "SENTINEL", "PRE-VOTE", "127.0.0.1", "7000", "4", b)
        #expect(
            world.replies.removeLast() == .value(Voter.answer(1, "would", stranger, 3, 3)))
    }

    @Test func `that was given back is not held after a restart`() {
        let world = FailingOver.group(1, quorum: 1)
        world.giveVotesAway(except: -1, epoch: 3)
        world.ask(0, "SENTINEL", "RELEASE", "127.0.0.1", "7000", "3", stranger)
        #expect(world.replies.removeLast() == .value(.integer(1)))
        // Nobody waits for that record: it is gathered with others.
        world.run(for: .seconds(1))
        world.kill(sentinel: 0)
        world.restart(sentinel: 0)
        world.ask(0, "SENTINEL", "PRE-VOTE", "127.0.0.1", "7000", "4", b)
        #expect(
            world.replies.removeLast() == .value(Voter.answer(1, "would", stranger, 3, 3)))
    }

    @Test func `is held after a restart without the file beside the state`() {
        let world = FailingOver.group(1, quorum: 1)
        world.giveVotesAway(except: -1, epoch: 3)
        world.kill(sentinel: 0)
        world.processes[0].companion = nil
        world.restart(sentinel: 0)
        world.ask(0, "SENTINEL", "PRE-VOTE", "127.0.0.1", "7000", "4", stranger)
        #expect(world.replies.removeLast() == .value(Voter.answer(0, "held", "*", 3, 3)))
        #expect(world.lines(0, "no state file").count == 2)
    }

    @Test func `is not given twice in an epoch because a master was removed and added`() {
        let world = FailingOver.group(1, quorum: 1)
        world.giveVotesAway(except: -1, epoch: 3)
        world.ask(0, "SENTINEL", "REMOVE", "mymaster")
        world.kill(sentinel: 0)
        world.restart(sentinel: 0)
        world.ask(0, "SENTINEL", "MONITOR", "mymaster", "127.0.0.1", "7000", "1")
        world.replies = []
        world.ask(0, "SENTINEL", "IS-MASTER-DOWN-BY-ADDR", "127.0.0.1", "7000", "3", b)
        #expect(world.replies.removeLast() == .value(Voter.vote(stranger, 3)))
    }
}

@Suite struct `An election` {
    @Test func `that is lost by refusals is over at once, and its votes are free again`() {
        // Nobody is asked beforehand, so that the vote itself is refused.
        let world = FailingOver.group(plain: [1, 2])
        world.giveVotesAway(except: 0, epoch: 1)
        // The epoch is heard of, so that it is not the one that the votes were given in.
        world.run(for: .seconds(3))
        world.kill(server: 7000)
        world.run(for: .seconds(5))
        guard let stood = world.time("+try-failover", of: 0),
            let ended = world.time("-failover-abort-not-elected", of: 0)
        else {
            Issue.record("it did not stand, or did not give up")
            return
        }
        #expect(ended - stood < 10)
        #expect(
            world.lines(0, "Not elected").first?.contains(
                "1 votes, 0 for others, 2 refusals; 2 needed") == true)
    }

    @Test(arguments: [3, 4, 5, 6, 7])
    func `where all stand at the same moment is decided within a second`(count: Int) {
        let world = FailingOver.group(count, quorum: count / 2 + 1)
        for process in world.processes {
            process.machine.timing.candidacySlots = .zero ... .zero
        }
        world.kill(server: 7000)
        world.run(for: .seconds(8))
        guard let odown = world.time("+odown"), let elected = world.time("+elected-leader") else {
            Issue.record("nobody was elected")
            return
        }
        #expect(elected - odown < 1000)
        for index in 0..<count { #expect(world.masterAddress(index) == 7001) }
    }

    @Test(arguments: [3, 4, 5, 6, 7])
    func `among sentinels that are far from each other takes few rounds`(count: Int) {
        let world = FailingOver.group(count, quorum: count / 2 + 1)
        world.run(for: .seconds(2))
        for process in world.processes {
            process.machine.timing.candidacySlots = .zero ... .zero
        }
        world.latency = .milliseconds(150)
        world.kill(server: 7000)
        world.run(for: .seconds(20))
        #expect(world.time("+elected-leader") != nil)
        let rounds = (0..<count).map { world.lines($0, "+try-failover").count }.max()
        #expect(rounds.map { $0 <= 4 } == true)
    }

    @Test(arguments: [3, 4, 5, 6, 7])
    func `takes one round where each waits for its turn, however far away the others are`(
        count: Int
    ) {
        let world = FailingOver.group(count, quorum: count / 2 + 1)
        world.run(for: .seconds(2))
        world.latency = .milliseconds(150)
        world.kill(server: 7000)
        world.run(for: .seconds(20))
        #expect(world.time("+elected-leader") != nil)
        #expect(world.time("-failover-abort-not-elected") == nil)
    }

    @Test func `that is refused does not wait for who is silent`() {
        let world = FailingOver.group(plain: [1, 2])
        world.giveVotesAway(except: 0, epoch: 1)
        world.run(for: .seconds(3))
        world.servers[World.address(7000)]?.answers = false
        world.cut(sentinel: 2, from: 8000)
        world.cut(sentinel: 2, from: 8001)
        world.run(for: .seconds(8))
        guard let stood = world.time("+try-failover", of: 0),
            let ended = world.time("-failover-abort-not-elected", of: 0)
        else {
            Issue.record("it did not stand, or did not give up")
            return
        }
        #expect(ended - stood < 1000)
    }

    @Test(arguments: [3, 4, 5])
    func `does not wait for who fell silent with the master`(count: Int) {
        let world = FailingOver.group(count, quorum: 2)
        for process in world.processes {
            process.machine.timing.candidacySlots = .zero ... .zero
        }
        // The host of the master and of a sentinel is gone, and says no goodbye.
        let gone = count - 1
        world.servers[World.address(7000)]?.answers = false
        for index in 0..<gone { world.cut(sentinel: index, from: 8000 + gone) }
        for port in 7000...7002 { world.cut(sentinel: gone, from: port) }
        world.run(for: .seconds(20))
        guard let odown = world.time("+odown"), let elected = world.time("+elected-leader") else {
            Issue.record("nobody was elected")
            return
        }
        #expect(elected - odown < 1000)
    }

    @Test func `is repeated by another when the leader dies at work`() {
        let world = FailingOver.group()
        world.kill(server: 7000)
        let isElected = world.run(upTo: .seconds(10)) {
            !world.lines(0, "+elected-leader").isEmpty
        }
        #expect(isElected)
        let start = world.milliseconds
        world.kill(sentinel: 0)
        world.run(for: .seconds(20))
        guard let elected = world.time("+elected-leader", after: start + 1) else {
            Issue.record("nobody followed")
            return
        }
        // The votes are held for ten seconds; two failover timeouts would be twenty.
        #expect(elected - start < 12_000)
        #expect(world.masterAddress(1) == 7001)
        #expect(world.masterAddress(2) == 7001)
    }

    @Test func `asks for the majority of as many as its voters know`() {
        let world = FailingOver.group(5, quorum: 2)
        // s0 forgot two of them, and half a minute has passed: it counts three, its voter five.
        for other in [3, 4] { world.cut(sentinel: 0, from: 8000 + other) }
        for server in 7000...7002 { world.cuts.insert([0, server]) }
        for server in 7000...7002 { for other in [3, 4] { world.cuts.insert([other, server]) } }
        world.ask(0, "SENTINEL", "RESET", "mymaster")
        world.run(for: .seconds(40))
        world.cuts = world.cuts.filter { !($0[0] == 0 && $0[1] < 7003) }
        world.run(for: .seconds(3))
        world.kill(sentinel: 2)
        world.kill(sentinel: 3)
        world.kill(sentinel: 4)
        world.kill(server: 7000)
        world.run(for: .seconds(20))
        #expect(world.lines(0, "+elected-leader").isEmpty)
    }

    @Test func `counts those that RESET forgot after a crash between two files (seed 197488)`() {
        let world = FailingOver.group(3, quorum: 1)
        let companion = world.processes[0].companion
        world.ask(0, "SENTINEL", "RESET", "mymaster")
        world.run(for: .milliseconds(100))
        world.kill(sentinel: 0)
        for other in [1, 2] { world.cut(sentinel: 0, from: 8000 + other) }
        for sentinel in [1, 2] { world.kill(sentinel: sentinel) }
        world.processes[0].companion = companion
        world.restart(sentinel: 0)
        world.run(for: .seconds(1))
        world.kill(server: 7000)
        world.run(for: .seconds(20))
        #expect(!world.lines(0, "+odown").isEmpty)
        #expect(world.lines(0, "+elected-leader").isEmpty)
    }

    @Test func `counts a sentinel that RESET forgot for half a minute, not after every restart`() {
        let world = FailingOver.group(4, quorum: 2)
        world.kill(sentinel: 3)
        for sentinel in 0..<3 { world.ask(sentinel, "SENTINEL", "RESET", "mymaster") }
        world.run(for: .seconds(40))
        for sentinel in 0..<3 {
            world.kill(sentinel: sentinel)
            world.restart(sentinel: sentinel)
        }
        world.run(for: .seconds(5))
        world.kill(sentinel: 2)
        world.kill(server: 7000)
        world.run(for: .seconds(8))
        #expect(!world.lines(0, "+switch-master").isEmpty)
    }

    @Test func `announces the new master everywhere before the other replicas follow it`() {
        let world = FailingOver.group(3, quorum: 2, replicas: 4)
        world.kill(server: 7000)
        world.run(for: .seconds(12))
        let times = (0..<3).compactMap { world.time("+switch-master", of: $0) }
        guard times.count == 3, let first = times.min(), let last = times.max(),
            let done = world.time("+slave-reconf-done", of: 0),
            let end = world.time("+failover-end", of: 0)
        else {
            Issue.record("no failover")
            return
        }
        #expect(last - first < 100)
        #expect(first < done)
        #expect(last < end)
        for index in 0..<3 { #expect(world.lines(index, "+switch-master").count == 1) }
    }

    @Test func `loses to a configuration of a later epoch that names the same master`() {
        let world = FailingOver.group()
        world.servers[World.address(7001)]?.answersTransactions = false
        world.kill(server: 7000)
        let isWaiting = world.run(upTo: .seconds(10)) {
            !world.lines(0, "+failover-state-wait-promotion").isEmpty
        }
        #expect(isWaiting)
        world.ask(
            0, "PUBLISH", "__sentinel__:hello",
            "127.0.0.1,8001,\(b),9,mymaster,127.0.0.1,7000,9")
        world.servers[World.address(7001)]?.answersTransactions = true
        world.servers[World.address(7001)]?.master = nil
        world.run(for: .seconds(2))
        // The promoted replica may not be published under epoch 9, which another has won.
        let published = world.asked.filter { $0.contains(",7001,9") }
        #expect(published.isEmpty, "\(published)")
        #expect(!world.lines(0, "gives way to the configuration of epoch 9").isEmpty)
    }
}

@Suite struct `An operator` {
    @Test func `is told that a majority cannot be asked`() {
        let world = FailingOver.group()
        world.kill(sentinel: 1)
        world.kill(sentinel: 2)
        world.run(for: .seconds(5))
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster")
        #expect(
            world.replies.removeLast()
                == .value(
                    .error(
                        ByteString(
                            "NOQUORUM 1 of 3 Sentinels can be reached, 2 votes are needed; FORCE "
                                + "does without"))))
        #expect(world.lines(0, "+try-failover").isEmpty)
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster", "FORCE")
        world.run(for: .seconds(5))
        #expect(world.masterAddress(0) == 7001)
    }

    @Test func `who removes a master after a failover and adds it again can move it at once`() {
        let world = FailingOver.group()
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster")
        world.run(for: .seconds(5))
        #expect(world.masterAddress(0) == 7001)
        for index in 0..<3 {
            world.ask(index, "SENTINEL", "REMOVE", "mymaster")
            world.ask(index, "SENTINEL", "MONITOR", "mymaster", "127.0.0.1", "7001", "2")
        }
        world.run(for: .seconds(3))
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster")
        world.run(for: .seconds(2))
        #expect(world.masterAddress(0) != 7001)
    }

    @Test func `who removes and adds a master is not kept waiting by votes for the same leader`() {
        let world = FailingOver.group()
        world.ask(0, "SENTINEL", "SIMULATE-FAILURE", "crash-after-election")
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster")
        world.run(for: .seconds(1))
        #expect(!world.processes[0].isUp)
        world.restart(sentinel: 0)
        world.run(for: .seconds(1))
        for index in 0..<3 {
            world.ask(index, "SENTINEL", "REMOVE", "mymaster")
            world.ask(index, "SENTINEL", "MONITOR", "mymaster", "127.0.0.1", "7000", "2")
        }
        world.run(for: .seconds(3))
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster")
        world.run(for: .seconds(2))
        #expect(world.masterAddress(0) == 7001)
    }

    @Test func `cannot move a master while the votes are held for another`() {
        let world = FailingOver.group()
        world.giveVotesAway(except: 0, epoch: 1)
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster")
        world.run(for: .seconds(3))
        #expect(world.lines(0, "-failover-abort-not-elected").count == 1)
        #expect(world.masterAddress(0) == 7000)
    }

    @Test func `who resets a group changes neither votes nor majorities at once`() {
        let world = FailingOver.group(3, quorum: 1)
        world.ask(0, "SENTINEL", "IS-MASTER-DOWN-BY-ADDR", "127.0.0.1", "7000", "1", stranger)
        for index in 1..<3 { world.cut(sentinel: 0, from: 8000 + index) }
        for server in 7000...7002 {
            world.cuts.insert([1, server])
            world.cuts.insert([2, server])
        }
        world.ask(0, "SENTINEL", "RESET", "mymaster")
        world.replies = []
        world.ask(0, "SENTINEL", "PRE-VOTE", "127.0.0.1", "7000", "2", b)
        guard case .value(.array(let parts)) = world.replies.removeLast() else {
            Issue.record("no answer")
            return
        }
        #expect(parts[1] == .bulk("held"))
        #expect(parts[5] == .integer(3))
        world.kill(server: 7000)
        world.run(for: .seconds(20))
        #expect(!world.lines(0, "+odown").isEmpty)
        #expect(world.lines(0, "+elected-leader").isEmpty)
        world.ask(0, "SENTINEL", "CKQUORUM", "mymaster")
        guard case .value(.error(let text)) = world.replies.removeLast() else {
            Issue.record("a quorum of one is enough")
            return
        }
        #expect(text.text.hasPrefix("NOQUORUM"))
    }

    @Test func `who resets a group without a master keeps its replicas`() {
        let world = FailingOver.group()
        world.kill(server: 7000)
        _ = world.run(upTo: .seconds(5)) { !world.lines(0, "+sdown master").isEmpty }
        for index in 0..<3 { world.ask(index, "SENTINEL", "RESET", "mymaster") }
        world.run(for: .seconds(60))
        for index in 0..<3 { #expect(world.masterAddress(index) == 7001) }
    }

    @Test func `who resets a group in the middle of a failover keeps what was promoted`() {
        let world = FailingOver.group()
        world.servers[World.address(7002)]?.refusal = "NOPERM no"
        world.kill(server: 7000)
        _ = world.run(upTo: .seconds(10)) { !world.lines(0, "+promoted-slave").isEmpty }
        world.ask(0, "SENTINEL", "RESET", "mymaster")
        #expect(world.masterAddress(0) == 7001)
        world.run(for: .seconds(5))
        #expect(world.masterAddress(0) == 7001)
    }
}
