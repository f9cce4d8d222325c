import Bytes
import Configuration
import Consensus
import Determinism
import Protocol
import Testing

@Suite struct SettingsOfASentinel {
    static func parse(_ text: String) throws(ConfigurationError) -> SentinelSettings {
        try SentinelSettings(parsing: Array(text.utf8), source: "sentinel.conf")
    }

    @Test func `directives are obeyed in any order`() throws {
        let id = String(repeating: "e", count: 40)
        let settings = try Self.parse(
            """
            sentinel known-sentinel m 127.0.0.1 26380 \(id)
            sentinel known-slave m 127.0.0.1 6381
            sentinel known-replica m 127.0.0.1 6382
            sentinel config-epoch m 4
            sentinel leader-epoch m 5
            SENTINEL Down-After-Milliseconds m 1500
            sentinel failover-timeout m 9000
            sentinel parallel-syncs m 3
            sentinel auth-user m admin
            sentinel auth-pass m "pass word"
            sentinel rename-command m CONFIG GUESSME
            sentinel master-reboot-down-after-period m 700
            sentinel monitor m 127.0.0.1 6380 2
            sentinel current-epoch 6
            sentinel announce-ip 10.0.0.1
            sentinel announce-port 30000
            sentinel myid \(id)
            port 16380
            requirepass secret
            """)
        #expect(settings.port == 16380)
        #expect(settings.requiredPassword == "secret")
        #expect(settings.currentEpoch == 6)
        #expect(settings.announcedHost == "10.0.0.1")
        #expect(settings.announcedPort == 30000)
        let master = settings.masters[0]
        #expect(master.name == "m")
        #expect(master.quorum == 2)
        #expect(master.downAfter == .milliseconds(1500))
        #expect(master.failoverTimeout == .seconds(9))
        #expect(master.parallelSyncs == 3)
        #expect(master.authUser == "admin")
        #expect(master.authPassword == "pass word")
        #expect(master.rebootDownAfter == .milliseconds(700))
        #expect(master.configEpoch == 4)
        #expect(master.leaderEpoch == 5)
        #expect(master.knownReplicas.map(\.port) == [6381, 6382])
        #expect(master.knownSentinels[0].address.port == 26380)
        #expect(master.renamedCommands[0].replacement == "GUESSME")
    }

    @Test(arguments: [
        ("sentinel monitor m 127.0.0.1 6380 0", "Quorum must be 1 or greater."),
        ("sentinel monitor m 127.0.0.1 70000 1", "Invalid port number."),
        ("sentinel monitor m nowhere 6380 1", "Can't resolve instance hostname."),
        ("sentinel monitor m 127.0.0.1 6380", "Unrecognized sentinel configuration statement."),
        ("sentinel down-after-milliseconds x 5", "No such master with specified name."),
        ("sentinel down-after-milliseconds ok 0", "negative or zero time parameter."),
        ("sentinel failover-timeout ok -1", "negative or zero time parameter."),
        ("sentinel master-reboot-down-after-period ok -1", "negative time parameter."),
        ("sentinel monitor ok 127.0.0.1 1 1", "Duplicate master name."),
        ("sentinel myid short", "Malformed Sentinel id in myid option."),
        ("sentinel nonsense", "Unrecognized sentinel configuration statement."),
        (
            "sentinel resolve-hostnames maybe",
            "Please specify yes or no for the resolve-hostnames option."
        ),
        ("port 99999", "argument must be between 0 and 65535 inclusive"),
        ("sentinel \"myid", "Unbalanced quotes in configuration line"),
    ])
    func `a refused line is named`(line: String, reason: String) {
        let text = "# comment\nsentinel monitor ok 127.0.0.1 6380 1\n\(line)\n"
        do {
            _ = try Self.parse(text)
            Issue.record("\(line) was accepted")
        } catch {
            let message = error.message(version: "7.2.4")
            #expect(message.contains("*** FATAL CONFIG FILE ERROR (Redis 7.2.4) ***"))
            #expect(message.contains("Reading the configuration file, at line 3"))
            #expect(message.contains(">>> '\(line)'"))
            #expect(message.contains(reason))
        }
    }

    static let full = """
        # the operator's words
        port 16380
        loglevel notice

        # the group
        sentinel monitor alpha 127.0.0.1 6380 2
        sentinel down-after-milliseconds alpha 5000
        sentinel parallel-syncs alpha 1
        sentinel auth-pass alpha "a # b"
        # and another
        sentinel monitor beta 127.0.0.1 6390 1
        sentinel failover-timeout beta 10000
        sentinel known-slave beta 127.0.0.1 6391
        sentinel known-sentinel beta 127.0.0.1 26380 eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee
        user default on nopass ~* &* +@all

        """

