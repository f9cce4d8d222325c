import Bytes
import Determinism
import Protocol
import Sessions
import Testing

@Suite struct `The table of sessions` {
    @Test func `client ids grow and are found until the session closes`() {
        let desk = Desk()
        let first = desk.connect("A")
        let second = desk.connect("B")
        #expect(desk.sessions[second].clientID == desk.sessions[first].clientID + 1)
        #expect(desk.sessions.find(clientID: desk.sessions[first].clientID) == first)
        desk.sessions.close(first)
        #expect(desk.sessions.find(clientID: 1) == nil)
        #expect(desk.sessions.contains(first) == false)
        let third = desk.connect("C")
        #expect(desk.sessions[third].clientID == 3)
        #expect(desk.sessions.identifiers == [second, third])
        #expect(desk.sessions.count == 2 && desk.sessions.acceptedCount == 3)
    }

    @Test func `an idle session is small`() {
        #expect(MemoryLayout<Session>.stride <= 320)
    }

    @Test func `each session with output is named once, closed ones not at all`() {
        let desk = Desk()
        for name in ["A", "B", "C", "D"] { desk.connect(name) }
        desk.execute("B", "PING")
        desk.execute("A", "PING")
        desk.execute("B", "PING")
        desk.execute("C", "PING")
        desk.sessions.close(desk.id("C"))
        var list: [SessionID] = []
        desk.sessions.takeOutput(into: &list)
        #expect(list == [desk.id("B"), desk.id("A")])
        desk.sessions.takeOutput(into: &list)
        #expect(list.isEmpty)
        desk.execute("A", "PING")
        desk.sessions.takeOutput(into: &list)
        #expect(list == [desk.id("A")])
    }

    @Test func `a closed session leaves no subscription and no monitor behind`() {
        let desk = Desk()
        for name in ["A", "B"] {
            desk.execute(name, "SUBSCRIBE x y")
            desk.execute(name, "PSUBSCRIBE *")
            desk.execute(name, "SSUBSCRIBE s")
        }
        desk.execute("C", "MONITOR")
        desk.sessions.close(desk.id("A"))
        #expect(desk.sessions.pubsub.subscriberCount(of: "x") == 1)
        #expect(desk.sessions.pubsub.patternCount == 1)
        desk.sessions.close(desk.id("B"))
        desk.sessions.close(desk.id("C"))
        #expect(desk.sessions.pubsub.channelCount == 0)
        #expect(desk.sessions.pubsub.patternCount == 0)
        #expect(desk.sessions.pubsub.shardChannelCount == 0)
        #expect(!desk.sessions.pubsub.hasSubscribers)
        #expect(desk.sessions.monitors.isEmpty)
    }

    @Test func `subscribers hear in the order in which they came, whoever left`() {
        let desk = Desk()
        for number in 0..<50 { desk.execute("s\(number)", "SUBSCRIBE x") }
        var list: [SessionID] = []
        desk.sessions.takeOutput(into: &list)
        for number in 0..<50 where number % 3 != 0 {
            desk.execute("s\(number)", "UNSUBSCRIBE x")
        }
        desk.execute("s1", "SUBSCRIBE x")
        desk.sessions.takeOutput(into: &list)
        desk.execute("publisher", "PUBLISH x hi")
        #expect(desk.received("publisher") == ":18|")
        desk.sessions.takeOutput(into: &list)
        let expected = (stride(from: 0, to: 50, by: 3).map { "s\($0)" } + ["s1"]).map {
            desk.id($0)
        }
        #expect(list.filter { $0 != desk.id("publisher") } == expected)
    }

    @Test func `a session that hears a pattern first hears it first`() {
        let desk = Desk()
        desk.execute("A", "PSUBSCRIBE h?llo h*")
        _ = desk.received("A")
        desk.execute("B", "PUBLISH hello x")
        #expect(
            desk.received("A")
                == "*4|$8|pmessage|$5|h?llo|$5|hello|$1|x|*4|$8|pmessage|$2|h*|$5|hello|$1|x|")
        #expect(desk.reply("A", "PUNSUBSCRIBE h?llo") == "*3|$12|punsubscribe|$5|h?llo|:1|")
        desk.execute("B", "PUBLISH hello x")
        #expect(desk.received("A") == "*4|$8|pmessage|$2|h*|$5|hello|$1|x|")
    }

    @Test func `what a session publishes to itself follows the whole reply`() {
        let desk = Desk()
        _ = desk.reply("A", "HELLO 3")
        _ = desk.reply("A", "SUBSCRIBE x")
        let id = desk.id("A")
        desk.sessions.beginCommand(id)
        desk.sessions[id].reply.array(count: 2)
        desk.sessions[id].reply.integer(1)
        desk.sessions.publish([0x78].span, [0x79].span)
        desk.sessions[id].reply.integer(2)
        desk.sessions.endCommand(id)
        #expect(desk.received("A") == "*2|:1|:2|>3|$7|message|$1|x|$1|y|")
    }

    @Test func `a silenced session is closed although it has nothing to send`() {
        let desk = Desk()
        desk.execute("A", "CLIENT REPLY OFF")
        desk.execute("A", "QUIT")
        #expect(desk.received("A") == "")
        #expect(desk.sessions.takeClosing() == [desk.id("A")])
    }

    @Test func `a late reply to a silenced session is dropped`() {
        let desk = Desk()
        desk.execute("A", "CLIENT REPLY OFF")
        let id = desk.id("A")
        desk.sessions[id].reply.integer(1)
        desk.sessions.settleLateReply(id, from: 0)
        #expect(desk.received("A") == "")
    }

    @Test func `RESET returns a session to its start and names what it watched`() {
        let desk = Desk()
        _ = desk.reply("A", "HELLO 3 SETNAME x")
        for command in ["SELECT 3", "CLIENT NO-TOUCH on", "MONITOR", "CLIENT SETINFO lib-name l"] {
            _ = desk.reply("A", command)
        }
        let id = desk.id("A")
        desk.sessions[id].flags.insert([.multi, .dirtyExec])
        _ = desk.sessions[id].transaction.watch(WatchedKey(database: 3, key: "k"))
        #expect(desk.reply("A", "RESET") == "+RESET|")
        #expect(desk.unwatched == [WatchedKey(database: 3, key: "k")])
        #expect(desk.sessions[id].flags.subtracting(.outputPending) == .authenticated)
        #expect(desk.sessions[id].reply.version == .resp2)
        #expect(desk.sessions[id].database == 0 && desk.sessions[id].name.isEmpty)
        #expect(desk.sessions[id].libraryName == "l")
        #expect(desk.sessions.monitors.isEmpty)
    }

    @Test func `a replica cannot RESET, and MONITOR twice is silent`() {
        let desk = Desk()
        #expect(desk.reply("A", "MONITOR") == "+OK|")
        #expect(desk.reply("A", "MONITOR") == "")
        #expect(desk.reply("A", "RESET") == "+RESET|")
        desk.sessions[desk.id("A")].flags.insert(.replica)
        #expect(desk.reply("A", "RESET") == "-ERR can only reset normal client connections|")
    }
}
