import Bytes
import CLinux
import Glibc

/// What one read brought.
public enum Received: Equatable, Sendable {
    /// So many bytes were added, one or more.
    case bytes(Int)
    /// Nothing to read now.
    case wouldBlock
    /// The other side has sent its last byte.
    case end
    /// The connection is broken.
    case failed(SystemError)
}

/// What one write achieved.
public enum Sent: Equatable, Sendable {
    /// The buffer is empty.
    case all
    /// The kernel took a part, perhaps nothing; the rest waits until the socket is writable.
    case some
    /// The connection is broken.
    case failed(SystemError)
}

/// Calls on stream sockets, TCP and unix.
///
/// All sockets are non-blocking and close on exec.
public enum Socket {
    /// Begins to connect; the socket becomes writable when `connectionError` can tell the outcome.
    ///
    /// A unix socket, and sometimes a local TCP one, is connected at once.
    public static func connect(
        to address: SocketAddress, from source: SocketAddress? = nil
    ) throws(SystemError) -> FileDescriptor {
        let descriptor = try open(address.family)
        if let source {
            setOption(descriptor.number, SOL_SOCKET, SO_REUSEADDR, 1)
            let bound = try unsafe source.withKernelForm {
                unsafe Glibc.bind(descriptor.number, $0, $1)
            }
            if bound != 0 { throw .current }
        }
        let connected = try unsafe address.withKernelForm {
            unsafe Glibc.connect(descriptor.number, $0, $1)
        }
        if connected != 0 && errno != EINPROGRESS && errno != EINTR { throw .current }
        return descriptor
    }

    /// Why the connection attempt failed; nil when it succeeded.
    ///
    /// Once the socket is writable.
    public static func connectionError(_ number: Int32) -> SystemError? {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        if unsafe getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &length) != 0 { return .current }
        return code == 0 ? nil : SystemError(code: code)
    }

    /// Reads once into `buffer`, which gets at least `minimum` bytes of room.
    public static func receive(
        _ number: Int32, into buffer: inout InputBuffer, atLeast minimum: Int
    ) -> Received {
        let count = unsafe buffer.fill(atLeast: minimum) { place in
            unsafe recv(number, place.baseAddress, place.count, 0)
        }
        if count > 0 { return .bytes(count) }
        if count == 0 { return .end }
        let error = SystemError.current
        return error.isWouldBlock || error.code == EINTR ? .wouldBlock : .failed(error)
    }

    /// Writes once from the front of `buffer` and drops what the kernel took.
    public static func send(_ number: Int32, from buffer: inout OutputBuffer) -> Sent {
        let wanted = buffer.count
        if wanted == 0 { return .all }
        let count = unsafe buffer.unsent.withUnsafeBytes { place in
            unsafe Glibc.send(number, place.baseAddress, place.count, Int32(MSG_NOSIGNAL))
        }
        if count < 0 {
            let error = SystemError.current
            return error.isWouldBlock || error.code == EINTR ? .some : .failed(error)
        }
        buffer.consume(count)
        return count == wanted ? .all : .some
    }

    /// Sends small writes at once.
    ///
    /// Without effect on unix sockets.
    public static func setNoDelay(_ number: Int32) {
        setOption(number, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    }

    /// Lets the kernel gather small writes into fewer packets.
    public static func setDelay(_ number: Int32) {
        setOption(number, Int32(IPPROTO_TCP), TCP_NODELAY, 0)
    }

    /// Has the kernel probe a silent peer after `seconds`, and give it up after three more thirds.
    ///
    /// 0 turns the probes off.
    public static func setKeepAlive(_ number: Int32, seconds: Int) {
        setOption(number, SOL_SOCKET, SO_KEEPALIVE, seconds > 0 ? 1 : 0)
        if seconds <= 0 { return }
        let idle = Int32(clamping: seconds)
        setOption(number, Int32(IPPROTO_TCP), TCP_KEEPIDLE, idle)
        setOption(number, Int32(IPPROTO_TCP), TCP_KEEPINTVL, max(idle / 3, 1))
        setOption(number, Int32(IPPROTO_TCP), TCP_KEEPCNT, 3)
    }

    /// The other side's address; nil when the connection is gone.
    public static func peerAddress(_ number: Int32) -> SocketAddress? {
        unsafe address { storage, length in unsafe getpeername(number, storage, length) }
    }

    /// Our side's address.
    public static func localAddress(_ number: Int32) -> SocketAddress? {
        unsafe address { storage, length in unsafe getsockname(number, storage, length) }
    }

    static func open(_ family: Int32) throws(SystemError) -> FileDescriptor {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let number = socket(family, kind, 0)
        if number < 0 { throw .current }
        return FileDescriptor(owning: number)
    }

    // Options steer performance and liveness: a kernel that refuses one still gives a working socket.
    static func setOption(_ number: Int32, _ level: Int32, _ name: Int32, _ value: Int32) {
        var value = value
        _ = unsafe setsockopt(number, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func address(
        _ ask: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = unsafe withUnsafeMutablePointer(to: &storage) { place in
            unsafe place.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe ask($0, &length)
            }
        }
        return result == 0 ? SocketAddress(storage, length: length) : nil
    }
}
