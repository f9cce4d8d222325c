/// Glob patterns as KEYS, SCAN, PSUBSCRIBE and CONFIG GET take them.
///
/// `*` any bytes, `?` one byte, `[abc]`, `[a-z]`, `[^a]` one byte of a set, `\x` the byte x. A set
/// that is never closed ends with the pattern. The empty text is matched by the empty pattern only.
///
/// The matcher keeps one place to go back to, that of the last `*`: what an earlier `*` could
/// still take, the last one can take as well. So the worst case is pattern times text, and no
/// pattern makes it exponential.
public enum GlobPattern {
    /// Whether all of `text` matches `pattern`.
    ///
    /// O(pattern × text).
    public static func matches(
        _ pattern: Span<UInt8>, _ text: Span<UInt8>, ignoringCase: Bool = false
    ) -> Bool {
        var at = 0
        var place = 0
        var afterStar = -1
        var starPlace = 0
        while true {
            var mismatch = false
            while at < pattern.count && place < text.count {
                if pattern[at] == star {
                    while at + 1 < pattern.count && pattern[at + 1] == star { at += 1 }
                    at += 1
                    if at == pattern.count { return true }
                    afterStar = at
                    starPlace = place
                    continue
                }
                if !matchesElement(pattern, &at, text[place], ignoringCase) {
                    mismatch = true
                    break
                }
                place += 1
                if place == text.count {
                    while at < pattern.count && pattern[at] == star { at += 1 }
                }
            }
            if !mismatch {
                if place == text.count { return at == pattern.count }
            }
            starPlace += 1
            if afterStar < 0 || starPlace >= text.count { return false }
            at = afterStar
            place = starPlace
        }
    }

    private static let star = UInt8(ascii: "*")
    private static let backslash = UInt8(ascii: "\\")

    /// Whether the element at `at` takes `byte`; `at` moves behind the element.
    private static func matchesElement(
        _ pattern: Span<UInt8>, _ at: inout Int, _ byte: UInt8, _ ignoringCase: Bool
    ) -> Bool {
        switch pattern[at] {
        case UInt8(ascii: "?"):
            at += 1
            return true
        case UInt8(ascii: "["):
            at += 1
            return matchesSet(pattern, &at, byte, ignoringCase)
        case backslash where at + 1 < pattern.count:
            at += 1
        default:
            break
        }
        let wanted = pattern[at]
        at += 1
        return fold(wanted, ignoringCase) == fold(byte, ignoringCase)
    }

    private static func matchesSet(
        _ pattern: Span<UInt8>, _ at: inout Int, _ byte: UInt8, _ ignoringCase: Bool
    ) -> Bool {
        let isNegated = at < pattern.count && pattern[at] == UInt8(ascii: "^")
        if isNegated { at += 1 }
        let folded = fold(byte, ignoringCase)
        var isMember = false
        while at < pattern.count {
            let first = pattern[at]
            if first == backslash && at + 1 < pattern.count {
                // An escaped member keeps its case, also where case is ignored.
                if pattern[at + 1] == byte { isMember = true }
                at += 2
            } else if first == UInt8(ascii: "]") {
                at += 1
                break
            } else if at + 2 < pattern.count && pattern[at + 1] == UInt8(ascii: "-") {
                let low = min(first, pattern[at + 2])
                let high = max(first, pattern[at + 2])
                let range = (fold(low, ignoringCase), fold(high, ignoringCase))
                if folded >= range.0 && folded <= range.1 { isMember = true }
                at += 3
            } else {
                if fold(first, ignoringCase) == folded { isMember = true }
                at += 1
            }
        }
        return isMember != isNegated
    }

    private static func fold(_ byte: UInt8, _ ignoringCase: Bool) -> UInt8 {
        ignoringCase && byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
    }
}
