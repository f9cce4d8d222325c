import Bytes
import Determinism
import Foundation
import Protocol
import TestSupport
import Testing

/// Random commands, sent to rds-server and to a real redis-server: the same replies, the same data.
@Suite(.serialized) struct `Beside redis-server` {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `string and key commands answer alike`(seed: UInt64) throws {
        guard let peer = Binaries.system("redis-server") else {
            #expect(!Binaries.isContinuousIntegration, "redis-server is missing")
            return
        }
        let directory = try TemporaryDirectory()
        let theirs = try Self.start(peer, in: directory)
        let ours = try Self.start(Binaries.program("rds-server"), in: directory)
        var commands = RandomCommands(seed: seed)
        for number in 0..<3000 {
            let command = commands.next()
            try theirs.connection.send(command)
            try ours.connection.send(command)
            let expected = Self.unordered(try theirs.connection.receive(), of: command)
            let reply = Self.unordered(try ours.connection.receive(), of: command)
            // One difference makes others: the first is told.
            try #require(
                Self.isAlike(reply, expected), "seed \(seed), command \(number): \(command)")
        }
        // A key that was set with a time that had passed is there until somebody meets it.
        for connection in [theirs.connection, ours.connection] {
            try connection.call("SCAN", "0", "COUNT", "1000")
        }
        let digests = try [theirs, ours].map { try $0.connection.call("DEBUG", "DIGEST") }
        #expect(digests[0] == digests[1])
    }

    /// Equal, but for the moments between the two requests where a time is told.
    private static func isAlike(_ reply: ReplyValue, _ expected: ReplyValue) -> Bool {
        if case .integer(let one) = reply, case .integer(let other) = expected,
            min(one, other) > 1_000_000_000
        {
            return abs(one - other) < 1000
        }
        return reply == expected
    }

    private static func start(
        _ program: String, in directory: TemporaryDirectory
    ) throws -> (process: DaemonProcess, connection: Connection) {
        let port = FreePorts.take()
        let file = try directory.write(
            "\(port).conf",
            """
            port \(port)
            bind 127.0.0.1
            save ""
            dbfilename \(port).rdb
            enable-debug-command local
            """)
        let process = try DaemonProcess(program, [file], in: directory.path)
        let connection = try eventually("port \(port) answers") {
            try Connection(port: port)
        }
        return (process, connection)
    }

    /// KEYS and SCAN promise no order.
    private static func unordered(_ reply: ReplyValue, of command: [String]) -> ReplyValue {
        switch (command[0], reply) {
        case ("KEYS", .array(let keys)):
            return .array(keys.sorted { "\($0)" < "\($1)" })
        case ("SCAN", .array(let parts)) where parts.count == 2:
            return .array([parts[0], unordered(parts[1], of: ["KEYS"])])
        default: return reply
        }
    }
}

/// An endless sequence of commands on a few keys, with right and wrong arguments.
///
/// No reply depends on the clock: times are given as far-off points, and relative ones are not
/// asked for.
private struct RandomCommands {
    private var random: RandomSource

    init(seed: UInt64) { random = RandomSource(seed: seed) }

