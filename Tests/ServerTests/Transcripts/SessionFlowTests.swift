import Bytes
import Determinism
import Server
import Sessions
import Testing

@Suite struct `Sessions of a server` {
    private func advance(_ desk: ServerDesk, _ milliseconds: Int64) {
        desk.now.instant = desk.now.instant + .milliseconds(milliseconds)
        desk.now.unix.microseconds += milliseconds * 1000
        desk.run()
    }

    private func pipeline(_ desk: ServerDesk, _ name: String, _ requests: String...) -> String {
        for request in requests { desk.write(name, request) }
        desk.run(ready: [desk.id(name)])
        return desk.received(name)
    }

    // MARK: Long replies

    @Test func `EXEC keeps no replies beyond the limit that closes its client`() {
        let desk = ServerDesk {
            $0.normalOutputLimit = .init(hardBytes: 100_000, softBytes: 0, softSeconds: 0)
        }
        _ = desk.reply("A", "SET k " + String(repeating: "x", count: 50_000))
        desk.write("B", "MULTI")
        for _ in 0..<1000 { desk.write("B", "GET k") }
        desk.write("B", "INCR n")
        desk.write("B", "EXEC")
        desk.run(ready: [desk.id("B")])
        let capacity = desk.server.sessions[desk.id("B")].reply.output.capacity
        #expect(capacity < 400_000)
        #expect(desk.server.sessions.takeClosing() == [desk.id("B")])
        // The transaction was executed to its end.
        #expect(desk.reply("A", "GET n") == "$1|1|")
    }

    @Test func `MGET stops at the limit that closes its client`() {
        let desk = ServerDesk {
            let limit = SessionLimits.Output(hardBytes: 100_000, softBytes: 0, softSeconds: 0)
            $0.normalOutputLimit = limit
            $0.replicaOutputLimit = limit
            $0.pubsubOutputLimit = limit
            $0.replBacklogSize = 16_384
        }
        _ = desk.reply("A", "SET k " + String(repeating: "x", count: 50_000))
        desk.write("B", "MGET" + String(repeating: " k", count: 1000))
        desk.run(ready: [desk.id("B")])
        let held = desk.server.sessions[desk.id("B")].reply.output.count
        #expect(held >= 100_000 && held < 200_000)
    }

    // MARK: Pauses

    @Test func `a pause of writes puts writes off and keeps their order`() {
        let desk = ServerDesk()
        #expect(desk.reply("A", "CLIENT PAUSE 1000 WRITE") == "+OK|")
        #expect(pipeline(desk, "B", "GET k", "SET k 1", "GET k", "INCR k") == "$-1|")
        #expect(desk.reply("A", "GET k") == "$-1|")
        #expect(desk.reply("A", "PUBLISH x y") == "")
        advance(desk, 999)
        #expect(desk.received("B") == "")
        advance(desk, 1)
        #expect(desk.received("B") == "+OK|$1|1|:2|")
        #expect(desk.received("A") == ":0|")
    }

    @Test func `a pause of everything puts everything off`() {
        let desk = ServerDesk()
        _ = desk.reply("A", "CLIENT PAUSE 1000")
        #expect(desk.reply("A", "CLIENT UNPAUSE") == "")
        #expect(desk.reply("B", "PING") == "")
        advance(desk, 1000)
        #expect(desk.received("A") == "+OK|")
        #expect(desk.received("B") == "+PONG|")
    }

    @Test func `UNPAUSE lets those go on that were put off`() {
        let desk = ServerDesk()
        _ = desk.reply("A", "CLIENT PAUSE 100000 WRITE")
        #expect(desk.reply("B", "SET k 1") == "")
        #expect(desk.reply("A", "CLIENT UNPAUSE") == "+OK|")
        #expect(desk.received("B") == "+OK|")
    }

    @Test func `EXEC is put off if it would write`() {
        let desk = ServerDesk()
        _ = desk.reply("A", "MULTI")
        _ = desk.reply("A", "SET k 1")
        _ = desk.reply("B", "MULTI")
        _ = desk.reply("B", "GET k")
        _ = desk.reply("C", "CLIENT PAUSE 1000 WRITE")
        #expect(desk.reply("A", "EXEC") == "")
        #expect(desk.reply("B", "EXEC") == "*1|$-1|")
        advance(desk, 1000)
        #expect(desk.received("A") == "*1|+OK|")
    }

