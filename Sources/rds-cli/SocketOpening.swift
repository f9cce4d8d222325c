import CommandLineClient
import Glibc

/// Opening the socket of a connection.
enum SocketOpening {
    typealias Failure = ServerConnection.Failure

    /// A connected socket of the machine itself.
    static func local(_ path: String, timeoutMilliseconds: Int) throws(Failure) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard bytes.count < room else { throw Failure(text: "File name too long") }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(text: Streams.text(ofError: errno)) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let error = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, size, timeoutMilliseconds)
            }
        }
        return try finish(descriptor, error)
    }

    /// A connected TCP socket; the addresses of the host are tried in turn, IPv4 first.
    static func network(
        host: String, port: Int, family: ClientOptions.AddressFamily, timeoutMilliseconds: Int
    ) throws(Failure) -> Int32 {
        let families: [Int32] =
            switch family {
            case .any: [AF_INET, AF_INET6]
            case .version4: [AF_INET]
            case .version6: [AF_INET6]
            }
        var list: UnsafeMutablePointer<addrinfo>?
        var status: Int32 = 0
        for family in families {
            var hints = unsafe addrinfo()
            unsafe hints.ai_family = family
            unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
            status = unsafe getaddrinfo(host, String(port), &hints, &list)
            if status == 0 { break }
        }
        guard status == 0, let first = unsafe list else {
            throw Failure(text: unsafe String(cString: gai_strerror(status)))
        }
        defer { unsafe freeaddrinfo(first) }
        var last: Int32 = 0
        var next: UnsafeMutablePointer<addrinfo>? = unsafe first
        while let info = unsafe next {
            unsafe next = info.pointee.ai_next
            let descriptor = unsafe socket(
                info.pointee.ai_family, info.pointee.ai_socktype, info.pointee.ai_protocol)
            guard descriptor >= 0 else {
                last = errno
                continue
            }
            last = unsafe connect(
                descriptor, info.pointee.ai_addr, info.pointee.ai_addrlen, timeoutMilliseconds)
            if last == 0 {
                setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
                keepAlive(descriptor)
                return descriptor
            }
            _ = close(descriptor)
        }
        throw Failure(text: Streams.text(ofError: last))
    }

    /// One of the addresses of a host.
    struct Place {
        fileprivate var family: Int32
        fileprivate var bytes: [UInt8]

        /// Begins to connect; a success is a socket that is writable once it is known what came of it.
        func connectWithoutWaiting() -> Result<Int32, Failure> {
            let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            let descriptor = socket(family, kind, 0)
            guard descriptor >= 0 else {
                return .failure(Failure(text: Streams.text(ofError: errno)))
            }
            let status = unsafe bytes.withUnsafeBytes { bytes in
                unsafe Glibc.connect(
                    descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                    socklen_t(bytes.count))
            }
            if status == 0 || errno == EINPROGRESS || errno == EINTR { return .success(descriptor) }
            let text = Streams.text(ofError: errno)
            _ = close(descriptor)
            return .failure(Failure(text: text))
        }

        /// The address in numbers.
        var numericHost: String {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let status = unsafe bytes.withUnsafeBytes { bytes in
                unsafe getnameinfo(
                    bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                    socklen_t(bytes.count), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            }
            guard status == 0 else { return "" }
            return String(
                decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// The addresses of a host, IPv6 only where it has no others.
    static func places(host: String, port: Int) throws(Failure) -> [Place] {
        var status: Int32 = 0
        for family in [AF_INET, AF_INET6] {
            var list: UnsafeMutablePointer<addrinfo>?
            var hints = unsafe addrinfo()
            unsafe hints.ai_family = family
            unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
            status = unsafe getaddrinfo(host, String(port), &hints, &list)
            guard status == 0, let first = unsafe list else { continue }
            defer { unsafe freeaddrinfo(first) }
            var places: [Place] = []
            var next: UnsafeMutablePointer<addrinfo>? = unsafe first
            while let info = unsafe next {
                unsafe next = info.pointee.ai_next
                let bytes = unsafe UnsafeRawBufferPointer(
                    start: info.pointee.ai_addr, count: Int(info.pointee.ai_addrlen))
                places.append(
                    Place(family: unsafe info.pointee.ai_family, bytes: unsafe Array(bytes)))
            }
            return places
        }
        throw Failure(text: unsafe String(cString: gai_strerror(status)))
    }

    /// What came of connecting: an error number or 0.
    static func outcome(of descriptor: Int32) -> Int32 {
        var error: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        _ = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length)
        return error
    }

    private static func finish(_ descriptor: Int32, _ error: Int32) throws(Failure) -> Int32 {
        if error == 0 { return descriptor }
        _ = close(descriptor)
        throw Failure(text: Streams.text(ofError: error))
    }

    /// Connects within the time, 0 meaning as long as it takes; returns an error number or 0.
    private static func connect(
        _ descriptor: Int32, _ address: UnsafePointer<sockaddr>?, _ size: socklen_t,
        _ timeoutMilliseconds: Int
    ) -> Int32 {
        if timeoutMilliseconds == 0 {
            while unsafe Glibc.connect(descriptor, address, size) != 0 {
                if errno != EINTR { return errno }
            }
            return 0
        }
        let flags = fcntl(descriptor, F_GETFL)
        _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
        defer { _ = fcntl(descriptor, F_SETFL, flags) }
        if unsafe Glibc.connect(descriptor, address, size) == 0 { return 0 }
        if errno != EINPROGRESS && errno != EAGAIN { return errno }
        var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        let limit = Int32(clamping: timeoutMilliseconds)
        guard unsafe poll(&polled, 1, limit) > 0 else { return ETIMEDOUT }
        return outcome(of: descriptor)
    }

    /// Long commands leave the connection silent: the peer is probed meanwhile.
    private static func keepAlive(_ descriptor: Int32) {
        setOption(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
        setOption(descriptor, Int32(IPPROTO_TCP), TCP_KEEPIDLE, 15)
        setOption(descriptor, Int32(IPPROTO_TCP), TCP_KEEPINTVL, 5)
        setOption(descriptor, Int32(IPPROTO_TCP), TCP_KEEPCNT, 3)
    }

    private static func setOption(
        _ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Int32
    ) {
        var value = value
        let size = socklen_t(MemoryLayout<Int32>.size)
        _ = unsafe setsockopt(descriptor, level, name, &value, size)
    }
}
