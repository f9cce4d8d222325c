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
        switch isShrinking ? 0 : Int.random(in: 0..<14, using: &random) {
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
        case 8:
            let offset = Int.random(in: 0...6000, using: &random)
            keyspace[index].setRange(key.span, offset: offset, key.span, at: now)
        case 9:
            let value = [UInt8](
                repeating: UInt8(truncatingIfNeeded: random.next()),
                count: Int.random(in: 4000...9000, using: &random))
            keyspace[index].setString(key.span, value.span, at: now)
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

    static let size = 100_000

    /// Keys with values that lie in blocks of their own, most of them in one segment.
    static func largeValues(_ count: Int) -> Keyspace {
        var keyspace = Keyspace(databaseCount: 2, hashSeed: (5, 6))
        for number in 0..<count {
            let value = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: size)
            keyspace[0].setString(
                ByteString("key \(number)").bytes.span, value.span, at: RDBTests.now)
        }
        return keyspace
    }

    static func finish(_ keyspace: inout Keyspace, into file: inout [UInt8]) {
        var finisher = RDBFinisher(compresses: true, checksums: true)
        file = finisher.process(file)
        while true {
            let (bytes, progress) = keyspace.advanceSnapshot(budget: 100)
            file += finisher.process(bytes)
            if progress.isComplete { break }
        }
        file += finisher.finish()
    }

    @Test("A change during a snapshot copies no value but short ones, and none of its neighbours")
    func boundedWrites() throws {
        var keyspace = SnapshotTests.largeValues(200)
        let now = RDBTests.now
        let expected = RDBTests.contents(keyspace)
        keyspace.beginSnapshot(RDBPreamble(creationSeconds: 1, usedMemory: 2))
        let short = ByteString("short").bytes
        let key = { (number: Int) in ByteString("key \(number)").bytes }
        let changes: [(inout Keyspace) -> Void] = [
            { $0[0].setString(key(0).span, short.span, at: now) },
            { $0[0].remove(key(1).span) },
            { $0[0].append(key(2).span, short.span, at: now) },
            { $0[0].setRange(key(3).span, offset: 7, short.span, at: now) },
            { $0[0].setExpiry(key(4).span, milliseconds: now.milliseconds + 1) },
            { $0[0].rename(key(5).span, to: short.span) },
            { _ = $0.move(key(6).span, from: 0, to: 1) },
            { $0[0].setInteger(key(7).span, 1, at: now) },
        ]
        for (index, change) in changes.enumerated() {
            let before = keyspace.snapshotMemory
            change(&keyspace)
            let after = keyspace.snapshotMemory
            #expect(after.copied - before.copied < 50, "change \(index)")
            #expect(after.lent - before.lent == SnapshotTests.size, "change \(index)")
            // Nothing is saved twice.
            change(&keyspace)
            let again = keyspace.snapshotMemory
            #expect(again == after, "change \(index)")
        }
        var file: [UInt8] = []
        SnapshotTests.finish(&keyspace, into: &file)
        #expect(try RDBTests.load(file) == expected)
        let rest = keyspace.snapshotMemory
        #expect(rest == (0, 0))
        #expect(keyspace[0].checkInvariants() == [])
    }

    @Test("A new key does not make the snapshot save anything")
    func newcomers() {
        var keyspace = SnapshotTests.largeValues(50)
        keyspace.beginSnapshot(RDBPreamble(creationSeconds: 1, usedMemory: 2))
        for number in 0..<2000 {
            let key = ByteString("new \(number)").bytes
            keyspace[0].setString(key.span, key.span, at: RDBTests.now)
            keyspace[0].remove(key.span)
            keyspace[0].setString(key.span, key.span, at: RDBTests.now)
        }
        let memory = keyspace.snapshotMemory
        #expect(memory == (0, 0))
        var saved = 0
        while true {
            let progress = keyspace.advanceSnapshot(budget: 100).progress
            saved = progress.savedKeys
            if progress.isComplete { break }
        }
        #expect(saved == 50)
    }

    @Test("A slice hands out a bounded number of bytes, however large the values")
    func boundedSlices() {
        var keyspace = SnapshotTests.largeValues(60)
        keyspace.beginSnapshot(RDBPreamble(creationSeconds: 1, usedMemory: 2))
        // Much is saved ahead of the cursor.
        for number in 0..<30 { keyspace[0].remove(ByteString("key \(number)").bytes.span) }
        var total = 0
        var slices = 0
        while true {
            let (bytes, progress) = keyspace.advanceSnapshot(budget: 1000, byteBudget: 10_000)
            total += bytes.count
            slices += 1
            #expect(bytes.count <= 10_050)
            if progress.isComplete { break }
        }
        #expect(total > 60 * SnapshotTests.size)
        #expect(slices >= total / 10_050)
    }

    @Test("Values that a snapshot has borrowed outlive it and their keys")
    func borrowedValues() {
        var keyspace = SnapshotTests.largeValues(20)
        keyspace.beginSnapshot(RDBPreamble(creationSeconds: 1, usedMemory: 2))
        for number in 0..<10 {
            let key = ByteString("key \(number)").bytes
            if number % 2 == 0 {
                keyspace[0].remove(key.span)
            } else {
                keyspace[0].setExpiry(key.span, milliseconds: 1)
            }
        }
        _ = keyspace.advanceSnapshot(budget: 1000, byteBudget: 150_000)
        keyspace.abandonSnapshot()
        let memory = keyspace.snapshotMemory
        #expect(memory == (0, 0))
        let violations = keyspace[0].checkInvariants()
        #expect(violations == [])
        // The keyspace goes in the middle of another snapshot.
        keyspace.beginSnapshot(RDBPreamble(creationSeconds: 1, usedMemory: 2))
        for number in 10..<15 { keyspace[0].remove(ByteString("key \(number)").bytes.span) }
        keyspace[0].removeAll()
        _ = keyspace.advanceSnapshot(budget: 1000, byteBudget: 150_000)
    }

    /// All records of a sample with short, long, compressible and expiring values.
    static func records() -> (records: [UInt8], expected: [[ByteString: RDBTests.Content]]) {
        var keyspace = RDBTests.sample()
        let expected = RDBTests.contents(keyspace)
        keyspace.beginSnapshot(RDBPreamble(creationSeconds: 1, usedMemory: 2))
        var records: [UInt8] = []
        while true {
            let (bytes, progress) = keyspace.advanceSnapshot(budget: 1000)
            records += bytes
            if progress.isComplete { return (records, expected) }
        }
    }

    @Test(arguments: [1, 2, 3, 7, 64, 999, 5000])
    func `a file is the same however its records were cut`(piece: Int) throws {
        let (records, expected) = SnapshotTests.records()
        var whole = RDBFinisher(compresses: true, checksums: true)
        let file = whole.process(records) + whole.finish()
        var cut = RDBFinisher(compresses: true, checksums: true)
        var pieces: [UInt8] = []
        for start in stride(from: 0, to: records.count, by: piece) {
            pieces += cut.process(Array(records[start..<min(start + piece, records.count)]))
        }
        #expect(pieces + cut.finish() == file)
        #expect(try RDBTests.load(file) == expected)
        #expect(file.count < records.count)
    }

    @Test("Strings that would take long to compress are left as they are for who asks so")
    func longStrings() throws {
        let (records, expected) = SnapshotTests.records()
        var finisher = RDBFinisher(compresses: true, checksums: true, longestCompressed: 19_999)
        var every = RDBFinisher(compresses: true, checksums: true)
        let file = finisher.process(records) + finisher.finish()
        #expect(try RDBTests.load(file) == expected)
        // One value of 20,000 equal bytes, in one database as a value and in another as a key.
        #expect(file.count > (every.process(records) + every.finish()).count + 30_000)
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
