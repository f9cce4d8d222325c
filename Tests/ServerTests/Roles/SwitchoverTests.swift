import Bytes
import Determinism
import Protocol
import Replication
import Server
import Sessions
import Testing

@Suite struct `The master's part in a switchover` {
    private let first = Switchover.Leader(epoch: 7, runID: "a")
    private let other = Switchover.Leader(epoch: 7, runID: "b")
    private let later = Switchover.Leader(epoch: 8, runID: "b")
    private let target = MasterAddress(host: "10.0.0.2", port: 6379)

    private func at(_ milliseconds: Int64) -> Instant { .zero + .milliseconds(milliseconds) }

    @Test func `a pause ends by itself, and its leader hears of it`() throws {
        var machine = Switchover()
        #expect(try machine.pause(first, for: .milliseconds(500), at: at(0)) == at(500))
        #expect(machine.nextDeadline(at: at(0)) == at(500))
        #expect(throws: Switchover.Refusal.notPaused) {
            try machine.commit(first, to: target, at: at(500))
        }
        #expect(!machine.isUnderWay)
    }

    @Test func `a committed switchover never ends by itself`() throws {
        var machine = Switchover()
        _ = try machine.pause(first, for: .milliseconds(500), at: at(0))
        try machine.commit(first, to: target, at: at(499))
        let hasExpired = machine.expire(at: at(1_000_000))
        #expect(!hasExpired)
        #expect(machine.isCommitted && machine.target == target)
        #expect(!machine.isUntold(at: at(10_498)))
        #expect(machine.isUntold(at: at(10_499)))
    }

    @Test func `who leads resumes it before and after`() throws {
        for isCommitted in [false, true] {
            var machine = Switchover()
            _ = try machine.pause(first, for: .seconds(1), at: at(0))
            if isCommitted { try machine.commit(first, to: target, at: at(1)) }
            try machine.resume(first, at: at(2))
            #expect(!machine.isUnderWay)
        }
    }

    @Test func `others of the same or a smaller epoch are refused`() throws {
        var machine = Switchover()
        _ = try machine.pause(first, for: .seconds(1), at: at(0))
        let before = machine
        let earlier = Switchover.Leader(epoch: 6, runID: "a")
        for leader in [other, earlier] {
            #expect(throws: Switchover.Refusal.stale) {
                _ = try machine.pause(leader, for: .seconds(9), at: at(1))
            }
            #expect(throws: Switchover.Refusal.stale) {
                try machine.commit(leader, to: target, at: at(1))
            }
            #expect(throws: Switchover.Refusal.stale) { try machine.resume(leader, at: at(1)) }
        }
        #expect(machine == before)
    }

    @Test func `a later leader takes a pause over, and the first one cannot commit`() throws {
        var machine = Switchover()
        _ = try machine.pause(first, for: .seconds(1), at: at(0))
        #expect(try machine.pause(later, for: .seconds(1), at: at(500)) == at(1500))
        #expect(throws: Switchover.Refusal.stale) {
            try machine.commit(first, to: target, at: at(501))
        }
        try machine.commit(later, to: target, at: at(1400))
    }

    @Test func `who takes a committed switchover over can finish it, not resume it`() throws {
        var machine = Switchover()
        _ = try machine.pause(first, for: .seconds(1), at: at(0))
        try machine.commit(first, to: target, at: at(1))
        #expect(try machine.pause(later, for: .seconds(1), at: at(2000)) == nil)
        #expect(throws: Switchover.Refusal.cannotResume) { try machine.resume(later, at: at(2001)) }
        let another = MasterAddress(host: "10.0.0.3", port: 6379)
        try machine.commit(later, to: another, at: at(2002))
        #expect(machine.target == another)
        #expect(throws: Switchover.Refusal.cannotResume) { try machine.resume(later, at: at(2003)) }
    }

    @Test func `pauses have a longest time`() throws {
        var machine = Switchover()
        #expect(try machine.pause(first, for: .seconds(3600), at: at(0)) == at(60_000))
    }
}

@Suite struct `RDS SWITCHOVER` {
    private static let leader = String(repeating: "a", count: 40)

    private func order(_ words: String, _ cluster: Cluster, on node: Int = 0) -> String {
        cluster.command("RDS SWITCHOVER \(words)", on: node)
    }

    private func pause(_ cluster: Cluster, _ milliseconds: Int = 1000) -> String {
        order("PAUSE 5 \(Self.leader) \(milliseconds)", cluster)
    }

