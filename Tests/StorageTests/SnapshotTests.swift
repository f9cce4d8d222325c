import Bytes
import Determinism
import Storage
import Testing

/// A snapshot is the state at its beginning, whatever happens until its end.
@Suite struct SnapshotTests {
    @Test("Writes during a snapshot do not show in it", arguments: 1...12 as ClosedRange<UInt64>)
    func consistency(seed: UInt64) throws {
        var random = RandomSource(seed: seed)
        var keyspace = Keyspace(databaseCount: 4, hashSeed: (seed, 9))
        let now = RDBTests.now
        for _ in 0..<Int.random(in: 0...6000, using: &random) { change(&keyspace, &random, now) }
        for round in 0..<4 {
            let expected = RDBTests.contents(keyspace)
            keyspace.beginSnapshot(RDBPreamble(creationSeconds: 1, usedMemory: 2))
            var finisher = RDBFinisher(compresses: seed % 2 == 0, checksums: true)
            var file: [UInt8] = []
            var turns = 0
            var isComplete = false
            while !isComplete {
                for _ in 0..<Int.random(in: 0...400, using: &random) {
                    change(&keyspace, &random, now)
                }
                if Int.random(in: 0..<10, using: &random) == 0 {
                    changeDatabases(&keyspace, &random)
                }
                if Int.random(in: 0..<3, using: &random) == 0 { keyspace.reclaim(budget: 500) }
                let (bytes, progress) = keyspace.advanceSnapshot(
                    budget: Int.random(in: 1...500, using: &random),
                    byteBudget: Int.random(in: 1...20_000, using: &random))
                file += finisher.process(bytes)
                isComplete = progress.isComplete
                turns += 1
                if round == 2 && turns == 3 { break }
            }
            if !isComplete {
                // Given up: the next one is whole nevertheless.
                keyspace.abandonSnapshot()
                continue
            }
            file += finisher.finish()
            #expect(try RDBTests.load(file) == expected)
            for index in 0..<4 {
                let violations = keyspace[index].checkInvariants()
                #expect(violations == [])
            }
        }
    }

    func change(_ keyspace: inout Keyspace, _ random: inout RandomSource, _ now: UnixTime) {
        let index = min(Int.random(in: 0..<8, using: &random), 3)
        let key = ByteString("key \(Int.random(in: 0..<4000, using: &random))").bytes
        // Every other database is emptied more than it is filled, at times.
        let isShrinking = index % 2 == 1 && random.next() % 3 != 0
        switch isShrinking ? 0 : Int.random(in: 0..<12, using: &random) {
        case 0: keyspace[index].remove(key.span)
        case 1:
            let time = now.milliseconds + Int64.random(in: -50...1000, using: &random)
            keyspace[index].setExpiry(key.span, milliseconds: time)
        case 2: keyspace[index].append(key.span, key.span, at: now)
        case 3: keyspace[index].setInteger(key.span, Int(random.next() >> 40), at: now)
        case 4: _ = keyspace[index].find(key.span, at: now, .write)
        case 5: _ = keyspace.move(key.span, from: index, to: (index + 1) % 4)
        case 6: _ = keyspace.copy(key.span, from: index, to: key.span, in: (index + 1) % 4)
        case 7:
            let other = ByteString("key \(Int.random(in: 0..<4000, using: &random))").bytes
            keyspace[index].rename(key.span, to: other.span)
        default:
            let value = [UInt8](
                repeating: UInt8(truncatingIfNeeded: random.next()),
                count: Int.random(in: 0...90, using: &random))
            keyspace[index].setString(key.span, value.span, at: now)
        }
        if Int.random(in: 0..<400, using: &random) == 0 {
            _ = keyspace[index].expireCycle(at: now, budget: 100)
        }
    }

    func changeDatabases(_ keyspace: inout Keyspace, _ random: inout RandomSource) {
        let index = Int.random(in: 0..<4, using: &random)
        switch Int.random(in: 0..<8, using: &random) {
        case 0: keyspace.removeAll()
        case 1, 2: keyspace[index].removeAll()
        default:
            keyspace.swapDatabases(
                index, (index + 1) % 4, at: UnixTime(microseconds: 0))
        }
    }

    @Test("Progress counts up to the number of keys at the beginning")
    func progress() {
        var keyspace = Keyspace(databaseCount: 2, hashSeed: (5, 6))
        for number in 0..<5000 {
            let key = ByteString("key \(number)").bytes
            keyspace[number % 2].setString(key.span, key.span, at: RDBTests.now)
        }
        keyspace.beginSnapshot(RDBPreamble(creationSeconds: 1, usedMemory: 2))
        var last = 0
        while true {
            let progress = keyspace.advanceSnapshot(budget: 700).progress
            #expect(progress.totalKeys == 5000)
            #expect(progress.savedKeys > last)
            last = progress.savedKeys
            if progress.isComplete { break }
        }
        #expect(last == 5000)
    }
}
