/// The rows of the pubsub commands, in the format that `CommandRows` tells.
enum PubsubRows {
    static var text: StaticString {
        #"""
        PSUBSCRIBE -2 2.0.0 pubsub noscript loading stale sentinel
          does Receives what is published on channels that fit patterns.
          cost O(N)
          args pattern:pattern...
        PUBLISH 3 2.0.0 pubsub loading stale fast may_replicate sentinel
          does Sends a message to all who listen on a channel.
          cost O(N+M)
          args channel message
        PUBSUB -2 2.8.0
          does Holds the commands that look at channels.
        PUBSUB|CHANNELS -2 2.8.0 pubsub loading stale
          does Lists the channels that somebody listens on.
          cost O(N)
          args [pattern:pattern]
        PUBSUB|HELP 2 6.2.0 loading stale
          does Shows what PUBSUB can do.
          cost O(1)
        PUBSUB|NUMPAT 2 2.8.0 pubsub loading stale
          does Counts the patterns that somebody listens on.
          cost O(1)
        PUBSUB|NUMSUB -2 2.8.0 pubsub loading stale
          does Counts the listeners of channels.
          cost O(N)
          args [channel...]
        PUBSUB|SHARDCHANNELS -2 7.0.0 pubsub loading stale
          does Lists the shard channels that somebody listens on.
          cost O(N)
          args [pattern:pattern]
        PUBSUB|SHARDNUMSUB -2 7.0.0 pubsub loading stale
          does Counts the listeners of shard channels.
          cost O(N)
          args [shardchannel...]
        PUNSUBSCRIBE -1 2.0.0 pubsub noscript loading stale sentinel
          does Stops listening to patterns, or to all of them.
          cost O(N)
          args [pattern:pattern...]
        SPUBLISH 3 7.0.0 pubsub loading stale fast may_replicate
          key not_key at 1 range 0 1 0
          does Sends a message to all who listen on a shard channel.
          cost O(N)
          args shardchannel message
        SSUBSCRIBE -2 7.0.0 pubsub noscript loading stale
          key not_key at 1 range -1 1 0
          does Receives what is published on shard channels.
          cost O(N)
          args shardchannel...
        SUBSCRIBE -2 2.0.0 pubsub noscript loading stale sentinel
          does Receives what is published on channels.
          cost O(N)
          args channel...
        SUNSUBSCRIBE -1 7.0.0 pubsub noscript loading stale
          key not_key at 1 range -1 1 0
          does Stops listening to shard channels, or to all of them.
          cost O(N)
          args [shardchannel...]
        UNSUBSCRIBE -1 2.0.0 pubsub noscript loading stale sentinel
          does Stops listening to channels, or to all of them.
          cost O(N)
          args [channel...]
        """#
    }
}
