// Connections as TCP gives them: ordered bytes each way, in pieces, which arrive late or not before a
// partition is over, or the connection breaks. Nothing is lost within a connection and nothing
// arrives twice; loss shows as the delay of a retransmission, or as a reset.

import Bytes
import Consensus
import Determinism
import Protocol
import Sessions

/// Which way a packet goes: to the node that was connected to, or back.
enum Direction: Hashable, Sendable {
    case toServer
    case toClient

    var opposite: Direction { self == .toServer ? .toClient : .toServer }
}

/// What a connection carries.
enum Packet: Sendable {
    case open
    case opened
    case refused
    case bytes([UInt8])
    case closed

    var isOpen: Bool { if case .open = self { true } else { false } }
    var isClosed: Bool { if case .closed = self { true } else { false } }
}

/// The packets of one direction that have not arrived.
struct PacketQueue: Sendable {
    private var packets: [(arrival: Instant, packet: Packet)] = []
    private var head = 0
    private var lastArrival = Instant.zero
    /// Whether an event stands for the first of them.
    var isScheduled = false
    /// How often the first of them was sent in vain.
    var retransmissions = 0
    /// Bytes that have been sent and have not arrived.
    private(set) var byteCount = 0
    /// Written by the process and not yet handed to the kernel: goes out at the end of its turn.
    var unsent: [UInt8] = []

    var isEmpty: Bool { head == packets.count }
    /// Whether the first of them opens the connection; there is one.
    var opens: Bool { packets[head].packet.isOpen }
    var firstArrival: Instant? { head < packets.count ? packets[head].arrival : nil }

    /// Appends a packet that arrives at `arrival`, but not before those ahead of it.
    mutating func append(_ packet: Packet, arrival: Instant) {
        lastArrival = max(lastArrival, arrival)
        if case .bytes(let bytes) = packet { byteCount += bytes.count }
        packets.append((lastArrival, packet))
    }

    /// Takes out the first of them; there is one.
    mutating func removeFirst() -> Packet {
        var packet = Packet.open
        swap(&packet, &packets[head].packet)
        if case .bytes(let bytes) = packet { byteCount -= bytes.count }
        head += 1
        retransmissions = 0
        if head == packets.count {
            packets.removeAll(keepingCapacity: true)
            head = 0
        }
        return packet
    }
}

/// Who opened a connection, and what it is to that process.
enum ClientEnd: Hashable, Sendable {
    /// A link of a sentinel.
    case link(LinkID)
    /// The link of a replica to its master.
    case replica
    /// A client's.
    case client
}

/// One connection.
///
/// A class, because it is looked at with every packet and a value would be copied; only the simulator
/// holds it.
final class SimulatedConnection {
    /// Nothing is read off a session while the kernel holds so many of its bytes.
    static let kernelBuffer = 16 << 10
    /// Among what sentinels are answered only INFO is longer.
    static let reportLength = 1000

    let client: Int
    let clientLife: Int
    let end: ClientEnd
    let server: Int
    var serverLife = 0
    /// Whether either end still holds it.
    var isOpenAtClient = true
    var isOpenAtServer = false
    var toServer = PacketQueue()
    var toClient = PacketQueue()
    /// What a server knows either end by; nil at sentinels and clients.
    var clientSession: SessionID?
    var serverSession: SessionID?
    /// Reads replies, for sentinels and clients.
    var replies: ReplyStream?
    /// Reads requests, for sentinels.
    var requests: RequestStream?
    /// What hellos on their way to a server say of the master, with the bytes up to their ends.
    var hellos: [(end: Int, master: NodeAddress, epoch: UInt64)] = []
    /// Bytes that were sent to and that arrived at the server.
    var sentToServer = 0
    var arrivedAtServer = 0
    /// INFO on its way to a sentinel: when it was written, whether the server had the group's data, and
    /// which writes it lacked that WAIT had confirmed.
    var reports: [(at: Instant, hadData: Bool, lacks: [Int])] = []

    init(client: Int, clientLife: Int, end: ClientEnd, server: Int) {
        self.client = client
        self.clientLife = clientLife
        self.end = end
        self.server = server
    }

    func source(_ direction: Direction) -> Int { direction == .toServer ? client : server }
    func target(_ direction: Direction) -> Int { direction == .toServer ? server : client }

    subscript(_ direction: Direction) -> PacketQueue {
        _read {
            if direction == .toServer { yield toServer } else { yield toClient }
        }
        _modify {
            if direction == .toServer { yield &toServer } else { yield &toClient }
        }
    }
}

/// Bytes that arrive, and the replies in them.
///
/// A class, since a connection may have none and its buffer cannot be copied; only the connection holds
/// it.
final class ReplyStream {
    private var input = InputBuffer()
    private var parser = ReplyParser()

    func take(_ bytes: [UInt8]) { input.append(bytes.span) }

    /// The next whole reply; throws for what is none.
    func next() throws(ReplyError) -> ReplyValue? { try parser.next(from: &input) }
}

/// Bytes that arrive, and the requests in them.
///
/// A class for the same reason as `ReplyStream`.
final class RequestStream {
    private var input = InputBuffer()
    private var parser = RequestParser()
    private var arena = RangeArena()

    func take(_ bytes: [UInt8]) { input.append(bytes.span) }

    /// The words of the next whole request; nil when there is none, or nothing that is one.
    func next() -> [ByteString]? {
        while let base = unsafe input.readableAddress, !input.isEmpty {
            arena.removeAll()
            let outcome = unsafe parser.parse(
                base, count: input.count, limits: RequestLimits(), into: &arena)
            switch outcome {
            case .request(let length, let count):
                let request = unsafe OwnedRequest(
                    Request(
                        base: base, ranges: arena.address(0), count: count,
                        now: UnixTime(microseconds: 0)))
                input.consume(length)
                return request.arguments
            case .inline(let length, let words):
                input.consume(length)
                return words
            case .nothing(let length): input.consume(length)
            case .incomplete, .failure: return nil
            }
        }
        return nil
    }
}
