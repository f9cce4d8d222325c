import Bytes
import Protocol

/// Channels, patterns and shard channels, and who is subscribed to each.
///
/// Subscribers of a name hear a message in the order of their subscriptions; patterns are tried in
/// the order in which they first appeared. A name without a subscriber is forgotten, so names cost
/// nothing once they are left. Which names a session holds stands in its `Subscriptions`; both
/// sides change together, in `SessionTable`.
public struct PubSub: Sendable {
    typealias Subscribers = SequencedList<SessionID>

    struct Pattern: Sendable {
        let glob: ByteString
        var subscribers: Subscribers
    }

    var channels: [ByteString: Subscribers] = [:]
    var shardChannels: [ByteString: Subscribers] = [:]
    var patterns = SequencedList<Pattern>()
    var patternSequence: [ByteString: UInt64] = [:]

    /// Nobody is subscribed to anything.
    public init() {}

    /// How many channels have a subscriber.
    public var channelCount: Int { channels.count }
    /// How many different patterns have a subscriber.
    public var patternCount: Int { patterns.count }
    /// How many shard channels have a subscriber.
    public var shardChannelCount: Int { shardChannels.count }
    /// Whether a published message could reach anybody.
    @inlinable
    public var hasSubscribers: Bool { channelCount + patternCount > 0 }

    /// How many sessions are subscribed to a channel by its name.
    public func subscriberCount(of channel: ByteString) -> Int { channels[channel]?.count ?? 0 }

    /// How many sessions are subscribed to a shard channel.
    public func subscriberCount(ofShardChannel channel: ByteString) -> Int {
        shardChannels[channel]?.count ?? 0
    }

    /// The names of channels that match `pattern` (nil: all), sorted.
    func channelNames(matching pattern: ByteString?, sharded: Bool) -> [ByteString] {
        let names = sharded ? shardChannels.keys : channels.keys
        guard let pattern else { return names.sorted() }
        return names.filter { GlobPattern.matches(pattern.bytes.span, $0.bytes.span) }.sorted()
    }
}
