// The judge itself: histories that break one invariant each, and one that breaks none.

import Bytes
import Consensus
import Simulation
import Testing

private let first = NodeAddress(host: "10.0.0.4", port: 6379)
private let second = NodeAddress(host: "10.0.0.5", port: 6379)
private let identities: [ByteString] = ["a", "b", "c"]

private func judge() -> Invariants { Invariants(identities: identities, initialMaster: first) }

/// n0 and n1 vote for n0 in that epoch, on disk and by word.
private func elect(_ invariants: inout Invariants, epoch: UInt64) {
    for voter in 0..<2 {
        invariants.recorded(voter, RecordedEpochs(current: epoch, config: 0, leader: epoch))
        invariants.voted(voter, for: "a", epoch: epoch)
    }
    invariants.elected(0, epoch: epoch)
}

@Suite struct `The judge of a history` {
    @Test func `finds nothing in a failover as it should be`() {
        var invariants = judge()
        elect(&invariants, epoch: 1)
        invariants.published(0, master: second, epoch: 1)
        invariants.published(1, master: second, epoch: 1)
        invariants.published(2, master: first, epoch: 0)
        #expect(invariants.violation == nil)
    }

    @Test func `finds two votes of one sentinel in one epoch`() {
        var invariants = judge()
        elect(&invariants, epoch: 1)
        invariants.voted(1, for: "c", epoch: 1)
        #expect(invariants.violation?.invariant == .oneVote)
    }

    @Test func `finds a vote that was told before it was on disk`() {
        var invariants = judge()
        invariants.voted(1, for: "c", epoch: 1)
        #expect(invariants.violation?.invariant == .oneVote)
    }

    @Test func `finds two leaders of one epoch`() {
        var invariants = judge()
        elect(&invariants, epoch: 1)
        invariants.elected(2, epoch: 1)
        #expect(invariants.violation?.invariant == .oneLeader)
    }

    @Test func `finds a leader without a majority`() {
        var invariants = judge()
        invariants.recorded(0, RecordedEpochs(current: 1, config: 0, leader: 1))
        invariants.voted(0, for: "a", epoch: 1)
        invariants.elected(0, epoch: 1)
        #expect(invariants.violation?.invariant == .oneLeader)
    }

    @Test func `finds an epoch that decreases in memory`() {
        var invariants = judge()
        invariants.holds(0, epoch: 3)
        invariants.holds(0, epoch: 2)
        #expect(invariants.violation?.invariant == .epochsGrow)
    }

    @Test func `finds an epoch that decreases on disk or is forgotten by a restart`() {
        var invariants = judge()
        invariants.recorded(0, RecordedEpochs(current: 3, config: 1, leader: 2))
        var decreasing = invariants
        decreasing.recorded(0, RecordedEpochs(current: 3, config: 1, leader: 1))
        #expect(decreasing.violation?.invariant == .epochsGrow)
        invariants.restarted(0, epoch: 2)
        #expect(invariants.violation?.invariant == .epochsGrow)
    }

    @Test func `finds a configuration under an epoch that its publisher did not win`() {
        var invariants = judge()
        elect(&invariants, epoch: 1)
        invariants.published(1, master: second, epoch: 1)
        #expect(invariants.violation?.invariant == .wonConfiguration)
    }

    @Test func `finds two masters under one epoch`() {
        var invariants = judge()
        elect(&invariants, epoch: 1)
        invariants.published(0, master: second, epoch: 1)
        invariants.published(1, master: first, epoch: 1)
        #expect(invariants.violation?.invariant == .wonConfiguration)
    }

    @Test func `reads the epochs of a state file`() {
        let text: ByteString = """
            port 26379
            sentinel monitor mymaster 10.0.0.4 6379 2
            sentinel current-epoch 7
            sentinel config-epoch mymaster 5
            sentinel leader-epoch mymaster 6

            """
        #expect(RecordedEpochs(text: text) == RecordedEpochs(current: 7, config: 5, leader: 6))
    }
}
