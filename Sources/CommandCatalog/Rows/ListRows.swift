/// The rows of the list commands, in the format that `CommandRows` tells.
enum ListRows {
    static var text: StaticString {
        #"""
        BLMOVE 6 6.2.0 write denyoom blocking @list
          key RW access delete at 1 range 0 1 0
          key RW insert at 2 range 0 1 0
          does Moves an element between lists; waits for one if need be.
          cost O(1)
          args source:key#0 destination:key#1 wherefrom<'LEFT | 'RIGHT> whereto<'LEFT | 'RIGHT>
            timeout:double
        BLMPOP -5 7.0.0 write blocking @list
          key RW access delete at 2 counted 0 1 1
          does Takes elements off the first list that has some; waits if need be.
          cost O(N+M)
          args timeout:double numkeys:integer key:key#0... where<'LEFT | 'RIGHT>
            ['COUNT=count:integer]
        BLPOP -3 2.0.0 write blocking @list
          key RW access delete at 1 range -2 1 0
          does Takes the first element off some list; waits for one if need be.
          cost O(N)
          args key:key#0... timeout:double
        BRPOP -3 2.0.0 write blocking @list
          key RW access delete at 1 range -2 1 0
          does Takes the last element off some list; waits for one if need be.
          cost O(N)
          args key:key#0... timeout:double
        BRPOPLPUSH 4 2.2.0 write denyoom blocking @list
          key RW access delete at 1 range 0 1 0
          key RW insert at 2 range 0 1 0
          does Moves a last element to the front of another list; waits if need be.
          cost O(1)
          deprecated 6.2.0 `BLMOVE` with the `RIGHT` and `LEFT` arguments
          args source:key#0 destination:key#1 timeout:double
        LINDEX 3 1.0.0 readonly @list
          key RO access at 1 range 0 1 0
          does Reads the element at a position.
          cost O(N)
          args key:key#0 index:integer
        LINSERT 5 2.2.0 write denyoom @list
          key RW insert at 1 range 0 1 0
          does Puts an element before or after another.
          cost O(N)
          args key:key#0 where<'BEFORE | 'AFTER> pivot element
        LLEN 2 1.0.0 readonly fast @list
          key RO at 1 range 0 1 0
          does Tells how long a list is.
          cost O(1)
          args key:key#0
        LMOVE 5 6.2.0 write denyoom @list
          key RW access delete at 1 range 0 1 0
          key RW insert at 2 range 0 1 0
          does Moves an element from an end of one list to an end of another.
          cost O(1)
          args source:key#0 destination:key#1 wherefrom<'LEFT | 'RIGHT> whereto<'LEFT | 'RIGHT>
        LMPOP -4 7.0.0 write @list
          key RW access delete at 1 counted 0 1 1
          does Takes elements off the first list that has some.
          cost O(N+M)
          args numkeys:integer key:key#0... where<'LEFT | 'RIGHT> ['COUNT=count:integer]
        LPOP -2 1.0.0 write fast @list
          key RW access delete at 1 range 0 1 0
          does Takes elements off the front of a list.
          cost O(N)
          args key:key#0 [count:integer@6.2.0]
        LPOS -3 6.0.6 readonly @list
          key RO access at 1 range 0 1 0
          does Tells where an element stands in a list.
          cost O(N)
          args key:key#0 element ['RANK=rank:integer] ['COUNT=num-matches:integer]
            ['MAXLEN=len:integer]
        LPUSH -3 1.0.0 write denyoom fast @list
          key RW insert at 1 range 0 1 0
          does Puts elements at the front of a list.
          cost O(1)
          args key:key#0 element...
        LPUSHX -3 2.2.0 write denyoom fast @list
          key RW insert at 1 range 0 1 0
          does Puts elements at the front of a list that is there already.
          cost O(1)
          args key:key#0 element...
        LRANGE 4 1.0.0 readonly @list
          key RO access at 1 range 0 1 0
          does Reads a part of a list.
          cost O(S+N)
          args key:key#0 start:integer stop:integer
        LREM 4 1.0.0 write @list
          key RW delete at 1 range 0 1 0
          does Removes elements that equal a value.
          cost O(N+M)
          args key:key#0 count:integer element
        LSET 4 1.0.0 write denyoom @list
          key RW update at 1 range 0 1 0
          does Replaces the element at a position.
          cost O(N)
          args key:key#0 index:integer element
        LTRIM 4 1.0.0 write @list
          key RW delete at 1 range 0 1 0
          does Keeps a part of a list and drops the rest.
          cost O(N)
          args key:key#0 start:integer stop:integer
        RPOP -2 1.0.0 write fast @list
          key RW access delete at 1 range 0 1 0
          does Takes elements off the end of a list.
          cost O(N)
          args key:key#0 [count:integer@6.2.0]
        RPOPLPUSH 3 1.2.0 write denyoom @list
          key RW access delete at 1 range 0 1 0
          key RW insert at 2 range 0 1 0
          does Moves a last element to the front of another list.
          cost O(1)
          deprecated 6.2.0 `LMOVE` with the `RIGHT` and `LEFT` arguments
          args source:key#0 destination:key#1
        RPUSH -3 1.0.0 write denyoom fast @list
          key RW insert at 1 range 0 1 0
          does Puts elements at the end of a list.
          cost O(1)
          args key:key#0 element...
        RPUSHX -3 2.2.0 write denyoom fast @list
          key RW insert at 1 range 0 1 0
          does Puts elements at the end of a list that is there already.
          cost O(1)
          args key:key#0 element...
        """#
    }
}
