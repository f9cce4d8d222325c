import Bytes
import CommandLineClient
import Protocol
import Testing

@Suite struct `Making a group` {
    /// What a run printed, what it ordered, and its exit status.
    private struct Run {
        var text = ""
        var orders: [String] = []
        var status: Int32 = -1
    }

    private func words(_ line: String) -> [ByteString] {
        line.split(separator: " ").map { ByteString($0) }
    }

    private func options(_ more: String = "") throws -> GroupOptions {
        let line = "init --name main --hosts 10.0.0.1,10.0.0.2,10.0.0.3 \(more)"
        let outcome = GroupOptions.parse(words(line), after: ClientOptions())
        guard case .run(let options) = outcome else {
            throw Refused(text: "\(outcome)")
        }
        return options
    }

    private struct Refused: Error {
        var text: String
    }

    /// Drives the machine against the members; stops after `stages` stages, as an interrupt does.
    private func run(
        _ group: inout FakeGroup, _ more: String = "", password: ByteString? = nil,
        stages: Int = .max, answer: Bool = true
    ) throws -> Run {
        let options = try options(more)
        let login = MemberLogin(user: nil, password: password)
        var formation = Formation(
            FormationRequest(options, hosts: options.hosts, password: password))
        var run = Run()
        var now = 0
        var left = stages
        group.orders = []
        for _ in 0..<2000 {
            let step = formation.next(at: now)
            run.text += formation.takeOutput()
            switch step {
            case .ask(let servers, let sentinels):
                var observation = GroupObservation(name: "main")
                for address in servers {
                    observation.servers[address] = login.server(
                        group.answer(address, login.serverQuestions))
                }
                for address in sentinels {
                    observation.sentinels[address] = login.sentinel(
                        group.answer(address, login.sentinelQuestions("main")))
                }
                formation.take(observation, at: now)
            case .confirm:
                formation.confirm(answer)
            case .order(let orders):
                if left == 0 {
                    run.orders = group.orders
                    return run
                }
                left -= 1
                formation.take(
                    orders.map { order in
                        let answer = group.answer(order.address, login.words + order.commands)
                        return MemberAnswer(
                            replies: Array(answer.replies.dropFirst(login.words.count)),
                            failure: answer.failure)
                    })
            case .pause(let milliseconds):
                now += milliseconds
            case .end(let status):
                run.status = status
                run.orders = group.orders
                return run
            }
        }
        Issue.record("it does not end:\n\(run.text)")
        return run
    }

    private let table = """

        main: healthy, quorum 2 of 3, epoch 0, down-after 5000 ms

        server         role     state    offset  behind
        10.0.0.1:6379  master   ok       1000
        10.0.0.2:6379  replica  link up  1000    0 bytes, 1 s
        10.0.0.3:6379  replica  link up  1000    0 bytes, 1 s

        sentinel        names          knows                 state
        10.0.0.1:26379  10.0.0.1:6379  2 replicas, 2 others  ok
        10.0.0.2:26379  10.0.0.1:6379  2 replicas, 2 others  ok
        10.0.0.3:26379  10.0.0.1:6379  2 replicas, 2 others  ok

        """

    // MARK: From nothing

