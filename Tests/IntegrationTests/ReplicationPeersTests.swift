import Bytes
import Determinism
import Foundation
import Protocol
import TestSupport
import Testing

/// Replication between rds-server and a real redis-server, both ways and in chains.
@Suite(.serialized) struct `Replication with a real redis-server` {
    /// A server of either kind.
    private final class Node {
        let port = FreePorts.take()
        let directory: TemporaryDirectory
        private let program: String
        private(set) var process: DaemonProcess
        private(set) var connection: Connection

        init(_ program: String) throws {
            self.program = program
            directory = try TemporaryDirectory()
            let isOurs = program.hasSuffix("rds-server")
            try directory.write(
                "redis.conf",
                """
                bind 127.0.0.1
                port \(port)
                dir \(directory.path)
                save ""
                repl-diskless-sync-delay 0
                \(isOurs ? "" : "enable-debug-command yes")

                """)
            process = try DaemonProcess(
                program, [directory.file("redis.conf")], in: directory.path)
            try process.waitForLog("Ready to accept connections")
            connection = try Connection(port: port, timeout: 30)
        }

        @discardableResult
        func call(_ line: String) throws -> ReplyValue {
            try connection.send(line.split(separator: " ").map(String.init))
            return try connection.receive()
        }

        func follow(_ master: Node) throws { try call("REPLICAOF 127.0.0.1 \(master.port)") }

        /// Ends by itself, with all that it has sent in its file, or at once; then starts again.
        func restart(isKilled: Bool) throws {
            if isKilled {
                process.kill()
            } else {
                _ = try? call("SHUTDOWN SAVE")
                _ = try process.waitForEnd()
            }
            process = try DaemonProcess(
                program, [directory.file("redis.conf")], in: directory.path)
            try process.waitForLog("Ready to accept connections")
            connection = try Connection(port: port, timeout: 30)
        }

        func count(_ text: String) -> Int { process.log.components(separatedBy: text).count - 1 }
    }

    private static let ours = Binaries.program("rds-server")

    /// Servers in the order of a chain, `O` for ours and `T` for theirs; nil without a peer.
    private func chain(_ kinds: String) throws -> [Node]? {
        guard let theirs = Binaries.system("redis-server") else {
            #expect(!Binaries.isContinuousIntegration, "redis-server is missing")
            return nil
        }
        let nodes = try kinds.map { try Node($0 == "O" ? Self.ours : theirs) }
        for number in 0..<500 {
            try nodes[0].call("SET key:\(number) value:\(number)")
        }
        try nodes[0].call("SETEX expiring 1000 value")
        try nodes[0].call("SELECT 3")
        try nodes[0].call("SET elsewhere 12345")
        try nodes[0].call("SELECT 0")
        for (replica, master) in zip(nodes.dropFirst(), nodes) { try replica.follow(master) }
        try waitUntilSynchronised(nodes, top: nodes[0])
        return nodes
    }

    private func waitUntilSynchronised(_ nodes: [Node], top: Node) throws {
        try eventually(
            "all replicas reach their master's offset", seconds: 60,
            log: nodes.map(\.process.log).joined(separator: "\n---\n"),
            isTrue: {
                let offset = try top.call("ROLE").elements?[1].integer ?? .max
                for node in nodes where node !== top {
                    guard let role = try node.call("ROLE").elements, role.count == 5,
                        role[3].bytes == "connected", role[4].integer ?? -1 >= offset
                    else { return false }
                }
                return true
            })
    }

    /// Waits until all hold the same: a key whose time is up goes when its master deletes it.
    private func expectAgreement(_ nodes: [Node]) throws {
        try eventually(
            "all servers hold the same data", seconds: 30,
            isTrue: {
                Set(try nodes.map { try $0.call("DEBUG DIGEST").bytes?.text ?? "none" }).count == 1
            })
    }

    @Test(arguments: ["OT", "TO", "OTO", "TOT"])
    func `a chain agrees after links were cut under write load`(kinds: String) throws {
        guard let nodes = try chain(kinds) else { return }
        try expectAgreement(nodes)
        var random = RandomSource(seed: 1)
        let writer = try Connection(port: nodes[0].port, timeout: 30)
        for round in 0..<30 {
            for _ in 0..<100 {
                let key = "key:\(Int.random(in: 0..<600, using: &random))"
                let commands: [[String]] = [
                    ["SET", key, "\(random.next())"], ["APPEND", key, "more"], ["DEL", key],
                    ["INCR", "counter"], ["EXPIRE", key, "1000"], ["SET", key, "x", "PX", "20"],
                    ["SETRANGE", key, "7", "part"], ["RENAME", key, "renamed"], ["MULTI"],
                    ["EXEC"], ["COPY", key, "copied", "REPLACE"], ["MOVE", key, "3"],
                ]
                try writer.send(commands.randomElement(using: &random) ?? ["PING"])
                _ = try writer.receive()
            }
            let kind = round % 2 == 0 ? "replica" : "master"
            try nodes[round % nodes.count].call("CLIENT KILL TYPE \(kind)")
        }
        try writer.send(["DISCARD"])
        _ = try writer.receive()
        try waitUntilSynchronised(nodes, top: nodes[0])
        try expectAgreement(nodes)
        for node in nodes.dropFirst() {
            #expect(node.count("Successful partial resynchronization with master.") > 0)
        }
    }

    @Test(arguments: ["OTO", "TOT"])
    func `after a promotion everyone goes on without a full transfer`(kinds: String) throws {
        guard let nodes = try chain(kinds) else { return }
        try nodes[1].call("REPLICAOF NO ONE")
        try nodes[1].call("SET promoted yes")
        try nodes[0].follow(nodes[1])
        try waitUntilSynchronised(nodes, top: nodes[1])
        try expectAgreement(nodes)
        let fulls = nodes.map { $0.count("Full resync from master") }
        #expect(fulls == [0, 1, 1])
    }

    @Test(arguments: ["OT", "TO"])
    func `a replica and a master that restart go on where they were`(kinds: String) throws {
        guard let nodes = try chain(kinds) else { return }
        try nodes[1].call("CONFIG REWRITE")
        try nodes[1].call("SAVE")
        try nodes[0].call("SET while down")
        try nodes[1].restart(isKilled: true)
        try waitUntilSynchronised(nodes, top: nodes[0])
        try nodes[0].restart(isKilled: false)
        try waitUntilSynchronised(nodes, top: nodes[0])
        try expectAgreement(nodes)
        // The log is that of the second life.
        #expect(nodes[1].count("Successful partial resynchronization with master.") == 2)
        #expect(nodes[1].count("Full resync from master") == 0)
    }

    @Test func `what we cannot read is named, and what was there stays`() throws {
        guard let nodes = try chain("TO") else { return }
        try nodes[1].call("REPLICAOF NO ONE")
        try nodes[1].call("SET mine kept")
        try nodes[0].call("RPUSH mylist element")
        try nodes[1].follow(nodes[0])
        try nodes[1].process.waitForLog("key 'mylist' holds a list")
        #expect(try nodes[1].call("GET mine").bytes == "kept")
        try nodes[0].call("DEL mylist")
        try waitUntilSynchronised(nodes, top: nodes[0])
        try expectAgreement(nodes)
    }
}
