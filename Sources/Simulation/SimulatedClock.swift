import Determinism

/// The monotonic clock of one process: runs a little too fast or too slow, and may jump ahead, as it
/// does when a machine was suspended.
struct SimulatedClock: Sendable {
    /// How much faster than true time, in millionths.
    var drift: Int64
    /// What it shows when the run begins, and what jumps have added.
    var offset: Duration

    /// What the clock shows at a true time.
    func reading(at instant: Instant) -> Instant {
        Instant(nanoseconds: instant.nanoseconds + instant.nanoseconds / 1_000_000 * drift) + offset
    }

    /// A true time, as early as may be, at which the clock shows `reading` or more.
    func trueTime(of reading: Instant) -> Instant {
        let shown = (reading - offset).nanoseconds
        // A microsecond covers what the divisions cut off.
        return Instant(nanoseconds: shown / (1_000_000 + drift) * 1_000_000 + 1_002_000)
    }
}
