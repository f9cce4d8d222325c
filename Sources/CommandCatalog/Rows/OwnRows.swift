/// The rows of commands that rds adds to those of Redis, in the format that `CommandRows` tells.
///
/// All are subcommands of one container, so that no name of Redis or of a module is taken. Who wants
/// to use one asks `RDS CAPABILITIES` first: other servers answer with an error.
enum OwnRows {
    static var text: StaticString {
        #"""
        RDS -2 0.1.0 own @connection
          does Holds what rds adds to the commands of Redis.
        RDS|CAPABILITIES 2 0.1.0 loading stale fast own @connection
          does Names what this server can do beyond Redis.
          cost O(1)
        RDS|GOODBYE 2 0.1.0 loading stale fast own @connection
          does Asks the server to say on this connection when it stops.
          cost O(1)
        RDS|HELP 2 0.1.0 loading stale own @connection
          does Shows what RDS can do.
          cost O(1)
        RDS|LINK 2 0.1.0 loading stale fast own @connection
          does Tells how the link to the master is, and for how long nothing came from it.
          cost O(1)
        RDS|SENTINEL -6 0.1.0 loading stale fast own @connection
          does Tells a server how a sentinel watches it, and which sentinels that one knows.
          cost O(N) with N the number of sentinels
          args runid group down-after:integer failover-timeout:integer [known-runid...]
        RDS|SWITCHOVER -3 0.1.0 admin noscript stale own
          does Holds a master's writes back while a sentinel puts a replica in its place.
          cost O(1)
          args order<'PAUSE=pause(epoch:integer leader milliseconds:integer) |
            'COMMIT=commit(epoch:integer leader host port:integer) |
            'RESUME=resume(epoch:integer leader) | 'WANTED>
        """#
    }
}
