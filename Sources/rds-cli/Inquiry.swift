import Bytes
import CommandLineClient
import Glibc
import Protocol

/// One member of a group being asked: a connection that never blocks, what is still to be sent, and
/// the replies so far.
///
/// A class because an array holds several of them, and buffers are not copied; `Inquiries` alone
/// has them.
final class Inquiry {
    private enum State {
        case connecting
        case open
        case over
    }

    private var state = State.connecting
    private var descriptor: Int32 = -1
    private var places: ArraySlice<SocketOpening.Place>
    private var unsent: ArraySlice<UInt8>
    private var input = InputBuffer()
    private var parser = ReplyParser()
    private let wanted: Int
    private var replies: [ReplyValue] = []
    private var failure: String?

    /// Begins to connect.
    init(_ address: MemberAddress, _ commands: [[ByteString]]) {
        wanted = commands.count
        places = []
        var output = OutputBuffer()
        for words in commands { CommandEncoder.append(words, to: &output) }
        unsent = ByteString(output.unsent).bytes[...]
        do throws(ServerConnection.Failure) {
            places = try SocketOpening.places(host: address.host, port: address.port)[...]
            connectToNext(because: "no address")
        } catch {
            end(error.text)
        }
    }

    deinit { closeSocket() }

    /// Whether nothing more is to come.
    var isOver: Bool { state == .over }

    /// What to wait for.
    var polled: pollfd {
        let waitsToSend = state == .connecting || !unsent.isEmpty
        return pollfd(
            fd: descriptor, events: Int16(waitsToSend ? POLLOUT | POLLIN : POLLIN), revents: 0)
    }

    /// What came of it.
    var answer: MemberAnswer { MemberAnswer(replies: replies, failure: failure) }

    /// The time is up.
    func giveUp(afterMilliseconds milliseconds: Int) {
        let time = milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
        if state == .connecting { return end("no connection within \(time)") }
        end("no answer within \(time)")
    }

    /// Goes on as far as the socket lets it.
    func advance() {
        if state == .connecting {
            let error = SocketOpening.outcome(of: descriptor)
            if error != 0 { return connectToNext(because: Streams.text(ofError: error)) }
            state = .open
        }
        send()
        receive()
    }

    private func connectToNext(because reason: String) {
        closeSocket()
        guard let place = places.popFirst() else { return end(reason) }
        switch place.connectWithoutWaiting() {
        case .success(let socket): descriptor = socket
        case .failure(let error): connectToNext(because: error.text)
        }
    }

    private func send() {
        while !unsent.isEmpty {
            let count = unsafe unsent.withUnsafeBytes { bytes in
                unsafe Glibc.send(
                    descriptor, bytes.baseAddress, bytes.count,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count < 0 {
                if errno == EAGAIN { return }
                if errno == EINTR { continue }
                // What came before the connection was closed says more than this error.
                unsent = []
                return
            }
            unsent = unsent.dropFirst(count)
        }
    }

    private func receive() {
        while state == .open {
            var received = 0
            let socket = descriptor
            _ = unsafe input.fill(atLeast: 65_536) { room in
                received = unsafe recv(
                    socket, room.baseAddress, room.count, Int32(MSG_DONTWAIT))
                return received
            }
            let error = errno
            if received < 0 {
                if error == EINTR { continue }
                if error != EAGAIN { end(Streams.text(ofError: error)) }
                return
            }
            if received == 0 { return end("it closed the connection") }
            parse()
        }
    }

    private func parse() {
        do throws(ReplyError) {
            while let reply = try parser.next(from: &input) {
                replies.append(reply)
                if replies.count == wanted { return end(nil) }
            }
        } catch {
            end("it does not speak the protocol")
        }
    }

    private func end(_ reason: String?) {
        failure = reason
        state = .over
        closeSocket()
    }

    private func closeSocket() {
        if descriptor >= 0 { _ = close(descriptor) }
        descriptor = -1
    }
}

/// Asking many members at the same time, so that one that is silent costs its time once.
enum Inquiries {
    /// Sends each its commands; answers in the order of the requests.
    static func ask(
        _ requests: [(address: MemberAddress, commands: [[ByteString]])],
        timeoutMilliseconds: Int
    ) -> [MemberAnswer] {
        let inquiries = requests.map { Inquiry($0.address, $0.commands) }
        let end = Clock.milliseconds + timeoutMilliseconds
        while true {
            let open = inquiries.filter { !$0.isOver }
            let left = end - Clock.milliseconds
            if open.isEmpty { break }
            if left <= 0 {
                for inquiry in open { inquiry.giveUp(afterMilliseconds: timeoutMilliseconds) }
                break
            }
            var polled = open.map(\.polled)
            guard unsafe poll(&polled, nfds_t(polled.count), Int32(clamping: left)) > 0 else {
                continue
            }
            for (index, inquiry) in open.enumerated() where polled[index].revents != 0 {
                inquiry.advance()
            }
        }
        return inquiries.map(\.answer)
    }
}

/// The time that passes, whatever the calendar says.
enum Clock {
    /// Milliseconds since some point in the past.
    static var milliseconds: Int {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}
