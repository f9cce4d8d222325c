/// The rows of the server commands, in the format that `CommandRows` tells.
enum ServerRows {
    static var text: StaticString {
        #"""
        ACL -2 6.0.0 sentinel
        ACL|CAT -2 6.0.0 noscript loading stale sentinel
          cost O(1)
          args [category]
        ACL|DELUSER -3 6.0.0 admin noscript loading stale sentinel
          cost O(1)
          tips request_policy:all_nodes response_policy:all_succeeded
          args username...
        ACL|DRYRUN -4 7.0.0 admin noscript loading stale sentinel
          cost O(1)
          args username command [arg...]
        ACL|GENPASS -2 6.0.0 noscript loading stale sentinel
          cost O(1)
          args [bits:integer]
        ACL|GETUSER 3 6.0.0 admin noscript loading stale sentinel
          cost O(N)
          args username
        ACL|HELP 2 6.0.0 loading stale sentinel
          cost O(1)
        ACL|LIST 2 6.0.0 admin noscript loading stale sentinel
          cost O(N)
        ACL|LOAD 2 6.0.0 admin noscript loading stale sentinel
          cost O(N)
        ACL|LOG -2 6.0.0 admin noscript loading stale sentinel
          cost O(N)
          args [operation<count:integer | 'RESET>]
        ACL|SAVE 2 6.0.0 admin noscript loading stale sentinel
          cost O(N)
          tips request_policy:all_nodes response_policy:all_succeeded
        ACL|SETUSER -3 6.0.0 admin noscript loading stale sentinel
          cost O(N)
          tips request_policy:all_nodes response_policy:all_succeeded
          args username [rule...]
        ACL|USERS 2 6.0.0 admin noscript loading stale sentinel
          cost O(N)
        ACL|WHOAMI 2 6.0.0 noscript loading stale sentinel
          cost O(1)
        BGREWRITEAOF 1 1.0.0 admin noscript no_async_loading
          cost O(1)
        BGSAVE -1 1.0.0 admin noscript no_async_loading
          cost O(1)
          args ['SCHEDULE@3.2.2]
        COMMAND -1 2.8.13 loading stale sentinel @connection
          cost O(N)
          tips nondeterministic_output_order
        COMMAND|COUNT 2 2.8.13 loading stale sentinel @connection
          cost O(1)
        COMMAND|DOCS -2 7.0.0 loading stale sentinel @connection
          cost O(N)
          tips nondeterministic_output_order
          args [command-name...]
        COMMAND|GETKEYS -3 2.8.13 loading stale sentinel @connection
          cost O(N)
          args command [arg...]
        COMMAND|GETKEYSANDFLAGS -3 7.0.0 loading stale sentinel @connection
          cost O(N)
          args command [arg...]
        COMMAND|HELP 2 5.0.0 loading stale sentinel @connection
          cost O(1)
        COMMAND|INFO -2 2.8.13 loading stale sentinel @connection
          cost O(N)
          tips nondeterministic_output_order
          args [command-name...]
        COMMAND|LIST -2 7.0.0 loading stale sentinel @connection
          cost O(N)
          tips nondeterministic_output_order
          args ['FILTERBY=filterby<'MODULE=module-name | 'ACLCAT=category |
            'PATTERN=pattern:pattern>]
        CONFIG -2 2.0.0
        CONFIG|GET -3 2.0.0 admin noscript loading stale
          cost O(N)
          args parameter...
        CONFIG|HELP 2 5.0.0 loading stale
          cost O(1)
        CONFIG|RESETSTAT 2 2.0.0 admin noscript loading stale
          cost O(1)
          tips request_policy:all_nodes response_policy:all_succeeded
        CONFIG|REWRITE 2 2.8.0 admin noscript loading stale
          cost O(1)
          tips request_policy:all_nodes response_policy:all_succeeded
        CONFIG|SET -4 2.0.0 admin noscript loading stale
          cost O(N)
          tips request_policy:all_nodes response_policy:all_succeeded
          args data(parameter value)...
        DBSIZE 1 1.0.0 readonly fast @keyspace
          cost O(1)
          tips request_policy:all_shards response_policy:agg_sum
        DEBUG -2 1.0.0 admin noscript loading stale protected
          system
        FAILOVER -1 6.2.0 admin noscript stale
          cost O(1)
          args ['TO=target(host port:integer ['FORCE])] ['ABORT] ['TIMEOUT=milliseconds:integer]
        FLUSHALL -1 1.0.0 write @keyspace @dangerous
          cost O(N)
          tips request_policy:all_shards response_policy:all_succeeded
          args [flush-type<'ASYNC@4.0.0 | 'SYNC@6.2.0>]
        FLUSHDB -1 1.0.0 write @keyspace @dangerous
          cost O(N)
          tips request_policy:all_shards response_policy:all_succeeded
          args [flush-type<'ASYNC@4.0.0 | 'SYNC@6.2.0>]
        INFO -1 1.0.0 loading stale sentinel @dangerous
          cost O(1)
          tips nondeterministic_output request_policy:all_shards response_policy:special
          args [section...]
        LASTSAVE 1 1.0.0 loading stale fast @admin @dangerous
          cost O(1)
          tips nondeterministic_output
        LATENCY -2 2.8.13
        LATENCY|DOCTOR 2 2.8.13 admin noscript loading stale
          cost O(1)
          tips nondeterministic_output request_policy:all_nodes response_policy:special
        LATENCY|GRAPH 3 2.8.13 admin noscript loading stale
          cost O(1)
          tips nondeterministic_output request_policy:all_nodes response_policy:special
          args event
        LATENCY|HELP 2 2.8.13 loading stale
          cost O(1)
        LATENCY|HISTOGRAM -2 7.0.0 admin noscript loading stale
          cost O(N)
          tips nondeterministic_output request_policy:all_nodes response_policy:special
          args [COMMAND...]
        LATENCY|HISTORY 3 2.8.13 admin noscript loading stale
          cost O(1)
          tips nondeterministic_output request_policy:all_nodes response_policy:special
          args event
        LATENCY|LATEST 2 2.8.13 admin noscript loading stale
          cost O(1)
          tips nondeterministic_output request_policy:all_nodes response_policy:special
        LATENCY|RESET -2 2.8.13 admin noscript loading stale
          cost O(1)
          tips request_policy:all_nodes response_policy:agg_sum
          args [event...]
        LOLWUT -1 5.0.0 readonly fast
          args ['VERSION=version:integer]
        MEMORY -2 4.0.0
        MEMORY|DOCTOR 2 4.0.0
          cost O(1)
          tips nondeterministic_output request_policy:all_shards response_policy:special
        MEMORY|HELP 2 4.0.0 loading stale
          cost O(1)
        MEMORY|MALLOC-STATS 2 4.0.0
          tips nondeterministic_output request_policy:all_shards response_policy:special
        MEMORY|PURGE 2 4.0.0
          tips request_policy:all_shards response_policy:all_succeeded
        MEMORY|STATS 2 4.0.0
          cost O(1)
          tips nondeterministic_output request_policy:all_shards response_policy:special
        MEMORY|USAGE -3 4.0.0 readonly
          key RO at 2 range 0 1 0
          cost O(N)
          args key:key#0 ['SAMPLES=count:integer]
        MODULE -2 4.0.0
        MODULE|HELP 2 5.0.0 loading stale
          cost O(1)
        MODULE|LIST 2 4.0.0 admin noscript
          cost O(N)
          tips nondeterministic_output_order
        MODULE|LOAD -3 4.0.0 admin noscript protected no_async_loading
          cost O(1)
          args path [arg...]
        MODULE|LOADEX -3 7.0.0 admin noscript protected no_async_loading
          cost O(1)
          args path ['CONFIG=configs(name value)*...] ['ARGS=args...]
        MODULE|UNLOAD 3 4.0.0 admin noscript protected no_async_loading
          cost O(1)
          args name
        MONITOR 1 1.0.0 admin noscript loading stale
        PSYNC -3 2.8.0 admin noscript no_async_loading no_multi
          args replicationid offset:integer
        REPLCONF -1 3.0.0 admin noscript loading stale allow_busy
          cost O(1)
          system
        REPLICAOF 3 5.0.0 admin noscript stale no_async_loading
          cost O(1)
          args args<host-port(host port:integer) | no-one('NO 'ONE)>
        RESTORE-ASKING -4 3.0.0 write denyoom asking @keyspace @dangerous
          key OW update at 1 range 0 1 0
          cost O(1)
          system
          args key:key#0 ttl:integer serialized-value ['REPLACE@3.0.0] ['ABSTTL@5.0.0]
            ['IDLETIME=seconds:integer@5.0.0] ['FREQ=frequency:integer@5.0.0]
        ROLE 1 2.8.12 noscript loading stale fast sentinel @admin @dangerous
          cost O(1)
        SAVE 1 1.0.0 admin noscript no_async_loading no_multi
          cost O(N)
        SHUTDOWN -1 1.0.0 admin noscript loading stale sentinel no_multi allow_busy
          cost O(N)
          args [save-selector<'NOSAVE | 'SAVE>] ['NOW@7.0.0] ['FORCE@7.0.0] ['ABORT@7.0.0]
        SLAVEOF 3 1.0.0 admin noscript stale no_async_loading
          cost O(1)
          deprecated 5.0.0 `REPLICAOF`
          args args<host-port(host port:integer) | no-one('NO 'ONE)>
        SLOWLOG -2 2.2.12
        SLOWLOG|GET -2 2.2.12 admin loading stale
          cost O(N)
          tips request_policy:all_nodes nondeterministic_output
          args [count:integer]
        SLOWLOG|HELP 2 6.2.0 loading stale
          cost O(1)
        SLOWLOG|LEN 2 2.2.12 admin loading stale
          cost O(1)
          tips request_policy:all_nodes response_policy:agg_sum nondeterministic_output
        SLOWLOG|RESET 2 2.2.12 admin loading stale
          cost O(N)
          tips request_policy:all_nodes response_policy:all_succeeded
        SWAPDB 3 4.0.0 write fast @keyspace @dangerous
          cost O(N)
          args index1:integer index2:integer
        SYNC 1 1.0.0 admin noscript no_async_loading no_multi
        TIME 1 2.6.0 loading stale fast
          cost O(1)
          tips nondeterministic_output
        """#
    }
}
