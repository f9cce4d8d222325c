// A switchover that loses no write: the leader has the master hold writes back, waits until the
// replica has all of them, and only then promotes it.
//
//     handingOver: PAUSE ──► catching up ──► COMMIT ──► sendingPromotion ... promoted ──► demotion
//                    │           │              │                │
//                    └── too slow, refused, link lost: RESUME ◄──┘ the replica refused
//
//  1. A promotion is sent only after the master said OK to COMMIT: before, its own time-out resumes
//     it; after, it never resumes by itself.
//  2. RESUME after a COMMIT is sent only while no promotion was sent that may have been obeyed. It is
//     owed until the master has answered it, over whatever connection.
//  3. A leader that dies owes nothing to anybody: the master resumes by itself, or, committed, says
//     after a while that it is no working master, and the next leader settles it
//     (UnsettledSwitchover.swift).
//  4. Once the promotion is confirmed the former master is told to follow at once. Its clients hear
//     of it, and nothing of theirs is lost.
//
// It is used where both can: the master names `switchover` among its capabilities. The replica may be
// of any make: where it stands is read from its INFO.

import Bytes
import Determinism
import Protocol

/// A coordinated switchover, as its leader sees it.
struct Switchover: Sendable {
    /// What is waited for.
    enum Step: Hashable, Sendable {
        /// The reply to PAUSE.
        case pausing
        /// The replica's INFO.
        case catchingUp(nextQuestion: Instant)
        /// The reply to COMMIT.
        case committing
        /// What becomes of the promotion.
        case committed
    }

    /// What was sent to the master or asked of the replica.
    enum Order: Hashable, Sendable {
        case pause
        case progress
        case commit
        case resume
        case demote
    }

    var step = Step.pausing
    /// The connection to the master over which it was paused.
    let link: LinkID
    let startedAt: Instant
    /// The stream that the replica must have: its history, and how far.
    var history: ByteString = ""
    var offset: UInt64 = 0
    /// Whether the master may have heard COMMIT.
    var mayBeCommitted = false
    /// Whether a replica may have heard that it is the master.
    var mayBePromoted = false
    /// Whether the replica's INFO is on its way.
    var isQuestionUnderWay = false

    /// A switchover whose PAUSE is being sent.
    init(link: LinkID, at now: Instant) {
        self.link = link
        startedAt = now
    }
}

extension Sentinel {
    // MARK: Beginning

    /// A replica is selected: it is promoted now, or when the master holds its writes back.
    mutating func beginPromotion(_ index: Int, _ replica: Int) {
        masters[index].failover.promoted = masters[index].replicas[replica].node.address
        masters[index].failover.promotedRunID = masters[index].replicas[replica].node.runID
        // It is the master already, and the one that was holds its writes back for it.
        if isHeir(index, replica) { return enterPromotion(index, replica) }
        guard canCoordinate(index), let link = masters[index].node.link.commands?.id else {
            if masters[index].failover.request.mustCoordinate {
                return abortSwitchover(index, "the master can't be told to hold its writes back")
            }
            if masters[index].failover.isForced && masters[index].failover.needsVotes {
                log(
                    .warning,
                    "The master of '\(masters[index].settings.name)' can't be told to hold its "
                        + "writes back: what it acknowledges from now on may be lost")
            }
            return enterPromotion(index, replica)
        }
        var switchover = Switchover(link: link, at: now)
        // An earlier replica refused: the master holds its writes back already.
        switchover.mayBeCommitted = masters[index].failover.switchover?.mayBeCommitted ?? false
        masters[index].failover.switchover = switchover
        masters[index].failover.enter(.handingOver, at: now)
        let milliseconds = timing.switchoverPause.wholeMilliseconds
        order(index, .pause, "PAUSE", [ByteString("\(milliseconds)")])
        changed()
    }

    /// Whether the master at `index` is asked to hold its writes back before a replica is promoted.
    private func canCoordinate(_ index: Int) -> Bool {
        let master = masters[index]
        return master.failover.isForced && master.failover.needsVotes
            && !master.node.isSubjectivelyDown && master.node.link.canSend
            && master.node.capabilities.contains(.switchover)
            && !weaknesses.contains(.replacesUnpaused)
    }

