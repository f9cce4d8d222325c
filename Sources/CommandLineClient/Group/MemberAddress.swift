import Bytes

/// Where a server or a sentinel of a group listens.
public struct MemberAddress: Hashable, Sendable {
    /// Host name or numeric address, without brackets.
    public var host: String
    /// Port, 1 to 65535.
    public var port: Int

    /// Both parts as they are.
    public init(_ host: String, _ port: Int) {
        self.host = host
        self.port = port
    }

    /// Whether only the machine itself reaches the address.
    public var isLoopback: Bool {
        host.hasPrefix("127.") || host == "::1" || host.lowercased() == "localhost"
    }

    /// A decimal port between 1 and 65535; nil when the text is none.
    static func port(_ text: some StringProtocol) -> Int? {
        guard let number = Int(text), (1...65_535).contains(number), text.first != "+" else {
            return nil
        }
        return number
    }
}

extension MemberAddress: CustomStringConvertible {
    /// `host:port`, with brackets around an IPv6 address.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension MemberAddress: Comparable {
    /// Numeric IPv4 addresses in the order of their numbers, everything else as text.
    public static func < (left: MemberAddress, right: MemberAddress) -> Bool {
        let (first, second) = (left.sortingKey, right.sortingKey)
        return first.lexicographicallyPrecedes(second)
    }

    private var sortingKey: [Int] {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        let numbers = parts.compactMap { $0 }
        if numbers.count == 4 && parts.count == 4 { return [0] + numbers + [port] }
        return [1] + host.utf8.map { Int($0) } + [-1, port]
    }
}
