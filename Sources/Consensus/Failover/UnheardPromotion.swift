// A leader that dies after its promotion, and before anybody heard of it.
//
//     vote ── replica turns master ── leader dies ──┬── the vote's hold ends ──┬── not any more
//                 the former master comes back, fenced:                        │
//                                     silence       │    it counts as down     │  it is named
//
//  1. Who voted cannot tell what became of the vote when its hold is over. If a replica turned master
//     since, and the former master waits, fenced, to be named, the promotion took effect: the group
//     has a master, and naming the former one would make two. So the voters keep silent, find the
//     former one down, and elect anew; the promoted replica is eligible (ReplicaSelection.swift).
//  2. A former master that is not fenced was served by clients all along, and keeps its place.
//  3. Where too few agree, it is named in the end, or the group would stay without a master.
//  4. The former master may be the only one to whom the leader told its epoch. Then no word of ours
//     opens its fence, and it says so: after the time that a leader takes it counts as down, too. Where
//     nobody can take its place in the end, the leader tells it to be the master (LastResort.swift).

import Determinism

extension Sentinel {
    /// The former master is named after all when so many holds have passed since the vote's end.
    private static let patience = 5

    /// Looks whether the fenced master counts as replaced by a replica that our leader promoted, and from
    /// when on; a step before it is judged up or down, or told anything.
    func observeReplacement(_ index: Int) {
        let master = masters[index]
        let grant = master.openGrant
        let isSuperseded = isSuperseded(master)
        guard master.node.report.isFenced, grant != nil || isSuperseded else {
            master.replacedSince = nil
            master.firstReplacedSince = nil
            return
        }
        let history = groupHistory(index)
        guard
            isSuperseded
                || master.replicas.contains(where: { isPromotedOrFollows($0.node, history) })
        else {
            master.replacedSince = nil
            return
        }
        // Rounds that this leads to end in votes, too: they do not begin it anew.
        let since =
            master.firstReplacedSince ?? grant?.heldUntil ?? now + Master.voteHold(master.settings)
        master.firstReplacedSince = since
        master.replacedSince = !isSuperseded && isPatienceOver(master) ? nil : since
    }

    /// Whether the one that was elected without our knowing has been looked for in vain for so long.
    func isSupersededInVain(_ index: Int) -> Bool {
        isSuperseded(masters[index]) && isPatienceOver(masters[index])
    }

    private func isPatienceOver(_ master: Master) -> Bool {
        guard let since = master.firstReplacedSince else { return false }
        return now >= since + Master.voteHold(master.settings) * Sentinel.patience
    }

    private func isSuperseded(_ master: Master) -> Bool {
        master.node.report.isFenced && master.node.report.supersededEpoch > master.configEpoch
    }

    /// Whether the node was promoted, or has followed one that was and may be gone by now, and could
    /// take its place.
    private func isPromotedOrFollows(_ node: DataNode, _ history: ReplicationHistory?) -> Bool {
        if node.reportedRole == .master { return wasPromoted(node, history) }
        guard let history, node.report.priority != 0 else { return false }
        return node.report.kinship(with: history) == .continuation
    }
}
