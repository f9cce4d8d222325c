/// The rows of the connection commands, in the format that `CommandRows` tells.
enum ConnectionRows {
    static var text: StaticString {
        #"""
        AUTH -2 1.0.0 noscript loading stale fast no_auth sentinel allow_busy @connection
          does Proves who the client is.
          cost O(N)
          args [username@6.0.0] password
        CLIENT -2 2.4.0 sentinel
          does Holds the commands about connections.
        CLIENT|CACHING 3 6.0.0 noscript loading stale sentinel @connection
          does Decides whether the keys of the next command are tracked.
          cost O(1)
          args mode<'YES | 'NO>
        CLIENT|CAPA -3 8.0.0 noscript loading stale @connection
          does Tells the server what the client is able to do.
          cost O(1)
          args capability...
        CLIENT|GETNAME 2 2.6.9 noscript loading stale sentinel @connection
          does Tells the name of this connection.
          cost O(1)
        CLIENT|GETREDIR 2 6.0.0 noscript loading stale sentinel @connection
          does Tells which connection receives the invalidations of this one.
          cost O(1)
        CLIENT|HELP 2 5.0.0 loading stale sentinel @connection
          does Shows what CLIENT can do.
          cost O(1)
        CLIENT|ID 2 5.0.0 noscript loading stale sentinel @connection
          does Tells the number of this connection.
          cost O(1)
        CLIENT|INFO 2 6.2.0 noscript loading stale sentinel @connection
          does Shows this connection as CLIENT LIST would.
          cost O(1)
          tips nondeterministic_output
        CLIENT|KILL -3 2.4.0 admin noscript loading stale sentinel @connection
          does Closes connections that fit the filters.
          cost O(N)
          args filter<old-format^2.8.12~ip:port | new-format<['ID=client-id:integer@2.8.12] |
            ['TYPE=client-type@2.8.12<'NORMAL | 'MASTER@3.2.0 | 'SLAVE | 'REPLICA@5.0.0 | 'PUBSUB>]
            | ['USER=username] | ['ADDR=addr~ip:port] | ['LADDR=laddr@6.2.0~ip:port] |
            ['SKIPME=skipme<'YES | 'NO>]>...>
        CLIENT|LIST -2 2.4.0 admin noscript loading stale sentinel @connection
          does Shows the open connections, one a line.
          cost O(N)
          tips nondeterministic_output
          args ['TYPE=client-type@5.0.0<'NORMAL | 'MASTER | 'REPLICA | 'PUBSUB>]
            ['ID=client-id:integer@6.2.0...]
        CLIENT|NO-EVICT 3 7.0.0 admin noscript loading stale sentinel @connection
          does Spares this connection when client memory must shrink.
          cost O(1)
          args enabled<'ON | 'OFF>
        CLIENT|NO-TOUCH 3 7.2.0 noscript loading stale @connection
          does Keeps this connection's reads from refreshing keys.
          cost O(1)
          args enabled<'ON | 'OFF>
        CLIENT|PAUSE -3 3.0.0 admin noscript loading stale sentinel @connection
          does Holds the commands of clients back for a while.
          cost O(1)
          args timeout:integer [mode@6.2.0<'WRITE | 'ALL>]
        CLIENT|REPLY 3 3.2.0 noscript loading stale sentinel @connection
          does Turns replies to this connection off and on.
          cost O(1)
          args action<'ON | 'OFF | 'SKIP>
        CLIENT|SETINFO 4 7.2.0 noscript loading stale sentinel @connection
          does Names the library that the client uses and its version.
          cost O(1)
          tips request_policy:all_nodes response_policy:all_succeeded
          args attr<'LIB-NAME=libname | 'LIB-VER=libver>
        CLIENT|SETNAME 3 2.6.9 noscript loading stale sentinel @connection
          does Names this connection.
          cost O(1)
          tips request_policy:all_nodes response_policy:all_succeeded
          args connection-name
        CLIENT|TRACKING -3 6.0.0 noscript loading stale sentinel @connection
          does Turns messages about keys that change on or off.
          cost O(1)
          args status<'ON | 'OFF> ['REDIRECT=client-id:integer] ['PREFIX=prefix*...] ['BCAST]
            ['OPTIN] ['OPTOUT] ['NOLOOP]
        CLIENT|TRACKINGINFO 2 6.2.0 noscript loading stale sentinel @connection
          does Shows how this connection tracks keys.
          cost O(1)
        CLIENT|UNBLOCK -3 5.0.0 admin noscript loading stale sentinel @connection
          does Wakes a connection that waits in a blocking command.
          cost O(log N)
          args client-id:integer [unblock-type<'TIMEOUT | 'ERROR>]
        CLIENT|UNPAUSE 2 6.2.0 admin noscript loading stale sentinel @connection
          does Lets the clients go on that PAUSE held.
          cost O(N)
        ECHO 2 1.0.0 loading stale fast @connection
          does Sends the message back.
          cost O(1)
          args message
        HELLO -1 6.0.0 noscript loading stale fast no_auth sentinel allow_busy @connection
          does Agrees on the protocol, and may authenticate and name the connection.
          cost O(1)
          args [arguments(protover:integer ['AUTH=auth(username password)] ['SETNAME=clientname])]
        PING -1 1.0.0 fast sentinel @connection
          does Answers PONG, or the given message.
          cost O(1)
          tips request_policy:all_shards response_policy:all_succeeded
          args [message]
        QUIT -1 1.0.0 noscript loading stale fast no_auth allow_busy @connection
          does Closes this connection.
          cost O(1)
          deprecated 7.2.0 just closing the connection
        RESET 1 6.2.0 noscript loading stale fast no_auth allow_busy @connection
          does Brings this connection back to how it began.
          cost O(1)
        SELECT 2 1.0.0 loading stale fast @connection
          does Changes to another database.
          cost O(1)
          args index:integer
        """#
    }
}
