import Bytes
import Determinism
import Reactor
import Server
import Sessions

/// The connection to a master while it is being made: the name is looked up, then the socket
/// connects; from then on it belongs to a session.
///
/// ```
///   idle ─ connectMaster ─▶ looking up ─▶ connecting ─▶ idle (connected, or failed)
///     ▲────── disconnectMaster ──┴─────────────┘
/// ```
struct MasterConnection: ~Copyable {
    private let lookups: BackgroundWorker<NameLookup>
    /// The attempt that counts: answers to earlier ones are passed over.
    private(set) var attempt: UInt64 = 0
    var source: String?
    var isLookingUp = false
    /// The socket that connects.
    var socket: FileDescriptor?

    init() throws(SystemError) { lookups = try BackgroundWorker(NameLookup(), name: "lookup") }

    var wakeupNumber: Int32 { lookups.wakeupNumber }

    /// Begins an attempt, and ends the one before.
    mutating func begin(from source: String?) {
        abandon()
        attempt = (attempt + 1) & 0xff_ffff
        self.source = source
    }

    /// Looks the master's name up.
    mutating func lookUp(host: String, port: UInt16) {
        isLookingUp = true
        lookups.submit(NameLookup.Order(token: attempt, host: host, port: port))
    }

    /// Ends the attempt.
    mutating func abandon() {
        isLookingUp = false
        socket = nil
    }

    /// What the look-up of this attempt found; nil for answers to earlier ones.
    mutating func takeLookup() -> NameLookup.Outcome? {
        let answers = lookups.takeAnswers()
        guard isLookingUp, let answer = answers.last(where: { $0.token == attempt }) else {
            return nil
        }
        isLookingUp = false
        return answer.outcome
    }
}

extension Executor {
    mutating func connectMaster(host: String, port: Int, source: String?, at now: Moment) {
        let port = UInt16(truncatingIfNeeded: port)
        master.begin(from: source)
        if let address = SocketAddress(numeric: host, port: port) {
            return connect(to: address, at: now)
        }
        master.lookUp(host: host, port: port)
    }

    mutating func masterWasLookedUp(at now: Moment) {
        switch master.takeLookup() {
        case nil: break
        case .failed(let text): server.masterLinkFailed(text, at: now)
        case .addresses(let found):
            if let address = found.first { connect(to: address, at: now) }
        }
    }

    private mutating func connect(to address: SocketAddress, at now: Moment) {
        do throws(SystemError) {
            let source = master.source.flatMap { SocketAddress(numeric: $0, port: 0) }
            let socket = try Socket.connect(to: address, from: source)
            try loop.poller.add(socket.number, token: EventToken.link(master.attempt).bits, .write)
            master.socket = consume socket
        } catch {
            server.masterLinkFailed("\(error)", at: now)
        }
    }

    mutating func masterMayBeConnected(_ attempt: UInt64, at now: Moment) {
        guard attempt == master.attempt, let socket = master.socket.take() else { return }
        let number = socket.number
        if let error = Socket.connectionError(number) {
            return server.masterLinkFailed("\(error)", at: now)
        }
        do throws(SystemError) {
            try loop.poller.remove(number)
        } catch {
            return server.masterLinkFailed("\(error)", at: now)
        }
        if !server.settings.replDisableTCPNoDelay { Socket.setNoDelay(number) }
        Socket.setKeepAlive(number, seconds: server.settings.tcpKeepaliveSeconds)
        let id = server.masterLinkConnected(
            address: ByteString(Socket.peerAddress(number)?.text ?? ""),
            localAddress: ByteString(Socket.localAddress(number)?.text ?? ""),
            fileDescriptor: number, at: now)
        guard let id else { return }
        do throws(SystemError) {
            try sockets.adopt(socket, for: id, in: loop.poller)
        } catch {
            server.close(id, at: now)
        }
    }
}
