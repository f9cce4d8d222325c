import Bytes
import Determinism
import Storage
import Testing

/// What a scan promises, and random keys.
@Suite struct ScanTests {
    @Test("What is there during the whole scan is met", arguments: 1...10 as ClosedRange<UInt64>)
    func guarantee(seed: UInt64) {
        var random = RandomSource(seed: seed)
        var keyspace = Keyspace(databaseCount: 1, hashSeed: (seed, 1))
        let now = RDBTests.now
        let count = [0, 1, 20, 500, 3000][Int(seed % 5)]
        for number in 0..<count {
            let key = ByteString("stays \(number)").bytes
            keyspace[0].setString(key.span, key.span, at: now)
        }
        var met: Set<ByteString> = []
        var cursor: UInt64 = 0
        var calls = 0
        repeat {
            cursor = keyspace[0].scan(cursor: cursor, count: 10, at: now) { key, _ in
                met.insert(ByteString(key))
            }
            calls += 1
            for _ in 0..<Int.random(in: 0...80, using: &random) {
                let key = ByteString("passes \(Int.random(in: 0..<20_000, using: &random))").bytes
                // At times the table grows, at times it shrinks.
                let isShrinking = calls / 40 % 2 == 1
                if Int.random(in: 0..<8, using: &random) < (isShrinking ? 7 : 2) {
                    keyspace[0].remove(key.span)
                } else {
                    keyspace[0].setString(key.span, key.span, at: now)
                }
            }
            #expect(calls < 100_000)
        } while cursor != 0 && calls < 100_000
        for number in 0..<count { #expect(met.contains(ByteString("stays \(number)"))) }
    }

    @Test("A scan of a table at rest meets every key once, and a few each call")
    func atRest() {
        var keyspace = Keyspace(databaseCount: 1, hashSeed: (7, 7))
        for number in 0..<10_000 {
            let key = ByteString("key \(number)").bytes
            keyspace[0].setString(key.span, key.span, at: RDBTests.now)
        }
        var met = 0
        var largest = 0
        var cursor: UInt64 = 0
        repeat {
            let before = met
            cursor = keyspace[0].scan(cursor: cursor, count: 10, at: RDBTests.now) { _, _ in
                met += 1
            }
            largest = max(largest, met - before)
        } while cursor != 0
        #expect(met == 10_000)
        #expect(largest < 60)
    }

    @Test("Any number is a cursor", arguments: [1, 31, .max, 1 << 44, (1 << 45) - 1] as [UInt64])
    func anyCursor(cursor: UInt64) {
        var keyspace = Keyspace(databaseCount: 1, hashSeed: (7, 7))
        for number in 0..<1000 {
            let key = ByteString("key \(number)").bytes
            keyspace[0].setString(key.span, key.span, at: RDBTests.now)
        }
        var cursor = cursor
        var calls = 0
        repeat {
            cursor = keyspace[0].scan(cursor: cursor, count: 100, at: RDBTests.now) { _, _ in }
            calls += 1
        } while cursor != 0 && calls < 1000
        #expect(calls < 1000)
    }

    @Test("Random keys are fair")
    func randomKeys() {
        var keyspace = Keyspace(databaseCount: 1, hashSeed: (11, 12))
        var random = RandomSource(seed: 5)
        for number in 0..<1000 {
            let key = ByteString("\(number)").bytes
            keyspace[0].setString(key.span, key.span, at: RDBTests.now)
        }
        var counts = [Int](repeating: 0, count: 1000)
        let draws = 200_000
        for _ in 0..<draws {
            let key = keyspace[0].randomKey(at: RDBTests.now, &random)
            if let key, let number = DecimalText.parse(key.bytes.span) { counts[number] += 1 }
        }
        #expect(counts.reduce(0, +) == draws)
        // Chi-squared with 999 degrees of freedom: beyond 1200 once in 100,000 fair samples.
        let expected = Double(draws) / 1000
        let chi = counts.reduce(0.0) {
            $0 + (Double($1) - expected) * (Double($1) - expected) / expected
        }
        #expect(chi < 1200)
    }

    @Test("A random key is found in a table that is almost empty, and none in an empty one")
    func sparse() {
        var keyspace = Keyspace(databaseCount: 1, hashSeed: (11, 12))
        var random = RandomSource(seed: 5)
        #expect(keyspace[0].randomKey(at: RDBTests.now, &random) == nil)
        for number in 0..<20_000 {
            let key = ByteString("\(number)").bytes
            keyspace[0].setString(key.span, key.span, at: RDBTests.now)
        }
        for number in 1..<20_000 { keyspace[0].remove(ByteString("\(number)").bytes.span) }
        #expect(keyspace[0].randomKey(at: RDBTests.now, &random) == "0")
    }
}
