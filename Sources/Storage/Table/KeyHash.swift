import CIntrinsics

/// The hash of keys: a multiply-and-fold hash in the manner of wyhash, keyed by 128 random bits.
///
/// Every constant that is mixed with a key's bytes derives from the seed, which is drawn at each
/// start: who does not know it can neither zero a factor nor foresee a collision. It takes a third
/// of SipHash-1-3's time on keys of 16 bytes.
///
/// The low 13 bits are uniform: they choose the home bucket and the tag. The upper bits order the
/// keys over the directory and are *skewed* on purpose, by the map `u * (11 + 5u) / 16`: segments
/// fill at rates that differ by up to 1.9, so that over one doubling of the table their splits are
/// spread evenly, and memory per key stays level instead of jumping when all segments are full.
public struct KeyHash: Sendable {
    @usableFromInline let first: UInt64
    @usableFromInline let second: UInt64
    @usableFromInline let third: UInt64
    @usableFromInline let fourth: UInt64

    /// The hash that these 128 bits name.
    public init(seed: (UInt64, UInt64)) {
        func mixed(_ value: UInt64) -> UInt64 {
            var z = value &+ 0x9e37_79b9_7f4a_7c15
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return z ^ (z >> 31)
        }
        first = mixed(seed.0)
        second = mixed(seed.1 ^ first)
        third = mixed(seed.0 &+ second)
        fourth = mixed(seed.1 &+ third)
    }

    /// The hash of `key`.
    @inlinable
    @inline(__always)
    public func callAsFunction(_ key: Span<UInt8>) -> UInt64 {
        unsafe key.withUnsafeBufferPointer { bytes in
            // No bytes may come without an address: they hash as any other no bytes do.
            unsafe hash(bytes.baseAddress ?? KeyHash.nowhere, bytes.count)
        }
    }

    @inlinable static var nowhere: UnsafePointer<UInt8> {
        @inline(__always) get { unsafe UnsafePointer(bitPattern: 8).unsafelyUnwrapped }
    }

    @inlinable
    @inline(__always)
    @unsafe
    func hash(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
        var seed = first
        var low: UInt64 = 0
        var high: UInt64 = 0
        if count <= 16 {
            if count >= 4 {
                let middle = (count >> 3) << 2
                low =
                    unsafe UInt64(rds_load32(bytes)) << 32 | UInt64(rds_load32(bytes + middle))
                high =
                    unsafe UInt64(rds_load32(bytes + count - 4)) << 32
                    | UInt64(rds_load32(bytes + count - 4 - middle))
            } else if count > 0 {
                low =
                    unsafe UInt64(bytes[0]) << 16 | UInt64(bytes[count >> 1]) << 8
                    | UInt64(bytes[count &- 1])
            }
        } else {
            var rest = count
            var place = unsafe bytes
            while rest > 16 {
                seed = unsafe fold(rds_load64(place) ^ second, rds_load64(place + 8) ^ seed)
                unsafe place += 16
                rest &-= 16
            }
            low = unsafe rds_load64(place + rest - 16)
            high = unsafe rds_load64(place + rest - 8)
        }
        let length = UInt64(truncatingIfNeeded: count)
        return skewed(fold(third ^ length, fold(low ^ fourth, high ^ seed)))
    }

    @inlinable
    @inline(__always)
    func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    @inlinable
    @inline(__always)
    func skewed(_ uniform: UInt64) -> UInt64 {
        let factor = (11 << 60) &+ (uniform >> 2) &+ (uniform >> 4)
        let order = uniform.multipliedFullWidth(by: factor).high
        return (order & ~0x1fff) | (uniform & 0x1fff)
    }
}
