// Which replica becomes the master.
//
// Eligible is one that is up and connected, answered within five ping periods, has a priority
// other than 0, reported itself lately, was not without its master for much longer than the master
// has been down (but where clients may count on WAIT), has the group's data (it synchronised once,
// with this group's history: ReplicationHistory.swift), is not loading, and is a replica: a former
// master that comes back is not, before it was made one. Of those, the one with the lowest priority
// number, then the newest history, then the greatest offset, then the smallest run id. Where clients
// may count on WAIT, history and offset come first (ConfirmedWrites.swift). Whom the master has handed
// over to already comes before all (UnsettledSwitchover.swift), and after all whose data are about to
// give way to those of a master that lost them.
//
// The reports on which this stands are fetched anew when the failover begins; a leader waits a moment
// for those that are still under way, since the election may take less time than they do.

import Bytes
import Configuration
import Determinism

extension Sentinel {
    /// The leader looks for a replica; what was read before does not count where WAIT does.
    mutating func enterSelection(_ index: Int) {
        masters[index].failover.enter(.selectingReplica, at: now)
        guard replicasToRead(index) > 0 else { return }
        for replica in masters[index].replicas.indices {
            askForInformation(.replica(index, replica))
        }
    }

    mutating func selectReplica(_ index: Int) {
        let waitUntil = masters[index].failover.changedAt + timing.selectionWait
        if now < waitUntil && (isReportUnderWay(index) || mayLearnToCoordinate(index)) {
            wake(at: waitUntil)
            return
        }
        if !hasReadReplicas(index) && now < patienceEnd(index) {
            waitForReplicas(index)
            return
        }
        guard let selected = bestReplica(index, wanted: masters[index].failover.request.target)
        else {
            recordChoices(index, selected: nil)
            restoreMaster(index)
            abortForLackOfReplicas(index)
            return
        }
        if !hasReadReplicas(index) {
            log(
                .warning,
                "'\(masters[index].settings.name)': fewer replicas could be read than "
                    + "min-replicas-to-write calls for; a write that WAIT confirmed may be lost")
        }
        let place = Place.replica(index, selected)
        event(.warning, "+selected-slave", place)
        recordChoices(index, selected: selected)
        beginPromotion(index, selected)
    }

    /// Too few replicas were read for what WAIT promised: their reports may still come while the
    /// leadership lasts.
    private mutating func waitForReplicas(_ index: Int) {
        let end = leadershipEnd(index)
        if now < end || !masters[index].failover.needsVotes {
            wake(at: patienceEnd(index))
            if now < end { wake(at: end) }
            return
        }
        log(
            .notice,
            "'\(masters[index].settings.name)': too few replicas can be read for "
                + "min-replicas-to-write")
        event(.warning, "-failover-abort-no-good-slave", .master(index))
        releaseVotes(index)
        abortFailover(index)
        waitForNextRound(index, isRefused: false)
    }

    /// The votes are not given back: whoever is elected next would find no more, at once.
    private mutating func abortForLackOfReplicas(_ index: Int) {
        event(.warning, "-failover-abort-no-good-slave", .master(index))
        masters[index].failover.isDelayFirm = true
        abortFailover(index)
    }

    /// Whether a replica that is up has not answered the INFO of this failover yet.
    private func isReportUnderWay(_ index: Int) -> Bool {
        masters[index].replicas.contains {
            !$0.node.isSubjectivelyDown && $0.node.takesOrders
                && ($0.node.link.awaited.contains(.information)
                    || $0.node.link.awaited.contains(.priority))
        }
    }

    /// The position of the replica to promote; nil when none is eligible.
    func bestReplica(_ index: Int, wanted: NodeAddress? = nil) -> Int? {
        let history = groupHistory(index)
        let eligible = masters[index].replicas.indices.filter {
            isEligible(index, $0, history)
                && (wanted == nil || wanted == masters[index].replicas[$0].node.address)
        }
        let candidates = eligible.isEmpty && wanted == nil ? lastResorts(index) : eligible
        return candidates.min { precedes(index, $0, $1, history) }
    }

    /// The history of which a replica must be; nil if any will do.
    ///
    /// Where no replica that is known has come to the group's history, not even one that is down, the
    /// master was gone before anybody followed it, or has gone on with another one that nobody told: then
    /// the history that most replicas have is taken for it. A former master that has not followed anybody
    /// since has only its own.
    func groupHistory(_ index: Int) -> ReplicationHistory? {
        if weaknesses.contains(.ignoresHistory) { return nil }
        if let lost = lostData(index) { return lost.history }
        let master = masters[index]
        let known = master.replicas.lazy.map(\.node).filter { $0.reportedRole == .replica }
        if let history = master.history,
            known.contains(where: { $0.report.kinship(with: history) > .prefix })
                || master.replicas.contains(where: { wasPromoted($0.node, history) })
        {
            return history
        }
        let followers = known.filter {
            !$0.report.neverHadLink || !master.formerMasters.contains($0.address)
        }
        let synchronised = followers.map(\.report).filter { $0.masterLinkIsUp || $0.offset > 1 }
        let histories = synchronised.compactMap(\.history)
        func weight(_ history: ReplicationHistory) -> (Int, UInt64, ByteString) {
            let members = synchronised.filter { $0.kinship(with: history) != .foreign }
            return (members.count, members.map(\.offset).max() ?? 0, history.name)
        }
        return histories.max { weight($0) < weight($1) } ?? master.history
    }

