/// Sums over all sessions, for INFO.
public struct SessionTotals: Sendable {
    /// Sessions in a blocking command.
    public var blocked = 0
    /// Sessions with a subscription.
    public var subscribed = 0
    /// Sessions that watch keys.
    public var watching = 0
    /// Keys that are watched, each session's counted.
    public var watchedKeys = 0
    /// Most bytes of requests that one session has waiting.
    public var largestInput = 0
    /// Most bytes of replies that one session has waiting.
    public var largestOutput = 0
    /// Bytes that the buffers of attached replicas take.
    public var replicaBytes = 0
    /// Bytes that the buffers of other sessions take.
    public var clientBytes = 0

    /// All zero.
    public init() {}
}

extension SessionTable {
    /// The sums as they are now.
    ///
    /// O(sessions).
    public var totals: SessionTotals {
        var totals = SessionTotals()
        for id in slots.identifiers {
            let flags = slots[id].flags
            if flags.contains(.blocked) { totals.blocked += 1 }
            if flags.contains(.subscribed) { totals.subscribed += 1 }
            let watched = slots[id].transaction.watched.count
            if watched > 0 { totals.watching += 1 }
            totals.watchedKeys += watched
            totals.largestInput = max(totals.largestInput, slots[id].input.count)
            totals.largestOutput = max(totals.largestOutput, slots[id].reply.output.count)
            let bytes = slots[id].input.capacity + slots[id].reply.output.capacity
            if flags.contains(.replica) {
                totals.replicaBytes += bytes
            } else {
                totals.clientBytes += bytes + MemoryLayout<Session>.stride
            }
        }
        return totals
    }
}
