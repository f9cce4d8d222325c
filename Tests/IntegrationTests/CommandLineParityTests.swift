import Foundation
import TestSupport
import Testing

/// rds-cli and redis-cli, side by side against one server: the same bytes, the same exit status.
@Suite(.serialized) struct `Beside redis-cli` {
    /// A real server, since it has every type of reply.
    private final class Bench {
        let directory: TemporaryDirectory
        let port: Int
        let server: DaemonProcess
        let theirs: String
        let ours = Binaries.program("rds-cli")

        /// Nil when the peers are not installed and the run is none of CI's.
        init?() throws {
            guard let peer = Binaries.system("redis-server"),
                let theirs = Binaries.system("redis-cli")
            else {
                #expect(!Binaries.isContinuousIntegration, "redis-server and redis-cli are missing")
                return nil
            }
            self.theirs = theirs
            directory = try TemporaryDirectory()
            port = FreePorts.take()
            server = try DaemonProcess(
                peer,
                [
                    "--port", "\(port)", "--bind", "127.0.0.1", "--save", "",
                    "--enable-debug-command", "yes",
                ],
                in: directory.path)
            try server.waitForLog("Ready to accept connections")
        }

        /// Both programs after the same preparation, with the same arguments and input.
        func compare(
            _ arguments: [String], input: String? = nil, environment: [String: String] = [:],
            inAnyOrder: Bool = false
        ) throws {
            var results: [(output: String, status: Int32)] = []
            for program in [theirs, ours] {
                _ = try run(theirs, ["-p", "\(port)"], input: preparation)
                results.append(
                    try run(
                        program, ["-p", "\(port)"] + arguments, input: input,
                        environment: environment.merging(["HOME": directory.path]) { $1 }))
            }
            if inAnyOrder {
                for index in results.indices {
                    results[index].output = results[index].output.split(separator: "\n").sorted()
                        .joined(separator: "\n")
                }
            }
            #expect(results[0].output == results[1].output, "\(arguments) \(input ?? "")")
            #expect(results[0].status == results[1].status, "\(arguments) \(input ?? "")")
        }

        private let preparation = """
            flushall
            rpush l a b c d e f g h i j k
            rpush one x
            hset h f1 v1 f2 v2
            sadd s m1 m2
            zadd z 1 a 2.5 b 1e20 c
            set n 10
            set bin "\\x00\\x01\\n\\r\\t\\a\\b\\"\\\\ \\xff\\xc3\\xa9"
            xadd st 1-1 a 1 b 2
            xadd st 2-1 c 3

            """
    }

    private static let commands = [
        "ping", "get n", "get bin", "get missing", "incr n", "set a", "nosuch a b",
        "lrange l 0 -1", "lrange one 0 -1", "lrange missing 0 -1", "hgetall h",
        "hgetall missing", "smembers s", "zrange z 0 -1 withscores", "zscore z b",
        "zscore z c", "xrange st - +", "xread streams st 0", "mget n missing l", "hget l f",
        "debug protocol string", "debug protocol integer", "debug protocol double",
        "debug protocol null", "debug protocol array", "debug protocol set",
        "debug protocol map", "debug protocol verbatim", "debug protocol true",
        "debug protocol false", "eval return{1,{2,{3,'x'}},{}} 0", "eval return{} 0",
        "config get save", "command getkeys mset a 1 b 2", "object help", "role",
        "select 3", "select 99", "auth x", "cluster info", "geopos z a",
    ]

    @Test(arguments: [[], ["--no-raw"], ["-3", "--no-raw"], ["--csv"], ["--json"]])
    func `every reply looks the same`(options: [String]) throws {
        guard let bench = try Bench() else { return }
        // One process reads them all, which takes a hundredth of the time.
        try bench.compare(options, input: Self.commands.joined(separator: "\n") + "\n")
    }

    @Test func `options mean the same`() throws {
        guard let bench = try Bench() else { return }
        for command in [["get", "bin"], ["hgetall", "h"], ["nosuch"], ["role"]] {
            for options in [[], ["--no-raw"], ["-e"], ["-3"]] {
                try bench.compare(options + command)
            }
        }
        try bench.compare(["-n", "3", "set", "k", "v"])
        try bench.compare(["-n", "99", "get", "k"])
        try bench.compare(["-a", "pw", "ping"])
        try bench.compare(["--user", "u", "--pass", "pw", "--no-auth-warning", "ping"])
        try bench.compare(["-r", "3", "incr", "n"])
        try bench.compare(["-x", "set", "k"], input: "hello\nworld\n")
        try bench.compare(["-X", "TAG", "set", "TAG", "v"], input: "k")
        try bench.compare(["-X", "TAG", "set", "x", "v"], input: "k")
        try bench.compare(["--quoted-input", "set", "\"a\\x00b\"", "v"])
        try bench.compare(["--quoted-input", "set", "\"a"])
        try bench.compare(["-d", ";", "-D", "|", "--raw", "lrange", "l", "0", "-1"])
        try bench.compare(["-u", "redis://u:p%40w@127.0.0.1:\(bench.port)/2", "ping"])
        try bench.compare(["-u", "http://x", "ping"])
        try bench.compare(["-2", "-3", "ping"])
        try bench.compare(["--nosuch"])
        try bench.compare(["-p", "1", "ping"])
        try bench.compare(["-s", "/nosuch/socket", "ping"])
        try bench.compare(["ping"], environment: ["REDISCLI_AUTH": "pw"])
    }

    @Test func `lines and transfers are answered the same`() throws {
        guard let bench = try Bench() else { return }
        let lines = """
            set a 1
            get a

            lrange l 0 -1
            "unclosed
            2 incr a
            multi
            get a
            exec
            select 2
            select 77
            nosuch
            quit
            get a

            """
        try bench.compare([], input: lines)
        try bench.compare([], input: lines, environment: ["FAKETTY": "1"])
        try bench.compare(["--no-raw"], input: "get \"b c\"\n3 ping\n")
        // The error may be shown before or after the end of the input is announced.
        try bench.compare(
            ["--pipe"], input: "SET a 1\r\nINCR a\r\nNOSUCH\r\n", inAnyOrder: true)
        let set = "*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$3\r\nxyz\r\n"
        try bench.compare(["--pipe"], input: String(repeating: set, count: 20_000))
        try bench.compare(["--pipe"], input: "")
    }
}
