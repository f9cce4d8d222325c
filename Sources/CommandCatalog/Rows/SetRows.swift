/// The rows of the set commands, in the format that `CommandRows` tells.
enum SetRows {
    static var text: StaticString {
        #"""
        SADD -3 1.0.0 write denyoom fast @set
          key RW insert at 1 range 0 1 0
          cost O(1)
          args key:key#0 member...
        SCARD 2 1.0.0 readonly fast @set
          key RO at 1 range 0 1 0
          cost O(1)
          args key:key#0
        SDIFF -2 1.0.0 readonly @set
          key RO access at 1 range -1 1 0
          cost O(N)
          tips nondeterministic_output_order
          args key:key#0...
        SDIFFSTORE -3 1.0.0 write denyoom @set
          key OW update at 1 range 0 1 0
          key RO access at 2 range -1 1 0
          cost O(N)
          args destination:key#0 key:key#1...
        SINTER -2 1.0.0 readonly @set
          key RO access at 1 range -1 1 0
          cost O(N*M)
          tips nondeterministic_output_order
          args key:key#0...
        SINTERCARD -3 7.0.0 readonly @set
          key RO access at 1 counted 0 1 1
          cost O(N*M)
          args numkeys:integer key:key#0... ['LIMIT=limit:integer]
        SINTERSTORE -3 1.0.0 write denyoom @set
          key RW update at 1 range 0 1 0
          key RO access at 2 range -1 1 0
          cost O(N*M)
          args destination:key#0 key:key#1...
        SISMEMBER 3 1.0.0 readonly fast @set
          key RO at 1 range 0 1 0
          cost O(1)
          args key:key#0 member
        SMEMBERS 2 1.0.0 readonly @set
          key RO access at 1 range 0 1 0
          cost O(N)
          tips nondeterministic_output_order
          args key:key#0
        SMISMEMBER -3 6.2.0 readonly fast @set
          key RO access at 1 range 0 1 0
          cost O(N)
          args key:key#0 member...
        SMOVE 4 1.0.0 write fast @set
          key RW access delete at 1 range 0 1 0
          key RW insert at 2 range 0 1 0
          cost O(1)
          args source:key#0 destination:key#1 member
        SPOP -2 1.0.0 write fast @set
          key RW access delete at 1 range 0 1 0
          cost O(1), O(N) with a count
          tips nondeterministic_output
          args key:key#0 [count:integer@3.2.0]
        SRANDMEMBER -2 1.0.0 readonly @set
          key RO access at 1 range 0 1 0
          cost O(1), O(N) with a count
          tips nondeterministic_output
          args key:key#0 [count:integer@2.6.0]
        SREM -3 1.0.0 write fast @set
          key RW delete at 1 range 0 1 0
          cost O(N)
          args key:key#0 member...
        SSCAN -3 2.8.0 readonly @set
          key RO access at 1 range 0 1 0
          cost O(1)
          tips nondeterministic_output
          args key:key#0 cursor:integer ['MATCH=pattern:pattern] ['COUNT=count:integer]
        SUNION -2 1.0.0 readonly @set
          key RO access at 1 range -1 1 0
          cost O(N)
          tips nondeterministic_output_order
          args key:key#0...
        SUNIONSTORE -3 1.0.0 write denyoom @set
          key OW update at 1 range 0 1 0
          key RO access at 2 range -1 1 0
          cost O(N)
          args destination:key#0 key:key#1...
        """#
    }
}
