/// The 80-bit floating-point number of x87, in software: what INCRBYFLOAT calculates with.
///
/// Redis adds in the platform's `long double`, which on x86-64 is this format. Calculating it
/// with integers gives every platform, and every member of a group, the same digits.
///
/// A finite value is `significand` × 2^`exponent`, with these invariants:
/// 1. a normal number has the top bit of its 64-bit significand set;
/// 2. a subnormal number, and zero, has the least exponent;
/// 3. results are rounded to nearest, ties to even.
public struct ExtendedFloat: Hashable, Sendable {
    /// True for negative numbers and for negative zero.
    public private(set) var isNegative: Bool
    /// False for the infinities; there is no NaN: see `adding`.
    public private(set) var isFinite: Bool
    private(set) var significand: UInt64
    private(set) var exponent: Int

    static let leastExponent = -16445
    static let greatestExponent = 16320

    /// The number of an integer: every one has its exact place.
    public init(_ integer: Int) {
        self.init(
            isNegative: integer < 0, rounding: UInt128(integer.magnitude), exponent: 0)
    }

    /// An infinity.
    init(infinityIsNegative: Bool) {
        isNegative = infinityIsNegative
        isFinite = false
        significand = 0
        exponent = 0
    }

    /// The nearest number to `magnitude` × 2^`exponent`; infinity past the range.
    init(isNegative: Bool, rounding magnitude: UInt128, exponent: Int) {
        self.isNegative = isNegative
        isFinite = true
        significand = 0
        self.exponent = Self.leastExponent
        guard magnitude != 0 else { return }
        let length = 128 - magnitude.leadingZeroBitCount
        let shift = max(length - 64, Self.leastExponent - exponent)
        var place = exponent + shift
        if shift <= 0 {
            significand = UInt64(truncatingIfNeeded: magnitude << UInt128(-shift))
        } else if shift > 128 {
            return
        } else {
            let kept = shift == 128 ? 0 : magnitude >> UInt128(shift)
            let rest = shift == 128 ? magnitude : magnitude & ((1 << UInt128(shift)) - 1)
            let half: UInt128 = 1 << UInt128(shift - 1)
            let roundsUp = rest > half || (rest == half && kept & 1 == 1)
            let rounded = kept + (roundsUp ? 1 : 0)
            if rounded >> 64 != 0 {
                significand = 1 << 63
                place += 1
            } else {
                significand = UInt64(truncatingIfNeeded: rounded)
            }
        }
        self.exponent = place
        if place > Self.greatestExponent {
            self = ExtendedFloat(infinityIsNegative: isNegative)
        }
    }

    /// The sum; nil when it would be infinite or no number at all.
    public func adding(_ other: ExtendedFloat) -> ExtendedFloat? {
        guard isFinite && other.isFinite else { return nil }
        var (large, small) = (self, other)
        if small.significand == 0 { return large.plusZero(small) }
        if large.significand == 0 { return small }
        if (large.exponent, large.significand) < (small.exponent, small.significand) {
            swap(&large, &small)
        }
        // The larger one is moved up as far as 127 bits allow; what the smaller one loses below
        // is kept as one sticky bit, far under the place where the result is rounded.
        let distance = large.exponent - small.exponent
        let up = min(distance, 63)
        let down = distance - up
        let first = UInt128(large.significand) << UInt128(up)
        var second: UInt128 = 0
        if down < 64 {
            second = UInt128(small.significand >> UInt64(down))
            if down > 0 && small.significand << UInt64(64 - down) != 0 { second |= 1 }
        } else {
            second = 1
        }
        let magnitude =
            large.isNegative == small.isNegative ? first + second : first - second
        let sum = ExtendedFloat(
            isNegative: magnitude == 0 ? false : large.isNegative, rounding: magnitude,
            exponent: large.exponent - up)
        return sum.isFinite ? sum : nil
    }

    private func plusZero(_ zero: ExtendedFloat) -> ExtendedFloat {
        guard significand == 0 else { return self }
        var result = self
        result.isNegative = isNegative && zero.isNegative
        return result
    }
}
