import Determinism

/// The clocks of one process: the monotonic one runs a little too fast or too slow, jumps ahead as it
/// does when a machine was suspended, and may stand still; the wall clock may be set to anything.
struct SimulatedClock: Sendable {
    /// How much faster than true time, in millionths.
    let drift: Int64
    /// What the monotonic clock shows when the run begins, and what jumps have added.
    var offset: Duration
    /// How far the wall clock is ahead of the monotonic one, in microseconds.
    var wallAhead: Int64
    /// When the monotonic clock stands still, of true time.
    private var stop: (from: Instant, until: Instant) = (.zero, .zero)
    /// How long it stood still before.
    private var stopped = Duration.zero

    /// Whether the monotonic clock ever stood still.
    var hasStood: Bool { stop.until > .zero }

    init(drift: Int64, offset: Duration, wallAhead: Int64) {
        self.drift = drift
        self.offset = offset
        self.wallAhead = wallAhead
    }

    /// Lets the clock stand still until `until`.
    mutating func stop(from now: Instant, until: Instant) {
        stopped = stopped + (min(stop.until, now) - stop.from)
        stop = (now, max(until, stop.until))
    }

    /// Ends a stop early.
    mutating func resume(at now: Instant) { stop.until = max(min(stop.until, now), stop.from) }

    /// True time without what the clock missed.
    private func running(_ instant: Instant) -> Instant {
        let missed = stopped + (max(min(instant, stop.until), stop.from) - stop.from)
        return instant - missed
    }

    /// What the monotonic clock shows at a true time.
    func reading(at instant: Instant) -> Instant {
        let running = running(instant).nanoseconds
        return Instant(nanoseconds: running + running / 1_000_000 * drift) + offset
    }

    /// What both clocks show at a true time.
    func moment(at instant: Instant) -> Moment {
        let reading = reading(at: instant)
        return Moment(
            instant: reading,
            unix: UnixTime(microseconds: reading.nanoseconds / 1000 + wallAhead))
    }

    /// A true time from `now` on at which the clock shows `reading` or more, early rather than late.
    func trueTime(of reading: Instant, from now: Instant) -> Instant {
        let shown = (reading - offset).nanoseconds
        // A microsecond covers what the divisions cut off.
        let running = Instant(nanoseconds: shown / (1_000_000 + drift) * 1_000_000 + 1_002_000)
        let at = running + stopped
        if at <= stop.from { return max(at, now) }
        return max(at + (stop.until - stop.from), now)
    }
}
