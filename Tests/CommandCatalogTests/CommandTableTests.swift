import Bytes
import CommandCatalog
import Testing

@Suite struct `Command table` {
    let server = CommandTable(for: .server)
    let client = CommandTable(for: .client)

    /// The case that a full name has: `config|get` is `configGet`.
    private func caseName(_ fullName: String) -> String {
        let parts = fullName.split(whereSeparator: { "|-_".contains($0) })
        return parts.enumerated().map { index, part in
            index == 0 ? String(part) : part.prefix(1).uppercased() + part.dropFirst()
        }.joined()
    }

    @Test func `each row stands where its case stands`() {
        #expect(CommandID.allCases.count { !client.traits($0).flags.contains(.own) } == 399)
        for id in CommandID.allCases {
            #expect(caseName(client.description(id).fullName) == "\(id)")
        }
    }

    @Test func `every name is found in any case`() {
        for id in CommandID.allCases {
            let full = client.description(id).fullName
            for name in [
                full, full.uppercased(), String(full.prefix(1)).uppercased() + full.dropFirst(),
            ] {
                #expect(client.find(fullName: ByteString(name).bytes.span) == id)
            }
        }
    }

    @Test(arguments: [
        "", "g", "ge", "gett", "GET ", "getx", "config|get", "bitfield\u{7f}ro", "restore\rasking",
        "georadiusbymember_ro_", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "\u{0}et", "get|",
    ])
    func `an unknown name is not found`(name: String) {
        #expect(client.find(ByteString(name).bytes.span) == nil)
    }

    @Test func `a server does not serve SENTINEL and a sentinel not SET`() {
        let sentinel = CommandTable(for: .sentinel)
        #expect(server.find(ByteString("sentinel").bytes.span) == nil)
        #expect(sentinel.find(ByteString("set").bytes.span) == nil)
        #expect(sentinel.find(ByteString("Sentinel").bytes.span) == .sentinel)
        #expect(server.find(ByteString("sEt").bytes.span) == .set)
        #expect(sentinel.subcommands(of: .sentinel).contains(.sentinelCkquorum))
        #expect(server.commands.count { !server.traits($0).flags.contains(.own) } == 241)
    }

    @Test func `traits are those of the row with what follows from them`() {
        let set = server.traits(.set)
        #expect(set.arity == -3)
        #expect(set.flags == [.write, .denyOOM])
        #expect(set.categories == [.write, .string, .slow])
        #expect((set.firstKey, set.lastKey, set.keyStep) == (1, 1, 1))
        #expect(!set.isContainer)
        #expect(server.traits(.config).isContainer)
        #expect(server.traits(.configGet).categories == [.admin, .dangerous, .slow])
        #expect(server.traits(.get).accepts(argumentCount: 2))
        #expect(!server.traits(.get).accepts(argumentCount: 3))
        #expect(server.traits(.set).accepts(argumentCount: 5))
        #expect(!server.traits(.set).accepts(argumentCount: 2))
    }

    @Test func `the numbers of the keys are those that older clients know`() {
        func numbers(_ id: CommandID) -> [Int] {
            let traits = server.traits(id)
            return [Int(traits.firstKey), Int(traits.lastKey), Int(traits.keyStep)]
        }
        #expect(numbers(.mset) == [1, -1, 2])
        #expect(numbers(.blpop) == [1, -2, 1])
        #expect(numbers(.rename) == [1, 2, 1])
        #expect(numbers(.bitop) == [2, -1, 1])
        #expect(numbers(.zunionstore) == [1, 1, 1])
        #expect(numbers(.eval) == [0, 0, 0])
        #expect(server.traits(.eval).flags.contains(.movableKeys))
        #expect(server.traits(.zunionstore).flags.contains(.movableKeys))
        #expect(!server.traits(.mset).flags.contains(.movableKeys))
    }

    @Test func `every row is sane`() {
        for id in CommandID.allCases {
            let traits = client.traits(id)
            let description = client.description(id)
            #expect(traits.arity != 0)
            #expect(!description.since.isEmpty)
            #expect(description.summary.hasSuffix("."))
            #expect(!(traits.flags.contains(.write) && traits.flags.contains(.readonly)))
            #expect(traits.categories.contains(.fast) != traits.categories.contains(.slow))
            #expect(traits.isContainer == !client.subcommands(of: id).isEmpty)
            if let container = client.container(of: id) {
                #expect(client.subcommands(of: container).contains(id))
                #expect(description.fullName.hasPrefix(client.description(container).name + "|"))
            }
            for argument in description.arguments { expectSane(argument, description) }
        }
    }

    private func expectSane(_ argument: ArgumentSyntax, _ description: CommandDescription) {
        #expect(!argument.name.isEmpty)
        if let index = argument.keyIndex { #expect(description.keys.indices.contains(index)) }
        let holds = argument.kind == .oneOf || argument.kind == .block
        #expect(holds == !argument.arguments.isEmpty)
        for inner in argument.arguments { expectSane(inner, description) }
    }
}
