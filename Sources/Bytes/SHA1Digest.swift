/// SHA-1 (FIPS 180-4), for digests that compare data sets: DEBUG DIGEST.
///
/// Not for secrets.
public struct SHA1Digest: Hashable, Sendable {
    /// The 20 bytes.
    public private(set) var bytes: [UInt8]

    /// Twenty zeros: the neutral element of `combine`.
    public init() { bytes = [UInt8](repeating: 0, count: 20) }

    /// The digest of `message`.
    ///
    /// O(bytes).
    public init(of message: Span<UInt8>) {
        var state: (UInt32, UInt32, UInt32, UInt32, UInt32) = (
            0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0
        )
        var block = [UInt8](repeating: 0, count: 64)
        var schedule = [UInt32](repeating: 0, count: 80)
        var filled = 0
        func absorb(_ byte: UInt8) {
            block[filled] = byte
            filled += 1
            if filled == 64 {
                SHA1Digest.mix(block, &schedule, &state)
                filled = 0
            }
        }
        for index in message.indices { absorb(message[index]) }
        absorb(0x80)
        while filled != 56 { absorb(0) }
        let bits = UInt64(message.count) &* 8
        for shift in stride(from: 56, through: 0, by: -8) {
            absorb(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
        }
        bytes = []
        bytes.reserveCapacity(20)
        for word in [state.0, state.1, state.2, state.3, state.4] {
            for shift in stride(from: 24, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(shift)))
            }
        }
    }

    /// Adds `message` regardless of order: the exclusive or with its digest.
    public mutating func combine(_ message: Span<UInt8>) {
        let other = SHA1Digest(of: message)
        for index in 0..<20 { bytes[index] ^= other.bytes[index] }
    }

    /// Adds `message` so that order counts: `combine`, then the digest of the result.
    public mutating func chain(_ message: Span<UInt8>) {
        combine(message)
        self = SHA1Digest(of: bytes.span)
    }

    /// Forty lower-case hexadecimal digits.
    public var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(40)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func mix(
        _ block: [UInt8], _ schedule: inout [UInt32],
        _ state: inout (UInt32, UInt32, UInt32, UInt32, UInt32)
    ) {
        for index in 0..<16 {
            let at = index * 4
            schedule[index] =
                UInt32(block[at]) << 24 | UInt32(block[at + 1]) << 16
                | UInt32(block[at + 2]) << 8 | UInt32(block[at + 3])
        }
        for index in 16..<80 {
            schedule[index] = rotate(
                schedule[index - 3] ^ schedule[index - 8] ^ schedule[index - 14]
                    ^ schedule[index - 16], 1)
        }
        var (a, b, c, d, e) = state
        for index in 0..<80 {
            let (choice, constant): (UInt32, UInt32) =
                switch index {
                case 0..<20: ((b & c) | (~b & d), 0x5a82_7999)
                case 20..<40: (b ^ c ^ d, 0x6ed9_eba1)
                case 40..<60: ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc)
                default: (b ^ c ^ d, 0xca62_c1d6)
                }
            let next = rotate(a, 5) &+ choice &+ e &+ constant &+ schedule[index]
            e = d
            d = c
            c = rotate(b, 30)
            b = a
            a = next
        }
        state = (state.0 &+ a, state.1 &+ b, state.2 &+ c, state.3 &+ d, state.4 &+ e)
    }

    private static func rotate(_ word: UInt32, _ bits: UInt32) -> UInt32 {
        (word << bits) | (word >> (32 - bits))
    }
}
