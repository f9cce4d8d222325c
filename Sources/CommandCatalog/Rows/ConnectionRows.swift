/// The rows of the connection commands, in the format that `CommandRows` tells.
enum ConnectionRows {
    static var text: StaticString {
        #"""
        AUTH -2 1.0.0 noscript loading stale fast no_auth sentinel allow_busy @connection
          cost O(N)
          args [username@6.0.0] password
        CLIENT -2 2.4.0 sentinel
        CLIENT|CACHING 3 6.0.0 noscript loading stale sentinel @connection
          cost O(1)
          args mode<'YES | 'NO>
        CLIENT|CAPA -3 8.0.0 noscript loading stale @connection
          cost O(1)
          args capability...
        CLIENT|GETNAME 2 2.6.9 noscript loading stale sentinel @connection
          cost O(1)
        CLIENT|GETREDIR 2 6.0.0 noscript loading stale sentinel @connection
          cost O(1)
        CLIENT|HELP 2 5.0.0 loading stale sentinel @connection
          cost O(1)
        CLIENT|ID 2 5.0.0 noscript loading stale sentinel @connection
          cost O(1)
        CLIENT|INFO 2 6.2.0 noscript loading stale sentinel @connection
          cost O(1)
          tips nondeterministic_output
        CLIENT|KILL -3 2.4.0 admin noscript loading stale sentinel @connection
          cost O(N)
          args filter<old-format^2.8.12~ip:port | new-format<['ID=client-id:integer@2.8.12] |
            ['TYPE=client-type@2.8.12<'normal | 'master@3.2.0 | 'slave | 'replica@5.0.0 | 'pubsub>]
            | ['USER=username] | ['ADDR=addr~ip:port] | ['LADDR=laddr@6.2.0~ip:port] |
            ['SKIPME=skipme<'YES | 'NO>]>...>
        CLIENT|LIST -2 2.4.0 admin noscript loading stale sentinel @connection
          cost O(N)
          tips nondeterministic_output
          args ['TYPE=client-type@5.0.0<'normal | 'master | 'replica | 'pubsub>]
            ['ID=client-id:integer@6.2.0...]
        CLIENT|NO-EVICT 3 7.0.0 admin noscript loading stale sentinel @connection
          cost O(1)
          args enabled<'ON | 'OFF>
        CLIENT|NO-TOUCH 3 7.2.0 noscript loading stale @connection
          cost O(1)
          args enabled<'ON | 'OFF>
        CLIENT|PAUSE -3 3.0.0 admin noscript loading stale sentinel @connection
          cost O(1)
          args timeout:integer [mode@6.2.0<'WRITE | 'ALL>]
        CLIENT|REPLY 3 3.2.0 noscript loading stale sentinel @connection
          cost O(1)
          args action<'ON | 'OFF | 'SKIP>
        CLIENT|SETINFO 4 7.2.0 noscript loading stale sentinel @connection
          cost O(1)
          tips request_policy:all_nodes response_policy:all_succeeded
          args attr<'lib-name=libname | 'lib-ver=libver>
        CLIENT|SETNAME 3 2.6.9 noscript loading stale sentinel @connection
          cost O(1)
          tips request_policy:all_nodes response_policy:all_succeeded
          args connection-name
        CLIENT|TRACKING -3 6.0.0 noscript loading stale sentinel @connection
          cost O(1)
          args status<'ON | 'OFF> ['REDIRECT=client-id:integer] ['PREFIX=prefix*...] ['BCAST:BCAST]
            ['OPTIN:OPTIN] ['OPTOUT:OPTOUT] ['NOLOOP:NOLOOP]
        CLIENT|TRACKINGINFO 2 6.2.0 noscript loading stale sentinel @connection
          cost O(1)
        CLIENT|UNBLOCK -3 5.0.0 admin noscript loading stale sentinel @connection
          cost O(log N)
          args client-id:integer [unblock-type<'TIMEOUT | 'ERROR>]
        CLIENT|UNPAUSE 2 6.2.0 admin noscript loading stale sentinel @connection
          cost O(N)
        ECHO 2 1.0.0 loading stale fast @connection
          cost O(1)
          args message
        HELLO -1 6.0.0 noscript loading stale fast no_auth sentinel allow_busy @connection
          cost O(1)
          args [arguments(protover:integer ['AUTH=auth(username password)] ['SETNAME=clientname])]
        PING -1 1.0.0 fast sentinel @connection
          cost O(1)
          tips request_policy:all_shards response_policy:all_succeeded
          args [message]
        QUIT -1 1.0.0 noscript loading stale fast no_auth allow_busy @connection
          cost O(1)
          deprecated 7.2.0 just closing the connection
        RESET 1 6.2.0 noscript loading stale fast no_auth allow_busy @connection
          cost O(1)
        SELECT 2 1.0.0 loading stale fast @connection
          cost O(1)
          args index:integer
        """#
    }
}
