/// The rows of the pubsub commands, in the format that `CommandRows` tells.
enum PubsubRows {
    static var text: StaticString {
        #"""
        PSUBSCRIBE -2 2.0.0 pubsub noscript loading stale sentinel
          cost O(N)
          args pattern:pattern...
        PUBLISH 3 2.0.0 pubsub loading stale fast may_replicate sentinel
          cost O(N+M)
          args channel message
        PUBSUB -2 2.8.0
        PUBSUB|CHANNELS -2 2.8.0 pubsub loading stale
          cost O(N)
          args [pattern:pattern]
        PUBSUB|HELP 2 6.2.0 loading stale
          cost O(1)
        PUBSUB|NUMPAT 2 2.8.0 pubsub loading stale
          cost O(1)
        PUBSUB|NUMSUB -2 2.8.0 pubsub loading stale
          cost O(N)
          args [channel...]
        PUBSUB|SHARDCHANNELS -2 7.0.0 pubsub loading stale
          cost O(N)
          args [pattern:pattern]
        PUBSUB|SHARDNUMSUB -2 7.0.0 pubsub loading stale
          cost O(N)
          args [shardchannel...]
        PUNSUBSCRIBE -1 2.0.0 pubsub noscript loading stale sentinel
          cost O(N)
          args [pattern:pattern...]
        SPUBLISH 3 7.0.0 pubsub loading stale fast may_replicate
          key not_key at 1 range 0 1 0
          cost O(N)
          args shardchannel message
        SSUBSCRIBE -2 7.0.0 pubsub noscript loading stale
          key not_key at 1 range -1 1 0
          cost O(N)
          args shardchannel...
        SUBSCRIBE -2 2.0.0 pubsub noscript loading stale sentinel
          cost O(N)
          args channel...
        SUNSUBSCRIBE -1 7.0.0 pubsub noscript loading stale
          key not_key at 1 range -1 1 0
          cost O(N)
          args [shardchannel...]
        UNSUBSCRIBE -1 2.0.0 pubsub noscript loading stale sentinel
          cost O(N)
          args [channel...]
        """#
    }
}
