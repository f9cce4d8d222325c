// What follows from a node's INFO.
//
// Observing comes first and always happens: run id, replicas, role. Acting comes second and not in
// TILT: a promotion is confirmed, a replica's reconfiguration moves on, and a server whose role or
// master is not that of the configuration is put right. A server that calls itself a master is never
// believed over the configuration, but those that may know of a newer one get time to tell us first.

import Bytes
import Determinism
import Protocol

extension Sentinel {
    mutating func receiveInformation(_ reply: ReplyValue, _ place: Place) {
        guard let text = reply.bytes else { return }
        let report = InformationReport(text.bytes.span, previous: self[node: place].report)
        observeRestart(report, place)
        if report.role == .replica { self[node: place].followerRunID = self[node: place].runID }
        observeFollowedMaster(report, place)
        self[node: place].report = report
        self[node: place].report.followed = report.masterHost.flatMap {
            locate($0, report.masterPort)
        }
        self[node: place].information = text
        self[node: place].informedAt = max(now, self[node: place].connectedAt ?? now)
        observeReplicas(report, place)
        guard let role = report.role else { return }
        observeRole(role, place)
        learnHistory(place)
        learnMinimumReplicas(place)
        learnPriority(place)
        if isTilted { return }
        guard case .replica(let index, let replica) = place else { return }
        switch role {
        case .master: masterAmongReplicas(index, replica)
        case .replica:
            resendPromotion(place)
            followsWrongMaster(index, replica)
            continueReconfiguration(index, replica)
        }
    }

    private mutating func observeRestart(_ report: InformationReport, _ place: Place) {
        guard let runID = report.runID, runID != self[node: place].runID else { return }
        if self[node: place].runID != nil {
            event(.notice, "+reboot", place)
            if case .master(let index) = place, masters[index].settings.rebootDownAfter > .zero {
                masters[index].rebootedAt = now
            }
        }
        self[node: place].runID = runID
    }

    private mutating func observeFollowedMaster(_ report: InformationReport, _ place: Place) {
        let old = self[node: place].report
        if report.masterHost != old.masterHost || report.masterPort != old.masterPort {
            self[node: place].followedMasterChangedAt = now
        }
    }

    /// Replicas that the master names, and those that a former master names: whoever joined it
    /// before anyone noticed, or came back behind it later, has to come along when it is made a
    /// replica.
    ///
    /// What any other replica says of its own replicas is left alone: somebody wanted that chain.
    private mutating func observeReplicas(_ report: InformationReport, _ place: Place) {
        switch place {
        case .master(let index): learnReplicas(report, index)
        case .replica(let index, _):
            let isFormer = masters[index].formerMasters.contains(self[node: place].address)
            if isFormer || report.role == .master { learnReplicas(report, index) }
        case .sentinel: break
        }
    }

    private mutating func learnReplicas(_ report: InformationReport, _ index: Int) {
        for reported in report.replicas {
            guard let address = locate(reported.host, reported.port),
                masters[index].replicaIndex(address) == nil,
                address != masters[index].node.address
            else { continue }
            guard masters[index].replicas.count < Master.replicaLimit else { return }
            masters[index].replicas.append(Replica(address: address, at: now))
            event(.notice, "+slave", .replica(index, masters[index].replicas.count - 1))
            records.isDue = true
            changed()
        }
    }

    private mutating func observeRole(_ role: Role, _ place: Place) {
        guard role != self[node: place].reportedRole else { return }
        self[node: place].reportedRole = role
        self[node: place].roleReportedAt = now
        if role == .replica { self[node: place].followedMasterChangedAt = now }
        if case .replica(let index, _) = place, role == .master { askAboutSwitchover(index) }
        let isExpected: Bool
        if case .master = place {
            isExpected = role == .master
        } else {
            isExpected = role == .replica
        }
        event(
            .verbose, isExpected ? "+role-change" : "-role-change", place,
            " new reported role is \(role.word)")
    }

