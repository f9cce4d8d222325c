// A master that came back without its data answers every ping, and still is no master any more.
//
// Its record and its file went together, so it cannot know. Its replicas do: one of ours refuses to
// follow a master that has no keys, older ones than itself, or those of another history, and says so
// in INFO. For us such a master is down as long as a replica says so that could take its place; quorum
// and majority are those of any failover.
//
// That a master has other data than a replica counts only where it is the master whose history is not
// the group's, as the master itself or its replicas have told since it was named: a replica that was
// away for long, or a sentinel, may be the one that knows too little. The replica's own must have to do
// with the group's, which it may have left at the last failover.
//
// After a master came back its replicas are asked again and again until they have compared their data
// with its own, so that nothing is lost while INFO is not due.

import Bytes
import Determinism

extension Sentinel {
    /// A replica's word counts for so long, in periods of the INFO that it came with.
    private static let reportPeriods = 3

    /// Since when a replica that could be promoted has said that the master has lost data.
    @inline(__always) func lostDataSince(_ index: Int) -> Instant? {
        if masters[index].failover.isInProgress { return masters[index].node.lostDataSince }
        let isTold = masters[index].replicas.indices.contains { saysMasterLostData(index, $0) }
        return isTold ? masters[index].node.lostDataSince ?? now : nil
    }

    private func saysMasterLostData(_ index: Int, _ replica: Int) -> Bool {
        // Nothing is copied: this is looked at with every pass.
        guard masters[index].replicas[replica].node.report.refusal != nil else { return false }
        let node = masters[index].replicas[replica].node
        guard hasLostData(masters[index], by: node.report), node.report.priority != 0,
            node.followedMaster == masters[index].node.address, node.isConnected,
            !node.isSubjectivelyDown, let informedAt = node.informedAt
        else { return false }
        return now - informedAt <= timing.urgentInformationPeriod * Sentinel.reportPeriods
    }

    /// The data that a master with older ones has lost: their history, and how far the replica that
    /// has most of them has come; nil where no replica says so.
    ///
    /// What the master goes on with since is a branch of that history, however new its name.
    func lostData(_ index: Int) -> (history: ReplicationHistory, reached: UInt64)? {
        var found: (history: ReplicationHistory, reached: UInt64)?
        for replica in masters[index].replicas.indices
        where saysMasterLostData(index, replica) {
            let report = masters[index].replicas[replica].node.report
            guard report.refusal != .otherData, let history = report.history else { continue }
            if let found, found.reached >= report.offset { continue }
            found = (history, report.offset)
        }
        return found
    }

    /// How a replica's data relates to the group's; a branch that leaves it before what the master
    /// lost, or before what WAIT may have promised elsewhere, has less of it.
    func kinship(
        _ index: Int, _ report: InformationReport, _ history: ReplicationHistory
    ) -> ReplicationHistory.Kinship {
        let kinship = report.kinship(with: history)
        guard kinship == .continuation else { return kinship }
        if let lost = lostData(index), lost.history.name == history.name,
            report.secondOffset <= lost.reached
        {
            return .prefix
        }
        return isLonelyBranch(index, report, history) ? .prefix : .continuation
    }

    /// Whether nobody follows a replica that was promoted, and another has gone on with the group's
    /// history instead: WAIT can have confirmed writes to that one only.
    private func isLonelyBranch(
        _ index: Int, _ report: InformationReport, _ history: ReplicationHistory
    ) -> Bool {
        guard replicasToRead(index) > 0, report.role == .master else { return false }
        let others = masters[index].replicas.lazy.map(\.node.report).filter {
            $0.runID != report.runID
        }
        return !others.contains { $0.replicationID == report.replicationID }
            && others.contains {
                $0.kinship(with: history) == .same && $0.offset >= report.secondOffset
            }
    }

    /// Whether the master lacks what the replica has, by the replica's report.
    private func hasLostData(_ master: Master, by report: InformationReport) -> Bool {
        switch report.refusal {
        case nil: return false
        case .noData: return true
        case .lessData:
            // A former master's file may hold what nobody took over: that is not the group's.
            guard let first = master.firstHistory else { return true }
            return report.replicationID != first.previous || report.offset < first.previousEnd
        case .otherData:
            guard master.firstHistory != nil, let history = master.history,
                let told = master.node.report.history, let own = report.history
            else { return false }
            return own.hasCommonPast(with: history) && told.name != history.name
                && told.previous != history.name
        }
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