    func isEligible(
        _ index: Int, _ replica: Int, _ history: ReplicationHistory?
    ) -> Bool {
        guard isReady(index, replica) else { return false }
        if weaknesses.contains(.promotesWithoutData) { return true }
        let node = masters[index].replicas[replica].node
        if node.reportedRole == .master { return wasPromoted(node, history) }
        return !node.report.isLoading && hasData(node.report, history)
    }

    /// Whether it is up, wants to be a master, has reported itself since it was connected, and was not
    /// left alone for long.
    func isReady(_ index: Int, _ replica: Int) -> Bool {
        let master = masters[index]
        let node = master.replicas[replica].node
        guard !node.isSubjectivelyDown, node.takesOrders, node.link.accessError == nil,
            !master.replicas[replica].hasRefusedPromotion, hasAnsweredLately(node),
            node.report.priority != 0, node.hasReported, let informedAt = node.informedAt
        else { return false }
        let isMasterDown = master.node.isSubjectivelyDown
        let validity = isMasterDown ? timing.pingPeriod * 5 : timing.informationPeriod * 3
        guard now - informedAt <= validity else { return false }
        // Who refuses a master that lost data is without it on purpose.
        if node.report.refusal != nil && master.node.lostDataSince != nil { return true }
        // Where WAIT has promised something its offset counts, and says more than how long it waited.
        if replicasToRead(index) > 0 { return true }
        var longestLinkDown = master.settings.downAfter * 10
        if isMasterDown, let since = withoutMasterSince(master.node) {
            longestLinkDown += now - since
        }
        return node.report.linkDownTime.map { $0 <= longestLinkDown } ?? true
    }

    /// Whether a replica has answered within five ping periods: a ping or, on a link that was mended just
    /// now, INFO.
    func hasAnsweredLately(_ node: DataNode) -> Bool {
        let last = max(node.link.lastAvailable, node.informedAt ?? node.link.lastAvailable)
        return now - last <= timing.pingPeriod * 5
    }

    /// Whether a node that calls itself a master is a replica that a leader promoted, and that leader
    /// was gone before anyone heard of it: it goes on with the group's history, and was a replica
    /// as long as this process lives, or is fenced: a person's REPLICAOF NO ONE leaves no record.
    ///
    /// Any other master among the replicas tells neither its priority nor where its data stands, and
    /// is the last resort (LastResort.swift).
    func wasPromoted(_ node: DataNode, _ history: ReplicationHistory?) -> Bool {
        let wasReplica = node.followerRunID != nil && node.followerRunID == node.runID
        guard let history, wasReplica || node.report.isFenced else { return false }
        return node.report.kinship(with: history) == .continuation
    }

    /// Since when there has been nobody to follow.
    ///
    /// A master that calls itself a replica counts as down only long after it began to; if that time were
    /// held against the replicas, none of them would ever be eligible, and the group would stay without a
    /// master.
    private func withoutMasterSince(_ master: DataNode) -> Instant? {
        guard let since = master.subjectivelyDownSince else { return nil }
        return master.reportedRole == .replica ? min(since, master.roleReportedAt) : since
    }

    /// Whether the replica has the group's data, however long it has waited.
    ///
    /// One that never synchronised reports an offset of 0 or 1, no link, and a history of its own. One
    /// that synchronised with a master that nobody wrote to may report 1 as well: its history tells.
    /// After a start it reports what its file holds.
    func hasData(_ report: InformationReport, _ history: ReplicationHistory?) -> Bool {
        guard let history, report.history != nil else {
            return report.masterLinkIsUp || report.offset > 1
        }
        return report.kinship(with: history) != .foreign
    }

    private func precedes(
        _ index: Int, _ first: Int, _ second: Int, _ history: ReplicationHistory?
    ) -> Bool {
        let leftNode = masters[index].replicas[first].node
        let rightNode = masters[index].replicas[second].node
        let (left, right) = (leftNode.report, rightNode.report)
        if isHeir(index, first) != isHeir(index, second) { return isHeir(index, first) }
        if left.givesWay != right.givesWay { return right.givesWay }
        let isPromised = replicasToRead(index) > 0
        if left.priority != right.priority && !isPromised { return left.priority < right.priority }
        if let history {
            let leftKinship = kinship(index, left, history)
            let rightKinship = kinship(index, right, history)
            if leftKinship != rightKinship { return leftKinship > rightKinship }
        }
        if left.offset != right.offset { return left.offset > right.offset }
        if left.priority != right.priority { return left.priority < right.priority }
        guard let leftID = leftNode.runID else { return false }
        guard let rightID = rightNode.runID else { return true }
        return leftID.lowercased < rightID.lowercased
    }
}
