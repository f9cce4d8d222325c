import Bytes

/// Where a node listens: an address in digits and a port; with `resolve-hostnames` perhaps the name
/// under which it was given, too.
///
/// Nodes are the same if host and port are. While a name has not been looked up yet, it stands in
/// place of the digits.
public struct NodeAddress: Hashable, Sendable {
    /// IPv4 or IPv6 in digits, without brackets; the name itself until it is known what it means.
    public var host: ByteString
    /// The TCP port; 0 in an address that is known to be wrong.
    public var port: Int
    /// The name that stands for `host`; nil for an address that was given in digits.
    public var hostName: ByteString?

    /// Both parts, as they are.
    public init(host: ByteString, port: Int, hostName: ByteString? = nil) {
        self.host = host
        self.port = port
        self.hostName = hostName
    }

    /// The parts if `host` is a numeric address and `port` is one; nil otherwise.
    public init?(checking host: ByteString, port: Int) {
        guard port >= 0 && port <= 65_535, let host = NumericHost.canonical(host.bytes.span) else {
            return nil
        }
        self.init(host: host, port: port)
    }

    /// The same for a host that may also be a name, whose digits are not known yet.
    public init?(naming host: ByteString, port: Int) {
        if let address = NodeAddress(checking: host, port: port) {
            self = address
            return
        }
        guard port >= 0 && port <= 65_535, NodeAddress.isHostName(host) else { return nil }
        self.init(host: host, port: port, hostName: host)
    }

    /// The same node: names do not count.
    public static func == (left: NodeAddress, right: NodeAddress) -> Bool {
        left.port == right.port && left.host == right.host
    }

    /// Host and port, as equality has it.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(host)
        hasher.combine(port)
    }

    /// Whether it is a name whose digits are not known.
    public var isUnresolved: Bool { hostName == host }

    /// `host:port`, an IPv6 host in brackets: the name of a replica.
    public var name: ByteString {
        let text = host.text
        return ByteString(text.contains(":") ? "[\(text)]:\(port)" : "\(text):\(port)")
    }

    /// Whether the text is an address in digits, so that nothing needs to be resolved.
    public static func isNumeric(_ text: Span<UInt8>) -> Bool {
        NumericHost.canonical(text) != nil
    }

    /// Whether it could be a name of the domain name system: letters, digits, dots, hyphens and, as
    /// many have it, underscores.
    public static func isHostName(_ text: ByteString) -> Bool {
        guard !text.isEmpty && text.count <= 253, text.bytes.first != 0x2d else { return false }
        var hasLetter = false
        for byte in text.bytes {
            switch byte {
            case 0x41...0x5a, 0x61...0x7a, 0x5f: hasLetter = true
            case 0x30...0x39, 0x2d, 0x2e: break
            default: return false
            }
        }
        // Digits and dots alone are an address that is wrong.
        return hasLetter
    }
}

extension ByteString {
    /// The canonical decimal number that the bytes spell.
    var integer: Int? { DecimalText.parse(bytes.span) }

    /// Whether the bytes are an address in digits.
    var isNumericHost: Bool { NodeAddress.isNumeric(bytes.span) }

    /// Whether all of the bytes match a glob pattern.
    func matches(_ pattern: ByteString, ignoringCase: Bool = false) -> Bool {
        GlobPattern.matches(pattern.bytes.span, bytes.span, ignoringCase: ignoringCase)
    }
}
