import Bytes
import Determinism
import Storage
import Testing

/// Times to live: seen, hidden, removed; and what watchers and events learn of it.
@Suite struct ExpiryTests {
    let now = UnixTime(milliseconds: 1_000_000)
    let later = UnixTime(milliseconds: 1_000_101)
    let key: ByteString = "key"

    func keyspace() -> Keyspace {
        var keyspace = Keyspace(databaseCount: 1, hashSeed: (1, 2))
        keyspace[0].setString(
            key.bytes.span, key.bytes.span, expiry: .at(milliseconds: 1_000_100), at: now)
        return keyspace
    }

    @Test("A master removes a key that it finds expired, and records it")
    func removal() {
        var keyspace = keyspace()
        keyspace[0].changes.eventMask = [.expired, .keyMiss]
        keyspace[0].watch(key, watcher: 8)
        let atTheTime = UnixTime(milliseconds: 1_000_100)
        #expect(keyspace[0].find(key.bytes.span, at: atTheTime, .read) != nil)
        #expect(keyspace[0].find(key.bytes.span, at: later, .read) == nil)
        let changes = keyspace[0].changes
        #expect(changes.expiredKeys == [key])
        #expect(changes.expired == 1)
        #expect(changes.hits == 1)
        #expect(changes.misses == 1)
        #expect(changes.events.map { "\($0.name)" } == ["expired", "keymiss"])
        #expect(keyspace[0].takeTouchedWatchers() == [8])
        let (count, expiring) = (keyspace[0].count, keyspace[0].expiringCount)
        #expect(count == 0)
        #expect(expiring == 0)
    }

    @Test("The removal of a key that had expired before the watch is no change to the watcher")
    func staleWatch() {
        var keyspace = keyspace()
        let isStale = keyspace[0].hasExpired(key.bytes.span, at: later)
        #expect(isStale)
        keyspace[0].watch(key, watcher: 8, isStale: isStale)
        #expect(keyspace[0].isStaleWatch(key, watcher: 8) == true)
        #expect(keyspace[0].find(key.bytes.span, at: later, .read) == nil)
        #expect(keyspace[0].takeTouchedWatchers() == [])
        #expect(keyspace[0].isStaleWatch(key, watcher: 8) == false)
        keyspace[0].setString(key.bytes.span, key.bytes.span, at: later)
        #expect(keyspace[0].takeTouchedWatchers() == [8])
    }

    @Test("Databases are exchanged under watchers: what has expired counts as missing")
    func staleExchange() {
        var keyspace = Keyspace(databaseCount: 2, hashSeed: (1, 2))
        let other: ByteString = "other"
        keyspace[1].setString(
            key.bytes.span, key.bytes.span, expiry: .at(milliseconds: 1_000_100), at: now)
        keyspace[1].setString(other.bytes.span, key.bytes.span, at: now)
        keyspace[0].watch(key, watcher: 8)
        keyspace[0].watch(other, watcher: 9)
        keyspace.swapDatabases(0, 1, at: later)
        #expect(keyspace[0].takeTouchedWatchers() == [9])
        #expect(keyspace[0].isStaleWatch(key, watcher: 8) == true)
        keyspace.swapDatabases(0, 1, at: later)
        #expect(keyspace[0].takeTouchedWatchers() == [9])
        #expect(keyspace[0].isStaleWatch(key, watcher: 8) == false)
    }

    @Test("A replica hides an expired key and keeps it; its master's link sees it")
    func hiding() {
        var keyspace = keyspace()
        keyspace[0].expiryPolicy = .hide
        #expect(keyspace[0].find(key.bytes.span, at: later, .write) == nil)
        var met = 0
        keyspace[0].forEachKey(at: later) { _, _ in met += 1 }
        #expect(met == 0)
        let result = keyspace[0].expireCycle(at: later, budget: 100)
        #expect(result.expired == 0)
        keyspace[0].expiryPolicy = .ignore
        #expect(keyspace[0].find(key.bytes.span, at: later, .write) != nil)
        #expect(keyspace[0].changes.expiredKeys == [])
        let hasExpired = keyspace[0].hasExpired(key.bytes.span, at: later)
        #expect(hasExpired)
    }

    @Test("Setting an expired key begins it anew")
    func setting() {
        var keyspace = keyspace()
        let value: ByteString = "other"
        let isNew = keyspace[0].setString(
            key.bytes.span, value.bytes.span, expiry: .keep, at: later)
        #expect(isNew)
        let expiry = keyspace[0].expiry(of: key.bytes.span)
        #expect(expiry == nil)
        #expect(keyspace[0].changes.expiredKeys == [key])
    }

    @Test("Active expiry removes exactly what has expired, in bounded rounds")
    func cycle() {
        var keyspace = Keyspace(databaseCount: 1, hashSeed: (1, 2))
        for number in 0..<20_000 {
            let key = ByteString("key \(number)").bytes
            let expiry: ExpiryChange =
                switch number % 4 {
                case 0: .at(milliseconds: 1_000_050)
                case 1: .at(milliseconds: 2_000_000)
                default: .clear
                }
            keyspace[0].setString(key.span, key.span, expiry: expiry, at: now)
        }
        var expired = 0
        var rounds = 0
        while rounds < 500 && expired < 5000 {
            let result = keyspace[0].expireCycle(at: later, budget: 200)
            #expect(result.examined < 200 + 448)
            expired += result.expired
            rounds += 1
        }
        #expect(expired == 5000)
        let (count, expiring) = (keyspace[0].count, keyspace[0].expiringCount)
        #expect(count == 15_000)
        #expect(expiring == 5000)
        #expect(keyspace[0].changes.expiredKeys.count == 5000)
        let life = keyspace[0].averageTimeToLive
        #expect(life > 900_000 && life < 1_100_000)
        let violations = keyspace[0].checkInvariants()
        #expect(violations == [])
    }

