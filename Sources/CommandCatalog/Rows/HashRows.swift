/// The rows of the hash commands, in the format that `CommandRows` tells.
enum HashRows {
    static var text: StaticString {
        #"""
        HDEL -3 2.0.0 write fast @hash
          key RW delete at 1 range 0 1 0
          cost O(N)
          args key:key#0 field...
        HEXISTS 3 2.0.0 readonly fast @hash
          key RO at 1 range 0 1 0
          cost O(1)
          args key:key#0 field
        HGET 3 2.0.0 readonly fast @hash
          key RO access at 1 range 0 1 0
          cost O(1)
          args key:key#0 field
        HGETALL 2 2.0.0 readonly @hash
          key RO access at 1 range 0 1 0
          cost O(N)
          tips nondeterministic_output_order
          args key:key#0
        HINCRBY 4 2.0.0 write denyoom fast @hash
          key RW access update at 1 range 0 1 0
          cost O(1)
          args key:key#0 field increment:integer
        HINCRBYFLOAT 4 2.6.0 write denyoom fast @hash
          key RW access update at 1 range 0 1 0
          cost O(1)
          args key:key#0 field increment:double
        HKEYS 2 2.0.0 readonly @hash
          key RO access at 1 range 0 1 0
          cost O(N)
          tips nondeterministic_output_order
          args key:key#0
        HLEN 2 2.0.0 readonly fast @hash
          key RO at 1 range 0 1 0
          cost O(1)
          args key:key#0
        HMGET -3 2.0.0 readonly fast @hash
          key RO access at 1 range 0 1 0
          cost O(N)
          args key:key#0 field...
        HMSET -4 2.0.0 write denyoom fast @hash
          key RW update at 1 range 0 1 0
          cost O(N)
          deprecated 4.0.0 `HSET` with multiple field-value pairs
          args key:key#0 data(field value)...
        HRANDFIELD -2 6.2.0 readonly @hash
          key RO access at 1 range 0 1 0
          cost O(N)
          tips nondeterministic_output
          args key:key#0 [options(count:integer ['WITHVALUES])]
        HSCAN -3 2.8.0 readonly @hash
          key RO access at 1 range 0 1 0
          cost O(1)
          tips nondeterministic_output
          args key:key#0 cursor:integer ['MATCH=pattern:pattern] ['COUNT=count:integer]
        HSET -4 2.0.0 write denyoom fast @hash
          key RW update at 1 range 0 1 0
          cost O(1)
          args key:key#0 data(field value)...
        HSETNX 4 2.0.0 write denyoom fast @hash
          key RW insert at 1 range 0 1 0
          cost O(1)
          args key:key#0 field value
        HSTRLEN 3 3.2.0 readonly fast @hash
          key RO at 1 range 0 1 0
          cost O(1)
          args key:key#0 field
        HVALS 2 2.0.0 readonly @hash
          key RO access at 1 range 0 1 0
          cost O(N)
          tips nondeterministic_output_order
          args key:key#0
        """#
    }
}
