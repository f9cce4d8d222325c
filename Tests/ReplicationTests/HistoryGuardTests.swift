import Bytes
import Determinism
import Replication
import Testing

@Suite struct `A replica whose master came back` {
    static let ours = "0123456789abcdef0123456789abcdef01234567"
    static let other = "fedcba9876543210fedcba9876543210fedcba98"
    static let mark = "MARKMARKMARKMARKMARKMARKMARKMARKMARKMARK"
    static let marked = "$EOF:\(mark)\r\nREDIS0011snapshot\(mark)"
    static let greeting = "+PONG\r\n+OK\r\n+OK\r\n"

    /// A link that was in step at offset 1000 for a minute, and lost its master.
    private func deserted(hasKeys: Bool = true) -> LinkTranscript {
        var link = LinkTranscript()
        link.follow()
        link.connect()
        link.receive("\(Self.greeting)+FULLRESYNC \(Self.ours) 1000\r\n\(Self.marked)")
        link.link.guardian.hasKeys = hasKeys
        link.link.guardian.dataOffset = 1000
        for _ in 0..<60 {
            link.advance(milliseconds: 1000)
            link.receive("\n")
        }
        link.close()
        link.now = link.now + .seconds(3)
        link.lines = []
        return link
    }

    /// INFO of a master that has run for so many seconds.
    private static func info(
        role: String = "master", uptime: Int = 1, id: String = other, offset: Int = 0,
        previous: String = String(repeating: "0", count: 40), limit: Int = -1, keys: Bool
    ) -> String {
        let text =
            "# Server\r\nuptime_in_seconds:\(uptime)\r\n\r\n# Replication\r\nrole:\(role)\r\n"
            + "master_replid:\(id)\r\nmaster_replid2:\(previous)\r\n"
            + "master_repl_offset:\(offset)\r\nsecond_repl_offset:\(limit)\r\n\r\n# Keyspace\r\n"
            + (keys ? "db0:keys=1,expires=0,avg_ttl=0\r\n" : "")
        return "$\(text.utf8.count)\r\n\(text)\r\n"
    }

    /// The master offers another history; then it is asked, and answers `info`.
    private func meet(_ link: inout LinkTranscript, _ info: String, piece: Int = .max) {
        link.connect()
        link.receive("\(Self.greeting)+FULLRESYNC \(Self.other) 5\r\n$EOF:")
        link.advance(milliseconds: 1)
        link.connect()
        link.receive(Self.greeting + info, piece: piece)
    }

    @Test(arguments: [1, 2, 7, 64, Int.max])
    func `refuses one that is empty, however its words are cut`(piece: Int) {
        var link = deserted()
        meet(&link, Self.info(keys: false), piece: piece)
        #expect(link.link.guardian.refusal?.loss == .empty)
        #expect(link.lines.contains("disconnect"))
        #expect(!link.lines.suffix(3).contains { $0.contains("PSYNC") })
        #expect(link.stream.history.offset >= 1000)
    }

    @Test func `asks before PSYNC from then on, and says so once a minute`() {
        var link = deserted()
        meet(&link, Self.info(keys: false))
        link.lines = []
        for _ in 0..<90 {
            link.advance(milliseconds: 1000)
            link.connect()
            link.receive(Self.greeting + Self.info(keys: false))
        }
        #expect(link.lines.count { $0.contains("PSYNC") } == 0)
        #expect(link.lines.count { $0.contains("Refusing a full resync") } == 1)
    }

    @Test func `refuses one that is older, and one that knows nothing of its history`() {
        var older = deserted()
        meet(
            &older,
            Self.info(offset: 700, previous: Self.ours, limit: 701, keys: true))
        #expect(older.link.guardian.refusal?.loss == .older)
        var foreign = deserted()
        meet(&foreign, Self.info(offset: 5000, keys: true))
        #expect(foreign.link.guardian.refusal?.loss == .foreign)
    }

