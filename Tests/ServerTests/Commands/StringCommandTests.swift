import Bytes
import Determinism
import Protocol
import Server
import Storage
import Testing

/// Replies, with `\r\n` shown as a blank, are those of redis-server 7.2.4.
@Suite struct `String commands` {
    private static let wrongType =
        "-WRONGTYPE Operation against a key holding the wrong kind of value"

    @Test func `set and get`() {
        var bench = CommandBench()
        bench.check([
            ("GET k", "$-1"), ("SET k v", "+OK"), ("GET k", "$1 v"), ("SET k 12", "+OK"),
            ("GET k", "$2 12"), ("OBJECT ENCODING k", "$3 int"), ("STRLEN k", ":2"),
            ("SET k ''", "+OK"), ("GET k", "$0 "), ("STRLEN none", ":0"),
            ("SETNX k w", ":0"), ("SETNX n w", ":1"), ("GETSET n x", "$1 w"),
            ("GETSET o x", "$-1"), ("GETDEL o", "$1 x"), ("GETDEL o", "$-1"),
            ("MSET a 1 b 2", "+OK"), ("MGET a none b", "*3 $1 1 $-1 $1 2"),
            ("MSET a 1 b", "-ERR wrong number of arguments for 'mset' command"),
            ("MSETNX c 1 a 9", ":0"), ("EXISTS c", ":0"), ("MSETNX c 1 d 2", ":1"),
            ("MSETNX c", "-ERR wrong number of arguments for 'msetnx' command"),
        ])
    }

    @Test func `SET obeys its options`() {
        var bench = CommandBench()
        bench.check([
            ("SET k v XX", "$-1"), ("SET k v NX", "+OK"), ("SET k w NX", "$-1"),
            ("SET k w xx get", "$1 v"), ("SET k x NX GET", "$1 w"), ("GET k", "$1 w"),
            ("SET new x GET", "$-1"), ("GET new", "$1 x"),
            ("SET k v EX 100", "+OK"), ("TTL k", ":100"), ("SET k w KEEPTTL", "+OK"),
            ("PTTL k", ":100000"), ("SET k w", "+OK"), ("TTL k", ":-1"),
            ("SET k v PX 1500", "+OK"), ("TTL k", ":2"), ("PTTL k", ":1500"),
            ("SET k v EXAT 1700000010", "+OK"), ("TTL k", ":10"),
            ("SET k v PXAT 1700000010999", "+OK"), ("PEXPIRETIME k", ":1700000010999"),
            ("SET k v EX 10 EX 20", "+OK"), ("TTL k", ":20"),
            ("SET k v PXAT 1", "+OK"), ("GET k", "$-1"), ("TTL k", ":-2"),
        ])
    }

    @Test(arguments: [
        ("SET k v NX XX", "-ERR syntax error"), ("SET k v EX", "-ERR syntax error"),
        ("SET k v EX 1 PX 1", "-ERR syntax error"), ("SET k v EX 1 KEEPTTL", "-ERR syntax error"),
        ("SET k v KEEPTTL PX 1", "-ERR syntax error"), ("SET k v PERSIST", "-ERR syntax error"),
        ("SET k v what", "-ERR syntax error"),
        ("SET k v EX 0", "-ERR invalid expire time in 'set' command"),
        ("SET k v PX -1", "-ERR invalid expire time in 'set' command"),
        ("SET k v EX 10000000000000000", "-ERR invalid expire time in 'set' command"),
        ("SET k v PX 9223372036854775807", "-ERR invalid expire time in 'set' command"),
        ("SET k v EX x", "-ERR value is not an integer or out of range"),
        ("SET k v EX 1.0", "-ERR value is not an integer or out of range"),
        ("SETEX k 0 v", "-ERR invalid expire time in 'setex' command"),
        ("PSETEX k -5 v", "-ERR invalid expire time in 'psetex' command"),
        ("GETEX k NX", "-ERR syntax error"), ("GETEX k EX", "-ERR syntax error"),
        ("GETEX k PERSIST EX 1", "-ERR syntax error"),
    ])
    func `refuse bad options and touch nothing`(_ line: String, _ error: String) {
        var bench = CommandBench()
        bench.check([(line, error), ("EXISTS k", ":0")])
        #expect(bench.takeDirty() == 0)
    }

