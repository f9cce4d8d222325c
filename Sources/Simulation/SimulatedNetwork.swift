// Connections as TCP gives them: ordered packets each way, which arrive late or not before a
// partition is over, or the connection breaks. Nothing is lost within a connection and nothing
// arrives twice; loss shows as the delay of a retransmission, or as a reset.

import Bytes
import Consensus
import Determinism
import Protocol

/// Which way a packet goes: to the node that was connected to, or back.
enum Direction: Hashable, Sendable {
    case toServer
    case toClient
}

/// What a connection carries.
enum Packet: Hashable, Sendable {
    case open
    case opened
    case refused
    case command([ByteString])
    case reply(ReplyValue)
    case closed
}

/// The packets of one direction that have not arrived.
struct PacketQueue: Sendable {
    private var packets: [(arrival: Instant, packet: Packet)] = []
    private var head = 0
    private var lastArrival = Instant.zero
    /// Whether an event stands for the first of them.
    var isScheduled = false

    var first: Packet? { head < packets.count ? packets[head].packet : nil }
    var firstArrival: Instant? { head < packets.count ? packets[head].arrival : nil }

    /// Appends a packet that arrives at `arrival`, but not before those ahead of it.
    mutating func append(_ packet: Packet, arrival: Instant) {
        lastArrival = max(lastArrival, arrival)
        packets.append((lastArrival, packet))
    }

    mutating func removeFirst() {
        head += 1
        if head == packets.count {
            packets.removeAll(keepingCapacity: true)
            head = 0
        }
    }
}

/// One connection, from a sentinel to a server or another sentinel.
struct SimulatedConnection: Sendable {
    let client: Int
    let clientLife: Int
    let link: LinkID
    let server: Int
    var serverLife = 0
    /// Whether either end still holds it.
    var isOpenAtClient = true
    var isOpenAtServer = false
    var toServer = PacketQueue()
    var toClient = PacketQueue()

    func source(_ direction: Direction) -> Int { direction == .toServer ? client : server }
    func target(_ direction: Direction) -> Int { direction == .toServer ? server : client }

    subscript(_ direction: Direction) -> PacketQueue {
        get { direction == .toServer ? toServer : toClient }
        _modify {
            if direction == .toServer { yield &toServer } else { yield &toClient }
        }
    }
}

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

/// What nodes cannot reach which, and how bad the network is.
struct SimulatedNetwork: Sendable {
    static let leastDelay = Duration.microseconds(100)
    static let retransmission = Duration.milliseconds(200)

    /// Partitions by the number of their fault: nothing passes from one set to the other.
    private var cuts: [(fault: Int, from: NodeSet, to: NodeSet)] = []
    /// A packet in so many percent needs to be sent again.
    var lossPercent = 0
    /// Packets take up to so much longer.
    var addedDelay = Duration.zero

    func isBlocked(_ source: Int, _ target: Int) -> Bool {
        cuts.contains { $0.from.contains(source) && $0.to.contains(target) }
    }

    /// Whether packets pass both ways.
    func isReachable(_ left: Int, _ right: Int) -> Bool {
        !isBlocked(left, right) && !isBlocked(right, left)
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