    @Test func `follows one that has all that it has`() {
        var link = deserted()
        meet(&link, Self.info(offset: 1400, previous: Self.ours, limit: 1401, keys: true))
        #expect(link.link.guardian.refusal == nil)
        #expect(link.lines.last?.contains("PSYNC") == true)
        link.lines = []
        link.receive("+FULLRESYNC \(Self.other) 1400\r\n\(Self.marked)")
        #expect(link.link.isStreaming)
        #expect("\(link.stream.history.id)" == Self.other)
    }

    @Test func `counts what changed keys, not signs of life`() {
        var link = deserted()
        link.link.guardian.dataOffset = 900
        meet(&link, Self.info(offset: 950, previous: Self.ours, limit: 951, keys: true))
        #expect(link.link.guardian.refusal == nil)
    }

    @Test func `follows one that is a replica, or that never stopped`() {
        var chained = deserted()
        meet(&chained, Self.info(role: "slave", keys: false))
        #expect(chained.lines.last?.contains("PSYNC") == true)
        var renamed = deserted()
        meet(&renamed, Self.info(uptime: 600, offset: 4, keys: true))
        #expect(renamed.lines.last?.contains("PSYNC") == true)
    }

    @Test func `calls one older that lacks a part of ours, however much it has written since`() {
        var link = deserted()
        meet(
            &link,
            Self.info(offset: 5000, previous: Self.ours, limit: 701, keys: true))
        #expect(link.link.guardian.refusal?.loss == .older)
    }

    @Test func `believes its history, not its uptime: its clock may have jumped`() {
        var link = deserted()
        meet(
            &link,
            Self.info(uptime: 600, offset: 5000, previous: Self.ours, limit: 701, keys: true))
        #expect(link.link.guardian.refusal?.loss == .older)
    }

    @Test func `is not talked round by the uptime of one that it has refused`() {
        // Our clock stands still, the master's goes on.
        var link = deserted()
        meet(&link, Self.info(offset: 5000, keys: true))
        #expect(link.link.guardian.refusal?.loss == .foreign)
        link.advance(milliseconds: 1000)
        link.connect()
        link.receive(Self.greeting + Self.info(uptime: 600, offset: 5000, keys: true))
        #expect(link.link.guardian.refusal?.loss == .foreign)
        #expect(!link.lines.suffix(3).contains { $0.contains("PSYNC") })
    }

    @Test func `refuses one that restarted while bytes of its former process were on their way`() {
        // It has run for ten seconds; the last bytes came three seconds ago, on a connection that was
        // opened a minute before.
        var link = deserted()
        meet(&link, Self.info(uptime: 10, keys: false))
        #expect(link.link.guardian.refusal?.loss == .empty)
    }

    @Test func `follows what REPLICAOF names anew`() {
        var link = deserted()
        meet(&link, Self.info(keys: false))
        link.link.followRegardless(at: link.now)
        link.advance(milliseconds: 1)
        link.connect()
        link.receive("\(Self.greeting)+FULLRESYNC \(Self.other) 5\r\n\(Self.marked)")
        #expect(link.link.isStreaming)
        var other = deserted()
        meet(&other, Self.info(keys: false))
        other.follow("n", 6379, wasMaster: false)
        other.connect()
        other.receive("\(Self.greeting)+FULLRESYNC \(Self.other) 5\r\n\(Self.marked)")
        #expect(other.link.isStreaming)
    }

