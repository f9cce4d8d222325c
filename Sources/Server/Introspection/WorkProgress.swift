import Determinism

/// How far a piece of work has come that takes long: loading, synchronising, saving.
public struct WorkProgress: Sendable {
    /// Bytes or keys that are done.
    public var done: Int
    /// How many there are; 0 when nobody knows.
    public var total: Int
    /// When it began.
    public var startedAt: Moment
    /// How long it has gone on.
    public var elapsed: Duration

    /// All parts.
    public init(done: Int, total: Int, startedAt: Moment, at now: Instant) {
        self.done = done
        self.total = total
        self.startedAt = startedAt
        elapsed = now - startedAt.instant
    }

    /// The share that is done; nil when the whole is not known.
    public var percent: Int? {
        total > 0 ? Int(min(Double(done) / Double(total), 1) * 100) : nil
    }

    /// Seconds that the rest will take at the pace so far; nil before there is one.
    public var secondsLeft: Int? {
        guard total > 0, done > 0, elapsed > .zero else { return nil }
        let share = Double(max(total - done, 0)) / Double(done)
        return Int(min(Double(elapsed.wholeMilliseconds) * share / 1000, Double(Int32.max)))
    }

    /// For instance `43%, about 12 seconds left`.
    public var text: String {
        guard let percent else { return "\(done) so far" }
        guard let seconds = secondsLeft else { return "\(percent)%" }
        let left =
            seconds < 120
            ? "\(seconds) second\(seconds == 1 ? "" : "s")" : "\(seconds / 60) minutes"
        return "\(percent)%, about \(left) left"
    }
}
