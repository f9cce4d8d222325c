import Bytes
import CommandLineClient
import Glibc
import Protocol

/// --pipe: protocol from standard input goes to the server as it is; replies are counted.
///
/// After the end of input an ECHO with twenty random bytes follows. Its reply is the last one, so
/// that all others have arrived before it.
struct PipeTransfer: ~Copyable {
    private static let chunkSize = 16_384

    private var unsent: [UInt8] = []
    private var position = 0
    private var isInputAtEnd = false
    private var isDone = false
    private var errorCount = 0
    private var replyCount = 0
    private let magic: ByteString

    init() {
        var generator = SystemRandomNumberGenerator()
        magic = ByteString((0..<20).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    /// Transfers everything; the program's exit status.
    mutating func run(_ client: inout Client) -> Int32 {
        var lastReply = time(nil)
        do throws(ServerConnection.Failure) {
            while !isDone {
                var events = Int16(POLLIN)
                if !isInputAtEnd || position < unsent.count { events |= Int16(POLLOUT) }
                var polled = pollfd(fd: client.connection.socket, events: events, revents: 0)
                _ = unsafe poll(&polled, 1, 1000)
                if polled.revents & ~Int16(POLLOUT) != 0 {
                    if try takeReplies(&client.connection) { lastReply = time(nil) }
                }
                if !isDone && polled.revents & Int16(POLLOUT) != 0 {
                    try sendInput(&client.connection)
                }
                let limit = client.options.pipeTimeoutSeconds
                if isInputAtEnd && !isDone && limit > 0, time(nil) - lastReply > limit {
                    Streams.warn("No replies for \(limit) seconds: exiting.")
                    errorCount += 1
                    break
                }
            }
        } catch {
            Streams.warn("Error reading replies from server")
            return 1
        }
        Streams.write("errors: \(errorCount), replies: \(replyCount)\n")
        return errorCount > 0 ? 1 : 0
    }

    /// Counts what has arrived; false when nothing has.
    private mutating func takeReplies(
        _ connection: inout ServerConnection
    ) throws(ServerConnection.Failure) -> Bool {
        var failure: ServerConnection.Failure?
        do throws(ServerConnection.Failure) {
            _ = try connection.receive(waits: false)
        } catch {
            // What arrived before is counted all the same: it may tell why.
            failure = error
        }
        var tookAny = false
        while let reply = try connection.arrivedReply() {
            tookAny = true
            if let error = reply.errorText {
                Streams.warn(error)
                errorCount += 1
            } else if isInputAtEnd && reply == .bulk(magic) {
                Streams.write("Last reply received from server.\n")
                isDone = true
                return true
            }
            replyCount += 1
        }
        if let failure { throw failure }
        return tookAny
    }

    private mutating func sendInput(
        _ connection: inout ServerConnection
    ) throws(ServerConnection.Failure) {
        if position == unsent.count && !isInputAtEnd {
            guard let chunk = Streams.readInput(Self.chunkSize) else {
                Streams.warn("Error reading from stdin: \(Streams.text(ofError: errno))")
                exit(1)
            }
            unsent = chunk
            position = 0
            if chunk.isEmpty {
                isInputAtEnd = true
                // The line end before it ends whatever was left open in the input.
                unsent = Array("\r\n*2\r\n$4\r\nECHO\r\n$20\r\n".utf8)
                unsent += magic.bytes
                unsent += [0x0d, 0x0a]
                Streams.write("All data transferred. Waiting for the last reply...\n")
            }
        }
        let waiting = unsent
        position += try connection.write(
            waiting.span.extracting(position..<waiting.count), waits: false)
    }
}