    /// A former master with keys at offset 1000 of its own history, to whom a sentinel names another.
    private func demoted() throws -> LinkTranscript {
        var link = LinkTranscript()
        link.stream.adopt(try #require(ReplicationID(ByteString(Self.ours))), at: 1000)
        link.link.guardian.hasKeys = true
        link.link.guardian.dataOffset = 1000
        link.follow("n", 6380, because: .election)
        link.connect()
        return link
    }

    @Test func `takes what a sentinel names for no order to lose its data`() throws {
        var link = try demoted()
        link.receive(Self.greeting + Self.info(keys: false))
        #expect(link.link.guardian.refusal?.loss == .foreign)
        link.link.followRegardless(at: link.now)
        link.advance(milliseconds: 1)
        link.connect()
        link.receive("\(Self.greeting)+FULLRESYNC \(Self.other) 0\r\n\(Self.marked)")
        #expect(link.link.isStreaming)
    }

    @Test(arguments: [true, false])
    func `lets its branch go for the data of one that was elected`(isKnown: Bool) throws {
        var link = try demoted()
        let previous = isKnown ? Self.ours : String(repeating: "0", count: 40)
        link.receive(
            Self.greeting + Self.info(offset: 900, previous: previous, limit: 801, keys: true))
        link.receive("+FULLRESYNC \(Self.other) 900\r\n\(Self.marked)")
        #expect(link.link.isStreaming)
        #expect(link.lines.count { $0.hasPrefix("connect ") } == 1)
    }

    @Test func `follows an elected master that was emptied, or that says nothing`() throws {
        var emptied = try demoted()
        emptied.receive(
            Self.greeting + Self.info(offset: 990, previous: Self.ours, limit: 901, keys: false))
        emptied.receive("+FULLRESYNC \(Self.other) 990\r\n\(Self.marked)")
        #expect(emptied.link.isStreaming)
        var silent = try demoted()
        silent.receive("\(Self.greeting)-NOPERM no permissions to run the 'info' command\r\n")
        silent.receive("+FULLRESYNC \(Self.other) 5\r\n\(Self.marked)")
        #expect(silent.link.isStreaming)
    }

    @Test func `has nothing to keep without keys`() {
        var link = deserted(hasKeys: false)
        link.connect()
        link.receive("\(Self.greeting)+FULLRESYNC \(Self.other) 5\r\n\(Self.marked)")
        #expect(link.link.isStreaming)
    }

    @Test func `judges by the offer alone where INFO is denied`() {
        var link = deserted()
        meet(&link, "-NOPERM this user has no permissions to run the 'info' command\r\n")
        #expect(link.lines.last?.contains("PSYNC") == true)
        link.receive("+FULLRESYNC \(Self.other) 5\r\n$EOF:")
        #expect(link.link.guardian.refusal?.loss == .older)
        #expect(!link.link.isStreaming)
    }

    @Test func `follows once its own data lies in a file, after a while`() {
        var link = deserted()
        meet(&link, Self.info(keys: false))
        let since = link.now
        #expect(!link.link.guardian.isPatienceOver(.seconds(9), at: since + .seconds(8)))
        #expect(link.link.guardian.isPatienceOver(.seconds(9), at: since + .seconds(9)))
        #expect(link.link.guardian.word == "empty")
        link.link.guardian.keep()
        #expect(link.link.guardian.word == "kept")
        #expect(!link.link.guardian.isPatienceOver(.seconds(9), at: since + .seconds(99)))
        link.advance(milliseconds: 1000)
        link.connect()
        link.receive(Self.greeting + Self.info(keys: false))
        link.receive("+FULLRESYNC \(Self.other) 5\r\n\(Self.marked)")
        #expect(link.link.isStreaming)
        #expect(link.link.guardian.word == nil)
    }

    @Test func `goes on from the backlog without a question`() {
        var link = deserted()
        link.connect()
        link.receive("\(Self.greeting)+CONTINUE\r\n")
        #expect(link.link.isStreaming)
        #expect(!link.lines.contains { $0.contains("INFO") })
    }

    @Test func `asks a master that is not sure of its role`() {
        var link = deserted()
        link.connect()
        link.receive("\(Self.greeting)-NOMASTERLINK Can't SYNC\r\n")
        link.advance(milliseconds: 1000)
        link.connect()
        link.receive("+PONG\r\n")
        #expect(link.lines.last?.contains("INFO") == true)
    }
}
