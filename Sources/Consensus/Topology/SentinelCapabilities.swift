import Bytes
import Protocol

/// What a sentinel can do beyond Redis, by its own words.
///
/// Asked for by `SENTINEL CAPABILITIES` once a connection. A sentinel of another make answers with
/// an error: it can nothing of this.
struct SentinelCapabilities: OptionSet, Hashable, Sendable {
    let rawValue: UInt16

    /// Says whether it would vote, without voting: SENTINEL PRE-VOTE.
    static let preVote = SentinelCapabilities(rawValue: 1 << 0)
    /// Holds its votes, and is told when one is not needed any more: SENTINEL RELEASE.
    static let release = SentinelCapabilities(rawValue: 1 << 1)
    /// Tells its configuration and its epochs: SENTINEL EPOCHS.
    static let epochs = SentinelCapabilities(rawValue: 1 << 2)

    /// What this sentinel can do.
    static let own: SentinelCapabilities = [.preVote, .release, .epochs]

    /// The words of the reply; those that are not known here are ignored.
    private static let names: [(word: ByteString, capability: SentinelCapabilities)] = [
        ("pre-vote", .preVote), ("release", .release), ("epochs", .epochs),
    ]

    init(rawValue: UInt16) { self.rawValue = rawValue }

    /// What the reply of `SENTINEL CAPABILITIES` tells; nothing if it is an error.
    init(_ reply: ReplyValue) {
        self = []
        for element in reply.elements ?? [] {
            guard let text = element.bytes else { continue }
            for (word, capability) in SentinelCapabilities.names where word == text {
                insert(capability)
            }
        }
    }

    /// The words of the capabilities.
    var words: [ByteString] {
        SentinelCapabilities.names.filter { contains($0.capability) }.map(\.word)
    }
}