    /// A replica says that it is a master: it was promoted, or it came back from the dead.
    mutating func masterAmongReplicas(_ index: Int, _ replica: Int) {
        let place = Place.replica(index, replica)
        if isWaitedFor(place) {
            promoted(index, replica)
            return
        }
        let wait = timing.publishPeriod * 4
        let reportedAt = self[node: place].roleReportedAt
        guard masterLooksSane(index), isCorrectionDue(index, replica), !isHeir(index, replica),
            masters[index].replacedSince == nil
        else { return }
        let hasWaited = hasBeenUp(place, for: wait) && now - reportedAt > wait
        guard hasWaited || isProvenRight(place) else { return }
        correctionSent(index, replica)
        sendSlaveOf(place, masters[index].node.address)
        event(.notice, "+convert-to-slave", place)
        askForInformation(place)
    }

    /// A correction gets a moment to work before it is sent again.
    private func isCorrectionDue(_ index: Int, _ replica: Int) -> Bool {
        guard self[node: .replica(index, replica)].isConnected else { return false }
        return masters[index].replicas[replica].correctedAt.map {
            now - $0 >= timing.urgentInformationPeriod
        } ?? true
    }

    /// Whether nothing newer than our configuration was there when the server reported last.
    private mutating func isProvenRight(_ place: Place) -> Bool {
        guard case .replica(let index, _) = place, let at = self[node: place].informedAt else {
            return false
        }
        return isNewestConfiguration(index, since: at)
    }

    private mutating func correctionSent(_ index: Int, _ replica: Int) {
        masters[index].replicas[replica].correctedAt = now
    }

    mutating func followsWrongMaster(_ index: Int, _ replica: Int) {
        let place = Place.replica(index, replica)
        let address = masters[index].node.address
        let wait = masters[index].settings.failoverTimeout
        let changedAt = self[node: place].followedMasterChangedAt
        guard self[node: place].followedMaster != address, masterLooksSane(index),
            isCorrectionDue(index, replica)
        else { return }
        let hasWaited = hasBeenUp(place, for: wait) && now - changedAt > wait
        // Whom an operator made it follow is left alone for a while; a former master is not.
        let isLate =
            self[node: place].followedMaster.map { masters[index].formerMasters.contains($0) }
            ?? false
        guard hasWaited || (isLate && isProvenRight(place)) else {
            return
        }
        correctionSent(index, replica)
        sendSlaveOf(place, address)
        event(.notice, "+fix-slave-config", place)
    }

    private mutating func continueReconfiguration(_ index: Int, _ replica: Int) {
        let place = Place.replica(index, replica)
        if case .sent = masters[index].replicas[replica].reconfiguration,
            self[node: place].followedMaster == masters[index].failover.promoted
        {
            masters[index].replicas[replica].reconfiguration = .inProgress
            event(.notice, "+slave-reconf-inprog", place)
        }
        if masters[index].replicas[replica].reconfiguration == .inProgress,
            self[node: place].report.masterLinkIsUp
        {
            masters[index].replicas[replica].reconfiguration = .done
            event(.notice, "+slave-reconf-done", place)
        }
    }

    /// Whether the master is one, is up, and said so lately; a fenced one may have been replaced.
    private func masterLooksSane(_ index: Int) -> Bool {
        let master = masters[index]
        // Until a failover is over, its leader knows the former master as the master.
        guard let informedAt = master.node.informedAt, !master.failover.isInProgress else {
            return false
        }
        return master.node.reportedRole == .master && !master.node.isSubjectivelyDown
            && !master.node.report.isFenced && !master.isObjectivelyDown
            && now - informedAt < timing.informationPeriod * 2
    }

    /// Whether it was within reach for so long: who was cut off from a server may be the one who has
    /// missed something, and hears of it before it corrects anything.
    private func hasBeenUp(_ place: Place, for duration: Duration) -> Bool {
        if self[node: place].isSubjectivelyDown { return false }
        guard let since = self[node: place].subjectivelyUpSince else { return true }
        return now - since > duration
    }
}
