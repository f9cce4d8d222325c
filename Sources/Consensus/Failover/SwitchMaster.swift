// The group's master has a new address. The leader says so when its replica is promoted, and comes
// here when its failover ends; the others do both when they adopt its configuration. Everything that was known of the old master's state is
// forgotten; the old master is watched as a replica from now on, so that it is made one when it
// comes back.

import Bytes
import Determinism

extension Sentinel {
    mutating func switchToPromoted(_ index: Int) {
        let target = masters[index].failover.promoted ?? masters[index].node.address
        closeRecord(index, .done, to: target)
        answerWaiting(index)
        switchMaster(index, to: target)
        publishSoon(index)
    }

    /// `+switch-master <name> <old host> <old port> <new host> <new port>`.
    mutating func announceSwitch(
        _ index: Int, from old: NodeAddress, to target: NodeAddress
    ) {
        event(
            .warning, "+switch-master",
            "\(masters[index].settings.name) \(shown(old)) \(old.port) \(shown(target)) "
                + "\(target.port)",
            master: index,
            fields: [
                .init("OLD_ADDRESS", old.name.text), .init("NEW_ADDRESS", target.name.text),
            ])
    }

    /// Watches `target` as the master, and everything else that was known as its replicas.
    mutating func switchMaster(_ index: Int, to target: NodeAddress) {
        let old = masters[index].node.address
        var addresses = masters[index].replicas.map(\.node.address).filter { $0 != target }
        if old != target && !addresses.contains(old) { addresses.append(old) }
        learnHistory(index, ofNext: target)
        resetMaster(index, forgettingSentinels: false)
        if old != target { masters[index].noteFormerMaster(old) }
        masters[index].node.address = target
        masters[index].settings.address = target
        masters[index].node.subjectivelyDownSince = nil
        masters[index].objectivelyDownSince = nil
        masters[index].replicas = addresses.prefix(Master.replicaLimit).map {
            Replica(address: $0, at: now)
        }
        for replica in masters[index].replicas.indices {
            event(.notice, "+slave", .replica(index, replica))
        }
        store()
    }

    /// Forgets replicas, state and failover, and with `forgettingSentinels` the others too.
    mutating func resetMaster(_ index: Int, forgettingSentinels: Bool) {
        for replica in masters[index].replicas.indices { disconnect(.replica(index, replica)) }
        masters[index].replicas = []
        if forgettingSentinels {
            let peers = masters[index].peers
            masters[index].peers = []
            for peer in peers { forgetSentinelIfUnused(peer.node) }
        }
        disconnect(.master(index))
        let old = masters[index].node
        let node = DataNode(address: old.address, role: .master, at: now)
        node.lastPublication = old.lastPublication
        node.subjectivelyDownSince = old.subjectivelyDownSince
        masters[index].node = node
        masters[index].isObjectivelyDown = false
        masters[index].rebootedAt = nil
        closeRecord(index, .aborted)
        answerWaiting(index)
        masters[index].failover = Failover()
        masters[index].owedResume = nil
        masters[index].handoverDue = nil
        touch(index)
        changed()
    }
}
