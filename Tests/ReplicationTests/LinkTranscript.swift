import Bytes
import Determinism
import Protocol
import Replication

/// Drives a link by hand and writes down what it did, one line an output.
struct LinkTranscript: ~Copyable {
    var link: ReplicaLink
    var stream: ReplicationStream
    var random = RandomSource(seed: 7)
    var now = Instant(nanoseconds: 0)
    /// What was received and not consumed.
    var pending: [UInt8] = []
    /// Bytes of the snapshot that is coming, or came.
    var snapshot: [UInt8] = []
    /// Bytes of the stream that were left to the commands.
    var commands: [UInt8] = []
    var lines: [String] = []
    /// Said when the snapshot is complete: nil accepts it.
    var refusal: String?

    init(_ settings: ReplicaLink.Settings = ReplicaLink.Settings()) {
        link = ReplicaLink(settings)
        stream = ReplicationStream(backlogSize: 1 << 20, random: &random)
    }

    var text: String { lines.joined(separator: "\n") }

    mutating func record(_ outputs: [ReplicaLinkOutput]) {
        for output in outputs {
            switch output {
            case .connect(let master): lines.append("connect \(master)")
            case .disconnect:
                lines.append("disconnect")
                pending = []
            case .send(let bytes):
                lines.append(
                    "> " + bytes.text.replacing("\r\n", with: " ").replacing("\n", with: "\\n"))
            case .log(let line):
                lines.append((line.level == .warning ? "# " : "* ") + line.text)
            }
        }
    }

    mutating func follow(
        _ host: String = "m", _ port: Int = 6379, wasMaster: Bool = true,
        because reason: HistoryGuard.Reason = .order
    ) {
        var outputs: [ReplicaLinkOutput] = []
        link.follow(
            MasterAddress(host: ByteString(host), port: port), wasMaster: wasMaster,
            because: reason, at: now, into: &outputs)
        record(outputs)
    }

    mutating func connect() {
        var outputs: [ReplicaLinkOutput] = []
        link.connected(at: now, into: &outputs)
        record(outputs)
    }

    mutating func close(_ reason: String = "connection lost", isBroken: Bool = false) {
        var outputs: [ReplicaLinkOutput] = []
        pending = []
        link.closed(reason, isBroken: isBroken, at: now, into: &outputs)
        record(outputs)
    }

    mutating func advance(milliseconds: Int64) {
        now = Instant(nanoseconds: now.nanoseconds + milliseconds * 1_000_000)
        var outputs: [ReplicaLinkOutput] = []
        link.tick(offset: stream.history.offset, at: now, into: &outputs)
        record(outputs)
    }

    /// Offers bytes cut after every `piece` bytes.
    mutating func receive(_ text: String, piece: Int = .max) {
        receive(bytes: Array(text.utf8), piece: piece)
    }

    mutating func receive(bytes: [UInt8], piece: Int = .max) {
        var at = 0
        while at < bytes.count {
            let end = at + min(piece, bytes.count - at)
            pending += bytes[at..<end]
            at = end
            drain()
        }
    }

    private mutating func drain() {
        while true {
            var outputs: [ReplicaLinkOutput] = []
            let offered = pending
            let (consumed, event) = link.take(
                offered.span, stream: &stream, at: now, into: &outputs)
            pending.removeFirst(min(consumed, pending.count))
            record(outputs)
            switch event {
            case .incomplete: return
            case .consumed: break
            case .resumed(let renamed): lines.append("resumed\(renamed ? ", renamed" : "")")
            case .refused: lines.append("refused")
            case .fullResynchronisation: break
            case .snapshotBegins: snapshot = []
            case .snapshot(let payload): snapshot += offered[..<payload]
            case .snapshotEnds(let payload):
                snapshot += offered[..<payload]
                lines.append("snapshot of \(snapshot.count) bytes")
                var outputs: [ReplicaLinkOutput] = []
                if let refusal {
                    link.refuseSnapshot(refusal, at: now, into: &outputs)
                } else {
                    link.acceptSnapshot(
                        stream: &stream, previous: nil, random: &random, at: now,
                        into: &outputs)
                }
                record(outputs)
            case .stream:
                let bytes = pending
                stream.append(verbatim: bytes.span)
                commands += pending
                pending = []
                return
            }
        }
    }
}
