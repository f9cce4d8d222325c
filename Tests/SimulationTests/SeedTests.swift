// The group under fixed seeds. A seed that once found a bug is listed here by its name.

import Simulation
import Testing

@Suite struct `A group under simulated faults` {
    /// Workers take every so many-th seed, so that each run is of the same seeds on any machine.
    private static let workers: UInt64 = 4
    /// About a minute of two cores in a release build.
    #if DEBUG
    private static let seeds: Range<UInt64> = 1..<101
    #else
    private static let seeds: Range<UInt64> = 1..<4001
    #endif

    private struct Share: Sendable {
        var counts = CountsByKind()
        var failed: [UInt64] = []
    }

    private static func runShare(_ worker: UInt64) -> Share {
        var share = Share()
        for seed in seeds where seed % workers == worker {
            let outcome = Simulation.run(seed: seed)
            share.counts.add(outcome)
            if outcome.violation != nil { share.failed.append(seed) }
        }
        return share
    }

    @Test func `keeps every invariant for seeds that show every kind of fault`() async {
        var total = Share()
        await withTaskGroup(of: Share.self) { group in
            for worker in 0..<Self.workers { group.addTask { Self.runShare(worker) } }
            for await share in group {
                total.counts += share.counts
                total.failed += share.failed
            }
        }
        print("\(Self.seeds.count) seeds:\n\(total.counts.report)")
        #expect(
            total.counts.missing.isEmpty,
            "never occurred: \(total.counts.missing.joined(separator: "; "))")
        if let seed = total.failed.min() {
            let outcome = Simulation.run(seed: seed, keepsTranscript: true)
            Issue.record("\(total.failed.count) seeds failed\n\(outcome.report())")
        }
    }

    @Test(arguments: [3, 17, 204] as [UInt64])
    func `goes the same way twice under one seed`(seed: UInt64) {
        let first = Simulation.run(seed: seed)
        let second = Simulation.run(seed: seed, keepsTranscript: true)
        #expect(first.transcriptHash == second.transcriptHash)
        #expect(first.events == second.events)
        #expect(first.transcriptHash != Simulation.run(seed: seed + 1).transcriptHash)
    }

    @Test func `reports a plan and a transcript that can be read`() {
        let report = Simulation.run(seed: 1, keepsTranscript: true).report(lines: 100)
        #expect(report.hasPrefix("seed 1, "))
        #expect(report.contains("fault 0: "))
        #expect(report.contains("everything is repaired"))
    }
}
