// The selected replica becomes a master.
//
// One transaction turns it, writes its configuration, and cuts its clients off so that they ask who
// the master is. The reply to SLAVEOF NO ONE inside of EXEC confirms the promotion at once, whatever
// became of CONFIG REWRITE; when the reply is lost, INFO tells, and the order is repeated. Where the
// replica has restarted, what it was selected for may be gone: the leader selects anew. A transaction
// that is refused (no permission, unknown command) sends the leader to the next replica.
//
// SLAVEOF NO ONE is sent only within half of the time for which an election holds, so that a leader
// that was cut off does not promote when another may have been elected.

import Bytes
import Determinism
import Protocol

extension Sentinel {
    mutating func sendPromotion(_ index: Int) {
        guard let replica = promotedIndex(index) else {
            abortFailover(index)
            return
        }
        let place = Place.replica(index, replica)
        let due = leadershipEnd(index)
        let takesOrders = self[node: place].takesOrders && self[node: place].hasReported
        if now >= due && (masters[index].failover.needsVotes || !takesOrders) {
            // No replica was told anything: the votes are free.
            event(.warning, "-failover-abort-slave-timeout", .master(index))
            releaseVotes(index)
            masters[index].failover.isDelayFirm = true
            abortFailover(index)
            return
        }
        guard takesOrders else {
            wake(at: due)
            return
        }
        if hasRestarted(index, replica) { return selectAnew(index) }
        masters[index].failover.switchover?.mayBePromoted = true
        sendSlaveOf(place, nil, awaiting: .promotion)
        event(.notice, "+failover-state-wait-promotion", place)
        masters[index].failover.enter(.waitingForPromotion, at: now)
        askForInformation(place)
        changed()
    }

    mutating func waitForPromotion(_ index: Int) {
        let due = masters[index].failover.changedAt + masters[index].settings.failoverTimeout
        if now < due {
            wake(at: due)
            return
        }
        event(.warning, "-failover-abort-slave-timeout", .master(index))
        abortFailover(index)
    }

    /// The reply to the EXEC that promotes.
    mutating func receivePromotion(_ reply: ReplyValue, _ place: Place) {
        guard case .replica(let index, let replica) = place, isWaitedFor(place) else { return }
        if case .array(let results) = reply, case .simpleString = results.first {
            if results.count > 1, case .error(let error) = results[1] {
                log(
                    .warning,
                    "CONFIG REWRITE failed on promoted replica "
                        + "\(self[node: place].address.name): \(error)")
            }
            promoted(index, replica)
            return
        }
        let reason: ByteString
        switch reply {
        case .error(let text): reason = text
        case .array(let results): reason = results.first?.errorText ?? "unexpected reply"
        default: reason = "unexpected reply"
        }
        log(
            .warning,
            "Replica \(self[node: place].address.name) refused to be promoted: \(reason)")
        selectAnother(index, insteadOf: replica)
    }

    /// The reply to a promotion was lost with its connection, and INFO says that it did not happen.
    mutating func resendPromotion(_ place: Place) {
        guard case .replica(let index, let replica) = place, isWaitedFor(place),
            !self[link: place].awaited.contains(.promotion)
        else { return }
        if hasRestarted(index, replica) {
            selectAnew(index)
        } else if !isEligible(index, replica, groupHistory(index)) {
            selectAnother(index, insteadOf: replica)
        } else if now < leadershipEnd(index) || !masters[index].failover.needsVotes {
            sendSlaveOf(place, nil, awaiting: .promotion)
        } else {
            event(.warning, "-failover-abort-slave-timeout", .master(index))
            abortFailover(index)
        }
    }

    /// The replica that was told to be a master is none, and is not told again.
    private mutating func selectAnother(_ index: Int, insteadOf replica: Int) {
        masters[index].replicas[replica].hasRefusedPromotion = true
        selectAnew(index)
    }

    /// Whether the process that was selected is gone, and an order to it, too.
    private func hasRestarted(_ index: Int, _ replica: Int) -> Bool {
        masters[index].failover.promotedRunID != masters[index].replicas[replica].node.runID
    }

    private mutating func selectAnew(_ index: Int) {
        masters[index].failover.switchover?.mayBePromoted = false
        masters[index].failover.promoted = nil
        enterSelection(index)
        event(.warning, "+failover-state-select-slave", .master(index))
    }

    /// Whether the promotion of the replica at `place` is what its failover waits for.
    func isWaitedFor(_ place: Place) -> Bool {
        guard case .replica(let index, _) = place else { return false }
        return masters[index].failover.phase == .waitingForPromotion
            && masters[index].failover.promoted == self[node: place].address
    }

    /// The replica is a master: from now on the group has a new configuration.
    mutating func promoted(_ index: Int, _ replica: Int) {
        let epoch = masters[index].failover.epoch
        guard epoch > masters[index].configEpoch else {
            giveWayToNewerConfiguration(index)
            return
        }
        let old = masters[index].node.address
        learnHistory(index, ofNext: masters[index].replicas[replica].node.address)
        masters[index].configEpoch = epoch
        masters[index].failover.enter(.reconfiguringReplicas, at: now)
        store()
        event(.warning, "+promoted-slave", .replica(index, replica))
        if crashesAfterPromotion { crash() }
        event(.warning, "+failover-state-reconf-slaves", .master(index))
        let target = masters[index].replicas[replica].node.address
        // Clients need not wait until the other replicas have been told.
        announceSwitch(index, from: old, to: target)
        reconfigureClients(index, role: "leader", from: old, to: target)
        demoteFormerMaster(index)
        publishSoon(index)
        changed()
    }

    /// Somebody else was elected later and has published: what this failover won is outdated, and a
    /// configuration may be published only under the epoch that its leader won.
    ///
    /// A replica that was promoted meanwhile is made one again.
    mutating func giveWayToNewerConfiguration(_ index: Int) {
        log(
            .warning,
            "The failover of '\(masters[index].settings.name)' under epoch "
                + "\(masters[index].failover.epoch) gives way to the configuration of epoch "
                + "\(masters[index].configEpoch)")
        event(.warning, "-failover-abort-not-elected", .master(index))
        abortFailover(index)
    }

    /// The position of the replica that was selected.
    func promotedIndex(_ index: Int) -> Int? {
        masters[index].failover.promoted.flatMap { masters[index].replicaIndex($0) }
    }

    /// Makes a server follow `address`, or nobody; writes that down; cuts its clients off.
    mutating func sendSlaveOf(
        _ place: Place, _ address: NodeAddress?, awaiting reply: AwaitedReply = .nothing
    ) {
        let host = address.map { shown($0) } ?? "NO"
        let port = address.map { ByteString("\($0.port)") } ?? "ONE"
        send(place, ["MULTI"], awaiting: .nothing)
        send(place, ["SLAVEOF", host, port], awaiting: .nothing)
        send(place, ["CONFIG", "REWRITE"], awaiting: .nothing)
        send(place, ["CLIENT", "KILL", "TYPE", "normal"], awaiting: .nothing)
        send(place, ["CLIENT", "KILL", "TYPE", "pubsub"], awaiting: .nothing)
        send(place, ["EXEC"], awaiting: reply)
    }
}
