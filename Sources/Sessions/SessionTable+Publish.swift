import Bytes
import Protocol

/// Delivery: a message is encoded once for each version of the protocol and appended to every
/// subscriber's output.
extension SessionTable {
    /// Publishes to the subscribers of a channel and of the patterns that match it.
    ///
    /// Returns how many deliveries there were: a session hears a message once for its channel and
    /// once for each of its matching patterns.
    @discardableResult
    public mutating func publish(_ channel: Span<UInt8>, _ message: Span<UInt8>) -> Int {
        guard pubsub.hasSubscribers else { return 0 }
        var receivers = 0
        if !pubsub.channels.isEmpty, let subscribers = pubsub.channels[ByteString(channel)] {
            receivers += deliver(to: subscribers) { writer in
                writer.push(count: 3)
                writer.bulk("message")
                writer.bulk(channel)
                writer.bulk(message)
            }
        }
        for place in 0..<pubsub.patterns.placeCount {
            guard let pattern = pubsub.patterns.element(at: place),
                GlobPattern.matches(pattern.glob.bytes.span, channel)
            else { continue }
            receivers += deliver(to: pattern.subscribers) { writer in
                writer.push(count: 4)
                writer.bulk("pmessage")
                writer.bulk(pattern.glob)
                writer.bulk(channel)
                writer.bulk(message)
            }
        }
        return receivers
    }

    /// Publishes to the subscribers of a shard channel; returns how many there are.
    @discardableResult
    public mutating func publishSharded(_ channel: Span<UInt8>, _ message: Span<UInt8>) -> Int {
        guard !pubsub.shardChannels.isEmpty,
            let subscribers = pubsub.shardChannels[ByteString(channel)]
        else { return 0 }
        return deliver(to: subscribers) { writer in
            writer.push(count: 3)
            writer.bulk("smessage")
            writer.bulk(channel)
            writer.bulk(message)
        }
    }

    private mutating func deliver(
        to subscribers: PubSub.Subscribers, _ encode: (inout ReplyWriter) -> Void
    ) -> Int {
        // Most often all of them speak one version: the other is not encoded.
        var old = ReplyWriter(version: .resp2)
        var new = ReplyWriter(version: .resp3)
        for place in 0..<subscribers.placeCount {
            guard let id = subscribers.element(at: place) else { continue }
            if slots[id].reply.version == .resp3 {
                if new.output.isEmpty { encode(&new) }
                deliver(new.output.unsent, to: id)
            } else {
                if old.output.isEmpty { encode(&old) }
                deliver(old.output.unsent, to: id)
            }
        }
        return subscribers.count
    }

    /// Appends a line to the output of every session that sent MONITOR.
    public mutating func feedMonitors(_ line: Span<UInt8>) {
        for id in monitors { deliver(line, to: id) }
    }
}
