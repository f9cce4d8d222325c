import Bytes
import Determinism
import Protocol

/// The stream of writes that a server sends to its replicas: encoded once, read from the backlog.
///
/// A master writes commands; a replica that has replicas of its own repeats its master's bytes
/// unchanged, so that identifier and offsets stay those of the top of the chain.
///
/// Invariants: while the backlog is active, its end is the history's offset; without an active
/// backlog a master's offset stands still (nobody can have followed it); while the stream is
/// repeated, only `append(verbatim:)` adds to it.
public struct ReplicationStream: ~Copyable {
    /// Which history this is, and how far.
    public private(set) var history: ReplicationHistory
    /// The tail of the stream.
    public var backlog: Backlog
    /// The database that the stream's reader has selected; nil when it must be told again.
    public private(set) var selectedDatabase: Int?
    /// Whether a MULTI was written whose EXEC is still to come.
    public private(set) var isInTransaction = false
    /// Whether the stream is our own master's, repeated: then nothing of ours goes into it.
    public var isRepeated = false
    private var wantsTransaction = false
    /// Whether a command that may change data was written since the history's name was taken.
    private var isChanged = false
    /// The first command of a transaction: it is wrapped only if a second one follows.
    private var held: (arguments: [ByteString], database: Int)?

    /// A fresh history and an inactive backlog that will keep `backlogSize` bytes.
    public init(backlogSize: Int, random: inout RandomSource) {
        history = ReplicationHistory(random: &random)
        backlog = Backlog(size: backlogSize)
    }

    /// Whether writes are kept: someone reads them, or may come back for them.
    public var isActive: Bool { backlog.isActive }

    /// Whether writes of ours are kept: those of a replica stay its own.
    private var takesWrites: Bool { backlog.isActive && !isRepeated }

    // MARK: Commands

    /// Writes one command, with a SELECT before it when the reader has another database selected.
    public mutating func append(_ request: borrowing Request, database: Int) {
        guard takesWrites else { return }
        isChanged = true
        if wantsTransaction && !isInTransaction {
            return hold(OwnedRequest(request).arguments, database)
        }
        prepare(database)
        header(request.count)
        for index in 0..<request.count { bulk(request[index]) }
        history.advance(by: backlog.endOffset - history.offset)
    }

    /// Writes one command that was put together here.
    public mutating func append(_ arguments: [ByteString], database: Int) {
        guard takesWrites else { return }
        isChanged = true
        if wantsTransaction && !isInTransaction { return hold(arguments, database) }
        prepare(database)
        write(arguments)
    }

    /// Writes one command that only carries a message: no data change with it.
    public mutating func append(message request: borrowing Request, database: Int) {
        let wasChanged = isChanged
        append(request, database: database)
        isChanged = wasChanged
    }

    /// Until `endTransaction`, the commands are wrapped in MULTI and EXEC.
    ///
    /// A single one stands for itself, and nothing is written when none comes.
    public mutating func beginTransaction() { wantsTransaction = true }

    /// Ends what `beginTransaction` began.
    public mutating func endTransaction() {
        wantsTransaction = false
        if let first = held {
            held = nil
            guard takesWrites else { return }
            prepare(first.database)
            return write(first.arguments)
        }
        guard isInTransaction else { return }
        isInTransaction = false
        write(["EXEC"])
    }

    /// Writes a PING: replicas see that their master lives.
    public mutating func appendPing() {
        guard takesWrites else { return }
        write(["PING"])
    }

    /// Asks every replica for its offset at once.
    public mutating func appendAcknowledgementRequest() {
        guard takesWrites else { return }
        write(["REPLCONF", "GETACK", "*"])
    }

    /// Repeats bytes that came from our own master.
    public mutating func append(verbatim bytes: Span<UInt8>) {
        backlog.append(bytes)
        history.advance(by: bytes.count)
    }

    /// The next command says its database again: a new reader joins here.
    public mutating func forgetSelectedDatabase() { selectedDatabase = nil }

