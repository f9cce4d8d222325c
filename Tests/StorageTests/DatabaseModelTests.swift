import Bytes
import Determinism
import Storage
import Testing

/// Random operations, the same on a database and on a dictionary.
@Suite struct DatabaseModelTests {
    struct Model {
        var values: [ByteString: ByteString] = [:]
        var expiries: [ByteString: Int64] = [:]
    }

    @Test("A database behaves as a dictionary does", arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func randomOperations(seed: UInt64) {
        var random = RandomSource(seed: seed)
        var keyspace = Keyspace(databaseCount: 1, hashSeed: (seed, seed &* 77))
        var model = Model()
        let now = UnixTime(milliseconds: 1_700_000_000_000)
        let keyLimit = [10, 300, 5000, 20_000][Int(seed % 4)]
        for step in 0..<30_000 {
            let number = Int.random(in: 0..<keyLimit, using: &random)
            let key = ByteString(
                number % 50 == 7 ? "a longer key, of number \(number)" : "k\(number)")
            switch Int.random(in: 0..<12, using: &random) {
            case 0...3:
                let value = randomValue(&random)
                keyspace[0].setString(key.bytes.span, value.bytes.span, expiry: .clear, at: now)
                model.values[key] = value
                model.expiries[key] = nil
            case 4:
                let value = randomValue(&random)
                keyspace[0].setString(key.bytes.span, value.bytes.span, expiry: .keep, at: now)
                model.values[key] = value
            case 5:
                let time = now.milliseconds + Int64.random(in: 1...1000, using: &random)
                let isThere = keyspace[0].setExpiry(key.bytes.span, milliseconds: time)
                #expect(isThere == (model.values[key] != nil))
                if isThere { model.expiries[key] = time }
            case 6:
                let isThere = keyspace[0].remove(key.bytes.span)
                #expect(isThere == (model.values[key] != nil))
                model.values[key] = nil
                model.expiries[key] = nil
            case 7:
                let more = randomValue(&random)
                let count = keyspace[0].append(key.bytes.span, more.bytes.span, at: now)
                model.values[key, default: ByteString()].bytes += more.bytes
                #expect(count == model.values[key]?.count)
            case 8:
                let offset = Int.random(in: 0..<100, using: &random)
                let part = randomValue(&random)
                let count = keyspace[0].setRange(
                    key.bytes.span, offset: offset, part.bytes.span, at: now)
                if !part.isEmpty {
                    var bytes = model.values[key]?.bytes ?? []
                    while bytes.count < offset + part.count { bytes.append(0) }
                    bytes.replaceSubrange(offset..<offset + part.count, with: part.bytes)
                    model.values[key] = ByteString(bytes)
                }
                #expect(count == model.values[key]?.count ?? 0)
            case 9:
                let other = ByteString("k\(Int.random(in: 0..<keyLimit, using: &random))")
                let isThere = keyspace[0].rename(key.bytes.span, to: other.bytes.span)
                #expect(isThere == (model.values[key] != nil))
                if isThere && other != key {
                    model.values[other] = model.values.removeValue(forKey: key)
                    model.expiries[other] = model.expiries.removeValue(forKey: key)
                }
            default:
                let found = keyspace[0].find(key.bytes.span, at: now, .read)
                #expect(found?.owned == model.values[key])
                #expect(found?.expiryMilliseconds == model.expiries[key])
            }
            if step % 5000 == 0 { check(keyspace[0], model, now) }
        }
        check(keyspace[0], model, now)
        keyspace[0].removeAll()
        let remaining = keyspace[0].count
        #expect(remaining == 0)
        keyspace.reclaim(budget: .max)
        let hasReclaimable = keyspace.hasReclaimable
        #expect(!hasReclaimable)
    }

    func check(_ database: borrowing Database, _ model: Model, _ now: UnixTime) {
        let (count, expiring) = (database.count, database.expiringCount)
        #expect(count == model.values.count)
        #expect(expiring == model.expiries.count)
        let violations = database.checkInvariants()
        #expect(violations == [])
        var met: [ByteString: ByteString] = [:]
        database.forEachKey(at: now) { key, value in met[ByteString(key)] = value.owned }
        #expect(met == model.values)
    }

    func randomValue(_ random: inout RandomSource) -> ByteString {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return ByteString("\(Int.random(in: Int.min...Int.max, using: &random))")
        case 1: return ByteString("\(Int.random(in: -200...200, using: &random))")
        case 2:
            let count = Int.random(in: 0...1500, using: &random)
            return ByteString([UInt8](repeating: UInt8(truncatingIfNeeded: count), count: count))
        default:
            let count = Int.random(in: 0...60, using: &random)
            return ByteString((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ count) })
        }
    }
}
