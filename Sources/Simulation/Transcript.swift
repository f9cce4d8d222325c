// What happened: a hash of everything, by which two runs are compared, and, where they are asked
// for, lines to read. A run that fails is run once more with lines: the seed makes it the same run.

import Determinism

/// The story of one run.
struct Transcript: Sendable {
    let keepsLines: Bool
    /// FNV-1a over all that was mixed in, eight bytes at a time.
    private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    private(set) var lines: [String] = []

    init(keepsLines: Bool) { self.keepsLines = keepsLines }

    mutating func mix(_ value: UInt64) {
        hash = (hash ^ value) &* 0x100_0000_01b3
        // The low bits are to depend on the high ones, too.
        hash ^= hash >> 29
    }

    mutating func mix(_ bytes: [UInt8]) {
        var position = 0
        while position + 8 <= bytes.count {
            var word: UInt64 = 0
            for offset in 0..<8 { word |= UInt64(bytes[position + offset]) << (offset * 8) }
            mix(word)
            position += 8
        }
        for byte in bytes[position...] { mix(UInt64(byte)) }
    }

    /// A line, made only if it is kept.
    mutating func write(_ now: Instant, _ text: @autoclosure () -> String) {
        if !keepsLines { return }
        let microseconds = now.nanoseconds / 1000
        let fraction = String(microseconds % 1_000_000 + 1_000_000).dropFirst()
        lines.append("\(microseconds / 1_000_000).\(fraction) \(text())")
    }
}
