import Bytes
import Determinism

/// The name of one history of writes: 40 characters that a master drew at random.
///
/// Two servers whose identifier and offset are equal hold the same data. The all-zero identifier
/// stands for "none". The form is that of Redis's replication protocol.
public struct ReplicationID: Hashable, Sendable, CustomStringConvertible {
    /// How many characters every identifier has.
    public static var length: Int { 40 }
    /// The identifier that names no history.
    public static let none = ReplicationID(
        characters: ByteString([UInt8](repeating: 0x30, count: length)))

    /// The 40 characters.
    public let characters: ByteString

    private init(characters: ByteString) { self.characters = characters }

    /// A fresh history's name.
    public init(random: inout RandomSource) {
        characters = ByteString(random.hexadecimal(count: Self.length))
    }

    /// The identifier that a peer or a file spelled; nil when it is not 40 letters and digits.
    public init?(_ text: Span<UInt8>) {
        guard text.count == Self.length else { return nil }
        for index in text.indices {
            let byte = text[index]
            let isDigit = byte >= 0x30 && byte <= 0x39
            let isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a
            if !isDigit && !isLetter { return nil }
        }
        characters = ByteString(text)
    }

    /// The identifier that owned bytes spell; nil when they are not 40 letters and digits.
    public init?(_ text: ByteString) { self.init(text.bytes.span) }

    /// Whether `text` spells this identifier, letters compared without case.
    public func matches(_ text: Span<UInt8>) -> Bool {
        guard text.count == Self.length else { return false }
        for index in text.indices where folded(text[index]) != folded(characters.bytes[index]) {
            return false
        }
        return true
    }

    /// The 40 characters as text.
    public var description: String { characters.text }

    private func folded(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
    }
}
