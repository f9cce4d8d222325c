/// The rows of the bitmap commands, in the format that `CommandRows` tells.
enum BitmapRows {
    static var text: StaticString {
        #"""
        BITCOUNT -2 2.6.0 readonly @bitmap
          key RO access at 1 range 0 1 0
          does Tells how many bits of a string are set.
          cost O(N)
          args key:key#0 [range(start:integer end:integer [unit@7.0.0<'BYTE | 'BIT>])]
        BITFIELD -2 3.2.0 write denyoom @bitmap
          key RW access update variable_flags at 1 range 0 1 0
          note Reads, writes or both, as the operations say.
          does Reads and changes integers of any width inside a string.
          cost O(1)
          args key:key#0 [operation<'GET=get-block(encoding offset:integer) |
            write(['OVERFLOW=overflow-block<'WRAP | 'SAT | 'FAIL>]
            write-operation<'SET=set-block(encoding offset:integer value:integer) |
            'INCRBY=incrby-block(encoding offset:integer increment:integer)>)>...]
        BITFIELD_RO -2 6.0.0 readonly fast @bitmap
          key RO access at 1 range 0 1 0
          does Reads integers of any width inside a string.
          cost O(1)
          args key:key#0 ['GET=get-block(encoding offset:integer)*...]
        BITOP -4 2.6.0 write denyoom @bitmap
          key OW update at 2 range 0 1 0
          key RO access at 3 range -1 1 0
          does Combines strings bit by bit and keeps what comes out.
          cost O(N)
          args operation<'AND | 'OR | 'XOR | 'NOT> destkey:key#0 key:key#1...
        BITPOS -3 2.8.7 readonly @bitmap
          key RO access at 1 range 0 1 0
          does Tells where the first set or clear bit is.
          cost O(N)
          args key:key#0 bit:integer [range(start:integer [end-unit-block(end:integer
            [unit@7.0.0<'BYTE | 'BIT>])])]
        GETBIT 3 2.2.0 readonly fast @bitmap
          key RO access at 1 range 0 1 0
          does Reads one bit of a string.
          cost O(1)
          args key:key#0 offset:integer
        SETBIT 4 2.2.0 write denyoom @bitmap
          key RW access update at 1 range 0 1 0
          does Changes one bit of a string and tells what it was.
          cost O(1)
          args key:key#0 offset:integer value:integer
        """#
    }
}
