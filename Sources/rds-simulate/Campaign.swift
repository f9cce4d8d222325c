// Many seeds on all processors: each takes the next seed, until none is left or one fails.

import Simulation
import Synchronization

/// What a campaign found.
struct CampaignResult: Sendable {
    var counts = CountsByKind()
    var runs: UInt64 = 0
    var events = 0
    var simulated = Duration.zero
    var slowestRecovery = Duration.zero
    var slowestSeed: UInt64 = 0
    var failures: [UInt64] = []

    mutating func add(_ outcome: RunOutcome) {
        counts.add(outcome)
        runs += 1
        events += outcome.events
        simulated += outcome.duration
        if let recovery = outcome.recovery, recovery > slowestRecovery {
            slowestRecovery = recovery
            slowestSeed = outcome.plan.seed
        }
        if outcome.violation != nil { failures.append(outcome.plan.seed) }
    }

    mutating func add(_ other: CampaignResult) {
        counts += other.counts
        runs += other.runs
        events += other.events
        simulated += other.simulated
        if other.slowestRecovery > slowestRecovery {
            slowestRecovery = other.slowestRecovery
            slowestSeed = other.slowestSeed
        }
        failures += other.failures
    }
}

/// What the workers of a campaign have in common.
final class Campaign: Sendable {
    /// A campaign with more failures than this ends.
    static let failureLimit = 20

    let seeds: Range<UInt64>
    let weakness: Weakness
    let kind: GroupKind?
    private let next: Atomic<UInt64>
    private let done = Atomic<UInt64>(0)
    private let failures = Atomic<Int>(0)
    private let start = ContinuousClock.now
    /// How many times progress was shown.
    private let shown = Atomic<Int>(0)

    /// With `kind`, other groups are passed over.
    init(seeds: Range<UInt64>, weakness: Weakness, kind: GroupKind?) {
        self.seeds = seeds
        self.weakness = weakness
        self.kind = kind
        next = Atomic(seeds.lowerBound)
    }

    /// Takes seeds until none is left.
    func work() -> CampaignResult {
        var result = CampaignResult()
        while failures.load(ordering: .relaxed) <= Campaign.failureLimit {
            let seed = next.add(1, ordering: .relaxed).oldValue
            guard seed < seeds.upperBound else { break }
            if let kind, FaultPlan(seed: seed).kind != kind { continue }
            let outcome = Simulation.run(seed: seed, weakness: weakness)
            result.add(outcome)
            if let violation = outcome.violation {
                failures.add(1, ordering: .relaxed)
                say("seed \(seed): \(violation)")
            }
            showProgress(done.add(1, ordering: .relaxed).newValue)
        }
        return result
    }

    /// Every two seconds, by the worker that is the first to notice.
    private func showProgress(_ runs: UInt64) {
        let time = ContinuousClock.now - start
        let due = Int(time / .seconds(2))
        let before = shown.load(ordering: .relaxed)
        guard due > before,
            shown.compareExchange(expected: before, desired: due, ordering: .relaxed).exchanged
        else { return }
        let failed = failures.load(ordering: .relaxed)
        say(
            "\(runs) of \(seeds.count) seeds, \(rate(runs, time)) seeds/s"
                + (failed > 0 ? ", \(failed) failed" : ""))
    }
}

/// So many in that time, a second.
func rate(_ count: UInt64, _ time: Duration) -> UInt64 {
    count * 1000 / UInt64(max(time / .milliseconds(1), 1))
}
