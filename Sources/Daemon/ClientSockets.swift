import Bytes
import Determinism
import Reactor
import Sessions

/// The sockets of a daemon's clients: it listens, accepts, reads into sessions, sends their replies.
///
/// A turn of the executor, whichever machine it serves:
/// ```
///   loop.poll ─ collect ─ machine executes `ready` ─ outputs ─ flush ─ close `takeClosing`
/// ```
/// 1. A session is named to the machine at most once a turn, and only while it is open.
/// 2. Replies leave in `flush` alone: what must be on disk before them is done by then.
/// 3. A reply that the kernel did not take whole waits for EPOLLOUT; nothing else arms it.
/// 4. A session whose unsent replies pass their limit is not read, and so cannot add to them.
public struct ClientSockets: ~Copyable {
    /// Counts for INFO.
    public struct Traffic: Sendable {
        /// Bytes read.
        public var received = 0
        /// Bytes written.
        public var sent = 0
        /// Reads.
        public var reads = 0
        /// Writes.
        public var writes = 0
    }

    /// The sockets that connections come in through.
    var listeners = SlotTable<Listener>()
    var connections = ConnectionTable(.session)
    var pool = BufferPool()
    var replies: [SessionID] = []
    /// Since when no connection is accepted, for want of descriptors.
    var acceptPausedAt: Instant?

    /// Sessions with something to execute, each once; filled by `collect`.
    public internal(set) var ready: [SessionID] = []
    /// Sessions whose connection is over; filled by `collect` and `flush`, emptied by the caller.
    public var ended: [SessionID] = []
    /// Events that are not the clients': signals, wakeups, links; filled by `collect`.
    public internal(set) var others: [ReadyEvent] = []
    /// Whether a session that waited for its socket has sent something: it may be handed more.
    public internal(set) var hasDrained = false
    /// Lines for the log, emptied by the caller.
    public var warnings: [String] = []
    /// What went through the sockets since the start.
    public internal(set) var traffic = Traffic()
    /// How many connections one turn accepts from one listener.
    public var acceptsPerTurn = 64
    /// The interval of TCP keepalive for connections to come, in seconds; 0 for none.
    public var keepAliveSeconds = 300

    /// No sockets.
    public init() {}

    // MARK: Listening

    /// How many sockets listen.
    public var listenerCount: Int { listeners.count }

    /// Begins to accept through a listening socket.
    public mutating func add(
        _ listener: consuming Listener, in poller: borrowing Poller
    ) throws(SystemError) {
        let number = listener.descriptor.number
        var taken: Listener? = listener
        let id = listeners.insert { _ in
            guard let listener = taken.take() else {
                preconditionFailure("a slot is filled once")
            }
            return listener
        }
        try poller.add(number, token: EventToken.listener(Int(id.index)).bits, .read)
    }

    /// Closes every listening TCP socket; the unix socket stays.
    public mutating func closeTCPListeners() {
        for id in listeners.identifiers {
            if case .unix = listeners[id].address { continue }
            _ = listeners.remove(id)
        }
    }

    /// Closes every listening socket and removes the files of unix sockets.
    public mutating func closeListeners() {
        for id in listeners.identifiers {
            listeners[id].removePath()
            _ = listeners.remove(id)
        }
    }

    // MARK: Sessions

    /// The descriptor of a session; nil when it is closed.
    public func descriptor(of id: SessionID) -> Int32? { connections.descriptor(of: id.bits) }

    /// Takes over a connection that was opened by us, for a session that exists already.
    public mutating func adopt(
        _ descriptor: consuming FileDescriptor, for id: SessionID, in poller: borrowing Poller
    ) throws(SystemError) {
        try connections.insert(descriptor, for: id.bits, .read, in: poller)
    }

    /// Names sessions to the machine that have sent nothing new, but may go on; each once.
    public mutating func addReady(_ sessions: [SessionID]) {
        for id in sessions where !ready.contains(id) { ready.append(id) }
    }

    /// Closes the connection of a session, which the machine has forgotten or is about to.
    public mutating func close(_ id: SessionID) { connections.close(id.bits) }
}
