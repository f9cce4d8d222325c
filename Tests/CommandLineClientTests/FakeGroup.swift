import Bytes
import CommandLineClient
import Protocol

/// Servers and sentinels that live in a dictionary, answer as Redis does, and obey at once.
struct FakeGroup {
    struct Server {
        var master: MemberAddress?
        var keys = 0
        var offset = 1000
        var linkIsUp = true
        var password: String?
        var masterPassword: String?
        var failure: String?
        var extra = ""
        var hasFile = true
    }

    struct Watched {
        var master: MemberAddress
        var quorum: Int
        var downAfter = 30_000
        var failoverTimeout = 180_000
        var epoch = 0
        var flags = "master"
        var password: String?
    }

    struct Sentinel {
        var identity: String
        var groups: [String: Watched] = [:]
        var failure: String?
        var password: String?
        var knowsNobody = false
        var timeline: ReplyValue?
    }

    var servers: [MemberAddress: Server] = [:]
    var sentinels: [MemberAddress: Sentinel] = [:]
    /// Every command that changes something, as `address: words`; passwords are in it.
    var orders: [String] = []

    /// `count` empty servers and sentinels at 10.0.0.1, 10.0.0.2 and so on.
    init(_ count: Int = 3) {
        for number in 1...count {
            servers[Self.server(number)] = Server()
            sentinels[Self.sentinel(number)] = Sentinel(identity: "id-\(number)")
        }
    }

    /// A group that is formed, with its master at 10.0.0.1.
    static func formed(_ count: Int = 3) -> FakeGroup {
        var group = FakeGroup(count)
        for number in 2...count { group.servers[server(number)]?.master = server(1) }
        for number in 1...count {
            group.sentinels[sentinel(number)]?.groups["main"] = Watched(
                master: server(1), quorum: 2, downAfter: 5000, failoverTimeout: 10_000)
        }
        return group
    }

    static func server(_ number: Int) -> MemberAddress { MemberAddress("10.0.0.\(number)", 6379) }
    static func sentinel(_ number: Int) -> MemberAddress {
        MemberAddress("10.0.0.\(number)", 26_379)
    }

    /// The group that `ha status` finds, beginning at the sentinel.
    func discovered(from number: Int = 1, name: String? = nil) -> GroupDiscovery {
        var discovery = GroupDiscovery(from: Self.sentinel(number), name: name)
        let login = MemberLogin(user: nil, password: nil)
        var copy = self
        for _ in 0..<10 where !discovery.next.isEmpty {
            let round = discovery.next
            for address in round.sentinels {
                let questions = login.sentinelQuestions(discovery.observation.name)
                discovery.take(
                    login.sentinel(copy.answer(address, questions)), ofSentinel: address)
            }
            for address in round.servers {
                discovery.take(
                    login.server(copy.answer(address, login.serverQuestions)), ofServer: address)
            }
        }
        return discovery
    }

    /// Executes commands on one connection.
    mutating func answer(_ address: MemberAddress, _ commands: [[ByteString]]) -> MemberAnswer {
        let failure = servers[address].map { $0.failure } ?? sentinels[address].map { $0.failure }
        guard let failure else {
            return MemberAnswer(replies: [], failure: "Connection refused")
        }
        if let failure { return MemberAnswer(replies: [], failure: failure) }
        var isLoggedIn = password(of: address) == nil
        var replies: [ReplyValue] = []
        for command in commands {
            let words = command.map(\.text)
            if words[0] == "AUTH" {
                replies.append(login(words.last ?? "", at: address, &isLoggedIn))
            } else if !isLoggedIn {
                replies.append(.error("NOAUTH Authentication required."))
            } else if servers[address] != nil {
                replies.append(serve(words, at: address))
            } else {
                replies.append(watch(words, at: address))
            }
        }
        return MemberAnswer(replies: replies, failure: nil)
    }

    private func password(of address: MemberAddress) -> String? {
        servers[address]?.password ?? sentinels[address]?.password
    }

    private func login(
        _ given: String, at address: MemberAddress, _ isLoggedIn: inout Bool
    ) -> ReplyValue {
        guard let password = password(of: address) else {
            return .error("ERR AUTH <password> called without any password configured for the user")
        }
        guard password == given else { return .error("WRONGPASS invalid password") }
        isLoggedIn = true
        return .simpleString("OK")
    }

    // MARK: Servers

    private mutating func serve(_ words: [String], at address: MemberAddress) -> ReplyValue {
        guard let server = servers[address] else { return .null }
        switch words[0] {
        case "INFO": return .bulk(text: information(server, at: address))
        case "CONFIG" where words[1] == "GET":
            return .array([.bulk(text: words[2]), .bulk(text: server.masterPassword ?? "")])
        case "CONFIG" where words[1] == "SET":
            for index in stride(from: 2, to: words.count - 1, by: 2) {
                if words[index] == "masterauth" {
                    servers[address]?.masterPassword = words[index + 1]
                }
                if words[index] == "requirepass" { servers[address]?.password = words[index + 1] }
            }
        case "CONFIG":
            if !server.hasFile {
                return .error("ERR The server is running without a config file")
            }
        case "REPLICAOF":
            servers[address]?.master =
                words[1] == "NO" ? nil : MemberAddress(words[1], Int(words[2]) ?? 0)
        default: return .error(ByteString("ERR unknown command '\(words[0])'"))
        }
        orders.append("\(address): \(words.joined(separator: " "))")
        return .simpleString("OK")
    }

