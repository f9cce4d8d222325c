/// The rows of the cluster commands, in the format that `CommandRows` tells.
enum ClusterRows {
    static var text: StaticString {
        #"""
        ASKING 1 3.0.0 fast @connection
          cost O(1)
        CLUSTER -2 3.0.0
        CLUSTER|ADDSLOTS -3 3.0.0 admin stale no_async_loading
          cost O(N)
          args slot:integer...
        CLUSTER|ADDSLOTSRANGE -4 7.0.0 admin stale no_async_loading
          cost O(N)
          args range(start-slot:integer end-slot:integer)...
        CLUSTER|BUMPEPOCH 2 3.0.0 admin stale no_async_loading
          cost O(1)
          tips nondeterministic_output
        CLUSTER|COUNT-FAILURE-REPORTS 3 3.0.0 admin stale
          cost O(N)
          tips nondeterministic_output
          args node-id
        CLUSTER|COUNTKEYSINSLOT 3 3.0.0 stale
          cost O(1)
          args slot:integer
        CLUSTER|DELSLOTS -3 3.0.0 admin stale no_async_loading
          cost O(N)
          args slot:integer...
        CLUSTER|DELSLOTSRANGE -4 7.0.0 admin stale no_async_loading
          cost O(N)
          args range(start-slot:integer end-slot:integer)...
        CLUSTER|FAILOVER -2 3.0.0 admin stale no_async_loading
          cost O(1)
          args [options<'FORCE | 'TAKEOVER>]
        CLUSTER|FLUSHSLOTS 2 3.0.0 admin stale no_async_loading
          cost O(1)
        CLUSTER|FORGET 3 3.0.0 admin stale no_async_loading
          cost O(1)
          args node-id
        CLUSTER|GETKEYSINSLOT 4 3.0.0 stale
          cost O(N)
          tips nondeterministic_output
          args slot:integer count:integer
        CLUSTER|HELP 2 5.0.0 loading stale
          cost O(1)
        CLUSTER|INFO 2 3.0.0 stale
          cost O(1)
          tips nondeterministic_output
        CLUSTER|KEYSLOT 3 3.0.0 stale
          cost O(N)
          args key
        CLUSTER|LINKS 2 7.0.0 stale
          cost O(N)
          tips nondeterministic_output
        CLUSTER|MEET -4 3.0.0 admin stale no_async_loading
          cost O(1)
          args ip port:integer [cluster-bus-port:integer@4.0.0]
        CLUSTER|MYID 2 3.0.0 stale
          cost O(1)
        CLUSTER|MYSHARDID 2 7.2.0 stale
          cost O(1)
          tips nondeterministic_output
        CLUSTER|NODES 2 3.0.0 stale
          cost O(N)
          tips nondeterministic_output
        CLUSTER|REPLICAS 3 5.0.0 admin stale
          cost O(N)
          tips nondeterministic_output
          args node-id
        CLUSTER|REPLICATE 3 3.0.0 admin stale no_async_loading
          cost O(1)
          args node-id
        CLUSTER|RESET -2 3.0.0 admin noscript stale
          cost O(N)
          args [reset-type<'HARD | 'SOFT>]
        CLUSTER|SAVECONFIG 2 3.0.0 admin stale no_async_loading
          cost O(1)
        CLUSTER|SET-CONFIG-EPOCH 3 3.0.0 admin stale no_async_loading
          cost O(1)
          args config-epoch:integer
        CLUSTER|SETSLOT -4 3.0.0 admin stale no_async_loading
          cost O(1)
          args slot:integer subcommand<'IMPORTING=importing~node-id | 'MIGRATING=migrating~node-id
            | 'NODE=node~node-id | 'STABLE>
        CLUSTER|SHARDS 2 7.0.0 loading stale
          cost O(N)
          tips nondeterministic_output
        CLUSTER|SLAVES 3 3.0.0 admin stale
          cost O(N)
          tips nondeterministic_output
          deprecated 5.0.0 `CLUSTER REPLICAS`
          args node-id
        CLUSTER|SLOT-STATS -4 8.0.0 loading stale
          cost O(N)
          tips nondeterministic_output request_policy:all_shards
          args filter<'SLOTSRANGE=slotsrange(start-slot:integer end-slot:integer) |
            'ORDERBY=orderby(metric ['LIMIT=limit:integer] [order<'ASC | 'DESC>])>
        CLUSTER|SLOTS 2 3.0.0 loading stale
          cost O(N)
          tips nondeterministic_output
          deprecated 7.0.0 `CLUSTER SHARDS`
        READONLY 1 3.0.0 loading stale fast @connection
          cost O(1)
        READWRITE 1 3.0.0 loading stale fast @connection
          cost O(1)
        """#
    }
}
