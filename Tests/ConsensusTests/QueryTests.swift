import Bytes
import Consensus
import Determinism
import Protocol
import Testing

@Suite struct Queries {
    static func ask(_ world: World, _ words: String...) -> SentinelReply? {
        let before = world.replies.count
        let number = 1_000_000 + before
        world.feed(
            0,
            .request(
                SentinelRequestID(number: number), OwnedRequest(words.map { ByteString($0) })))
        return world.replies.count > before ? world.replies.last : nil
    }

    static func error(_ text: String) -> SentinelReply { .value(.error(ByteString(text))) }

    @Test func `the address of a master`() {
        let world = FailingOver.group()
        let address = SentinelReply.value(.array([.bulk("127.0.0.1"), .bulk("7000")]))
        #expect(Self.ask(world, "sentinel", "GET-MASTER-ADDR-BY-NAME", "mymaster") == address)
        #expect(Self.ask(world, "SENTINEL", "get-primary-addr-by-name", "mymaster") == address)
        #expect(Self.ask(world, "SENTINEL", "get-master-addr-by-name", "x") == .nullArray)
    }

    static func names(_ value: ReplyValue) -> [String] {
        guard case .map(let pairs) = value else { return [] }
        return pairs.compactMap { $0.key.bytes?.text }
    }

