import Foundation

/// The service manager's end of sd_notify(3): a datagram socket that daemons under test write to.
public final class NotifySocket {
    /// The socket's path, for NOTIFY_SOCKET.
    public let path: String
    private let descriptor: Int32

    /// Listens in `directory`.
    public init(in directory: TemporaryDirectory) throws {
        path = directory.file("notify")
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if bound != 0 { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }

    deinit { close(descriptor) }

    /// The fields of the next notification; none after so many seconds of silence.
    public func next(patience: Int = 20) -> [String: String] {
        var limit = timeval(tv_sec: patience, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        let text = String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
        var fields: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { fields[String(parts[0])] = String(parts[1]) }
        }
        return fields
    }

    /// The next notification that has such a field; none after 20 seconds of silence.
    public func next(with field: String) -> [String: String] {
        while true {
            let fields = next()
            if fields.isEmpty || fields[field] != nil { return fields }
        }
    }
}
