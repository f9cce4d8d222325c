import Bytes
import Consensus
import Determinism
import Protocol
import Testing

/// One sentinel alone with its questions: no network, records answered by hand.
final class Voter {
    var machine: Sentinel
    var now = Instant(nanoseconds: 1_000_000_000)
    var outputs: [SentinelOutput] = []
    var lastRequest = 0

    init(_ extra: String = "") {
        let text = """
            sentinel myid \(String(repeating: "a", count: 40))
            sentinel monitor mymaster 127.0.0.1 7000 2
            \(extra)
            """
        machine = Process.machine(text, seed: 1)
        feed(.start)
        outputs = []
    }

    func feed(_ input: SentinelInput) {
        machine.handle(input, at: now, into: &outputs)
    }

    /// Asks for a vote, as another sentinel does; the outputs since then.
    func ask(epoch: Int, for candidate: String) -> [SentinelOutput] {
        lastRequest += 1
        outputs = []
        feed(
            .request(
                SentinelRequestID(number: lastRequest),
                OwnedRequest([
                    "SENTINEL", "IS-MASTER-DOWN-BY-ADDR", "127.0.0.1", "7000",
                    ByteString("\(epoch)"), ByteString(candidate),
                ])))
        return outputs
    }

    /// The record that the outputs hold.
    func record() -> RecordID? {
        for case .record(let id, _, _) in outputs { return id }
        return nil
    }

    /// Answers the record, and gives what follows.
    func decide(stored: Bool) -> [SentinelOutput] {
        guard let id = record() else { return [] }
        outputs = []
        feed(stored ? .recordStored(id) : .recordFailed(id, reason: "disk full"))
        return outputs
    }

    static func replies(_ outputs: [SentinelOutput]) -> [ReplyValue] {
        outputs.compactMap {
            if case .reply(_, .value(let value)) = $0 { return value }
            return nil
        }
    }

    static func vote(_ leader: String, _ epoch: Int) -> ReplyValue {
        .array([.integer(0), .bulk(text: leader), .integer(epoch)])
    }
}

@Suite struct Voting {
    let b = String(repeating: "b", count: 40)
    let c = String(repeating: "c", count: 40)

    @Test func `a vote is answered only when its record is stored`() {
        let voter = Voter()
        let first = voter.ask(epoch: 1, for: b)
        #expect(Voter.replies(first).isEmpty)
        #expect(voter.record() != nil)
        let second = voter.decide(stored: true)
        #expect(Voter.replies(second) == [Voter.vote(b, 1)])
    }

    @Test func `the record holds both epochs`() {
        let voter = Voter()
        let outputs = voter.ask(epoch: 7, for: b)
        var text = ""
        for case .record(_, let record, _) in outputs { text = record.text }
        #expect(text.contains("sentinel leader-epoch mymaster 7\n"))
        #expect(text.contains("sentinel current-epoch 7\n"))
    }

    @Test func `a failed record means no vote, and never one for another`() {
        let voter = Voter()
        _ = voter.ask(epoch: 1, for: b)
        #expect(Voter.replies(voter.decide(stored: false)) == [Voter.vote("*", 0)])
        // The same epoch, somebody else: the old choice stands, and is stored first.
        let again = voter.ask(epoch: 1, for: c)
        #expect(Voter.replies(again).isEmpty)
        #expect(Voter.replies(voter.decide(stored: true)) == [Voter.vote(b, 1)])
    }

    @Test func `a second question waits for the same record`() {
        let voter = Voter()
        _ = voter.ask(epoch: 1, for: b)
        let record = voter.record()
        #expect(Voter.replies(voter.ask(epoch: 1, for: c)).isEmpty)
        #expect(voter.record() == nil)
        guard let record else { return }
        voter.outputs = []
        voter.feed(.recordStored(record))
        #expect(Voter.replies(voter.outputs) == [Voter.vote(b, 1), Voter.vote(b, 1)])
    }

    @Test func `a vote is not told with the record of an earlier one`() {
        let voter = Voter()
        _ = voter.ask(epoch: 1, for: b)
        let first = voter.record()
        voter.now = voter.now + .seconds(11)
        _ = voter.ask(epoch: 2, for: c)
        let second = voter.record()
        guard let first, let second else {
            Issue.record("no records")
            return
        }
        voter.outputs = []
        voter.feed(.recordStored(first))
        #expect(Voter.replies(voter.outputs).isEmpty)
        voter.feed(.recordFailed(second, reason: "No space left on device"))
        #expect(Voter.replies(voter.outputs) == [Voter.vote("*", 0), Voter.vote("*", 0)])
    }

