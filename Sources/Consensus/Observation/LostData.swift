// A master that came back without its data answers every ping, and still is no master any more.
//
// Its record and its file went together, so it cannot know. Its replicas do: one of ours refuses to
// follow a master that has no keys, or older ones than itself, and says so in INFO. For us such a
// master is down as long as a replica says so that could take its place; quorum and majority are
// those of any failover. That a master has other data than a replica is no evidence: it may have been
// given them, and newer ones.

import Bytes
import Determinism

extension Sentinel {
    /// A replica's word counts for so long, in periods of the INFO that it came with.
    private static let reportPeriods = 3

    /// Since when a replica that could be promoted has said that the master has lost data.
    func lostDataSince(_ index: Int) -> Instant? {
        let master = masters[index]
        if master.failover.isInProgress { return master.node.lostDataSince }
        let isTold = master.replicas.contains { replica in
            let node = replica.node
            guard node.report.refusesMaster, node.report.priority != 0,
                node.followedMaster == master.node.address, node.isConnected,
                !node.isSubjectivelyDown, let informedAt = node.informedAt
            else { return false }
            return now - informedAt
                <= timing.urgentInformationPeriod * Sentinel.reportPeriods
        }
        return isTold ? master.node.lostDataSince ?? now : nil
    }

    /// Looks at what replicas say of their master; a step before it is judged up or down.
    mutating func observeLostData(_ index: Int) {
        let since = lostDataSince(index)
        if since != nil, masters[index].node.lostDataSince == nil {
            log(
                .warning,
                "\(masters[index].node.address.name) has lost data that a replica has: it counts "
                    + "as down")
        }
        masters[index].node.lostDataSince = since
        if since != nil { wake(at: now + timing.urgentInformationPeriod) }
    }
}
