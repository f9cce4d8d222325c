import Bytes

// The text of an ExtendedFloat, both ways: what strtold takes, and seventeen decimals with the
// trailing zeros cut. Both are exact: integers decide, never an intermediate rounding.

extension ExtendedFloat {
    /// The longest text that is taken for a number, one byte more than that is none.
    public static let longestText = 5119

    /// The number that all of `text` spells: decimal, `0x` hexadecimal, `inf` or `infinity`.
    ///
    /// Nil for anything else, blanks in front and NaN included, and for what leaves the range on
    /// either side.
    public init?(_ text: Span<UInt8>) {
        guard text.count > 0 && text.count <= Self.longestText else { return nil }
        var at = 0
        let isNegative = text[0] == UInt8(ascii: "-")
        if isNegative || text[0] == UInt8(ascii: "+") { at += 1 }
        let rest = text.extracting(droppingFirst: at)
        if rest.equalsIgnoringCase("inf") || rest.equalsIgnoringCase("infinity") {
            self.init(infinityIsNegative: isNegative)
            return
        }
        let isHexadecimal =
            rest.count > 2 && rest[0] == UInt8(ascii: "0") && rest[1] | 0x20 == UInt8(ascii: "x")
        let digits = isHexadecimal ? rest.extracting(droppingFirst: 2) : rest
        guard let scanned = ScannedNumber(digits, isHexadecimal: isHexadecimal) else { return nil }
        guard let value = scanned.value(isNegative: isNegative) else { return nil }
        self = value
    }

    /// The number with at most seventeen decimals, no exponent, no trailing zeros.
    public var text: [UInt8] {
        guard isFinite else { return Array((isNegative ? "-inf" : "inf").utf8) }
        if exponent >= 0 {
            var whole = BigUnsigned(significand)
            whole.shiftLeft(exponent)
            return (isNegative ? [UInt8(ascii: "-")] : []) + whole.decimalText
        }
        let scaled = UInt128(significand) * Self.decimalScale
        let shift = -exponent
        var units: UInt128 = 0
        if shift < 128 {
            units = scaled >> UInt128(shift)
            let rest = scaled & ((1 << UInt128(shift)) - 1)
            let half: UInt128 = 1 << UInt128(shift - 1)
            if rest > half || (rest == half && units & 1 == 1) { units += 1 }
        }
        if units == 0 { return [UInt8(ascii: "0")] }
        let (whole, fraction) = units.quotientAndRemainder(dividingBy: Self.decimalScale)
        var text: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
        text.append(contentsOf: String(UInt64(truncatingIfNeeded: whole)).utf8)
        if fraction != 0 {
            let decimals = Array(String(UInt64(truncatingIfNeeded: fraction)).utf8)
            text.append(UInt8(ascii: "."))
            text.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 17 - decimals.count))
            text.append(contentsOf: decimals)
            while text.last == UInt8(ascii: "0") { text.removeLast() }
        }
        return text
    }

    private static let decimalScale: UInt128 = 100_000_000_000_000_000
}

/// A number's digits as one integer, and the power that it is to be multiplied by.
private struct ScannedNumber {
    var digits = BigUnsigned(0)
    var power = 0
    var isHexadecimal: Bool

    /// Exponents past this are past the range, whatever the digits are.
    private static let farExponent = 1_000_000

    /// Reads `digits [. digits] [e|p [sign] digits]` to the end; nil when it is not that.
    init?(_ text: Span<UInt8>, isHexadecimal: Bool) {
        self.isHexadecimal = isHexadecimal
        var at = 0
        var hasDigit = false
        var hasPoint = false
        while at < text.count {
            if text[at] == UInt8(ascii: ".") && !hasPoint {
                hasPoint = true
            } else if let digit = Self.digit(text[at], isHexadecimal) {
                hasDigit = true
                digits.multiply(by: isHexadecimal ? 16 : 10, adding: digit)
                if hasPoint { power -= isHexadecimal ? 4 : 1 }
            } else {
                break
            }
            at += 1
        }
        guard hasDigit else { return nil }
        if at == text.count { return }
        guard text[at] | 0x20 == UInt8(ascii: isHexadecimal ? "p" : "e") else { return nil }
        at += 1
        guard at < text.count else { return nil }
        let isDown = text[at] == UInt8(ascii: "-")
        if isDown || text[at] == UInt8(ascii: "+") { at += 1 }
        guard at < text.count else { return nil }
        var exponent = 0
        while at < text.count {
            guard let digit = Self.digit(text[at], false) else { return nil }
            exponent = min(exponent * 10 + Int(digit), Self.farExponent)
            at += 1
        }
        power += isDown ? -exponent : exponent
    }

    /// The nearest number; nil when it is too large, or is not zero and too small.
    func value(isNegative: Bool) -> ExtendedFloat? {
        if digits.isZero { return ExtendedFloat(isNegative: isNegative, rounding: 0, exponent: 0) }
        let (magnitude, exponent): (UInt128, Int)
        if isHexadecimal {
            (magnitude, exponent) = digits.leadingBits
            return checked(
                ExtendedFloat(
                    isNegative: isNegative, rounding: magnitude, exponent: exponent + power))
        }
        // 2^16384 is below 10^4933, and 2^-16446 above 10^-4951.
        let decimalPlaces = digits.bitCount * 1234 / 4099 + power
        if decimalPlaces > 4940 || decimalPlaces < -5000 { return nil }
        if power >= 0 {
            var whole = digits
            whole.multiplyByPowerOfTen(power)
            (magnitude, exponent) = whole.leadingBits
        } else {
            (magnitude, exponent) = digits.divided(byPowerOfTen: -power)
        }
        return checked(
            ExtendedFloat(isNegative: isNegative, rounding: magnitude, exponent: exponent))
    }

    private func checked(_ value: ExtendedFloat) -> ExtendedFloat? {
        value.isFinite && value.significand != 0 ? value : nil
    }

    private static func digit(_ byte: UInt8, _ isHexadecimal: Bool) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte - 0x30)
        case 0x41...0x46, 0x61...0x66: isHexadecimal ? UInt32((byte | 0x20) - 0x57) : nil
        default: nil
        }
    }
}
