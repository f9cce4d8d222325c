import Bytes
import Determinism
import Replication
import Testing

@Suite struct `The link to a master` {
    static let id = "0123456789abcdef0123456789abcdef01234567"
    static let other = "fedcba9876543210fedcba9876543210fedcba98"
    static let mark = "MARKMARKMARKMARKMARKMARKMARKMARKMARKMARK"
    static let full = "+FULLRESYNC \(id) 1000\r\n"
    static let marked = "$EOF:\(mark)\r\nREDIS0011snapshot\(mark)"

    /// A link that follows, with 1000 bytes behind it.
    static func streaming() -> LinkTranscript {
        var link = LinkTranscript()
        link.follow()
        link.connect()
        link.receive("+PONG\r\n+OK\r\n+OK\r\n\(full)\(marked)")
        link.lines = []
        return link
    }

    @Test(arguments: 1...120)
    func `synchronises fully however the bytes are cut`(piece: Int) {
        var settings = ReplicaLink.Settings()
        settings.introduction.user = "replica"
        settings.introduction.password = "secret"
        settings.introduction.listeningPort = 6381
        settings.introduction.address = "10.1.2.3"
        var link = LinkTranscript(settings)
        let own = link.stream.history.id
        link.follow("127.0.0.1", 6380)
        link.connect()
        link.receive("+PONG\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n", piece: piece)
        link.receive("\n\n\(Self.full)\n\n\(Self.marked)*1\r\n$4\r\nPING\r\n", piece: piece)
        #expect(
            link.text == """
                * Before turning into a replica, using my own master parameters to synthesize a \
                cached master: I may be able to synchronize with the new master with just a \
                partial transfer.
                * Connecting to MASTER 127.0.0.1:6380
                connect 127.0.0.1:6380
                * MASTER <-> REPLICA sync started
                * Non blocking connect for SYNC fired the event.
                > *1 $4 PING\u{20}
                * Master replied to PING, replication can continue...
                > *3 $4 AUTH $7 replica $6 secret *3 $8 REPLCONF $14 listening-port $4 6381 \
                *3 $8 REPLCONF $10 ip-address $8 10.1.2.3 \
                *7 $8 REPLCONF $4 capa $3 eof $4 capa $6 psync2 $4 capa $5 rdb11\u{20}
                * Trying a partial resynchronization (request \(own):1).
                > *3 $5 PSYNC $40 \(own) $1 1\u{20}
                * Full resync from master: \(Self.id):1000
                * MASTER <-> REPLICA sync: receiving streamed RDB from master with EOF to parser
                snapshot of 17 bytes
                * Discarding previously cached master state.
                * MASTER <-> REPLICA sync: Finished with success
                > *3 $8 REPLCONF $3 ACK $4 1000\u{20}
                """)
        #expect(link.snapshot == Array("REDIS0011snapshot".utf8))
        #expect(link.commands == Array("*1\r\n$4\r\nPING\r\n".utf8))
        #expect(link.stream.history.id.description == Self.id)
        #expect(link.stream.history.offset == 1014)
        #expect(link.link.isStreaming == true)
        #expect(link.link.downSince == nil)
    }

    @Test func `a snapshot of known length is followed by the stream at once`() {
        var link = LinkTranscript()
        link.follow()
        link.connect()
        link.receive("+PONG\r\n+OK\r\n+OK\r\n\(Self.full)$8\r\nREDIS001*1\r\n")
        #expect(link.snapshot == Array("REDIS001".utf8))
        #expect(link.commands == Array("*1\r\n".utf8))
        #expect(link.text.contains("sync: receiving 8 bytes from master to parser") == true)
    }

    @Test func `reconnects at once when the stream is lost, and resumes where it was`() {
        var link = Self.streaming()
        link.receive("*1\r\n$4\r\nPING\r\n")
        link.close()
        #expect(link.link.isStreaming == false)
        link.connect()
        link.receive("+PONG\r\n+OK\r\n+OK\r\n+CONTINUE \(Self.id)\r\n*1\r\n")
        #expect(
            link.text == """
                * Connection with master lost.
                * Caching the disconnected master state.
                * Reconnecting to MASTER m:6379
                connect m:6379
                * MASTER <-> REPLICA sync started
                * Non blocking connect for SYNC fired the event.
                > *1 $4 PING\u{20}
                * Master replied to PING, replication can continue...
                > *3 $8 REPLCONF $14 listening-port $1 0 \
                *7 $8 REPLCONF $4 capa $3 eof $4 capa $6 psync2 $4 capa $5 rdb11\u{20}
                * Trying a partial resynchronization (request \(Self.id):1015).
                > *3 $5 PSYNC $40 \(Self.id) $4 1015\u{20}
                * Successful partial resynchronization with master.
                * MASTER <-> REPLICA sync: Master accepted a Partial Resynchronization.
                resumed
                """)
        #expect(link.stream.history.offset == 1018)
        #expect(link.stream.history.previousID == .none)
    }

    @Test func `a new identifier in CONTINUE keeps the old one for our own replicas`() {
        var link = Self.streaming()
        link.close()
        link.connect()
        link.receive("+PONG\r\n+OK\r\n+OK\r\n+CONTINUE \(Self.other)\r\n")
        #expect(link.lines.contains("* Master replication ID changed to \(Self.other)") == true)
        #expect(link.lines.last == "resumed, renamed")
        #expect(link.stream.history.id.description == Self.other)
        #expect(link.stream.history.previousID.description == Self.id)
        #expect(link.stream.history.previousLimit == 1001)
    }

    @Test func `a bare CONTINUE keeps the identifier`() {
        var link = Self.streaming()
        link.close()
        link.connect()
        link.receive("+PONG\r\n+OK\r\n+OK\r\n+CONTINUE\r\n")
        #expect(link.lines.last == "resumed")
        #expect(link.stream.history.id.description == Self.id)
    }

    @Test func `a refused snapshot leaves what can be resumed as it was`() {
        var link = Self.streaming()
        link.close()
        link.connect()
        link.refusal = "checksum"
        link.receive(
            "+PONG\r\n+OK\r\n+OK\r\n+FULLRESYNC \(Self.other) 5\r\n\(Self.marked)")
        #expect(link.lines.suffix(3) == ["snapshot of 17 bytes", "# checksum", "disconnect"])
        #expect(link.stream.history.id.description == Self.id)
        #expect(link.stream.history.offset == 1000)
        #expect(link.link.canResume == true)
        link.lines = []
        link.advance(milliseconds: 999)
        #expect(link.lines.isEmpty == true)
        link.advance(milliseconds: 1)
        #expect(
            link.lines == [
                "* Connecting to MASTER m:6379", "connect m:6379",
                "* MASTER <-> REPLICA sync started",
            ])
    }

    @Test func `a snapshot that is cut off anywhere leaves what can be resumed as it was`() {
        let bytes = Array(
            "+PONG\r\n+OK\r\n+OK\r\n+FULLRESYNC \(Self.other) 5\r\n\(Self.marked)".utf8)
        for count in 0..<bytes.count {
            var link = Self.streaming()
            link.close()
            link.connect()
            link.receive(bytes: Array(bytes[..<count]))
            link.close()
            #expect(link.stream.history.id.description == Self.id, "after \(count) bytes")
            #expect(link.stream.history.offset == 1000)
            #expect(link.link.canResume == true)
            #expect(link.link.isStreaming == false)
            #expect(link.link.nextDeadline == link.now + .seconds(1))
        }
    }

    @Test(arguments: [
        (
            "-NOMASTERLINK Can't SYNC while not connected with my master",
            "* Master is currently unable to PSYNC but should be in the future: -NOMASTERLINK "
                + "Can't SYNC while not connected with my master"
        ),
        (
            "-LOADING Redis is loading the dataset in memory",
            "* Master is currently unable to PSYNC but should be in the future: -LOADING Redis "
                + "is loading the dataset in memory"
        ),
        (
            "-NOAUTH Authentication required.",
            "# Unexpected reply to PSYNC from master: -NOAUTH Authentication required."
        ),
        (
            "-ERR unknown command",
            "* Master does not support PSYNC or is in error state (reply: -ERR unknown command)"
        ),
        ("+OK", "# Unexpected reply to PSYNC from master: +OK"),
        (
            "+CONTINUE \(other)",
            "# Unexpected reply to PSYNC from master: it continues a history that we did not ask "
                + "for"
        ),
    ])
    func `an answer that is no synchronisation is tried again later`(reply: String, line: String) {
        var link = LinkTranscript()
        link.follow(wasMaster: false)
        link.connect()
        link.receive("+PONG\r\n+OK\r\n+OK\r\n")
        #expect(
            link.lines.suffix(2) == [
                "* Partial resynchronization not possible (no cached master)",
                "> *3 $5 PSYNC $1 ? $2 -1 ",
            ])
        link.receive("\(reply)\r\n")
        #expect(link.lines.suffix(2) == [line, "disconnect"])
        #expect(link.link.phaseName.description == "connect")
        link.advance(milliseconds: 1000)
        #expect(link.link.phaseName.description == "connecting")
    }

    @Test(arguments: ["-LOADING x", "-MASTERDOWN x", "-ERR x", "hello", "$4"])
    func `any other reply to PING ends the attempt`(reply: String) {
        var link = LinkTranscript()
        link.follow()
        link.connect()
        link.receive("\(reply)\r\n")
        #expect(
            link.lines.suffix(2) == [
                "# Error reply to PING from master: '\(reply)'", "disconnect",
            ])
    }

    @Test func `a refused password ends the attempt, an unknown option does not`() {
        var settings = ReplicaLink.Settings()
        settings.introduction.password = "secret"
        var link = LinkTranscript(settings)
        link.follow()
        link.connect()
        link.receive("-NOAUTH Authentication required.\r\n-WRONGPASS no\r\n")
        #expect(
            link.lines.suffix(2) == ["# Unable to AUTH to MASTER: -WRONGPASS no", "disconnect"])
        link.advance(milliseconds: 1000)
        link.connect()
        link.receive("+PONG\r\n+OK\r\n-ERR x\r\n-ERR y\r\n")
        #expect(
            link.lines.suffix(4).prefix(2) == [
                "* (Non critical) Master does not understand REPLCONF listening-port: -ERR x",
                "* (Non critical) Master does not understand REPLCONF capa: -ERR y",
            ])
    }

    @Test func `the phases have Redis's names`() {
        var link = LinkTranscript()
        #expect(link.link.phaseName.description == "none")
        link.follow()
        #expect(link.link.phaseName.description == "connecting")
        link.connect()
        #expect(link.link.phaseName.description == "handshake")
        link.receive("+PONG\r\n+OK\r\n+OK\r\n")
        #expect(link.link.phaseName.description == "handshake")
        link.receive(Self.full)
        #expect(link.link.phaseName.description == "sync")
        #expect(link.link.isTransferring == true)
        link.receive("$EOF:\(Self.mark)\r\nREDIS")
        #expect(link.link.transferProgress == (0, 5))
        link.receive(Self.mark)
        #expect(link.link.phaseName.description == "connected")
    }

    @Test func `acknowledges each second and keeps alive while it waits`() {
        var link = Self.streaming()
        for _ in 0..<25 { link.advance(milliseconds: 100) }
        #expect(
            link.lines == [
                "> *3 $8 REPLCONF $3 ACK $4 1000 ", "> *3 $8 REPLCONF $3 ACK $4 1000 ",
            ])
        link.close()
        link.connect()
        link.receive("+PONG\r\n+OK\r\n+OK\r\n\(Self.full)")
        link.lines = []
        for _ in 0..<20 { link.advance(milliseconds: 100) }
        #expect(link.lines == ["> \\n", "> \\n"])
    }

    @Test func `a silent master is given up after the timeout in every phase`() {
        let script = [
            "", "+PONG\r\n", "+OK\r\n+OK\r\n", Self.full, "$EOF:\(Self.mark)\r\n", "REDIS",
            Self.mark,
        ]
        for phase in 0...script.count {
            var link = LinkTranscript()
            link.follow()
            if phase > 0 { link.connect() }
            for text in script.prefix(phase) { link.receive(text) }
            link.advance(milliseconds: 60_000)
            link.lines = []
            link.advance(milliseconds: 1)
            let expected =
                switch phase {
                case 0...3: "# Timeout connecting to the MASTER..."
                case 4...6:
                    "# Timeout receiving bulk data from MASTER... If the problem persists try to "
                        + "set the 'repl-timeout' parameter in redis.conf to a larger value."
                default: "# MASTER timeout: no data nor PING received..."
                }
            #expect(link.lines.first == expected, "phase \(phase)")
            #expect(link.lines.contains("disconnect") == true)
            #expect(link.link.phaseName.description == "connecting")
        }
    }

    @Test func `a master that does not answer is asked again each second`() {
        var link = LinkTranscript()
        link.follow()
        var outputs: [ReplicaLinkOutput] = []
        link.link.connectFailed("Connection refused", at: link.now, into: &outputs)
        #expect(
            outputs == [
                .log(
                    .init(.warning, "Error condition on socket for SYNC: Connection refused"))
            ])
        link.lines = []
        link.advance(milliseconds: 1000)
        #expect(link.lines.first == "* Connecting to MASTER m:6379")
    }

    @Test func `another master is followed with what the last one left`() {
        var link = Self.streaming()
        link.follow("n", 1, wasMaster: false)
        #expect(
            link.text == """
                * Connection with master lost.
                * Caching the disconnected master state.
                disconnect
                * Connecting to MASTER n:1
                connect n:1
                * MASTER <-> REPLICA sync started
                """)
        link.connect()
        link.receive("+PONG\r\n+OK\r\n+OK\r\n")
        #expect(link.lines.last == "> *3 $5 PSYNC $40 \(Self.id) $4 1001 ")
    }

    @Test func `a master of its own has no link`() {
        var link = Self.streaming()
        var outputs: [ReplicaLinkOutput] = []
        link.link.release(at: link.now, into: &outputs)
        link.record(outputs)
        #expect(
            link.text == """
                * Connection with master lost.
                * Caching the disconnected master state.
                disconnect
                * Discarding previously cached master state.
                """)
        #expect(link.link.nextDeadline == nil)
        #expect(link.link.master == nil)
    }

    @Test func `a stream that made no sense is not resumed`() {
        var link = Self.streaming()
        link.close("protocol error", isBroken: true)
        link.connect()
        link.receive("+PONG\r\n+OK\r\n+OK\r\n")
        #expect(link.lines.last == "> *3 $5 PSYNC $1 ? $2 -1 ")
    }

    @Test func `a restarted replica resumes from what its data file says`() throws {
        var link = LinkTranscript()
        link.stream.adopt(try #require(ReplicationID(ByteString(Self.id))), at: 77)
        var outputs: [ReplicaLinkOutput] = []
        link.link.configure(MasterAddress(host: "m", port: 1), at: link.now)
        link.link.offerHistory(into: &outputs)
        link.advance(milliseconds: 0)
        link.connect()
        link.receive("+PONG\r\n+OK\r\n+OK\r\n")
        #expect(link.lines.last == "> *3 $5 PSYNC $40 \(Self.id) $2 78 ")
    }

    @Test func `a line without an end is given up`() {
        var link = LinkTranscript()
        link.follow()
        link.connect()
        link.receive(String(repeating: "x", count: 5000))
        #expect(
            link.lines.suffix(2) == ["# The line that the master sent is too long", "disconnect"])
    }

    @Test(arguments: 0..<150 as Range<UInt64>)
    func `hostile bytes never harm what is served`(seed: UInt64) {
        var random = RandomSource(seed: seed)
        var link = Self.streaming()
        link.close()
        link.connect()
        link.refusal = "not sound"
        let good = Array(
            "+PONG\r\n+OK\r\n+OK\r\n+FULLRESYNC \(Self.other) 5\r\n\(Self.marked)".utf8)
        var bytes = good
        for _ in 0..<Int.random(in: 1..<8, using: &random) {
            let at = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes.remove(at: at)
            default: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: at)
            }
        }
        link.receive(bytes: bytes, piece: Int.random(in: 1..<50, using: &random))
        for _ in 0..<70 { link.advance(milliseconds: 1000) }
        #expect(link.stream.history.offset >= 1000, "seed \(seed)")
        // Only a CONTINUE may rename, and nothing but the stream moves the offset.
        if link.stream.history.id.description != Self.id {
            #expect(link.stream.history.previousID.description == Self.id)
        }
    }
}
