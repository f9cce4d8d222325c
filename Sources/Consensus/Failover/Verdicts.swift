// Why a replica was chosen and the others were not, in words for SENTINEL TIMELINE. Selection itself
// (ReplicaSelection.swift) decides; this looks at the same facts afterwards and names the first one
// that speaks against a replica.

import Bytes
import Determinism

extension Sentinel {
    /// Writes down what was found out about each replica; `selected` is the one that was chosen.
    mutating func recordChoices(_ index: Int, selected: Int?) {
        guard masters[index].timeline.current != nil else { return }
        let count = min(masters[index].replicas.count, FailoverRecord.replicaLimit)
        let choices = (0..<count).map { replica in
            let node = masters[index].replicas[replica].node
            return FailoverRecord.Choice(
                address: node.address, verdict: verdict(index, replica, selected: selected),
                offset: node.report.offset)
        }
        masters[index].timeline.current?.record.replicas = choices
    }

    private func verdict(
        _ index: Int, _ replica: Int, selected: Int?
    ) -> FailoverRecord.Verdict {
        if replica == selected { return .chosen }
        let candidate = masters[index].replicas[replica]
        let address = candidate.node.address
        if bestReplica(index, wanted: address) == nil { return objection(index, candidate) }
        if let target = masters[index].failover.request.target, target != address {
            return .notWanted
        }
        guard let selected else { return .unsuitable }
        return advantage(index, of: selected, over: replica)
    }

    /// Why one eligible replica comes after another, in the order of `precedes`.
    private func advantage(
        _ index: Int, of selected: Int, over replica: Int
    ) -> FailoverRecord.Verdict {
        if isHeir(index, selected) { return .notHandedTo }
        let chosen = masters[index].replicas[selected].node.report
        let report = masters[index].replicas[replica].node.report
        if report.givesWay && !chosen.givesWay { return .givesWay }
        let hasLowerPriority = report.priority > chosen.priority
        if hasLowerPriority && replicasToRead(index) == 0 { return .lowerPriority }
        if let history = groupHistory(index),
            kinship(index, report, history) < kinship(index, chosen, history)
        {
            return .olderHistory
        }
        if report.offset < chosen.offset { return .behind }
        return hasLowerPriority ? .lowerPriority : .laterName
    }

    /// What makes a replica ineligible.
    private func objection(_ index: Int, _ candidate: Replica) -> FailoverRecord.Verdict {
        let node = candidate.node
        let report = node.report
        if node.isSubjectivelyDown { return .down }
        if !node.takesOrders { return .disconnected }
        if node.link.accessError != nil { return .accessRefused }
        if candidate.hasRefusedPromotion { return .refused }
        if !hasAnsweredLately(node) { return .noRecentPong }
        if report.priority == 0 { return .priorityZero }
        let isMasterDown = masters[index].node.isSubjectivelyDown
        let validity = isMasterDown ? timing.pingPeriod * 5 : timing.informationPeriod * 3
        guard node.hasReported, let informedAt = node.informedAt, now - informedAt <= validity
        else {
            return .noRecentReport
        }
        if report.isLoading { return .loading }
        let history = groupHistory(index)
        if !hasData(report, history) {
            let isEmpty = !report.masterLinkIsUp && report.offset <= 1
            return isEmpty || history == nil ? .neverSynchronised : .foreignHistory
        }
        return report.linkDownTime != nil ? .linkDownTooLong : .unsuitable
    }
}
