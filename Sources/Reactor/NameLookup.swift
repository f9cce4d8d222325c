import Glibc

/// Turns host names into addresses.
///
/// It may block for seconds: loops run it on a worker.
public struct NameLookup: BackgroundJob {
    /// A name to look up.
    public struct Order: Sendable {
        /// Whom the answer is for.
        public let token: UInt64
        /// A name or a numeric address.
        public let host: String
        /// The port that the answers carry.
        public let port: UInt16

        /// All three.
        public init(token: UInt64, host: String, port: UInt16) {
            self.token = token
            self.host = host
            self.port = port
        }
    }

    /// What a look-up found.
    public enum Outcome: Equatable, Sendable {
        /// One or more addresses, the preferred first.
        case addresses([SocketAddress])
        /// The resolver's text.
        case failed(String)
    }

    /// The outcome and whom it is for.
    public struct Answer: Sendable {
        /// The order's token.
        public let token: UInt64
        /// What was found.
        public let outcome: Outcome
    }

    /// A look-up worker's job.
    public init() {}

    /// Looks one name up.
    public mutating func perform(_ order: Order) -> Answer? {
        Answer(token: order.token, outcome: NameLookup.resolve(order.host, port: order.port))
    }

    /// Looks `host` up; IPv4 addresses come first, as Redis prefers them.
    ///
    /// Numeric ones never block.
    public static func resolve(_ host: String, port: UInt16) -> Outcome {
        if let numeric = SocketAddress(numeric: host, port: port) { return .addresses([numeric]) }
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, nil, &hints, &list)
        defer { unsafe freeaddrinfo(list) }
        if code != 0 {
            guard let text = unsafe gai_strerror(code) else { return .failed("error \(code)") }
            return unsafe .failed(String(cString: text))
        }
        var four: [SocketAddress] = []
        var six: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            unsafe next = entry.pointee.ai_next
            guard let address = unsafe SocketAddress(entry.pointee, port: port) else { continue }
            if case .ipv4 = address { four.append(address) } else { six.append(address) }
        }
        let found = four + six
        return found.isEmpty ? .failed("no address") : .addresses(found)
    }
}

extension SocketAddress {
    fileprivate init?(_ entry: addrinfo, port: UInt16) {
        var storage = sockaddr_storage()
        let length = unsafe Int(entry.ai_addrlen)
        guard let address = unsafe entry.ai_addr, length <= MemoryLayout<sockaddr_storage>.size
        else { return nil }
        unsafe withUnsafeMutableBytes(of: &storage) {
            unsafe $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: length))
        }
        guard let found = SocketAddress(storage, length: socklen_t(length)) else { return nil }
        switch found {
        case .ipv4(let number, _): self = .ipv4(number, port: port)
        case .ipv6(let high, let low, _, let zone):
            self = .ipv6(high: high, low: low, port: port, zone: zone)
        case .unix: return nil
        }
    }
}
