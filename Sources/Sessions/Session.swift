import Bytes
import CommandCatalog
import Determinism
import Protocol

/// Names one connection for as long as it is open; never used again afterwards.
public typealias SessionID = SlotTable<Session>.Identifier

/// One connected client: its buffers, what it said about itself, and where it stands.
///
/// Ten thousand idle connections are to cost little: both buffers lend their storage back when
/// they are empty, and an empty array, set or string here is one word without an allocation.
public struct Session: ~Copyable {
    /// The slot it lives in.
    public let id: SessionID
    /// What CLIENT ID answers: grows by one with every connection.
    public let clientID: Int

    /// What was received and not executed yet.
    public var input: InputBuffer
    /// How far the request at the front of `input` is parsed.
    public var parser: RequestParser
    /// What is to be sent, and in which version of the protocol.
    public var reply: ReplyWriter

    /// What it is and what it is going through.
    public var flags: SessionFlags
    /// The database that SELECT chose.
    public var database: Int

    /// When it connected.
    public let createdAt: Instant
    /// When bytes last came from it or went to it.
    public var lastInteraction: Instant
    /// The executor's descriptor, shown as `fd` by CLIENT LIST; -1 without one.
    public var fileDescriptor: Int32
    /// When its unsent output first passed the soft limit without pause; nil below it.
    public var softLimitReachedAt: Instant?
    /// How many bytes the request at the front of `input` still needs, at least.
    public var missingBytes: Int
    /// The command that it sent last; nil before the first.
    public var lastCommand: CommandID?

    /// The other end: `127.0.0.1:40312`, `[::1]:40312`, `/path/to/socket:0`.
    public let address: ByteString
    /// Our end.
    public let localAddress: ByteString
    /// CLIENT SETNAME; empty without one.
    public var name: ByteString
    /// CLIENT SETINFO LIB-NAME; empty without one.
    public var libraryName: ByteString
    /// CLIENT SETINFO LIB-VER; empty without one.
    public var libraryVersion: ByteString
    /// The user it is authenticated as.
    public var userName: ByteString

    /// Where the stream of replication was when its last write was in it; WAIT waits for that.
    public var writtenOffset = 0

    /// What MULTI queued and WATCH watches.
    public var transaction: TransactionState
    /// What it is subscribed to; only `PubSub` changes it.
    public internal(set) var subscriptions: Subscriptions

    init(
        id: SessionID, clientID: Int, address: ByteString, localAddress: ByteString,
        fileDescriptor: Int32, flags: SessionFlags, at now: Instant
    ) {
        self.id = id
        self.clientID = clientID
        input = InputBuffer()
        parser = RequestParser()
        reply = ReplyWriter()
        self.flags = flags
        database = 0
        createdAt = now
        lastInteraction = now
        self.fileDescriptor = fileDescriptor
        softLimitReachedAt = nil
        missingBytes = 0
        lastCommand = nil
        self.address = address
        self.localAddress = localAddress
        name = ByteString()
        libraryName = ByteString()
        libraryVersion = ByteString()
        userName = AccessControl.defaultUserName
        transaction = TransactionState()
        subscriptions = Subscriptions()
    }

    /// The class it belongs to.
    public var kind: SessionClass {
        if flags.contains(.masterLink) { return .master }
        if flags.contains(.replica) { return .replica }
        return flags.contains(.subscribed) ? .pubsub : .normal
    }

    /// Whether only subscription commands, PING, QUIT and RESET are allowed: RESP2 and subscribed.
    @inlinable
    public var isRestrictedToSubscriptions: Bool {
        flags.contains(.subscribed) && reply.version == .resp2
    }
}
