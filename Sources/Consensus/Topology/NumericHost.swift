// Addresses in digits: IPv4, and IPv6 with an optional zone.
//
// One address can be written in several ways; nodes are compared by text, so what comes in is brought
// into the form that the C library prints: lower case, no leading zeros, the longest run of at least
// two zero groups as `::`, and an IPv4 tail for mapped addresses.

import Bytes

enum NumericHost {
    /// The one form in which an address in digits is kept; nil for anything else.
    static func canonical(_ text: Span<UInt8>) -> ByteString? {
        if isIPv4(text) { return ByteString(text) }
        guard text.count >= 2 && text.count <= 64 else { return nil }
        var end = text.count
        for index in text.indices where text[index] == 0x25 {  // %: a zone follows
            end = index
            break
        }
        var zone: [UInt8] = []
        if end < text.count {
            guard end + 1 < text.count else { return nil }
            for index in (end + 1)..<text.count where !isZoneByte(text[index]) { return nil }
            for index in end..<text.count { zone.append(text[index]) }
        }
        guard let groups = groups(text.extracting(0..<end)) else { return nil }
        return ByteString(Array(print(groups).utf8) + zone)
    }

    static func isIPv4(_ text: Span<UInt8>) -> Bool { four(text) != nil }

    /// The address as a number.
    private static func four(_ text: Span<UInt8>) -> UInt32? {
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

    private static func print(_ groups: [UInt16]) -> String {
        let run = longestZeros(groups)
        let isMapped = run == 0..<5 && groups[5] == 0xffff
        if isMapped || run == 0..<6 {
            let four = UInt32(groups[6]) << 16 | UInt32(groups[7])
            let text = [24, 16, 8, 0].map { String(four >> UInt32($0) & 0xff) }
            return (isMapped ? "::ffff:" : "::") + text.joined(separator: ".")
        }
        func words(_ range: Range<Int>) -> String {
            groups[range].map { String($0, radix: 16) }.joined(separator: ":")
        }
        guard let run else { return words(0..<8) }
        return words(0..<run.lowerBound) + "::" + words(run.upperBound..<8)
    }

    /// The first of the longest runs of two or more zeros.
    private static func longestZeros(_ groups: [UInt16]) -> Range<Int>? {
        var best: Range<Int>?
        var start = 0
        while start < groups.count {
            var end = start
            while end < groups.count && groups[end] == 0 { end += 1 }
            if end - start >= 2 && end - start > (best?.count ?? 0) { best = start..<end }
            start = max(end, start + 1)
        }
        return best
    }

    private static func isZoneByte(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7f }
}