    @Test func `fields and their order are those of Redis`() {
        let world = FailingOver.group()
        guard case .value(let master)? = Self.ask(world, "SENTINEL", "MASTER", "mymaster"),
            case .value(.array(let masters))? = Self.ask(world, "SENTINEL", "MASTERS"),
            case .value(.array(let replicas))? = Self.ask(world, "SENTINEL", "REPLICAS", "mymaster"),
            case .value(.array(let slaves))? = Self.ask(world, "SENTINEL", "SLAVES", "mymaster"),
            case .value(.array(let peers))? = Self.ask(world, "SENTINEL", "SENTINELS", "mymaster")
        else {
            Issue.record("a reply is missing")
            return
        }
        #expect(masters == [master])
        #expect(replicas == slaves)
        #expect(
            Self.names(master) == [
                "name", "ip", "port", "runid", "flags", "link-pending-commands", "link-refcount",
                "last-ping-sent", "last-ok-ping-reply", "last-ping-reply",
                "down-after-milliseconds", "info-refresh", "role-reported", "role-reported-time",
                "config-epoch", "num-slaves", "num-other-sentinels", "quorum", "failover-timeout",
                "parallel-syncs",
            ])
        #expect(
            Self.names(replicas[0]) == [
                "name", "ip", "port", "runid", "flags", "link-pending-commands", "link-refcount",
                "last-ping-sent", "last-ok-ping-reply", "last-ping-reply",
                "down-after-milliseconds", "info-refresh", "role-reported", "role-reported-time",
                "master-link-down-time", "master-link-status", "master-host", "master-port",
                "slave-priority", "slave-repl-offset", "replica-announced",
            ])
        #expect(
            Self.names(peers[0]) == [
                "name", "ip", "port", "runid", "flags", "link-pending-commands", "link-refcount",
                "last-ping-sent", "last-ok-ping-reply", "last-ping-reply",
                "down-after-milliseconds", "last-hello-message", "voted-leader",
                "voted-leader-epoch",
            ])
        #expect(world.field("flags", of: master) == "master")
        #expect(world.field("num-slaves", of: master) == "2")
        #expect(world.field("num-other-sentinels", of: master) == "2")
        #expect(world.field("flags", of: replicas[0]) == "slave")
        #expect(world.field("master-link-status", of: replicas[0]) == "ok")
        #expect(world.field("name", of: replicas[0]) == "127.0.0.1:7001")
        #expect(world.field("flags", of: peers[0]) == "sentinel")
    }

    @Test func `a failover shows in the fields`() {
        let world = FailingOver.group()
        world.servers[World.address(7002)]?.refusal = "NOPERM no"
        world.kill(server: 7000)
        world.run(for: .seconds(6))
        guard case .value(let master)? = Self.ask(world, "SENTINEL", "MASTER", "mymaster") else {
            return
        }
        #expect(world.field("failover-state", of: master) == "reconf_slaves")
        #expect(world.field("flags", of: master)?.hasPrefix("s_down") == true)
        #expect(world.field("flags", of: master)?.contains("failover_in_progress") == true)
        #expect(world.field("s-down-time", of: master) != nil)
        #expect(world.masterAddress(0) == 7001)
    }

    @Test func `ckquorum`() {
        let world = FailingOver.group(3, quorum: 2)
        #expect(
            Self.ask(world, "SENTINEL", "CKQUORUM", "mymaster")
                == .value(
                    .simpleString(
                        "OK 3 usable Sentinels. Quorum and failover authorization can be reached")))
        world.kill(sentinel: 1)
        world.kill(sentinel: 2)
        world.run(for: .seconds(5))
        #expect(
            Self.ask(world, "SENTINEL", "CKQUORUM", "mymaster")
                == Self.error(
                    "NOQUORUM 1 usable Sentinels. Not enough available Sentinels to reach the "
                        + "specified quorum for this master. Not enough available Sentinels to "
                        + "reach the majority and authorize a failover"))
        #expect(
            Self.ask(world, "SENTINEL", "CKQUORUM", "x")
                == Self.error("ERR No such master with that name"))
    }

    @Test func `monitor and remove`() {
        let world = FailingOver.group(1, quorum: 1)
        for (words, text) in [
            (["other", "127.0.0.1", "7000", "x"], "ERR Invalid quorum"),
            (["other", "127.0.0.1", "x", "1"], "ERR Invalid port"),
            (["other", "127.0.0.1", "7000", "0"], "ERR Quorum must be 1 or greater."),
            (["other", "host", "7000", "1"], "ERR Invalid IP address or hostname specified"),
            (["other", "127.0.0.1", "99999", "1"], "ERR Invalid port number."),
            (["mymaster", "127.0.0.1", "7000", "1"], "ERR Duplicate master name."),
        ] {
            #expect(
                Self.ask(world, "SENTINEL", "MONITOR", words[0], words[1], words[2], words[3])
                    == Self.error(text))
        }
        #expect(
            Self.ask(world, "SENTINEL", "MONITOR", "a b", "127.0.0.1", "7001", "1")
                == .value(.simpleString("OK")))
        #expect(world.processes[0].file.contains("sentinel monitor \"a b\" 127.0.0.1 7001 1\n"))
        #expect(
            Self.ask(world, "ROLE")
                == .value(.array([.bulk("sentinel"), .array([.bulk("mymaster"), .bulk("a b")])])))
        #expect(Self.ask(world, "SENTINEL", "REMOVE", "a b") == .value(.simpleString("OK")))
        #expect(!world.processes[0].file.contains("a b"))
        #expect(world.lines(0, "-monitor") == ["# -monitor master a b 127.0.0.1 7001"])
    }

    @Test func `set changes several options at once, or none`() {
        let world = FailingOver.group(1, quorum: 1)
        #expect(
            Self.ask(
                world, "SENTINEL", "SET", "mymaster", "quorum", "2", "down-after-milliseconds",
                "1000", "auth-pass", "secret", "rename-command", "config", "x")
                == .value(.simpleString("OK")))
        #expect(
            world.lines(0, "+set") == [
                "# +set master mymaster 127.0.0.1 7000 quorum 2",
                "# +set master mymaster 127.0.0.1 7000 down-after-milliseconds 1000",
                "# +set master mymaster 127.0.0.1 7000 auth-pass ******",
                "# +set master mymaster 127.0.0.1 7000 rename-command config x",
            ])
        #expect(world.processes[0].file.contains("sentinel auth-pass mymaster secret\n"))
        #expect(
            Self.ask(world, "SENTINEL", "SET", "mymaster", "quorum", "5", "parallel-syncs", "0")
                == Self.error("ERR Invalid argument '0' for SENTINEL SET 'parallel-syncs'"))
        #expect(world.processes[0].file.contains("sentinel monitor mymaster 127.0.0.1 7000 2\n"))
        #expect(
            Self.ask(world, "SENTINEL", "SET", "mymaster", "nonsense", "1")
                == Self.error(
                    "ERR Unknown option or number of arguments for SENTINEL SET 'nonsense'"))
        #expect(
            Self.ask(world, "SENTINEL", "SET", "mymaster", "notification-script", "/x")
                == Self.error(
                    "ERR Reconfiguration of scripts path is denied for security reasons. Check "
                        + "the deny-scripts-reconfig configuration directive in your Sentinel "
                        + "configuration"))
    }

    @Test func `a change that cannot be stored is not answered with OK`() {
        let world = FailingOver.group(1, quorum: 1)
        world.processes[0].failsRecords = true
        #expect(
            Self.ask(world, "SENTINEL", "SET", "mymaster", "quorum", "1")
                == Self.error("ERR Failed to save config file. Check server logs."))
        #expect(
            Self.ask(world, "SENTINEL", "FLUSHCONFIG")
                == Self.error("ERR Failed to save config file. Check server logs."))
    }

    @Test func `reset forgets replicas and sentinels`() {
        let world = FailingOver.group()
        #expect(Self.ask(world, "SENTINEL", "RESET", "my*") == .value(.integer(1)))
        #expect(Self.ask(world, "SENTINEL", "RESET", "x*") == .value(.integer(0)))
        #expect(
            world.lines(0, "+reset-master") == ["# +reset-master master mymaster 127.0.0.1 7000"])
        world.run(for: .seconds(5))
        #expect(world.lines(0, "+slave").count == 4)
        #expect(world.lines(0, "+sentinel ").count == 4)
    }

    @Test func `malformed requests are refused in Redis's words`() {
        let world = FailingOver.group(1, quorum: 1)
        for (words, text) in [
            (["SENTINEL"], "ERR wrong number of arguments for 'sentinel' command"),
            (["SENTINEL", "FOO"], "ERR unknown subcommand 'FOO'. Try SENTINEL HELP."),
            (
                ["SENTINEL", "MASTER"],
                "ERR wrong number of arguments for 'sentinel|master' command"
            ),
            (["SENTINEL", "MASTER", "x"], "ERR No such master with that name"),
            (
                ["SENTINEL", "is-master-down-by-addr", "127.0.0.1", "x", "0", "*"],
                "ERR value is not an integer or out of range"
            ),
            (
                ["PUBLISH", "news", "x"],
                "ERR Only HELLO messages are accepted by Sentinel instances."
            ),
            (["SENTINEL", "FAILOVER", "x"], "ERR No such master with that name"),
            (
                ["SENTINEL", "SET", "mymaster", "Quorum", "0"],
                "ERR Invalid argument '0' for SENTINEL SET 'Quorum'"
            ),
        ] {
            world.feed(
                0,
                .request(
                    SentinelRequestID(number: 9_000_000),
                    OwnedRequest(words.map { ByteString($0) })))
            #expect(world.replies.last == Self.error(text))
        }
    }

    @Test func `settings of the process`() {
        let world = FailingOver.group(1, quorum: 1)
        #expect(
            Self.ask(
                world, "SENTINEL", "CONFIG", "SET", "announce-port", "30000", "loglevel", "debug")
                == .value(.simpleString("OK")))
        #expect(
            Self.ask(world, "SENTINEL", "CONFIG", "GET", "announce-*", "loglevel")
                == .value(
                    .map([
                        ReplyPair(.bulk("announce-hostnames"), .bulk("no")),
                        ReplyPair(.bulk("announce-ip"), .bulk("")),
                        ReplyPair(.bulk("announce-port"), .bulk("30000")),
                        ReplyPair(.bulk("loglevel"), .bulk("debug")),
                    ])))
        #expect(
            Self.ask(world, "SENTINEL", "CONFIG", "SET", "announce-port", "x")
                == Self.error("ERR Invalid value 'x' to SENTINEL CONFIG SET 'announce-port'"))
        #expect(
            Self.ask(world, "SENTINEL", "DEBUG", "ping-period", "500")
                == .value(.simpleString("OK")))
        #expect(
            Self.ask(world, "SENTINEL", "DEBUG", "ping-period", "0")
                == Self.error("ERR Invalid argument '0' for SENTINEL DEBUG 'ping-period'"))
        #expect(
            Self.ask(world, "SENTINEL", "MYID")
                == .value(.bulk(text: String(repeating: "a", count: 40))))
    }

    @Test func `the section of INFO`() {
        let world = FailingOver.group()
        let text = world.processes[0].machine.informationSection(at: world.now).text
        #expect(
            text == "# Sentinel\r\nsentinel_masters:1\r\nsentinel_tilt:0\r\n"
                + "sentinel_tilt_since_seconds:-1\r\nsentinel_running_scripts:0\r\n"
                + "sentinel_scripts_queue_length:0\r\nsentinel_simulate_failure_flags:0\r\n"
                + "sentinel_config_last_write_status:ok\r\nsentinel_refusing_nodes:0\r\n"
                + "master0:name=mymaster,status=ok,address=127.0.0.1:7000,slaves=2,sentinels=3\r\n")
    }

    @Test func `a simulated failure ends the process at its step`() {
        let world = FailingOver.group()
        _ = Self.ask(world, "SENTINEL", "SIMULATE-FAILURE", "crash-after-election")
        world.kill(server: 7000)
        world.run(for: .seconds(5))
        #expect(world.lines(0, "exit") == ["exit 99"])
        #expect(world.lines(0, "+selected-slave").isEmpty)
        world.run(for: .seconds(60))
        #expect(world.masterAddress(1) == 7001)
    }
}

