/// The rows of the transactions commands, in the format that `CommandRows` tells.
enum TransactionsRows {
    static var text: StaticString {
        #"""
        DISCARD 1 2.0.0 noscript loading stale fast allow_busy @transaction
          does Drops the queued commands and ends the transaction.
          cost O(N)
        EXEC 1 1.2.0 noscript loading stale skip_slowlog @transaction
          does Executes the queued commands as one.
        MULTI 1 1.2.0 noscript loading stale fast allow_busy @transaction
          does Begins a transaction: commands are queued from here on.
          cost O(1)
        UNWATCH 1 2.2.0 noscript loading stale fast allow_busy @transaction
          does Makes the transaction depend on no key any more.
          cost O(1)
        WATCH -2 2.2.0 noscript loading stale fast allow_busy @transaction
          key RO at 1 range -1 1 0
          does Lets the transaction run only if keys stay as they are.
          cost O(1)
          args key:key#0...
        """#
    }
}