    @Test func `one vote an epoch, first come first served`() {
        let voter = Voter()
        _ = voter.ask(epoch: 3, for: b)
        _ = voter.decide(stored: true)
        #expect(Voter.replies(voter.ask(epoch: 3, for: c)) == [Voter.vote(b, 3)])
        #expect(Voter.replies(voter.ask(epoch: 2, for: c)) == [Voter.vote(b, 3)])
        voter.now = voter.now + .seconds(11)
        _ = voter.ask(epoch: 4, for: c)
        #expect(Voter.replies(voter.decide(stored: true)) == [Voter.vote(c, 4)])
    }

    @Test func `a vote is held for its candidate, in greater epochs too`() {
        let voter = Voter()
        _ = voter.ask(epoch: 3, for: b)
        _ = voter.decide(stored: true)
        voter.now = voter.now + .seconds(9)
        #expect(Voter.replies(voter.ask(epoch: 4, for: c)) == [Voter.vote(b, 3)])
        #expect(voter.epoch == 4)
        // The candidate itself gave the first epoch up when it asks for another.
        _ = voter.ask(epoch: 5, for: b)
        #expect(Voter.replies(voter.decide(stored: true)) == [Voter.vote(b, 5)])
    }

    @Test func `a configuration of the vote's epoch releases it`() {
        let voter = Voter("sentinel config-epoch mymaster 3")
        _ = voter.ask(epoch: 3, for: b)
        _ = voter.decide(stored: true)
        _ = voter.ask(epoch: 4, for: c)
        #expect(Voter.replies(voter.decide(stored: true)) == [Voter.vote(c, 4)])
    }

    @Test func `after a restart the epoch of the last vote is not voted in again`() {
        let voter = Voter("sentinel leader-epoch mymaster 5\nsentinel current-epoch 5")
        #expect(Voter.replies(voter.ask(epoch: 5, for: b)) == [Voter.vote("*", 5)])
        // It may be in use: the restart begins its hold anew.
        #expect(Voter.replies(voter.ask(epoch: 6, for: b)) == [Voter.vote("*", 5)])
        voter.now = voter.now + .seconds(11)
        _ = voter.ask(epoch: 6, for: b)
        #expect(Voter.replies(voter.decide(stored: true)) == [Voter.vote(b, 6)])
    }

    @Test func `a leader epoch above the current one raises it`() {
        let voter = Voter("sentinel leader-epoch mymaster 9\nsentinel current-epoch 5")
        #expect(voter.epoch == 9)
    }

    @Test func `an epoch out of reach gets no vote and is not adopted`() {
        let voter = Voter()
        #expect(Voter.replies(voter.ask(epoch: .max, for: b)) == [Voter.vote("*", 0)])
        #expect(Voter.replies(voter.ask(epoch: -1, for: b)) == [Voter.vote("*", 0)])
        #expect(voter.epoch == 0)
    }

    @Test func `an opinion alone changes nothing`() {
        let voter = Voter()
        #expect(Voter.replies(voter.ask(epoch: 9, for: "*")) == [Voter.vote("*", 0)])
        #expect(voter.record() == nil)
        #expect(voter.epoch == 0)
    }

    @Test func `epochs never decrease on disk`() {
        let world = FailingOver.group()
        for _ in 0..<3 {
            let master = world.masterAddress(0) ?? 0
            world.kill(server: master)
            world.run(for: .seconds(30))
            world.servers[World.address(master)]?.isUp = true
            world.run(for: .seconds(40))
        }
        for process in world.processes {
            for name in ["current-epoch", "config-epoch mymaster", "leader-epoch mymaster"] {
                let epochs = process.records.compactMap { Self.epoch("sentinel \(name) ", $0) }
                #expect(epochs == epochs.sorted(), "\(name)")
            }
            #expect(Self.epoch("sentinel config-epoch mymaster ", process.file) == 3)
        }
    }

    @Test func `a candidate that cannot store its epoch asks nobody`() {
        let world = FailingOver.group()
        world.processes[0].failsRecords = true
        world.kill(server: 7000)
        world.run(for: .seconds(10))
        #expect(world.lines(0, "-failover-abort-not-elected").count == 1)
        #expect(world.lines(0, "+vote-for-leader").isEmpty)
        #expect(world.lines(1, "+vote-for-leader \(String(repeating: "a", count: 40))").isEmpty)
        #expect(world.masterAddress(1) == 7001)
        world.processes[0].failsRecords = false
        world.run(for: .seconds(3))
        #expect(world.processes[0].file.contains("sentinel monitor mymaster 127.0.0.1 7001 2"))
    }

    static func epoch(_ prefix: String, _ text: String) -> Int? {
        for line in text.split(separator: "\n") where line.hasPrefix(prefix) {
            return Int(line.dropFirst(prefix.count))
        }
        return nil
    }
}

extension Voter {
    var epoch: UInt64 { machine.currentEpoch }
}
