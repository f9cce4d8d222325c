/// A seeded generator: xoshiro256** (Blackman and Vigna, 2018), its state filled by splitmix64.
///
/// Machines take it as `inout random`, so that one seed reproduces a run bit for bit. It is not
/// for secrets; run ids and hash seeds come from the kernel, handed in as the seed.
public struct RandomSource: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// The generator that `seed` names.
    public init(seed: UInt64) {
        var mixer = seed
        func next() -> UInt64 {
            mixer &+= 0x9e37_79b9_7f4a_7c15
            var z = mixer
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return z ^ (z >> 31)
        }
        state = (next(), next(), next(), next())
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        let result = RandomSource.rotate(state.1 &* 5, 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = RandomSource.rotate(state.3, 45)
        return result
    }

    /// A duration between zero and `limit`, `limit` excluded; zero for a limit of zero.
    public mutating func duration(below limit: Duration) -> Duration {
        let nanoseconds = limit.wholeNanoseconds
        return nanoseconds > 0
            ? .nanoseconds(Int64.random(in: 0..<nanoseconds, using: &self)) : .zero
    }

    /// `count` lower-case hexadecimal digits: run ids, replication ids (40 of them).
    public mutating func hexadecimal(count: Int) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        for _ in 0..<count { bytes.append(digits[Int(next() >> 60)]) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 {
        (value << bits) | (value >> (64 - bits))
    }
}
