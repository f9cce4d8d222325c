import Bytes
import CommandCatalog
import Determinism
import Protocol
import Sessions
import Testing

/// The expected replies are those of redis-server 7.2.4, but for texts of our own.
@Suite struct `COMMAND` {
    private static let table = CommandTable(for: .server)

    private func reply(_ line: String, _ version: ProtocolVersion = .resp2) -> String {
        let words = line.split(separator: " ").map { ByteString($0) }
        var reply = ReplyWriter(version: version)
        OwnedRequest(words).withRequest(at: UnixTime(milliseconds: 0)) { request in
            guard var id = Self.table.find(request[0]) else { return }
            if request.count > 1, let inner = Self.table.findSubcommand(of: id, request[1]) {
                id = inner
            }
            CommandCommand.run(id, request, Self.table, &reply)
        }
        return ByteString(reply.output.unsent).text.split(separator: "\r\n").joined(separator: " ")
    }

    @Test func `INFO tells a command in ten parts, as sets and maps in RESP3`() {
        let head = "*1 *10 $3 get :2 "
        let specification =
            "$5 flags *2 +RO +access $12 begin_search *4 $4 type $5 index $4 spec *2 $5 index :1 "
            + "$9 find_keys *4 $4 type $5 range $4 spec *6 $7 lastkey :0 $7 keystep :1 "
            + "$5 limit :0"
        #expect(
            reply("command info GET")
                == head + "*2 +readonly +fast :1 :1 :1 *3 +@read +@string +@fast *0 *1 *6 "
                + specification + " *0")
        #expect(
            reply("command info get", .resp3)
                == head + "~2 +readonly +fast :1 :1 :1 ~3 +@read +@string +@fast ~0 ~1 %3 "
                + specification.replacing("*4", with: "%2").replacing("*2 +RO", with: "~2 +RO")
                .replacing("*2 $5 index", with: "%1 $5 index").replacing("*6", with: "%3") + " ~0")
        #expect(reply("command info nosuch config|nosuch") == "*2 $-1 $-1")
        #expect(reply("command info config|get").hasPrefix("*1 *10 $10 config|get :-3 "))
    }

    @Test func `COUNT and LIST know what a server serves`() {
        #expect(reply("command count") == ":242")
        #expect(
            reply("command list filterby pattern xr*")
                == "*4 $6 xrange $5 xread $10 xreadgroup $9 xrevrange")
        #expect(reply("command list filterby aclcat nosuch") == "*0")
        #expect(reply("command list filterby module any") == "*0")
        #expect(reply("command list filterby") == "-ERR syntax error")
    }

    @Test(arguments: [
        ("getkeys mset a 1 b 2", "*2 $1 a $1 b"), ("getkeys eval s 0", "*0"),
        ("getkeys ping", "-ERR The command has no key arguments"),
        ("getkeys nosuch a", "-ERR Invalid command specified"),
        ("getkeys get", "-ERR Invalid number of arguments specified for command"),
        ("getkeys zunionstore d x a", "-ERR Invalid arguments specified for command"),
        ("getkeysandflags set a 1", "*1 *2 $1 a *2 +OW +update"),
        (
            "getkeysandflags lmove a b left right",
            "*2 *2 $1 a *3 +RW +access +delete *2 $1 b *2 +RW +insert"
        ),
    ])
    func `GETKEYS picks the keys of a call`(line: String, expected: String) {
        #expect(reply("command " + line) == expected)
    }

    @Test func `DOCS tell what a row tells`() {
        let docs = reply("command docs setex nosuch")
        #expect(docs.hasPrefix("*2 $5 setex *16 $7 summary "))
        #expect(docs.contains("$9 doc_flags *1 +deprecated $16 deprecated_since $6 2.6.12 "))
        #expect(docs.contains("$4 name $3 key $4 type $3 key $12 display_text $3 key "))
        #expect(reply("command docs nosuch") == "*0")
    }
}
