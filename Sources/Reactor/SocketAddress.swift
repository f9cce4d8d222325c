import Bytes
import CLinux
import Glibc

/// Where a socket is or connects to.
public enum SocketAddress: Hashable, Sendable {
    /// IPv4: the address as a number in host order, and the port.
    case ipv4(UInt32, port: UInt16)
    /// IPv6: both halves of the address in host order, the port, and the zone of a link-local one.
    case ipv6(high: UInt64, low: UInt64, port: UInt16, zone: UInt32)
    /// A unix socket by its path; empty for one without a name.
    case unix(path: String)

    /// The longest path of a unix socket.
    public static var maximumPathLength: Int { 107 }

    /// A numeric address: `127.0.0.1`, `::1`, `fe80::1%eth0`.
    ///
    /// Nil when `host` is a name.
    public init?(numeric host: String, port: UInt16) {
        var four = in_addr()
        if unsafe inet_pton(AF_INET, host, &four) == 1 {
            self = .ipv4(UInt32(bigEndian: four.s_addr), port: port)
            return
        }
        let parts = host.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        var zone: UInt32 = 0
        if parts.count == 2 {
            zone = unsafe if_nametoindex(String(parts[1]))
            if zone == 0 { return nil }
        }
        var six = in6_addr()
        guard let digits = parts.first, unsafe inet_pton(AF_INET6, String(digits), &six) == 1
        else { return nil }
        self = SocketAddress(six, port: port, zone: zone)
    }

    /// Every address of the family (`AF_INET` or `AF_INET6`) on this machine: what `*` binds.
    public static func any(isIPv6: Bool, port: UInt16) -> SocketAddress {
        isIPv6 ? .ipv6(high: 0, low: 0, port: port, zone: 0) : .ipv4(0, port: port)
    }

    /// The address without the port, as Redis prints it: `127.0.0.1`, `::1`, `/path`.
    public var host: String {
        switch self {
        case .unix(let path): return path
        case .ipv4(let number, _):
            var address = in_addr(s_addr: number.bigEndian)
            return unsafe SocketAddress.text(AF_INET, &address)
        case .ipv6(_, _, _, let zone):
            var address = six
            let digits = unsafe SocketAddress.text(AF_INET6, &address)
            return zone == 0 ? digits : "\(digits)%\(zone)"
        }
    }

    /// The port; 0 for a unix socket.
    public var port: UInt16 {
        switch self {
        case .ipv4(_, let port), .ipv6(_, _, let port, _): port
        case .unix: 0
        }
    }

    /// Address and port as Redis prints them: `127.0.0.1:6379`, `[::1]:6379`, `/path:0`.
    public var text: String {
        if case .ipv6 = self { return "[\(host)]:\(port)" }
        return "\(host):\(port)"
    }

    /// Whether only processes on this machine can be at the other end.
    public var isLoopback: Bool {
        switch self {
        case .ipv4(let number, _): number >> 24 == 127
        case .ipv6(let high, let low, _, _):
            high == 0 && (low == 1 || low >> 24 == 0xffff_7f)
        case .unix: true
        }
    }

    /// The address without its port; nil for a unix socket.
    public var internet: InternetAddress? {
        switch self {
        case .ipv4(let number, _): InternetAddress(four: number)
        case .ipv6(let high, let low, _, _): InternetAddress(high: high, low: low)
        case .unix: nil
        }
    }

    /// `AF_INET`, `AF_INET6` or `AF_UNIX`.
    var family: Int32 {
        switch self {
        case .ipv4: AF_INET
        case .ipv6: AF_INET6
        case .unix: AF_UNIX
        }
    }
}

// The kernel's form.
extension SocketAddress {
    private var six: in6_addr {
        guard case .ipv6(let high, let low, _, _) = self else { return in6_addr() }
        return unsafe withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) {
            unsafe $0.loadUnaligned(as: in6_addr.self)
        }
    }

    private init(_ address: in6_addr, port: UInt16, zone: UInt32) {
        let (high, low) = unsafe withUnsafeBytes(of: address) {
            unsafe (
                UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        self = .ipv6(high: high, low: low, port: port, zone: zone)
    }

    private static func text(_ family: Int32, _ address: UnsafeRawPointer) -> String {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) {
            guard let place = $0.baseAddress,
                let text = unsafe inet_ntop(
                    family, address, place, socklen_t(INET6_ADDRSTRLEN))
            else { return "?" }
            return unsafe String(cString: text)
        }
    }

    /// The address that the kernel filled in; nil for a family that we do not know.
    init?(_ storage: sockaddr_storage, length: socklen_t) {
        let found: SocketAddress? = unsafe withUnsafeBytes(of: storage) { bytes in
            switch Int32(storage.ss_family) {
            case AF_INET:
                let address = unsafe bytes.loadUnaligned(as: sockaddr_in.self)
                return .ipv4(
                    UInt32(bigEndian: address.sin_addr.s_addr),
                    port: UInt16(bigEndian: address.sin_port))
            case AF_INET6:
                let address = unsafe bytes.loadUnaligned(as: sockaddr_in6.self)
                return SocketAddress(
                    address.sin6_addr, port: UInt16(bigEndian: address.sin6_port),
                    zone: address.sin6_scope_id)
            case AF_UNIX:
                let header = MemoryLayout<sa_family_t>.size
                let path = unsafe bytes[header..<max(header, min(Int(length), bytes.count))]
                return unsafe .unix(path: String(decoding: path.prefix { $0 != 0 }, as: UTF8.self))
            default: return nil
            }
        }
        guard let found else { return nil }
        self = found
    }

    /// Lends the address in the kernel's form; a path that is too long is `ENAMETOOLONG`.
    func withKernelForm<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) throws(SystemError) -> Result {
        var storage = sockaddr_storage()
        let length: Int
        switch self {
        case .ipv4(let number, let port):
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = number.bigEndian
            unsafe withUnsafeMutableBytes(of: &storage) {
                unsafe $0.storeBytes(of: address, as: sockaddr_in.self)
            }
            length = MemoryLayout<sockaddr_in>.size
        case .ipv6(_, _, let port, let zone):
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            address.sin6_addr = six
            address.sin6_scope_id = zone
            unsafe withUnsafeMutableBytes(of: &storage) {
                unsafe $0.storeBytes(of: address, as: sockaddr_in6.self)
            }
            length = MemoryLayout<sockaddr_in6>.size
        case .unix(let path):
            let bytes = Array(path.utf8)
            if bytes.count > Self.maximumPathLength { throw SystemError(code: ENAMETOOLONG) }
            storage.ss_family = sa_family_t(AF_UNIX)
            let header = MemoryLayout<sa_family_t>.size
            unsafe withUnsafeMutableBytes(of: &storage) { place in
                for (index, byte) in bytes.enumerated() { unsafe place[header + index] = byte }
            }
            length = header + bytes.count + 1
        }
        return unsafe withUnsafePointer(to: &storage) { place in
            unsafe place.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(length))
            }
        }
    }
}
