// Who leads a failover.
//
// A sentinel that finds the master objectively down raises the epoch, votes for itself, stores both,
// and only then asks the others for their votes. It leads when the majority of all sentinels ever
// seen for this master, and at least the quorum, voted for it in this epoch.
//
// It gives up when the time for an election is over, and at once when the answers prove that it
// cannot win: enough voted for others, or refused. Where those who answer do not agree, it does not
// wait for a sentinel that fell silent, as the one on the master's host does. Then it gives its votes back (Release.swift) and
// stands again after a short random wait, if a pre-vote says that it is worth it (PreVote.swift).
// Where nobody can win, nobody is at work; otherwise Redis's rule holds as well, no new attempt for
// two failover timeouts, unless the pre-vote proves that nobody leads.

import Bytes
import Determinism

extension Sentinel {
    mutating func startFailoverIfDue(_ index: Int) {
        guard masters[index].isObjectivelyDown, !masters[index].failover.isInProgress else {
            if masters[index].failover.canvass != nil { masters[index].failover.canvass = nil }
            return
        }
        var isDelayed = false
        if let startedAt = masters[index].failover.startedAt {
            let due = startedAt + masters[index].settings.failoverTimeout * 2
            if now < due {
                isDelayed = true
                wake(at: due)
                if masters[index].failover.isDelayFirm || !canProveVacancy(index) {
                    logDelay(index, until: due)
                    return
                }
            }
        }
        if let notBefore = masters[index].failover.notBefore, now < notBefore {
            wake(at: notBefore)
            return
        }
        // Its epoch could not be stored either; a record that can be has all masters looked at.
        if records.failure != nil && !weaknesses.contains(.votesWithoutRecord) { return }
        guard isStillGone(index), hasReplicasToRead(index),
            isWorthStanding(index, needsProof: isDelayed)
        else {
            return
        }
        startFailover(index)
    }

    /// Whether so many sentinels say what they would vote that nobody else can be leading.
    private func canProveVacancy(_ index: Int) -> Bool {
        if weaknesses.contains(.electsBlindly) { return false }
        let able = masters[index].peers.count { peer in
            peer.node.capabilities.contains(.preVote) && peer.node.link.canSend
        }
        return able + 1 >= votesNeeded(index, electorate: 0)
    }

    /// Votes that make a leader: the majority of all sentinels ever seen, and the quorum; with
    /// `electorate`, of as many as another sentinel counts.
    func votesNeeded(_ index: Int, electorate: Int) -> Int {
        let count = max(masters[index].electorate(at: now), electorate)
        return max(count / 2 + 1, masters[index].settings.quorum)
    }

    /// Stands for leader in a new epoch; `isForced` by an operator, perhaps without asking anyone.
    mutating func startFailover(_ index: Int, isForced: Bool = false, needsVotes: Bool = true) {
        currentEpoch += 1
        let electorate = masters[index].failover.canvass?.electorate ?? 0
        masters[index].failover.begin(
            epoch: currentEpoch, at: now, isForced: isForced, needsVotes: needsVotes)
        masters[index].failover.electorate = electorate
        event(.warning, "+new-epoch", "\(currentEpoch)", master: index)
        event(.warning, "+try-failover", .master(index))
        openRecord(index, role: .candidate, leader: identity, epoch: currentEpoch)
        masters[index].failover.startedAt =
            now + random.duration(below: timing.maximumDesynchronisation)
        masters[index].failover.delayedByVote = nil
        masters[index].failover.isDelayFirm = false
        for replica in masters[index].replicas.indices {
            masters[index].replicas[replica].hasRefusedPromotion = false
        }
        let hasOwnVote = vote(index, for: identity, epoch: currentEpoch)
        // The epoch is stored even if our own vote is still held for another.
        let record = store()
        if hasOwnVote { masters[index].voteRecord = record }
        records.wait(for: record, .candidacy(master: masters[index].number, epoch: currentEpoch))
        changed()
    }

    /// The epoch and our own vote are on disk: now the others may hear of them.
    mutating func continueCandidacy(master number: Int, epoch: UInt64, isStored: Bool) {
        guard let index = masterIndex(number: number),
            masters[index].failover.phase == .waitingForStart,
            masters[index].failover.epoch == epoch
        else { return }
        touch(index)
        guard isStored || weaknesses.contains(.votesWithoutRecord) else {
            abortElection(index, reason: "its epoch could not be stored")
            return
        }
        if masters[index].leaderEpoch == epoch { announceVote(index) }
        masters[index].failover.isCandidacyRecorded = true
        masters[index].failover.stoodAt = now
        askPeers(index, isForced: true)
        for replica in masters[index].replicas.indices {
            askForInformation(.replica(index, replica))
        }
        askAboutSwitchover(index)
    }

