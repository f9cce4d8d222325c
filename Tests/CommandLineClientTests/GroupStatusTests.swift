import Bytes
import CommandLineClient
import Protocol
import Testing

@Suite struct `Status of a group` {
    private func text(_ group: FakeGroup) -> String {
        GroupStatusText(group.discovered().result).text
    }

    private func health(_ group: FakeGroup) -> GroupHealth {
        GroupHealth(group.discovered().result)
    }

    @Test func `shows everybody at a glance`() {
        var group = FakeGroup.formed()
        group.servers[FakeGroup.server(3)]?.offset = 990
        #expect(
            text(group) == """
                main: healthy, quorum 2 of 3, epoch 0, down-after 5000 ms

                server         role     state    offset  behind
                10.0.0.1:6379  master   ok       1000
                10.0.0.2:6379  replica  link up  1000    0 bytes, 1 s
                10.0.0.3:6379  replica  link up  990     10 bytes, 1 s

                sentinel        names          knows                 state
                10.0.0.1:26379  10.0.0.1:6379  2 replicas, 2 others  ok
                10.0.0.2:26379  10.0.0.1:6379  2 replicas, 2 others  ok
                10.0.0.3:26379  10.0.0.1:6379  2 replicas, 2 others  ok

                """)
        #expect(health(group).state == .healthy)
    }

    @Test func `tells what is wrong and what to do`() {
        var group = FakeGroup.formed()
        group.servers[FakeGroup.server(2)]?.failure = "Connection refused"
        group.servers[FakeGroup.server(3)]?.linkIsUp = false
        group.sentinels[FakeGroup.sentinel(2)]?.failure = "no connection within 2 s"
        #expect(
            text(group) == """
                main: degraded, quorum 2 of 3, epoch 0, down-after 5000 ms

                server         role     state               offset  behind
                10.0.0.1:6379  master   ok                  1000
                10.0.0.2:6379  replica  connection refused  1000    0 bytes, 1 s
                10.0.0.3:6379  replica  link down           1000    ?

                sentinel        names          knows                 state
                10.0.0.1:26379  10.0.0.1:6379  2 replicas, 2 others  ok
                10.0.0.2:26379  -              -                     no connection within 2 s
                10.0.0.3:26379  10.0.0.1:6379  2 replicas, 2 others  ok

                ! the replica 10.0.0.2:6379 does not answer: connection refused
                  Is its host up, rds-server running (systemctl status), the port open?
                ! the link from 10.0.0.3:6379 to its master is down
                  A password (masterauth), a port or the network? See its log.
                ! the sentinel 10.0.0.2:26379 does not answer: no connection within 2 s
                  Is its host up, rds-sentinel running (systemctl status), the port open?

                """)
        #expect(health(group).state.exitStatus == 1)
    }

    @Test func `is down when no master takes writes`() {
        var group = FakeGroup.formed()
        group.servers[FakeGroup.server(1)]?.failure = "Connection refused"
        #expect(health(group).state == .down)
        group = .formed()
        group.servers[FakeGroup.server(1)]?.extra = "rds_fenced:1"
        #expect(health(group).state == .down)
        group = .formed()
        group.servers[FakeGroup.server(1)]?.extra = "loading:1"
        #expect(health(group).state == .down)
    }

    @Test func `follows the newest configuration, and names who does not`() {
        var group = FakeGroup.formed()
        group.servers[FakeGroup.server(2)]?.master = nil
        group.servers[FakeGroup.server(1)]?.master = FakeGroup.server(2)
        group.servers[FakeGroup.server(3)]?.master = FakeGroup.server(2)
        for number in [2, 3] {
            group.sentinels[FakeGroup.sentinel(number)]?.groups["main"]?.master =
                FakeGroup.server(2)
            group.sentinels[FakeGroup.sentinel(number)]?.groups["main"]?.epoch = 1
        }
        let observation = group.discovered().result
        #expect(observation.master == FakeGroup.server(2))
        #expect(
            GroupHealth(observation).problems.map(\.text) == [
                "the sentinel 10.0.0.1:26379 names another master: 10.0.0.1:6379"
            ])
        #expect(GroupHealth(observation).state == .degraded)
    }

    @Test func `needs majorities and equal quorums`() {
        var group = FakeGroup.formed()
        group.sentinels[FakeGroup.sentinel(3)]?.groups["main"]?.quorum = 1
        #expect(
            health(group).problems.map(\.text) == [
                "the sentinel 10.0.0.3:26379 has quorum 1, not 2"
            ])
        for number in [2, 3] {
            group.sentinels[FakeGroup.sentinel(number)]?.failure = "Connection refused"
        }
        #expect(
            health(group).problems.contains {
                $0.text == "1 of 3 sentinels watch: no majority, so no failover is possible"
            })
    }

    @Test func `trusts the sentinels where a password is wanted`() {
        var group = FakeGroup.formed()
        for number in 1...3 { group.servers[FakeGroup.server(number)]?.password = "secret" }
        #expect(health(group).state == .healthy)
        group.sentinels[FakeGroup.sentinel(1)]?.groups["main"]?.flags = "master,s_down,o_down"
        #expect(health(group).state == .down)
        group = .formed()
        group.servers[FakeGroup.server(2)]?.password = "secret"
        #expect(
            health(group).problems.map(\.text) == [
                "10.0.0.2:6379 wants a password, and others do not"
            ])
    }

    @Test func `says why there is nothing to show`() {
        var group = FakeGroup()
        #expect(group.discovered().failure == .watchesNothing(FakeGroup.sentinel(1)))
        group = .formed()
        #expect(
            group.discovered(name: "other").failure
                == .unknownName(FakeGroup.sentinel(1), "other", known: ["main"]))
        group.sentinels[FakeGroup.sentinel(1)]?.groups["b"] = FakeGroup.Watched(
            master: FakeGroup.server(9), quorum: 1)
        #expect(
            group.discovered().failure
                == .severalNames(FakeGroup.sentinel(1), ["b", "main"]))
        #expect(group.discovered(name: "main").failure == nil)
        group.sentinels[FakeGroup.sentinel(1)]?.failure = "Connection refused"
        #expect(
            group.discovered().failure
                == .unreachable(FakeGroup.sentinel(1), .unreachable("Connection refused")))
    }

    @Test func `knows the asked sentinel by the address that the others use`() {
        let group = FakeGroup.formed()
        var local = group
        local.sentinels[MemberAddress("127.0.0.1", 26_379)] =
            local.sentinels[FakeGroup.sentinel(1)]
        var discovery = GroupDiscovery(from: MemberAddress("127.0.0.1", 26_379), name: nil)
        let login = MemberLogin(user: nil, password: nil)
        for _ in 0..<10 where !discovery.next.isEmpty {
            for address in discovery.next.sentinels {
                let questions = login.sentinelQuestions(discovery.observation.name)
                // Only the asking host reaches the loopback address.
                var host = address.isLoopback ? local : group
                discovery.take(
                    login.sentinel(host.answer(address, questions)), ofSentinel: address)
            }
            for address in discovery.next.servers {
                var copy = group
                discovery.take(
                    login.server(copy.answer(address, login.serverQuestions)), ofServer: address)
            }
        }
        #expect(discovery.result.sentinels.keys.sorted() == (1...3).map { FakeGroup.sentinel($0) })
    }

    @Test func `shows the last failover where sentinels record it`() {
        var group = FakeGroup.formed()
        func pairs(_ values: [(String, ReplyValue)]) -> ReplyValue {
            .map(values.map { ReplyPair(.bulk(text: $0.0), $0.1) })
        }
        let phases = [("detect", 400), ("promote", 20), ("reconfigure", -1)].map {
            pairs([("phase", .bulk(text: $0.0)), ("took-ms", .integer($0.1))])
        }
        group.sentinels[FakeGroup.sentinel(2)]?.timeline = .array([
            pairs([
                ("epoch", .integer(4)), ("role", .bulk("leader")), ("cause", .bulk("down")),
                ("outcome", .bulk("done")), ("from", .bulk("10.0.0.2:6379")),
                ("to", .bulk("10.0.0.1:6379")), ("started-ms", .integer(1_795_399_090_123)),
                ("total-ms", .integer(512)), ("phases", .array(phases)),
            ])
        ])
        #expect(
            text(group).hasSuffix(
                """

                last failover: 2026-11-23 01:58:10 UTC (down), epoch 4
                  10.0.0.2:6379 -> 10.0.0.1:6379 in 512 ms
                  ms: detect 400, promote 20

                """))
        #expect(
            GroupStatusJSON(group.discovered().result).text.contains(
                "\"last_failover\":{\"epoch\":4,\"cause\":\"down\",\"from\":\"10.0.0.2:6379\","
                    + "\"to\":\"10.0.0.1:6379\",\"started_ms\":1795399090123,\"total_ms\":512,"
                    + "\"phases_ms\":{\"detect\":400,\"promote\":20,\"reconfigure\":-1}}"))
    }
}
