import Determinism

/// What became of one run.
public struct RunOutcome: Sendable {
    /// The seed, and everything that it decided.
    public let plan: FaultPlan
    /// What went wrong with the group; nil when all invariants held.
    public let violation: Violation?
    /// What occurred.
    public let counts: OccurrenceCounts
    /// The same for two runs of one seed, and hardly for two different runs.
    public let transcriptHash: UInt64
    /// What happened, if it was asked for.
    public let transcript: [String]
    /// Simulated time until the end.
    public let duration: Duration
    /// From the healing until the group was whole; nil when it was not.
    public let recovery: Duration?
    /// Events that were worked off.
    public let events: Int

    /// The seed, the plan, what was violated, and the last lines of the transcript.
    public func report(lines count: Int = 100) -> String {
        var text = "\(plan)\n"
        if let violation { text += "VIOLATED: \(violation)\n" }
        text += "transcript (the last \(min(count, transcript.count)) lines):\n"
        return text + transcript.suffix(count).map { "  \($0)\n" }.joined()
    }
}

/// Runs groups under seeds.
public enum Simulation {
    /// One run; with `keepsTranscript` it can be read afterwards.
    public static func run(
        seed: UInt64, weakness: Weakness = .none, keepsTranscript: Bool = false
    ) -> RunOutcome {
        var simulator = Simulator(
            plan: FaultPlan(seed: seed), weakness: weakness, keepsTranscript: keepsTranscript)
        simulator.run()
        let recovery: Duration? =
            if let healed = simulator.healedAt, let whole = simulator.wholeSince {
                whole - healed
            } else { nil }
        return RunOutcome(
            plan: simulator.plan, violation: simulator.invariants.violation,
            counts: simulator.counts, transcriptHash: simulator.transcript.hash,
            transcript: simulator.transcript.lines, duration: simulator.now - .zero,
            recovery: recovery, events: simulator.events)
    }

    /// Runs seeds until one violates an invariant; that one is run again with its transcript.
    ///
    /// With `kind`, only seeds of groups of that kind are run.
    public static func firstViolation(
        seeds: Range<UInt64>, weakness: Weakness = .none, kind: GroupKind? = nil
    ) -> RunOutcome? {
        for seed in seeds where kind == nil || FaultPlan(seed: seed).kind == kind {
            guard run(seed: seed, weakness: weakness).violation != nil else { continue }
            return run(seed: seed, weakness: weakness, keepsTranscript: true)
        }
        return nil
    }
}
