import Bytes
import Determinism
import Replication
import Testing

@Suite struct `A snapshot's frame` {
    static let mark = "0123456789abcdefghij0123456789ABCDEFGHIJ"

    /// Offers `bytes` cut after every `piece` bytes, held-back bytes again with the next piece.
    static func receive(
        _ bytes: [UInt8], _ framing: SnapshotFraming, piece: Int
    ) -> (snapshot: [UInt8], rest: [UInt8], isComplete: Bool) {
        var receiver = SnapshotReceiver(framing)
        var snapshot: [UInt8] = []
        var held: [UInt8] = []
        var at = 0
        while at < bytes.count {
            let end = min(at + piece, bytes.count)
            held += bytes[at..<end]
            at = end
            let step = receiver.take(held.span)
            snapshot += held[..<step.payload]
            held.removeFirst(step.consumed)
            if step.isComplete { return (snapshot, held + bytes[at...], true) }
        }
        return (snapshot, held, false)
    }

    @Test func `is found however the stream is cut`() {
        // Beginnings of the mark inside the snapshot, and at its very end.
        let snapshot = Array("REDIS0011\(Self.mark.dropLast())x0\(Self.mark.prefix(20))".utf8)
        let rest = Array("*1\r\n$4\r\nPING\r\n".utf8)
        let framing = SnapshotFraming.marked(ByteString(Self.mark))
        let bytes = snapshot + Array(Self.mark.utf8) + rest
        for piece in 1...bytes.count {
            let result = Self.receive(bytes, framing, piece: piece)
            #expect(result.isComplete, "piece \(piece)")
            #expect(result.snapshot == snapshot, "piece \(piece)")
            #expect(result.rest == rest, "piece \(piece)")
        }
        let sized = SnapshotFraming.sized(snapshot.count)
        for piece in 1...bytes.count {
            let result = Self.receive(snapshot + rest, sized, piece: piece)
            #expect(result.isComplete)
            #expect(result.snapshot == snapshot)
            #expect(result.rest == rest)
        }
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func `with a random mark gives the snapshot back byte for byte`(seed: UInt64) {
        var random = RandomSource(seed: seed)
        let framing = SnapshotFraming.marked(random: &random)
        guard case .marked(let mark) = framing else { return }
        var snapshot: [UInt8] = []
        for _ in 0..<Int.random(in: 0..<60, using: &random) {
            if Bool.random(using: &random) {
                snapshot += mark.bytes.prefix(Int.random(in: 0..<40, using: &random))
            } else {
                snapshot.append(UInt8(truncatingIfNeeded: random.next()))
            }
        }
        let rest: [UInt8] = [1, 2, 3]
        let bytes = snapshot + mark.bytes + rest
        for piece in 1...bytes.count {
            let result = Self.receive(bytes, framing, piece: piece)
            #expect(result.isComplete)
            #expect(result.snapshot == snapshot, "seed \(seed), piece \(piece)")
            #expect(result.rest == rest)
        }
    }

    @Test func `is never complete when it was cut off`() {
        let framing = SnapshotFraming.marked(ByteString(Self.mark))
        let bytes = Array("REDIS0011xyz\(Self.mark)".utf8)
        for count in 0..<bytes.count {
            #expect(!Self.receive(Array(bytes[..<count]), framing, piece: 7).isComplete)
        }
    }

    @Test func `of an empty snapshot is complete at once`() {
        #expect(Self.receive(Array("x".utf8), .sized(0), piece: 1).isComplete)
        let marked = Self.receive(Array(Self.mark.utf8), .marked(ByteString(Self.mark)), piece: 3)
        #expect(marked.isComplete)
        #expect(marked.snapshot.isEmpty)
    }

    @Test(arguments: ["", "$", "$-1", "$+5", "$abc", "$EOF:", "$EOF:short", "PING", "-ERR", "$1 2"])
    func `is not seen in other lines`(_ line: String) {
        #expect(SnapshotFraming(preamble: ByteString(line).bytes.span) == nil)
    }

    @Test func `is announced as it is read`() {
        for framing in [SnapshotFraming.marked(ByteString(Self.mark)), .sized(0), .sized(123_456)] {
            let line = framing.preamble.bytes.dropLast(2)
            #expect(SnapshotFraming(preamble: Array(line).span) == framing)
        }
    }
}
