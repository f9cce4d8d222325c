import Bytes
import Foundation
import Protocol

/// A blocking client connection to 127.0.0.1, for tests that ask one thing at a time.
public final class Connection {
    /// Why a connection cannot be used.
    public enum Failure: Error {
        /// Nobody listens there.
        case refused(Int)
        /// The other end closed it, or was silent for too long.
        case closed
        /// What came is no reply.
        case malformed
    }

    private let descriptor: Int32
    private var parser = ReplyParser()
    private var input = InputBuffer()

    /// Connects to a port of 127.0.0.1; replies may take `timeout` seconds.
    public init(port: Int, timeout: Int = 5) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: timeout, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if status != 0 {
            close(descriptor)
            throw Failure.refused(port)
        }
    }

    deinit { close(descriptor) }

    /// Sends bytes as they are.
    public func send(raw bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { throw Failure.closed }
            rest = rest.dropFirst(count)
        }
    }

    /// Sends text as it is.
    public func send(raw text: String) throws { try send(raw: Array(text.utf8)) }

    /// Sends one command.
    public func send(_ words: [String]) throws {
        var output = OutputBuffer()
        CommandEncoder.append(words.map { ByteString($0) }, to: &output)
        try send(raw: ByteString(output.unsent).bytes)
    }

    /// The next reply or push.
    public func receive() throws -> ReplyValue {
        while true {
            do {
                if let value = try parser.next(from: &input) { return value }
            } catch {
                throw Failure.malformed
            }
            let count = input.fill(atLeast: 65_536) { room in
                recv(descriptor, room.baseAddress, room.count, 0)
            }
            if count <= 0 { throw Failure.closed }
        }
    }

    /// Everything that comes until the other end closes.
    public func receiveToEnd() throws -> [UInt8] {
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &room, room.count, 0)
            if count == 0 { return bytes }
            if count < 0 { throw Failure.closed }
            bytes += room[..<count]
        }
    }

    /// Sends one command and waits for its reply.
    @discardableResult
    public func call(_ words: String...) throws -> ReplyValue {
        try send(words)
        return try receive()
    }

    /// One field of INFO; nil when it is not there.
    public func info(_ field: String) throws -> String? {
        let text = try call("INFO", "everything").bytes?.text ?? ""
        return text.split(separator: "\r\n").first { $0.hasPrefix(field + ":") }
            .map { String($0.dropFirst(field.count + 1)) }
    }
}
