import Bytes
import Determinism
import Storage
import Testing

/// What concerns several databases, clients that watch, and memory given back.
@Suite struct KeyspaceTests {
    let now = UnixTime(milliseconds: 1_000_000)
    let key: ByteString = "key"
    let other: ByteString = "other"

    func keyspace() -> Keyspace {
        var keyspace = Keyspace(databaseCount: 3, hashSeed: (21, 22))
        keyspace[0].setString(
            key.bytes.span, key.bytes.span, expiry: .at(milliseconds: 2_000_000), at: now)
        return keyspace
    }

    @Test("Every change of a watched key marks who watches it, and no other change does")
    func watching() {
        var keyspace = keyspace()
        let bytes = key.bytes
        keyspace[0].watch(key, watcher: 1)
        keyspace[0].watch(key, watcher: 1)
        keyspace[0].watch(other, watcher: 2)
        func touched(_ keyspace: inout Keyspace) -> [UInt64] { keyspace[0].takeTouchedWatchers() }

        _ = keyspace[0].find(bytes.span, at: now, .write)
        #expect(touched(&keyspace) == [])
        keyspace[0].setString(bytes.span, bytes.span, at: now)
        #expect(touched(&keyspace) == [1])
        keyspace[0].setInteger(bytes.span, 5, at: now)
        #expect(touched(&keyspace) == [1])
        keyspace[0].append(bytes.span, bytes.span, at: now)
        #expect(touched(&keyspace) == [1])
        keyspace[0].setRange(bytes.span, offset: 2, bytes.span, at: now)
        #expect(touched(&keyspace) == [1])
        keyspace[0].setExpiry(bytes.span, milliseconds: 1_500_000)
        #expect(touched(&keyspace) == [1])
        keyspace[0].rename(bytes.span, to: other.bytes.span)
        #expect(Set(touched(&keyspace)) == [1, 2])
        keyspace[0].remove(bytes.span)
        #expect(touched(&keyspace) == [])
        keyspace[0].remove(other.bytes.span)
        #expect(touched(&keyspace) == [2])
        keyspace[0].unwatch(key, watcher: 1)
        keyspace[0].setString(bytes.span, bytes.span, at: now)
        #expect(touched(&keyspace) == [])
    }

    @Test("Emptying and exchanging databases marks who watches a key that was or is there")
    func watchingDatabases() {
        var keyspace = keyspace()
        keyspace[0].watch(key, watcher: 1)
        keyspace[0].watch(other, watcher: 2)
        keyspace[1].watch(key, watcher: 3)
        keyspace.swapDatabases(0, 1, at: now)
        #expect(keyspace[0].takeTouchedWatchers() == [1])
        #expect(keyspace[1].takeTouchedWatchers() == [3])
        #expect(keyspace[1].find(key.bytes.span, at: now, .read)?.expiryMilliseconds == 2_000_000)
        keyspace[0].removeAll()
        #expect(keyspace[0].takeTouchedWatchers() == [])
        keyspace.removeAll()
        #expect(keyspace[1].takeTouchedWatchers() == [3])
    }

    @Test("A key is moved with its time to live, unless it is there already")
    func moving() {
        var keyspace = keyspace()
        let isMoved = keyspace.move(key.bytes.span, from: 0, to: 2)
        #expect(isMoved)
        let isMovedAgain = keyspace.move(key.bytes.span, from: 0, to: 2)
        #expect(!isMovedAgain)
        #expect(keyspace[2].find(key.bytes.span, at: now, .read)?.expiryMilliseconds == 2_000_000)
        keyspace[0].setString(key.bytes.span, other.bytes.span, at: now)
        let isOverwritten = keyspace.move(key.bytes.span, from: 0, to: 2)
        #expect(!isOverwritten)
        #expect(keyspace[2].find(key.bytes.span, at: now, .read)?.owned == key)
    }

    @Test("A copy is a value of its own", arguments: [3, 300, 5000])
    func copying(count: Int) {
        var keyspace = keyspace()
        let long = [UInt8](repeating: 0x61, count: count)
        keyspace[0].setString(key.bytes.span, long.span, at: now)
        let isCopied = keyspace.copy(
            key.bytes.span, from: 0, to: other.bytes.span, in: 1)
        #expect(isCopied)
        keyspace[0].setRange(key.bytes.span, offset: 0, other.bytes.span, at: now)
        keyspace[0].append(key.bytes.span, other.bytes.span, at: now)
        #expect(keyspace[1].find(other.bytes.span, at: now, .read)?.owned.bytes == long)
        let isMissing = keyspace.copy(
            other.bytes.span, from: 0, to: other.bytes.span, in: 1)
        #expect(!isMissing)
        #expect(keyspace[1].find(other.bytes.span, at: now, .read)?.owned.bytes == long)
    }

    @Test("An emptied database is freed in slices, or handed to a worker")
    func reclaiming() {
        var keyspace = keyspace()
        func fill(_ keyspace: inout Keyspace) {
            for number in 0..<5000 {
                let key = ByteString("key \(number)").bytes
                keyspace[1].setString(key.span, key.span, at: now)
            }
        }
        fill(&keyspace)
        let removed = keyspace[1].removeAll()
        #expect(removed == 5000)
        var freed = 0
        var slices = 0
        while keyspace.hasReclaimable && slices < 1000 {
            freed += keyspace.reclaim(budget: 700)
            slices += 1
        }
        #expect(freed >= 5000)
        #expect(slices > 4)
    }

    @Test("A database that was emptied during a snapshot is freed after it")
    func reclaimingLater() {
        var keyspace = keyspace()
        keyspace.beginSnapshot(RDBPreamble(creationSeconds: 1, usedMemory: 2))
        keyspace.removeAll()
        let waits = keyspace.hasReclaimable
        #expect(!waits)
        while !keyspace.advanceSnapshot(budget: 10).progress.isComplete {}
        let isFree = keyspace.hasReclaimable
        #expect(isFree)
        keyspace.reclaim(budget: 10)
        let remains = keyspace.hasReclaimable
        #expect(!remains)
    }

    @Test("The allocator tells what is in use")
    func usedMemory() {
        var keyspace = keyspace()
        let long = [UInt8](repeating: 0x61, count: 8 << 20)
        keyspace[0].setString(key.bytes.span, long.span, at: now)
        let used = keyspace.usedMemory
        #expect(used > 8 << 20)
        #expect(AllocatorStatistics.resident >= AllocatorStatistics.active)
    }
}
