import CLinux
import Glibc

/// One word of the `bind` directive: an address, `*` or `::*`, and whether it may be missing.
public struct BindAddress: Hashable, Sendable {
    /// The address as it was written, without the minus sign.
    public let host: String
    /// Whether an address or a family that this machine does not have is passed over: `-::1`.
    public let isOptional: Bool

    /// Takes the word apart.
    public init(_ word: String) {
        isOptional = word.hasPrefix("-")
        host = isOptional ? String(word.dropFirst()) : word
    }

    /// What to bind; a name is looked up, which may block.
    func socketAddress(port: UInt16) throws(SystemError) -> SocketAddress {
        switch host {
        case "*", "": return .any(isIPv6: false, port: port)
        case "::*": return .any(isIPv6: true, port: port)
        default:
            if let numeric = SocketAddress(numeric: host, port: port) { return numeric }
            guard case .addresses(let found) = NameLookup.resolve(host, port: port),
                let first = found.first
            else { throw SystemError(code: EADDRNOTAVAIL) }
            return first
        }
    }
}

/// Why a listening socket could not be had.
public struct ListenError: Error, Sendable {
    /// The address or path, as it was written.
    public let host: String
    /// The port; 0 for a unix socket.
    public let port: UInt16
    /// What the kernel said.
    public let cause: SystemError

    /// All three.
    public init(host: String, port: UInt16, cause: SystemError) {
        self.host = host
        self.port = port
        self.cause = cause
    }
}

/// A connection that was just accepted.
public struct Accepted: ~Copyable, Sendable {
    /// The connected socket.
    public let descriptor: FileDescriptor
    /// The other side.
    public let peer: SocketAddress

    /// Gives the socket away.
    public consuming func takeDescriptor() -> FileDescriptor { descriptor }
}

/// What one accept brought.
public enum AcceptResult: ~Copyable {
    /// A connection.
    case connection(Accepted)
    /// No connection waits.
    case none
    /// A connection was lost, or the process has no descriptor left.
    case failed(SystemError)
}

/// A socket that connections come in through.
public struct Listener: ~Copyable {
    /// How many connections one turn accepts from one socket; the rest wait for the next turn.
    public static var acceptsPerTurn: Int { 128 }

    /// The listening socket.
    public let descriptor: FileDescriptor
    /// What it is bound to, with the port that the kernel chose where 0 was asked for.
    public let address: SocketAddress
    /// A unix socket's path, removed by `close`.
    private let path: String?

    /// Listens on a TCP address.
    ///
    /// SO_REUSEADDR is set; an IPv6 socket serves IPv6 alone.
    public init(_ wanted: SocketAddress, backlog: Int) throws(SystemError) {
        let socket = try Socket.open(wanted.family)
        Socket.setOption(socket.number, SOL_SOCKET, SO_REUSEADDR, 1)
        if case .ipv6 = wanted {
            Socket.setOption(socket.number, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1)
        }
        try Listener.bind(socket.number, wanted, backlog: backlog)
        address = Socket.localAddress(socket.number) ?? wanted
        descriptor = socket
        path = nil
    }

    /// Listens on a unix socket; a socket left over from an earlier process is removed first.
    ///
    /// `permissions` of 0 leaves what the umask makes.
    public init(path: String, permissions: UInt32, backlog: Int) throws(SystemError) {
        let socket = try Socket.open(AF_UNIX)
        var status = stat()
        if unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK {
            unsafe unlink(path)
        }
        let wanted = SocketAddress.unix(path: path)
        try Listener.bind(socket.number, wanted, backlog: backlog)
        if unsafe permissions != 0 && chmod(path, permissions) != 0 { throw .current }
        address = wanted
        descriptor = socket
        self.path = path
    }

    /// Takes over a socket that systemd opened for us.
    public init(inherited descriptor: consuming FileDescriptor) throws(SystemError) {
        guard let address = Socket.localAddress(descriptor.number) else { throw .current }
        let flags = fcntl(descriptor.number, F_GETFL)
        if flags < 0 || fcntl(descriptor.number, F_SETFL, flags | O_NONBLOCK) != 0 {
            throw .current
        }
        self.address = address
        self.descriptor = descriptor
        path = nil
    }

    /// Listens on every word of a `bind` directive.
    ///
    /// Optional ones that this machine lacks are left out. Port 0 listens nowhere.
    public static func listen(
        on words: [BindAddress], port: UInt16, backlog: Int, _ each: (consuming Listener) -> Void
    ) throws(ListenError) {
        for word in words {
            guard let listener = try listen(on: word, port: port, backlog: backlog) else {
                continue
            }
            each(listener)
        }
    }

    /// Listens on one word of a `bind` directive.
    ///
    /// Nil for an optional one that this machine lacks, and for port 0.
    public static func listen(
        on word: BindAddress, port: UInt16, backlog: Int
    ) throws(ListenError) -> Listener? {
        if port == 0 { return nil }
        do throws(SystemError) {
            return try Listener(word.socketAddress(port: port), backlog: backlog)
        } catch {
            let isMissing =
                switch error.code {
                case EADDRNOTAVAIL: word.isOptional
                // A family that the kernel does not have is never fatal by itself.
                case ENOPROTOOPT, EPROTONOSUPPORT, ESOCKTNOSUPPORT, EPFNOSUPPORT, EAFNOSUPPORT:
                    true
                default: false
                }
            if isMissing { return nil }
            throw ListenError(host: word.host, port: port, cause: error)
        }
    }

    /// Accepts one connection: non-blocking, closed on exec.
    public func accept() -> AcceptResult {
        var storage = sockaddr_storage()
        while true {
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let number = unsafe withUnsafeMutablePointer(to: &storage) { place in
                unsafe place.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe clinux_accept4(descriptor.number, $0, &length)
                }
            }
            if number >= 0 {
                let peer = SocketAddress(storage, length: length) ?? .unix(path: "")
                return .connection(
                    Accepted(descriptor: FileDescriptor(owning: number), peer: peer))
            }
            let error = SystemError.current
            if error.isWouldBlock { return .none }
            // A connection that went before it was accepted is no reason to stop.
            if error.code != EINTR && error.code != ECONNABORTED { return .failed(error) }
        }
    }

    /// Removes a unix socket's file; the socket itself is closed with its owner.
    public func removePath() {
        if let path { unsafe unlink(path) }
    }

    private static func bind(
        _ number: Int32, _ address: SocketAddress, backlog: Int
    ) throws(SystemError) {
        let bound = try unsafe address.withKernelForm { unsafe Glibc.bind(number, $0, $1) }
        if bound != 0 { throw .current }
        if Glibc.listen(number, Int32(clamping: backlog)) != 0 { throw .current }
    }
}