    // MARK: History

    /// Begins to keep the stream, under a new identifier: what was written before was not counted.
    public mutating func startOver(random: inout RandomSource) {
        history.renew(random: &random)
        backlog.start(at: history.offset)
        selectedDatabase = nil
    }

    /// Begins to keep the stream where the history stands.
    public mutating func resume() {
        if !backlog.isActive { backlog.start(at: history.offset) }
    }

    /// Gives the backlog up, and the identifier with it: writes are no longer counted.
    public mutating func abandon(random: inout RandomSource) {
        history.renew(random: &random)
        backlog.stop()
    }

    /// Changes the identifier, keeping what is kept (DEBUG CHANGE-REPL-ID).
    public mutating func renew(random: inout RandomSource) { history.renew(random: &random) }

    /// Becomes the top of the chain: a new identifier, the old one kept for siblings.
    public mutating func promote(random: inout RandomSource) {
        isChanged = false
        history.branch(random: &random)
        selectedDatabase = nil
    }

    /// Takes over a master's history after its whole data set was loaded; nothing older is kept.
    public mutating func adopt(
        _ id: ReplicationID, at offset: Int, previous: ReplicationPast? = nil
    ) {
        history.adopt(id, at: offset, previous: previous)
        backlog.start(at: history.offset)
        selectedDatabase = nil
    }

    /// A replica was told the history's identifier.
    public mutating func tell() { history.tell() }

    /// Before following another master: gives up an identifier that nobody was told and under which
    /// nothing was written, so that a master that continued the history before continues ours.
    ///
    /// Messages that were written meanwhile are forgotten: nobody read them here.
    public mutating func returnToPrevious() -> Bool {
        guard !isChanged, history.returnToPrevious() else { return false }
        backlog.start(at: history.offset)
        selectedDatabase = nil
        return true
    }

    /// Follows a master that continues our history under a new name.
    public mutating func rename(to id: ReplicationID) { history.rename(to: id) }

    /// A restarted master vouches for the history its data file came from.
    public mutating func restore(previous id: ReplicationID, at offset: Int) {
        isChanged = false
        history.restore(previous: id, at: offset)
        backlog.start(at: history.offset)
        selectedDatabase = nil
    }

    // MARK: Encoding

    /// Keeps the first command of a transaction back; with the second, both are written.
    private mutating func hold(_ arguments: [ByteString], _ database: Int) {
        guard let first = held else {
            held = (arguments, database)
            return
        }
        held = nil
        isInTransaction = true
        write(["MULTI"])
        prepare(first.database)
        write(first.arguments)
        prepare(database)
        write(arguments)
    }

    private mutating func prepare(_ database: Int) {
        if selectedDatabase != database {
            selectedDatabase = database
            write(["SELECT", ByteString(String(database))])
        }
    }

    private mutating func write(_ arguments: [ByteString]) {
        header(arguments.count)
        for argument in arguments { bulk(argument.bytes.span) }
        history.advance(by: backlog.endOffset - history.offset)
    }

    private mutating func header(_ count: Int) { prefix(0x2a, count) }

    private mutating func bulk(_ bytes: Span<UInt8>) {
        prefix(0x24, bytes.count)
        backlog.append(bytes)
        let ending: InlineArray<2, UInt8> = [0x0d, 0x0a]
        backlog.append(ending.span)
    }

    /// `*3\r\n`, `$11\r\n`: digits are written from the end.
    private mutating func prefix(_ mark: UInt8, _ count: Int) {
        var text = InlineArray<24, UInt8>(repeating: 0)
        text[23] = 0x0a
        text[22] = 0x0d
        var index = 22
        var rest = count
        repeat {
            index -= 1
            text[index] = UInt8(truncatingIfNeeded: 48 + rest % 10)
            rest /= 10
        } while rest > 0
        index -= 1
        text[index] = mark
        backlog.append(text.span.extracting(index..<24))
    }
}
