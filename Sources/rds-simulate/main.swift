// rds-simulate: groups of sentinels under seeded faults, with the invariants held against them.
//
// Status 0: every invariant held, and every kind of fault occurred. 1: not so. 2: wrong usage.

import Glibc
import Simulation

/// Seeds fewer than these need not show every kind of fault.
let seedsThatShowAll: UInt64 = 500

/// A line, at once.
func say(_ text: String) {
    print(text)
    fflush(nil)
}

func runOne(_ seed: UInt64, _ arguments: Arguments) -> Int32 {
    let outcome = Simulation.run(
        seed: seed, weakness: arguments.weakness, keepsTranscript: true)
    say(outcome.report(lines: arguments.isTraced ? .max : 100))
    var counts = CountsByKind()
    counts.add(outcome)
    say(counts.report)
    let hash = String(outcome.transcriptHash, radix: 16)
    say("\(outcome.events) events in \(outcome.duration) of simulated time, transcript \(hash)")
    say(outcome.recovery.map { "recovered \($0) after the repair" } ?? "not recovered")
    return outcome.violation == nil ? 0 : 1
}

func runMany(_ seeds: Range<UInt64>, _ arguments: Arguments) async -> Int32 {
    let campaign = Campaign(seeds: seeds, weakness: arguments.weakness, kind: arguments.kind)
    let start = ContinuousClock.now
    let workers = arguments.workers ?? max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1)
    var result = CampaignResult()
    await withTaskGroup(of: CampaignResult.self) { group in
        for _ in 0..<workers { group.addTask { campaign.work() } }
        for await part in group { result.add(part) }
    }
    let time = ContinuousClock.now - start
    say(
        "\(result.runs) seeds (\(seeds.lowerBound)...) in \(Int(time / .milliseconds(1))) ms, "
            + "\(rate(result.runs, time)) seeds/s, \(workers) workers, \(result.events) events, "
            + "\(Int(result.simulated / .seconds(3600))) simulated hours")
    say(result.counts.report)
    say(
        "slowest recovery: \(Int(result.slowestRecovery / .milliseconds(1))) ms "
            + "(seed \(result.slowestSeed))")
    if let seed = result.failures.min() {
        let outcome = Simulation.run(
            seed: seed, weakness: arguments.weakness, keepsTranscript: true)
        say(outcome.report())
        say(
            "\(result.failures.count) seeds failed: "
                + result.failures.sorted().map { "\($0)" }.joined(separator: " "))
        return 1
    }
    let missing = result.counts.missing
    if !missing.isEmpty && arguments.kind == nil && result.runs >= seedsThatShowAll {
        for line in missing { say("never occurred in groups that are \(line)") }
        return 1
    }
    say("every invariant held")
    return 0
}

guard let arguments = Arguments(Array(CommandLine.arguments.dropFirst())) else {
    print(Arguments.usage, terminator: "")
    exit(2)
}
if let seed = arguments.seed {
    exit(runOne(seed, arguments))
}
exit(await runMany(arguments.first..<(arguments.first + arguments.seeds), arguments))
