// Which replica becomes the master.
//
// Eligible is one that is up and connected, answered a ping within five ping periods, has a priority
// other than 0, reported itself lately, was not without its master for much longer than the master
// has been down, has synchronised at least once, and is not loading. Of those, the one with the
// lowest priority number, then the greatest offset, then the smallest run id.
//
// The reports on which the offsets stand are fetched anew when the failover begins; a leader waits a
// moment for those that are still under way, since the election may take less time than they do.

import Bytes
import Configuration
import Determinism

extension Sentinel {
    mutating func selectReplica(_ index: Int) {
        let waitUntil = masters[index].failover.changedAt + timing.selectionWait
        if now < waitUntil && isReportUnderWay(index) {
            wake(at: waitUntil)
            return
        }
        guard let selected = bestReplica(index) else {
            event(.warning, "-failover-abort-no-good-slave", .master(index))
            abortFailover(index)
            return
        }
        let place = Place.replica(index, selected)
        event(.warning, "+selected-slave", place)
        masters[index].failover.promoted = self[node: place].address
        masters[index].failover.enter(.sendingPromotion, at: now)
        event(.notice, "+failover-state-send-slaveof-noone", place)
        changed()
    }

    /// Whether a replica that is up has not answered the INFO of this failover yet.
    private func isReportUnderWay(_ index: Int) -> Bool {
        masters[index].replicas.contains {
            !$0.node.isSubjectivelyDown && $0.node.isConnected
                && $0.node.link.awaited.contains(.information)
        }
    }

    /// The position of the replica to promote; nil when none is eligible.
    func bestReplica(_ index: Int) -> Int? {
        masters[index].replicas.indices.filter { isEligible(index, $0) }.min {
            precedes(masters[index].replicas[$0].node, masters[index].replicas[$1].node)
        }
    }

    private func isEligible(_ index: Int, _ replica: Int) -> Bool {
        let master = masters[index]
        let candidate = master.replicas[replica]
        let node = candidate.node
        guard !node.isSubjectivelyDown, node.isConnected, node.link.accessError == nil,
            !candidate.hasRefusedPromotion,
            now - node.link.lastAvailable <= timing.pingPeriod * 5,
            node.report.priority != 0, let informedAt = node.informedAt
        else { return false }
        let isMasterDown = master.node.isSubjectivelyDown
        let validity = isMasterDown ? timing.pingPeriod * 5 : timing.informationPeriod * 3
        guard now - informedAt <= validity else { return false }
        var longestLinkDown = master.settings.downAfter * 10
        if isMasterDown, let since = withoutMasterSince(master.node) {
            longestLinkDown += now - since
        }
        if let linkDown = node.report.linkDownTime, linkDown > longestLinkDown { return false }
        if node.report.isLoading { return false }
        return hasSynchronised(node, with: master.node)
    }

    /// Since when there has been nobody to follow.
    ///
    /// A master that calls itself a replica counts as down only long after it began to; if that time were held against the replicas, none of them would
    /// ever be eligible, and the group would stay without a master.
    private func withoutMasterSince(_ master: DataNode) -> Instant? {
        guard let since = master.subjectivelyDownSince else { return nil }
        return master.reportedRole == .replica ? min(since, master.roleReportedAt) : since
    }

    /// Whether the replica has ever had the master's data, however long it has waited.
    ///
    /// One that never had reports an offset of 0 or 1, no link, and a history of its own. One that
    /// synchronised with a master that nobody wrote to may report 1 as well: its history tells.
    private func hasSynchronised(_ node: DataNode, with master: DataNode) -> Bool {
        if node.report.masterLinkIsUp || node.report.offset > 1 { return true }
        guard let history = node.report.replicationID else { return false }
        return history == master.report.replicationID
    }

    private func precedes(_ left: DataNode, _ right: DataNode) -> Bool {
        if left.report.priority != right.report.priority {
            return left.report.priority < right.report.priority
        }
        if left.report.offset != right.report.offset {
            return left.report.offset > right.report.offset
        }
        guard let leftID = left.runID else { return false }
        guard let rightID = right.runID else { return true }
        return leftID.lowercased < rightID.lowercased
    }
}
