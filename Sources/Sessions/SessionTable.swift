import Bytes
import CommandCatalog
import Determinism
import Protocol

/// All connected clients, who is subscribed to what, and what the end of the turn has to do.
///
/// The table opens and forgets sessions; sockets are the executor's. Its contract:
/// 1. `open` for an accepted connection, `close` once its socket is closed: no effect in between
///    is lost, since identifiers of closed sessions never match again.
/// 2. Whoever writes to a session's reply calls `markOutput`; `takeOutput` names each such session
///    once. The executor sends what they hold at the end of the turn.
/// 3. `takeClosing` names the sessions to be closed now. A session flagged `closeAfterReply` is
///    closed by the executor when its output is sent.
/// 4. Every command runs between `beginCommand` and `endCommand`: CLIENT REPLY and messages that
///    the session publishes to itself depend on it.
public struct SessionTable: ~Copyable {
    @usableFromInline var slots = SlotTable<Session>()
    private var byClientID: [Int: SessionID] = [:]
    private var nextClientID = 1
    @usableFromInline var output: [SessionID] = []
    private var closing: [SessionID] = []
    /// Sessions that may execute again what they have sent before their replies piled up.
    var resumed: [SessionID] = []

    /// Channels, patterns and their subscribers.
    public var pubsub = PubSub()
    /// The sessions that sent MONITOR, in that order.
    public internal(set) var monitors: [SessionID] = []
    /// CLIENT PAUSE and the pauses that the server itself orders.
    public var pause = ClientPause()
    /// The limits in force.
    public var limits = SessionLimits() {
        didSet {
            for id in slots.identifiers { slots[id].reply.limit = limits.bytesThatCloseAny }
        }
    }
    /// What HELLO says of the process; whoever changes the role of the server says so here.
    public var identity = ServerIdentity()
    /// How many databases SELECT may choose from.
    public var databaseCount = 16

    /// How many connections were opened since the start (or CONFIG RESETSTAT).
    public var acceptedCount = 0
    /// How many connections were refused, by `maxclients` or protected mode.
    public var rejectedCount = 0
    /// How many sessions were closed for their unsent output.
    public var outputLimitCloseCount = 0
    /// How many sessions were closed for the size of a request.
    public var queryLimitCloseCount = 0
    /// How many attached replicas are among the sessions.
    public var replicaCount = 0

    /// The session whose command is being executed.
    @usableFromInline var executing: SessionID?
    /// Where in its output the reply of that command begins.
    @usableFromInline var replyStart = 0
    /// Messages for that session, which follow its reply.
    @usableFromInline var deferred = OutputBuffer()

    /// The commands that the program serves; names of commands in descriptions come from it.
    let catalog: CommandTable

    /// A table without sessions.
    public init(catalog: CommandTable) { self.catalog = catalog }

    // MARK: Opening, closing, finding

    /// How many sessions are open.
    public var count: Int { slots.count }

    /// Opens a session for an accepted connection and says under which name.
    ///
    /// `isAuthenticated` says that it may run commands at once: no password is needed. `flags` is
    /// `.unixSocket` or nothing.
    public mutating func open(
        address: ByteString, localAddress: ByteString, fileDescriptor: Int32 = -1,
        isAuthenticated: Bool, flags: SessionFlags = [], at now: Instant
    ) -> SessionID {
        let clientID = nextClientID
        nextClientID += 1
        acceptedCount += 1
        let all = isAuthenticated ? flags.union(.authenticated) : flags
        let id = slots.insert { id in
            Session(
                id: id, clientID: clientID, address: address, localAddress: localAddress,
                fileDescriptor: fileDescriptor, flags: all, at: now)
        }
        slots[id].reply.limit = limits.bytesThatCloseAny
        byClientID[clientID] = id
        return id
    }

    /// Forgets a session: its subscriptions, its place among the monitors, its buffers.
    ///
    /// What the server holds under its name (watched keys, blocking, an attached replica) is the
    /// server's to release first.
    public mutating func close(_ id: SessionID) {
        guard slots.contains(id) else { return }
        unsubscribeFromEverything(id)
        if slots[id].flags.contains(.monitor) { monitors.removeAll { $0 == id } }
        byClientID[slots[id].clientID] = nil
        if executing == id {
            executing = nil
            deferred.removeAll()
        }
        _ = slots.remove(id)
    }

    /// Whether the session is still open.
    @inlinable
    public func contains(_ id: SessionID) -> Bool { slots.contains(id) }

    /// The session that `id` names; it must be open.
    @inlinable
    public subscript(_ id: SessionID) -> Session {
        @inline(__always)
        unsafeAddress { unsafe UnsafePointer(slots.location(of: id)) }
        @inline(__always)
        unsafeMutableAddress { unsafe slots.location(of: id) }
    }

    /// The line that CLIENT LIST and the log show for a session.
    public func describe(_ id: SessionID, at now: Instant) -> ByteString {
        SessionDescription(at: now, catalog: catalog).line(slots[id])
    }

    /// The session with this client id.
    public func find(clientID: Int) -> SessionID? { byClientID[clientID] }

    /// All open sessions, the oldest first.
    ///
    /// O(n log n).
    public var identifiers: [SessionID] {
        slots.identifiers.sorted { slots[$0].clientID < slots[$1].clientID }
    }

    /// The default user needs no password any more: everyone connected may run commands.
    public mutating func authenticateAll() {
        for id in slots.identifiers { slots[id].flags.insert(.authenticated) }
    }

    // MARK: The end of the turn

    /// Puts the session on the list of those whose output is sent at the end of the turn.
    ///
    /// O(1); nothing happens if it is there already or has no output.
    @inlinable
    public mutating func markOutput(_ id: SessionID) {
        if self[id].flags.contains(.outputPending) || self[id].reply.output.isEmpty { return }
        self[id].flags.insert(.outputPending)
        output.append(id)
    }

    /// Moves the sessions with output to `list`, each once, in the order in which they got some.
    ///
    /// Closed ones are left out. `list` is emptied first and its storage used again.
    public mutating func takeOutput(into list: inout [SessionID]) {
        list.removeAll(keepingCapacity: true)
        swap(&list, &output)
        list.removeAll { !slots.contains($0) }
        for id in list { slots[id].flags.remove(.outputPending) }
    }

    /// Has the session closed at the end of the turn, whatever it was still to be sent.
    public mutating func closeNow(_ id: SessionID) {
        guard slots.contains(id), !slots[id].flags.contains(.closeNow) else { return }
        slots[id].flags.insert(.closeNow)
        closing.append(id)
    }

    /// Has the session closed when what it holds until the end of this command is sent.
    public mutating func closeAfterReply(_ id: SessionID) {
        guard slots.contains(id) else { return }
        slots[id].flags.insert(.closeAfterReply)
    }

    /// The sessions to close now, each once.
    public mutating func takeClosing() -> [SessionID] {
        if closing.isEmpty { return [] }
        defer { closing = [] }
        return closing.filter { slots.contains($0) }
    }
}
