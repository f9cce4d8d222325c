// A former master as the last resort.
//
// A server among the replicas that calls itself a master is one that came back and was not made a
// replica yet. Its data may be older than what others had, so it is not promoted while a replica can
// be, nor while the master that is missed may come back with what it has. But where the others are
// gone for good, or where the promoted server restarted as a replica of the former master because its
// configuration could not be written, nobody would ever take over.
//
// So when no replica is eligible, it is promoted if
//  - its data is of the group: of the group's history, or of the one that both continue;
//  - its configured priority, for which it is asked because INFO of a master does not show it, is not 0;
//  - the master has been down for failover-timeout, or says itself that it is a replica.
//
// The last of all is the master itself, where sentinels that had not heard of its configuration made it
// a replica of one of its own, where it holds its writes back for one that restarted without what it was
// handed, or where it alone has heard of one that was elected and that has been looked for in vain
// (UnheardPromotion.swift): if nobody else can be the master, its leader tells it to be what the
// configuration says. That is no new configuration, and none is published.

import Bytes
import Determinism
import Protocol

extension Sentinel {
    /// Asks a former master for its priority, once for each time that it started.
    mutating func learnPriority(_ place: Place) {
        guard case .replica = place, self[node: place].reportedRole == .master,
            self[node: place].priorityRunID != self[node: place].runID, self[link: place].canSend
        else { return }
        self[node: place].priorityRunID = self[node: place].runID
        send(place, ["CONFIG", "GET", "replica-priority"], awaiting: .priority)
    }

    /// A refusal says nothing: then the priority is as it was.
    mutating func receivePriority(_ reply: ReplyValue, _ place: Place) {
        guard case .replica = place, self[node: place].reportedRole == .master else { return }
        let told: Int?
        switch reply {
        case .array(let parts) where parts.count == 2: told = parts[1].bytes?.integer
        case .map(let pairs) where pairs.count == 1: told = pairs[0].value.bytes?.integer
        default: told = nil
        }
        if let told { self[node: place].report.priority = told }
    }

    /// The former masters that may be promoted because nobody else can.
    func lastResorts(_ index: Int) -> [Int] {
        guard let history = masters[index].history, isMissedForLong(index) else { return [] }
        return masters[index].replicas.indices.filter { replica in
            let node = masters[index].replicas[replica].node
            guard node.reportedRole == .master, !node.report.isLoading, hasToldPriority(node),
                isReady(index, replica), let own = node.report.history
            else { return false }
            return own.hasCommonPast(with: history)
        }
    }

    /// Tells the master that it is one, if it follows a replica of its own, has handed over to one that
    /// cannot be promoted, or waits for one that nobody finds; the leader found no other.
    mutating func restoreMaster(_ index: Int) {
        let node = masters[index].node
        guard node.isConnected, !node.report.isLoading, now < leadershipEnd(index) else { return }
        let reason: String
        if node.reportedRole == .replica, let followed = node.followedMaster,
            masters[index].replicaIndex(followed) != nil
        {
            reason = "follows its own replica \(followed.name)"
        } else if node.reportedRole == .master, let target = node.report.switchoverTarget {
            reason = "has handed over to \(target.name), which has not its data"
        } else if isSupersededInVain(index) {
            let epoch = node.report.supersededEpoch
            reason = "has heard of another in epoch \(epoch), which is gone or has not its data"
        } else {
            return
        }
        log(
            .warning,
            "\(node.address.name) is the master of '\(masters[index].settings.name)' and \(reason); "
                + "nobody else can be the master, so it is told to")
        sendSlaveOf(.master(index), nil)
        askForInformation(.master(index))
    }

    /// Whether it was asked on the present connection, and the answer is not on its way any more.
    private func hasToldPriority(_ node: DataNode) -> Bool {
        node.priorityRunID == node.runID && !node.link.awaited.contains(.priority)
    }

    private func isMissedForLong(_ index: Int) -> Bool {
        if masters[index].node.reportedRole == .replica { return true }
        guard masters[index].isObjectivelyDown, let since = masters[index].objectivelyDownSince
        else { return false }
        return now - since >= masters[index].settings.failoverTimeout
    }
}
