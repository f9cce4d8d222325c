import Bytes

/// Where a node listens: a numeric address and a port.
public struct NodeAddress: Hashable, Sendable {
    /// IPv4 or IPv6 in digits, without brackets.
    public var host: ByteString
    /// The TCP port; 0 in an address that is known to be wrong.
    public var port: Int

    /// Both parts, as they are.
    public init(host: ByteString, port: Int) {
        self.host = host
        self.port = port
    }

    /// The parts if `host` is a numeric address and `port` is one; nil otherwise.
    public init?(checking host: ByteString, port: Int) {
        guard port >= 0 && port <= 65_535, NodeAddress.isNumeric(host.bytes.span) else {
            return nil
        }
        self.init(host: host, port: port)
    }

    /// `host:port`, an IPv6 host in brackets: the name of a replica.
    public var name: ByteString {
        let text = host.text
        return ByteString(text.contains(":") ? "[\(text)]:\(port)" : "\(text):\(port)")
    }

    /// Whether the text is an address in digits, so that nothing needs to be resolved.
    public static func isNumeric(_ text: Span<UInt8>) -> Bool {
        isIPv4(text) || isIPv6(text)
    }

    static func isIPv4(_ text: Span<UInt8>) -> Bool {
        var parts = 0
        var digits = 0
        var value = 0
        for index in text.indices {
            let byte = text[index]
            if byte == 0x2e {
                if digits == 0 { return false }
                parts += 1
                digits = 0
                value = 0
            } else {
                guard byte >= 0x30 && byte <= 0x39, !(digits > 0 && value == 0) else {
                    return false
                }
                digits += 1
                value = value * 10 + Int(byte - 0x30)
                if value > 255 { return false }
            }
        }
        return parts == 3 && digits > 0
    }

    /// Up to eight groups of hexadecimal digits, one run of them left out by `::`, and at the end
    /// perhaps an IPv4 address and a zone.
    static func isIPv6(_ text: Span<UInt8>) -> Bool {
        guard text.count >= 2 && text.count <= 64 else { return false }
        var bytes: [UInt8] = []
        for index in text.indices {
            if text[index] == 0x25 {  // %: the zone is any name
                guard index + 1 < text.count else { return false }
                for rest in (index + 1)..<text.count where !isZoneByte(text[rest]) { return false }
                break
            }
            bytes.append(text[index])
        }
        var groups = 0
        var isShortened = false
        var index = 0
        var groupStart = 0
        var digits = 0
        if bytes.first == 0x3a {
            guard bytes.count >= 2 && bytes[1] == 0x3a else { return false }
        }
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x3a {
                if digits > 0 {
                    groups += 1
                    digits = 0
                    if index + 1 == bytes.count { return false }
                }
                if index + 1 < bytes.count && bytes[index + 1] == 0x3a {
                    if isShortened { return false }
                    isShortened = true
                    index += 1
                } else if index + 1 == bytes.count {
                    return false
                }
                groupStart = index + 1
            } else if byte == 0x2e {
                let tail = Array(bytes[groupStart...])
                guard isIPv4(tail.span) else { return false }
                groups += 2
                digits = 0
                break
            } else {
                guard isHexadecimal(byte), digits < 4 else { return false }
                digits += 1
            }
            index += 1
        }
        if digits > 0 { groups += 1 }
        return isShortened ? groups < 8 : groups == 8
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }

    private static func isZoneByte(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7f }
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
