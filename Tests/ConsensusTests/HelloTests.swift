import Bytes
import Consensus
import Determinism
import Protocol
import Testing

@Suite struct Hellos {
    static let b = String(repeating: "b", count: 40)
    static let c = String(repeating: "c", count: 40)

    /// One sentinel, told hellos as other sentinels do.
    static func listener() -> World {
        let world = World()
        world.addServers(replicas: 2)
        world.addSentinels(1, quorum: 1)
        world.run(for: .seconds(3))
        return world
    }

    static func hello(
        _ world: World, port: Int = 8001, id: String = b, epoch: String = "0",
        name: String = "mymaster", master: Int = 7000, configEpoch: String = "0"
    ) {
        world.ask(
            0, "PUBLISH", "__sentinel__:hello",
            "127.0.0.1,\(port),\(id),\(epoch),\(name),127.0.0.1,\(master),\(configEpoch)")
    }

    @Test func `a hello makes a sentinel known`() {
        let world = Self.listener()
        Self.hello(world)
        #expect(world.replies.last == .value(.integer(1)))
        #expect(
            world.lines(0, "+sentinel")
                == ["* +sentinel sentinel \(Self.b) 127.0.0.1 8001 @ mymaster 127.0.0.1 7000"])
        #expect(
            world.processes[0].file.contains("known-sentinel mymaster 127.0.0.1 8001 \(Self.b)"))
        Self.hello(world)
        #expect(world.lines(0, "+sentinel").count == 1)
    }

    @Test func `a sentinel under a new address is the same sentinel`() {
        let world = Self.listener()
        Self.hello(world)
        Self.hello(world, port: 8005)
        world.run(for: .milliseconds(200))
        #expect(
            world.lines(0, "+sentinel-address-switch") == [
                "* +sentinel-address-switch master mymaster 127.0.0.1 7000 ip 127.0.0.1 port 8005 "
                    + "for \(Self.b)"
            ])
        #expect(
            world.processes[0].file.contains("known-sentinel mymaster 127.0.0.1 8005 \(Self.b)"))
        #expect(!world.processes[0].file.contains("8001"))
    }

    @Test func `another sentinel under a known address replaces it`() {
        let world = Self.listener()
        Self.hello(world)
        Self.hello(world, id: Self.c)
        world.run(for: .milliseconds(200))
        #expect(world.lines(0, "+sentinel-invalid-addr").count == 1)
        #expect(world.processes[0].file.contains(Self.c))
        #expect(!world.processes[0].file.contains(Self.b))
    }

    @Test func `a greater epoch is adopted, and stored first`() {
        let world = Self.listener()
        Self.hello(world, epoch: "12")
        let lines = world.lines(0)
        let event = lines.firstIndex { $0 == "# +new-epoch 12" }
        let record = lines.lastIndex { $0 == "record" }
        #expect(event != nil && record != nil)
        #expect(world.processes[0].file.contains("current-epoch 12"))
        Self.hello(world, epoch: "11")
        let epoch = world.processes[0].machine.currentEpoch
        #expect(epoch == 12)
    }

    @Test func `a newer configuration that a majority announces is adopted`() {
        let world = Self.listener()
        Self.hello(world, epoch: "2", master: 7002, configEpoch: "2")
        #expect(world.masterAddress(0) == 7000)
        Self.hello(world, port: 8002, id: Self.c, epoch: "2", master: 7002, configEpoch: "2")
        #expect(world.masterAddress(0) == 7002)
        let expected = [
            "# +config-update-from sentinel \(Self.c) 127.0.0.1 8002 @ mymaster 127.0.0.1 7000",
            "# +switch-master mymaster 127.0.0.1 7000 127.0.0.1 7002",
            "* +slave slave 127.0.0.1:7001 127.0.0.1 7001 @ mymaster 127.0.0.1 7002",
            "* +slave slave 127.0.0.1:7000 127.0.0.1 7000 @ mymaster 127.0.0.1 7002",
        ]
        #expect(
            world.lines(0, "config-update", "switch-master", "mymaster 127.0.0.1 7002") == expected)
    }

    @Test func `a configuration of an equal or lesser epoch is not`() {
        let world = Self.listener()
        for (master, epoch) in [(7002, "2"), (7001, "2"), (7001, "1")] {
            Self.hello(world, epoch: "2", master: master, configEpoch: epoch)
            Self.hello(
                world, port: 8002, id: Self.c, epoch: "2", master: master, configEpoch: epoch)
        }
        #expect(world.masterAddress(0) == 7002)
    }

    @Test func `a hello that its sentinel does not confirm is not adopted`() {
        let world = FailingOver.group()
        Self.hello(world, epoch: "1", master: 7002, configEpoch: "9")
        world.run(for: .seconds(5))
        #expect(world.masterAddress(0) == 7000)
        #expect(world.lines(0, "+switch-master").isEmpty)
    }

    @Test func `a node that refuses us is not down`() {
        let world = FailingOver.group(1, quorum: 1)
        world.servers[World.address(7000)]?.accessError = "NOAUTH Authentication required."
        world.run(for: .seconds(130))
        #expect(world.lines(0, "+sdown").isEmpty)
        #expect(world.lines(0, "refuses this sentinel").count == 3)
        world.kill(server: 7000)
        world.run(for: .seconds(10))
        #expect(world.masterAddress(0) == 7001)
    }

    @Test func `what sentinels say of themselves has eight tokens`() {
        let world = Self.listener()
        world.run(for: .seconds(3))
        let hellos = world.servers[World.address(7000)]?.received.filter {
            $0.hasPrefix("PUBLISH __sentinel__:hello ")
        }
        let id = String(repeating: "a", count: 40)
        #expect(
            hellos?.last
                == "PUBLISH __sentinel__:hello 127.0.0.1,8000,\(id),0,mymaster,127.0.0.1,7000,0")
    }

    @Test func `hostile hellos change nothing and crash nothing`() {
        let world = Self.listener()
        let file = world.processes[0].file
        Self.hello(world, id: String(repeating: "a", count: 40))
        Self.hello(world, id: "short")
        Self.hello(world, id: String(repeating: "\n", count: 40))
        Self.hello(world, port: 0)
        Self.hello(world, port: 70_000)
        Self.hello(world, epoch: "-1")
        Self.hello(world, epoch: "18446744073709551615")
        Self.hello(world, epoch: "999999999999999999999999")
        Self.hello(world, configEpoch: "x")
        Self.hello(world, name: "other")
        Self.hello(world, master: 0, configEpoch: "1")
        for text in [
            "", ",,,,,,,", "a,b,c", "1,2,3,4,5,6,7,8,9",
            "localhost,8001,\(Self.b),0,mymaster,127.0.0.1,7000,0",
            "127.0.0.1,8001,\(Self.b),0,mymaster,evil,7000,9",
            String(repeating: "9,", count: 100_000),
        ] {
            world.ask(0, "PUBLISH", "__sentinel__:hello", text)
        }
        #expect(world.lines(0, "+sentinel").isEmpty)
        let good = "127.0.0.1,8001,\(Self.b),0,mymaster,127.0.0.1,7000,0"
        for length in 0..<good.utf8.count {
            world.ask(0, "PUBLISH", "__sentinel__:hello", String(good.prefix(length)))
        }
        #expect(world.lines(0, "+sentinel").isEmpty)
        #expect(world.processes[0].file == file)
    }

    @Test func `a flood of sentinels ends at a limit`() {
        let world = Self.listener()
        for number in 0..<300 {
            let id = String(repeating: "0", count: 36) + String(10_000 + number).suffix(4)
            Self.hello(world, port: 10_000 + number, id: id)
        }
        #expect(world.lines(0, "+sentinel").count == 256)
    }

    @Test func `hostile reports change nothing and crash nothing`() {
        let good = FakeServer(
            address: World.address(7000), runID: String(repeating: "0", count: 40)
        ).information(replicas: [
            FakeServer(address: World.address(7001), runID: "1")
        ])
        let bytes = Array(good.utf8)
        for seed in 0..<300 {
            var random = RandomSource(seed: UInt64(seed))
            var text = bytes
            for _ in 0..<Int.random(in: 0...8, using: &random) {
                text[Int.random(in: 0..<text.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            text = Array(text.prefix(Int.random(in: 0...text.count, using: &random)))
            let voter = Voter("sentinel down-after-milliseconds mymaster 1000")
            voter.reportFromMaster(ByteString(text))
        }
    }

    private static let words: [ByteString] = [
        "", "OK", "*", "1", "-1", "127.0.0.1", "10.0.0.66", "6379", "min-replicas-to-write",
        "message", "__sentinel__:hello", "master-host", "master-port", "silence", "would",
        "evidence", "switchover", "pre-vote", "release", "goodbye", ByteString("9" * 40),
        ByteString("f" * 40), ByteString("x" * 5000), "role:master\r\nslave0:ip=,port=",
        ByteString("10.0.0.11,26380,\("0" * 40),9,mymaster,10.0.0.66,6379,9"),
    ]

    /// All that a node may say, one thing in another: of every kind, empty, huge, and nearly right.
    private static func reply(_ random: inout RandomSource, depth: Int = 0) -> ReplyValue {
        func word() -> ByteString { words.randomElement(using: &random) ?? "" }
        func several() -> [ReplyValue] {
            (0..<Int.random(in: 0...6, using: &random)).map { _ in
                reply(&random, depth: depth + 1)
            }
        }
        switch Int.random(in: 0..<(depth < 2 ? 9 : 6), using: &random) {
        case 0: return .simpleString(word())
        case 1: return .error(word())
        case 2: return .integer([0, 1, -1, .max, .min].randomElement(using: &random) ?? 0)
        case 3, 4: return .bulk(word())
        case 5: return .null
        case 6: return .map(several().map { ReplyPair($0, $0) })
        case 7: return .push(several())
        default: return .array(several())
        }
    }

    @Test func `hostile replies change no address, crash nothing and fill no log`() {
        for seed in 0..<20 {
            var random = RandomSource(seed: UInt64(seed))
            let watcher = Watcher { address, words in
                // A master that answers pings is up, whatever else it and all others say.
                if address == Watcher.master, words[0] == "PING" { return nil }
                return Self.reply(&random)
            }
            for _ in 0..<120 {
                watcher.run(for: .milliseconds(500))
                watcher.push(Self.reply(&random), from: Watcher.replica)
            }
            #expect(watcher.count(of: "+switch-master") == 0, "seed \(seed)")
            #expect(watcher.count(of: "+odown") == 0, "seed \(seed)")
            let lines = watcher.logged.filter { !$0.text.contains("saved on disk") }
            #expect(lines.count < 100, "seed \(seed): \(lines.map(\.text))")
        }
    }

    @Test func `a report with too many replicas is cut at a limit`() {
        let voter = Voter()
        var text = "role:master\r\n"
        for number in 0..<2000 {
            text += "slave\(number):ip=10.\(number / 65536).\(number / 256 % 256)."
            text += "\(number % 256),port=6379,state=online\r\n"
        }
        voter.reportFromMaster(ByteString(text))
        let found = voter.outputs.count {
            if case .event(let event) = $0 { return event.name == "+slave" }
            return false
        }
        #expect(found == 1024)
    }
}

/// So many of a letter.
private func * (letter: String, count: Int) -> String { String(repeating: letter, count: count) }

extension Voter {
    /// Establishes the command link to the master and answers what is asked, INFO with `text`.
    func reportFromMaster(_ text: ByteString) {
        outputs = []
        now = now + .seconds(2)
        let link = LinkID(number: 1)
        feed(.linkConnected(link, localHost: "127.0.0.1"))
        var commands: [String] = []
        for case .send(let id, let words) in outputs where id == link {
            commands.append(words[0].text)
        }
        for command in commands {
            feed(.reply(link, command == "INFO" ? .bulk(text) : .simpleString("PONG")))
        }
    }
}
