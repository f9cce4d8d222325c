import Bytes
import CommandCatalog
import Testing

@Suite struct `Keys of a call` {
    static let table = CommandTable(for: .server)

    private func keys(_ line: String) -> [String] {
        let words = line.split(separator: " ").map { ByteString($0 == "''" ? "" : $0) }
        let name = words[0].bytes
        guard let id = Self.table.find(name.span) else { return ["unknown"] }
        let call = OwnedCommandWords(words)
        return Self.table.keys(of: id, in: call).map { words[$0.index].text }
    }

    private func flags(_ line: String) -> [KeyFlags] {
        let words = line.split(separator: " ").map { ByteString($0) }
        let name = words[0].bytes
        guard let id = Self.table.find(name.span) else { return [] }
        let call = OwnedCommandWords(words)
        return Self.table.keys(of: id, in: call).map(\.flags)
    }

    @Test(arguments: [
        ("get a", "a"), ("mset a 1 b 2 c 3", "a b c"), ("mget a b c", "a b c"),
        ("blpop a b 0", "a b"), ("rename a b", "a b"), ("bitop and d a b", "d a b"),
        ("lcs a b", "a b"), ("eval s 2 a b c", "a b"), ("eval s 0 a", ""), ("eval s x a", ""),
        ("eval s 3 a b", ""), ("zunionstore d 2 a b weights 1 2", "d a b"),
        ("lmpop 2 a b left", "a b"), ("xread count 2 streams a b 0 0", "a b"),
        ("xreadgroup group g c streams a 0", "a"), ("sort a by x get y store d", "a d"),
        ("sort a limit 0 store store d", "a d"), ("sort_ro a", "a"),
        ("migrate h 1 k 0 10", "k"), ("migrate h 1 '' 0 10 copy auth keys keys a b", "a b"),
        ("migrate h 1 k 0 10 keys a", ""), ("georadius k 1 1 1 m store d", "k d"),
        ("memory usage k", ""), ("ping", ""), ("spublish c m", ""), ("set a 1", "a"),
        ("bitfield a get u8 0", "a"),
    ])
    func `stand where the specifications and the options say`(line: String, expected: String) {
        #expect(keys(line).joined(separator: " ") == expected)
    }

    @Test func `are told with what happens to them`() {
        #expect(flags("set a 1") == [[.overwrite, .update]])
        #expect(flags("set a 1 get") == [[.readWrite, .access, .update]])
        #expect(flags("bitfield a get u8 0") == [[.readOnly, .access]])
        #expect(flags("bitfield a overflow sat set u8 0 1") == [[.readWrite, .access, .update]])
        #expect(flags("sort a store b") == [[.readOnly, .access], [.overwrite, .update]])
    }
}
