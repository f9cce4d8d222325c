/// The rows of the hyperloglog commands, in the format that `CommandRows` tells.
enum HyperLogLogRows {
    static var text: StaticString {
        #"""
        PFADD -2 2.8.9 write denyoom fast @hyperloglog
          key RW insert at 1 range 0 1 0
          does Counts elements in, roughly and in little memory.
          cost O(1)
          args key:key#0 [element...]
        PFCOUNT -2 2.8.9 readonly may_replicate @hyperloglog
          key RW access at 1 range -1 1 0
          note RW: counting may rewrite the cached count, which replicas must see.
          does Estimates how many different elements were counted in.
          cost O(1)
          args key:key#0...
        PFDEBUG 3 2.8.9 write denyoom admin @hyperloglog
          key RW access at 2 range 0 1 0
          does Shows and changes the inside of a HyperLogLog.
          system
          args subcommand key:key#0
        PFMERGE -2 2.8.9 write denyoom @hyperloglog
          key RW access insert at 1 range 0 1 0
          key RO access at 2 range -1 1 0
          does Unites HyperLogLogs into one.
          cost O(N)
          args destkey:key#0 [sourcekey:key#1...]
        PFSELFTEST 1 2.8.9 admin @hyperloglog
          does Checks the HyperLogLog code of the server.
          system
        """#
    }
}