    @Test func `expiry is propagated as an absolute time`() {
        var bench = CommandBench()
        #expect(bench.run("SET k v EX 10 NX") == "+OK")
        #expect(bench.takePropagation() == ["SET k v PXAT 1700000010000"])
        #expect(bench.run("SET k v PXAT 1700000010000") == "+OK")
        #expect(bench.takePropagation() == nil)
        #expect(bench.run("SETEX k 5 v") == "+OK")
        #expect(bench.takePropagation() == ["SET k v PXAT 1700000005000"])
        #expect(bench.run("PSETEX k 5 v") == "+OK")
        #expect(bench.takePropagation() == ["SET k v PXAT 1700000000005"])
        #expect(bench.run("SET k w GET get KEEPTTL") == "$1 v")
        #expect(bench.takePropagation() == ["SET k w KEEPTTL"])
        #expect(bench.run("GETEX k EX 7") == "$1 w")
        #expect(bench.takePropagation() == ["PEXPIREAT k 1700000007000"])
        #expect(bench.run("GETEX k") == "$1 w")
        #expect(bench.takePropagation() == nil)
        #expect(bench.run("GETEX k PERSIST") == "$1 w")
        #expect(bench.takePropagation() == ["PERSIST k"])
        #expect(bench.run("GETEX k PERSIST") == "$1 w")
        #expect(bench.takePropagation() == nil)
        #expect(bench.run("GETSET k x") == "$1 w")
        #expect(bench.takePropagation() == ["SET k x"])
        #expect(bench.run("GETEX k PXAT 5") == "$1 x")
        #expect(bench.takePropagation() == ["DEL k"])
        #expect(bench.run("INCRBYFLOAT k 1.5") == "$3 1.5")
        #expect(bench.takePropagation() == ["SET k 1.5 KEEPTTL"])
        #expect(bench.run("GETDEL k") == "$3 1.5")
        #expect(bench.takePropagation() == ["DEL k"])
    }

    @Test func `a replica keeps what its clock calls past`() {
        var bench = CommandBench()
        bench.keyspace.setExpiryPolicy(.ignore)
        #expect(bench.run("SET k v") == "+OK")
        #expect(bench.run("GETEX k PXAT 5") == "$1 v")
        #expect(bench.takePropagation() == ["PEXPIREAT k 5"])
        #expect(bench.run("EXISTS k") == ":1")
    }

    @Test func `count up and down`() {
        var bench = CommandBench()
        bench.check([
            ("INCR n", ":1"), ("INCRBY n 9", ":10"), ("DECR n", ":9"), ("DECRBY n 10", ":-1"),
            ("SET n 9223372036854775807", "+OK"),
            ("INCR n", "-ERR increment or decrement would overflow"),
            ("SET n -9223372036854775808", "+OK"),
            ("DECR n", "-ERR increment or decrement would overflow"),
            ("DECRBY n -9223372036854775808", "-ERR decrement would overflow"),
            ("SET n ' 1'", "-ERR syntax error"), ("SET n 01", "+OK"),
            ("INCR n", "-ERR value is not an integer or out of range"),
            ("INCRBY n x", "-ERR value is not an integer or out of range"),
            ("SET n 1", "+OK"), ("APPEND n 0", ":2"), ("INCR n", ":11"),
            ("OBJECT ENCODING n", "$3 int"), ("EXPIRE n 10", ":1"), ("INCR n", ":12"),
            ("TTL n", ":10"),
        ])
    }

    @Test func `add floats`() {
        var bench = CommandBench()
        bench.check([
            ("INCRBYFLOAT f 0.1", "$3 0.1"), ("INCRBYFLOAT f 0.2", "$3 0.3"),
            ("INCRBYFLOAT f 5.0e3", "$22 5000.29999999999999982"), ("SET f 1", "+OK"),
            ("INCRBYFLOAT f x", "-ERR value is not a valid float"),
            ("INCRBYFLOAT f inf", "-ERR increment would produce NaN or Infinity"),
            ("SET f abc", "+OK"), ("INCRBYFLOAT f 1", "-ERR value is not a valid float"),
        ])
    }

