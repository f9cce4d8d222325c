import Foundation
import TestSupport
import Testing

/// Masters that come back: no write is taken that would be thrown away, and no data set is lost.
@Suite(.serialized) struct `A master with a record` {
    private typealias Kind = Group.Kind
    private static let ours: [Kind] = [.ours, .ours, .ours]
    private static let real: [Kind] = [.redis, .redis, .redis]

    /// A group whose master knows who watches it, and has `count` keys that both replicas have.
    private func group(
        sentinels: [Kind], downAfter: Int = 1000, keys count: Int = 100
    ) throws -> Group {
        let group = try Group(
            servers: Self.ours, sentinels: sentinels, downAfter: downAfter)
        try eventually("the master has its record", log: group.logs) {
            let record = group.file("server0/rds-\(group.servers[0]).role")
            return record.split(separator: "\n").count { $0.hasPrefix("sentinel ") } == 3
        }
        let master = try Connection(port: group.servers[0], timeout: 20)
        for number in 0..<count { try master.call("SET", "key:\(number)", "\(number)") }
        #expect(try master.call("WAIT", "2", "10000").integer == 2)
        return group
    }

    private func wait(forWritesOn port: Int, in group: Group, seconds: Double = 20) throws {
        try eventually("\(port) takes writes", seconds: seconds, log: group.logs) {
            try Connection(port: port).call("SET", "probe", "1") == .simpleString("OK")
        }
    }

    @Test(arguments: [true, false])
    func `takes no write before its sentinels name it`(areOurs: Bool) throws {
        // A long down-after: nobody fails over while the master restarts.
        let group = try group(sentinels: areOurs ? Self.ours : Self.real, downAfter: 30_000)
        let port = group.servers[0]
        #expect(try Connection(port: port).call("SAVE") == .simpleString("OK"))
        for sentinel in group.sentinelProcesses { sentinel.signal(SIGSTOP) }
        group.serverProcesses[0].kill()
        try group.restartServer(0)
        let connection = try eventually("the master is back", log: group.logs) {
            let connection = try Connection(port: port)
            return try connection.call("PING") == .simpleString("PONG") ? connection : nil
        }
        #expect(try connection.info("role") == "master")
        #expect(try connection.info("rds_fenced") == "1")
        let refusal = try connection.call("SET", "lost", "1")
        #expect("\(refusal)".contains("READONLY"))
        #expect(try connection.call("GET", "key:1").bytes?.text == "1")
        #expect("\(try connection.call("PSYNC", "?", "-1"))".contains("NOMASTERLINK"))
        for sentinel in group.sentinelProcesses { sentinel.signal(SIGCONT) }
        try wait(forWritesOn: port, in: group)
        #expect(try Connection(port: port).info("rds_fenced") == nil)
    }

    // Real sentinels never name a server anew that they have replaced: the fence holds beside them
    // too, unless one of them has voted and does not know yet for whom it was.
    @Test(arguments: [true, false])
    func `after a failover takes no write at all`(areOurs: Bool) throws {
        let group = try group(sentinels: areOurs ? Self.ours : Self.real)
        let old = group.servers[0]
        try group.failOver()
        try group.restartServer(0)
        var taken = 0
        // On a machine that is too busy another failover may follow: whom all name then counts.
        let master = try eventually(
            "the old master follows the new one", seconds: 120, log: group.logs
        ) { () -> Int? in
            let connection = try Connection(port: old)
            let isTaken = try connection.call("SET", "lost", "1") == .simpleString("OK")
            let named = try Set(group.sentinels.map { try group.masterPort(by: $0) })
            if isTaken && !named.contains(old) { taken += 1 }
            guard named.count == 1, let master = named.first else { return nil }
            if master == old { return old }
            let isFollowing =
                try connection.info("master_port") == "\(master)"
                && connection.info("master_link_status") == "up"
            return isFollowing ? master : nil
        }
        #expect(taken == 0)
        if master != old {
            #expect(try Connection(port: master).call("EXISTS", "lost").integer == 0)
        }
    }

    @Test func `empty is not followed, and a replica with the data takes over`() throws {
        let group = try group(sentinels: Self.ours, downAfter: 5000)
        group.serverProcesses[0].kill()
        group.remove("server0/dump.rdb")
        group.remove("server0/rds-\(group.servers[0]).role")
        try group.restartServer(0)
        let new = try eventually("another master", seconds: 60, log: group.logs) {
            let ports = try group.sentinels.map { try group.masterPort(by: $0) }
            return Set(ports).count == 1 && ports[0] != group.servers[0] ? ports[0] : nil
        }
        #expect(try Connection(port: new).call("GET", "key:99").bytes?.text == "99")
        try eventually("all have the data", seconds: 60, log: group.logs) {
            try group.servers.allSatisfy {
                try Connection(port: $0).call("GET", "key:0").bytes?.text == "0"
            }
        }
    }

