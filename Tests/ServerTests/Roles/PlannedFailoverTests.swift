import Bytes
import Determinism
import Protocol
import Server
import Sessions
import Testing

@Suite struct `FAILOVER` {
    /// A master (0) with two replicas that have caught up.
    static func group() -> Cluster {
        let cluster = Cluster()
        for _ in 0..<3 { cluster.add() }
        cluster.command("SET key value", on: 0)
        for replica in 1...2 { cluster.follow(replica, 0) }
        _ = cluster.wait { cluster.isCaughtUp(1, with: 0) && cluster.isCaughtUp(2, with: 0) }
        return cluster
    }

    private func state(_ cluster: Cluster, _ node: Int) -> String {
        let text = cluster.command("INFO replication", on: node)
        let words = text.split(separator: " ").first { $0.hasPrefix("master_failover_state:") }
        return words.map { String($0.dropFirst("master_failover_state:".count)) } ?? ""
    }

    @Test func `errors are Redis's`() {
        let cluster = Self.group()
        let cases = [
            ("FAILOVER ABORT", "ERR No failover in progress."),
            ("FAILOVER TO invalidhost 7001", "ERR FAILOVER target HOST and PORT is not a replica."),
            (
                "FAILOVER TO 127.0.0.1 invalidport",
                "ERR value is not an integer or out of range"
            ),
            ("FAILOVER TIMEOUT 0", "ERR FAILOVER timeout must be greater than 0"),
            ("FAILOVER TIMEOUT x", "ERR value is not an integer or out of range"),
            ("FAILOVER TIMEOUT", "ERR syntax error"),
            ("FAILOVER TO 127.0.0.1", "ERR syntax error"),
            (
                "FAILOVER FORCE TIMEOUT 100",
                "ERR FAILOVER with force option requires both a timeout and target HOST and IP."
            ),
            (
                "FAILOVER TO 127.0.0.1 7001 FORCE",
                "ERR FAILOVER with force option requires both a timeout and target HOST and IP."
            ),
        ]
        for (line, error) in cases {
            #expect(cluster.command(line, on: 0) == "-\(error)", "\(line)")
        }
        #expect(
            cluster.command("FAILOVER", on: 1)
                == "-ERR FAILOVER is not valid when server is a replica.")
        let alone = Cluster()
        alone.add()
        #expect(alone.command("FAILOVER", on: 0) == "-ERR FAILOVER requires connected replicas.")
    }

    @Test func `a named replica takes over, in part and without a lost write`() {
        let cluster = Self.group()
        let writer = cluster.client(0)
        for number in 0..<50 { _ = cluster.send("SET n \(number)", from: writer) }
        #expect(cluster.command("FAILOVER TO 127.0.0.1 7001", on: 0) == "+OK")
        #expect(cluster.wait { state(cluster, 0) == "no-failover" })
        #expect(cluster.command("ROLE", on: 1).hasPrefix("*3 $6 master"))
        #expect(cluster.command("ROLE", on: 0).hasPrefix("*5 $5 slave"))
        #expect(cluster.wait { cluster.isCaughtUp(0, with: 1) })
        cluster.follow(2, 1)
        #expect(cluster.wait { cluster.isCaughtUp(2, with: 1) })
        #expect(cluster.command("SET after failover", on: 1) == "+OK")
        #expect(cluster.command("GET n", on: 1) == "$2 49")
        #expect(cluster.nodes[1].server.statistics.syncFull == 0)
        #expect(cluster.nodes[1].server.statistics.syncPartialOk == 2)
        #expect(cluster.nodes[0].log.contains("FAILOVER requested to 127.0.0.1:7001."))
        #expect(
            cluster.nodes[0].log.contains(
                "Failover target 127.0.0.1:7001 is synced, failing over."))
        #expect(
            cluster.nodes[1].log.contains { $0.hasPrefix("MASTER MODE enabled (failover request") })
    }

    @Test func `writes wait for the replica, and are refused when it has taken over`() {
        let cluster = Self.group()
        for end in cluster.links(of: 1) { cluster.stalled.insert(end) }
        #expect(cluster.command("SET key unseen", on: 0) == "+OK")
        #expect(cluster.command("FAILOVER TO 127.0.0.1 7001", on: 0) == "+OK")
        #expect(state(cluster, 0) == "waiting-for-sync")
        let writer = cluster.client(0)
        #expect(cluster.send("SET key later", from: writer) == "")
        #expect(cluster.command("GET key", on: 0) == "$6 unseen")
        #expect(cluster.command("PUBLISH __sentinel__:hello x", on: 0) == ":0")
        #expect(
            cluster.command("REPLICAOF 127.0.0.1 7002", on: 0)
                == "-ERR REPLICAOF not allowed while failing over.")
        #expect(cluster.command("FAILOVER", on: 0) == "-ERR FAILOVER already in progress.")
        cluster.stalled = []
        #expect(cluster.wait { state(cluster, 0) == "no-failover" })
        #expect(
            cluster.takeReplies(of: writer)
                == "-READONLY You can't write against a read only replica.")
        #expect(cluster.command("GET key", on: 1) == "$6 unseen")
    }

    @Test func `a time-out without FORCE lets writes go on`() {
        let cluster = Self.group()
        for end in cluster.links(of: 1) { cluster.stalled.insert(end) }
        _ = cluster.command("SET key unseen", on: 0)
        #expect(cluster.command("FAILOVER TO 127.0.0.1 7001 TIMEOUT 500", on: 0) == "+OK")
        let writer = cluster.client(0)
        #expect(cluster.send("SET key later", from: writer) == "")
        cluster.pass(milliseconds: 600)
        #expect(cluster.takeReplies(of: writer) == "+OK")
        #expect(state(cluster, 0) == "no-failover")
        #expect(
            cluster.nodes[0].log.contains(
                "FAILOVER to 127.0.0.1:7001 aborted: Replica never caught up before timeout"))
        cluster.stalled = []
        #expect(cluster.wait { cluster.isCaughtUp(1, with: 0) })
    }

    @Test func `FORCE hands over after its time, whatever the replica has`() {
        let cluster = Self.group()
        for end in cluster.links(of: 1) { cluster.stalled.insert(end) }
        _ = cluster.command("SET key unseen", on: 0)
        #expect(cluster.command("FAILOVER TO 127.0.0.1 7001 TIMEOUT 100 FORCE", on: 0) == "+OK")
        cluster.pass(milliseconds: 200)
        #expect(cluster.command("ROLE", on: 0).hasPrefix("*5 $5 slave"))
        cluster.stalled = []
        #expect(cluster.wait { state(cluster, 0) == "no-failover" })
        #expect(cluster.command("ROLE", on: 1).hasPrefix("*3 $6 master"))
        #expect(cluster.wait { cluster.isCaughtUp(0, with: 1) })
        #expect(cluster.isInAgreement() || cluster.command("GET key", on: 0) == "$5 value")
    }

    @Test func `ABORT lets writes go on`() {
        let cluster = Self.group()
        for end in cluster.links(of: 1) { cluster.stalled.insert(end) }
        _ = cluster.command("SET key unseen", on: 0)
        #expect(cluster.command("FAILOVER TO 127.0.0.1 7001 TIMEOUT 60000", on: 0) == "+OK")
        #expect(cluster.command("FAILOVER ABORT", on: 0) == "+OK")
        #expect(state(cluster, 0) == "no-failover")
        #expect(cluster.command("SET key later", on: 0) == "+OK")
    }

    @Test func `a target that refuses leaves the master a master`() {
        let cluster = Self.group()
        // The target has got another history meanwhile, and is a master itself.
        cluster.nodes[1].isReachable = false
        #expect(cluster.command("FAILOVER TO 127.0.0.1 7001", on: 0) == "+OK")
        cluster.command("REPLICAOF NO ONE", on: 1)
        cluster.nodes[1].isReachable = true
        #expect(cluster.wait { state(cluster, 0) == "no-failover" })
        #expect(cluster.command("ROLE", on: 0).hasPrefix("*3 $6 master"))
        #expect(cluster.command("SET key later", on: 0) == "+OK")
        #expect(
            cluster.nodes[0].log.contains(
                "FAILOVER to 127.0.0.1:7001 aborted: Failover target rejected psync request"))
    }
}
