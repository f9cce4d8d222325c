// Which nodes cannot reach which, and how bad the network is.

import Determinism

/// A set of nodes, a bit each.
struct NodeSet: Hashable, Sendable, CustomStringConvertible {
    var bits: UInt32

    init(bits: UInt32) { self.bits = bits }
    init(_ nodes: [Int]) { bits = nodes.reduce(0) { $0 | 1 << UInt32($1) } }

    func contains(_ node: Int) -> Bool { bits & (1 << UInt32(node)) != 0 }

    var description: String {
        "{" + (0..<32).filter { contains($0) }.map { "n\($0)" }.joined(separator: " ") + "}"
    }
}

/// The state of the network between nodes.
struct SimulatedNetwork: Sendable {
    static let leastDelay = Duration.microseconds(100)
    static let retransmission = Duration.milliseconds(200)
    /// Retransmissions wait twice as long each time, up to this.
    static let longestRetransmission = Duration.milliseconds(1600)

    /// Partitions by the number of their fault: nothing passes from one set to the other.
    private var cuts: [(fault: Int, from: NodeSet, to: NodeSet)] = []
    /// A packet in so many percent needs to be sent again.
    var lossPercent = 0
    /// Packets take up to so much longer.
    var addedDelay = Duration.zero

    func isBlocked(_ source: Int, _ target: Int) -> Bool {
        cuts.contains { $0.from.contains(source) && $0.to.contains(target) }
    }

    mutating func cut(fault: Int, from: NodeSet, to: NodeSet) { cuts.append((fault, from, to)) }

    mutating func mend(fault: Int) { cuts.removeAll { $0.fault == fault } }

    func isCut(by fault: Int) -> Bool { cuts.contains { $0.fault == fault } }

    mutating func heal() {
        cuts = []
        lossPercent = 0
        addedDelay = .zero
    }
}
