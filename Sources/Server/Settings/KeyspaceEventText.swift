import Bytes

/// The letters of `notify-keyspace-events` and the bits that stand for them.
public enum KeyspaceEventText {
    /// Letters and bits in the order in which they are told; `A` stands for all but K, E, m and n.
    private static let letters: [(letter: UInt8, bit: UInt32)] = [
        (UInt8(ascii: "g"), 1 << 2), (UInt8(ascii: "$"), 1 << 3), (UInt8(ascii: "l"), 1 << 4),
        (UInt8(ascii: "s"), 1 << 5), (UInt8(ascii: "h"), 1 << 6), (UInt8(ascii: "z"), 1 << 7),
        (UInt8(ascii: "x"), 1 << 8), (UInt8(ascii: "e"), 1 << 9), (UInt8(ascii: "t"), 1 << 10),
        (UInt8(ascii: "d"), 1 << 13), (UInt8(ascii: "n"), 1 << 14), (UInt8(ascii: "K"), 1 << 0),
        (UInt8(ascii: "E"), 1 << 1), (UInt8(ascii: "m"), 1 << 11),
    ]

    /// Publish on `__keyspace@<db>__:<key>`.
    public static let keyspace: UInt32 = 1 << 0
    /// Publish on `__keyevent@<db>__:<event>`.
    public static let keyevent: UInt32 = 1 << 1
    /// What `A` stands for.
    public static let all: UInt32 = 0b10_0111_1111_1100

    /// The bits of the letters; nil for a letter that means nothing.
    public static func bits(_ text: ByteString) -> UInt32? {
        var bits: UInt32 = 0
        for byte in text.bytes {
            if byte == UInt8(ascii: "A") {
                bits |= all
            } else if let entry = letters.first(where: { $0.letter == byte }) {
                bits |= entry.bit
            } else {
                return nil
            }
        }
        return bits
    }

    /// The letters of the bits, the shortest way.
    public static func text(_ bits: UInt32) -> ByteString {
        var text: [UInt8] = []
        var rest = bits
        if bits & all == all {
            text.append(UInt8(ascii: "A"))
            rest &= ~all
        }
        for entry in letters where rest & entry.bit != 0 { text.append(entry.letter) }
        return ByteString(text)
    }
}
