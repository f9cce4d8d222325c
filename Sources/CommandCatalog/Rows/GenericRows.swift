/// The rows of the generic commands, in the format that `CommandRows` tells.
enum GenericRows {
    static var text: StaticString {
        #"""
        COPY -3 6.2.0 write denyoom @keyspace
          key RO access at 1 range 0 1 0
          key OW update at 2 range 0 1 0
          does Duplicates a value under another key.
          cost O(N)
          args source:key#0 destination:key#1 ['DB=destination-db:integer] ['REPLACE]
        DEL -2 1.0.0 write @keyspace
          key RM delete at 1 range -1 1 0
          does Removes keys and their values.
          cost O(N)
          tips request_policy:multi_shard response_policy:agg_sum
          args key:key#0...
        DUMP 2 2.6.0 readonly @keyspace
          key RO access at 1 range 0 1 0
          does Turns the value of a key into bytes that RESTORE takes.
          cost O(1)
          tips nondeterministic_output
          args key:key#0
        EXISTS -2 1.0.0 readonly fast @keyspace
          key RO at 1 range -1 1 0
          does Counts how many of the named keys are there.
          cost O(N)
          tips request_policy:multi_shard response_policy:agg_sum
          args key:key#0...
        EXPIRE -3 1.0.0 write fast @keyspace
          key RW update at 1 range 0 1 0
          does Lets a key live for some seconds.
          cost O(1)
          args key:key#0 seconds:integer [condition@7.0.0<'NX | 'XX | 'GT | 'LT>]
        EXPIREAT -3 1.2.0 write fast @keyspace
          key RW update at 1 range 0 1 0
          does Lets a key live until a time in seconds.
          cost O(1)
          args key:key#0 unix-time-seconds:unix-time [condition@7.0.0<'NX | 'XX | 'GT | 'LT>]
        EXPIRETIME 2 7.0.0 readonly fast @keyspace
          key RO access at 1 range 0 1 0
          does Tells the time in seconds at which a key ends.
          cost O(1)
          args key:key#0
        KEYS 2 1.0.0 readonly @keyspace @dangerous
          does Lists every key that fits a pattern.
          cost O(N)
          tips request_policy:all_shards nondeterministic_output_order
          args pattern:pattern
        MIGRATE -6 2.6.0 write @keyspace @dangerous
          key RW access delete at 3 range 0 1 0
          key RW access delete incomplete after KEYS -2 range -1 1 0
          does Moves keys to another server in one step.
          cost O(N)
          tips nondeterministic_output
          args host port:integer key-selector<key:key#0 | '"":empty-string> destination-db:integer
            timeout:integer ['COPY@3.0.0] ['REPLACE@3.0.0]
            [authentication<'AUTH=auth@4.0.7~password | 'AUTH2=auth2@6.0.0(username password)>]
            ['KEYS=keys:key#1@3.0.6~key...]
        MOVE 3 1.0.0 write fast @keyspace
          key RW access update at 1 range 0 1 0
          does Takes a key to another database.
          cost O(1)
          args key:key#0 db:integer
        OBJECT -2 2.2.3
          does Holds the commands that look into values.
        OBJECT|ENCODING 3 2.2.3 readonly @keyspace
          key RO at 2 range 0 1 0
          does Tells how a value is represented in memory.
          cost O(1)
          tips nondeterministic_output
          args key:key#0
        OBJECT|FREQ 3 4.0.0 readonly @keyspace
          key RO at 2 range 0 1 0
          does Tells how often a value is used, on a logarithmic scale.
          cost O(1)
          tips nondeterministic_output
          args key:key#0
        OBJECT|HELP 2 6.2.0 loading stale @keyspace
          does Shows what OBJECT can do.
          cost O(1)
        OBJECT|IDLETIME 3 2.2.3 readonly @keyspace
          key RO at 2 range 0 1 0
          does Tells for how many seconds nobody used a value.
          cost O(1)
          tips nondeterministic_output
          args key:key#0
        OBJECT|REFCOUNT 3 2.2.3 readonly @keyspace
          key RO at 2 range 0 1 0
          does Tells how many references a value has.
          cost O(1)
          tips nondeterministic_output
          args key:key#0
        PERSIST 2 2.2.0 write fast @keyspace
          key RW update at 1 range 0 1 0
          does Takes the end of life from a key.
          cost O(1)
          args key:key#0
        PEXPIRE -3 2.6.0 write fast @keyspace
          key RW update at 1 range 0 1 0
          does Lets a key live for some milliseconds.
          cost O(1)
          args key:key#0 milliseconds:integer [condition@7.0.0<'NX | 'XX | 'GT | 'LT>]
        PEXPIREAT -3 2.6.0 write fast @keyspace
          key RW update at 1 range 0 1 0
          does Lets a key live until a time in milliseconds.
          cost O(1)
          args key:key#0 unix-time-milliseconds:unix-time [condition@7.0.0<'NX | 'XX | 'GT | 'LT>]
        PEXPIRETIME 2 7.0.0 readonly fast @keyspace
          key RO access at 1 range 0 1 0
          does Tells the time in milliseconds at which a key ends.
          cost O(1)
          args key:key#0
        PTTL 2 2.6.0 readonly fast @keyspace
          key RO access at 1 range 0 1 0
          does Tells how many milliseconds a key has left.
          cost O(1)
          tips nondeterministic_output
          args key:key#0
        RANDOMKEY 1 1.0.0 readonly touches_arbitrary_keys @keyspace
          does Names some key of the database.
          cost O(1)
          tips request_policy:all_shards response_policy:special nondeterministic_output
        RENAME 3 1.0.0 write @keyspace
          key RW access delete at 1 range 0 1 0
          key OW update at 2 range 0 1 0
          does Gives a key another name, whatever was there.
          cost O(1)
          args key:key#0 newkey:key#1
        RENAMENX 3 1.0.0 write fast @keyspace
          key RW access delete at 1 range 0 1 0
          key OW insert at 2 range 0 1 0
          does Gives a key another name unless that is taken.
          cost O(1)
          args key:key#0 newkey:key#1
        RESTORE -4 2.6.0 write denyoom @keyspace @dangerous
          key OW update at 1 range 0 1 0
          does Makes a key out of what DUMP gave.
          cost O(1)
          args key:key#0 ttl:integer serialized-value ['REPLACE@3.0.0] ['ABSTTL@5.0.0]
            ['IDLETIME=seconds:integer@5.0.0] ['FREQ=frequency:integer@5.0.0]
        SCAN -2 2.8.0 readonly touches_arbitrary_keys @keyspace
          does Walks over the keys of the database bit by bit.
          cost O(1)
          tips nondeterministic_output request_policy:special response_policy:special
          args cursor:integer ['MATCH=pattern:pattern] ['COUNT=count:integer] ['TYPE=type@6.0.0]
        SORT -2 1.0.0 write denyoom @set @sortedset @list @dangerous
          key RO access at 1 range 0 1 0
          key RO access anywhere unknown
          note Keys that BY and GET name: they depend on what the sorted key holds.
          key OW update anywhere unknown
          note The key after STORE, which stands anywhere among the options.
          does Sorts a list or set, and may keep what comes out.
          cost O(N+M*log(M))
          args key:key#0 ['BY=by-pattern:pattern#1~pattern] ['LIMIT=limit(offset:integer
            count:integer)] ['GET=get-pattern:pattern#1~pattern*...] [order<'ASC | 'DESC>]
            ['ALPHA:sorting] ['STORE=destination:key#2]
        SORT_RO -2 7.0.0 readonly @set @sortedset @list @dangerous
          key RO access at 1 range 0 1 0
          key RO access anywhere unknown
          note Keys that BY and GET name: they depend on what the sorted key holds.
          does Sorts a list or set without keeping anything.
          cost O(N+M*log(M))
          args key:key#0 ['BY=by-pattern:pattern#1~pattern] ['LIMIT=limit(offset:integer
            count:integer)] ['GET=get-pattern:pattern#1~pattern*...] [order<'ASC | 'DESC>]
            ['ALPHA:sorting]
        TOUCH -2 3.2.1 readonly fast @keyspace
          key RO at 1 range -1 1 0
          does Marks keys as used now and counts them.
          cost O(N)
          tips request_policy:multi_shard response_policy:agg_sum
          args key:key#0...
        TTL 2 1.0.0 readonly fast @keyspace
          key RO access at 1 range 0 1 0
          does Tells how many seconds a key has left.
          cost O(1)
          tips nondeterministic_output
          args key:key#0
        TYPE 2 1.0.0 readonly fast @keyspace
          key RO at 1 range 0 1 0
          does Tells what kind of value a key holds.
          cost O(1)
          args key:key#0
        UNLINK -2 4.0.0 write fast @keyspace
          key RM delete at 1 range -1 1 0
          does Removes keys and frees their memory later.
          cost O(1)
          tips request_policy:multi_shard response_policy:agg_sum
          args key:key#0...
        WAIT 3 3.0.0 @connection
          does Waits until replicas have received this connection's writes.
          cost O(1)
          tips request_policy:all_shards response_policy:agg_min
          args numreplicas:integer timeout:integer
        WAITAOF 4 7.2.0 noscript @connection
          does Waits until this connection's writes are on disk, here and on replicas.
          cost O(1)
          tips request_policy:all_shards response_policy:agg_min
          args numlocal:integer numreplicas:integer timeout:integer
        """#
    }
}
