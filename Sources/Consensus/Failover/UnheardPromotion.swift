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

import Determinism

extension Sentinel {
    /// The former master is named after all when so many holds have passed since the vote's end.
    private static let patience = 5

    /// Looks whether the fenced master counts as replaced by a replica that our leader promoted, and from
    /// when on; a step before it is judged up or down, or told anything.
    func observeReplacement(_ index: Int) {
        let master = masters[index]
        guard master.node.report.isFenced, let grant = master.grant,
            grant.epoch > master.configEpoch
        else {
            master.replacedSince = nil
            return
        }
        let since = master.replacedSince ?? grant.heldUntil
        let isOver = now >= since + Master.voteHold(master.settings) * Sentinel.patience
        let history = groupHistory(index)
        let isReplaced = master.replicas.contains {
            $0.node.reportedRole == .master && wasPromoted($0.node, history)
        }
        master.replacedSince = isReplaced && !isOver ? since : nil
    }
}
