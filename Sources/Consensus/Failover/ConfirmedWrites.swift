// What WAIT promised.
//
// Where `min-replicas-to-write` is n, clients may count on a write that n of R replicas confirmed.
// Any R - n + 1 replicas hold at least one of these n: a leader that reads so many at its selection,
// and takes the most advanced of the newest history, has the write. So a sentinel does not stand
// before it can read so many, and a leader does not select; both for at most failover-timeout from
// the moment at which the master was found down. Then fewer must do, and the log says so.
//
// INFO shows `min_slaves_good_slaves` where the number is set, and CONFIG GET tells the number.

import Bytes
import Determinism
import Protocol

extension Sentinel {
    /// Looks whether the number is set, after the master's INFO.
    mutating func learnMinimumReplicas(_ place: Place) {
        guard case .master(let index) = place, self[node: place].reportedRole == .master else {
            return
        }
        guard self[node: place].report.limitsWrites else {
            setMinimumReplicas(index, 0)
            return
        }
        if self[link: place].awaited.contains(.minimumReplicas) { return }
        guard self[link: place].canSend else { return }
        send(place, ["CONFIG", "GET", "min-replicas-to-write"], awaiting: .minimumReplicas)
    }

    /// A refusal leaves that it is set: then one replica at least was waited for.
    mutating func receiveMinimumReplicas(_ reply: ReplyValue, _ place: Place) {
        guard case .master(let index) = place else { return }
        let told: Int?
        switch reply {
        case .array(let parts) where parts.count == 2: told = parts[1].bytes?.integer
        case .map(let pairs) where pairs.count == 1: told = pairs[0].value.bytes?.integer
        default: told = nil
        }
        setMinimumReplicas(index, max(1, min(told ?? 1, Master.replicaLimit)))
    }

    private mutating func setMinimumReplicas(_ index: Int, _ count: Int) {
        if masters[index].minimumReplicas == count { return }
        masters[index].minimumReplicas = count
        records.isDue = true
    }

    /// How many replicas a leader has to read; 0 where nothing was promised.
    func replicasToRead(_ index: Int) -> Int {
        let minimum = masters[index].minimumReplicas
        if minimum == 0 || weaknesses.contains(.ignoresWait) { return 0 }
        return max(1, masters[index].replicas.count - minimum + 1)
    }

    /// Whether to stand: enough replicas can be read, or they were waited for long enough.
    mutating func hasReplicasToRead(_ index: Int) -> Bool {
        let needed = replicasToRead(index)
        if needed == 0 { return true }
        let readable = masters[index].replicas.count {
            $0.node.takesOrders && !$0.node.isSubjectivelyDown
        }
        if readable >= needed { return true }
        let due = patienceEnd(index)
        if now >= due { return true }
        wake(at: due)
        return false
    }

    /// Whether enough replicas told where they are since the selection began; one that is connected anew
    /// has to tell again.
    func hasReadReplicas(_ index: Int) -> Bool {
        let since = masters[index].failover.changedAt
        let read = masters[index].replicas.count {
            $0.node.takesOrders && !$0.node.isSubjectivelyDown && $0.node.hasReported
                && ($0.node.informedAt.map { $0 >= since } ?? false)
        }
        return read >= replicasToRead(index)
    }

    /// When fewer replicas than were promised have to do.
    func patienceEnd(_ index: Int) -> Instant {
        let since =
            masters[index].isObjectivelyDown
            ? masters[index].objectivelyDownSince : masters[index].failover.stoodAt
        return (since ?? masters[index].failover.stoodAt) + masters[index].settings.failoverTimeout
    }
}
