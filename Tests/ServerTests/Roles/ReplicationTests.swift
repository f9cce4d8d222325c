import Bytes
import Determinism
import Protocol
import Server
import Sessions
import Testing

@Suite struct `Servers that follow each other` {
    /// A master with keys and a replica that has caught up.
    static func pair(seed: UInt64 = 1) -> Cluster {
        let cluster = Cluster(seed: seed)
        cluster.add()
        cluster.add()
        let lines = (0..<200).map { "SET key:\($0) value:\($0)" }
        cluster.command(lines.joined(separator: "\n"), on: 0)
        cluster.follow(1, 0)
        _ = cluster.wait { cluster.isCaughtUp(1, with: 0) }
        return cluster
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `a replica takes over all data and then every write`(seed: UInt64) {
        let cluster = Self.pair(seed: seed)
        #expect(cluster.isCaughtUp(1, with: 0))
        #expect(cluster.isInAgreement())
        let client = cluster.client(0)
        _ = cluster.send(
            """
            SELECT 3
            SET other database
            MULTI
            SET a 1
            INCR a
            EXEC
            SETEX short 100 x
            SELECT 0
            DEL key:7
            """, from: client)
        #expect(cluster.wait { cluster.isCaughtUp(1, with: 0) })
        #expect(cluster.isInAgreement())
        let reader = cluster.client(1)
        #expect(cluster.send("SELECT 3\nGET a\nGET other", from: reader) == "+OK $1 2 $8 database")
    }

    @Test func `a replica that takes all data knows what their history grew out of`() {
        let cluster = Self.pair()
        _ = cluster.command("SET key value", on: 0)
        #expect(cluster.wait { cluster.isCaughtUp(1, with: 0) })
        let old = cluster.nodes[0].server.roles.stream.history
        _ = cluster.command("REPLICAOF NO ONE", on: 1)
        _ = cluster.command("SET other value", on: 1)
        cluster.add()
        cluster.follow(2, 1)
        #expect(cluster.wait { cluster.isCaughtUp(2, with: 1) })
        let history = cluster.nodes[2].server.roles.stream.history
        #expect(history.previousID == old.id)
        #expect(history.previousLimit == old.offset + 1)
    }

    @Test(arguments: [true, false])
    func `a replica with save points saves what it took over at once`(isSaving: Bool) {
        let cluster = Cluster()
        cluster.add()
        cluster.add { if isSaving { $0.savePoints = [.init(seconds: 3600, changes: 1)] } }
        cluster.command("SET key value", on: 0)
        cluster.follow(1, 0)
        #expect(cluster.wait { cluster.isCaughtUp(1, with: 0) })
        cluster.pass(milliseconds: 1000)
        let isSaved = cluster.nodes[1].log.contains { $0.hasPrefix("Background saving started") }
        #expect(isSaved == isSaving)
    }

    @Test func `the log tells what Redis's would`() {
        let cluster = Self.pair()
        let id = cluster.nodes[0].server.roles.stream.history.id
        let own = cluster.nodes[1].log.filter { !$0.contains("user request") }
        let request = own.first { $0.contains("Trying a partial") } ?? ""
        #expect(
            own == [
                "Before turning into a replica, using my own master parameters to synthesize a "
                    + "cached master: I may be able to synchronize with the new master with just "
                    + "a partial transfer.",
                "Connecting to MASTER 127.0.0.1:7000",
                "MASTER <-> REPLICA sync started",
                "Non blocking connect for SYNC fired the event.",
                "Master replied to PING, replication can continue...",
                request,
                "Full resync from master: \(id):0",
                "MASTER <-> REPLICA sync: receiving streamed RDB from master with EOF to parser",
                "MASTER <-> REPLICA sync: Loading DB in memory",
                "MASTER <-> REPLICA sync: Swapping active DB with loaded DB",
                "Discarding previously cached master state.",
                "MASTER <-> REPLICA sync: Finished with success",
            ])
        let master = cluster.nodes[0].log
        #expect(master.first == "Replica 127.0.0.1:7001 asks for synchronization")
        #expect(master[1].hasPrefix("Partial resynchronization not accepted: Replication ID"))
        #expect(master[2].hasPrefix("Replication backlog created, my new replication IDs are"))
        #expect(master[3] == "Starting BGSAVE for SYNC with target: replicas sockets")
        #expect(
            master[4]
                == "Streamed RDB transfer with replica 127.0.0.1:7001 succeeded (socket). Waiting "
                + "for REPLCONF ACK from replica to enable streaming")
        #expect(master[5] == "Synchronization with replica 127.0.0.1:7001 succeeded")
    }

    @Test func `writes during the snapshot reach the replica after it`() {
        let cluster = Cluster()
        cluster.add()
        cluster.add()
        let client = cluster.client(0)
        let lines = (0..<3000).map { "SET key:\($0) \($0)" }
        _ = cluster.send(lines.joined(separator: "\n"), from: client)
        cluster.largestRead = 64
        cluster.follow(1, 0)
        for number in 0..<300 {
            _ = cluster.send("SET key:\(number * 7) changed\nDEL key:\(number * 5)", from: client)
        }
        cluster.largestRead = nil
        #expect(cluster.wait { cluster.isCaughtUp(1, with: 0) })
        #expect(cluster.isInAgreement())
    }

    @Test func `a broken link is mended by what was missed, under write load`() {
        let cluster = Self.pair()
        let client = cluster.client(0)
        for round in 0..<20 {
            for number in 0..<20 {
                _ = cluster.send("SET key:\(number) \(round)\nINCR counter", from: client)
            }
            cluster.cutLinks()
        }
        #expect(cluster.wait { cluster.isCaughtUp(1, with: 0) })
        #expect(cluster.isInAgreement())
        #expect(cluster.nodes[0].server.statistics.syncFull == 1)
        #expect(cluster.nodes[0].server.statistics.syncPartialOk == 20)
    }

    @Test func `a transaction that the link cut in two is applied once`() {
        let cluster = Self.pair()
        cluster.largestRead = 3
        let client = cluster.client(0)
        for round in 0..<10 {
            _ = cluster.send("MULTI\nINCR a\nINCR b\nINCR a\nEXEC", from: client)
            if round % 2 == 0 { cluster.cutLinks() }
        }
        cluster.largestRead = nil
        #expect(cluster.wait { cluster.isCaughtUp(1, with: 0) })
        #expect(cluster.isInAgreement())
        #expect(cluster.command("GET a", on: 1) == "$2 20")
    }

    @Test func `a link that lost more than the backlog holds is mended by all data`() {
        let cluster = Self.pair()
        cluster.nodes[0].isReachable = false
        cluster.cutLinks()
        let client = cluster.client(0)
        let value = String(repeating: "x", count: 60_000)
        for number in 0..<40 { _ = cluster.send("SET big:\(number % 5) \(value)", from: client) }
        cluster.nodes[0].isReachable = true
        #expect(cluster.wait { cluster.isCaughtUp(1, with: 0) })
        #expect(cluster.isInAgreement())
        #expect(cluster.nodes[0].server.statistics.syncPartialError >= 1)
        #expect(cluster.nodes[0].server.statistics.syncFull == 2)
    }

    @Test func `a chain carries the same history to its end`() {
        let cluster = Self.pair()
        cluster.add()
        cluster.add()
        cluster.follow(2, 1)
        #expect(cluster.wait { cluster.isCaughtUp(2, with: 0) })
        cluster.follow(3, 2)
        #expect(cluster.wait { cluster.isCaughtUp(3, with: 0) })
        cluster.command("SET through the-chain", on: 0)
        #expect(cluster.wait { cluster.isCaughtUp(3, with: 0) })
        #expect(cluster.isInAgreement())
        // The middle loses its master: those behind it stay, and nothing is sent twice.
        cluster.cutLinks()
        cluster.command("SET after the-cut", on: 0)
        #expect(cluster.wait { cluster.isCaughtUp(3, with: 0) })
        #expect(cluster.isInAgreement())
        #expect(cluster.nodes.allSatisfy { $0.server.statistics.syncFull <= 1 })
    }

    @Test func `after a promotion the sibling and the old master resume`() {
        let cluster = Self.pair()
        cluster.add()
        cluster.follow(2, 0)
        #expect(cluster.wait { cluster.isCaughtUp(2, with: 0) })
        cluster.command("SET last write", on: 0)
        #expect(cluster.wait { cluster.isCaughtUp(1, with: 0) && cluster.isCaughtUp(2, with: 0) })
        let old = cluster.nodes[0].server.roles.stream.history
        cluster.nodes[0].isReachable = false
        cluster.cutLinks()
        #expect(cluster.command("REPLICAOF NO ONE", on: 1) == "+OK")
        let new = cluster.nodes[1].server.roles.stream.history
        #expect(new.previousID == old.id)
        #expect(new.id != old.id)
        cluster.command("SET first write-of-the-new", on: 1)
        cluster.follow(2, 1)
        #expect(cluster.wait { cluster.isCaughtUp(2, with: 1) })
        cluster.follow(0, 1)
        #expect(cluster.wait { cluster.isCaughtUp(0, with: 1) })
        #expect(cluster.isInAgreement())
        #expect(cluster.nodes[1].server.statistics.syncFull == 0)
        #expect(cluster.nodes[1].server.statistics.syncPartialOk == 2)
        #expect(cluster.nodes[2].server.roles.stream.history.previousID == old.id)
    }

    @Test func `an old master that wrote more than its heir is made to start over`() {
        let cluster = Self.pair()
        cluster.nodes[0].isReachable = false
        cluster.nodes[1].isReachable = false
        cluster.cutLinks()
        cluster.command("SET lost write", on: 0)
        cluster.command("REPLICAOF NO ONE", on: 1)
        cluster.command("SET kept write", on: 1)
        cluster.nodes[1].isReachable = true
        cluster.follow(0, 1)
        #expect(cluster.wait { cluster.isCaughtUp(0, with: 1) })
        #expect(cluster.isInAgreement())
        #expect(cluster.command("GET lost", on: 0) == "$-1")
        #expect(cluster.nodes[1].server.statistics.syncFull == 1)
    }

    @Test func `one snapshot serves all replicas that waited`() {
        let cluster = Cluster()
        cluster.add { $0.replDisklessSyncDelaySeconds = 5 }
        for _ in 0..<3 { cluster.add() }
        cluster.command("SET a b", on: 0)
        for replica in 1...3 { cluster.follow(replica, 0) }
        #expect(cluster.wait { (1...3).allSatisfy { cluster.isCaughtUp($0, with: 0) } })
        let started = cluster.nodes[0].log.filter { $0.hasPrefix("Starting BGSAVE") }
        #expect(started.count == 1)
        #expect(cluster.nodes[0].log.contains("Delay next BGSAVE for diskless SYNC"))
        #expect(cluster.isInAgreement())
    }

    @Test func `a replica refuses writes and serves reads`() {
        let cluster = Self.pair()
        #expect(
            cluster.command("SET a b", on: 1)
                == "-READONLY You can't write against a read only replica.")
        #expect(cluster.command("GET key:1", on: 1) == "$7 value:1")
    }

    @Test func `writes and messages of a replica's own clients stay its own`() {
        let cluster = Self.pair()
        cluster.nodes[1].server.settings.replicaReadOnly = false
        cluster.pass(milliseconds: 1000)
        #expect(cluster.command("SET mine alone", on: 1) == "+OK")
        #expect(cluster.command("PUBLISH channel message", on: 1) == ":0")
        cluster.command("SET shared value", on: 0)
        #expect(cluster.wait { cluster.isCaughtUp(1, with: 0) })
        cluster.cutLinks()
        #expect(cluster.wait { cluster.isCaughtUp(1, with: 0) })
        #expect(cluster.nodes[0].server.statistics.syncFull == 1)
        #expect(cluster.command("GET shared", on: 1) == "$5 value")
    }

    @Test(arguments: ["LPUSH l a", "SELECT 99", "NONSENSE", "EVAL x 0"])
    func `a stream that cannot be applied ends, and what was there is served on`(line: String) {
        let cluster = Self.pair()
        let offset = cluster.nodes[1].server.roles.stream.history.offset
        let link = cluster.nodes[1].server.roles.masterSession
        var bytes = OutputBuffer()
        CommandEncoder.append(line.split(separator: " ").map { ByteString($0) }, to: &bytes)
        CommandEncoder.append(["FLUSHALL"], to: &bytes)
        if let link {
            cluster.nodes[0].isReachable = false
            cluster.inject(ByteString(bytes.unsent).bytes, node: 1, session: link)
        }
        #expect(cluster.nodes[1].server.roles.link.isStreaming == false)
        #expect(cluster.nodes[1].server.roles.link.canResume == false)
        #expect(cluster.nodes[1].server.roles.stream.history.offset == offset)
        #expect(cluster.command("DBSIZE", on: 1) == ":200")
        cluster.nodes[0].isReachable = true
        #expect(cluster.wait { cluster.isCaughtUp(1, with: 0) })
        #expect(cluster.nodes[0].server.statistics.syncFull == 2)
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `hostile bytes from a master never bring a replica down`(seed: UInt64) {
        var random = RandomSource(seed: seed)
        let cluster = Self.pair(seed: seed)
        cluster.nodes[0].isReachable = false
        let pieces = [
            "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nb\r\n", "*1\r\n$5\r\nMULTI\r\n",
            "*1\r\n$4\r\nEXEC\r\n", "\r\n", "\n", "PING\r\n", "*0\r\n", "*-1\r\n",
            "*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n", "*1\r\n$7\r\nDISCARD\r\n",
            "*3\r\n$9\r\nREPLICAOF\r\n$2\r\nNO\r\n$3\r\nONE\r\n", "*1\r\n$4\r\nQUIT\r\n",
            "*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n", "*1\r\n$7\r\nMONITOR\r\n",
            "*3\r\n$5\r\nPSYNC\r\n$1\r\n?\r\n$2\r\n-1\r\n", "*2\r\n$9\r\nSUBSCRIBE\r\n$1\r\nc\r\n",
            "*3\r\n$4\r\nWAIT\r\n$1\r\n9\r\n$1\r\n0\r\n", "*1\r\n$5\r\nRESET\r\n", "$-5\r\n",
            "*99999\r\n",
            "*3\r\n$6\r\nCLIENT\r\n$4\r\nKILL\r\n$4\r\nTYPE\r\n", "*2\r\n$4\r\nSAVE\r\n$1\r\nx\r\n",
        ]
        for _ in 0..<40 {
            guard let session = cluster.nodes[1].server.roles.masterSession else { break }
            var bytes = Array((pieces.randomElement(using: &random) ?? "").utf8)
            if Int.random(in: 0..<8, using: &random) == 0 {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                bytes[at] = UInt8(truncatingIfNeeded: random.next())
            }
            cluster.inject(bytes, node: 1, session: session)
        }
        #expect(cluster.command("PING", on: 1).contains("PONG"))
        cluster.command("REPLICAOF NO ONE", on: 1)
        #expect(cluster.command("SET a b", on: 1) == "+OK")
    }

    @Test func `without its master a replica serves stale data only if it may`() {
        let cluster = Self.pair()
        cluster.nodes[0].isReachable = false
        cluster.cutLinks()
        #expect(cluster.command("GET key:1", on: 1) == "$7 value:1")
        #expect(
            cluster.command("PSYNC ? -1", on: 1)
                == "-NOMASTERLINK Can't SYNC while not connected with my master")
        cluster.nodes[1].server.settings.replicaServeStaleData = false
        cluster.pass(milliseconds: 1000)
        #expect(
            cluster.command("GET key:1", on: 1)
                == "-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to "
                + "'no'.")
    }

    @Test func `a master without enough good replicas takes no writes`() {
        let cluster = Self.pair()
        cluster.nodes[0].server.settings.minReplicasToWrite = 1
        cluster.pass(milliseconds: 1000)
        #expect(cluster.command("SET a b", on: 0) == "+OK")
        cluster.nodes[0].isReachable = false
        cluster.cutLinks()
        cluster.pass(milliseconds: 1000)
        #expect(
            cluster.command("SET a b", on: 0) == "-NOREPLICAS Not enough good replicas to write.")
        cluster.nodes[0].isReachable = true
        cluster.pass(milliseconds: 3000)
        #expect(cluster.command("SET a b", on: 0) == "+OK")
    }

    @Test func `WAIT answers when replicas have the write, or when time is up`() {
        let cluster = Self.pair()
        let client = cluster.client(0)
        #expect(cluster.send("SET a b\nWAIT 1 0\nPING", from: client) == "+OK :1 +PONG")
        #expect(cluster.send("SET a c\nWAIT 2 1000\nPING", from: client) == "+OK")
        cluster.pass(milliseconds: 1100)
        #expect(cluster.takeReplies(of: client) == ":1 +PONG")
        #expect(cluster.send("WAIT 0 0", from: client) == ":1")
        #expect(cluster.send("WAIT a 0", from: client).hasPrefix("-ERR value is not an integer"))
        #expect(cluster.send("WAIT 1 -1", from: client) == "-ERR timeout is negative")
        #expect(cluster.command("WAIT 1 0", on: 1).hasPrefix("-ERR WAIT cannot be used with"))
        #expect(cluster.send("MULTI\nWAIT 5 0\nEXEC", from: client) == "+OK +QUEUED *1 :1")
    }

    @Test func `WAITAOF hears of disks in acknowledgements`() {
        let cluster = Self.pair()
        let client = cluster.client(0)
        // Our replica has no append log, and never says that it has anything on disk.
        #expect(cluster.send("SET a b\nWAITAOF 0 1 1000\nPING", from: client) == "+OK")
        cluster.pass(milliseconds: 1100)
        #expect(cluster.takeReplies(of: client) == "*2 :0 :0 +PONG")
        // Another one does.
        let replica = cluster.client(0)
        let offset = cluster.nodes[0].server.roles.stream.history.offset
        let id = cluster.nodes[0].server.roles.stream.history.id
        #expect(
            cluster.send(
                "REPLCONF capa eof capa psync2\nPSYNC \(id) \(offset + 1)", from: replica
            ).hasPrefix("+OK +CONTINUE"))
        #expect(cluster.send("SET a c\nWAITAOF 0 1 0\nPING", from: client) == "+OK")
        let end = cluster.nodes[0].server.roles.stream.history.offset
        _ = cluster.send("REPLCONF ACK \(end)", from: replica)
        #expect(cluster.takeReplies(of: client) == "")
        _ = cluster.send("REPLCONF ACK \(end) FACK \(end)", from: replica)
        #expect(cluster.takeReplies(of: client) == "*2 :0 :1 +PONG")
        #expect(
            cluster.send("MULTI\nWAITAOF 0 5 0\nEXEC", from: client) == "+OK +QUEUED *1 *2 :0 :1")
    }

    @Test func `WAITAOF reads its arguments before it looks at the role`() {
        let cluster = Self.pair()
        let cases = [
            ("WAITAOF 2 0 0", "-ERR value is out of range, value must between 0 and 1"),
            ("WAITAOF x 0 0", "-ERR value is not an integer or out of range"),
            ("WAITAOF 0 -1 0", "-ERR value is out of range, must be positive"),
            ("WAITAOF 0 x 0", "-ERR value is out of range, must be positive"),
            ("WAITAOF 0 0 x", "-ERR timeout is not an integer or out of range"),
            ("WAITAOF 0 0 -1", "-ERR timeout is negative"),
            ("WAITAOF 0 0 9223372036854775807", "-ERR timeout is out of range"),
        ]
        for (line, reply) in cases {
            #expect(cluster.command(line, on: 0) == reply)
            #expect(cluster.command(line, on: 1) == reply)
        }
        #expect(
            cluster.command("WAITAOF 1 0 0", on: 0)
                == "-ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.")
        #expect(
            cluster.command("WAITAOF 1 0 0", on: 1).hasPrefix("-ERR WAITAOF cannot be used with"))
        #expect(cluster.command("WAITAOF 0 0 0", on: 0) == "*2 :0 :1")
    }

    @Test func `who wrote nothing waits for nothing`() {
        let cluster = Self.pair()
        cluster.nodes[0].isReachable = false
        cluster.command("SET a b", on: 0)
        #expect(cluster.command("WAIT 1 0", on: 0) == ":1")
    }

    @Test func `a snapshot is loaded as slowly as key-load-delay says`() {
        let cluster = Cluster()
        cluster.add()
        cluster.add { $0.keyLoadDelayMicroseconds = 10_000 }
        cluster.command("DEBUG POPULATE 100", on: 0)
        cluster.follow(1, 0)
        let began = cluster.now.instant
        #expect(cluster.wait { cluster.command("DBSIZE", on: 1) == ":100" })
        let took = cluster.now.instant - began
        #expect(took > .milliseconds(500) && took < .seconds(5), "it took \(took)")
    }

    @Test func `who waits is told when the master becomes a replica`() {
        let cluster = Self.pair()
        cluster.add()
        let client = cluster.client(0)
        #expect(cluster.send("SET a b\nWAIT 5 0", from: client) == "+OK")
        cluster.follow(0, 2)
        #expect(cluster.takeReplies(of: client).hasPrefix("-UNBLOCKED force unblock"))
    }

    @Test func `keys expire on the replica when the master says so, and hide before`() {
        let cluster = Self.pair()
        cluster.command("SET short x PX 5000", on: 0)
        #expect(cluster.wait { cluster.isCaughtUp(1, with: 0) })
        cluster.nodes[0].isReachable = false
        cluster.cutLinks()
        cluster.pass(milliseconds: 6000)
        #expect(cluster.command("GET short", on: 1) == "$-1")
        #expect(cluster.command("DBSIZE", on: 1) == ":201")
        cluster.nodes[0].isReachable = true
        #expect(cluster.wait { cluster.isCaughtUp(1, with: 0) })
        #expect(cluster.command("DBSIZE", on: 1) == ":200")
    }

    @Test func `ROLE tells the role`() {
        let cluster = Self.pair()
        let offset = cluster.nodes[0].server.roles.stream.history.offset
        cluster.pass(milliseconds: 1000)
        let role = cluster.command("ROLE", on: 0)
        #expect(role.hasPrefix("*3 $6 master :"))
        #expect(role.contains("*1 *3 $9 127.0.0.1 $4 7001 $"))
        #expect(
            cluster.command("ROLE", on: 1).hasPrefix(
                "*5 $5 slave $9 127.0.0.1 :7000 $9 connected :"))
        #expect(offset >= 0)
        #expect(
            cluster.command("ROLE", on: 1).hasSuffix(
                ":\(cluster.nodes[1].server.roles.stream.history.offset)"))
    }

    @Test func `REPLICAOF of the present master changes nothing`() {
        let cluster = Self.pair()
        #expect(
            cluster.command("REPLICAOF 127.0.0.1 7000", on: 1)
                == "+OK Already connected to specified master")
        #expect(cluster.command("SLAVEOF no one", on: 0) == "+OK")
        #expect(cluster.command("REPLICAOF a 70000", on: 0) == "-ERR Invalid master port")
        #expect(cluster.command("REPLICAOF a b", on: 0) == "-ERR Invalid master port")
    }

    @Test(arguments: [
        ("REPLCONF listening-port 1 x", "-ERR syntax error"),
        ("REPLCONF listening-port x", "-ERR value is not an integer or out of range"),
        ("REPLCONF capa eof capa psync2 capa other", "+OK"),
        ("REPLCONF version 8.0.1", "+OK"),
        ("REPLCONF rdb-only 1", "+OK"),
        ("REPLCONF rdb-only 2", "-ERR value is out of range"),
        ("REPLCONF nonsense 1", "-ERR Unrecognized REPLCONF option: nonsense"),
        ("REPLCONF ack 5", ""),
        ("REPLCONF getack *", ""),
        ("PSYNC ? x", "-ERR value is not an integer or out of range"),
        ("PSYNC ? -1 FAILOVER", "-ERR PSYNC FAILOVER can't be sent to a master."),
    ])
    func `REPLCONF and PSYNC answer as Redis does`(line: String, reply: String) {
        let cluster = Cluster()
        cluster.add()
        #expect(cluster.command(line, on: 0) == reply)
    }

    @Test func `a client that only wants the snapshot is closed after it`() {
        let cluster = Cluster()
        cluster.add()
        let client = cluster.client(0)
        let reply = cluster.send("REPLCONF rdb-only 1\nREPLCONF capa eof\nSYNC", from: client)
        #expect(reply.hasPrefix("+OK +OK $EOF:"))
        #expect(reply.contains("REDIS0010"))
        #expect(cluster.nodes[0].server.sessions.contains(client.session) == false)
    }

    @Test func `SYNC without the mark hears the length`() {
        let cluster = Cluster()
        cluster.add()
        cluster.command("SET a b", on: 0)
        let client = cluster.client(0)
        let reply = cluster.send("SYNC", from: client)
        #expect(reply.hasPrefix("$"))
        #expect(!reply.hasPrefix("$EOF"))
        _ = cluster.command("SET c d", on: 0)
        #expect(cluster.takeReplies(of: client).hasSuffix("*3 $3 SET $1 c $1 d"))
    }

    @Test func `what a replica misses is held from the moment it asks`() {
        let cluster = Self.pair()
        cluster.nodes[0].isReachable = false
        cluster.cutLinks()
        let history = cluster.nodes[0].server.roles.stream.history
        // One turn: the request to resume, then more writes than the backlog holds.
        cluster.largestRead = nil
        let clients = [cluster.client(0), cluster.client(0)]
            .sorted { $0.session.bits < $1.session.bits }
        let (replica, writer) = (clients[0], clients[1])
        let value = String(repeating: "x", count: 100_000)
        var bytes = OutputBuffer()
        for _ in 0..<30 { CommandEncoder.append(["SET", "big", ByteString(value)], to: &bytes) }
        cluster.hold(ByteString(bytes.unsent).bytes, for: writer)
        let reply = cluster.send(
            "REPLCONF capa psync2\nPSYNC \(history.id) \(history.offset + 1)", from: replica)
        #expect(reply.hasPrefix("+OK +CONTINUE \(history.id) *"))
        #expect(reply.utf8.count > 3_000_000)
    }

    @Test func `a replica that stalls is closed, and memory stays bounded`() {
        let cluster = Self.pair()
        cluster.nodes[0].server.sessions.limits.replicaOutput = .init(
            hardBytes: 4 << 20, softBytes: 0, softSeconds: 0)
        cluster.nodes[0].server.sessions.limits.backlogBytes = 1 << 20
        cluster.stalled = Set(cluster.links(of: 1))
        cluster.nodes[0].isReachable = false
        let client = cluster.client(0)
        let value = String(repeating: "x", count: 60_000)
        var closedAfter: Int?
        for number in 0..<200 {
            _ = cluster.send("SET big:\(number % 5) \(value)", from: client)
            #expect(cluster.nodes[0].server.roles.stream.backlog.allocatedBytes < 6 << 20)
            if closedAfter == nil, cluster.nodes[0].server.roles.replicas.isEmpty {
                closedAfter = number
            }
        }
        #expect((closedAfter ?? 0) > 60)
        #expect((closedAfter ?? 999) < 90)
        cluster.stalled = []
        cluster.nodes[0].isReachable = true
        #expect(cluster.wait { cluster.isCaughtUp(1, with: 0) })
        #expect(cluster.isInAgreement())
    }

    @Test func `the backlog is given up after its time without replicas`() {
        let cluster = Self.pair()
        cluster.nodes[0].server.settings.replBacklogTTLSeconds = 10
        let id = cluster.nodes[0].server.roles.stream.history.id
        cluster.nodes[0].isReachable = false
        cluster.cutLinks()
        cluster.pass(milliseconds: 12_000)
        #expect(
            cluster.nodes[0].log.last
                == "Replication backlog freed after 10 seconds without connected replicas.")
        #expect(cluster.nodes[0].server.roles.stream.history.id != id)
        cluster.command("SET unseen write", on: 0)
        cluster.nodes[0].isReachable = true
        #expect(cluster.wait { cluster.isCaughtUp(1, with: 0) })
        #expect(cluster.isInAgreement())
    }
}
