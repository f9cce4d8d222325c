import Bytes
import Protocol

/// What a server can do beyond Redis, by its own words.
///
/// Asked for by `RDS CAPABILITIES` once a connection, because the program behind an address may
/// change with each restart. A server of another make answers with an error: it can nothing of this.
struct ServerCapabilities: OptionSet, Hashable, Sendable {
    let rawValue: UInt16

    /// A restarted master takes no writes before sentinels have named it.
    static let fence = ServerCapabilities(rawValue: 1 << 0)
    /// Tells when its master was last heard: RDS LINK.
    static let evidence = ServerCapabilities(rawValue: 1 << 1)
    /// Says that it stops, if it was asked to: RDS GOODBYE.
    static let goodbye = ServerCapabilities(rawValue: 1 << 2)

    /// A master holds its writes back until a replica has taken over: RDS SWITCHOVER.
    static let switchover = ServerCapabilities(rawValue: 1 << 3)

    /// The words of the reply; those that are not known here are ignored.
    private static let words: [(word: ByteString, capability: ServerCapabilities)] = [
        ("fence", .fence), ("evidence", .evidence), ("goodbye", .goodbye),
        ("switchover", .switchover),
    ]

    init(rawValue: UInt16) { self.rawValue = rawValue }

    /// What the reply of `RDS CAPABILITIES` tells; nothing if it is an error.
    init(_ reply: ReplyValue) {
        self = []
        for element in reply.elements ?? [] {
            guard let text = element.bytes else { continue }
            for (word, capability) in ServerCapabilities.words where word == text {
                insert(capability)
            }
        }
    }
}
