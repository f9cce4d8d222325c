/// Decimal integers as text, both ways, without allocation.
public enum DecimalText {
    /// The longest text of a 64-bit number: 19 digits and a sign.
    @inlinable
    public static var maximumLength: Int { 20 }

    /// Writes `number` at `place`, which has `maximumLength` bytes of room; returns the length.
    @unsafe @inlinable
    public static func write(_ number: Int, to place: UnsafeMutablePointer<UInt8>) -> Int {
        if number >= 0 && number < 10 {
            unsafe place[0] = UInt8(truncatingIfNeeded: 48 &+ number)
            return 1
        }
        var magnitude = number.magnitude
        var length = number < 0 ? 1 : 0
        if number < 0 { unsafe place[0] = 0x2d }
        length &+= digits(magnitude)
        var index = length
        while magnitude >= 10 {
            index &-= 1
            let (quotient, digit) = magnitude.quotientAndRemainder(dividingBy: 10)
            unsafe place[index] = UInt8(truncatingIfNeeded: 48 &+ digit)
            magnitude = quotient
        }
        unsafe place[index &- 1] = UInt8(truncatingIfNeeded: 48 &+ magnitude)
        return length
    }

    /// How many digits `magnitude` has; 1 for zero.
    @inlinable
    public static func digits(_ magnitude: UInt) -> Int {
        var count = 1
        var rest = magnitude
        while rest >= 10_000 {
            count &+= 4
            rest /= 10_000
        }
        if rest >= 1000 { return count &+ 3 }
        if rest >= 100 { return count &+ 2 }
        return rest >= 10 ? count &+ 1 : count
    }

    /// The number that `text` spells in the one canonical way, as Redis's string2ll has it.
    ///
    /// Nil for an empty text, a plus sign, leading zeros, `-0`, blanks, and what passes 64 bits.
    @inlinable
    public static func parse(_ text: Span<UInt8>) -> Int? {
        let count = text.count
        if count == 0 || count > maximumLength { return nil }
        let isNegative = text[0] == 0x2d
        var index = isNegative ? 1 : 0
        if index == count { return nil }
        let first = text[index]
        if first == 0x30 { return count == 1 ? 0 : nil }
        if first < 0x31 || first > 0x39 { return nil }
        var magnitude: UInt = 0
        while index < count {
            let digit = text[index] &- 48
            if digit > 9 { return nil }
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(UInt(digit))
            if overflow || carried { return nil }
            magnitude = sum
            index &+= 1
        }
        if isNegative {
            return magnitude <= UInt(Int.max) &+ 1 ? Int(truncatingIfNeeded: 0 &- magnitude) : nil
        }
        return Int(exactly: magnitude)
    }
}

extension [UInt8] {
    /// Appends a number in decimal, from the last digit to the first, without a string between.
    public mutating func append(decimal number: Int) {
        if number < 0 { append(0x2d) }
        var magnitude = number.magnitude
        append(contentsOf: repeatElement(0x30, count: DecimalText.digits(magnitude)))
        var position = count
        while magnitude > 0 {
            position -= 1
            self[position] = UInt8(0x30 + magnitude % 10)
            magnitude /= 10
        }
    }
}
