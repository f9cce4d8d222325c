// The other replicas follow the new master, at most parallel-syncs of them at a time, since a replica
// that loads a snapshot serves nothing. What each of them says in INFO takes it from `sent` to
// `inProgress` to `done` (Information.swift); one that says nothing of it in time counts as done, and
// is put right later.

import Bytes
import Determinism

extension Sentinel {
    mutating func reconfigureReplicas(_ index: Int) {
        guard let target = masters[index].failover.promoted else { return }
        var underWay = masters[index].replicas.count { $0.isBeingReconfigured }
        for replica in masters[index].replicas.indices {
            let place = Place.replica(index, replica)
            guard self[node: place].address != target else { continue }
            if case .sent(let sentAt) = masters[index].replicas[replica].reconfiguration {
                let due = sentAt + timing.reconfigurationTimeout
                if now < due {
                    wake(at: due)
                    continue
                }
                event(.notice, "-slave-reconf-sent-timeout", place)
                masters[index].replicas[replica].reconfiguration = .done
                underWay -= 1
                changed()
            }
            guard masters[index].replicas[replica].reconfiguration == .none,
                underWay < masters[index].settings.parallelSyncs,
                self[node: place].isConnected
            else { continue }
            sendSlaveOf(place, target)
            masters[index].replicas[replica].reconfiguration = .sent(now)
            event(.notice, "+slave-reconf-sent", place)
            askForInformation(place)
            underWay += 1
            changed()
        }
        finishReconfiguration(index, target)
    }

    private mutating func finishReconfiguration(_ index: Int, _ target: NodeAddress) {
        // Not finished while the new master cannot be reached.
        guard let promoted = promotedIndex(index),
            !masters[index].replicas[promoted].node.isSubjectivelyDown
        else { return }
        var isFinished = !masters[index].replicas.contains {
            $0.node.address != target && $0.reconfiguration != .done
                && !$0.node.isSubjectivelyDown
        }
        let due = masters[index].failover.changedAt + masters[index].settings.failoverTimeout
        let isTimedOut = now >= due
        if isTimedOut {
            isFinished = true
            event(.warning, "+failover-end-for-timeout", .master(index))
        }
        if waitsForFormerMaster(index) { isFinished = false }
        guard isFinished else {
            wake(at: due)
            return
        }
        event(.warning, "+failover-end", .master(index))
        masters[index].failover.enter(.updatingConfiguration, at: now)
        if isTimedOut { sendLastCommands(index, target) }
        changed()
    }

    /// Best effort, where there was no time to wait: nobody looks at what becomes of it.
    private mutating func sendLastCommands(_ index: Int, _ target: NodeAddress) {
        for replica in masters[index].replicas.indices {
            let place = Place.replica(index, replica)
            guard self[node: place].address != target, self[node: place].isConnected else {
                continue
            }
            switch masters[index].replicas[replica].reconfiguration {
            case .none, .inProgress: break
            case .sent, .done: continue
            }
            sendSlaveOf(place, target)
            event(.notice, "+slave-reconf-sent-be", place)
            masters[index].replicas[replica].reconfiguration = .sent(now)
        }
    }
}
