import Foundation

/// Three servers and three sentinels as real processes, each ours or one of the real peers.
public final class Group {
    /// Whose program a member runs.
    public enum Kind: Sendable {
        /// rds-server, rds-sentinel.
        case ours
        /// Debian's redis-server, redis-sentinel.
        case redis
    }

    /// The name by which the sentinels know the master.
    public static let name = "group"

    /// Ports of the servers; the first begins as master.
    public let servers: [Int]
    /// Ports of the sentinels.
    public let sentinels: [Int]
    /// The server processes, in the order of their ports.
    public private(set) var serverProcesses: [DaemonProcess] = []
    /// The sentinel processes, in the order of their ports.
    public private(set) var sentinelProcesses: [DaemonProcess] = []
    private let directory: TemporaryDirectory

    /// Starts all and waits until each sentinel knows all others and both replicas.
    ///
    /// `disks`: where sentinels, by their position, have their files, if not with the others.
    public init(
        servers serverKinds: [Kind], sentinels sentinelKinds: [Kind], downAfter: Int = 1000,
        disks: [Int: SmallDisk] = [:]
    ) throws {
        directory = try TemporaryDirectory()
        servers = FreePorts.take(serverKinds.count)
        sentinels = FreePorts.take(sentinelKinds.count)
        for (index, port) in servers.enumerated() {
            var text = "bind 127.0.0.1\nport \(port)\ndir .\nrepl-diskless-sync-delay 0\n"
            if index > 0 { text += "replicaof 127.0.0.1 \(servers[0])\n" }
            let node = try makeNode("server\(index)", file: "redis.conf", text)
            let program =
                serverKinds[index] == .ours
                ? Binaries.program("rds-server") : try Self.peer("redis-server")
            serverProcesses.append(try DaemonProcess(program, ["redis.conf"], in: node))
            try eventually("server \(index) serves", log: self.logs) {
                try Connection(port: port).call("PING") == .simpleString("PONG")
            }
        }
        for port in servers.dropFirst() {
            try eventually("\(port) is synchronised", log: self.logs) {
                try Connection(port: port).info("master_link_status") == "up"
            }
        }
        for (index, port) in sentinels.enumerated() {
            let text = """
                bind 127.0.0.1
                port \(port)
                sentinel monitor \(Self.name) 127.0.0.1 \(servers[0]) 2
                sentinel down-after-milliseconds \(Self.name) \(downAfter)
                sentinel failover-timeout \(Self.name) 10000

                """
            let node = try makeNode("sentinel\(index)", file: "sentinel.conf", text)
            var file = "sentinel.conf"
            if let disk = disks[index] {
                file = disk.path + "/sentinel\(index).conf"
                try Data(text.utf8).write(to: URL(fileURLWithPath: file))
            }
            let program =
                sentinelKinds[index] == .ours
                ? Binaries.program("rds-sentinel") : try Self.peer("redis-sentinel")
            sentinelProcesses.append(try DaemonProcess(program, [file], in: node))
        }
        for port in sentinels {
            try eventually("sentinel \(port) sees all", seconds: 30, log: self.logs) {
                let master = try self.masterFields(of: port)
                return master["num-slaves"] == "\(serverKinds.count - 1)"
                    && master["num-other-sentinels"] == "\(sentinelKinds.count - 1)"
            }
        }
    }

    /// A real peer's program; under CI it must be there.
    public static func peer(_ name: String) throws -> String {
        guard let path = Binaries.system(name) else {
            throw TimedOut(description: "\(name) is not installed: make deps installs it")
        }
        return path
    }

    /// What a sentinel says of the master.
    public func masterFields(of sentinel: Int) throws -> [String: String] {
        let words =
            try Connection(port: sentinel).call("SENTINEL", "MASTER", Self.name)
            .elements?.map { $0.bytes?.text ?? "" } ?? []
        var fields: [String: String] = [:]
        for index in stride(from: 0, to: words.count - 1, by: 2) {
            fields[words[index]] = words[index + 1]
        }
        return fields
    }

    /// The port of the master that a sentinel names.
    public func masterPort(by sentinel: Int) throws -> Int {
        let reply = try Connection(port: sentinel)
            .call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", Self.name)
        return Int(reply.elements?.last?.bytes?.text ?? "") ?? 0
    }

    /// Kills the master, and waits until all sentinels name another and the rest follow it.
    ///
    /// Returns the new master's port.
    @discardableResult
    public func failOver() throws -> Int {
        let old = try masterPort(by: sentinels[0])
        let index = servers.firstIndex(of: old) ?? 0
        serverProcesses[index].kill()
        let new = try eventually("a new master", seconds: 60, log: self.logs) {
            let ports = try self.sentinels.map { try self.masterPort(by: $0) }
            return Set(ports).count == 1 && ports[0] != old ? ports[0] : nil
        }
        for port in servers where port != old && port != new {
            try eventually("\(port) follows \(new)", seconds: 30, log: self.logs) {
                let connection = try Connection(port: port)
                return try connection.info("master_port") == "\(new)"
                    && connection.info("master_link_status") == "up"
            }
        }
        return new
    }

    /// Starts the server at `index` again, from its files.
    public func restartServer(_ index: Int, kind: Kind = .ours) throws {
        let program =
            kind == .ours ? Binaries.program("rds-server") : try Self.peer("redis-server")
        serverProcesses[index] = try DaemonProcess(
            program, ["redis.conf"], in: directory.file("server\(index)"))
    }

    /// Starts the sentinel at `index` again, from its file.
    public func restartSentinel(_ index: Int, kind: Kind = .ours) throws {
        let program =
            kind == .ours ? Binaries.program("rds-sentinel") : try Self.peer("redis-sentinel")
        sentinelProcesses[index] = try DaemonProcess(
            program, ["sentinel.conf"], in: directory.file("sentinel\(index)"))
    }

    /// Removes a file of a member, such as `server0/dump.rdb`, if it is there.
    public func remove(_ name: String) {
        try? FileManager.default.removeItem(atPath: directory.file(name))
    }

    /// The names of a member's files.
    public func files(of member: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.file(member))
    }

    /// The file of a member, such as `server0/redis.conf`.
    public func file(_ name: String) -> String { directory.read(name) }

    /// Everything that the processes logged.
    public var logs: String {
        (serverProcesses + sentinelProcesses).map { "--- \($0.name)\n\($0.log)" }
            .joined(separator: "\n")
    }

    private func makeNode(_ name: String, file: String, _ text: String) throws -> String {
        let path = directory.file(name)
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false)
        try directory.write("\(name)/\(file)", text)
        return path
    }
}
