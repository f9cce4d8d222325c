/// The rows of the set commands, in the format that `CommandRows` tells.
enum SetRows {
    static var text: StaticString {
        #"""
        SADD -3 1.0.0 write denyoom fast @set
          key RW insert at 1 range 0 1 0
          does Puts members into a set and counts the new ones.
          cost O(1)
          args key:key#0 member...
        SCARD 2 1.0.0 readonly fast @set
          key RO at 1 range 0 1 0
          does Counts the members of a set.
          cost O(1)
          args key:key#0
        SDIFF -2 1.0.0 readonly @set
          key RO access at 1 range -1 1 0
          does Lists what the first set has and the others have not.
          cost O(N)
          tips nondeterministic_output_order
          args key:key#0...
        SDIFFSTORE -3 1.0.0 write denyoom @set
          key OW update at 1 range 0 1 0
          key RO access at 2 range -1 1 0
          does Keeps what the first set has and the others have not.
          cost O(N)
          args destination:key#0 key:key#1...
        SINTER -2 1.0.0 readonly @set
          key RO access at 1 range -1 1 0
          does Lists what all sets have.
          cost O(N*M)
          tips nondeterministic_output_order
          args key:key#0...
        SINTERCARD -3 7.0.0 readonly @set
          key RO access at 1 counted 0 1 1
          does Counts what all sets have.
          cost O(N*M)
          args numkeys:integer key:key#0... ['LIMIT=limit:integer]
        SINTERSTORE -3 1.0.0 write denyoom @set
          key RW update at 1 range 0 1 0
          key RO access at 2 range -1 1 0
          does Keeps what all sets have.
          cost O(N*M)
          args destination:key#0 key:key#1...
        SISMEMBER 3 1.0.0 readonly fast @set
          key RO at 1 range 0 1 0
          does Tells whether a set has a member.
          cost O(1)
          args key:key#0 member
        SMEMBERS 2 1.0.0 readonly @set
          key RO access at 1 range 0 1 0
          does Lists a set as a whole.
          cost O(N)
          tips nondeterministic_output_order
          args key:key#0
        SMISMEMBER -3 6.2.0 readonly fast @set
          key RO access at 1 range 0 1 0
          does Tells for several members whether a set has them.
          cost O(N)
          args key:key#0 member...
        SMOVE 4 1.0.0 write fast @set
          key RW access delete at 1 range 0 1 0
          key RW insert at 2 range 0 1 0
          does Takes a member from one set to another.
          cost O(1)
          args source:key#0 destination:key#1 member
        SPOP -2 1.0.0 write fast @set
          key RW access delete at 1 range 0 1 0
          does Takes members out of a set by chance.
          cost O(1), O(N) with a count
          tips nondeterministic_output
          args key:key#0 [count:integer@3.2.0]
        SRANDMEMBER -2 1.0.0 readonly @set
          key RO access at 1 range 0 1 0
          does Picks members of a set by chance.
          cost O(1), O(N) with a count
          tips nondeterministic_output
          args key:key#0 [count:integer@2.6.0]
        SREM -3 1.0.0 write fast @set
          key RW delete at 1 range 0 1 0
          does Takes members out of a set.
          cost O(N)
          args key:key#0 member...
        SSCAN -3 2.8.0 readonly @set
          key RO access at 1 range 0 1 0
          does Walks over the members of a set bit by bit.
          cost O(1)
          tips nondeterministic_output
          args key:key#0 cursor:integer ['MATCH=pattern:pattern] ['COUNT=count:integer]
        SUNION -2 1.0.0 readonly @set
          key RO access at 1 range -1 1 0
          does Lists what any of the sets has.
          cost O(N)
          tips nondeterministic_output_order
          args key:key#0...
        SUNIONSTORE -3 1.0.0 write denyoom @set
          key OW update at 1 range 0 1 0
          key RO access at 2 range -1 1 0
          does Keeps what any of the sets has.
          cost O(N)
          args destination:key#0 key:key#1...
        """#
    }
}