    private mutating func enterPromotion(_ index: Int, _ replica: Int) {
        masters[index].failover.enter(.sendingPromotion, at: now)
        event(.notice, "+failover-state-send-slaveof-noone", .replica(index, replica))
        changed()
    }

    private mutating func order(
        _ index: Int, _ order: Switchover.Order, _ word: ByteString, _ arguments: [ByteString] = []
    ) {
        let epoch = masters[index].failover.epoch
        send(
            .master(index),
            ["RDS", "SWITCHOVER", word, ByteString("\(epoch)"), identity] + arguments,
            awaiting: .switchover(order, epoch: epoch))
    }

    // MARK: Going on

    /// One step of `handingOver`, if it is due.
    mutating func continueHandover(_ index: Int) {
        guard let switchover = masters[index].failover.switchover,
            let replica = promotedIndex(index)
        else { return abortSwitchover(index, "the replica is gone") }
        guard masters[index].node.link.commands?.id == switchover.link else {
            return abortSwitchover(index, "the connection to the master was lost")
        }
        let due = switchover.startedAt + timing.switchoverPatience
        switch switchover.step {
        case .pausing:
            if now >= due { return abortSwitchover(index, "the master did not answer in time") }
            wake(at: due)
        case .catchingUp(let nextQuestion):
            if now >= due {
                return abortSwitchover(index, "the replica did not catch up in time")
            }
            wake(at: due)
            if switchover.isQuestionUnderWay { return }
            if now < nextQuestion { return wake(at: nextQuestion) }
            let epoch = masters[index].failover.epoch
            let isSent = send(
                .replica(index, replica), ["INFO", "replication"],
                awaiting: .switchover(.progress, epoch: epoch))
            if isSent {
                masters[index].failover.switchover?.isQuestionUnderWay = true
            } else {
                abortSwitchover(index, "the connection to the replica was lost")
            }
        case .committing:
            let end = leadershipEnd(index)
            if now >= end { return abortSwitchover(index, "the master did not answer in time") }
            wake(at: end)
        case .committed: break
        }
    }

    /// What the master or the replica answered to an order of a switchover.
    mutating func receiveSwitchover(
        _ reply: ReplyValue, _ place: Place, _ order: Switchover.Order, epoch: UInt64
    ) {
        switch (order, place) {
        case (.resume, .master(let index)):
            // Whatever it said, it has heard it.
            if masters[index].owedResume == epoch { masters[index].owedResume = nil }
        case (.demote, .master(let index)): formerMasterFollows(reply, index, epoch)
        case (_, .master(let index)), (_, .replica(let index, _)):
            guard masters[index].failover.phase == .handingOver,
                masters[index].failover.epoch == epoch
            else { return }
            switch (order, masters[index].failover.switchover?.step) {
            case (.pause, .pausing): paused(reply, index)
            case (.progress, .catchingUp): progressed(reply, index)
            case (.commit, .committing): committed(reply, index)
            default: break
            }
        case (_, .sentinel): break
        }
    }

    private mutating func paused(_ reply: ReplyValue, _ index: Int) {
        if let parts = reply.elements, parts.count == 2, let history = parts[0].bytes,
            let offset = parts[1].integer.flatMap({ UInt64(exactly: $0) })
        {
            masters[index].failover.switchover?.history = history
            masters[index].failover.switchover?.offset = offset
            masters[index].failover.switchover?.step = .catchingUp(nextQuestion: now)
            return changed()
        }
        let reason = reply.errorText?.text ?? "unexpected reply"
        // It can, and must not: somebody else is about to replace it, or has already.
        if ["INPROG", "STALE", "NOTMASTER"].contains(where: { reason.hasPrefix($0) }) {
            return abortSwitchover(index, reason)
        }
        log(.warning, "The master does not hold its writes back: \(reason)")
        guard !masters[index].failover.request.mustCoordinate, let replica = promotedIndex(index)
        else { return abortSwitchover(index, reason) }
        masters[index].failover.switchover = nil
        enterPromotion(index, replica)
    }

