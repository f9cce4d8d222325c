import Determinism

/// What each key costs beside its work: the directives `key-load-delay` and `rdb-key-save-delay`,
/// which make loading and saving slow enough to be looked at.
///
/// Nothing sleeps: keys are paid for after they were done, and whoever does them asks when to go
/// on. A delay that is changed meanwhile holds for what is owed.
struct KeyPace: Sendable {
    private var owedKeys = 0
    private var since = Instant.zero

    /// `count` more keys were done, after those before were paid for.
    mutating func add(_ count: Int, at now: Instant) {
        owedKeys = count
        since = now
    }

    /// When the next key may be done; nil when at once.
    ///
    /// `delay` is in microseconds for each key; a negative one is a fraction: -10 is a tenth of one.
    func resumption(delay: Int, at now: Instant) -> Instant? {
        if delay == 0 || owedKeys == 0 { return nil }
        let (product, overflows) = owedKeys.multipliedReportingOverflow(by: max(delay, 1) * 1000)
        let nanoseconds = overflows ? Int.max >> 1 : product
        let end = since + .nanoseconds(Int64(delay > 0 ? nanoseconds : nanoseconds / -delay))
        return end > now ? end : nil
    }
}
