// Whether a healed group is whole: all sentinels name one master, it is one, and everybody else
// follows it and has its data.

import Consensus
import Determinism

extension Simulator {
    /// Looks at the group; ends the run when it was whole for long enough, or not in time.
    mutating func probe() {
        guard let healedAt else { return }
        let flaw = flaw()
        if flaw == nil {
            let since = wholeSince ?? now
            wholeSince = since
            if now - since >= Simulator.wholeFor {
                isOver = true
                return
            }
        } else {
            wholeSince = nil
            if now - healedAt > plan.recoveryBound {
                invariants.violate(
                    .recovery,
                    "not whole \((now - healedAt).wholeMilliseconds) ms after everything was "
                        + "repaired: \(flaw ?? "")")
                return
            }
        }
        queue.post(.probe, at: now + Simulator.probePeriod)
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
        guard let node = numbers[master], !isSentinel(node) else {
            return "\(master.name) is no server"
        }
        for index in servers.indices {
            let server = servers[index]
            if server.address == master {
                if let followed = server.follows { return "the master follows \(followed.name)" }
                if !server.hasData { return "the master has no data" }
            } else if server.follows != master || !server.linkIsUp || !server.hasData {
                let followed = server.follows.map { "\($0.name)" } ?? "nobody"
                return "\(server.address.name) follows \(followed), its link is "
                    + (server.linkIsUp ? "up" : "down")
            }
        }
        return nil
    }
}
