import Foundation
import Protocol
import TestSupport
import Testing

/// Daemons whose configuration is the administrator's alone.
@Suite(.serialized) struct `With a state file` {
    private func server(
        _ port: Int, in directory: TemporaryDirectory, environment: [String: String] = [:]
    ) throws -> (process: DaemonProcess, connection: Connection) {
        let process = try DaemonProcess(
            Binaries.program("rds-server"),
            ["rds.conf", "--state-file", directory.file("state/rds.state")], in: directory.path,
            environment: environment)
        try process.waitForLog("Ready to accept connections")
        return (process, try Connection(port: port))
    }

    private func setting(_ name: String, _ connection: Connection) throws -> ReplyValue {
        guard case .array(let pair) = try connection.call("CONFIG", "GET", name) else {
            return .null
        }
        return pair.last ?? .null
    }

    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? Int) ?? 0
    }

    private func makeStateDirectory(in directory: TemporaryDirectory) throws {
        try FileManager.default.createDirectory(
            atPath: directory.file("state"), withIntermediateDirectories: false)
    }

    @Test func `a server keeps its changes there, until the configuration is changed`() throws {
        let directory = try TemporaryDirectory()
        try makeStateDirectory(in: directory)
        let port = FreePorts.take()
        let configuration = "bind 127.0.0.1\nport \(port)\nsave \"\"\ntimeout 10\n"
        try directory.write("rds.conf", configuration)
        do {
            let (process, connection) = try server(port, in: directory)
            try connection.call("CONFIG", "SET", "timeout", "20", "repl-backlog-size", "2mb")
            try connection.call("REPLICAOF", "127.0.0.1", "1")
            #expect(try connection.call("CONFIG", "REWRITE") == .simpleString("OK"))
            #expect(try process.terminate() == .exited(0))
        }
        #expect(directory.read("rds.conf") == configuration)
        #expect(try mode(directory.file("state/rds.state")) == 0o640)
        #expect(directory.read("state/rds.state").contains("replicaof \"127.0.0.1 1\" \"\""))
        do {
            let (process, connection) = try server(port, in: directory)
            #expect(try setting("timeout", connection) == .bulk("20"))
            #expect(try setting("repl-backlog-size", connection) == .bulk("2097152"))
            #expect(try setting("replicaof", connection) == .bulk("127.0.0.1 1"))
            // What a reload finds unchanged stays as it was changed.
            process.signal(SIGHUP)
            try process.waitForLog("Configuration reloaded, directives changed: 0.")
            try directory.write("rds.conf", configuration.replacing("10\n", with: "30\n"))
            process.signal(SIGHUP)
            try process.waitForLog("Configuration reloaded, directives changed: 1.")
            #expect(try setting("timeout", connection) == .bulk("30"))
            #expect(try process.terminate() == .exited(0))
        }
        #expect(!directory.read("state/rds.state").contains("timeout"))
        try directory.write("rds.conf", configuration + "replicaof no one\nrepl-backlog-size 3mb\n")
        let (process, connection) = try server(port, in: directory)
        #expect(try setting("repl-backlog-size", connection) == .bulk("3145728"))
        // `no one` says what the file said before: nobody is named.
        #expect(try setting("replicaof", connection) == .bulk("127.0.0.1 1"))
        try process.waitForLog("repl-backlog-size is '3145728' as the configuration has it")
        #expect(try process.terminate() == .exited(0))
    }

    @Test func `passwords come from files of their own, and stay there`() throws {
        let directory = try TemporaryDirectory()
        try makeStateDirectory(in: directory)
        let port = FreePorts.take()
        try directory.write("secrets_pass", "from a file\n")
        try directory.write(
            "rds.conf",
            "bind 127.0.0.1\nport \(port)\nsave \"\"\nrequirepass-file pass\n"
                + "masterauth-file \(directory.file("secrets_pass"))\n")
        let (process, connection) = try server(
            port, in: directory, environment: ["CREDENTIALS_DIRECTORY": directory.path])
        #expect(
            try connection.call("PING")
                == .error("NOAUTH Authentication required."))
        #expect(try connection.call("AUTH", "from a file") == .simpleString("OK"))
        #expect(try setting("masterauth", connection) == .bulk("from a file"))
        try connection.call("CONFIG", "SET", "requirepass", "at run time", "timeout", "9")
        #expect(try connection.call("CONFIG", "REWRITE") == .simpleString("OK"))
        try process.waitForLog("requirepass was changed at run time and is not saved")
        let state = directory.read("state/rds.state")
        #expect(state.contains("timeout") && !state.contains("from a file"))
        #expect(!state.contains("at run time\""))
        #expect(try process.terminate() == .exited(0))
    }

    @Test func `a sentinel keeps all that it learns there`() throws {
        let directory = try TemporaryDirectory()
        try makeStateDirectory(in: directory)
        let ports = FreePorts.take(2)
        try directory.write("pass", "secret\n")
        let configuration =
            "bind 127.0.0.1\nport \(ports[0])\nsentinel monitor mine 127.0.0.1 \(ports[1]) 1\n"
            + "sentinel down-after-milliseconds mine 60000\n"
            + "sentinel auth-pass-file mine \(directory.file("pass"))\n"
        try directory.write("sentinel.conf", configuration)
        func start() throws -> (process: DaemonProcess, connection: Connection) {
            let process = try DaemonProcess(
                Binaries.program("rds-sentinel"),
                ["sentinel.conf", "--state-file", directory.file("state/sentinel.state")],
                in: directory.path)
            try process.waitForLog("+monitor master mine")
            return (process, try Connection(port: ports[0]))
        }
        func field(_ name: String, _ connection: Connection) throws -> String? {
            guard case .array(let words) = try connection.call("SENTINEL", "MASTER", "mine"),
                let index = words.firstIndex(of: .bulk(text: name)),
                case .bulk(let value) = words[index + 1]
            else { return nil }
            return value.text
        }
        var identity = ReplyValue.null
        do {
            let (process, connection) = try start()
            identity = try connection.call("SENTINEL", "MYID")
            try connection.call("SENTINEL", "SET", "mine", "down-after-milliseconds", "50000")
            try connection.call("SENTINEL", "SET", "mine", "parallel-syncs", "3")
            #expect(try process.terminate() == .exited(0))
        }
        #expect(directory.read("sentinel.conf") == configuration)
        #expect(try mode(directory.file("state/sentinel.state")) == 0o640)
        #expect(!directory.read("state/sentinel.state").contains("secret"))
        #expect(!directory.read("sentinel.conf.rds").contains("myid"))
        do {
            let (process, connection) = try start()
            #expect(try connection.call("SENTINEL", "MYID") == identity)
            #expect(try field("down-after-milliseconds", connection) == "50000")
            // A reload takes what was changed, and nothing else.
            try directory.write(
                "sentinel.conf", configuration + "sentinel failover-timeout mine 9000\n")
            process.signal(SIGHUP)
            try process.waitForLog("+set master mine 127.0.0.1 \(ports[1]) failover-timeout 9000")
            #expect(try field("down-after-milliseconds", connection) == "50000")
            #expect(try field("parallel-syncs", connection) == "3")
            #expect(try process.terminate() == .exited(0))
        }
        try directory.write("sentinel.conf", configuration.replacing("60000", with: "70000"))
        let (process, connection) = try start()
        try process.waitForLog(
            "down-after-milliseconds mine was changed in the configuration since")
        #expect(try field("down-after-milliseconds", connection) == "70000")
        #expect(try field("parallel-syncs", connection) == "3")
        #expect(try connection.call("SENTINEL", "MYID") == identity)
        #expect(try process.terminate() == .exited(0))
    }
}
