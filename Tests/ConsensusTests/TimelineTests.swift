import Bytes
import Consensus
import Determinism
import Protocol
import Testing

@Suite struct `The flight recorder` {
    private func timeline(_ world: World, _ sentinel: Int, _ words: [String] = []) -> [ReplyValue] {
        var all = ["SENTINEL", "TIMELINE", "mymaster"]
        all += words
        world.ask(sentinel, words: all)
        guard case .value(let value) = world.replies.removeLast() else { return [] }
        return value.elements ?? []
    }

    private func phases(_ reply: ReplyValue) -> [String] {
        guard case .map(let pairs) = reply,
            let parts = pairs.first(where: { $0.key.bytes == "phases" })?.value.elements
        else { return [] }
        return parts.compactMap { part in
            guard case .map(let fields) = part else { return nil }
            return fields.first?.value.bytes?.text
        }
    }

    private func failedOver() -> World {
        let world = World()
        world.addServers(replicas: 2)
        world.addSentinels(3, quorum: 2)
        world.run(for: .seconds(12))
        world.kill(server: 7000)
        _ = world.run(upTo: .seconds(30)) {
            (0..<3).allSatisfy { (world.masterAddress($0) ?? 7000) != 7000 }
        }
        world.run(for: .seconds(2))
        return world
    }

    @Test func `every sentinel tells what it saw, the leader all parts`() {
        let world = failedOver()
        var roles: [String] = []
        for sentinel in 0..<3 {
            let entries = timeline(world, sentinel)
            let done = entries.filter { world.field("outcome", of: $0) == "done" }
            #expect(done.count == 1)
            guard let entry = done.first else { continue }
            let role = world.field("role", of: entry) ?? ""
            roles.append(role)
            #expect(world.field("from", of: entry) == "127.0.0.1:7000")
            #expect(world.field("cause", of: entry) == "down")
            if role == "leader" {
                #expect(
                    phases(entry) == [
                        "detect", "agree", "elect", "select", "promote", "reconfigure",
                    ])
            } else {
                #expect(phases(entry).starts(with: ["detect", "agree"]))
            }
        }
        #expect(roles.count { $0 == "leader" } == 1)
        #expect(world.transcript.contains { $0.contains("+failover-timeline mymaster epoch") })
    }

    @Test func `the newest comes first, and count bounds the reply`() {
        let world = World()
        world.addServers(replicas: 2)
        world.addSentinels(1, quorum: 1)
        world.run(for: .seconds(12))
        for _ in 0..<20 {
            world.ask(0, "SENTINEL", "FAILOVER", "mymaster")
            world.run(for: .seconds(15))
        }
        let all = timeline(world, 0)
        #expect(all.count == 16)
        let epochs = all.map { pair -> Int in
            guard case .map(let pairs) = pair else { return 0 }
            return pairs.first?.value.integer ?? 0
        }
        #expect(epochs == epochs.sorted(by: >))
        #expect(timeline(world, 0, ["2"]).count == 2)
        world.ask(0, "SENTINEL", "TIMELINE", "mymaster", "0")
        #expect(world.replies.removeLast() == .value(.error("ERR count must be positive")))
        world.ask(0, "SENTINEL", "TIMELINE", "nobody")
        #expect(
            world.replies.removeLast() == .value(.error("ERR No such master with that name")))
    }

    /// What each replica was, by its port, to the leader of a failover that an operator asked for.
    private func verdicts(_ change: (World) -> Void) -> [Int: String] {
        let world = World()
        world.addServers(replicas: 2)
        world.addSentinels(1, quorum: 1)
        change(world)
        world.run(for: .seconds(12))
        world.ask(0, "SENTINEL", "FAILOVER", "mymaster")
        world.run(for: .seconds(2))
        guard case .map(let pairs) = timeline(world, 0).first ?? .null,
            let choices = pairs.first(where: { $0.key.bytes == "replicas" })?.value.elements
        else { return [:] }
        var verdicts: [Int: String] = [:]
        for choice in choices {
            let name = world.field("replica", of: choice) ?? ""
            verdicts[Int(name.split(separator: ":").last ?? "") ?? 0] = world.field(
                "verdict", of: choice)
        }
        return verdicts
    }

    @Test func `tells what decided between two replicas`() {
        func server(_ world: World, _ port: Int, _ change: (inout FakeServer) -> Void) {
            let address = World.address(port)
            guard var server = world.servers[address] else { return }
            change(&server)
            world.servers[address] = server
        }
        let tie = verdicts { _ in }
        #expect(tie.values.sorted() == ["chosen", "run-id-order"])
        let behind = verdicts { world in server(world, 7001) { $0.offset = 900 } }
        #expect(behind == [7001: "behind", 7002: "chosen"])
        let lower = verdicts { world in server(world, 7001) { $0.priority = 200 } }
        #expect(lower == [7001: "lower-priority", 7002: "chosen"])
        let never = verdicts { world in server(world, 7001) { $0.priority = 0 } }
        #expect(never == [7001: "priority-zero", 7002: "chosen"])
        let foreign = verdicts { world in
            server(world, 7001) {
                $0.history = String(repeating: "f", count: 40)
                $0.linkIsUp = false
                $0.linkDownSeconds = 1
            }
        }
        #expect(foreign == [7001: "foreign-history", 7002: "chosen"])
        let kept = verdicts { world in server(world, 7001) { $0.masterRefused = "kept" } }
        #expect(kept == [7001: "gives-way", 7002: "chosen"])
    }

    @Test func `it outlives a restart`() {
        let world = failedOver()
        let before = timeline(world, 0)
        #expect(!before.isEmpty)
        world.kill(sentinel: 0)
        world.restart(sentinel: 0)
        #expect(timeline(world, 0) == before)
    }
}
