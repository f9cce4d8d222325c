import Bytes
import Determinism
import Protocol

/// Sessions that hold too much or are silent for too long.
///
/// Each function that closes a session says so in words for the log.
extension SessionTable {
    /// Closes the session if its unsent output passes the limit of its class; the log line if so.
    ///
    /// To be called for every session with output before the output is sent, as Redis judges it
    /// while a reply grows. `heldElsewhere`: bytes that wait for a replica outside of its reply.
    public mutating func enforceOutputLimit(
        _ id: SessionID, heldElsewhere: Int = 0, at now: Instant
    ) -> String? {
        if slots[id].flags.contains(.closeNow) { return nil }
        let kind = slots[id].kind
        let limit = limits.output(of: kind)
        let held = slots[id].reply.output.count + heldElsewhere
        var softSince = slots[id].softLimitReachedAt
        let isTooMuch = passes(limit, held, kind, softSince: &softSince, at: now)
        slots[id].softLimitReachedAt = softSince
        guard isTooMuch else { return nil }
        let line = describe(id, at: now)
        closeNow(id)
        outputLimitCloseCount += 1
        return """
            Client \(line.text) scheduled to be closed ASAP for overcoming of output buffer limits.
            """
    }

    private func passes(
        _ limit: SessionLimits.Output, _ held: Int, _ kind: SessionClass,
        softSince: inout Instant?, at now: Instant
    ) -> Bool {
        if held == 0 {
            softSince = nil
            return false
        }
        // A replica may hold what the backlog holds: it could ask for that much again.
        let hard =
            kind == .replica ? max(limit.hardBytes, limits.backlogBytes) : limit.hardBytes
        if limit.hardBytes > 0 && held >= hard { return true }
        guard limit.softBytes > 0 && held >= limit.softBytes else {
            softSince = nil
            return false
        }
        guard let since = softSince else {
            softSince = now
            return false
        }
        // Whole seconds, as Redis counts them.
        return (now - since).wholeMilliseconds / 1000 > Int64(limit.softSeconds)
    }

    /// Closes the session if its unexecuted requests pass `client-query-buffer-limit`; the log
    /// line if so.
    ///
    /// What MULTI queued counts too.
    public mutating func enforceQueryLimit(_ id: SessionID, at now: Instant) -> String? {
        let held = slots[id].input.count + slots[id].transaction.queuedBytes
        guard held > limits.queryBytes, !slots[id].flags.intersects([.closeNow, .masterLink])
        else { return nil }
        let line = describe(id, at: now)
        let shown = min(64, slots[id].input.count)
        let start = QuotedWords.quote(slots[id].input.readable.extracting(0..<shown))
        closeNow(id)
        queryLimitCloseCount += 1
        return """
            Closing client that reached max query buffer length: \(line.text) \
            (qbuf initial bytes: \(start.text))
            """
    }

    /// Decides whether the session is read from and executes: not while its unsent replies pass
    /// the limit, and again when half of them are sent.
    ///
    /// To be called after its output was sent. Attached replicas are always read: what they are
    /// sent is no answer to what they say.
    public mutating func updateReadingPause(_ id: SessionID) {
        let held = slots[id].reply.output.count
        let limit = limits.unsentBytesThatPauseReading
        if held >= limit && !slots[id].flags.contains(.replica) {
            slots[id].flags.insert(.readingPaused)
        } else if held <= limit / 2, slots[id].flags.contains(.readingPaused) {
            slots[id].flags.remove(.readingPaused)
            if !slots[id].input.isEmpty { resumed.append(id) }
        }
    }

    /// Has the session execute nothing more once its unsent replies pass the limit; after each of
    /// its commands.
    @inlinable
    @inline(__always)
    public mutating func boundReplies(_ id: SessionID) {
        if self[id].reply.output.count >= limits.unsentBytesThatPauseReading {
            updateReadingPause(id)
        }
    }

    /// Sessions whose replies were sent and that have more to execute, each once or more.
    public mutating func takeResumed() -> [SessionID] {
        if resumed.isEmpty { return [] }
        defer { resumed = [] }
        return resumed.filter { slots.contains($0) }
    }

    /// Closes what has been idle for longer than `timeout`, and what has been above a soft limit
    /// for too long without a new reply.
    ///
    /// How many were idle (each is worth a verbose `Closing idle client`), and the warnings about
    /// the others. O(sessions): about once a second.
    public mutating func sweep(at now: Instant) -> (idle: Int, warnings: [String]) {
        var idle = 0
        var warnings: [String] = []
        for id in slots.identifiers {
            if isIdleTooLong(id, at: now) {
                closeNow(id)
                idle += 1
            } else if let line = enforceOutputLimit(id, at: now) {
                warnings.append(line)
            }
        }
        return (idle, warnings)
    }

    private func isIdleTooLong(_ id: SessionID, at now: Instant) -> Bool {
        let exempt: SessionFlags = [
            .replica, .monitor, .masterLink, .blocked, .paused, .subscribed, .closeNow,
        ]
        return limits.idleSeconds > 0 && !slots[id].flags.intersects(exempt)
            && slots[id].idleSeconds(at: now) > limits.idleSeconds
    }

    // MARK: Monitors

    mutating func joinMonitors(_ id: SessionID) {
        slots[id].flags.insert(.monitor)
        monitors.append(id)
    }

    mutating func leaveMonitors(_ id: SessionID) {
        guard slots[id].flags.contains(.monitor) else { return }
        slots[id].flags.remove(.monitor)
        monitors.removeAll { $0 == id }
    }

    // MARK: Counts for INFO

    /// How many sessions have any of these flags.
    ///
    /// O(sessions).
    public func count(withAny flags: SessionFlags) -> Int {
        slots.identifiers.reduce(0) { $0 + (slots[$1].flags.intersects(flags) ? 1 : 0) }
    }

    /// The largest unread input and the largest unsent output of any session, in bytes.
    public var largestBuffers: (input: Int, output: Int) {
        var largest = (input: 0, output: 0)
        for id in slots.identifiers {
            largest.input = max(largest.input, slots[id].input.capacity)
            largest.output = max(largest.output, slots[id].reply.output.count)
        }
        return largest
    }
}
