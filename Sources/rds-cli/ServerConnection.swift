import Bytes
import CommandLineClient
import Glibc
import Protocol

/// A connection to a server over a blocking socket: commands out, replies in.
struct ServerConnection: ~Copyable {
    /// Why nothing more comes over the connection.
    struct Failure: Error {
        var text: String
    }

    /// What waiting for a reply came to.
    enum Arrival {
        case reply(ReplyValue)
        /// Ctrl-C was pressed.
        case interrupted
        /// A key was pressed, or standard input has something.
        case keyPressed
    }

    private var descriptor: Int32 = -1
    private var input = InputBuffer()
    private var parser = ReplyParser()

    /// Not connected yet.
    init() {}

    deinit { if descriptor >= 0 { _ = Glibc.close(descriptor) } }

    /// Whether there is a connection, as far as one can know.
    var isOpen: Bool { descriptor >= 0 }

    /// The socket, for polling.
    var socket: Int32 { descriptor }

    /// Ends the connection; what was not read is lost.
    mutating func close() {
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
        descriptor = -1
        input.removeAll()
        parser.reset()
    }

    /// Connects anew.
    mutating func open(_ options: ClientOptions, host: String, port: Int) throws(Failure) {
        close()
        if let path = options.socketPath {
            descriptor = try SocketOpening.local(
                path, timeoutMilliseconds: options.connectTimeoutMilliseconds)
        } else {
            descriptor = try SocketOpening.network(
                host: host, port: port, family: options.family,
                timeoutMilliseconds: options.connectTimeoutMilliseconds)
        }
    }

    /// Sends a command as a whole.
    mutating func send(_ words: [ByteString]) throws(Failure) {
        var output = OutputBuffer()
        CommandEncoder.append(words, to: &output)
        while !output.isEmpty {
            let sent = try write(output.unsent)
            output.consume(sent)
        }
    }

    /// Sends what the socket takes at once; returns how much that was.
    mutating func write(_ bytes: Span<UInt8>, waits: Bool = true) throws(Failure) -> Int {
        while true {
            let flags = Int32(MSG_NOSIGNAL) | (waits ? 0 : Int32(MSG_DONTWAIT))
            let sent = unsafe bytes.withUnsafeBufferPointer { buffer in
                unsafe Glibc.send(descriptor, buffer.baseAddress, buffer.count, flags)
            }
            if sent >= 0 { return sent }
            if errno == EINTR { continue }
            if !waits && errno == EAGAIN { return 0 }
            throw Failure(text: Streams.text(ofError: errno))
        }
    }

    /// The next reply that has already arrived, if one is whole.
    mutating func arrivedReply() throws(Failure) -> ReplyValue? {
        do throws(ReplyError) {
            return try parser.next(from: &input)
        } catch {
            if case .unknownType(let byte) = error {
                let shown = QuotedWords.quote([byte].span).text
                throw Failure(text: "Protocol error, got \(shown) as reply type byte")
            }
            throw Failure(text: "Protocol error")
        }
    }

    /// Waits for the next reply.
    mutating func nextReply() throws(Failure) -> ReplyValue {
        while true {
            if let reply = try arrivedReply() { return reply }
            _ = try receive(waits: true)
        }
    }

    /// Waits for the next reply, Ctrl-C or, if `watchesInput`, something at standard input.
    mutating func nextArrival(
        watchesInput: Bool, _ interrupts: borrowing Interrupts
    ) throws(Failure) -> Arrival {
        while true {
            if let reply = try arrivedReply() { return .reply(reply) }
            var polled = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: watchesInput ? STDIN_FILENO : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: interrupts.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            if unsafe poll(&polled, nfds_t(polled.count), -1) < 0 && errno != EINTR {
                throw Failure(text: Streams.text(ofError: errno))
            }
            if polled[2].revents != 0 {
                interrupts.consume()
                return .interrupted
            }
            if polled[0].revents != 0 {
                _ = try receive(waits: true)
            } else if polled[1].revents != 0 {
                return .keyPressed
            }
        }
    }

    /// Takes what has arrived into the buffer; false when nothing has and `waits` is false.
    mutating func receive(waits: Bool) throws(Failure) -> Bool {
        var received = 0
        let socket = descriptor
        let flags = waits ? 0 : Int32(MSG_DONTWAIT)
        repeat {
            _ = unsafe input.fill(atLeast: 65_536) { room in
                received = unsafe recv(socket, room.baseAddress, room.count, flags)
                return received
            }
        } while received < 0 && errno == EINTR
        if received > 0 { return true }
        if received == 0 { throw Failure(text: "Server closed the connection") }
        if !waits && errno == EAGAIN { return false }
        throw Failure(text: Streams.text(ofError: errno))
    }
}