    mutating func next() -> [String] {
        switch Int.random(in: 0..<36, using: &random) {
        case 0...4: ["SET", key(), value()] + setOptions()
        case 5: ["GET", key()]
        case 6: ["GETSET", key(), value()]
        case 7: ["GETDEL", key()]
        case 8, 9: ["GETEX", key()] + getOptions()
        case 10: ["APPEND", key(), value()]
        case 11: ["STRLEN", key()]
        case 12: ["GETRANGE", key(), integer(), integer()]
        case 13: ["SETRANGE", key(), small(), value()]
        case 14: [pick(["INCR", "DECR"]), key()]
        case 15: [pick(["INCRBY", "DECRBY"]), key(), integer()]
        case 16, 17: ["INCRBYFLOAT", key(), float()]
        case 18: ["MGET", key(), key(), key()]
        case 19: ["MSET", key(), value(), key(), value()]
        case 20: ["MSETNX", key(), value(), key(), value()]
        case 21: ["SETNX", key(), value()]
        case 22: ["SETEX", key(), lifetime(), value()]
        case 23: ["LCS", key(), key()] + pick([[], ["LEN"], ["IDX", "WITHMATCHLEN"], ["what"]])
        case 24: [pick(["DEL", "UNLINK", "EXISTS", "TOUCH"]), key(), key()]
        case 25: [pick(["TYPE", "PERSIST", "EXPIRETIME", "PEXPIRETIME"]), key()]
        case 26, 27: ["EXPIREAT", key(), time()] + expiryOptions()
        case 28: ["PEXPIREAT", key(), time() + "000"] + expiryOptions()
        case 29: [pick(["RENAME", "RENAMENX"]), key(), key()]
        case 30: ["COPY", key(), key()] + pick([[], ["REPLACE"], ["DB", "1"], ["DB", "x"]])
        case 31: ["MOVE", key(), pick(["0", "1", "2", "99", "x"])]
        case 32: ["KEYS", pick(["*", "k*", "k[0-2]", "?1", "[^k]*", "\\k0", "k[2-0]", "k[0"])]
        case 33: ["SCAN", pick(["0", "0", "x"]), "COUNT", "1000", "MATCH", pick(["*", "k?"])]
        case 34: ["OBJECT", "ENCODING", key()]
        default: [pick(["GET", "SET", "EXPIRE", "NOTHING", "SUBSTR"])]
        }
    }

    private mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: 0..<choices.count, using: &random)]
    }

    private mutating func key() -> String { pick(["k0", "k1", "k2", "k3", "k4", "", "a b"]) }

    private mutating func small() -> String {
        pick(["-1", "x", String(Int.random(in: 0..<70, using: &random))])
    }

    private mutating func integer() -> String {
        pick([
            String(Int.random(in: -30...30, using: &random)), String(Int.max), String(Int.min),
            String(Int.random(in: Int.min...Int.max, using: &random)), "", "01", "+1", " 1", "1.0",
            "9223372036854775808", "x",
        ])
    }

    private mutating func float() -> String {
        let digits = Int.random(in: 0..<1_000_000_000, using: &random)
        return pick([
            integer(), "\(digits).\(digits)", "-0.\(digits)", "1.\(digits)e\(digits % 30)",
            "\(digits)e-\(digits % 30)", "0x1p-\(digits % 40)", "inf", "nan", "1e5000", ".5", "5.",
        ])
    }

    private mutating func value() -> String {
        let count = Int.random(in: 0..<60, using: &random)
        var text = ""
        for _ in 0..<count { text += pick(["a", "b", "c"]) }
        return pick([integer(), float(), text])
    }

    /// A time to live that no run is as long as, or none at all.
    private mutating func lifetime() -> String {
        pick(["10000000", "20000000", "0", "-5", "x", "9223372036854775807"])
    }

    /// Seconds since 1970 that are long past or far off.
    private mutating func time() -> String {
        pick(["4102444800", "4102444801", "4102444900", "1000", "-1"])
    }

    private mutating func setOptions() -> [String] {
        var options: [String] = []
        for _ in 0..<Int.random(in: 0..<3, using: &random) {
            options += pick([
                ["NX"], ["XX"], ["GET"], ["KEEPTTL"], ["EX", "5000"], ["PX", lifetime()],
                ["EXAT", time()], ["PXAT", time() + "000"], ["EX"], ["what"],
            ])
        }
        return options
    }

    private mutating func getOptions() -> [String] {
        pick([
            [], ["EX", "5000"], ["EXAT", time()], ["PXAT", time() + "000"], ["PERSIST"],
            ["PERSIST", "EX", "1"], ["EX", "0"], ["NX"],
        ])
    }

    private mutating func expiryOptions() -> [String] {
        pick([[], [], ["NX"], ["XX"], ["GT"], ["LT"], ["NX", "GT"], ["what"]])
    }
}
