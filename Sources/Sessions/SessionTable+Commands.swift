import Bytes
import Protocol

/// What happens around every command of a session: reply modes and messages to itself.
///
/// The reply of a silenced command (CLIENT REPLY OFF, SKIP, the link to our master) is written and
/// then taken back; whether it is silenced is judged at the end, so that CLIENT REPLY ON is heard.
/// Messages are never silenced. One that comes for the session whose command runs waits until the
/// reply is complete, or EXEC's array would be torn; replies that are messages themselves
/// (SUBSCRIBE ...) go straight to the output.
extension SessionTable {
    /// Called before a command of the session is executed (EXEC: once for all of it).
    @inlinable
    @inline(__always)
    public mutating func beginCommand(_ id: SessionID) {
        executing = id
        replyStart = self[id].reply.output.position
    }

    /// Called when it is executed: drops what is silenced, appends the messages that came for the
    /// session meanwhile, and marks its output.
    @inlinable
    @inline(__always)
    public mutating func endCommand(_ id: SessionID) {
        if self[id].flags.intersects(.replyModes) || !deferred.isEmpty { settleReply(id) }
        executing = nil
        markOutput(id)
    }

    /// For replies that are given outside of a command of the session (a blocked client is
    /// served): drops what was written from `position` on if the session is silenced.
    public mutating func settleLateReply(_ id: SessionID, from position: Int) {
        if isMuted(id) { slots[id].reply.output.truncate(to: position) }
        markOutput(id)
    }

    /// Appends a whole message (not a reply) to a session's output, now or after its reply.
    ///
    /// `isReply` is true for what SUBSCRIBE and its like answer with.
    mutating func deliver(_ message: Span<UInt8>, to id: SessionID, isReply: Bool = false) {
        let flags = slots[id].flags
        if flags.contains(.closeNow) { return }
        if flags.contains(.closeAfterReply) && !isReply { return }
        if executing == id {
            if !isReply {
                deferred.append(message)
                return
            }
            // What is silenced so far goes, what is a message stays: the mark moves behind it.
            if isMuted(id) {
                slots[id].reply.output.truncate(to: replyStart)
                slots[id].reply.output.append(message)
                replyStart = slots[id].reply.output.position
                return
            }
        }
        slots[id].reply.output.append(message)
        markOutput(id)
    }

    private func isMuted(_ id: SessionID) -> Bool {
        let flags = slots[id].flags
        return flags.intersects(.muting) && !flags.contains(.masterForceReply)
    }

    @usableFromInline
    @inline(never)
    mutating func settleReply(_ id: SessionID) {
        if isMuted(id) { slots[id].reply.output.truncate(to: replyStart) }
        if !deferred.isEmpty {
            var messages = OutputBuffer()
            swap(&messages, &deferred)
            slots[id].reply.output.append(messages.unsent)
        }
        var flags = slots[id].flags
        // Put off, not executed: what the flags say is said of it when it is.
        if flags.contains(.paused) { return }
        flags.remove([.replySkip, .preventLogging, .masterForceReply])
        if flags.contains(.replySkipNext) {
            flags.remove(.replySkipNext)
            flags.insert(.replySkip)
        }
        slots[id].flags = flags
        if flags.contains(.closeAfterReply) && slots[id].reply.output.isEmpty { closeNow(id) }
    }
}
