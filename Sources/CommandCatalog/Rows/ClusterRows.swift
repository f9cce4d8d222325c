/// The rows of the cluster commands, in the format that `CommandRows` tells.
enum ClusterRows {
    static var text: StaticString {
        #"""
        ASKING 1 3.0.0 fast @connection
          does Lets the next command reach a slot that is being imported.
          cost O(1)
        CLUSTER -2 3.0.0
          does Holds the commands of a cluster.
        CLUSTER|ADDSLOTS -3 3.0.0 admin stale no_async_loading
          does Gives hash slots to this node.
          cost O(N)
          args slot:integer...
        CLUSTER|ADDSLOTSRANGE -4 7.0.0 admin stale no_async_loading
          does Gives ranges of hash slots to this node.
          cost O(N)
          args range(start-slot:integer end-slot:integer)...
        CLUSTER|BUMPEPOCH 2 3.0.0 admin stale no_async_loading
          does Raises the configuration epoch of this node.
          cost O(1)
          tips nondeterministic_output
        CLUSTER|COUNT-FAILURE-REPORTS 3 3.0.0 admin stale
          does Tells how many nodes report that a node fails.
          cost O(N)
          tips nondeterministic_output
          args node-id
        CLUSTER|COUNTKEYSINSLOT 3 3.0.0 stale
          does Tells how many keys a slot holds.
          cost O(1)
          args slot:integer
        CLUSTER|DELSLOTS -3 3.0.0 admin stale no_async_loading
          does Makes this node forget who owns some slots.
          cost O(N)
          args slot:integer...
        CLUSTER|DELSLOTSRANGE -4 7.0.0 admin stale no_async_loading
          does Makes this node forget who owns ranges of slots.
          cost O(N)
          args range(start-slot:integer end-slot:integer)...
        CLUSTER|FAILOVER -2 3.0.0 admin stale no_async_loading
          does Makes this replica take over from its master.
          cost O(1)
          args [options<'FORCE | 'TAKEOVER>]
        CLUSTER|FLUSHSLOTS 2 3.0.0 admin stale no_async_loading
          does Takes every slot away from this node.
          cost O(1)
        CLUSTER|FORGET 3 3.0.0 admin stale no_async_loading
          does Drops a node from the table of nodes.
          cost O(1)
          args node-id
        CLUSTER|GETKEYSINSLOT 4 3.0.0 stale
          does Lists keys of a slot, at most as many as asked.
          cost O(N)
          tips nondeterministic_output
          args slot:integer count:integer
        CLUSTER|HELP 2 5.0.0 loading stale
          does Shows what CLUSTER can do.
          cost O(1)
        CLUSTER|INFO 2 3.0.0 stale
          does Shows how the cluster is doing, as this node sees it.
          cost O(1)
          tips nondeterministic_output
        CLUSTER|KEYSLOT 3 3.0.0 stale
          does Tells the slot that a key belongs to.
          cost O(N)
          args key
        CLUSTER|LINKS 2 7.0.0 stale
          does Lists the connections between this node and its peers.
          cost O(N)
          tips nondeterministic_output
        CLUSTER|MEET -4 3.0.0 admin stale no_async_loading
          does Introduces this node to another.
          cost O(1)
          args ip port:integer [cluster-bus-port:integer@4.0.0]
        CLUSTER|MYID 2 3.0.0 stale
          does Tells the id of this node.
          cost O(1)
        CLUSTER|MYSHARDID 2 7.2.0 stale
          does Tells the id of the shard of this node.
          cost O(1)
          tips nondeterministic_output
        CLUSTER|NODES 2 3.0.0 stale
          does Lists the nodes as this node knows them.
          cost O(N)
          tips nondeterministic_output
        CLUSTER|REPLICAS 3 5.0.0 admin stale
          does Lists the replicas of a node.
          cost O(N)
          tips nondeterministic_output
          args node-id
        CLUSTER|REPLICATE 3 3.0.0 admin stale no_async_loading
          does Makes this node a replica of another.
          cost O(1)
          args node-id
        CLUSTER|RESET -2 3.0.0 admin noscript stale
          does Makes this node forget the cluster.
          cost O(N)
          args [reset-type<'HARD | 'SOFT>]
        CLUSTER|SAVECONFIG 2 3.0.0 admin stale no_async_loading
          does Writes what this node knows of the cluster to disk.
          cost O(1)
        CLUSTER|SET-CONFIG-EPOCH 3 3.0.0 admin stale no_async_loading
          does Gives a fresh node its configuration epoch.
          cost O(1)
          args config-epoch:integer
        CLUSTER|SETSLOT -4 3.0.0 admin stale no_async_loading
          does Gives a slot to a node, or marks it as moving.
          cost O(1)
          args slot:integer subcommand<'IMPORTING=importing~node-id | 'MIGRATING=migrating~node-id
            | 'NODE=node~node-id | 'STABLE>
        CLUSTER|SHARDS 2 7.0.0 loading stale
          does Lists the shards with their slots and nodes.
          cost O(N)
          tips nondeterministic_output
        CLUSTER|SLAVES 3 3.0.0 admin stale
          does Lists the replicas of a node; the older name.
          cost O(N)
          tips nondeterministic_output
          deprecated 5.0.0 `CLUSTER REPLICAS`
          args node-id
        CLUSTER|SLOT-STATS -4 8.0.0 loading stale
          does Shows how busy slots are.
          cost O(N)
          tips nondeterministic_output request_policy:all_shards
          args filter<'SLOTSRANGE=slotsrange(start-slot:integer end-slot:integer) |
            'ORDERBY=orderby(metric ['LIMIT=limit:integer] [order<'ASC | 'DESC>])>
        CLUSTER|SLOTS 2 3.0.0 loading stale
          does Lists ranges of slots and the nodes that serve them.
          cost O(N)
          tips nondeterministic_output
          deprecated 7.0.0 `CLUSTER SHARDS`
        READONLY 1 3.0.0 loading stale fast @connection
          does Lets this connection read from a replica of the cluster.
          cost O(1)
        READWRITE 1 3.0.0 loading stale fast @connection
          does Ends what READONLY allowed.
          cost O(1)
        """#
    }
}