    private func information(_ server: Server, at address: MemberAddress) -> String {
        var lines = ["redis_version:7.2.4", "redis_mode:standalone", "loading:0"]
        if let master = server.master {
            lines += [
                "role:slave", "master_host:\(master.host)", "master_port:\(master.port)",
                "master_link_status:\(server.linkIsUp ? "up" : "down")",
                "slave_repl_offset:\(server.offset)",
            ]
        } else {
            lines += ["role:master", "master_repl_offset:\(server.offset)"]
            let replicas = servers.filter { $0.value.master == address && $0.value.linkIsUp }
            for (index, replica) in replicas.sorted(by: { $0.key < $1.key }).enumerated() {
                lines.append(
                    "slave\(index):ip=\(replica.key.host),port=\(replica.key.port),state=online,"
                        + "offset=\(replica.value.offset),lag=1")
            }
        }
        if server.keys > 0 { lines.append("db0:keys=\(server.keys),expires=0,avg_ttl=0") }
        return (lines + [server.extra]).joined(separator: "\r\n")
    }

    // MARK: Sentinels

    private mutating func watch(_ words: [String], at address: MemberAddress) -> ReplyValue {
        guard let sentinel = sentinels[address], words[0] == "SENTINEL" else {
            return .error(ByteString("ERR unknown command '\(words[0])'"))
        }
        switch words[1] {
        case "MYID": return .bulk(text: sentinel.identity)
        case "MASTERS":
            return .array(sentinel.groups.keys.sorted().map { describe($0, at: address) })
        case "REPLICAS":
            guard let group = sentinel.groups[words[2]] else { return Self.noSuchMaster }
            return .array(replicas(of: group.master).map { describe($0) })
        case "SENTINELS":
            guard sentinel.groups[words[2]] != nil else { return Self.noSuchMaster }
            return .array(peers(of: words[2], at: address).map { describe($0) })
        case "CKQUORUM": return .simpleString("OK 3 usable Sentinels.")
        case "TIMELINE": return sentinel.timeline ?? .error("ERR unknown subcommand 'TIMELINE'.")
        case "MONITOR":
            sentinels[address]?.groups[words[2]] = Watched(
                master: MemberAddress(words[3], Int(words[4]) ?? 0), quorum: Int(words[5]) ?? 0)
        case "SET":
            for index in stride(from: 3, to: words.count - 1, by: 2) {
                set(words[index], words[index + 1], of: words[2], at: address)
            }
        default: return .error(ByteString("ERR unknown subcommand '\(words[1])'."))
        }
        orders.append("\(address): \(words.joined(separator: " "))")
        return .simpleString("OK")
    }

    private mutating func set(
        _ option: String, _ value: String, of name: String, at address: MemberAddress
    ) {
        var group = sentinels[address]?.groups[name]
        switch option {
        case "down-after-milliseconds": group?.downAfter = Int(value) ?? 0
        case "failover-timeout": group?.failoverTimeout = Int(value) ?? 0
        case "quorum": group?.quorum = Int(value) ?? 0
        case "auth-pass": group?.password = value
        default: break
        }
        sentinels[address]?.groups[name] = group
    }

    private static let noSuchMaster = ReplyValue.error("ERR No such master with that name")

    private func replicas(of master: MemberAddress) -> [MemberAddress] {
        servers.filter { $0.value.master == master }.keys.sorted()
    }

    private func peers(of name: String, at address: MemberAddress) -> [MemberAddress] {
        if sentinels[address]?.knowsNobody ?? true { return [] }
        return sentinels.filter { $0.key != address && $0.value.groups[name] != nil }.keys.sorted()
    }

    private func fields(_ pairs: [(String, String)]) -> ReplyValue {
        .array(pairs.flatMap { [.bulk(text: $0.0), .bulk(text: $0.1)] })
    }

    private func describe(_ name: String, at address: MemberAddress) -> ReplyValue {
        guard let group = sentinels[address]?.groups[name] else { return .null }
        return fields([
            ("name", name), ("ip", group.master.host), ("port", "\(group.master.port)"),
            ("flags", group.flags), ("config-epoch", "\(group.epoch)"),
            ("num-slaves", "\(replicas(of: group.master).count)"),
            ("num-other-sentinels", "\(peers(of: name, at: address).count)"),
            ("quorum", "\(group.quorum)"), ("failover-timeout", "\(group.failoverTimeout)"),
            ("down-after-milliseconds", "\(group.downAfter)"),
        ])
    }

    private func describe(_ member: MemberAddress) -> ReplyValue {
        let server = servers[member]
        return fields([
            ("ip", member.host), ("port", "\(member.port)"),
            ("runid", sentinels[member]?.identity ?? ""), ("flags", "slave"),
            ("master-link-status", server?.linkIsUp ?? false ? "ok" : "err"),
            ("slave-repl-offset", "\(server?.offset ?? 0)"),
            ("master-host", server?.master?.host ?? "?"),
            ("master-port", "\(server?.master?.port ?? 0)"),
        ])
    }
}
