import Bytes
import Protocol

/// The commands of publishing and subscribing.
///
/// What SUBSCRIBE and its like answer is a message itself (a push in RESP3): one for each name.
public enum PubSubCommands {
    // MARK: Subscribing

    /// SUBSCRIBE channel [channel ...].
    public static func subscribe(
        _ request: borrowing Request, _ id: SessionID, _ sessions: inout SessionTable
    ) {
        for index in 1..<request.count {
            let channel = request.owned(index)
            _ = sessions.subscribe(id, to: channel, sharded: false)
            confirm("subscribe", channel, sessions[id].messageSubscriptionCount, id, &sessions)
        }
    }

    /// PSUBSCRIBE pattern [pattern ...].
    public static func psubscribe(
        _ request: borrowing Request, _ id: SessionID, _ sessions: inout SessionTable
    ) {
        for index in 1..<request.count {
            let pattern = request.owned(index)
            _ = sessions.subscribe(id, toPattern: pattern)
            confirm("psubscribe", pattern, sessions[id].messageSubscriptionCount, id, &sessions)
        }
    }

    /// SSUBSCRIBE shardchannel [shardchannel ...].
    public static func ssubscribe(
        _ request: borrowing Request, _ id: SessionID, _ sessions: inout SessionTable
    ) {
        for index in 1..<request.count {
            let channel = request.owned(index)
            _ = sessions.subscribe(id, to: channel, sharded: true)
            confirm(
                "ssubscribe", channel, sessions[id].subscriptions.shardChannelCount, id, &sessions)
        }
    }

    // MARK: Unsubscribing

    /// UNSUBSCRIBE [channel ...].
    public static func unsubscribe(
        _ request: borrowing Request, _ id: SessionID, _ sessions: inout SessionTable
    ) {
        for channel in names(request, sessions[id].subscriptions.channels) {
            if let channel { _ = sessions.unsubscribe(id, from: channel, sharded: false) }
            confirm("unsubscribe", channel, sessions[id].messageSubscriptionCount, id, &sessions)
        }
        sessions[id].settleSubscribedFlag()
    }

    /// PUNSUBSCRIBE [pattern ...].
    public static func punsubscribe(
        _ request: borrowing Request, _ id: SessionID, _ sessions: inout SessionTable
    ) {
        for pattern in names(request, sessions[id].subscriptions.patterns) {
            if let pattern { _ = sessions.unsubscribe(id, fromPattern: pattern) }
            confirm("punsubscribe", pattern, sessions[id].messageSubscriptionCount, id, &sessions)
        }
        sessions[id].settleSubscribedFlag()
    }

    /// SUNSUBSCRIBE [shardchannel ...].
    public static func sunsubscribe(
        _ request: borrowing Request, _ id: SessionID, _ sessions: inout SessionTable
    ) {
        for channel in names(request, sessions[id].subscriptions.shardChannels) {
            if let channel { _ = sessions.unsubscribe(id, from: channel, sharded: true) }
            confirm(
                "sunsubscribe", channel, sessions[id].subscriptions.shardChannelCount, id,
                &sessions)
        }
        sessions[id].settleSubscribedFlag()
    }

    // MARK: Publishing

    /// PUBLISH channel message.
    public static func publish(
        _ request: borrowing Request, _ id: SessionID, _ sessions: inout SessionTable
    ) {
        let receivers = sessions.publish(request[1], request[2])
        sessions[id].reply.integer(receivers)
    }

    /// SPUBLISH shardchannel message.
    public static func spublish(
        _ request: borrowing Request, _ id: SessionID, _ sessions: inout SessionTable
    ) {
        let receivers = sessions.publishSharded(request[1], request[2])
        sessions[id].reply.integer(receivers)
    }

    // MARK: Looking

    /// PUBSUB CHANNELS [pattern] and PUBSUB SHARDCHANNELS [pattern]; names are sorted.
    public static func channels(
        _ request: borrowing Request, _ id: SessionID, _ sessions: inout SessionTable,
        sharded: Bool
    ) {
        if request.count > 3 {
            return sessions[id].reply.subcommandSyntaxError(of: "PUBSUB", request)
        }
        let pattern = request.count == 3 ? request.owned(2) : nil
        let names = sessions.pubsub.channelNames(matching: pattern, sharded: sharded)
        sessions[id].reply.array(count: names.count)
        for name in names { sessions[id].reply.bulk(name) }
    }

    /// PUBSUB NUMSUB [channel ...] and PUBSUB SHARDNUMSUB [shardchannel ...].
    public static func subscriberCounts(
        _ request: borrowing Request, _ id: SessionID, _ sessions: inout SessionTable,
        sharded: Bool
    ) {
        sessions[id].reply.array(count: (request.count - 2) * 2)
        for index in 2..<request.count {
            let name = request.owned(index)
            let count =
                sharded
                ? sessions.pubsub.subscriberCount(ofShardChannel: name)
                : sessions.pubsub.subscriberCount(of: name)
            sessions[id].reply.bulk(name)
            sessions[id].reply.integer(count)
        }
    }

    /// PUBSUB NUMPAT.
    public static func patternCount(_ id: SessionID, _ sessions: inout SessionTable) {
        let count = sessions.pubsub.patternCount
        sessions[id].reply.integer(count)
    }

    /// PUBSUB HELP.
    public static func help(_ reply: inout ReplyWriter) {
        reply.help(
            of: "PUBSUB",
            [
                "CHANNELS [<pattern>]",
                "    List the channels with a subscriber, all or those that match <pattern>.",
                "NUMPAT",
                "    Count the different patterns with a subscriber.",
                "NUMSUB [<channel> ...]",
                "    Count the subscribers of each channel given; patterns do not count.",
                "SHARDCHANNELS [<pattern>]",
                "    List the shard channels with a subscriber, all or those that match <pattern>.",
                "SHARDNUMSUB [<shardchannel> ...]",
                "    Count the subscribers of each shard channel given.",
            ])
    }

    // MARK: How

    /// The names given, or those held, sorted; one nil for none at all.
    private static func names(
        _ request: borrowing Request, _ held: [ByteString: UInt64]
    ) -> [ByteString?] {
        if request.count > 1 {
            var names: [ByteString?] = []
            for index in 1..<request.count { names.append(request.owned(index)) }
            return names
        }
        if held.isEmpty { return [nil] }
        return held.keys.sorted()
    }

    private static func confirm(
        _ kind: StaticString, _ name: ByteString?, _ count: Int, _ id: SessionID,
        _ sessions: inout SessionTable
    ) {
        var message = ReplyWriter(version: sessions[id].reply.version)
        message.push(count: 3)
        message.bulk(kind)
        if let name { message.bulk(name) } else { message.null() }
        message.integer(count)
        sessions.deliver(message.output.unsent, to: id, isReply: true)
    }
}

extension Session {
    /// Channels and patterns together: the count that SUBSCRIBE and PSUBSCRIBE answer.
    var messageSubscriptionCount: Int {
        subscriptions.channelCount + subscriptions.patternCount
    }

    mutating func settleSubscribedFlag() {
        if subscriptions.isEmpty { flags.remove(.subscribed) }
    }
}
