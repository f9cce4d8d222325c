import Bytes
import Determinism
import Glibc
import Reactor
import Testing

/// A directory that is removed with its owner.
final class TemporaryDirectory {
    let path: String

    init() {
        var template = Array("/tmp/rds-reactor-XXXXXX".utf8CString)
        let made = mkdtemp(&template)
        path = made.map { String(cString: $0) } ?? "/tmp"
    }

    deinit {
        for name in names { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    /// What is in it, sorted.
    var names: [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var found: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { found.append(name) }
        }
        return found.sorted()
    }
}

/// An echo server in the shape of a daemon's loop: what comes in goes out at the end of the turn.
struct EchoServer: ~Copyable {
    struct Session: ~Copyable {
        var input = InputBuffer()
        var output = OutputBuffer()
    }

    var loop: EventLoop
    var connections = ConnectionTable(.session)
    var sessions = SlotTable<Session>()
    var pool = BufferPool()
    let listener: Listener
    var closedCount = 0
    var echoedBytes = 0
    var pausedAt = Int.max

    init(_ listener: consuming Listener) throws {
        let made = try EventLoop(busyPoll: .zero, processors: 1)
        try made.poller.add(
            listener.descriptor.number, token: EventToken.listener(0).bits, .read)
        loop = made
        self.listener = listener
    }

    /// One turn; `patience` bounds the wait.
    mutating func turn(patience: Duration = .seconds(5)) {
        let now = SystemClock.instant()
        _ = loop.poll(until: now + patience, now: now)
        var ready: [UInt64] = []
        for index in 0..<loop.poller.readyCount {
            let event = loop.poller[index]
            switch EventToken(bits: event.token) {
            case .listener: acceptAll()
            case .session(let bits):
                if event.isReadable { read(bits) }
                ready.append(bits)
            default: Issue.record("an event that nobody asked for")
            }
        }
        for bits in ready { answer(bits) }
    }

    private mutating func acceptAll() {
        for _ in 0..<Listener.acceptsPerTurn {
            guard case .connection(let accepted) = listener.accept() else { return }
            let id = sessions.insert { _ in Session() }
            do {
                try connections.insert(
                    accepted.takeDescriptor(), for: id.bits, .read, in: loop.poller)
            } catch { Issue.record("\(error)") }
        }
    }

    private mutating func read(_ bits: UInt64) {
        let id = SlotTable<Session>.Identifier(bits: bits)
        guard sessions.contains(id) else { return }
        pool.lend(to: &sessions[id].input)
        switch connections.receive(bits, into: &sessions[id].input) {
        case .bytes, .wouldBlock: break
        case .end, .failed:
            connections.close(bits)
            _ = sessions.remove(id)
            closedCount += 1
        }
    }

    private mutating func answer(_ bits: UInt64) {
        let id = SlotTable<Session>.Identifier(bits: bits)
        guard sessions.contains(id) else { return }
        let bytes = ByteString(sessions[id].input.readable)
        sessions[id].output.append(bytes)
        echoedBytes += bytes.count
        sessions[id].input.removeAll()
        pool.takeBack(from: &sessions[id].input)
        _ = connections.send(bits, from: &sessions[id].output, in: loop.poller)
        if sessions[id].output.count > pausedAt {
            connections.pauseReading(bits, in: loop.poller)
        } else {
            connections.resumeReading(bits, in: loop.poller)
        }
    }
}

/// A client of an echo server in the same thread.
struct EchoClient: ~Copyable {
    let socket: FileDescriptor
    var input = InputBuffer()
    var output = OutputBuffer()

    init(_ address: SocketAddress, from source: SocketAddress? = nil) throws {
        socket = try Socket.connect(to: address, from: source)
    }

    mutating func send(_ text: String) {
        output.append(text: text)
        flush()
    }

    mutating func flush() {
        if case .failed(let error) = Socket.send(socket.number, from: &output) {
            Issue.record("\(error)")
        }
    }

    mutating func receive() -> Received {
        Socket.receive(socket.number, into: &input, atLeast: 65_536)
    }

    var received: String { input.readable.text }
}

let loopback = SocketAddress.ipv4(0x7f00_0001, port: 0)
