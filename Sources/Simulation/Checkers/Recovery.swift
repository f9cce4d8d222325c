// Whether a healed group is whole: all sentinels name one master, it takes writes, and everybody else
// follows it and has its data.

import Bytes
import Consensus
import Determinism

extension Simulator {
    /// Looks at the group; ends the run when it was whole for long enough, or not in time.
    mutating func probe() {
        guard let healedAt else { return }
        var flaw = flaw()
        if flaw == nil {
            let since = wholeSince ?? now
            wholeSince = since
            // Clients rest for the last part, so that replicas can catch up.
            if now - since >= Simulator.wholeFor / 2 { stopClients() }
            if now - since >= Simulator.wholeFor {
                flaw = difference()
                if flaw == nil {
                    isOver = true
                    return
                }
            }
        } else {
            wholeSince = nil
        }
        if let flaw, now - healedAt > plan.recoveryBound {
            invariants.violate(
                .recovery,
                "not whole \((now - healedAt).wholeMilliseconds) ms after everything was "
                    + "repaired: \(flaw)")
        }
        queue.post(.probe, at: now + Simulator.probePeriod)
    }

    private mutating func stopClients() {
        for index in clients.indices { clients[index].isStopped = true }
    }

    /// What is not as it should be; nil when the group is whole.
    private mutating func flaw() -> String? {
        var named: [NodeAddress] = []
        for node in 0..<plan.sentinels {
            guard let address = namedMaster(by: node) else { return "n\(node) names no master" }
            named.append(address)
        }
        let master = named[0]
        if let other = named.firstIndex(where: { $0 != master }) {
            return "n0 names \(master.name), n\(other) names \(named[other].name)"
        }
        guard let node = numbers[master], isServer(node) else {
            return "\(master.name) is no server"
        }
        for process in servers {
            if process.address == master {
                if let followed = process.follows { return "the master follows \(followed.name)" }
                if !process.hasData && !isDataLost() { return "the master has no data" }
            } else if process.follows != master || !process.isStreaming {
                if isForgotten(process) { continue }
                let followed = process.follows.map { "\($0.name)" } ?? "nobody"
                return "\(process.address.name) follows \(followed), its link is "
                    + (process.isStreaming ? "up" : "down")
            }
        }
        if lastAcknowledgedAfterHealing == nil { return "no write was acknowledged" }
        return nil
    }

    /// Who the sentinel says is the master.
    private mutating func namedMaster(by node: Int) -> NodeAddress? {
        guard let parts = ask(node, "get-master-addr-by-name")?.elements, parts.count == 2,
            let host = parts[0].bytes, let port = parts[1].integer
        else { return nil }
        return NodeAddress(host: host, port: port)
    }

    /// Whether operators had every sentinel forget a former master while it was away, or who follows
    /// it: it comes back, fenced, and nobody tells it whom to follow.
    private mutating func isForgotten(_ process: SimulatedServer) -> Bool {
        guard plan.kind == .operated, !process.takesWrites else { return false }
        if let followed = process.follows {
            guard let master = numbers[followed], isServer(master), server(master).isMaster,
                isForgotten(server(master))
            else { return false }
        }
        for node in 0..<plan.sentinels {
            let replicas = ask(node, "replicas")?.elements ?? []
            // Fields are names and values in a row, and the second is the address.
            let hosts = replicas.compactMap { $0.elements?.dropFirst(3).first?.bytes }
            if hosts.contains(process.address.host) { return false }
        }
        return true
    }

    /// Whether nothing that lives ever had the group's data any more, but who was forgotten.
    private mutating func isDataLost() -> Bool {
        for process in servers where process.hasData && !isForgotten(process) { return false }
        return true
    }

    /// The group is whole: replicas must hold what their master holds; nil when they do.
    private mutating func difference() -> String? {
        guard let master = namedMaster(by: 0).flatMap({ numbers[$0] }) else { return "no master" }
        let history = server(master).server.roles.stream.history
        let digest = digest(of: master)
        for number in 0..<plan.servers {
            let node = plan.sentinels + number
            if isForgotten(server(node)) { continue }
            let own = server(node).server.roles.stream.history
            // The master's pings may be under way.
            if own.id != history.id || own.offset != history.offset {
                return "n\(node) is at \(own.offset) of \(own.id), its master n\(master) at "
                    + "\(history.offset) of \(history.id)"
            }
            if self.digest(of: node) != digest {
                invariants.violate(
                    .dataSets,
                    "n\(node) and its master n\(master) are both at \(own.offset) and hold "
                        + "different data")
            }
        }
        judgeWritesAtEnd(on: master)
        return nil
    }

    /// A number for all keys of clients and their values.
    private func digest(of node: Int) -> UInt64 {
        var sum: UInt64 = UInt64(server(node).server.keyspace.keyCount)
        for (place, write) in history.writes.enumerated() where server(node).holds(write.key) {
            sum = sum &+ (UInt64(place) &* 0x9e37_79b9_7f4a_7c15)
        }
        return sum
    }
}
