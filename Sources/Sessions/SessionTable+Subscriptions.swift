import Bytes
import Protocol

/// The two sides of a subscription, changed together: the registry and the session.
extension SessionTable {
    /// Subscribes to a channel; false if the session already was.
    mutating func subscribe(_ id: SessionID, to channel: ByteString, sharded: Bool) -> Bool {
        if sharded {
            guard slots[id].subscriptions.shardChannels[channel] == nil else { return false }
            slots[id].subscriptions.shardChannels[channel] =
                pubsub.shardChannels[channel, default: PubSub.Subscribers()].append(id)
        } else {
            guard slots[id].subscriptions.channels[channel] == nil else { return false }
            slots[id].subscriptions.channels[channel] =
                pubsub.channels[channel, default: PubSub.Subscribers()].append(id)
        }
        slots[id].flags.insert(.subscribed)
        return true
    }

    /// Ends a subscription to a channel; false if there was none.
    mutating func unsubscribe(_ id: SessionID, from channel: ByteString, sharded: Bool) -> Bool {
        if sharded {
            guard let place = slots[id].subscriptions.shardChannels.removeValue(forKey: channel)
            else { return false }
            pubsub.shardChannels[channel]?.remove(place)
            if pubsub.shardChannels[channel]?.isEmpty ?? false {
                pubsub.shardChannels[channel] = nil
            }
        } else {
            guard let place = slots[id].subscriptions.channels.removeValue(forKey: channel)
            else { return false }
            pubsub.channels[channel]?.remove(place)
            if pubsub.channels[channel]?.isEmpty ?? false { pubsub.channels[channel] = nil }
        }
        return true
    }

    /// Subscribes to a pattern; false if the session already was.
    mutating func subscribe(_ id: SessionID, toPattern pattern: ByteString) -> Bool {
        guard slots[id].subscriptions.patterns[pattern] == nil else { return false }
        let sequence =
            pubsub.patternSequence[pattern]
            ?? pubsub.patterns.append(
                PubSub.Pattern(glob: pattern, subscribers: PubSub.Subscribers()))
        pubsub.patternSequence[pattern] = sequence
        var place: UInt64 = 0
        pubsub.patterns.update(sequence) { place = $0.subscribers.append(id) }
        slots[id].subscriptions.patterns[pattern] = place
        slots[id].flags.insert(.subscribed)
        return true
    }

    /// Ends a subscription to a pattern; false if there was none.
    mutating func unsubscribe(_ id: SessionID, fromPattern pattern: ByteString) -> Bool {
        guard let place = slots[id].subscriptions.patterns.removeValue(forKey: pattern),
            let sequence = pubsub.patternSequence[pattern]
        else { return false }
        var isLeft = false
        pubsub.patterns.update(sequence) {
            $0.subscribers.remove(place)
            isLeft = $0.subscribers.isEmpty
        }
        if isLeft {
            pubsub.patterns.remove(sequence)
            pubsub.patternSequence[pattern] = nil
        }
        return true
    }

    /// Ends every subscription of the session, without a word to it: RESET, closing.
    mutating func unsubscribeFromEverything(_ id: SessionID) {
        guard slots[id].flags.contains(.subscribed) else { return }
        for channel in slots[id].subscriptions.channels.keys {
            _ = unsubscribe(id, from: channel, sharded: false)
        }
        for channel in slots[id].subscriptions.shardChannels.keys {
            _ = unsubscribe(id, from: channel, sharded: true)
        }
        for pattern in slots[id].subscriptions.patterns.keys {
            _ = unsubscribe(id, fromPattern: pattern)
        }
        slots[id].flags.remove(.subscribed)
    }
}
