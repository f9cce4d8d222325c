import Bytes
import CommandCatalog
import CommandLineClient
import Protocol
import Testing

@Suite struct `Options of rds-cli` {
    private func parse(_ line: String) -> ClientOptions.Outcome {
        ClientOptions.parse(line.split(separator: " ").map { ByteString($0) })
    }

    private func options(_ line: String) -> ClientOptions {
        guard case .run(let options) = parse(line) else {
            Issue.record("\(line) is refused")
            return ClientOptions()
        }
        return options
    }

    private func failure(_ line: String) -> String {
        guard case .failure(let text) = parse(line) else { return "accepted" }
        return text
    }

    @Test func `end where the command begins`() {
        let given = options("-h 10.0.0.1 -p 7000 -n 3 -r 5 -i 0.5 get -p")
        #expect(given.host == "10.0.0.1")
        #expect(given.port == 7000)
        #expect(given.database == 3)
        #expect(given.repetitions == 5)
        #expect(given.intervalMicroseconds == 500_000)
        #expect(given.arguments == ["get", "-p"])
    }

    @Test func `are refused when unknown or without their value`() {
        #expect(failure("--nosuch") == "Unrecognized option or bad number of args for: '--nosuch'")
        #expect(failure("-p") == "Unrecognized option or bad number of args for: '-p'")
        #expect(failure("-p 70000 ping") == "Invalid server port.")
        #expect(failure("-2 -3 ping") == "Options -2 and -3 are mutually exclusive.")
        #expect(failure("-x -X tag ping") == "Options -x and -X are mutually exclusive.")
        #expect(failure("-u http://host") == "Invalid URI scheme")
    }

    @Test func `take an address apart`() {
        let given = options("-u redis://us%65r:p%40ss@[::1]:7001/4")
        #expect(given.user == "user")
        #expect(given.password == "p@ss")
        #expect(given.host == "::1")
        #expect(given.port == 7001)
        #expect(given.database == 4)
        #expect(options("-u redis://secret@host").password == "secret")
        #expect(options("-u redis:///2").database == 2)
    }

    @Test(arguments: [
        ("auth x", true), ("acl setuser a >b", true), ("acl list", false),
        ("config set port 1", false), ("config set requirepass x", true),
        ("config get requirepass", false), ("hello 3 auth a b", true), ("hello 3", false),
        ("migrate h 1 k 0 10 auth x", true), ("migrate h 1 k 0 10 keys auth", false),
        ("sentinel set m auth-pass x", true), ("sentinel set m quorum 2", false),
        ("sentinel config set sentinel-pass x", true), ("get auth", false),
    ])
    func `keep secrets out of the history`(line: String, isSecret: Bool) {
        #expect(
            SensitiveCommand.holdsSecret(line.split(separator: " ").map { ByteString($0) })
                == isSecret)
    }

    @Test func `the prompt tells database, transaction and subscription`() {
        var conversation = Conversation()
        func after(_ line: String, _ reply: ReplyValue) -> String {
            let words = line.split(separator: " ").map { ByteString($0) }
            _ = conversation.note(words, answeredBy: reply)
            return conversation.prompt(address: "h:1")
        }
        #expect(after("ping", .simpleString("PONG")) == "h:1> ")
        #expect(after("select 3", .simpleString("OK")) == "h:1[3]> ")
        #expect(after("select 99", .error("ERR")) == "h:1[3]> ")
        #expect(after("multi", .simpleString("OK")) == "h:1[3](TX)> ")
        #expect(after("select 4", .simpleString("QUEUED")) == "h:1[4](TX)> ")
        #expect(after("exec", .null) == "h:1[3]> ")
        #expect(after("reset", .simpleString("RESET")) == "h:1> ")
    }

    @Test func `help and completion come from the table of commands`() {
        let help = CommandHelp(CommandTable(for: .client))
        #expect(help.completions(of: "config g") == ["CONFIG GET"])
        #expect(help.completions(of: "help @tr") == ["help @transactions"])
        #expect(help.completions(of: "zzz").isEmpty)
        #expect(
            help.text(about: ["getrange"]).contains("GETRANGE\u{1b}[0m \u{1b}[90mkey start end"))
        #expect(help.text(about: ["@hyperloglog"]).contains("PFADD"))
    }

    @Test(
        arguments: [
            ("GET", nil), ("GET ", "key"), ("GET abc ", nil), ("get abc def ", nil),
            ("DECRBY xyz ", "decrement"), ("LPOP key ", "[count]"),
            ("XRANGE k 4 2 COU", " [COUNT count]"), ("XRANGE k 4 2 COUNT ", "count"),
            ("BITFIELD_RO k GET xyz ", "offset [GET encoding offset ...]"),
            ("BITFIELD_RO k GET a 12 GET b 34 ", "[GET encoding offset ...]"),
            ("CONFIG SET param ", "value [parameter value ...]"),
            ("config set p v p2 v2 ", "[parameter value ...]"),
            ("ZRANDMEMBER k ", "[count [WITHSCORES]]"), ("ZRANDMEMBER k 3 ", "[WITHSCORES]"),
            ("ZRANDMEMBER k 3 WITHSCORES ", nil), ("ZRANDMEMBER k cnt ", nil),
            ("MGET ", "key [key ...]"), ("MGET k k ", "[key ...]"),
            ("SCAN 2 COUNT ", "count [MATCH pattern] [TYPE type]"),
            ("BLMOVE src dst LEFT ", "LEFT|RIGHT timeout"),
            ("ZRANGE k 1 2 bylex rev ", "[LIMIT offset count] [WITHSCORES]"),
            ("SET key value EX ", "seconds [NX|XX] [GET]"),
            ("SET key value EX 23 ", "[NX|XX] [GET]"),
            ("SET key value NX GET KEEPTTL ", nil), ("SET key value FOOBAR ", nil),
            ("SET key value EX sec ", nil), ("SET \"key ", nil),
            (
                "GEORADIUS key 1 2 3 M COUNT 12 ASC ",
                "[WITHCOORD] [WITHDIST] [WITHHASH] [STORE key|STOREDIST key]"
            ),
            ("ZADD key CH LT ", "[NX|XX] [INCR] score member [score member ...]"),
            ("ZADD key 0 ", "member [score member ...]"), ("nonsense ", nil), ("", nil),
        ] as [(String, String?)])
    func `a hint tells what a line may still take`(line: String, expected: String?) {
        #expect(CommandHelp(CommandTable(for: .client)).hint(behind: line) == expected)
    }

    @Test(arguments: [
        (
            CommandID.set,
            "key value [NX|XX] [GET] [EX seconds|PX milliseconds|EXAT unix-time-seconds|"
                + "PXAT unix-time-milliseconds|KEEPTTL]"
        ),
        (.mset, "key value [key value ...]"),
        (
            .sort,
            "key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC|DESC] "
                + "[ALPHA] [STORE destination]"
        ),
        (.xread, "[COUNT count] [BLOCK milliseconds] STREAMS key [key ...] id [id ...]"),
    ])
    func `syntax reads as people write it`(id: CommandID, expected: String) {
        let description = CommandTable(for: .client).description(id)
        #expect(ArgumentHint.text(of: description.arguments) == expected)
    }
}