@Suite struct SelectingReplicas {
    /// The port of the replica that a failover promotes; nil when there is none.
    static func promoted(_ arrange: (World) -> Void) -> Int? {
        let world = FailingOver.group(1, quorum: 1, replicas: 3)
        arrange(world)
        world.run(for: .seconds(12))
        world.kill(server: 7000)
        world.run(for: .seconds(8))
        let port = world.masterAddress(0)
        return port == 7000 ? nil : port
    }

    @Test func `the lowest priority number first`() {
        #expect(
            Self.promoted {
                $0.servers[World.address(7003)]?.priority = 1
                $0.servers[World.address(7001)]?.offset = 5000
            } == 7003)
    }

    @Test func `then the greatest offset`() {
        #expect(Self.promoted { $0.servers[World.address(7002)]?.offset = 5000 } == 7002)
    }

    @Test func `then the smallest run id`() {
        #expect(Self.promoted { _ in } == 7001)
    }

    @Test func `never one with priority zero`() {
        #expect(
            Self.promoted { world in
                for port in 7001...7003 { world.servers[World.address(port)]?.priority = 0 }
            } == nil)
    }

    @Test func `never one that has not synchronised`() {
        #expect(
            Self.promoted { world in
                for port in 7001...7002 {
                    world.servers[World.address(port)]?.linkIsUp = false
                    world.servers[World.address(port)]?.linkDownSeconds = -1
                    world.servers[World.address(port)]?.offset = 1
                    world.servers[World.address(port)]?.history = String(repeating: "f", count: 40)
                }
                world.servers[World.address(7003)]?.priority = 200
            } == 7003)
    }

    @Test func `an unwritten master's replica counts as synchronised`() {
        #expect(
            Self.promoted { world in
                for port in 7001...7003 {
                    world.servers[World.address(port)]?.linkIsUp = false
                    world.servers[World.address(port)]?.offset = 1
                }
            } == 7001)
    }

    @Test func `never one that lost its master long before`() {
        #expect(
            Self.promoted { world in
                for port in 7001...7002 {
                    world.servers[World.address(port)]?.linkIsUp = false
                    world.servers[World.address(port)]?.linkDownSeconds = 100
                }
            } == 7003)
    }

    @Test func `never one that is down`() {
        #expect(
            Self.promoted { world in
                world.kill(server: 7001)
                world.servers[World.address(7002)]?.answers = false
            } == 7003)
    }
}
