/// The rows of the sentinel commands, in the format that `CommandRows` tells.
enum SentinelRows {
    static var text: StaticString {
        #"""
        SENTINEL -2 2.8.4 admin sentinel only_sentinel
        SENTINEL|CKQUORUM 3 2.8.4 admin sentinel only_sentinel
          args master-name
        SENTINEL|CONFIG -4 6.2.0 admin sentinel only_sentinel
          cost O(N)
          args action<'SET=set(parameter value)... | 'GET=parameter...>
        SENTINEL|DEBUG -2 7.0.0 admin sentinel only_sentinel
          cost O(N)
          args [data(parameter value)...]
        SENTINEL|FAILOVER 3 2.8.4 admin sentinel only_sentinel
          args master-name
        SENTINEL|FLUSHCONFIG 2 2.8.4 admin sentinel only_sentinel
          cost O(1)
        SENTINEL|GET-MASTER-ADDR-BY-NAME 3 2.8.4 admin sentinel only_sentinel
          cost O(1)
          args master-name
        SENTINEL|GET-PRIMARY-ADDR-BY-NAME 3 8.0.0 admin sentinel only_sentinel
          cost O(1)
          args primary-name
        SENTINEL|HELP 2 6.2.0 loading stale sentinel only_sentinel
          cost O(1)
        SENTINEL|INFO-CACHE -3 3.2.0 admin sentinel only_sentinel
          cost O(N)
          args nodename...
        SENTINEL|IS-MASTER-DOWN-BY-ADDR 6 2.8.4 admin sentinel only_sentinel
          cost O(1)
          args ip port:integer current-epoch:integer runid
        SENTINEL|IS-PRIMARY-DOWN-BY-ADDR 6 8.0.0 admin sentinel only_sentinel
          cost O(1)
          args ip port:integer current-epoch:integer runid
        SENTINEL|MASTER 3 2.8.4 admin sentinel only_sentinel
          cost O(1)
          args master-name
        SENTINEL|MASTERS 2 2.8.4 admin sentinel only_sentinel
          cost O(N)
        SENTINEL|MONITOR 6 2.8.4 admin sentinel only_sentinel
          cost O(1)
          args name ip port:integer quorum:integer
        SENTINEL|MYID 2 6.2.0 admin sentinel only_sentinel
          cost O(1)
        SENTINEL|PENDING-SCRIPTS 2 2.8.4 admin sentinel only_sentinel
        SENTINEL|PRIMARIES 2 8.0.0 admin sentinel only_sentinel
          cost O(N)
        SENTINEL|PRIMARY 3 8.0.0 admin sentinel only_sentinel
          cost O(1)
          args primary-name
        SENTINEL|REMOVE 3 2.8.4 admin sentinel only_sentinel
          cost O(1)
          args master-name
        SENTINEL|REPLICAS 3 5.0.0 admin sentinel only_sentinel
          cost O(N)
          args master-name
        SENTINEL|RESET 3 2.8.4 admin sentinel only_sentinel
          cost O(N)
          args pattern:pattern
        SENTINEL|SENTINELS 3 2.8.4 admin sentinel only_sentinel
          cost O(N)
          args master-name
        SENTINEL|SET -5 2.8.4 admin sentinel only_sentinel
          cost O(1)
          args master-name data(option value)...
        SENTINEL|SIMULATE-FAILURE -3 3.2.0 admin sentinel only_sentinel
          args [mode<crash-after-election:pure-token | crash-after-promotion:pure-token |
            help:pure-token>...]
        SENTINEL|SLAVES 3 2.8.0 admin sentinel only_sentinel
          cost O(N)
          deprecated 5.0.0 `SENTINEL REPLICAS`
          args master-name
        """#
    }
}
