import Bytes
import Determinism
import Protocol
import Server
import Storage
import Testing

/// Replies, with `\r\n` shown as a blank, are those of redis-server 7.2.4.
@Suite struct `Key commands` {
    @Test func `delete, rename, copy and move`() {
        var bench = CommandBench()
        bench.check([
            ("MSET a 1 b 2 c 3", "+OK"), ("DEL a none a", ":1"), ("UNLINK b", ":1"),
            ("EXISTS c c a", ":2"), ("TOUCH c none", ":1"), ("TYPE c", "+string"),
            ("TYPE none", "+none"), ("RENAME none x", "-ERR no such key"),
            ("RENAME c c", "+OK"), ("RENAMENX c c", ":0"), ("RENAME c d", "+OK"),
            ("SET e 5", "+OK"), ("RENAMENX d e", ":0"), ("RENAMENX d f", ":1"),
            ("GET f", "$1 3"), ("EXPIRE f 100", ":1"), ("RENAME f e", "+OK"), ("TTL e", ":100"),
            ("COPY e e", "-ERR source and destination objects are the same"),
            ("COPY e g", ":1"), ("TTL g", ":100"), ("SET h x", "+OK"), ("COPY e h", ":0"),
            ("COPY e h REPLACE", ":1"), ("GET h", "$1 3"), ("COPY none h", ":0"),
            ("COPY e e DB 2", ":1"), ("COPY e e DB 9", "-ERR DB index is out of range"),
            ("COPY e e DB x", "-ERR value is not an integer or out of range"),
            ("COPY e e what", "-ERR syntax error"), ("COPY e g DB", "-ERR syntax error"),
            ("MOVE e 0", "-ERR source and destination objects are the same"),
            ("MOVE e 2", ":0"), ("MOVE e 1", ":1"), ("MOVE none 1", ":0"),
            ("MOVE h 9", "-ERR DB index is out of range"),
            (
                "MOVE h 5000000000",
                "-ERR value is out of range, value must between -2147483648 and 2147483647"
            ),
            ("EXISTS e", ":0"),
        ])
        bench.selected = 1
        bench.check([("GET e", "$1 3"), ("TTL e", ":100"), ("DBSIZE", ":1")])
    }

    @Test func `expire under conditions`() {
        var bench = CommandBench()
        bench.check([
            ("EXPIRE none 10", ":0"), ("SET k v", "+OK"), ("TTL k", ":-1"), ("TTL none", ":-2"),
            ("EXPIRE k 10 XX", ":0"), ("EXPIRE k 10 GT", ":0"), ("EXPIRE k 10 NX", ":1"),
            ("EXPIRE k 20 NX", ":0"), ("EXPIRE k 5 GT", ":0"), ("EXPIRE k 20 GT", ":1"),
            ("EXPIRE k 30 LT", ":0"), ("EXPIRE k 15 XX LT", ":1"), ("TTL k", ":15"),
            ("EXPIRETIME k", ":1700000015"), ("PEXPIRE k 1499", ":1"), ("TTL k", ":1"),
            ("PEXPIREAT k 1700000009000", ":1"), ("EXPIREAT k 1700000007", ":1"),
            ("PEXPIRETIME k", ":1700000007000"), ("PERSIST k", ":1"), ("PERSIST k", ":0"),
            ("PERSIST none", ":0"), ("EXPIRE k 10 LT", ":1"),
            ("EXPIRE k 1 what", "-ERR Unsupported option what"),
            (
                "EXPIRE k 1 NX GT",
                "-ERR NX and XX, GT or LT options at the same time are not compatible"
            ),
            ("EXPIRE k 1 GT LT", "-ERR GT and LT options at the same time are not compatible"),
            ("EXPIRE k x", "-ERR value is not an integer or out of range"),
            ("EXPIRE k 9223372036854776", "-ERR invalid expire time in 'expire' command"),
            ("PEXPIRE k 9223372036854770000", "-ERR invalid expire time in 'pexpire' command"),
            ("EXPIREAT k -9223372036854776", "-ERR invalid expire time in 'expireat' command"),
            ("PEXPIREAT k 9223372036854770000", ":1"),
            ("PEXPIRETIME k", ":9223372036854770000"), ("EXPIRE k -1", ":1"), ("EXISTS k", ":0"),
        ])
    }

    @Test func `expiry is propagated as PEXPIREAT, a past one as DEL`() {
        var bench = CommandBench()
        #expect(bench.run("SET k v") == "+OK")
        #expect(bench.run("EXPIRE k 10 NX") == ":1")
        #expect(bench.takePropagation() == ["PEXPIREAT k 1700000010000 NX"])
        #expect(bench.run("PEXPIREAT k 1700000011000") == ":1")
        #expect(bench.takePropagation() == nil)
        #expect(bench.run("EXPIRE k -1") == ":1")
        #expect(bench.takePropagation() == ["DEL k"])
        bench.settings.unlinksExpired = true
        #expect(bench.run("SET k v") == "+OK")
        #expect(bench.run("EXPIREAT k 5") == ":1")
        #expect(bench.takePropagation() == ["UNLINK k"])
    }

