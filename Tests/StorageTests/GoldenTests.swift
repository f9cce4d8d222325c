import Bytes
import Determinism
import Glibc
import Storage
import Testing

/// Files that Redis wrote.
@Suite struct GoldenTests {
    static func file(_ name: String) -> [UInt8] {
        let directory = "\(#filePath)".split(separator: "/").dropLast(2).joined(separator: "/")
        guard let file = fopen("/\(directory)/Golden/\(name)", "r") else { return [] }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes[0..<count])
    }

    @Test(
        "Strings that Redis wrote are read", arguments: ["redis-7.0.15", "redis-7.2.4"])
    func strings(version: String) throws {
        let file = GoldenTests.file("\(version)-strings.rdb")
        let all = try RDBTests.load(file, piece: 13)
        #expect(all.count == 16)
        let first = try #require(all.first)
        let expected: [(ByteString, ByteString)] = [
            ("empty", ""), ("small", "7"), ("minus", "-129"), ("large", "9223372036854775807"),
            ("12345", "number key"), ("text", "hello world!"), ("expires", "soon"),
            ("padded", ByteString([0, 0, 0, 0, 0, 0x78])),
            ("long", ByteString([UInt8](repeating: 0x61, count: 3000))),
        ]
        for (key, value) in expected { #expect(first[key]?.value == value) }
        #expect(first["noise"]?.value.count == 268)
        #expect(first["expires"]?.expiry == 33_000_000_000_000)
        #expect(first.count == expected.count + 1)
        #expect(all.last?["counter"]?.value == "1000000")
        #expect(all.last?.count == 2)

        var keyspace = Keyspace(databaseCount: 16, hashSeed: (8, 9))
        var loader = RDBLoader(now: RDBTests.now, dropsExpired: true)
        try loader.feed(file.span, into: &keyspace)
        let versions = loader.auxiliaries.filter { $0.name == "redis-ver" }.map(\.value.text)
        #expect(versions == [String(version.dropFirst(6))])
    }

    @Test("A list that Redis wrote is refused by name", arguments: ["redis-7.0.15", "redis-7.2.4"])
    func list(version: String) {
        var reason: RDBError.Reason?
        do {
            _ = try RDBTests.load(GoldenTests.file("\(version)-list.rdb"))
        } catch {
            reason = error.reason
        }
        #expect(reason == .unsupportedValue(type: "list", key: "numbers"))
    }

    @Test("Every truncation and every flipped bit of Redis's file is an error, or a valid load")
    func damage() {
        let file = GoldenTests.file("redis-7.2.4-strings.rdb")
        for count in 0..<file.count {
            #expect(throws: RDBError.self) { try RDBTests.load(Array(file[0..<count])) }
        }
        for index in file.indices where !(5..<9).contains(index) {
            for bit in 0..<8 {
                var broken = file
                broken[index] ^= 1 << UInt8(bit)
                #expect(throws: RDBError.self) { try RDBTests.load(broken) }
            }
        }
    }

    @Test("Serialised lengths are those that DEBUG OBJECT prints")
    func serializedLengths() {
        var keyspace = Keyspace(databaseCount: 1, hashSeed: (8, 9))
        let key: ByteString = "k"
        for (value, length) in [
            ("1", 2), ("300", 3), ("70000", 5), ("9223372036854775807", 20), ("hello", 6),
            ("", 1), (String(repeating: "a", count: 64), 13),
        ] {
            let bytes = ByteString(value)
            keyspace[0].setString(key.bytes.span, bytes.bytes.span, at: RDBTests.now)
            let found = keyspace[0].find(key.bytes.span, at: RDBTests.now, .peek)
            #expect(found?.serializedLength(compresses: true) == length, "\(value)")
        }
    }
}
