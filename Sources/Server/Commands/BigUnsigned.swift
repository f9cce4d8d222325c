/// An unsigned integer of any length: just what exact decimal conversion needs.
///
/// Limbs are least first; the last one is not zero. Lengths stay within some 20,000 bits, because
/// `ExtendedFloat` limits its texts and exponents, so the schoolbook methods will do.
struct BigUnsigned {
    private var limbs: [UInt32]

    init(_ value: UInt64) {
        limbs = [UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: value >> 32)]
        trim()
    }

    var isZero: Bool { limbs.isEmpty }

    var bitCount: Int {
        guard let last = limbs.last else { return 0 }
        return limbs.count * 32 - last.leadingZeroBitCount
    }

    mutating func multiply(by factor: UInt32, adding addend: UInt32 = 0) {
        var carry = UInt64(addend)
        for index in limbs.indices {
            let product = UInt64(limbs[index]) * UInt64(factor) + carry
            limbs[index] = UInt32(truncatingIfNeeded: product)
            carry = product >> 32
        }
        if carry != 0 { limbs.append(UInt32(truncatingIfNeeded: carry)) }
    }

    mutating func multiplyByPowerOfTen(_ power: Int) {
        var rest = power
        while rest >= 9 {
            multiply(by: 1_000_000_000)
            rest -= 9
        }
        for _ in 0..<rest { multiply(by: 10) }
    }

    mutating func shiftLeft(_ count: Int) {
        guard !isZero && count > 0 else { return }
        let bits = UInt32(count % 32)
        if bits > 0 { multiply(by: 1 << bits) }
        limbs.insert(contentsOf: repeatElement(0, count: count / 32), at: 0)
    }

    /// The 128 leading bits (fewer when there are fewer) and the exponent of the last of them.
    ///
    /// When something is cut off below, the last bit is set: it is sticky.
    var leadingBits: (magnitude: UInt128, exponent: Int) {
        var magnitude: UInt128 = 0
        var taken = 0
        for limb in limbs.reversed().prefix(4) {
            magnitude = magnitude << 32 | UInt128(limb)
            taken += 1
        }
        let below = limbs.count - taken
        if limbs.prefix(below).contains(where: { $0 != 0 }) { magnitude |= 1 }
        return (magnitude, below * 32)
    }

    /// The quotient by 10^`power` with 68 bits or more, its last bit sticky, and its exponent.
    func divided(byPowerOfTen power: Int) -> (magnitude: UInt128, exponent: Int) {
        if bitCount <= 64 && power <= 18 {
            var small: UInt64 = 1
            for _ in 0..<power { small *= 10 }
            let up = 128 - bitCount
            let (quotient, rest) = (leadingBits.magnitude << UInt128(up)).quotientAndRemainder(
                dividingBy: UInt128(small))
            return (quotient | (rest == 0 ? 0 : 1), -up)
        }
        var rest = self
        var divisor = BigUnsigned(1)
        divisor.multiplyByPowerOfTen(power)
        // Moved so that the quotient lies below 2^70 and not below 2^68.
        let up = 69 - (bitCount - divisor.bitCount)
        if up > 0 { rest.shiftLeft(up) } else { divisor.shiftLeft(-up) }
        divisor.shiftLeft(69)
        var quotient: UInt128 = 0
        for _ in 0...69 {
            quotient <<= 1
            if !rest.isLess(than: divisor) {
                rest.subtract(divisor)
                quotient |= 1
            }
            divisor.halve()
        }
        return (quotient | (rest.isZero ? 0 : 1), -up)
    }

    /// The decimal digits; `0` for zero.
    var decimalText: [UInt8] {
        var rest = self
        var digits: [UInt8] = []
        while !rest.isZero {
            var part = rest.divide(by: 1_000_000_000)
            for _ in 0..<9 {
                digits.append(UInt8(48 + part % 10))
                part /= 10
                if rest.isZero && part == 0 { break }
            }
        }
        return digits.isEmpty ? [48] : digits.reversed()
    }

    /// Divides in place and returns the remainder.
    private mutating func divide(by divisor: UInt32) -> UInt32 {
        var remainder: UInt64 = 0
        for index in limbs.indices.reversed() {
            let value = remainder << 32 | UInt64(limbs[index])
            limbs[index] = UInt32(truncatingIfNeeded: value / UInt64(divisor))
            remainder = value % UInt64(divisor)
        }
        trim()
        return UInt32(truncatingIfNeeded: remainder)
    }

    private func isLess(than other: BigUnsigned) -> Bool {
        if limbs.count != other.limbs.count { return limbs.count < other.limbs.count }
        for index in limbs.indices.reversed() where limbs[index] != other.limbs[index] {
            return limbs[index] < other.limbs[index]
        }
        return false
    }

    private mutating func subtract(_ other: BigUnsigned) {
        var borrow: Int64 = 0
        for index in limbs.indices {
            let taken = index < other.limbs.count ? Int64(other.limbs[index]) : 0
            let difference = Int64(limbs[index]) - taken - borrow
            borrow = difference < 0 ? 1 : 0
            limbs[index] = UInt32(truncatingIfNeeded: difference)
        }
        trim()
    }

    private mutating func halve() {
        var carry: UInt32 = 0
        for index in limbs.indices.reversed() {
            let limb = limbs[index]
            limbs[index] = limb >> 1 | carry << 31
            carry = limb & 1
        }
        trim()
    }

    private mutating func trim() {
        while limbs.last == 0 { limbs.removeLast() }
    }
}