    @Test func `keys whose time has passed are gone for every command`() {
        var bench = CommandBench()
        for line in ["GET k", "EXISTS k", "TTL k", "DEL k", "INCR k", "TYPE k", "COPY k c"] {
            #expect(bench.run("SET k 5 PX 10") == "+OK")
            bench.now.microseconds += 11_000
            let reply = bench.run(line)
            #expect(["$-1", ":0", ":-2", ":1", "+none"].contains(reply), "\(line) \(reply)")
            if line != "INCR k" { #expect(reply != ":1", "\(line)") }
            #expect(bench.keyspace[0].changes.expiredKeys == ["k"], "\(line)")
            bench.keyspace[0].changes.expiredKeys = []
            _ = bench.run("DEL k")
        }
        _ = bench.run("SET k 5 PX 10")
        bench.now.microseconds += 11_000
        bench.check([("KEYS *", "*0"), ("SCAN 0", "*2 $1 0 *0"), ("RANDOMKEY", "$-1")])
    }

    @Test func `KEYS and SCAN find what matches`() {
        var bench = CommandBench()
        for number in 0..<200 { _ = bench.run("SET key:\(number) x") }
        _ = bench.run("SET other 1")
        #expect(bench.run("KEYS oth*") == "*1 $5 other")
        #expect(bench.run("KEYS nothing") == "*0")
        var found: Set<String> = []
        var cursor = "0"
        repeat {
            let parts = bench.run("SCAN \(cursor) MATCH key:* COUNT 20 TYPE string").split(
                separator: " ")
            cursor = String(parts[2])
            for part in parts where part.hasPrefix("key:") { found.insert(String(part)) }
        } while cursor != "0"
        #expect(found.count == 200)
        bench.check([
            ("SCAN x", "-ERR invalid cursor"), ("SCAN 0 COUNT 0", "-ERR syntax error"),
            ("SCAN 0 COUNT x", "-ERR value is not an integer or out of range"),
            ("SCAN 0 MATCH", "-ERR syntax error"), ("SCAN 0 what x", "-ERR syntax error"),
            ("SCAN 0 COUNT 10000 TYPE list", "*2 $1 0 *0"),
            ("SCAN 0 COUNT 10000 TYPE what", "*2 $1 0 *0"),
            ("SCAN 99999999999999999999", "-ERR invalid cursor"),
        ])
    }

    @Test func `OBJECT tells the encoding`() {
        var bench = CommandBench()
        let long = String(repeating: "x", count: 45)
        bench.check([
            ("MSET i 5 e abc r \(long)", "+OK"), ("OBJECT ENCODING i", "$3 int"),
            ("OBJECT ENCODING e", "$6 embstr"), ("OBJECT encoding r", "$3 raw"),
            ("OBJECT ENCODING none", "$-1"), ("OBJECT REFCOUNT e", ":1"),
            ("OBJECT REFCOUNT i", ":2147483647"), ("OBJECT IDLETIME e", ":0"),
        ])
        bench.now.microseconds += 5_000_000
        bench.check([("OBJECT IDLETIME e", ":5")])
        #expect(bench.run("OBJECT FREQ e").hasPrefix("-ERR An LFU maxmemory policy is not"))
    }

    @Test func `whole databases are swapped and flushed`() {
        var bench = CommandBench()
        bench.check([
            ("TIME", "*2 $10 1700000000 $1 0"), ("MSET a 1 b 2", "+OK"), ("SWAPDB 0 1", "+OK"),
            ("DBSIZE", ":0"), ("SWAPDB 0 1", "+OK"), ("DBSIZE", ":2"),
            ("SWAPDB x 1", "-ERR invalid first DB index"),
            ("SWAPDB 0 x", "-ERR invalid second DB index"),
            ("SWAPDB 0 4", "-ERR DB index is out of range"), ("FLUSHDB what", "-ERR syntax error"),
            ("FLUSHDB ASYNC", "+OK"), ("DBSIZE", ":0"), ("SET a 1", "+OK"),
            ("FLUSHALL SYNC x", "-ERR syntax error"), ("FLUSHALL SYNC", "+OK"), ("DBSIZE", ":0"),
        ])
        #expect(bench.takeDirty() > 0)
        #expect(bench.run("FLUSHALL") == "+OK")
        #expect(bench.takeDirty() == 1)
    }
}
