import Bytes
import Foundation
import Protocol
import TestSupport
import Testing

/// `rds-cli ha init` and `ha status` with real processes, ours and the real ones.
@Suite(.serialized) struct `Groups from the command line` {
    /// Three servers and three sentinels that know nothing of each other.
    private final class Members {
        let directory: TemporaryDirectory
        let servers = FreePorts.take(3)
        let sentinels = FreePorts.take(3)
        var processes: [DaemonProcess] = []

        init(_ kind: Group.Kind) throws {
            directory = try TemporaryDirectory()
            for (index, port) in servers.enumerated() {
                let text = "bind 127.0.0.1\nport \(port)\ndir .\nrepl-diskless-sync-delay 0\n"
                try start("server\(index)", kind, "redis.conf", text, port)
            }
            for (index, port) in sentinels.enumerated() {
                let text = "bind 127.0.0.1\nport \(port)\n"
                try start("sentinel\(index)", kind, "sentinel.conf", text, port)
            }
        }

        private func start(
            _ name: String, _ kind: Group.Kind, _ file: String, _ text: String, _ port: Int
        ) throws {
            let isServer = file == "redis.conf"
            let program =
                switch kind {
                case .ours: Binaries.program(isServer ? "rds-server" : "rds-sentinel")
                case .redis: try Group.peer(isServer ? "redis-server" : "redis-sentinel")
                }
            try FileManager.default.createDirectory(
                atPath: directory.file(name), withIntermediateDirectories: false)
            try directory.write("\(name)/\(file)", text)
            processes.append(try DaemonProcess(program, [file], in: directory.file(name)))
            try eventually("\(name) serves", log: self.logs) {
                try Connection(port: port).call("PING") == .simpleString("PONG")
            }
        }

        var hosts: String {
            zip(servers, sentinels).map { "127.0.0.1:\($0):\($1)" }.joined(separator: ",")
        }

        var logs: String {
            processes.map { "--- \($0.name)\n\($0.log)" }.joined(separator: "\n")
        }

        func form(_ more: String...) throws -> (output: String, status: Int32) {
            try run(
                Binaries.program("rds-cli"),
                ["ha", "init", "--name", "main", "--hosts", hosts] + more)
        }

        func status(_ index: Int = 0, _ more: String...) throws -> (output: String, status: Int32) {
            try run(
                Binaries.program("rds-cli"),
                ["ha", "status", "-p", "\(sentinels[index])", "--timeout", "10"] + more)
        }
    }

    @Test(arguments: [Group.Kind.ours, .redis])
    func `a group is made, told of, and left alone`(_ kind: Group.Kind) throws {
        let members = try Members(kind)
        let nothing = try members.status()
        #expect(nothing.status == 2)
        #expect(nothing.output.contains("watches no group yet"))

        let foreign = try Connection(port: members.servers[2])
        try foreign.call("SET", "mine", "precious")
        let refused = try members.form()
        #expect(refused.status == 2)
        #expect(
            refused.output.contains(
                "127.0.0.1:\(members.servers[2]) holds 1 keys that are not of this group"))
        #expect(try foreign.call("GET", "mine").bytes == "precious")
        try foreign.call("FLUSHALL")

        let password = try members.directory.write("password", "s3cret\n")
        let made = try members.form("--down-after", "1000", "--password-file", password)
        #expect(made.status == 0, "\(made.output)\n\(members.logs)")
        #expect(!made.output.contains("s3cret"))
        for index in 1...2 {
            let text = members.directory.read("server\(index)/redis.conf")
            #expect(text.contains("replicaof 127.0.0.1 \(members.servers[0])"))
        }
        let again = try members.form("--password-file", password)
        #expect(again.status == 0, "\(again.output)\n\(members.logs)")
        #expect(again.output.contains("nothing to change"))

        let status = try members.status(1, "--password-file", password)
        #expect(status.status == 0, "\(status.output)")
        #expect(status.output.hasPrefix("main: healthy, quorum 2 of 3, epoch 0"))
        let json = try members.status(2, "--json", "--password-file", password)
        let document = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
        let fields = try #require(document as? [String: Any])
        #expect(fields["state"] as? String == "healthy")
        #expect(fields["master"] as? String == "127.0.0.1:\(members.servers[0])")

        // The master goes: down at first, then degraded, with another master.
        members.processes[0].kill()
        let degraded = try eventually("another master", seconds: 60, log: members.logs) {
            let status = try members.status(0, "--password-file", password)
            return status.status == 1 && status.output.contains("epoch 1") ? status.output : nil
        }
        #expect(
            degraded.contains("! the replica 127.0.0.1:\(members.servers[0]) does not answer"))
    }
}
