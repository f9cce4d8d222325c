import Bytes
import Determinism
import Protocol
import Server
import Storage
import Testing

@Suite struct `DEBUG` {
    @Test func `asks the server for what it cannot do itself`() {
        var bench = CommandBench()
        let lines: [(String, DebugEffect)] = [
            ("DEBUG SLEEP 0.5", .sleep(.milliseconds(500))), ("DEBUG SLEEP 0", .none),
            ("DEBUG SET-ACTIVE-EXPIRE 0", .setActiveExpiry(false)),
            ("DEBUG SET-ACTIVE-EXPIRE 1", .setActiveExpiry(true)),
            ("DEBUG CHANGE-REPL-ID", .changeReplicationID),
            ("DEBUG PAUSE-CRON 1", .pausePeriodicWork(true)),
            ("DEBUG SET-SKIP-CHECKSUM-VALIDATION 1", .setChecksumValidation(false)),
            ("DEBUG QUICKLIST-PACKED-THRESHOLD 200b", .none),
            ("DEBUG REPLYBUFFER PEAK-RESET-TIME 100", .none),
            ("DEBUG LOG hello", .log("DEBUG LOG: hello")),
        ]
        for (line, effect) in lines {
            #expect(bench.run(line) == "+OK", "\(line)")
            #expect(bench.lastEffect == effect, "\(line)")
        }
        // Its answer waits for the file.
        #expect(bench.run("DEBUG reload") == "")
        #expect(bench.lastEffect == .reload(saves: true, empties: true, merges: false))
        #expect(bench.run("DEBUG RELOAD NOSAVE NOFLUSH MERGE") == "")
        #expect(bench.lastEffect == .reload(saves: false, empties: false, merges: true))
        #expect(bench.run("DEBUG SEGFAULT") == "")
        #expect(bench.lastEffect == .crash)
    }

    @Test func `digests are those of redis-server 7_2_4`() {
        var bench = CommandBench()
        bench.check([
            ("DEBUG DIGEST", "+0000000000000000000000000000000000000000"),
            ("MSET a 1 b hello", "+OK"), ("SET c x EX 100", "+OK"),
            ("DEBUG DIGEST", "+0461cad7c3fe9057a4c3f05eb3e1be01a5ea454c"),
            (
                "DEBUG DIGEST-VALUE a none",
                "*2 +b4fc66738120fba0b5aa500ab5c2bf89cea1c5da +0000000000000000000000000000000000000000"
            ),
        ])
    }

    @Test func `populates without replacing`() {
        var bench = CommandBench()
        bench.check([
            ("SET key:1 mine", "+OK"), ("DEBUG POPULATE 3", "+OK"), ("DBSIZE", ":3"),
            ("GET key:1", "$4 mine"), ("GET key:2", "$7 value:2"),
            ("DEBUG POPULATE 2 p 10", "+OK"), ("STRLEN p:1", ":10"),
            ("DEBUG POPULATE -1", "-ERR value is out of range, must be positive"),
        ])
    }

    @Test func `answers with every reply type`() {
        var bench = CommandBench()
        bench.check([
            ("DEBUG PROTOCOL double", "$5 3.141"), ("DEBUG PROTOCOL null", "$-1"),
            ("DEBUG PROTOCOL map", "*6 :0 :0 :1 :1 :2 :0"),
            ("DEBUG PROTOCOL push", "-ERR RESP2 is not supported by this command"),
        ])
        bench.version = .resp3
        bench.check([
            ("DEBUG PROTOCOL double", ",3.141"), ("DEBUG PROTOCOL null", "_"),
            ("DEBUG PROTOCOL map", "%3 :0 #f :1 #t :2 #f"),
            ("DEBUG PROTOCOL bignum", "(1234567999999999999999999999999999999"),
            ("DEBUG PROTOCOL verbatim", "=29 txt:This is a verbatim\nstring"),
            (
                "DEBUG PROTOCOL attrib",
                "|1 $14 key-popularity *2 $7 key:123 :90 $39 Some real reply following the attribute"
            ),
        ])
    }

    @Test func `refuses what it does not know`() {
        var bench = CommandBench()
        bench.check([
            (
                "DEBUG what",
                "-ERR unknown subcommand or wrong number of arguments for 'what'. Try DEBUG HELP."
            ),
            ("DEBUG OBJECT none", "-ERR no such key"),
            (
                "DEBUG RELOAD what",
                "-ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options."
            ),
            ("DEBUG ERROR WRONG~thing", "-WRONG~thing"),
        ])
    }
}