    @Test func `makes one of empty members`() throws {
        var group = FakeGroup()
        let run = try run(&group)
        #expect(
            run.text == """
                The group main:
                  10.0.0.1:6379 becomes the master
                  10.0.0.2:6379 becomes a replica of 10.0.0.1:6379
                  10.0.0.3:6379 becomes a replica of 10.0.0.1:6379
                  10.0.0.1:26379 watches it
                  10.0.0.2:26379 watches it
                  10.0.0.3:26379 watches it
                  quorum 2, down-after 5000 ms, failover-timeout 10000 ms
                  10.0.0.2:6379 follows 10.0.0.1:6379
                  10.0.0.3:6379 follows 10.0.0.1:6379
                  10.0.0.1:26379 knows the group
                  10.0.0.2:26379 knows the group
                  10.0.0.3:26379 knows the group
                All agree.

                """ + table)
        #expect(
            run.orders == [
                "10.0.0.2:6379: REPLICAOF 10.0.0.1 6379", "10.0.0.2:6379: CONFIG REWRITE",
                "10.0.0.3:6379: REPLICAOF 10.0.0.1 6379", "10.0.0.3:6379: CONFIG REWRITE",
                "10.0.0.1:26379: SENTINEL MONITOR main 10.0.0.1 6379 2",
                "10.0.0.1:26379: SENTINEL SET main down-after-milliseconds 5000 "
                    + "failover-timeout 10000",
                "10.0.0.2:26379: SENTINEL MONITOR main 10.0.0.1 6379 2",
                "10.0.0.2:26379: SENTINEL SET main down-after-milliseconds 5000 "
                    + "failover-timeout 10000",
                "10.0.0.3:26379: SENTINEL MONITOR main 10.0.0.1 6379 2",
                "10.0.0.3:26379: SENTINEL SET main down-after-milliseconds 5000 "
                    + "failover-timeout 10000",
            ])
        #expect(run.status == 0)
    }

    @Test func `changes nothing in a dry run, or when the answer is no`() throws {
        var group = FakeGroup()
        let dry = try run(&group, "--dry-run")
        #expect(dry.text.hasSuffix("Nothing was changed: this is a dry run.\n"))
        #expect(dry.orders == [])
        #expect(dry.status == 0)
        let declined = try run(&group, answer: false)
        #expect(declined.text.hasSuffix("\nNothing was changed.\n"))
        #expect(declined.orders == [])
        #expect(declined.status == 2)
    }

    @Test func `goes on after an interrupt anywhere`() throws {
        for stages in 0...3 {
            var group = FakeGroup()
            _ = try run(&group, password: "secret", stages: stages)
            let second = try run(&group, password: "secret")
            #expect(second.status == 0, "after \(stages) stages:\n\(second.text)")
            let third = try run(&group, password: "secret")
            #expect(third.orders == [])
        }
    }

    @Test func `gives servers the password before they follow, and shows it nowhere`() throws {
        var group = FakeGroup()
        let run = try run(&group, password: "secret")
        #expect(run.status == 0)
        #expect(!run.text.contains("secret"))
        #expect(run.text.contains("  10.0.0.2:6379 gets the password\n"))
        #expect(run.orders[0] == "10.0.0.1:6379: CONFIG SET masterauth secret requirepass secret")
        #expect(
            run.orders.last
                == "10.0.0.3:26379: SENTINEL SET main down-after-milliseconds 5000 "
                + "failover-timeout 10000 auth-pass secret")
        let again = try self.run(&group, password: "secret")
        #expect(again.orders == [])
        let without = try self.run(&group)
        #expect(without.status == 2)
        #expect(without.text.contains("! the server 10.0.0.1:6379: wants a password\n"))
    }

    @Test func `warns of a server without a file`() throws {
        var group = FakeGroup()
        group.servers[FakeGroup.server(2)]?.hasFile = false
        let run = try run(&group)
        #expect(run.status == 0)
        #expect(
            run.text.contains(
                "Note: 10.0.0.2:6379 forgets its role and settings when it restarts:\n"
                    + "  ERR The server is running without a config file\n"))
    }

    // MARK: What is formed already

    @Test func `changes nothing in a group that is formed`() throws {
        var group = FakeGroup.formed()
        for number in 1...3 { group.servers[FakeGroup.server(number)]?.keys = 5 }
        let run = try run(&group)
        #expect(
            run.text
                == "The group main is formed, with its master at 10.0.0.1:6379: "
                + "nothing to change.\n" + table)
        #expect(run.orders == [])
        #expect(run.status == 0)
    }

    @Test func `leaves a master alone that took over since`() throws {
        var group = FakeGroup.formed()
        group.servers[FakeGroup.server(2)]?.master = nil
        group.servers[FakeGroup.server(1)]?.master = FakeGroup.server(2)
        group.servers[FakeGroup.server(3)]?.master = FakeGroup.server(2)
        for number in 1...3 {
            group.sentinels[FakeGroup.sentinel(number)]?.groups["main"]?.master =
                FakeGroup.server(2)
            group.servers[FakeGroup.server(number)]?.keys = 5
        }
        let run = try run(&group)
        #expect(run.text.hasPrefix("The group main is formed, with its master at 10.0.0.2:6379"))
        #expect(run.orders == [])
        #expect(run.status == 0)
    }

    @Test func `adds a member that is missing`() throws {
        var group = FakeGroup.formed()
        group.servers[FakeGroup.server(3)]?.master = nil
        group.sentinels[FakeGroup.sentinel(3)]?.groups = [:]
        let run = try run(&group)
        #expect(
            run.orders == [
                "10.0.0.3:6379: REPLICAOF 10.0.0.1 6379", "10.0.0.3:6379: CONFIG REWRITE",
                "10.0.0.3:26379: SENTINEL MONITOR main 10.0.0.1 6379 2",
                "10.0.0.3:26379: SENTINEL SET main down-after-milliseconds 5000 "
                    + "failover-timeout 10000",
            ])
        #expect(run.status == 0)
    }

    @Test func `changes settings that are said`() throws {
        var group = FakeGroup.formed()
        let run = try run(&group, "--down-after 3000 --quorum 3")
        #expect(
            run.orders
                == (1...3).map {
                    "10.0.0.\($0):26379: SENTINEL SET main quorum 3 down-after-milliseconds 3000"
                })
        #expect(
            run.text.contains("10.0.0.2:26379 changes down-after-milliseconds from 5000 to 3000"))
        #expect(try self.run(&group, "--down-after 3000 --quorum 3").orders == [])
    }

    @Test func `waits for a failover, and for what the sentinels mend`() throws {
        var group = FakeGroup.formed()
        group.sentinels[FakeGroup.sentinel(1)]?.groups["main"]?.flags =
            "master,failover_in_progress"
        let busy = try run(&group, "--timeout 10")
        #expect(busy.text.hasPrefix("  waiting: a failover is under way\nNot all agree after 10 s"))
        #expect(busy.status == 1)
        group = .formed()
        group.sentinels[FakeGroup.sentinel(2)]?.knowsNobody = true
        let apart = try run(&group, "--timeout 10")
        #expect(apart.text.contains("  waiting: the sentinel 10.0.0.2:26379 knows 0 of 2 others\n"))
        #expect(apart.orders == [])
        #expect(apart.status == 1)
    }

    // MARK: Refusals

    private func refusal(_ group: FakeGroup, _ more: String = "") throws -> String {
        var group = group
        let run = try run(&group, more)
        #expect(run.status == 2)
        #expect(run.orders == [])
        #expect(run.text.hasPrefix("Cannot make the group main:\n! "))
        #expect(run.text.hasSuffix("\nNothing was changed.\n"))
        let lines = run.text.split(separator: "\n").filter { $0.hasPrefix("! ") }
        return lines.map { String($0.dropFirst(2)) }.joined(separator: "; ")
    }

    @Test func `touches no data of others`() throws {
        var group = FakeGroup()
        group.servers[FakeGroup.server(2)]?.keys = 7
        #expect(
            try refusal(group) == "10.0.0.2:6379 holds 7 keys that are not of this group")
        group = FakeGroup()
        group.servers[FakeGroup.server(1)]?.keys = 7
        #expect(try refusal(group) == "10.0.0.1:6379 holds 7 keys")
        #expect(try run(&group, "--adopt-data").status == 0)
        group = FakeGroup()
        group.servers[FakeGroup.server(3)]?.master = FakeGroup.server(9)
        #expect(
            try refusal(group) == "10.0.0.3:6379 follows 10.0.0.9:6379, which is not of --hosts")
        group = FakeGroup()
        group.servers[FakeGroup.server(9)] = FakeGroup.Server(master: FakeGroup.server(2))
        #expect(
            try refusal(group)
                == "10.0.0.2:6379 has a replica at 10.0.0.9:6379, which is not of --hosts")
    }

    @Test func `keeps a master that the others follow already`() throws {
        var group = FakeGroup()
        for number in 1...3 { group.servers[FakeGroup.server(number)]?.keys = 7 }
        group.servers[FakeGroup.server(1)]?.master = FakeGroup.server(2)
        group.servers[FakeGroup.server(3)]?.master = FakeGroup.server(2)
        let run = try run(&group)
        #expect(run.text.contains("  10.0.0.2:6379 stays the master\n"))
        #expect(run.orders.count == 6)
        #expect(run.status == 0)
    }

    @Test func `touches no group of others`() throws {
        var group = FakeGroup()
        group.sentinels[FakeGroup.sentinel(2)]?.groups["main"] = FakeGroup.Watched(
            master: FakeGroup.server(9), quorum: 2)
        #expect(
            try refusal(group)
                == "the sentinel 10.0.0.2:26379 watches main at 10.0.0.9:6379, which is not of "
                + "--hosts")
        group = FakeGroup()
        group.sentinels[FakeGroup.sentinel(2)]?.groups["old"] = FakeGroup.Watched(
            master: FakeGroup.server(3), quorum: 2)
        #expect(
            try refusal(group) == "the sentinel 10.0.0.2:26379 watches 10.0.0.3:6379 as old")
    }

    @Test func `needs an answer of everybody`() throws {
        var group = FakeGroup()
        group.servers[FakeGroup.server(2)]?.failure = "Connection refused"
        group.sentinels[FakeGroup.sentinel(3)]?.failure = "no connection within 3 s"
        #expect(
            try refusal(group)
                == "the server 10.0.0.2:6379: connection refused; "
                + "the sentinel 10.0.0.3:26379: no connection within 3 s")
        group = FakeGroup()
        group.servers[FakeGroup.server(2)]?.extra = "redis_mode:sentinel"
        #expect(try refusal(group) == "10.0.0.2:6379 is a sentinel, not a server")
        group = FakeGroup()
        group.sentinels[FakeGroup.sentinel(3)]?.identity = "id-1"
        #expect(
            try refusal(group)
                == "10.0.0.1:26379 and 10.0.0.3:26379 are one sentinel, or copies of one")
    }

    @Test func `does not send hosts to themselves`() throws {
        var group = FakeGroup()
        group.servers[MemberAddress("127.0.1.1", 6379)] = FakeGroup.Server()
        group.sentinels[MemberAddress("127.0.1.1", 26_379)] = FakeGroup.Sentinel(identity: "l")
        let text = try refusal(group, "--hosts 127.0.1.1,10.0.0.2,10.0.0.3")
        #expect(text == "127.0.1.1 is reached by its own host only")
    }

    // MARK: Options

    @Test func `hosts may carry ports`() throws {
        let given = try options(
            "--hosts a,b:7000,c:7001:8001,[::1]:7002:8002,fe80::1 --sentinel-port 9000")
        #expect(
            given.hosts == [
                GroupHost(host: "a", serverPort: 6379, sentinelPort: 9000),
                GroupHost(host: "b", serverPort: 7000, sentinelPort: 9000),
                GroupHost(host: "c", serverPort: 7001, sentinelPort: 8001),
                GroupHost(host: "::1", serverPort: 7002, sentinelPort: 8002),
                GroupHost(host: "fe80::1", serverPort: 6379, sentinelPort: 9000),
            ])
    }

    @Test(arguments: [
        ("init --name x", "ha init needs --name NAME and --hosts A,B,C"),
        (
            "init --name x --hosts a,,b",
            "'' is no host: write HOST, HOST:PORT or "
                + "HOST:PORT:SENTINELPORT"
        ),
        (
            "init --name x --hosts a:b",
            "'a:b' is no host: write HOST, HOST:PORT or "
                + "HOST:PORT:SENTINELPORT"
        ),
        (
            "init --name x --hosts a:6380,a:6381",
            "Two members at a:26379: give each host of "
                + "--hosts its ports, as in a:6381:26381"
        ),
        (
            "init --name a/b --hosts a",
            "A name has letters, digits and the characters .-_ only: "
                + "a/b"
        ),
        ("init --name x --hosts a,b --quorum 3", "A quorum of 3 cannot be reached by 2 sentinels"),
        ("init --name x --hosts a --down-after 0", "--down-after needs a positive number, not '0'"),
        ("init --json", "ha init does not know '--json'. See rds-cli ha --help"),
        ("status --hosts a", "ha status does not know '--hosts'. See rds-cli ha --help"),
        ("status --name", "--name needs a value. See rds-cli ha --help"),
        ("heal", "There is no 'ha heal'. See rds-cli ha --help"),
    ])
    func `wrong words are refused`(_ line: String, _ text: String) {
        #expect(GroupOptions.parse(words(line), after: ClientOptions()) == .failure(text))
    }

    @Test func `status asks the sentinel of the options, whichever side they stand on`() {
        var before = ClientOptions()
        before.host = "db1"
        func sentinel(_ line: String, _ options: ClientOptions) -> MemberAddress? {
            guard case .run(let parsed) = GroupOptions.parse(words(line), after: options) else {
                return nil
            }
            return parsed.sentinel
        }
        #expect(sentinel("status", ClientOptions()) == MemberAddress("127.0.0.1", 26_379))
        #expect(sentinel("status", before) == MemberAddress("db1", 26_379))
        before.port = 7000
        #expect(sentinel("status", before) == MemberAddress("db1", 7000))
        #expect(sentinel("status -h db2 -p 7001", before) == MemberAddress("db2", 7001))
    }
}
