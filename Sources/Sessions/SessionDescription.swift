import Bytes
import CommandCatalog
import Determinism
import Protocol

/// Writes a session as the line that CLIENT LIST, CLIENT INFO and the log show.
///
/// Fields, their order and their letters are those of Redis 7.2. Redis splits a client's output
/// into a fixed buffer and a list; here the first 16 KiB count as the buffer (`obl`) and what is
/// beyond as the list (`oll`, `omem`), so that who looks at `omem` sees what it looks for.
public struct SessionDescription: Sendable {
    /// Bytes of unsent output that do not count as `omem`.
    static let fixedOutputBytes = 16 << 10

    let now: Instant
    let catalog: CommandTable

    /// For lines written at `now`; `catalog` has the names of the commands.
    public init(at now: Instant, catalog: CommandTable) {
        self.now = now
        self.catalog = catalog
    }

    /// The line, without a line end, for logs.
    public func line(_ session: borrowing Session) -> ByteString {
        var text: [UInt8] = []
        append(session, to: &text)
        return ByteString(text)
    }

    /// Appends the line, without a line end.
    public func append(_ session: borrowing Session, to text: inout [UInt8]) {
        text.field("id", session.clientID)
        text.field(" addr", session.address)
        text.field(" laddr", session.localAddress)
        text.field(" fd", Int(session.fileDescriptor))
        text.field(" name", session.name)
        text.field(" age", session.ageSeconds(at: now))
        text.field(" idle", session.idleSeconds(at: now))
        text.append(literal: " flags=")
        appendFlags(session.flags, to: &text)
        text.field(" db", session.database)
        text.field(" sub", session.subscriptions.channelCount)
        text.field(" psub", session.subscriptions.patternCount)
        text.field(" ssub", session.subscriptions.shardChannelCount)
        text.field(
            " multi", session.flags.contains(.multi) ? session.transaction.queued.count : -1)
        appendMemory(session, to: &text)
        text.append(literal: " events=")
        if session.fileDescriptor >= 0 {
            if !session.flags.contains(.readingPaused) { text.append(UInt8(ascii: "r")) }
            if session.flags.contains(.waitingToWrite) { text.append(UInt8(ascii: "w")) }
        }
        text.append(literal: " cmd=")
        text.append(
            contentsOf: (session.lastCommand.map { catalog.fullName($0) } ?? "NULL").utf8)
        text.field(" user", session.userName)
        text.field(" redir", -1)
        text.field(" resp", Int(session.reply.version.rawValue))
        text.field(" lib-name", session.libraryName)
        text.field(" lib-ver", session.libraryVersion)
    }

    private func appendMemory(_ session: borrowing Session, to text: inout [UInt8]) {
        let output = session.reply.output.count
        let beyond = max(0, output - Self.fixedOutputBytes)
        text.field(" qbuf", session.input.count)
        text.field(" qbuf-free", session.input.capacity - session.input.count)
        text.field(" argv-mem", 0)
        text.field(" multi-mem", session.transaction.queuedBytes)
        text.field(" rbs", min(session.reply.output.capacity, Self.fixedOutputBytes))
        text.field(" rbp", min(output, Self.fixedOutputBytes))
        text.field(" obl", min(output, Self.fixedOutputBytes))
        text.field(" oll", beyond > 0 ? 1 : 0)
        text.field(" omem", beyond)
        text.field(" tot-mem", session.memoryBytes)
    }

    private func appendFlags(_ flags: SessionFlags, to text: inout [UInt8]) {
        let before = text.count
        func letter(_ character: Unicode.Scalar, _ flag: SessionFlags) {
            if flags.intersects(flag) { text.append(UInt8(ascii: character)) }
        }
        if flags.contains(.monitor) {
            letter("O", .monitor)
        } else {
            letter("S", .replica)
        }
        letter("M", .masterLink)
        letter("P", .subscribed)
        letter("x", .multi)
        letter("b", [.blocked, .paused])
        letter("d", .dirtyWatch)
        letter("c", .closeAfterReply)
        letter("A", .closeNow)
        letter("U", .unixSocket)
        letter("r", .readOnly)
        letter("e", .noEvict)
        letter("T", .noTouch)
        if text.count == before { text.append(UInt8(ascii: "N")) }
    }
}

extension Session {
    /// For how many whole seconds it is connected.
    public func ageSeconds(at now: Instant) -> Int {
        Int((now - createdAt).wholeMilliseconds / 1000)
    }

    /// For how many whole seconds it has been silent.
    public func idleSeconds(at now: Instant) -> Int {
        Int((now - lastInteraction).wholeMilliseconds / 1000)
    }

    /// Bytes that the session holds: itself, its buffers, what it queued and subscribed to.
    public var memoryBytes: Int {
        MemoryLayout<Session>.stride + input.capacity + reply.output.capacity
            + transaction.queuedBytes + 64 * transaction.watched.count
            + 64
            * (subscriptions.channelCount + subscriptions.patternCount
                + subscriptions.shardChannelCount)
    }
}

extension [UInt8] {
    fileprivate mutating func field(_ name: StaticString, _ value: Int) {
        append(literal: name)
        append(UInt8(ascii: "="))
        append(decimal: value)
    }

    fileprivate mutating func field(_ name: StaticString, _ value: ByteString) {
        append(literal: name)
        append(UInt8(ascii: "="))
        append(contentsOf: value.bytes)
    }
}
