// The proof of the proof: each weakness of the original that is a matter of schedules is brought back,
// and the judges have to notice within a stated number of seeds.

import Simulation
import Testing

/// A weakness, where it shows, and by what.
struct WeaknessCase: Sendable, CustomTestStringConvertible {
    let weakness: Weakness
    /// Groups in which it shows.
    let kind: GroupKind
    /// So many seeds, of all kinds of group, are enough.
    let seeds: UInt64
    let invariants: [Invariant]

    var testDescription: String { "\(weakness.rawValue) within \(seeds) seeds" }

    static let all = [
        WeaknessCase(
            weakness: .ignoresWait, kind: .confirming, seeds: 1500,
            invariants: [.promisedWrites]),
        WeaknessCase(
            weakness: .failsOverWithoutVotes, kind: .operated, seeds: 200,
            invariants: [.oneLeader, .wonConfiguration]),
        WeaknessCase(
            weakness: .promotesWithoutData, kind: .ordinary, seeds: 200,
            invariants: [.eligiblePromotion]),
        WeaknessCase(
            weakness: .ignoresHistory, kind: .confirming, seeds: 200,
            invariants: [.promisedWrites]),
        WeaknessCase(
            weakness: .votesWithoutRecord, kind: .ordinary, seeds: 200, invariants: [.oneVote]),
        WeaknessCase(
            weakness: .believesFailedRecords, kind: .ordinary, seeds: 200,
            invariants: [.oneVote]),
        WeaknessCase(
            weakness: .diskLies, kind: .ordinary, seeds: 200,
            invariants: [.oneVote, .epochsGrow]),
        WeaknessCase(
            weakness: .wallClock, kind: .ordinary, seeds: 200, invariants: [.clocks]),
        WeaknessCase(
            weakness: .resetForgets, kind: .operated, seeds: 400,
            invariants: [.oneLeader, .wonConfiguration]),
        WeaknessCase(
            weakness: .electsBlindly, kind: .contested, seeds: 200, invariants: [.contest]),
        WeaknessCase(
            weakness: .replacesUnpaused, kind: .planned, seeds: 200,
            invariants: [.promisedWrites]),
        WeaknessCase(
            weakness: .unfenced, kind: .ordinary, seeds: 200, invariants: [.silentMasters]),
    ]
}

@Suite struct `A weakness that is switched on` {
    @Test(arguments: WeaknessCase.all)
    func `is caught`(_ expected: WeaknessCase) throws {
        let outcome = try #require(
            Simulation.firstViolation(
                seeds: 1..<(expected.seeds + 1), weakness: expected.weakness,
                kind: expected.kind))
        let invariant = try #require(outcome.violation?.invariant)
        #expect(expected.invariants.contains(invariant), "\(outcome.report())")
        #expect(!outcome.transcript.isEmpty)
    }
}
