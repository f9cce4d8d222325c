/// The rows of the sentinel commands, in the format that `CommandRows` tells.
enum SentinelRows {
    static var text: StaticString {
        #"""
        SENTINEL -2 2.8.4 admin sentinel only_sentinel
          does Holds the commands of the sentinel.
        SENTINEL|CKQUORUM 3 2.8.4 admin sentinel only_sentinel
          does Tells whether enough sentinels are there for a failover.
          args master-name
        SENTINEL|CONFIG -4 6.2.0 admin sentinel only_sentinel
          does Reads and changes settings of the sentinel itself.
          cost O(N)
          args action<'SET=set(parameter value)... | 'GET=parameter...>
        SENTINEL|DEBUG -2 7.0.0 admin sentinel only_sentinel
          does Shows and changes the sentinel's time constants.
          cost O(N)
          args [data(parameter value)...]
        SENTINEL|FAILOVER -3 2.8.4 admin sentinel only_sentinel
          does Puts a replica in the place of a master that is up.
          args master-name
            [mode<'FORCE | 'COORDINATED=coordinated(['TO=target(ip port:integer)])>]
        SENTINEL|FLUSHCONFIG 2 2.8.4 admin sentinel only_sentinel
          does Writes the sentinel's file anew.
          cost O(1)
        SENTINEL|GET-MASTER-ADDR-BY-NAME 3 2.8.4 admin sentinel only_sentinel
          does Tells where a master is now.
          cost O(1)
          args master-name
        SENTINEL|GET-PRIMARY-ADDR-BY-NAME 3 8.0.0 admin sentinel only_sentinel
          does Tells where a master is now; another name.
          cost O(1)
          args primary-name
        SENTINEL|HELP 2 6.2.0 loading stale sentinel only_sentinel
          does Shows what SENTINEL can do.
          cost O(1)
        SENTINEL|INFO-CACHE -3 3.2.0 admin sentinel only_sentinel
          does Shows the last INFO replies of masters and replicas.
          cost O(N)
          args nodename...
        SENTINEL|IS-MASTER-DOWN-BY-ADDR 6 2.8.4 admin sentinel only_sentinel
          does Asks whether a master looks down, and for a vote.
          cost O(1)
          args ip port:integer current-epoch:integer runid
        SENTINEL|IS-PRIMARY-DOWN-BY-ADDR 6 8.0.0 admin sentinel only_sentinel
          does Asks whether a master looks down, and for a vote; another name.
          cost O(1)
          args ip port:integer current-epoch:integer runid
        SENTINEL|MASTER 3 2.8.4 admin sentinel only_sentinel
          does Shows what is known of a master.
          cost O(1)
          args master-name
        SENTINEL|MASTERS 2 2.8.4 admin sentinel only_sentinel
          does Shows what is known of every master.
          cost O(N)
        SENTINEL|MONITOR 6 2.8.4 admin sentinel only_sentinel
          does Begins to watch a master.
          cost O(1)
          args name ip port:integer quorum:integer
        SENTINEL|MYID 2 6.2.0 admin sentinel only_sentinel
          does Tells the id of this sentinel.
          cost O(1)
        SENTINEL|PENDING-SCRIPTS 2 2.8.4 admin sentinel only_sentinel
          does Lists scripts that run or wait to run.
        SENTINEL|PRIMARIES 2 8.0.0 admin sentinel only_sentinel
          does Shows what is known of every master; another name.
          cost O(N)
        SENTINEL|PRIMARY 3 8.0.0 admin sentinel only_sentinel
          does Shows what is known of a master; another name.
          cost O(1)
          args primary-name
        SENTINEL|REMOVE 3 2.8.4 admin sentinel only_sentinel
          does Stops watching a master.
          cost O(1)
          args master-name
        SENTINEL|REPLICAS 3 5.0.0 admin sentinel only_sentinel
          does Shows what is known of a master's replicas.
          cost O(N)
          args master-name
        SENTINEL|RESET 3 2.8.4 admin sentinel only_sentinel
          does Forgets replicas and sentinels of the masters that fit a pattern.
          cost O(N)
          args pattern:pattern
        SENTINEL|SENTINELS 3 2.8.4 admin sentinel only_sentinel
          does Shows what is known of the other sentinels of a master.
          cost O(N)
          args master-name
        SENTINEL|SET -5 2.8.4 admin sentinel only_sentinel
          does Changes settings of a master.
          cost O(1)
          args master-name data(option value)...
        SENTINEL|SIMULATE-FAILURE -3 3.2.0 admin sentinel only_sentinel
          does Makes this sentinel crash at a chosen step of a failover.
          args [mode<crash-after-election:pure-token | crash-after-promotion:pure-token |
            help:pure-token>...]
        SENTINEL|SLAVES 3 2.8.0 admin sentinel only_sentinel
          does Shows what is known of a master's replicas; the older name.
          cost O(N)
          deprecated 5.0.0 `SENTINEL REPLICAS`
          args master-name
        SENTINEL|CAPABILITIES 2 0.1.0 admin sentinel only_sentinel own
          does Names what this sentinel can do beyond Redis.
          cost O(1)
        SENTINEL|EPOCHS 3 0.1.0 admin sentinel only_sentinel own
          does Tells which master this sentinel knows, under which epoch, and when it last voted.
          cost O(1)
          args master-name
        SENTINEL|PRE-VOTE 6 0.1.0 admin sentinel only_sentinel own
          does Asks whether a vote would be given; nothing changes.
          cost O(1)
          args ip port:integer current-epoch:integer runid
        SENTINEL|RELEASE 6 0.1.0 admin sentinel only_sentinel own
          does Gives a vote back that is not needed any more.
          cost O(1)
          args ip port:integer epoch:integer runid
        SENTINEL|TIMELINE -3 0.1.0 admin sentinel only_sentinel own
          does Shows the last failovers: how long each part took, why a replica was chosen.
          cost O(N)
          args master-name [count:integer]
        """#
    }
}