    @Test func `the primary spelling is read, and written as every sentinel reads it`() throws {
        let text = try Self.rewritten(
            "sentinel monitor m 127.0.0.1 6380 2\n"
                + "sentinel primary-reboot-down-after-period m 700\n")
        #expect(text.contains("sentinel master-reboot-down-after-period m 700\n"))
        #expect(!text.contains("primary"))
    }

    /// The state file that a sentinel writes at once.
    static func rewritten(_ text: String) throws -> String {
        let process = Process(text, port: 1, seed: 3)
        var outputs: [SentinelOutput] = []
        process.machine.handle(.start, at: Instant(nanoseconds: 1), into: &outputs)
        process.machine.handle(
            .request(SentinelRequestID(number: 1), OwnedRequest(["SENTINEL", "FLUSHCONFIG"])),
            at: Instant(nanoseconds: 2), into: &outputs)
        var text = ""
        for case .record(_, let record, _) in outputs { text = record.text }
        return text
    }

    @Test func `a rewritten file keeps comments and order`() throws {
        let text = try Self.rewritten(Self.full)
        let id = text.split(separator: "\n").first { $0.hasPrefix("sentinel myid ") } ?? ""
        #expect(id.count == 54)
        #expect(
            text.replacing(id, with: "sentinel myid <id>") == """
                # the operator's words
                port 16380
                loglevel notice

                # the group
                sentinel monitor alpha 127.0.0.1 6380 2
                sentinel down-after-milliseconds alpha 5000
                sentinel parallel-syncs alpha 1
                sentinel auth-pass alpha "a # b"
                # and another
                sentinel monitor beta 127.0.0.1 6390 1
                sentinel failover-timeout beta 10000
                sentinel known-replica beta 127.0.0.1 6391
                sentinel known-sentinel beta 127.0.0.1 26380 eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee
                user default on nopass ~* &* +@all
                # Generated by CONFIG REWRITE
                sentinel myid <id>
                sentinel config-epoch alpha 0
                sentinel leader-epoch alpha 0
                sentinel config-epoch beta 0
                sentinel leader-epoch beta 0
                sentinel current-epoch 0

                """)
    }

    @Test func `a rewritten file is its own rewrite`() throws {
        let once = try Self.rewritten(Self.full)
        #expect(try Self.rewritten(once) == once)
    }

    @Test func `every truncation is read or refused`() throws {
        let text = try Self.rewritten(Self.full)
        for length in 0...text.utf8.count {
            _ = try? Self.parse(String(text.prefix(length)))
        }
    }

    @Test func `other directives of redis are known`() throws {
        let settings = try Self.parse(
            """
            bind 127.0.0.1 -::1
            port 16380
            dir "/tmp"
            daemonize no
            pidfile "/var/run/redis-sentinel.pid"
            logfile ""
            acllog-max-len 128
            protected-mode no
            latency-tracking-info-percentiles 50 99 99.9
            user default on nopass sanitize-payload ~* &* +@all
            maxclients 100
            """)
        let serving = try ServingSettings(settings.otherLines)
        #expect(serving.bind == ["127.0.0.1", "-::1"])
        #expect(serving.port == 16380)
        #expect(serving.directory == "/tmp")
        #expect(serving.maximumClients == 100)
    }

    @Test(arguments: [
        "nonsense 1", "maxclients many", "tls-port 6390", "aclfile /x", "user bob on",
        "loadmodule x.so", "daemonize maybe", "port 1 2", "bind",
    ])
    func `what cannot be kept is refused`(line: String) throws {
        #expect(throws: ConfigurationError.self) {
            _ = try ServingSettings(try Self.parse(line).otherLines)
        }
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("0.0.0.0", true), ("255.255.255.255", true), ("256.0.0.1", false),
        ("1.2.3", false), ("1.2.3.4.5", false), ("01.2.3.4", false), ("", false), ("a", false),
        ("::", true), ("::1", true), ("fe80::1%eth0", true), ("1:2:3:4:5:6:7:8", true),
        ("1:2:3:4:5:6:7", false), ("1::2::3", false), ("::ffff:10.0.0.1", true), ("12345::", false),
        (":::", false), ("1:", false), (":1", false), ("::g", false),
    ])
    func `addresses in digits are told from names`(text: String, isNumeric: Bool) {
        let bytes = Array(text.utf8)
        #expect(NodeAddress.isNumeric(bytes.span) == isNumeric)
    }
}
