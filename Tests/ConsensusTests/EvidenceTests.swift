// What counts before down-after is over, and what does not.

import Bytes
import Consensus
import Determinism
import Protocol
import Testing

@Suite struct Evidence {
    @Test func `a refused connection counts at once`() {
        let watcher = Watcher(downAfter: 5000)
        watcher.run(for: .seconds(10))
        let killed = watcher.now
        watcher.kill(Watcher.master)
        #expect(watcher.time(of: "+sdown master") == killed)
    }

    @Test func `a connection that only breaks is replaced at once, and nothing is said`() {
        let watcher = Watcher()
        watcher.run(for: .seconds(10))
        let before = watcher.attempts.count { $0.to == Watcher.master }
        watcher.drop(Watcher.master)
        let broken = watcher.now
        #expect(watcher.attempts.count { $0.to == Watcher.master } == before + 2)
        #expect(watcher.attempts.last?.at == broken)
        watcher.run(for: .seconds(10))
        #expect(watcher.count(of: "+sdown") == 0)
    }

    @Test func `before the first PONG only down-after counts`() {
        // A whole site boots: the sentinel is there before the master.
        let late = Watcher.booting(downAfter: 5000)
        late.run(for: .milliseconds(4900))
        #expect(late.count(of: "+sdown master") == 0)
        late.run(for: .milliseconds(200))
        #expect(late.count(of: "+sdown master") == 1)
    }

    @Test func `the quorum is needed as ever`() {
        let watcher = Watcher()
        watcher.run(for: .seconds(10))
        watcher.kill(Watcher.master)
        watcher.run(for: .seconds(10))
        #expect(watcher.count(of: "+sdown master") == 1)
        #expect(watcher.count(of: "+odown") == 0)
    }

    @Test func `the others are asked at once`() {
        let watcher = Watcher(downAfter: 5000)
        watcher.run(for: .seconds(10))
        watcher.peersSayDown = [NodeAddress(host: "10.0.0.11", port: 26380)]
        let killed = watcher.now
        watcher.kill(Watcher.master)
        #expect(watcher.time(of: "+odown master") == killed)
    }

    @Test func `a report from the master's own host never suffices alone`() {
        let watcher = Watcher(on: "10.0.0.1", quorum: 1, downAfter: 5000)
        watcher.run(for: .seconds(10))
        let killed = watcher.now
        watcher.kill(Watcher.master)
        #expect(watcher.time(of: "+sdown master") == killed)
        watcher.run(for: .milliseconds(4900))
        #expect(watcher.count(of: "+odown") == 0)
        // Silence has no such rule.
        watcher.run(for: .milliseconds(200))
        #expect(watcher.count(of: "+odown") == 1)
    }

    @Test func `a report from another host suffices where the quorum is one`() {
        let watcher = Watcher(quorum: 1, downAfter: 5000)
        watcher.run(for: .seconds(10))
        watcher.kill(Watcher.master)
        #expect(watcher.count(of: "+odown") == 1)
    }

    @Test func `reports from the master's own host count as one`() {
        let watcher = Watcher(
            on: "10.0.0.1", peers: ["10.0.0.1", "10.0.0.11"], quorum: 2, downAfter: 5000)
        watcher.run(for: .seconds(10))
        watcher.peersSayDown = [NodeAddress(host: "10.0.0.1", port: 26380)]
        watcher.kill(Watcher.master)
        watcher.run(for: .milliseconds(4000))
        #expect(watcher.count(of: "+odown") == 0)
        watcher.peersSayDown.insert(NodeAddress(host: "10.0.0.11", port: 26381))
        watcher.run(for: .milliseconds(1000))
        #expect(watcher.count(of: "+odown") == 1)
    }

    @Test func `where all run on one host, each process counts`() {
        let watcher = Watcher(
            on: "10.0.0.1", peers: ["10.0.0.1", "10.0.0.1"], quorum: 2, downAfter: 5000)
        watcher.run(for: .seconds(10))
        watcher.peersSayDown = [NodeAddress(host: "10.0.0.1", port: 26380)]
        let killed = watcher.now
        watcher.kill(Watcher.master)
        #expect(watcher.time(of: "+odown master") == killed)
    }

