/// The rows of the scripting commands, in the format that `CommandRows` tells.
enum ScriptingRows {
    static var text: StaticString {
        #"""
        EVAL -3 2.6.0 noscript stale skip_monitor may_replicate no_mandatory_keys @scripting
          key RW access update at 2 counted 0 1 1
          note What happens to the keys is unknown: RW and update are assumed.
          does Runs a Lua script.
          args script numkeys:integer [key:key#0...] [arg...]
        EVALSHA -3 2.6.0 noscript stale skip_monitor may_replicate no_mandatory_keys @scripting
          key RW access update at 2 counted 0 1 1
          does Runs a Lua script that the server knows by its digest.
          args sha1 numkeys:integer [key:key#0...] [arg...]
        EVALSHA_RO -3 7.0.0 readonly noscript stale skip_monitor no_mandatory_keys @scripting
          key RO access at 2 counted 0 1 1
          does Runs a known Lua script that may not write.
          args sha1 numkeys:integer [key:key#0...] [arg...]
        EVAL_RO -3 7.0.0 readonly noscript stale skip_monitor no_mandatory_keys @scripting
          key RO access at 2 counted 0 1 1
          note What is read is unknown: access is assumed.
          does Runs a Lua script that may not write.
          args script numkeys:integer [key:key#0...] [arg...]
        FCALL -3 7.0.0 noscript stale skip_monitor may_replicate no_mandatory_keys @scripting
          key RW access update at 2 counted 0 1 1
          note What happens to the keys is unknown: RW and update are assumed.
          does Calls a function of a loaded library.
          args function numkeys:integer [key:key#0...] [arg...]
        FCALL_RO -3 7.0.0 readonly noscript stale skip_monitor no_mandatory_keys @scripting
          key RO access at 2 counted 0 1 1
          note What is read is unknown: access is assumed.
          does Calls a function that may not write.
          args function numkeys:integer [key:key#0...] [arg...]
        FUNCTION -2 7.0.0
          does Holds the commands about function libraries.
        FUNCTION|DELETE 3 7.0.0 write noscript @scripting
          does Removes a library with its functions.
          cost O(1)
          tips request_policy:all_shards response_policy:all_succeeded
          args library-name
        FUNCTION|DUMP 2 7.0.0 noscript @scripting
          does Turns all libraries into bytes that RESTORE takes.
          cost O(N)
        FUNCTION|FLUSH -2 7.0.0 write noscript @scripting
          does Removes every library.
          cost O(N)
          tips request_policy:all_shards response_policy:all_succeeded
          args [flush-type<'ASYNC | 'SYNC>]
        FUNCTION|HELP 2 7.0.0 loading stale @scripting
          does Shows what FUNCTION can do.
          cost O(1)
        FUNCTION|KILL 2 7.0.0 noscript allow_busy @scripting
          does Stops the function that runs now.
          cost O(1)
          tips request_policy:all_shards response_policy:one_succeeded
        FUNCTION|LIST -2 7.0.0 noscript @scripting
          does Shows the libraries and their functions.
          cost O(N)
          tips nondeterministic_output_order
          args ['LIBRARYNAME=library-name-pattern] ['WITHCODE]
        FUNCTION|LOAD -3 7.0.0 write denyoom noscript @scripting
          does Adds a library.
          cost O(1)
          tips request_policy:all_shards response_policy:all_succeeded
          args ['REPLACE] function-code
        FUNCTION|RESTORE -3 7.0.0 write denyoom noscript @scripting
          does Adds the libraries of a dump.
          cost O(N)
          tips request_policy:all_shards response_policy:all_succeeded
          args serialized-value [policy<'FLUSH | 'APPEND | 'REPLACE>]
        FUNCTION|STATS 2 7.0.0 noscript allow_busy @scripting
          does Shows the function that runs now, and the engines.
          cost O(1)
          tips nondeterministic_output request_policy:all_shards response_policy:special
        SCRIPT -2 2.6.0
          does Holds the commands about Lua scripts.
        SCRIPT|DEBUG 3 3.2.0 noscript @scripting
          does Chooses how EVAL debugs scripts.
          cost O(1)
          args mode<'YES | 'SYNC | 'NO>
        SCRIPT|EXISTS -3 2.6.0 noscript @scripting
          does Tells which scripts the server knows.
          cost O(N)
          tips request_policy:all_shards response_policy:agg_logical_and
          args sha1...
        SCRIPT|FLUSH -2 2.6.0 noscript @scripting
          does Makes the server forget all scripts.
          cost O(N)
          tips request_policy:all_nodes response_policy:all_succeeded
          args [flush-type@6.2.0<'ASYNC | 'SYNC>]
        SCRIPT|HELP 2 5.0.0 loading stale @scripting
          does Shows what SCRIPT can do.
          cost O(1)
        SCRIPT|KILL 2 2.6.0 noscript allow_busy @scripting
          does Stops the script that runs now.
          cost O(1)
          tips request_policy:all_shards response_policy:one_succeeded
        SCRIPT|LOAD 3 2.6.0 noscript stale @scripting
          does Makes a script known without running it.
          cost O(N)
          tips request_policy:all_nodes response_policy:all_succeeded
          args script
        SCRIPT|SHOW 3 8.0.0 noscript @scripting
          does Shows the text of a known script.
          cost O(1)
          args sha1
        """#
    }
}