    /// Counts the votes of an election under way.
    mutating func countVotes(_ index: Int) {
        let master = masters[index]
        guard master.failover.isSeekingVotes else { return }
        if !master.failover.needsVotes {
            elected(index)
            return
        }
        let epoch = master.failover.epoch
        var votes: [ByteString: Int] = [:]
        var refused = 0
        var unknown = 0
        var silent = 0
        if master.leaderEpoch == epoch, let own = master.leader {
            votes[own, default: 0] += 1
        } else {
            refused += 1
        }
        for peer in master.peers {
            if let leader = peer.leader, peer.leaderEpoch == epoch {
                votes[leader, default: 0] += 1
            } else if peer.refusedEpoch == epoch && !weaknesses.contains(.electsBlindly) {
                refused += 1
            } else {
                unknown += 1
                if isSilent(peer, of: master.settings) { silent += 1 }
            }
        }
        let own = votes.removeValue(forKey: identity) ?? 0
        let needed = votesNeeded(index, electorate: master.failover.electorate)
        if own >= needed {
            // Votes are held for so long; a leader acts within half of that, or not at all.
            if now < leadershipEnd(index) {
                elected(index)
            } else {
                abortElection(index, reason: "its votes came too late")
            }
            return
        }
        let isSplit = refused + votes.count > 0 && own + unknown - silent < needed
        if (own + unknown < needed || isSplit) && !weaknesses.contains(.electsBlindly) {
            // A sentinel that refused us may still vote for another.
            let isVacant = (votes.values.max() ?? 0) + unknown + refused < needed
            let others = votes.values.reduce(0, +)
            abortElection(
                index,
                reason:
                    "\(own) votes, \(others) for others, \(refused) refusals; \(needed) needed",
                isRefused: true)
            if isVacant { masters[index].failover.startedAt = nil }
            return
        }
        let startedAt = master.failover.startedAt ?? master.failover.changedAt
        let due = startedAt + min(timing.electionTimeout, master.settings.failoverTimeout)
        if now >= due {
            abortElection(index, reason: "\(own) votes in time, \(needed) needed")
        } else {
            wake(at: due)
        }
    }

    /// Whether a vote of the peer is not to be waited for: it has answered nothing for long.
    private mutating func isSilent(_ peer: Peer, of settings: MasterSettings) -> Bool {
        guard let since = peer.node.link.silentSince else { return false }
        let due = since + settings.downAfter / 2
        if now < due { wake(at: due) }
        return now >= due
    }

    /// Until when a leader may begin a promotion.
    func leadershipEnd(_ index: Int) -> Instant {
        masters[index].failover.stoodAt + Master.voteHold(masters[index].settings) / 2
    }

    private mutating func elected(_ index: Int) {
        event(.warning, "+elected-leader", .master(index))
        if crashesAfterElection { crash() }
        masters[index].failover.lostRounds = 0
        enterSelection(index)
        event(.warning, "+failover-state-select-slave", .master(index))
        changed()
    }

    private mutating func abortElection(
        _ index: Int, reason: String, isRefused: Bool = false
    ) {
        let master = masters[index]
        log(
            .notice,
            "Not elected as the leader of epoch \(master.failover.epoch) for "
                + "'\(master.settings.name)': \(reason)")
        event(.warning, "-failover-abort-not-elected", .master(index))
        releaseVotes(index)
        abortFailover(index)
        waitForNextRound(
            index, isRefused: isRefused, took: now - master.failover.stoodAt)
    }

    /// Told once an attempt, so that operators know when the next one will be.
    private mutating func logDelay(_ index: Int, until due: Instant) {
        guard masters[index].failover.delayLoggedFor != masters[index].failover.startedAt else {
            return
        }
        masters[index].failover.delayLoggedFor = masters[index].failover.startedAt
        outputs.append(
            .log(
                .notice, "Next failover delay: I will not start a failover before ", until: due))
    }

    /// Ends the process as SENTINEL SIMULATE-FAILURE asked.
    mutating func crash() {
        log(.warning, "Sentinel CRASH because of SENTINEL simulate-failure")
        outputs.append(.exit(status: 99))
    }
}