    // MARK: Monitors

    @Test func `MONITOR shows commands as they are executed`() {
        let desk = ServerDesk()
        _ = desk.reply("A", "PING")
        #expect(desk.reply("M", "MONITOR") == "+OK|")
        for request in [
            "SET k \"a b\"", "SELECT 3", "GET k", "AUTH default secret", "CONFIG GET port",
            "NONSENSE", "GET",
        ] {
            _ = desk.reply("A", request)
        }
        #expect(
            desk.received("M") == """
                +1700000000.000000 [0 127.0.0.1:40001] "SET" "k" "a b"|\
                +1700000000.000000 [0 127.0.0.1:40001] "SELECT" "3"|\
                +1700000000.000000 [3 127.0.0.1:40001] "GET" "k"|\
                +1700000000.000000 [3 127.0.0.1:40001] "AUTH" "(redacted)" "(redacted)"|
                """)
    }

    @Test func `MONITOR shows what EXEC runs when it runs`() {
        let desk = ServerDesk()
        _ = desk.reply("A", "PING")
        _ = desk.reply("M", "MONITOR")
        for request in ["MULTI", "SET k 1", "EXEC"] { _ = desk.reply("A", request) }
        #expect(
            desk.received("M") == """
                +1700000000.000000 [0 127.0.0.1:40001] "MULTI"|\
                +1700000000.000000 [0 127.0.0.1:40001] "SET" "k" "1"|\
                +1700000000.000000 [0 127.0.0.1:40001] "EXEC"|
                """)
    }

    // MARK: Waiting

    @Test func `CLIENT UNBLOCK ends WAIT as its timeout would, or with an error`() {
        let desk = ServerDesk()
        #expect(desk.reply("A", "WAIT 1 0") == "")
        let id = desk.server.sessions[desk.id("A")].clientID
        #expect(desk.reply("B", "CLIENT UNBLOCK \(id)") == ":1|")
        #expect(desk.received("A") == ":0|")
        #expect(pipeline(desk, "A", "WAIT 1 0", "PING") == "")
        #expect(desk.reply("B", "CLIENT UNBLOCK \(id) ERROR") == ":1|")
        #expect(desk.received("A") == "-UNBLOCKED client unblocked via CLIENT UNBLOCK|+PONG|")
        #expect(desk.reply("B", "CLIENT UNBLOCK \(id)") == ":0|")
    }

    // MARK: Order and silence

    private static let everyEvent = KeyspaceEventText.bits("KEA") ?? 0

    @Test func `what a killed session had sent is not executed`() {
        let desk = ServerDesk()
        desk.connect("B")
        desk.write("A", "CLIENT KILL ID \(desk.server.sessions[desk.id("B")].clientID)")
        desk.write("B", "SET k 1")
        desk.run(ready: [desk.id("A"), desk.id("B")])
        #expect(desk.received("A") == ":1|")
        #expect(desk.server.sessions.takeClosing() == [desk.id("B")])
        #expect(desk.reply("A", "GET k") == "$-1|")
    }

    @Test func `nothing is executed behind QUIT`() {
        let desk = ServerDesk()
        #expect(pipeline(desk, "A", "SET k 1", "QUIT", "SET k 2") == "+OK|+OK|")
        #expect(desk.reply("B", "GET k") == "$1|1|")
    }

    @Test func `a silenced session executes without a word`() {
        let desk = ServerDesk()
        #expect(
            pipeline(
                desk, "A", "CLIENT REPLY OFF", "SET k 1", "NONSENSE", "INCR k", "CLIENT REPLY ON",
                "GET k", "CLIENT REPLY SKIP", "GET k", "CLIENT REPLY SKIP", "NONSENSE", "PING")
                == "+OK|$1|2|+PONG|")
    }

    @Test func `a keyspace event follows the reply of its cause`() {
        let desk = ServerDesk { $0.notifyKeyspaceEvents = Self.everyEvent }
        _ = desk.reply("A", "HELLO 3")
        _ = desk.reply("A", "PSUBSCRIBE __key*")
        #expect(
            desk.reply("A", "SET k 1") == """
                +OK|>4|$8|pmessage|$6|__key*|$16|__keyspace@0__:k|$3|set|\
                >4|$8|pmessage|$6|__key*|$18|__keyevent@0__:set|$1|k|
                """)
    }

    @Test func `inside EXEC events follow the whole array`() {
        let desk = ServerDesk { $0.notifyKeyspaceEvents = Self.everyEvent }
        _ = desk.reply("A", "HELLO 3")
        _ = desk.reply("A", "SUBSCRIBE __keyspace@0__:k")
        for request in ["MULTI", "SET k 1", "INCR k"] { _ = desk.reply("A", request) }
        #expect(
            desk.reply("A", "EXEC") == """
                *2|+OK|:2|>3|$7|message|$16|__keyspace@0__:k|$3|set|\
                >3|$7|message|$16|__keyspace@0__:k|$6|incrby|
                """)
    }

    @Test func `a password holds for those who come after it, its end for all`() {
        let desk = ServerDesk()
        #expect(desk.reply("A", "CONFIG SET requirepass secret") == "+OK|")
        #expect(desk.reply("A", "PING") == "+PONG|")
        #expect(desk.reply("B", "PING") == "-NOAUTH Authentication required.|")
        #expect(desk.reply("A", "CONFIG SET requirepass \"\"") == "+OK|")
        #expect(desk.reply("B", "PING") == "+PONG|")
    }

    @Test func `CLIENT LIST names the last command and counts what is queued`() {
        let desk = ServerDesk()
        for request in ["MULTI", "GET a", "GET b"] { _ = desk.reply("A", request) }
        let line = desk.reply("B", "CLIENT LIST ID 1")
        #expect(line.contains(" flags=x db=0 ") && line.contains(" multi=2 "))
        #expect(line.contains(" multi-mem=8 ") && line.contains(" cmd=get "))
    }

    // MARK: Transactions

    @Test func `EXEC is refused for what its commands would be refused for`() {
        let desk = ServerDesk()
        for request in ["MULTI", "SET k 1"] { _ = desk.reply("A", request) }
        for request in ["MULTI", "GET k"] { _ = desk.reply("B", request) }
        #expect(desk.reply("C", "CONFIG SET min-replicas-to-write 1") == "+OK|")
        #expect(
            desk.reply("A", "EXEC") == """
                -EXECABORT Transaction discarded because of: NOREPLICAS Not enough good replicas \
                to write.|
                """)
        #expect(desk.reply("A", "EXEC") == "-ERR EXEC without MULTI|")
        #expect(desk.reply("B", "EXEC") == "*1|$-1|")
    }

    @Test(arguments: ["PING", "DEL k", "FLUSHDB", "SWAPDB 0 1", "SET k again"])
    func `a key that had expired before WATCH counts as absent`(_ change: String) {
        let desk = ServerDesk()
        _ = desk.reply("A", "DEBUG SET-ACTIVE-EXPIRE 0")
        _ = desk.reply("A", "SET k 1 PX 5")
        _ = desk.reply("B", "SELECT 1")
        _ = desk.reply("B", "SET k 1 PX 5")
        advance(desk, 6)
        #expect(desk.reply("A", "WATCH k") == "+OK|")
        _ = desk.reply("C", change)
        _ = desk.reply("A", "MULTI")
        #expect(desk.reply("A", "EXEC") == (change.hasPrefix("SET") ? "*-1|" : "*0|"))
    }

    @Test func `a key that expires after WATCH counts as changed`() {
        let desk = ServerDesk()
        _ = desk.reply("A", "SET k 1 PX 5")
        _ = desk.reply("A", "WATCH k")
        advance(desk, 6)
        _ = desk.reply("A", "MULTI")
        #expect(desk.reply("A", "EXEC") == "*-1|")
    }

    @Test func `a session that closes ends its watches`() {
        let desk = ServerDesk()
        _ = desk.reply("A", "WATCH k")
        desk.server.close(desk.id("A"), at: desk.now)
        // The slot is used again: the old watch must not doom its new owner.
        desk.connect("C")
        _ = desk.reply("C", "MULTI")
        _ = desk.reply("B", "SET k 1")
        #expect(desk.reply("C", "EXEC") == "*0|")
    }
}
