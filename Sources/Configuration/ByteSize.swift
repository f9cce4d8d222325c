import Bytes

/// Sizes as directives spell them: `512`, `64b`, `1k` (1000), `1kb` (1024), `m`, `mb`, `g`, `gb`.
public enum ByteSize {
    /// The bytes that `text` names, units in any case; nil for anything else, and above `Int.max`.
    public static func parse(_ text: Span<UInt8>) -> Int? {
        var digits = 0
        while digits < text.count, text[digits] >= 0x30, text[digits] <= 0x39 { digits += 1 }
        if digits == 0 { return nil }
        guard let unit = multiplier(text.extracting(digits..<text.count)) else { return nil }
        var bytes = 0
        for index in 0..<digits {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(Int(text[index] - 0x30))
            if overflow || carried { return nil }
            bytes = sum
        }
        let (size, overflow) = bytes.multipliedReportingOverflow(by: unit)
        return overflow ? nil : size
    }

    /// The shortest spelling in whole `gb`, `mb` or `kb`, else plain bytes.
    public static func text(_ bytes: Int) -> String {
        for (unit, name) in [(1 << 30, "gb"), (1 << 20, "mb"), (1 << 10, "kb")]
        where bytes != 0 && bytes % unit == 0 {
            return "\(bytes / unit)\(name)"
        }
        return "\(bytes)"
    }

    private static func multiplier(_ unit: Span<UInt8>) -> Int? {
        if unit.isEmpty || unit.equalsIgnoringCase("b") { return 1 }
        if unit.equalsIgnoringCase("k") { return 1000 }
        if unit.equalsIgnoringCase("kb") { return 1 << 10 }
        if unit.equalsIgnoringCase("m") { return 1_000_000 }
        if unit.equalsIgnoringCase("mb") { return 1 << 20 }
        if unit.equalsIgnoringCase("g") { return 1_000_000_000 }
        if unit.equalsIgnoringCase("gb") { return 1 << 30 }
        return nil
    }
}
