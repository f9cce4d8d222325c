/// The rows of the hash commands, in the format that `CommandRows` tells.
enum HashRows {
    static var text: StaticString {
        #"""
        HDEL -3 2.0.0 write fast @hash
          key RW delete at 1 range 0 1 0
          does Removes fields; the hash goes with its last one.
          cost O(N)
          args key:key#0 field...
        HEXISTS 3 2.0.0 readonly fast @hash
          key RO at 1 range 0 1 0
          does Tells whether a hash has a field.
          cost O(1)
          args key:key#0 field
        HGET 3 2.0.0 readonly fast @hash
          key RO access at 1 range 0 1 0
          does Reads one field of a hash.
          cost O(1)
          args key:key#0 field
        HGETALL 2 2.0.0 readonly @hash
          key RO access at 1 range 0 1 0
          does Reads a hash as a whole.
          cost O(N)
          tips nondeterministic_output_order
          args key:key#0
        HINCRBY 4 2.0.0 write denyoom fast @hash
          key RW access update at 1 range 0 1 0
          does Adds an integer to a field, which starts at zero.
          cost O(1)
          args key:key#0 field increment:integer
        HINCRBYFLOAT 4 2.6.0 write denyoom fast @hash
          key RW access update at 1 range 0 1 0
          does Adds a decimal number to a field, which starts at zero.
          cost O(1)
          args key:key#0 field increment:double
        HKEYS 2 2.0.0 readonly @hash
          key RO access at 1 range 0 1 0
          does Lists the fields of a hash without their values.
          cost O(N)
          tips nondeterministic_output_order
          args key:key#0
        HLEN 2 2.0.0 readonly fast @hash
          key RO at 1 range 0 1 0
          does Counts the fields of a hash.
          cost O(1)
          args key:key#0
        HMGET -3 2.0.0 readonly fast @hash
          key RO access at 1 range 0 1 0
          does Reads several fields of a hash.
          cost O(N)
          args key:key#0 field...
        HMSET -4 2.0.0 write denyoom fast @hash
          key RW update at 1 range 0 1 0
          does Writes several fields of a hash; the older form of HSET.
          cost O(N)
          deprecated 4.0.0 `HSET` with multiple field-value pairs
          args key:key#0 data(field value)...
        HRANDFIELD -2 6.2.0 readonly @hash
          key RO access at 1 range 0 1 0
          does Picks fields of a hash by chance.
          cost O(N)
          tips nondeterministic_output
          args key:key#0 [options(count:integer ['WITHVALUES])]
        HSCAN -3 2.8.0 readonly @hash
          key RO access at 1 range 0 1 0
          does Walks over the fields of a hash bit by bit.
          cost O(1)
          tips nondeterministic_output
          args key:key#0 cursor:integer ['MATCH=pattern:pattern] ['COUNT=count:integer]
        HSET -4 2.0.0 write denyoom fast @hash
          key RW update at 1 range 0 1 0
          does Writes fields of a hash and counts the new ones.
          cost O(1)
          args key:key#0 data(field value)...
        HSETNX 4 2.0.0 write denyoom fast @hash
          key RW insert at 1 range 0 1 0
          does Writes a field that a hash does not have yet.
          cost O(1)
          args key:key#0 field value
        HSTRLEN 3 3.2.0 readonly fast @hash
          key RO at 1 range 0 1 0
          does Tells how long the value of a field is.
          cost O(1)
          args key:key#0 field
        HVALS 2 2.0.0 readonly @hash
          key RO access at 1 range 0 1 0
          does Lists the values of a hash without their fields.
          cost O(N)
          tips nondeterministic_output_order
          args key:key#0
        """#
    }
}
