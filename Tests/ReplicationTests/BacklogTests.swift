import Bytes
import Determinism
import Replication
import Testing

@Suite struct `The backlog` {
    /// A model: the whole stream, and where what is kept begins.
    struct Model {
        var stream: [UInt8] = []
        var kept = 0
        var size: Int
        var reader: Int?
        mutating func settle() {
            kept = max(kept, min(stream.count - size, reader ?? stream.count))
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `agrees with a model under random operations`(seed: UInt64) {
        var random = RandomSource(seed: seed)
        var backlog = Backlog(size: 16_384)
        backlog.start(at: 0)
        var model = Model(size: 16_384)
        for step in 0..<400 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0...5:
                let limit = Bool.random(using: &random) ? 100 : 50_000
                let count = Int.random(in: 0..<limit, using: &random)
                let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                backlog.append(bytes.span)
                model.stream += bytes
            case 6:
                let size = Int.random(in: 16_384..<400_000, using: &random)
                backlog.resize(to: size)
                model.settle()
                model.size = size
            case 7:
                let offset = Int.random(
                    in: backlog.historyStart...backlog.endOffset, using: &random)
                backlog.keep(from: offset)
                model.reader = offset
            case 8:
                backlog.keep(from: nil)
                model.reader = nil
            default:
                let offset = Int.random(
                    in: backlog.historyStart...backlog.endOffset, using: &random)
                let limit = Int.random(in: 0..<100_000, using: &random)
                var output = OutputBuffer()
                let count = backlog.copy(from: offset, limit: limit, into: &output)
                let expected = model.stream[offset..<min(offset + limit, model.stream.count)]
                #expect(count == expected.count, "seed \(seed), step \(step)")
                #expect(
                    ByteString(output.unsent).bytes == Array(expected), "seed \(seed), step \(step)"
                )
            }
            model.settle()
            backlog.checkInvariants()
            #expect(backlog.endOffset == model.stream.count, "seed \(seed), step \(step)")
            #expect(backlog.historyStart == model.kept, "seed \(seed), step \(step)")
            #expect(backlog.historyLength == model.stream.count - model.kept)
            #expect(backlog.firstByteOffset == model.kept + 1)
            #expect(backlog.contains(from: model.kept) == true)
            #expect(backlog.contains(from: model.kept - 1) == false)
            #expect(backlog.contains(from: model.stream.count + 1) == false)
        }
    }

    @Test func `takes no storage before the first byte, and then a block at a time`() {
        var backlog = Backlog(size: 1 << 30)
        backlog.start(at: 100)
        #expect(backlog.allocatedBytes == 0)
        let one: [UInt8] = [1]
        backlog.append(one.span)
        #expect(backlog.allocatedBytes == Backlog.blockSize)
        #expect(backlog.firstByteOffset == 101)
    }

    @Test func `holds no more than its size and two blocks while nobody lags`() {
        var backlog = Backlog(size: 200_000)
        backlog.start(at: 0)
        let chunk = [UInt8](repeating: 7, count: 10_000)
        for _ in 0..<1000 {
            backlog.append(chunk.span)
            #expect(backlog.allocatedBytes <= 200_000 + 3 * Backlog.blockSize)
        }
        #expect(backlog.historyLength == 200_000)
    }

    @Test func `keeps nothing while inactive`() {
        var backlog = Backlog(size: 16_384)
        let bytes: [UInt8] = [1, 2, 3]
        backlog.append(bytes.span)
        #expect(backlog.endOffset == 0)
        #expect(backlog.historyLength == 0)
        #expect(backlog.firstByteOffset == 0)
        #expect(backlog.contains(from: 0) == false)
        backlog.start(at: 5)
        backlog.append(bytes.span)
        #expect(backlog.endOffset == 8)
        backlog.stop()
        #expect(backlog.isActive == false)
        #expect(backlog.allocatedBytes == 0)
        backlog.checkInvariants()
    }

    @Test func `gives back what a slow reader held once it is gone`() {
        var backlog = Backlog(size: 16_384)
        backlog.start(at: 0)
        backlog.keep(from: 0)
        let chunk = [UInt8](repeating: 1, count: 100_000)
        for _ in 0..<20 { backlog.append(chunk.span) }
        #expect(backlog.historyLength == 2_000_000)
        backlog.keep(from: nil)
        #expect(backlog.historyLength == 16_384)
        #expect(backlog.allocatedBytes <= 3 * Backlog.blockSize)
    }
}