    @Test func `append and overwrite parts`() {
        var bench = CommandBench()
        bench.check([
            ("APPEND k foo", ":3"), ("OBJECT ENCODING k", "$6 embstr"), ("APPEND k bar", ":6"),
            ("OBJECT ENCODING k", "$3 raw"), ("GET k", "$6 foobar"),
            ("SETRANGE k 3 XY", ":6"), ("GET k", "$6 fooXYr"), ("SETRANGE k 8 z", ":9"),
            ("GETRANGE k 5 -1", "$4 r\0\0z"), ("SETRANGE none 3 ''", ":0"),
            ("EXISTS none", ":0"), ("SETRANGE k 1 ''", ":9"), ("SETRANGE new 2 a", ":3"),
            ("SETRANGE k -1 x", "-ERR offset is out of range"),
            ("SETRANGE k x x", "-ERR value is not an integer or out of range"),
            (
                "SETRANGE k 1000 x",
                "-ERR string exceeds maximum allowed size (proto-max-bulk-len)"
            ),
            (
                "SETRANGE k 9223372036854775807 x",
                "-ERR string exceeds maximum allowed size (proto-max-bulk-len)"
            ),
            ("SETRANGE big 999 x", ":1000"),
            ("APPEND big x", "-ERR string exceeds maximum allowed size (proto-max-bulk-len)"),
            ("SET n 12345", "+OK"), ("SETRANGE n 1 9", ":5"), ("GET n", "$5 19345"),
        ])
    }

    @Test func `cut ranges as Redis does`() {
        var bench = CommandBench()
        bench.check([
            ("SET k Hello", "+OK"), ("GETRANGE k 0 3", "$4 Hell"), ("GETRANGE k 0 -1", "$5 Hello"),
            ("GETRANGE k -4 -2", "$3 ell"), ("GETRANGE k -2 -4", "$0 "), ("GETRANGE k 3 1", "$0 "),
            ("GETRANGE k -100 100", "$5 Hello"), ("GETRANGE k 5 9", "$0 "),
            ("GETRANGE k 0 -100", "$1 H"), ("GETRANGE none 0 -1", "$0 "),
            ("SET n 1234", "+OK"), ("SUBSTR n 1 2", "$2 23"),
            ("GETRANGE k a 1", "-ERR value is not an integer or out of range"),
            ("GETRANGE k -9223372036854775808 9223372036854775807", "$5 Hello"),
        ])
    }

    @Test func `find the longest common subsequence`() {
        var bench = CommandBench()
        bench.settings.longestString = 1_000_000
        bench.check([
            ("MSET a ohmytext b mynewtext", "+OK"), ("LCS a b", "$6 mytext"),
            ("LCS a b LEN", ":6"),
            ("LCS a b IDX", "*4 $7 matches *2 *2 *2 :4 :7 *2 :5 :8 *2 *2 :2 :3 *2 :0 :1 $3 len :6"),
            (
                "LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN",
                "*4 $7 matches *1 *3 *2 :4 :7 *2 :5 :8 :4 $3 len :6"
            ),
            ("LCS a none", "$0 "), ("LCS a none IDX", "*4 $7 matches *0 $3 len :0"),
            (
                "LCS a b LEN IDX",
                "-ERR If you want both the length and indexes, please just use IDX."
            ),
            ("LCS a b what", "-ERR syntax error"), ("LCS a b MINMATCHLEN", "-ERR syntax error"),
        ])
        bench.settings.longestString = 300
        bench.check([
            (
                "LCS a b",
                "-ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len"
            )
        ])
    }

    @Test func `events are those of Redis`() {
        var bench = CommandBench()
        bench.keyspace.setEventMask([.all, .new, .keyMiss])
        let lines: [(String, [String])] = [
            ("SET k v", ["new k", "set k"]), ("SET k v EX 9", ["set k", "expire k"]),
            ("GET none", ["keymiss none"]), ("APPEND k x", ["append k"]),
            ("SETRANGE k 1 a", ["setrange k"]), ("INCR n", ["new n", "incrby n"]),
            ("DECRBY n 2", ["incrby n"]), ("INCRBYFLOAT n 1", ["incrbyfloat n"]),
            ("GETEX k PERSIST", ["persist k"]), ("GETEX k EX 5", ["expire k"]),
            ("GETEX k PXAT 1", ["del k"]), ("MSET a 1 b 2", ["new a", "set a", "new b", "set b"]),
            ("GETSET a 3", ["set a"]), ("GETDEL a", ["del a"]), ("SETNX b 1", []),
            ("EXPIRE b 10", ["expire b"]), ("PERSIST b", ["persist b"]),
            ("EXPIRE b -1", ["del b"]), ("RENAME n m", ["new m", "rename_from n", "rename_to m"]),
            ("COPY m c", ["new c", "copy_to c"]), ("DEL c none", ["del c"]),
            ("MOVE m 1", ["new m @1", "move_from m", "move_to m @1"]),
        ]
        for (line, events) in lines {
            _ = bench.run(line)
            #expect(bench.takeEvents() == events, "\(line)")
        }
    }
}
