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
        let host = text.extracting(0..<end)
        guard !isIPv4(host), let address = InternetAddress(host) else { return nil }
        return ByteString(Array(print(address.groups).utf8) + zone)
    }

    static func isIPv4(_ text: Span<UInt8>) -> Bool {
        InternetAddress.four(text) != nil
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
