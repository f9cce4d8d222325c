/// The rows of the server commands, in the format that `CommandRows` tells.
enum ServerRows {
    static var text: StaticString {
        #"""
        ACL -2 6.0.0 sentinel
          does Holds the commands about users and what they may do.
        ACL|CAT -2 6.0.0 noscript loading stale sentinel
          does Lists the categories, or the commands of one.
          cost O(1)
          args [category]
        ACL|DELUSER -3 6.0.0 admin noscript loading stale sentinel
          does Removes users and closes their connections.
          cost O(1)
          tips request_policy:all_nodes response_policy:all_succeeded
          args username...
        ACL|DRYRUN -4 7.0.0 admin noscript loading stale sentinel
          does Tells whether a user could run a command.
          cost O(1)
          args username command [arg...]
        ACL|GENPASS -2 6.0.0 noscript loading stale sentinel
          does Makes a random password.
          cost O(1)
          args [bits:integer]
        ACL|GETUSER 3 6.0.0 admin noscript loading stale sentinel
          does Shows the rules of a user.
          cost O(N)
          args username
        ACL|HELP 2 6.0.0 loading stale sentinel
          does Shows what ACL can do.
          cost O(1)
        ACL|LIST 2 6.0.0 admin noscript loading stale sentinel
          does Shows all users as rules of a file.
          cost O(N)
        ACL|LOAD 2 6.0.0 admin noscript loading stale sentinel
          does Reads the users from the file again.
          cost O(N)
        ACL|LOG -2 6.0.0 admin noscript loading stale sentinel
          does Shows what was denied lately.
          cost O(N)
          args [operation<count:integer | 'RESET>]
        ACL|SAVE 2 6.0.0 admin noscript loading stale sentinel
          does Writes the users to the file.
          cost O(N)
          tips request_policy:all_nodes response_policy:all_succeeded
        ACL|SETUSER -3 6.0.0 admin noscript loading stale sentinel
          does Makes a user or changes its rules.
          cost O(N)
          tips request_policy:all_nodes response_policy:all_succeeded
          args username [rule...]
        ACL|USERS 2 6.0.0 admin noscript loading stale sentinel
          does Names all users.
          cost O(N)
        ACL|WHOAMI 2 6.0.0 noscript loading stale sentinel
          does Names the user of this connection.
          cost O(1)
        BGREWRITEAOF 1 1.0.0 admin noscript no_async_loading
          does Writes the append log anew without holding clients up.
          cost O(1)
        BGSAVE -1 1.0.0 admin noscript no_async_loading
          does Saves the data set to disk without holding clients up.
          cost O(1)
          args ['SCHEDULE@3.2.2]
        COMMAND -1 2.8.13 loading stale sentinel @connection
          does Describes every command.
          cost O(N)
          tips nondeterministic_output_order
        COMMAND|COUNT 2 2.8.13 loading stale sentinel @connection
          does Counts the commands.
          cost O(1)
        COMMAND|DOCS -2 7.0.0 loading stale sentinel @connection
          does Tells what commands do and what they take.
          cost O(N)
          tips nondeterministic_output_order
          args [command-name...]
        COMMAND|GETKEYS -3 2.8.13 loading stale sentinel @connection
          does Picks the keys out of a call.
          cost O(N)
          args command [arg...]
        COMMAND|GETKEYSANDFLAGS -3 7.0.0 loading stale sentinel @connection
          does Picks the keys out of a call and tells what happens to them.
          cost O(N)
          args command [arg...]
        COMMAND|HELP 2 5.0.0 loading stale sentinel @connection
          does Shows what COMMAND can do.
          cost O(1)
        COMMAND|INFO -2 2.8.13 loading stale sentinel @connection
          does Describes the named commands, or every one.
          cost O(N)
          tips nondeterministic_output_order
          args [command-name...]
        COMMAND|LIST -2 7.0.0 loading stale sentinel @connection
          does Names the commands, all or those that fit a filter.
          cost O(N)
          tips nondeterministic_output_order
          args ['FILTERBY=filterby<'MODULE=module-name | 'ACLCAT=category |
            'PATTERN=pattern:pattern>]
        CONFIG -2 2.0.0
          does Holds the commands about settings.
        CONFIG|GET -3 2.0.0 admin noscript loading stale
          does Shows settings whose names fit patterns.
          cost O(N)
          args parameter...
        CONFIG|HELP 2 5.0.0 loading stale
          does Shows what CONFIG can do.
          cost O(1)
        CONFIG|RESETSTAT 2 2.0.0 admin noscript loading stale
          does Sets the counters of INFO back to zero.
          cost O(1)
          tips request_policy:all_nodes response_policy:all_succeeded
        CONFIG|REWRITE 2 2.8.0 admin noscript loading stale
          does Brings the configuration file up to date.
          cost O(1)
          tips request_policy:all_nodes response_policy:all_succeeded
        CONFIG|SET -4 2.0.0 admin noscript loading stale
          does Changes settings while the server runs.
          cost O(N)
          tips request_policy:all_nodes response_policy:all_succeeded
          args data(parameter value)...
        DBSIZE 1 1.0.0 readonly fast @keyspace
          does Counts the keys of the database.
          cost O(1)
          tips request_policy:all_shards response_policy:agg_sum
        DEBUG -2 1.0.0 admin noscript loading stale protected
          does Holds commands for tests and for looking inside.
          system
        FAILOVER -1 6.2.0 admin noscript stale
          does Hands the master's role to one of its replicas.
          cost O(1)
          args ['TO=target(host port:integer ['FORCE])] ['ABORT] ['TIMEOUT=milliseconds:integer]
        FLUSHALL -1 1.0.0 write @keyspace @dangerous
          does Removes every key of every database.
          cost O(N)
          tips request_policy:all_shards response_policy:all_succeeded
          args [flush-type<'ASYNC@4.0.0 | 'SYNC@6.2.0>]
        FLUSHDB -1 1.0.0 write @keyspace @dangerous
          does Removes every key of the database.
          cost O(N)
          tips request_policy:all_shards response_policy:all_succeeded
          args [flush-type<'ASYNC@4.0.0 | 'SYNC@6.2.0>]
        INFO -1 1.0.0 loading stale sentinel @dangerous
          does Shows how the server is doing.
          cost O(1)
          tips nondeterministic_output request_policy:all_shards response_policy:special
          args [section...]
        LASTSAVE 1 1.0.0 loading stale fast @admin @dangerous
          does Tells when the data set was last saved.
          cost O(1)
          tips nondeterministic_output
        LATENCY -2 2.8.13
          does Holds the commands about delays.
        LATENCY|DOCTOR 2 2.8.13 admin noscript loading stale
          does Reports on delays in words.
          cost O(1)
          tips nondeterministic_output request_policy:all_nodes response_policy:special
        LATENCY|GRAPH 3 2.8.13 admin noscript loading stale
          does Draws the delays of an event.
          cost O(1)
          tips nondeterministic_output request_policy:all_nodes response_policy:special
          args event
        LATENCY|HELP 2 2.8.13 loading stale
          does Shows what LATENCY can do.
          cost O(1)
        LATENCY|HISTOGRAM -2 7.0.0 admin noscript loading stale
          does Shows how long calls of commands take.
          cost O(N)
          tips nondeterministic_output request_policy:all_nodes response_policy:special
          args [command...]
        LATENCY|HISTORY 3 2.8.13 admin noscript loading stale
          does Lists the delays of an event with their times.
          cost O(1)
          tips nondeterministic_output request_policy:all_nodes response_policy:special
          args event
        LATENCY|LATEST 2 2.8.13 admin noscript loading stale
          does Shows the last delay of every event.
          cost O(1)
          tips nondeterministic_output request_policy:all_nodes response_policy:special
        LATENCY|RESET -2 2.8.13 admin noscript loading stale
          does Forgets the delays that were noted.
          cost O(1)
          tips request_policy:all_nodes response_policy:agg_sum
          args [event...]
        LOLWUT -1 5.0.0 readonly fast
          does Draws something, and tells the version.
          args ['VERSION=version:integer]
        MEMORY -2 4.0.0
          does Holds the commands about memory.
        MEMORY|DOCTOR 2 4.0.0
          does Reports on memory in words.
          cost O(1)
          tips nondeterministic_output request_policy:all_shards response_policy:special
        MEMORY|HELP 2 4.0.0 loading stale
          does Shows what MEMORY can do.
          cost O(1)
        MEMORY|MALLOC-STATS 2 4.0.0
          does Shows the counters of the allocator.
          tips nondeterministic_output request_policy:all_shards response_policy:special
        MEMORY|PURGE 2 4.0.0
          does Asks the allocator to give unused memory back.
          tips request_policy:all_shards response_policy:all_succeeded
        MEMORY|STATS 2 4.0.0
          does Shows what memory is used for.
          cost O(1)
          tips nondeterministic_output request_policy:all_shards response_policy:special
        MEMORY|USAGE -3 4.0.0 readonly
          key RO at 2 range 0 1 0
          does Estimates the memory that a key takes.
          cost O(N)
          args key:key#0 ['SAMPLES=count:integer]
        MODULE -2 4.0.0
          does Holds the commands about modules.
        MODULE|HELP 2 5.0.0 loading stale
          does Shows what MODULE can do.
          cost O(1)
        MODULE|LIST 2 4.0.0 admin noscript
          does Lists the modules.
          cost O(N)
          tips nondeterministic_output_order
        MODULE|LOAD -3 4.0.0 admin noscript protected no_async_loading
          does Adds a module.
          cost O(1)
          args path [arg...]
        MODULE|LOADEX -3 7.0.0 admin noscript protected no_async_loading
          does Adds a module with settings of its own.
          cost O(1)
          args path ['CONFIG=configs(name value)*...] ['ARGS=args...]
        MODULE|UNLOAD 3 4.0.0 admin noscript protected no_async_loading
          does Removes a module.
          cost O(1)
          args name
        MONITOR 1 1.0.0 admin noscript loading stale
          does Shows every command as it is executed.
        PSYNC -3 2.8.0 admin noscript no_async_loading no_multi
          does Asks a master for the stream from where it broke off.
          args replicationid offset:integer
        REPLCONF -1 3.0.0 admin noscript loading stale allow_busy
          does Tells a master about its replica, and back.
          cost O(1)
          system
        REPLICAOF 3 5.0.0 admin noscript stale no_async_loading
          does Makes this server follow another, or none.
          cost O(1)
          args args<host-port(host port:integer) | no-one('NO 'ONE)>
        RESTORE-ASKING -4 3.0.0 write denyoom asking @keyspace @dangerous
          key OW update at 1 range 0 1 0
          does Does what RESTORE does, for a slot that is being imported.
          cost O(1)
          system
          args key:key#0 ttl:integer serialized-value ['REPLACE@3.0.0] ['ABSTTL@5.0.0]
            ['IDLETIME=seconds:integer@5.0.0] ['FREQ=frequency:integer@5.0.0]
        ROLE 1 2.8.12 noscript loading stale fast sentinel @admin @dangerous
          does Tells whether this is a master, a replica or a sentinel.
          cost O(1)
        SAVE 1 1.0.0 admin noscript no_async_loading no_multi
          does Saves the data set to disk; nobody is served meanwhile.
          cost O(N)
        SHUTDOWN -1 1.0.0 admin noscript loading stale sentinel no_multi allow_busy
          does Ends the server, and saves before if it should.
          cost O(N)
          args [save-selector<'NOSAVE | 'SAVE>] ['NOW@7.0.0] ['FORCE@7.0.0] ['ABORT@7.0.0]
        SLAVEOF 3 1.0.0 admin noscript stale no_async_loading
          does Makes this server follow another, or none; the older name.
          cost O(1)
          deprecated 5.0.0 `REPLICAOF`
          args args<host-port(host port:integer) | no-one('NO 'ONE)>
        SLOWLOG -2 2.2.12
          does Holds the commands about slow calls.
        SLOWLOG|GET -2 2.2.12 admin loading stale
          does Lists the slow calls that were noted last.
          cost O(N)
          tips request_policy:all_nodes nondeterministic_output
          args [count:integer]
        SLOWLOG|HELP 2 6.2.0 loading stale
          does Shows what SLOWLOG can do.
          cost O(1)
        SLOWLOG|LEN 2 2.2.12 admin loading stale
          does Counts the slow calls that are noted.
          cost O(1)
          tips request_policy:all_nodes response_policy:agg_sum nondeterministic_output
        SLOWLOG|RESET 2 2.2.12 admin loading stale
          does Forgets the slow calls that were noted.
          cost O(N)
          tips request_policy:all_nodes response_policy:all_succeeded
        SWAPDB 3 4.0.0 write fast @keyspace @dangerous
          does Exchanges two databases.
          cost O(N)
          args index1:integer index2:integer
        SYNC 1 1.0.0 admin noscript no_async_loading no_multi
          does Asks a master for its data set and the stream after it.
        TIME 1 2.6.0 loading stale fast
          does Tells the time of the server.
          cost O(1)
          tips nondeterministic_output
        """#
    }
}