    private mutating func progressed(_ reply: ReplyValue, _ index: Int) {
        masters[index].failover.switchover?.isQuestionUnderWay = false
        guard let switchover = masters[index].failover.switchover,
            let target = masters[index].failover.promoted
        else { return }
        if let text = reply.bytes {
            let report = InformationReport(text.bytes.span, previous: InformationReport())
            if let history = report.replicationID, history != switchover.history {
                return abortSwitchover(index, "the replica's data is not the master's")
            }
            if report.role == .replica, report.replicationID != nil,
                report.offset >= switchover.offset
            {
                masters[index].failover.switchover?.step = .committing
                masters[index].failover.switchover?.mayBeCommitted = true
                order(index, .commit, "COMMIT", [target.host, ByteString("\(target.port)")])
                return changed()
            }
        }
        masters[index].failover.switchover?.step = .catchingUp(
            nextQuestion: now + timing.switchoverQuestionPeriod)
        changed()
    }

    private mutating func committed(_ reply: ReplyValue, _ index: Int) {
        guard case .simpleString("OK") = reply, let replica = promotedIndex(index) else {
            return abortSwitchover(
                index, reply.errorText?.text ?? "unexpected reply to COMMIT")
        }
        masters[index].failover.switchover?.step = .committed
        enterPromotion(index, replica)
    }

    // MARK: Giving up

    /// Gives the whole failover up: a planned one does not happen rather than lose writes.
    private mutating func abortSwitchover(_ index: Int, _ reason: String) {
        log(
            .warning,
            "Switchover of '\(masters[index].settings.name)' is given up: \(reason)")
        masters[index].failover.reason = reason
        event(.warning, "-failover-abort-slave-timeout", .master(index))
        // No replica was told anything: the votes are free.
        releaseVotes(index)
        masters[index].failover.isDelayFirm = true
        abortFailover(index)
    }

    /// Lets the master go on with its writes, unless a replica may have been promoted.
    mutating func releaseMaster(_ index: Int) {
        guard let switchover = masters[index].failover.switchover, !switchover.mayBePromoted
        else { return }
        masters[index].owedResume = masters[index].failover.epoch
        resumeIfOwed(index)
        // A pause that was not committed ends by itself.
        if !switchover.mayBeCommitted, !masters[index].node.link.canSend {
            masters[index].owedResume = nil
        }
    }

    /// Tells the master that nothing came of a switchover, as soon as it can be told.
    mutating func resumeIfOwed(_ index: Int) {
        guard let epoch = masters[index].owedResume, masters[index].node.link.canSend,
            !masters[index].node.link.awaited.contains(.switchover(.resume, epoch: epoch))
        else { return }
        send(
            .master(index), ["RDS", "SWITCHOVER", "RESUME", ByteString("\(epoch)"), identity],
            awaiting: .switchover(.resume, epoch: epoch))
    }

    // MARK: The former master

    /// After a planned failover: the master that was follows the one that is, at once.
    mutating func demoteFormerMaster(_ index: Int) {
        guard masters[index].failover.isForced, let target = masters[index].failover.promoted,
            !masters[index].node.isSubjectivelyDown, masters[index].node.link.canSend
        else { return }
        let epoch = masters[index].failover.epoch
        sendSlaveOf(.master(index), target, awaiting: .switchover(.demote, epoch: epoch))
        masters[index].failover.demotedAt = now
    }

    /// Whether the former master's answer is still worth waiting for.
    mutating func waitsForFormerMaster(_ index: Int) -> Bool {
        let epoch = masters[index].failover.epoch
        guard let since = masters[index].failover.demotedAt,
            masters[index].node.link.awaited.contains(.switchover(.demote, epoch: epoch))
        else { return false }
        let due = since + timing.demotionWait
        if now < due { wake(at: due) }
        return now < due
    }

    private mutating func formerMasterFollows(_ reply: ReplyValue, _ index: Int, _ epoch: UInt64) {
        guard masters[index].failover.epoch == epoch, case .array(let results) = reply,
            case .simpleString = results.first
        else { return }
        let master = masters[index].node.address
        announce(
            .notice, "+convert-to-slave", masters[index].settings.name, "slave \(master.name)",
            master, masters[index].failover.promoted)
        changed()
    }
}