    @Test func `hands over without a lost write`() {
        let cluster = `FAILOVER`.group()
        let writer = cluster.client(0)
        _ = cluster.send("SET key last", from: writer)
        let history = cluster.nodes[0].server.roles.stream.history
        let reply = pause(cluster)
        let offset = cluster.nodes[0].server.roles.stream.history.offset
        #expect(reply == "*2 $40 \(history.id) :\(offset)")
        #expect(cluster.send("SET key waits", from: writer) == "")
        #expect(cluster.command("INFO replication", on: 0).contains("switchover-paused"))
        #expect(cluster.nodes[1].server.roles.stream.history.offset == offset)
        #expect(order("COMMIT 5 \(Self.leader) 127.0.0.1 7001", cluster) == "+OK")
        let information = cluster.command("INFO replication", on: 0)
        #expect(information.contains("master_failover_state:switchover-committed"))
        #expect(information.contains("master_switchover_target:127.0.0.1:7001"))
        // Nothing moves the stream, however long it takes.
        cluster.pass(milliseconds: 5000)
        #expect(cluster.nodes[0].server.roles.stream.history.offset == offset)
        #expect(cluster.takeReplies(of: writer) == "")
        cluster.command("REPLICAOF NO ONE", on: 1)
        #expect(cluster.command("SET key new", on: 1) == "+OK")
        cluster.follow(0, 1)
        #expect(
            cluster.takeReplies(of: writer)
                == "-READONLY You can't write against a read only replica.")
        let isOpen = cluster.nodes[0].server.sessions.contains(writer.session)
        #expect(!isOpen)
        #expect(cluster.wait { cluster.isCaughtUp(0, with: 1) })
        #expect(cluster.nodes[1].server.statistics.syncFull == 0)
        #expect(cluster.command("GET key", on: 0) == "$3 new")
    }

    @Test func `who waits hears that nothing was executed before clients are cut off`() {
        let cluster = `FAILOVER`.group()
        let writer = cluster.client(0)
        let idle = cluster.client(0)
        _ = pause(cluster)
        #expect(cluster.send("SET key waits", from: writer) == "")
        // All that a sentinel sends to a former master comes at once.
        cluster.command(
            "MULTI\nREPLICAOF 127.0.0.1 7001\nCLIENT KILL TYPE normal\nEXEC", on: 0)
        #expect(
            cluster.takeReplies(of: writer)
                == "-READONLY You can't write against a read only replica.")
        for client in [writer, idle] {
            let isOpen = cluster.nodes[0].server.sessions.contains(client.session)
            #expect(!isOpen)
        }
    }

    @Test func `a pause that nobody ends lets writes go on`() {
        let cluster = `FAILOVER`.group()
        _ = pause(cluster, 300)
        let writer = cluster.client(0)
        #expect(cluster.send("SET key waits", from: writer) == "")
        cluster.pass(milliseconds: 300)
        #expect(cluster.takeReplies(of: writer) == "+OK")
        #expect(
            order("COMMIT 5 \(Self.leader) 127.0.0.1 7001", cluster)
                == "-NOTPAUSED This switchover is not in progress, or its time is over")
    }

    @Test func `RESUME lets writes go on at once, committed or not`() {
        for isCommitted in [false, true] {
            let cluster = `FAILOVER`.group()
            _ = pause(cluster)
            if isCommitted {
                _ = order("COMMIT 5 \(Self.leader) 127.0.0.1 7001", cluster)
            }
            let writer = cluster.client(0)
            #expect(cluster.send("SET key waits", from: writer) == "")
            #expect(order("RESUME 5 \(Self.leader)", cluster) == "+OK")
            #expect(cluster.takeReplies(of: writer) == "+OK")
        }
    }

    @Test func `REPLICAOF NO ONE by an operator lets writes go on`() {
        let cluster = `FAILOVER`.group()
        _ = pause(cluster)
        _ = order("COMMIT 5 \(Self.leader) 127.0.0.1 7001", cluster)
        #expect(cluster.command("REPLICAOF NO ONE", on: 0) == "+OK")
        #expect(cluster.command("SET key value", on: 0) == "+OK")
    }

    @Test func `committed and forgotten, it says that it is no working master`() {
        let cluster = `FAILOVER`.group()
        _ = pause(cluster)
        _ = order("COMMIT 5 \(Self.leader) 127.0.0.1 7001", cluster)
        let writer = cluster.client(0)
        #expect(cluster.send("SET key waits", from: writer) == "")
        #expect(cluster.command("PING", on: 0) == "+PONG")
        cluster.pass(milliseconds: 10_100)
        let error = "-READONLY Another server may have taken over from this master."
        #expect(cluster.takeReplies(of: writer) == error)
        #expect(cluster.command("PING", on: 0) == error)
        #expect(cluster.command("GET key", on: 0) == "$5 value")
        #expect(order("RESUME 5 \(Self.leader)", cluster) == "+OK")
        #expect(cluster.command("PING", on: 0) == "+PONG")
        #expect(cluster.command("SET key value", on: 0) == "+OK")
    }

    @Test func `a transaction that waits is told that it was not executed`() {
        let cluster = `FAILOVER`.group()
        let writer = cluster.client(0)
        _ = cluster.send("MULTI\nSET key queued", from: writer)
        _ = pause(cluster)
        #expect(cluster.send("EXEC", from: writer) == "")
        cluster.follow(0, 1)
        #expect(
            cluster.takeReplies(of: writer)
                == "-EXECABORT Transaction discarded because of: READONLY You can't write against "
                + "a read only replica.")
    }

    @Test func `sentinels meet while writes pause, and the stream does not move`() {
        let cluster = `FAILOVER`.group()
        _ = pause(cluster)
        let offset = cluster.nodes[0].server.roles.stream.history.offset
        #expect(cluster.command("PUBLISH __sentinel__:hello x", on: 0) == ":0")
        #expect(cluster.nodes[0].server.roles.stream.history.offset == offset)
    }

    @Test func `orders that make no sense are refused`() {
        let cluster = `FAILOVER`.group()
        let leader = Self.leader
        #expect(order("PAUSE 5 short 100", cluster) == "-ERR syntax error")
        #expect(order("PAUSE x \(leader) 100", cluster) == "-ERR syntax error")
        #expect(order("DANCE 5 \(leader)", cluster) == "-ERR syntax error")
        #expect(order("COMMIT 5 \(leader) 127.0.0.1 0", cluster) == "-ERR Invalid port")
        #expect(
            order("PAUSE 5 \(leader) 100", cluster, on: 1)
                == "-NOTMASTER This server is a replica")
        #expect(order("WANTED", cluster) == ":0")
    }
}

