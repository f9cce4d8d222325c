/// An address in digits: IPv6, or IPv4 as the IPv6 address that it is mapped to.
public struct InternetAddress: Hashable, Sendable {
    /// The first eight bytes.
    public let high: UInt64
    /// The last eight bytes.
    public let low: UInt64

    /// An IPv6 address by its halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// An IPv4 address as a number.
    public init(four: UInt32) {
        high = 0
        low = 0xffff_0000_0000 | UInt64(four)
    }

    /// Reads `192.0.2.1`, `2001:db8::1` or `::ffff:192.0.2.1`; nil for anything else, zones too.
    public init?(_ text: Span<UInt8>) {
        if let four = InternetAddress.four(text) {
            self.init(four: four)
            return
        }
        guard let groups = InternetAddress.groups(text) else { return nil }
        self.init(
            high: groups[..<4].reduce(0) { $0 << 16 | UInt64($1) },
            low: groups[4...].reduce(0) { $0 << 16 | UInt64($1) })
    }

    /// Whether it is IPv4.
    public var isFour: Bool { high == 0 && low >> 32 == 0xffff }

    /// The address as eight groups of 16 bits.
    public var groups: [UInt16] {
        [high, low].flatMap { half in
            [48, 32, 16, 0].map { UInt16(truncatingIfNeeded: half >> UInt64($0)) }
        }
    }

    /// An IPv4 address as a number; leading zeros are refused, as some read them as octal.
    public static func four(_ text: Span<UInt8>) -> UInt32? {
        var address: UInt32 = 0
        var parts = 0
        var digits = 0
        var value: UInt32 = 0
        for index in text.indices {
            let byte = text[index]
            if byte == 0x2e {
                if digits == 0 || parts == 3 { return nil }
                parts += 1
                address = address << 8 | value
                digits = 0
                value = 0
            } else {
                guard byte >= 0x30 && byte <= 0x39, !(digits > 0 && value == 0) else { return nil }
                digits += 1
                value = value * 10 + UInt32(byte - 0x30)
                if value > 255 { return nil }
            }
        }
        return parts == 3 && digits > 0 ? address << 8 | value : nil
    }

    /// Eight groups, of which `::` leaves out a run, and the last two may stand as IPv4.
    private static func groups(_ text: Span<UInt8>) -> [UInt16]? {
        var groups: [UInt16] = []
        var gap: Int?
        var index = 0
        if text.count >= 1 && text[0] == 0x3a {
            guard text.count >= 2 && text[1] == 0x3a else { return nil }
            index = 1
        }
        while index < text.count {
            if text[index] == 0x3a {
                // The second colon of a pair, or of the pair at the beginning.
                if gap != nil { return nil }
                gap = groups.count
                index += 1
                continue
            }
            var end = index
            while end < text.count && text[end] != 0x3a { end += 1 }
            let part = text.extracting(index..<end)
            if end == text.count, let four = four(part) {
                groups += [UInt16(four >> 16), UInt16(truncatingIfNeeded: four)]
            } else {
                guard let group = hexadecimal(part) else { return nil }
                groups.append(group)
            }
            if groups.count > 8 { return nil }
            index = end
            if index < text.count {
                index += 1
                if index == text.count { return nil }
            }
        }
        guard let gap else { return groups.count == 8 ? groups : nil }
        guard groups.count < 8 else { return nil }
        groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
        return groups
    }

    private static func hexadecimal(_ text: Span<UInt8>) -> UInt16? {
        guard text.count >= 1 && text.count <= 4 else { return nil }
        var value: UInt16 = 0
        for index in text.indices {
            let digit: UInt8
            switch text[index] {
            case 0x30...0x39: digit = text[index] - 0x30
            case 0x41...0x46: digit = text[index] - 0x41 + 10
            case 0x61...0x66: digit = text[index] - 0x61 + 10
            default: return nil
            }
            value = value << 4 | UInt16(digit)
        }
        return value
    }
}

/// The addresses that begin with the same bits: `10.0.0.0/8`, `fc00::/7`, or one address.
public struct NetworkRange: Hashable, Sendable {
    private let base: InternetAddress
    /// How many of the 128 bits count.
    private let length: Int

    /// Reads a range; nil for anything else, and where bits behind the prefix are set.
    public init?(_ text: Span<UInt8>) {
        var end = text.count
        for index in text.indices where text[index] == 0x2f {
            end = index
            break
        }
        guard let base = InternetAddress(text.extracting(0..<end)) else { return nil }
        let bits = base.isFour ? 32 : 128
        var length = bits
        if end < text.count {
            guard let given = DecimalText.parse(text.extracting((end + 1)..<text.count)),
                (0...bits).contains(given)
            else { return nil }
            length = given
        }
        self.base = base
        self.length = 128 - bits + length
        guard base == InternetAddress(high: base.high & highMask, low: base.low & lowMask) else {
            return nil
        }
    }

    /// Whether the address is one of these.
    public func contains(_ address: InternetAddress) -> Bool {
        address.high & highMask == base.high && address.low & lowMask == base.low
    }

    private var highMask: UInt64 { NetworkRange.mask(min(length, 64)) }
    private var lowMask: UInt64 { NetworkRange.mask(max(length - 64, 0)) }

    private static func mask(_ bits: Int) -> UInt64 {
        bits == 0 ? 0 : ~0 << UInt64(64 - bits)
    }
}