    @Test func `with an older data set is not followed, and a replica with all of it takes over`()
        throws
    {
        let group = try group(sentinels: Self.ours, downAfter: 5000)
        let old = group.servers[0]
        let connection = try Connection(port: old, timeout: 20)
        #expect(try connection.call("SAVE") == .simpleString("OK"))
        for number in 0..<100 { try connection.call("SET", "later:\(number)", "\(number)") }
        #expect(try connection.call("WAIT", "2", "10000").integer == 2)
        group.serverProcesses[0].kill()
        // It comes back with its record, and with the data set of a while ago.
        try group.restartServer(0)
        let new = try eventually("another master", seconds: 60, log: group.logs) {
            let ports = try group.sentinels.map { try group.masterPort(by: $0) }
            return Set(ports).count == 1 && ports[0] != old ? ports[0] : nil
        }
        #expect(try Connection(port: new).call("GET", "later:99").bytes?.text == "99")
        try eventually("all have the data", seconds: 60, log: group.logs) {
            try group.servers.allSatisfy {
                try Connection(port: $0).call("GET", "later:0").bytes?.text == "0"
            }
        }
    }

    @Test func `is not wiped by one that was elected after it and came back empty`() throws {
        let group = try Group(servers: [.ours, .ours], sentinels: Self.ours)
        let (former, elected) = (group.servers[0], group.servers[1])
        let connection = try Connection(port: former, timeout: 20)
        for number in 0..<100 { try connection.call("SET", "key:\(number)", "\(number)") }
        #expect(try connection.call("WAIT", "1", "10000").integer == 1)
        #expect(try connection.call("SAVE") == .simpleString("OK"))
        #expect(try group.failOver() == elected)
        // Everything goes down, and the elected master loses what it had.
        for process in group.sentinelProcesses { process.kill() }
        group.serverProcesses[1].kill()
        group.remove("server1/dump.rdb")
        group.remove("server1/rds-\(elected).role")
        for index in 0..<2 { try group.restartServer(index) }
        for index in 0..<3 { try group.restartSentinel(index) }
        try eventually("the one with the data is the master", seconds: 60, log: group.logs) {
            try group.sentinels.allSatisfy { try group.masterPort(by: $0) == former }
        }
        for port in group.servers {
            try eventually("\(port) has the data", seconds: 60, log: group.logs) {
                try Connection(port: port).call("GET", "key:99").bytes?.text == "99"
            }
        }
    }

    @Test func `empty is followed after a while under real sentinels, and the data kept`() throws {
        let group = try group(sentinels: Self.real, downAfter: 5000)
        for port in group.servers.dropFirst() {
            try Connection(port: port).call("CONFIG", "SET", "refuse-lost-data-timeout", "2000")
        }
        group.serverProcesses[0].kill()
        group.remove("server0/dump.rdb")
        group.remove("server0/rds-\(group.servers[0]).role")
        try group.restartServer(0)
        for (index, port) in group.servers.enumerated().dropFirst() {
            try eventually("\(port) follows", seconds: 60, log: group.logs) {
                try Connection(port: port).info("master_link_status") == "up"
            }
            let kept = try group.files(of: "server\(index)").filter { $0.hasPrefix("kept-") }
            #expect(kept.count == 1, "\(kept)")
        }
    }

    @Test func `with all others after a power loss is the same, and nothing is lost`() throws {
        let group = try group(sentinels: Self.ours)
        for port in group.servers {
            #expect(try Connection(port: port).call("SAVE") == .simpleString("OK"))
        }
        for process in group.sentinelProcesses + group.serverProcesses { process.kill() }
        let began = Date()
        for index in 0..<3 {
            try group.restartServer(index)
            try group.restartSentinel(index)
        }
        try wait(forWritesOn: group.servers[0], in: group, seconds: 30)
        print("writes again \(Date().timeIntervalSince(began)) s after the power came back")
        // Two of the sentinels are enough; the third one may be starting still.
        for sentinel in group.sentinels {
            try eventually("\(sentinel) names the master", seconds: 30, log: group.logs) {
                try group.masterPort(by: sentinel) == group.servers[0]
            }
        }
        for port in group.servers {
            try eventually("\(port) is whole", seconds: 30, log: group.logs) {
                let connection = try Connection(port: port)
                return try connection.call("GET", "key:99").bytes?.text == "99"
                    && (port == group.servers[0]
                        || connection.info("master_link_status") == "up")
            }
        }
    }
}
