import Bytes
import Determinism
import Storage
import Testing

/// Files written and read again; and files that are broken in every way.
@Suite struct RDBTests {
    static let now = UnixTime(milliseconds: 1_700_000_000_000)

    /// Keys and values of every form that strings take in a file.
    static func sample(databases: Int = 3) -> Keyspace {
        var keyspace = Keyspace(databaseCount: databases, hashSeed: (1, 2))
        let values: [ByteString] = [
            "", "a", "0", "-1", "127", "128", "-129", "32767", "32768", "2147483647",
            "2147483648", "-9223372036854775808", "007", "+7", "12345678901",
            ByteString([UInt8](repeating: 0x61, count: 20)),
            ByteString([UInt8](repeating: 0x61, count: 64)),
            ByteString([UInt8](repeating: 0x62, count: 20_000)),
            ByteString((0..<300).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 31 >> 3) }),
        ]
        for (index, value) in values.enumerated() {
            let key = ByteString("key \(index)")
            let expiry: ExpiryChange =
                index % 3 == 0 ? .at(milliseconds: now.milliseconds + Int64(index) * 1000) : .clear
            keyspace[0].setString(key.bytes.span, value.bytes.span, expiry: expiry, at: now)
            keyspace[databases - 1].setString(value.bytes.span, key.bytes.span, at: now)
        }
        return keyspace
    }

    static func save(_ keyspace: inout Keyspace, compresses: Bool, budget: Int = 1000) -> [UInt8] {
        keyspace.beginSnapshot(RDBPreamble(creationSeconds: 1, usedMemory: 2))
        var finisher = RDBFinisher(compresses: compresses, checksums: true)
        var file: [UInt8] = []
        while true {
            let (bytes, progress) = keyspace.advanceSnapshot(budget: budget)
            file += finisher.process(bytes)
            if progress.isComplete { break }
        }
        return file + finisher.finish()
    }

    static func load(
        _ file: [UInt8], piece: Int = .max, dropsExpired: Bool = false
    ) throws(RDBError) -> [[ByteString: Content]] {
        var keyspace = Keyspace(databaseCount: 16, hashSeed: (3, 4))
        var loader = RDBLoader(now: now, dropsExpired: dropsExpired)
        var index = 0
        while index < file.count {
            let end = index + min(piece, file.count - index)
            try loader.feed(Array(file[index..<end]).span, into: &keyspace)
            index = end
        }
        try loader.finish()
        return contents(keyspace)
    }

    struct Content: Equatable {
        var value: ByteString
        var expiry: Int64?
    }

    static func contents(_ keyspace: borrowing Keyspace) -> [[ByteString: Content]] {
        var all: [[ByteString: Content]] = []
        for index in 0..<keyspace.databaseCount {
            var met: [ByteString: Content] = [:]
            keyspace[index].forEachKey(at: UnixTime(milliseconds: 0)) { key, value in
                met[ByteString(key)] = Content(
                    value: value.owned, expiry: value.expiryMilliseconds)
            }
            all.append(met)
        }
        while all.last?.isEmpty == true { all.removeLast() }
        return all
    }

    @Test("What was saved is loaded again", arguments: [true, false])
    func roundTrip(compresses: Bool) throws {
        var keyspace = RDBTests.sample()
        let expected = RDBTests.contents(keyspace)
        let file = RDBTests.save(&keyspace, compresses: compresses)
        for piece in [1, 2, 3, 7, 100, 4096, Int.max] {
            #expect(try RDBTests.load(file, piece: piece) == expected)
        }
    }

    @Test("Compression makes a repetitive file smaller")
    func compression() {
        var keyspace = RDBTests.sample()
        let plain = RDBTests.save(&keyspace, compresses: false)
        let compressed = RDBTests.save(&keyspace, compresses: true)
        #expect(compressed.count < plain.count / 4)
    }

    @Test("Every truncation is refused")
    func truncation() {
        var keyspace = RDBTests.sample(databases: 2)
        keyspace[0].remove(ByteString("key 17").bytes.span)
        keyspace[1].removeAll()
        let file = RDBTests.save(&keyspace, compresses: true)
        for count in 0..<file.count {
            var reason: RDBError.Reason?
            do { _ = try RDBTests.load(Array(file[0..<count])) } catch { reason = error.reason }
            #expect(reason == .truncated, "at \(count) of \(file.count)")
        }
    }

    @Test("Every flipped byte is refused", arguments: [true, false])
    func flips(compresses: Bool) {
        var keyspace = RDBTests.sample(databases: 2)
        keyspace[0].remove(ByteString("key 17").bytes.span)
        keyspace[1].removeAll()
        let file = RDBTests.save(&keyspace, compresses: compresses)
        // But for the version's digits: below 5, there is no checksum.
        for index in file.indices where !(5..<9).contains(index) {
            for mask in [0x01, 0x80, 0xff] as [UInt8] {
                var broken = file
                broken[index] ^= mask
                #expect(throws: RDBError.self, "byte \(index), mask \(mask)") {
                    try RDBTests.load(broken)
                }
            }
        }
    }

    @Test("Errors tell what and where")
    func errors() {
        func reason(_ file: [UInt8]) -> RDBError? {
            do { _ = try RDBTests.load(file) } catch { return error }
            return nil
        }
        let head = Array("REDIS0011".utf8)
        #expect(reason(Array("REDOS0011".utf8)) == RDBError(.wrongSignature, offset: 0))
        #expect(reason(Array("REDIS0012".utf8))?.reason == .unsupportedVersion("0012"))
        #expect(reason(Array("REDIS00x1".utf8))?.reason == .unsupportedVersion("00x1"))
        #expect(reason(head + [200]) == RDBError(.unknownType(200), offset: 9))
        let list = head + [254, 0, 18, 3] + Array("abc".utf8)
        #expect(
            reason(list)
                == RDBError(.unsupportedValue(type: "list", key: "abc"), offset: 11))
        #expect(reason(head + [246])?.reason == .unsupportedRecord("functions"))
        #expect(reason(head + [254, 17])?.reason == .noSuchDatabase(17))
        #expect(reason(head + [0, 0x82])?.reason == .malformedLength)
        #expect(reason(head + [0, 0x80, 0xff, 0, 0, 0])?.reason == .tooLong(0xff00_0000))
        let duplicate: [UInt8] = [0, 1, 0x61, 1, 0x62]
        #expect(reason(head + duplicate + duplicate)?.reason == .duplicateKey("a"))
        // Three bytes cannot yield a hundred thousand.
        let bomb: [UInt8] = [0, 1, 0x61, 0xc3, 3, 0x80, 0, 1, 0x86, 0xa0, 0, 0, 0]
        #expect(reason(head + bomb)?.reason == .malformedCompression)
    }

    @Test("A key whose time has passed is left out by a master and kept by a replica")
    func expiredKeys() throws {
        var keyspace = Keyspace(databaseCount: 1, hashSeed: (1, 2))
        let key: ByteString = "gone"
        keyspace[0].setString(
            key.bytes.span, key.bytes.span,
            expiry: .at(milliseconds: RDBTests.now.milliseconds - 1), at: RDBTests.now)
        let file = RDBTests.save(&keyspace, compresses: false)
        #expect(try RDBTests.load(file, dropsExpired: true) == [])
        let kept = try RDBTests.load(file, dropsExpired: false)
        #expect(kept.first?[key]?.value == key)
    }

    @Test("An empty key is one key, wherever its no bytes lie")
    func emptyKey() throws {
        // Found by the fuzzer: a file of version 1 with an empty key and an empty value.
        let head = Array("REDIS0001".utf8)
        let file = head + [0, 0, 0, 255]
        var keyspace = Keyspace(databaseCount: 16, hashSeed: (3, 4))
        var loader = RDBLoader(now: RDBTests.now, dropsExpired: false)
        try loader.feed(file.span, into: &keyspace)
        let violations = keyspace[0].checkInvariants()
        #expect(violations == [])
        let empty: [UInt8] = []
        #expect(keyspace[0].find(Span(), at: RDBTests.now, .read) != nil)
        #expect(keyspace[0].find(empty.span, at: RDBTests.now, .read) != nil)
    }

    @Test("Bytes beyond the end are handed back")
    func rest() throws {
        var keyspace = RDBTests.sample()
        let file = RDBTests.save(&keyspace, compresses: true)
        var target = Keyspace(databaseCount: 16, hashSeed: (3, 4))
        var loader = RDBLoader(now: RDBTests.now, dropsExpired: false)
        let rest = try loader.feed((file + Array("*1".utf8)).span, into: &target)
        #expect(rest == "*1")
        let isComplete = loader.isComplete
        #expect(isComplete)
        #expect(loader.offset == file.count)
    }

    @Test("An adopted keyspace takes the place of the old contents")
    func adoption() {
        var keyspace = RDBTests.sample(databases: 2)
        var other = Keyspace(databaseCount: 2, hashSeed: (1, 2))
        let key: ByteString = "only"
        other[1].setString(key.bytes.span, key.bytes.span, at: RDBTests.now)
        keyspace[0].watch("key 1", watcher: 5)
        keyspace[1].watch(key, watcher: 6)
        keyspace.adopt(other)
        let contents = RDBTests.contents(keyspace)
        #expect(contents == [[:], [key: Content(value: key, expiry: nil)]])
        #expect(keyspace[0].takeTouchedWatchers() == [5])
        #expect(keyspace[1].takeTouchedWatchers() == [6])
        keyspace.reclaim(budget: .max)
    }

    @Test("The checksum is CRC-64 of Jones")
    func checksum() {
        var crc = CRC64()
        crc.update(Array("123456789".utf8).span)
        #expect(crc.value == 0xe9c6_d914_c4b8_d9ca)
        var pieces = CRC64()
        pieces.update(Array("1234".utf8).span)
        pieces.update(Array("56789".utf8).span)
        #expect(pieces == crc)
    }
}
