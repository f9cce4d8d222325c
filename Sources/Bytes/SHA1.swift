/// SHA-1 (FIPS 180-4), for digests that are compared and not trusted.
///
/// It guards nothing: collisions can be made. DEBUG DIGEST and the names of scripts are defined
/// by it.
public struct SHA1: Sendable {
    private var state: (UInt32, UInt32, UInt32, UInt32, UInt32) = (
        0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0
    )
    private var block = [UInt8](repeating: 0, count: 64)
    private var filled = 0
    private var total: UInt64 = 0

    /// The digest of nothing so far.
    public init() {}

    /// The digest of `bytes`: 20 bytes.
    public static func digest(_ bytes: Span<UInt8>) -> [UInt8] {
        var sha = SHA1()
        sha.update(bytes)
        return sha.finish()
    }

    /// Takes bytes in.
    public mutating func update(_ bytes: Span<UInt8>) {
        total &+= UInt64(bytes.count)
        for index in bytes.indices {
            block[filled] = bytes[index]
            filled += 1
            if filled == 64 {
                compress()
                filled = 0
            }
        }
    }

    /// The digest of all that was taken in: 20 bytes. Nothing may be taken in afterwards.
    public mutating func finish() -> [UInt8] {
        let bits = total &* 8
        var padding: [UInt8] = [0x80]
        while (filled + padding.count) % 64 != 56 { padding.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) {
            padding.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
        }
        update(padding.span)
        var digest: [UInt8] = []
        for word in [state.0, state.1, state.2, state.3, state.4] {
            for shift in stride(from: 24, through: 0, by: -8) {
                digest.append(UInt8(truncatingIfNeeded: word >> UInt32(shift)))
            }
        }
        return digest
    }

    private mutating func compress() {
        var words = [UInt32](repeating: 0, count: 80)
        for index in 0..<16 {
            let place = index * 4
            words[index] =
                UInt32(block[place]) << 24 | UInt32(block[place + 1]) << 16
                | UInt32(block[place + 2]) << 8 | UInt32(block[place + 3])
        }
        for index in 16..<80 {
            words[index] = SHA1.rotate(
                words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1)
        }
        var (a, b, c, d, e) = state
        for index in 0..<80 {
            let (mixed, constant): (UInt32, UInt32) =
                switch index {
                case ..<20: ((b & c) | (~b & d), 0x5a82_7999)
                case ..<40: (b ^ c ^ d, 0x6ed9_eba1)
                case ..<60: ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc)
                default: (b ^ c ^ d, 0xca62_c1d6)
                }
            let next = SHA1.rotate(a, 5) &+ mixed &+ e &+ constant &+ words[index]
            e = d
            d = c
            c = SHA1.rotate(b, 30)
            b = a
            a = next
        }
        state = (state.0 &+ a, state.1 &+ b, state.2 &+ c, state.3 &+ d, state.4 &+ e)
    }

    private static func rotate(_ word: UInt32, _ bits: UInt32) -> UInt32 {
        (word << bits) | (word >> (32 - bits))
    }
}
