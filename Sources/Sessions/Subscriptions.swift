import Bytes

/// What one session is subscribed to.
///
/// A name maps to the place of the session among the name's subscribers: both sides find each
/// other without a search.
public struct Subscriptions: Sendable {
    var channels: [ByteString: UInt64] = [:]
    var patterns: [ByteString: UInt64] = [:]
    var shardChannels: [ByteString: UInt64] = [:]

    /// How many channels.
    public var channelCount: Int { channels.count }
    /// How many patterns.
    public var patternCount: Int { patterns.count }
    /// How many shard channels.
    public var shardChannelCount: Int { shardChannels.count }
    /// True without any subscription.
    public var isEmpty: Bool { channels.isEmpty && patterns.isEmpty && shardChannels.isEmpty }
}
