/// The rows of the string commands, in the format that `CommandRows` tells.
enum StringRows {
    static var text: StaticString {
        #"""
        APPEND 3 2.0.0 write denyoom fast @string
          key RW insert at 1 range 0 1 0
          does Adds to the end of a string, which starts empty.
          cost O(1)
          args key:key#0 value
        DECR 2 1.0.0 write denyoom fast @string
          key RW access update at 1 range 0 1 0
          does Takes one off an integer, which starts at zero.
          cost O(1)
          args key:key#0
        DECRBY 3 1.0.0 write denyoom fast @string
          key RW access update at 1 range 0 1 0
          does Takes a number off an integer, which starts at zero.
          cost O(1)
          args key:key#0 decrement:integer
        GET 2 1.0.0 readonly fast @string
          key RO access at 1 range 0 1 0
          does Reads a string.
          cost O(1)
          args key:key#0
        GETDEL 2 6.2.0 write fast @string
          key RW access delete at 1 range 0 1 0
          does Reads a string and removes the key.
          cost O(1)
          args key:key#0
        GETEX -2 6.2.0 write fast @string
          key RW access update at 1 range 0 1 0
          note RW with update because of the expiry options.
          does Reads a string and changes how long the key lives.
          cost O(1)
          args key:key#0 [expiration<'EX=seconds:integer | 'PX=milliseconds:integer |
            'EXAT=unix-time-seconds:unix-time | 'PXAT=unix-time-milliseconds:unix-time | 'PERSIST>]
        GETRANGE 4 2.4.0 readonly @string
          key RO access at 1 range 0 1 0
          does Reads a part of a string.
          cost O(N)
          args key:key#0 start:integer end:integer
        GETSET 3 1.0.0 write denyoom fast @string
          key RW access update at 1 range 0 1 0
          does Stores a string and tells the one before.
          cost O(1)
          deprecated 6.2.0 `SET` with the `!GET` argument
          args key:key#0 value
        INCR 2 1.0.0 write denyoom fast @string
          key RW access update at 1 range 0 1 0
          does Adds one to an integer, which starts at zero.
          cost O(1)
          args key:key#0
        INCRBY 3 1.0.0 write denyoom fast @string
          key RW access update at 1 range 0 1 0
          does Adds a number to an integer, which starts at zero.
          cost O(1)
          args key:key#0 increment:integer
        INCRBYFLOAT 3 2.6.0 write denyoom fast @string
          key RW access update at 1 range 0 1 0
          does Adds a decimal number to a number, which starts at zero.
          cost O(1)
          args key:key#0 increment:double
        LCS -3 7.0.0 readonly @string
          key RO access at 1 range 1 1 0
          does Finds the longest common subsequence of two strings.
          cost O(N*M)
          args key1:key#0 key2:key#0 ['LEN] ['IDX] ['MINMATCHLEN=min-match-len:integer]
            ['WITHMATCHLEN]
        MGET -2 1.0.0 readonly fast @string
          key RO access at 1 range -1 1 0
          does Reads several strings.
          cost O(N)
          tips request_policy:multi_shard
          args key:key#0...
        MSET -3 1.0.1 write denyoom @string
          key OW update at 1 range -1 2 0
          does Stores several strings in one step.
          cost O(N)
          tips request_policy:multi_shard response_policy:all_succeeded
          args data(key:key#0 value)...
        MSETNX -3 1.0.1 write denyoom @string
          key OW insert at 1 range -1 2 0
          does Stores several strings if none of the keys is there.
          cost O(N)
          args data(key:key#0 value)...
        PSETEX 4 2.6.0 write denyoom @string
          key OW update at 1 range 0 1 0
          does Stores a string that lives for some milliseconds.
          cost O(1)
          deprecated 2.6.12 `SET` with the `PX` argument
          args key:key#0 milliseconds:integer value
        SET -3 1.0.0 write denyoom @string
          key RW access update variable_flags at 1 range 0 1 0
          note RW with access because of `GET`.
          does Stores a string, whatever the key held before.
          cost O(1)
          args key:key#0 value [condition@2.6.12<'NX | 'XX>] ['GET@6.2.0]
            [expiration<'EX=seconds:integer@2.6.12 | 'PX=milliseconds:integer@2.6.12 |
            'EXAT=unix-time-seconds:unix-time@6.2.0 | 'PXAT=unix-time-milliseconds:unix-time@6.2.0
            | 'KEEPTTL@6.0.0>]
        SETEX 4 2.0.0 write denyoom @string
          key OW update at 1 range 0 1 0
          does Stores a string that lives for some seconds.
          cost O(1)
          deprecated 2.6.12 `SET` with the `EX` argument
          args key:key#0 seconds:integer value
        SETNX 3 1.0.0 write denyoom fast @string
          key OW insert at 1 range 0 1 0
          does Stores a string unless the key is there.
          cost O(1)
          deprecated 2.6.12 `SET` with the `NX` argument
          args key:key#0 value
        SETRANGE 4 2.2.0 write denyoom @string
          key RW update at 1 range 0 1 0
          does Overwrites a part of a string, which grows as needed.
          cost O(1)
          args key:key#0 offset:integer value
        STRLEN 2 2.2.0 readonly fast @string
          key RO at 1 range 0 1 0
          does Tells how long a string is.
          cost O(1)
          args key:key#0
        SUBSTR 4 1.0.0 readonly @string
          key RO access at 1 range 0 1 0
          does Reads a part of a string; the older name.
          cost O(N)
          deprecated 2.0.0 `GETRANGE`
          args key:key#0 start:integer end:integer
        """#
    }
}
