// A switchover whose leader died between the promotion and the news of it.
//
//     leader:  COMMIT ─► master      SLAVEOF NO ONE ─► replica      (dies)
//
// The master holds its writes back for good, and says in INFO for whom; the replica calls itself a
// master, and may have taken writes. Nobody else knows an epoch for it. After a while the master says
// that it is no working master, and the sentinels elect a leader: that one has to promote this
// replica and no other, whatever the priorities are, and until then nobody makes it follow again.

import Bytes

extension Sentinel {
    /// Whether the replica is the master already, by the word of both that were in the switchover.
    ///
    /// What the master said may be old: alone it proves nothing.
    func isHeir(_ index: Int, _ replica: Int) -> Bool {
        let node = masters[index].replicas[replica].node
        return node.reportedRole == .master
            && masters[index].node.report.switchoverTarget == node.address
    }

    /// The master is asked whether it holds its writes back for someone, if it is one that could.
    mutating func askAboutSwitchover(_ index: Int) {
        guard masters[index].node.capabilities.contains(.switchover) else { return }
        askForInformation(.master(index))
    }

    /// Whether the master may still say that it can hold its writes back: its connection is new.
    func mayLearnToCoordinate(_ index: Int) -> Bool {
        let master = masters[index]
        guard master.failover.isForced, master.failover.needsVotes,
            !master.node.isSubjectivelyDown
        else { return false }
        return !master.node.link.canSend || master.node.link.awaited.contains(.capabilities)
    }
}