    @Test func `a master that was started again before all agree is not replaced`() {
        let world = FailingOver.group()
        for index in 0..<3 { world.ask(index, "SENTINEL", "SET", "mymaster", "quorum", "4") }
        world.kill(server: 7000)
        world.run(for: .seconds(1))
        let attempts = world.lines(0, "-cmd-link-reconnection").count
        _ = world.run(upTo: .seconds(1)) {
            world.lines(0, "-cmd-link-reconnection").count > attempts
        }
        // Nobody knows it yet when the quorum allows to agree.
        world.servers[World.address(7000)]?.isUp = true
        for index in 0..<3 { world.ask(index, "SENTINEL", "SET", "mymaster", "quorum", "2") }
        world.run(for: .seconds(10))
        #expect(!world.lines(0, "+odown").isEmpty)
        #expect(world.lines(0, "+try-failover").isEmpty)
        for index in 0..<3 { #expect(world.masterAddress(index) == 7000) }
    }

    @Test func `a server that is there again is up again with its first answer`() {
        let watcher = Watcher(downAfter: 5000)
        watcher.run(for: .seconds(10))
        watcher.kill(Watcher.master)
        watcher.run(for: .seconds(3))
        watcher.behaviours[Watcher.master] = .answers
        let returned = watcher.now
        watcher.run(for: .seconds(1))
        let up = watcher.time(of: "-sdown master")
        #expect(up.map { $0 - returned <= .milliseconds(250) } == true)
    }

    @Test func `a node that takes connections and drops them is not tried without pause`() {
        let watcher = Watcher()
        watcher.run(for: .seconds(10))
        let before = watcher.attempts.count
        for _ in 0..<1000 {
            watcher.drop(Watcher.master)
            watcher.run(for: .milliseconds(1))
        }
        #expect(watcher.attempts.count - before <= 10)
    }

    @Test func `a question about the master makes a sentinel look at once`() {
        let watcher = Watcher(downAfter: 30_000)
        watcher.run(for: .milliseconds(10_500))
        let pings = watcher.sent.count { $0.words == ["PING"] && $0.to == Watcher.master }
        watcher.feed(
            .request(
                SentinelRequestID(number: 1),
                OwnedRequest([
                    "SENTINEL", "is-master-down-by-addr", "10.0.0.1", "6379", "0", "*",
                ])))
        let later = watcher.sent.count { $0.words == ["PING"] && $0.to == Watcher.master }
        #expect(later == pings + 1)
    }

    @Test(arguments: [100, 1000, 4000])
    func `a frozen master is down little more than down-after later`(downAfter: Int) {
        for phase in 0..<10 {
            let watcher = Watcher(downAfter: downAfter)
            watcher.run(for: .milliseconds(10_000 + phase * downAfter / 20))
            let frozen = watcher.now
            watcher.behaviours[Watcher.master] = .silent
            watcher.run(for: .seconds(10))
            let down = watcher.time(of: "+sdown master")
            let limit = Duration.milliseconds(downAfter * 9 / 8 + 1)
            #expect(down.map { $0 - frozen <= limit } == true, "\(phase)")
            #expect(down.map { $0 - frozen >= .milliseconds(downAfter) } == true, "\(phase)")
        }
    }
}

/// Silence that is none, and goodbyes.
@Suite struct Silence {
    /// Answers of a replica of ours that last heard its master `silence` milliseconds ago.
    private static func replica(
        hearing silence: @escaping () -> Int
    ) -> (
        (NodeAddress, [String]) -> ReplyValue?
    ) {
        { address, words in
            guard words.first == "RDS" else { return nil }
            switch words[1] {
            case "CAPABILITIES": return .array([.bulk("evidence"), .bulk("goodbye")])
            case "LINK" where address == Watcher.replica:
                return .array([
                    .bulk("role"), .bulk("slave"), .bulk("master-host"), .bulk("10.0.0.1"),
                    .bulk("master-port"), .integer(6379), .bulk("silence"), .integer(silence()),
                ])
            default: return .simpleString("OK")
            }
        }
    }

    /// How long after the master went silent it counts as down.
    private func delay(hearing silence: @escaping () -> Int) -> Duration? {
        let watcher = Watcher(answer: Self.replica(hearing: silence))
        watcher.run(for: .seconds(10))
        let begin = watcher.now
        watcher.behaviours[Watcher.master] = .silent
        watcher.run(for: .seconds(10))
        return watcher.time(of: "+sdown master").map { $0 - begin }
    }

    @Test func `a replica that hears the master vetoes a false alarm, but not for ever`() {
        let delay = delay { 5 }
        #expect(delay.map { $0 >= .seconds(3) && $0 <= .milliseconds(3200) } == true)
    }

    @Test func `a byte from before the silence is no veto`() {
        let delay = delay { 2000 }
        #expect(delay.map { $0 <= .milliseconds(1200) } == true)
    }