    @Test("A table whose last key is removed gives its memory back")
    func release() {
        var keyspace = Keyspace(databaseCount: 1, hashSeed: (1, 2))
        for number in 0..<50_000 {
            let key = ByteString("key \(number)").bytes
            keyspace[0].setString(key.span, key.span, at: now)
        }
        let large = keyspace[0].tableMemory
        for number in 0..<50_000 { keyspace[0].remove(ByteString("key \(number)").bytes.span) }
        let small = keyspace[0].tableMemory
        #expect(large > 500_000)
        #expect(small < 5000)
    }

    @Test(
        "A table that becomes sparse gives most of its memory back",
        arguments: [1, 2, 3] as [UInt64])
    func shrinking(seed: UInt64) {
        var keyspace = Keyspace(databaseCount: 1, hashSeed: (seed, 2))
        var random = RandomSource(seed: seed)
        var numbers = Array(0..<60_000)
        for number in numbers {
            let key = ByteString("key \(number)").bytes
            keyspace[0].setString(key.span, key.span, at: now)
        }
        let large = keyspace[0].tableMemory
        numbers.shuffle(using: &random)
        for (index, number) in numbers.dropLast(600).enumerated() {
            keyspace[0].remove(ByteString("key \(number)").bytes.span)
            if index % 10_000 == 0 {
                let violations = keyspace[0].checkInvariants()
                #expect(violations == [])
            }
        }
        let violations = keyspace[0].checkInvariants()
        #expect(violations == [])
        #expect(keyspace[0].tableMemory < large / 4)
        for number in numbers.suffix(600) {
            let key = ByteString("key \(number)").bytes
            #expect(keyspace[0].find(key.span, at: now, .read)?.owned.bytes == key)
        }
        for number in numbers {
            let key = ByteString("key \(number)").bytes
            keyspace[0].setString(key.span, key.span, at: now)
        }
        let grown = keyspace[0].checkInvariants()
        #expect(grown == [])
        let count = keyspace[0].count
        #expect(count == 60_000)
    }

    @Test("The extremes of time are kept")
    func extremes() {
        var keyspace = keyspace()
        for time in [Int64.max, 0, -1, .min] {
            keyspace[0].expiryPolicy = .ignore
            keyspace[0].setExpiry(key.bytes.span, milliseconds: time)
            let expiry = keyspace[0].expiry(of: key.bytes.span)
            #expect(expiry == time)
            keyspace[0].expiryPolicy = .remove
            _ = keyspace[0].expireCycle(at: now, budget: 10)
            keyspace[0].setString(key.bytes.span, key.bytes.span, at: now)
        }
    }

    @Test("The access clock tells how long a key was idle")
    func idle() {
        var keyspace = Keyspace(databaseCount: 1, hashSeed: (1, 2))
        keyspace[0].setString(key.bytes.span, key.bytes.span, at: UnixTime(milliseconds: 5000))
        let at = UnixTime(milliseconds: 65_000)
        #expect(keyspace[0].find(key.bytes.span, at: at, .peek)?.idleSeconds(at: at) == 60)
        #expect(keyspace[0].find(key.bytes.span, at: at, .read)?.idleSeconds(at: at) == 0)
    }

    @Test("Encodings are those that Redis reports")
    func encodings() {
        var keyspace = Keyspace(databaseCount: 1, hashSeed: (1, 2))
        func encoding(_ keyspace: inout Keyspace) -> String {
            let value = keyspace[0].find(key.bytes.span, at: now, .peek)
            return value.map { "\($0.encoding.name)" } ?? "none"
        }
        for (value, expected) in [
            ("12", "int"), ("-9223372036854775808", "int"), ("9223372036854775808", "embstr"),
            ("012", "embstr"), ("", "embstr"), (String(repeating: "x", count: 44), "embstr"),
            (String(repeating: "x", count: 45), "raw"),
        ] {
            keyspace[0].setString(key.bytes.span, ByteString(value).bytes.span, at: now)
            #expect(encoding(&keyspace) == expected)
        }
        keyspace[0].setString(key.bytes.span, ByteString("12").bytes.span, at: now)
        keyspace[0].append(key.bytes.span, ByteString("3").bytes.span, at: now)
        #expect(encoding(&keyspace) == "raw")
    }

    @Test("Keys longer than 65,534 bytes are keys like others")
    func wideKeys() {
        var keyspace = Keyspace(databaseCount: 1, hashSeed: (1, 2))
        for count in [65_534, 65_535, 65_536, 200_000] {
            let key = [UInt8](repeating: 0x6b, count: count)
            let value: ByteString = "v"
            keyspace[0].setString(
                key.span, value.bytes.span, expiry: .at(milliseconds: 2_000_000), at: now)
            #expect(keyspace[0].find(key.span, at: now, .read)?.owned == value)
            let expiry = keyspace[0].expiry(of: key.span)
            #expect(expiry == 2_000_000)
            keyspace[0].append(key.span, key.span, at: now)
            #expect(keyspace[0].find(key.span, at: now, .read)?.byteCount == count + 1)
        }
        let violations = keyspace[0].checkInvariants()
        #expect(violations == [])
    }
}
