// Random faults, and what must hold whatever happens. A failure prints the seed.

import Bytes
import Consensus
import Determinism
import Protocol
import Testing

@Suite struct Faults {
    /// Crashes, restarts, cuts, failing disks and pauses for a while; then everything is healed.
    static func run(seed: Int) -> World {
        var random = RandomSource(seed: UInt64(seed))
        let count = Bool.random(using: &random) ? 3 : 5
        let world = FailingOver.group(count, quorum: count / 2 + 1, replicas: 2)
        for _ in 0..<Int.random(in: 3...25, using: &random) {
            act(world, &random)
            world.run(for: random.duration(below: .seconds(12)))
        }
        heal(world)
        world.run(for: .seconds(120))
        return world
    }

    private static func act(_ world: World, _ random: inout RandomSource) {
        let sentinel = Int.random(in: 0..<world.processes.count, using: &random)
        let port = 7000 + Int.random(in: 0...2, using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1, 2: world.kill(server: port)
        case 3, 4: world.servers[World.address(port)]?.isUp = true
        case 5: if world.processes[sentinel].isUp { world.kill(sentinel: sentinel) }
        case 6: if !world.processes[sentinel].isUp { world.restart(sentinel: sentinel) }
        case 7:
            let other = 8000 + Int.random(in: 0..<world.processes.count, using: &random)
            world.cut(sentinel: sentinel, from: Bool.random(using: &random) ? port : other)
        case 8: world.cuts = []
        default: world.processes[sentinel].failsRecords.toggle()
        }
    }

    private static func heal(_ world: World) {
        world.cuts = []
        for port in 7000...7002 { world.servers[World.address(port)]?.isUp = true }
        for index in world.processes.indices {
            world.processes[index].failsRecords = false
            if !world.processes[index].isUp { world.restart(sentinel: index) }
        }
    }

    @Test(arguments: 0..<12)
    func `whatever happens, the invariants hold and the group heals`(seed: Int) {
        let world = Self.run(seed: seed)
        var leaders: [UInt64: Int] = [:]
        for (index, process) in world.processes.enumerated() {
            var votes: [UInt64: ByteString] = [:]
            var elected: UInt64?
            for event in process.events {
                switch event.name {
                case "+vote-for-leader":
                    let epoch = UInt64(event.payload.text.split(separator: " ")[1]) ?? 0
                    #expect(
                        votes[epoch] == nil || votes[epoch] == event.payload,
                        "seed \(seed): two votes in one epoch")
                    votes[epoch] = event.payload
                    elected = epoch
                case "+elected-leader":
                    guard let elected else { continue }
                    #expect(
                        leaders[elected] == nil || leaders[elected] == index,
                        "seed \(seed): two leaders in epoch \(elected)")
                    leaders[elected] = index
                default: break
                }
            }
            for name in ["current-epoch", "config-epoch mymaster", "leader-epoch mymaster"] {
                let epochs = process.records.compactMap {
                    Voting.epoch("sentinel \(name) ", $0)
                }
                #expect(epochs == epochs.sorted(), "seed \(seed): \(name) decreased on disk")
            }
        }
        let named = Set(world.processes.indices.map { world.masterAddress($0) })
        #expect(named.count == 1, "seed \(seed): \(named)")
        guard let port = named.first ?? nil else { return }
        for server in world.servers.values {
            let expected = server.address.port == port ? nil : World.address(port)
            #expect(
                server.master == expected,
                "seed \(seed): \(server.address.port) follows \(String(describing: server.master))")
        }
    }
}
