/// The rows of the transactions commands, in the format that `CommandRows` tells.
enum TransactionsRows {
    static var text: StaticString {
        #"""
        DISCARD 1 2.0.0 noscript loading stale fast allow_busy @transaction
          cost O(N)
        EXEC 1 1.2.0 noscript loading stale skip_slowlog @transaction
        MULTI 1 1.2.0 noscript loading stale fast allow_busy @transaction
          cost O(1)
        UNWATCH 1 2.2.0 noscript loading stale fast allow_busy @transaction
          cost O(1)
        WATCH -2 2.2.0 noscript loading stale fast allow_busy @transaction
          key RO at 1 range -1 1 0
          cost O(1)
          args key:key#0...
        """#
    }
}
