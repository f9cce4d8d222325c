import Bytes
import Determinism
import Protocol
import Replication
import Testing

@Suite struct `The replication stream` {
    static func text(of stream: borrowing ReplicationStream, from offset: Int = 0) -> String {
        var output = OutputBuffer()
        _ = stream.backlog.copy(from: offset, limit: .max, into: &output)
        return ByteString(output.unsent).text.replacing("\r\n", with: " ")
    }

    static func started() -> ReplicationStream {
        var random = RandomSource(seed: 1)
        var stream = ReplicationStream(backlogSize: 1 << 20, random: &random)
        stream.startOver(random: &random)
        return stream
    }

    @Test func `a command is preceded by SELECT only when the database changes`() {
        var stream = Self.started()
        let request = OwnedRequest(["SET", "k", "value of 16 byte"])
        request.withRequest(at: UnixTime(microseconds: 0)) { stream.append($0, database: 0) }
        stream.append(["DEL", "k"], database: 0)
        stream.append(["DEL", "k"], database: 11)
        #expect(
            Self.text(of: stream)
                == "*2 $6 SELECT $1 0 *3 $3 SET $1 k $16 value of 16 byte *2 $3 DEL $1 k "
                + "*2 $6 SELECT $2 11 *2 $3 DEL $1 k ")
        #expect(stream.history.offset == stream.backlog.endOffset)
    }

    @Test func `a new reader makes the database be said again`() {
        var stream = Self.started()
        stream.append(["DEL", "k"], database: 0)
        let offset = stream.history.offset
        stream.forgetSelectedDatabase()
        stream.append(["DEL", "k"], database: 0)
        #expect(Self.text(of: stream, from: offset) == "*2 $6 SELECT $1 0 *2 $3 DEL $1 k ")
    }

    @Test func `a transaction is wrapped, and an empty one leaves no trace`() {
        var stream = Self.started()
        stream.beginTransaction()
        stream.endTransaction()
        #expect(stream.history.offset == 0)
        stream.beginTransaction()
        stream.append(["SET", "a", ""], database: 0)
        stream.append(["SET", "b", "2"], database: 1)
        stream.endTransaction()
        stream.append(["SET", "c", "3"], database: 1)
        #expect(
            Self.text(of: stream)
                == "*1 $5 MULTI *2 $6 SELECT $1 0 *3 $3 SET $1 a $0  *2 $6 SELECT $1 1 "
                + "*3 $3 SET $1 b $1 2 *1 $4 EXEC *3 $3 SET $1 c $1 3 ")
    }

    @Test func `a transaction of one command stands for itself`() {
        var stream = Self.started()
        stream.beginTransaction()
        stream.append(["SET", "a", "1"], database: 2)
        stream.endTransaction()
        stream.append(["SET", "b", "1"], database: 2)
        #expect(
            Self.text(of: stream)
                == "*2 $6 SELECT $1 2 *3 $3 SET $1 a $1 1 *3 $3 SET $1 b $1 1 ")
    }

    @Test func `nothing is counted while nobody can follow`() {
        var random = RandomSource(seed: 1)
        var stream = ReplicationStream(backlogSize: 1 << 20, random: &random)
        stream.append(["SET", "a", "1"], database: 0)
        stream.appendPing()
        #expect(stream.history.offset == 0)
        #expect(stream.isActive == false)
    }

    @Test func `promotion keeps the old identifier up to the byte reached`() {
        var random = RandomSource(seed: 1)
        var stream = Self.started()
        stream.appendPing()
        let old = stream.history
        stream.promote(random: &random)
        #expect(stream.history.previousID == old.id)
        #expect(stream.history.previousLimit == old.offset + 1)
        #expect(stream.history.id != old.id)
        #expect(stream.history.offset == old.offset)
        stream.renew(random: &random)
        #expect(stream.history.previousID == .none)
        #expect(stream.history.previousLimit == -1)
    }

    @Test func `giving the backlog up gives the identifier up`() {
        var random = RandomSource(seed: 1)
        var stream = Self.started()
        stream.appendPing()
        let old = stream.history
        stream.abandon(random: &random)
        #expect(stream.history.id != old.id)
        #expect(stream.isActive == false)
    }

    @Test func `a restarted master vouches for its data file's history`() throws {
        var random = RandomSource(seed: 1)
        var stream = ReplicationStream(backlogSize: 1 << 20, random: &random)
        let old = ReplicationID(random: &random)
        stream.restore(previous: old, at: 500)
        #expect(stream.history.offset == 500)
        #expect(stream.history.previousLimit == 501)
        var log: [ReplicationLogLine] = []
        let decision = ResyncDecision.decide(
            id: old.characters.bytes.span, position: 501, replica: "r",
            history: stream.history, backlog: stream.backlog, log: &log)
        #expect(decision == .partial(from: 500))
    }

    @Test func `a name that nobody was told and that nothing was written under is given up`() {
        var random = RandomSource(seed: 1)
        let old = ReplicationID(random: &random)
        var stream = ReplicationStream(backlogSize: 1 << 20, random: &random)
        let result1 = stream.returnToPrevious()
        #expect(!result1)
        stream.restore(previous: old, at: 500)
        let result2 = stream.returnToPrevious()
        #expect(result2)
        #expect(stream.history.id == old)
        #expect(stream.history.offset == 500)
        #expect(stream.history.previousID == .none)
        var promoted = ReplicationStream(backlogSize: 1 << 20, random: &random)
        promoted.adopt(old, at: 700)
        promoted.promote(random: &random)
        let result3 = promoted.returnToPrevious()
        #expect(result3)
        #expect(promoted.history.id == old)
    }

    @Test func `messages are no reason to keep a name, and are forgotten with it`() {
        var random = RandomSource(seed: 1)
        let old = ReplicationID(random: &random)
        var stream = ReplicationStream(backlogSize: 1 << 20, random: &random)
        stream.restore(previous: old, at: 500)
        // What sentinels publish through a master that came back.
        let request = OwnedRequest(["PUBLISH", "__sentinel__:hello", "x"])
        request.withRequest(at: UnixTime(microseconds: 0)) {
            stream.append(message: $0, database: 0)
        }
        #expect(stream.history.offset > 500)
        let isBack = stream.returnToPrevious()
        #expect(isBack)
        #expect(stream.history.id == old)
        #expect(stream.history.offset == 500)
        #expect(stream.backlog.endOffset == 500)
    }

    @Test func `a name is kept once a replica was told it, or something was written under it`() {
        var random = RandomSource(seed: 1)
        let old = ReplicationID(random: &random)
        var told = ReplicationStream(backlogSize: 1 << 20, random: &random)
        told.restore(previous: old, at: 500)
        told.tell()
        let result4 = told.returnToPrevious()
        #expect(!result4)
        var written = ReplicationStream(backlogSize: 1 << 20, random: &random)
        written.restore(previous: old, at: 500)
        written.append(["DEL", "k"], database: 0)
        let result5 = written.returnToPrevious()
        #expect(!result5)
        #expect(written.history.id != old)
        // The next branch begins anew.
        told.promote(random: &random)
        let result6 = told.returnToPrevious()
        #expect(result6)
    }

    @Test func `an identifier is 40 letters or digits and nothing else`() {
        #expect(ReplicationID(ByteString(String(repeating: "a", count: 40))) != nil)
        #expect(ReplicationID(ByteString(String(repeating: "a", count: 39))) == nil)
        #expect(ReplicationID(ByteString(String(repeating: "a", count: 41))) == nil)
        #expect(ReplicationID(ByteString(String(repeating: "a", count: 39) + "\n")) == nil)
        #expect(ReplicationID(ByteString(String(repeating: "a", count: 39) + " ")) == nil)
        #expect(ReplicationID(ByteString()) == nil)
    }
}
