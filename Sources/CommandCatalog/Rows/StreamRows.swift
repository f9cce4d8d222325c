/// The rows of the stream commands, in the format that `CommandRows` tells.
enum StreamRows {
    static var text: StaticString {
        #"""
        XACK -4 5.0.0 write fast @stream
          key RW update at 1 range 0 1 0
          does Marks messages as handled by a group.
          cost O(1)
          args key:key#0 group id...
        XADD -5 5.0.0 write denyoom fast @stream
          key RW update at 1 range 0 1 0
          note Update, since trimming removes entries.
          does Appends a message to a stream, and may trim it.
          cost O(1)
          tips nondeterministic_output
          args key:key#0 ['NOMKSTREAM@6.2.0] [trim(strategy<'MAXLEN | 'MINID@6.2.0>
            [operator<'=:equal | '~:approximately>] threshold ['LIMIT=count:integer@6.2.0])]
            id-selector<'*:auto-id | id> data(field value)...
        XAUTOCLAIM -6 6.2.0 write fast @stream
          key RW delete at 1 range 0 1 0
          does Takes over messages that others left unhandled, found by itself.
          cost O(1)
          tips nondeterministic_output
          args key:key#0 group consumer min-idle-time start ['COUNT=count:integer] ['JUSTID]
        XCLAIM -6 5.0.0 write fast @stream
          key RW update at 1 range 0 1 0
          does Takes over named messages that others left unhandled.
          cost O(log N)
          tips nondeterministic_output
          args key:key#0 group consumer min-idle-time id... ['IDLE=ms:integer]
            ['TIME=unix-time-milliseconds:unix-time] ['RETRYCOUNT=count:integer] ['FORCE] ['JUSTID]
            ['LASTID=lastid]
        XDEL -3 5.0.0 write fast @stream
          key RW delete at 1 range 0 1 0
          does Removes messages from a stream.
          cost O(1)
          args key:key#0 id...
        XGROUP -2 5.0.0
          does Holds the commands about consumer groups.
        XGROUP|CREATE -5 5.0.0 write denyoom @stream
          key RW insert at 2 range 0 1 0
          does Makes a consumer group.
          cost O(1)
          args key:key#0 group id-selector<id | '$:new-id> ['MKSTREAM]
            ['ENTRIESREAD=entries-read:integer]
        XGROUP|CREATECONSUMER 5 6.2.0 write denyoom @stream
          key RW insert at 2 range 0 1 0
          does Makes a consumer of a group.
          cost O(1)
          args key:key#0 group consumer
        XGROUP|DELCONSUMER 5 5.0.0 write @stream
          key RW delete at 2 range 0 1 0
          does Removes a consumer of a group.
          cost O(1)
          args key:key#0 group consumer
        XGROUP|DESTROY 4 5.0.0 write @stream
          key RW delete at 2 range 0 1 0
          does Removes a group with its consumers.
          cost O(N)
          args key:key#0 group
        XGROUP|HELP 2 5.0.0 loading stale @stream
          does Shows what XGROUP can do.
          cost O(1)
        XGROUP|SETID -5 5.0.0 write @stream
          key RW update at 2 range 0 1 0
          does Moves the place from which a group reads on.
          cost O(1)
          args key:key#0 group id-selector<id | '$:new-id>
            ['ENTRIESREAD=entriesread:integer~entries-read]
        XINFO -2 5.0.0
          does Holds the commands that look into streams.
        XINFO|CONSUMERS 4 5.0.0 readonly @stream
          key RO access at 2 range 0 1 0
          does Shows the consumers of a group.
          cost O(1)
          tips nondeterministic_output
          args key:key#0 group
        XINFO|GROUPS 3 5.0.0 readonly @stream
          key RO access at 2 range 0 1 0
          does Shows the groups of a stream.
          cost O(1)
          args key:key#0
        XINFO|HELP 2 5.0.0 loading stale @stream
          does Shows what XINFO can do.
          cost O(1)
        XINFO|STREAM -3 5.0.0 readonly @stream
          key RO access at 2 range 0 1 0
          does Shows the inside of a stream.
          cost O(1)
          args key:key#0 [full-block('FULL ['COUNT=count:integer])]
        XLEN 2 5.0.0 readonly fast @stream
          key RO at 1 range 0 1 0
          does Counts the messages of a stream.
          cost O(1)
          args key:key#0
        XPENDING -3 5.0.0 readonly @stream
          key RO access at 1 range 0 1 0
          does Shows messages that were delivered and not yet handled.
          cost O(N)
          tips nondeterministic_output
          args key:key#0 group [filters(['IDLE=min-idle-time:integer@6.2.0] start end count:integer
            [consumer])]
        XRANGE -4 5.0.0 readonly @stream
          key RO access at 1 range 0 1 0
          does Lists messages by id, oldest first.
          cost O(N)
          args key:key#0 start end ['COUNT=count:integer]
        XREAD -4 5.0.0 readonly blocking @stream
          key RO access after STREAMS 1 range -1 1 2
          does Reads new messages of streams; waits for some if asked to.
          args ['COUNT=count:integer] ['BLOCK=milliseconds:integer] 'STREAMS=streams(key:key#0...
            id...)
        XREADGROUP -7 5.0.0 write blocking @stream
          key RO access after STREAMS 4 range -1 1 2
          does Reads messages as a consumer of a group; waits if asked to.
          cost O(M)
          args 'GROUP=group-block(group consumer) ['COUNT=count:integer]
            ['BLOCK=milliseconds:integer] ['NOACK] 'STREAMS=streams(key:key#0... id...)
        XREVRANGE -4 5.0.0 readonly @stream
          key RO access at 1 range 0 1 0
          does Lists messages by id, newest first.
          cost O(N)
          args key:key#0 end start ['COUNT=count:integer]
        XSETID -3 5.0.0 write denyoom fast @stream
          key RW update at 1 range 0 1 0
          does Changes the last id of a stream; for replication.
          cost O(1)
          args key:key#0 last-id ['ENTRIESADDED=entries-added:integer@7.0.0]
            ['MAXDELETEDID=max-deleted-id@7.0.0]
        XTRIM -4 5.0.0 write @stream
          key RW delete at 1 range 0 1 0
          does Drops the oldest messages of a stream.
          cost O(N)
          tips nondeterministic_output
          args key:key#0 trim(strategy<'MAXLEN | 'MINID@6.2.0> [operator<'=:equal |
            '~:approximately>] threshold ['LIMIT=count:integer@6.2.0])
        """#
    }
}