@Suite struct `A master that stops` {
    private func group() -> (cluster: Cluster, sentinel: Cluster.End) {
        let cluster = `FAILOVER`.group()
        let sentinel = cluster.client(0)
        _ = cluster.send("SUBSCRIBE __rds__:handover", from: sentinel)
        return (cluster, sentinel)
    }

    @Test func `asks its sentinels, and stops when a replica has taken over`() {
        let (cluster, sentinel) = group()
        cluster.nodes[0].server.signalReceived("SIGTERM", at: cluster.now)
        cluster.settle()
        #expect(
            cluster.takeReplies(of: sentinel).hasPrefix("*3 $7 message $16 __rds__:handover $40"))
        #expect(cluster.command("RDS SWITCHOVER WANTED", on: 0) == ":1")
        #expect(cluster.command("SET key value", on: 0) == "+OK")
        cluster.command("REPLICAOF NO ONE", on: 1)
        cluster.follow(0, 1)
        #expect(cluster.command("RDS SWITCHOVER WANTED", on: 0) == ":0")
        cluster.pass(milliseconds: 200)
        #expect(cluster.nodes[0].log.contains("A replica has taken over: shutting down."))
        #expect(cluster.nodes[0].log.contains("Redis is now ready to exit, bye bye..."))
    }

    @Test func `stops all the same when nobody takes over`() {
        let (cluster, _) = group()
        cluster.nodes[0].server.signalReceived("SIGTERM", at: cluster.now)
        cluster.pass(milliseconds: 4900)
        #expect(!cluster.nodes[0].log.contains("Redis is now ready to exit, bye bye..."))
        cluster.pass(milliseconds: 2500)
        #expect(cluster.nodes[0].log.contains("Redis is now ready to exit, bye bye..."))
    }

    @Test(arguments: ["SHUTDOWN NOW", "SHUTDOWN FORCE"])
    func `asks nobody when it must not wait`(line: String) {
        let (cluster, sentinel) = group()
        cluster.command(line, on: 0)
        cluster.pass(milliseconds: 1100)
        #expect(cluster.takeReplies(of: sentinel) == "")
        #expect(cluster.nodes[0].log.contains("Redis is now ready to exit, bye bye..."))
    }

    @Test func `asks nobody when the directive says so, or nobody listens`() {
        let (cluster, sentinel) = group()
        cluster.command("CONFIG SET shutdown-handover-timeout 0", on: 0)
        cluster.command("SHUTDOWN", on: 0)
        cluster.pass(milliseconds: 1100)
        #expect(cluster.takeReplies(of: sentinel) == "")
        #expect(cluster.nodes[0].log.contains("Redis is now ready to exit, bye bye..."))
        let alone = `FAILOVER`.group()
        alone.command("SHUTDOWN", on: 0)
        alone.pass(milliseconds: 1100)
        #expect(alone.nodes[0].log.contains("Redis is now ready to exit, bye bye..."))
    }
}