    @Test func `a veto ends when the flow does`() {
        var heard = 0
        let delay = delay {
            // The last byte came when the first question was answered.
            defer { heard += 125 }
            return heard
        }
        #expect(delay.map { $0 <= .milliseconds(1400) } == true)
    }

    @Test func `a veto never outweighs a refusal`() {
        let watcher = Watcher(downAfter: 5000, answer: Self.replica { 0 })
        watcher.run(for: .seconds(10))
        let killed = watcher.now
        watcher.kill(Watcher.master)
        #expect(watcher.time(of: "+sdown master") == killed)
    }

    @Test func `replies that do not count are not silence, and are not vetoed`() {
        let watcher = Watcher(answer: Self.replica { 0 })
        watcher.run(for: .seconds(10))
        watcher.behaviours[Watcher.master] = .fails("MISCONF Redis is configured to save RDB")
        watcher.run(for: .milliseconds(1200))
        #expect(watcher.count(of: "+sdown master") == 1)
    }

    @Test(arguments: ["NOAUTH Authentication required.", "WRONGPASS no", "NOPERM no"])
    func `a node that refuses this sentinel is not down`(error: String) {
        let watcher = Watcher()
        watcher.run(for: .seconds(10))
        watcher.behaviours[Watcher.master] = .fails(ByteString(error))
        watcher.run(for: .seconds(60))
        #expect(watcher.count(of: "+sdown master") == 0)
    }

    @Test func `a master that says goodbye is down at once`() {
        let watcher = Watcher(downAfter: 5000, answer: Self.replica { 0 })
        watcher.run(for: .seconds(10))
        watcher.push(
            .push([.bulk("goodbye"), .bulk(ByteString(String(repeating: "a", count: 40)))]),
            from: Watcher.master)
        #expect(watcher.count(of: "+sdown master") == 1)
    }

    @Test func `a goodbye counts only from the master itself, where it was asked for`() {
        let watcher = Watcher(downAfter: 5000)
        watcher.run(for: .seconds(10))
        let goodbye = ReplyValue.push([.bulk("goodbye"), .bulk("x")])
        // This master has no such capability; a message on the channel is no goodbye either.
        watcher.push(goodbye, from: Watcher.master)
        watcher.push(
            .array([.bulk("message"), .bulk("__sentinel__:hello"), .bulk("goodbye")]),
            from: Watcher.master)
        let other = Watcher(downAfter: 5000, answer: Self.replica { 0 })
        other.run(for: .seconds(10))
        other.push(goodbye, from: Watcher.replica)
        #expect(watcher.count(of: "+sdown") + other.count(of: "+sdown") == 0)
    }

    @Test(arguments: [100, 1000])
    func `a stall of the sentinel is nobody's silence`(downAfter: Int) {
        let watcher = Watcher(downAfter: downAfter)
        watcher.run(for: .seconds(10))
        for _ in 0..<200 {
            // A ping is on its way when the loop stops; its answer is read first when it goes on,
            // or what came from others is.
            watcher.behaviours[Watcher.master] = .silent
            watcher.run(for: .milliseconds(downAfter / 4))
            watcher.stall(for: .milliseconds(downAfter * 3 / 2))
            watcher.push(.array([.bulk("message"), .bulk("c"), .bulk("x")]), from: Watcher.replica)
            watcher.thaw(Watcher.master)
            watcher.feed(.tick)
            watcher.run(for: .milliseconds(downAfter))
        }
        #expect(watcher.count(of: "+sdown") == 0, "\(watcher.events.suffix(5))")
        #expect(watcher.count(of: "+tilt") == 0)
    }

    @Test func `a long stall is TILT, and only that`() {
        let watcher = Watcher()
        watcher.run(for: .seconds(10))
        watcher.stall(for: .seconds(3))
        watcher.feed(.tick)
        #expect(watcher.count(of: "+tilt") == 1)
        watcher.run(for: .seconds(31))
        #expect(watcher.count(of: "-tilt") == 1)
        #expect(watcher.count(of: "down") == 0)
    }

    @Test func `pauses of half of down-after are not noticed at 100 ms`() {
        let watcher = Watcher(downAfter: 100)
        watcher.run(for: .seconds(10))
        for pause in 0..<200 {
            watcher.behaviours[Watcher.master] = .silent
            watcher.run(for: .milliseconds(pause % 50))
            watcher.thaw(Watcher.master)
            watcher.run(for: .milliseconds(100))
        }
        #expect(watcher.count(of: "+sdown") == 0)
    }
}
