// Who leads a failover.
//
// A sentinel that finds the master objectively down raises the epoch, votes for itself, stores both,
// and only then asks the others for their votes. It leads when the majority of all sentinels ever
// seen for this master, and at least the quorum, voted for it in this epoch.
//
// It gives up when the time for an election is over, and at once when the votes that are known
// prove that nobody can win this epoch any more: every sentinel has voted, and no candidate has or can
// get enough. Then nobody is at work, and it stands again after a short random wait. Without that
// proof somebody may be leading, and Redis's rule holds: no new attempt for two failover timeouts.

import Bytes
import Determinism

extension Sentinel {
    mutating func startFailoverIfDue(_ index: Int) {
        guard masters[index].isObjectivelyDown, !masters[index].failover.isInProgress else {
            return
        }
        if let startedAt = masters[index].failover.startedAt {
            let due = startedAt + masters[index].settings.failoverTimeout * 2
            if now < due {
                logDelay(index, until: due)
                wake(at: due)
                return
            }
        }
        if let notBefore = masters[index].failover.notBefore, now < notBefore {
            wake(at: notBefore)
            return
        }
        startFailover(index)
    }

    /// Stands for leader in a new epoch; `isForced` by an operator, perhaps without asking anyone.
    mutating func startFailover(_ index: Int, isForced: Bool = false, needsVotes: Bool = true) {
        currentEpoch += 1
        masters[index].failover.begin(
            epoch: currentEpoch, at: now, isForced: isForced, needsVotes: needsVotes)
        event(.warning, "+new-epoch", "\(currentEpoch)", master: index)
        event(.warning, "+try-failover", .master(index))
        masters[index].failover.startedAt =
            now + random.duration(below: timing.maximumDesynchronisation)
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
        guard isStored else {
            abortElection(index)
            return
        }
        if masters[index].leaderEpoch == epoch { announceVote(index) }
        masters[index].failover.isCandidacyRecorded = true
        masters[index].failover.stoodAt = now
        askPeers(index, isForced: true)
        for replica in masters[index].replicas.indices {
            askForInformation(.replica(index, replica))
        }
    }

    /// Counts the votes of an election under way.
    mutating func countVotes(_ index: Int) {
        let master = masters[index]
        guard master.failover.isSeekingVotes else { return }
        var votes: [ByteString: Int] = [:]
        var unknown = 0
        if master.leaderEpoch == master.failover.epoch, let own = master.leader {
            votes[own, default: 0] += 1
        }
        for peer in master.peers {
            if let leader = peer.leader, peer.leaderEpoch == master.failover.epoch {
                votes[leader, default: 0] += 1
            } else {
                unknown += 1
            }
        }
        if !master.failover.needsVotes {
            elected(index)
            return
        }
        if votes[identity, default: 0] >= master.votesNeeded {
            // Votes are held for so long; a leader acts within half of that, or not at all.
            if now < leadershipEnd(index) { elected(index) } else { abortElection(index) }
            return
        }
        let best = votes.values.max() ?? 0
        if best + unknown < master.votesNeeded {
            // Proven: this epoch has no leader and will have none.
            abortElection(index)
            masters[index].failover.startedAt = nil
            masters[index].failover.notBefore =
                now + timing.candidacySlot
                + random.duration(below: timing.maximumDesynchronisation / 2)
            return
        }
        let startedAt = master.failover.startedAt ?? master.failover.changedAt
        let due = startedAt + min(timing.electionTimeout, master.settings.failoverTimeout)
        if now >= due {
            abortElection(index)
        } else {
            wake(at: due)
        }
    }

    /// Until when a leader may begin a promotion.
    func leadershipEnd(_ index: Int) -> Instant {
        masters[index].failover.stoodAt + Master.voteHold(masters[index].settings) / 2
    }

    private mutating func elected(_ index: Int) {
        event(.warning, "+elected-leader", .master(index))
        if crashesAfterElection { crash() }
        masters[index].failover.enter(.selectingReplica, at: now)
        event(.warning, "+failover-state-select-slave", .master(index))
        changed()
    }

    private mutating func abortElection(_ index: Int) {
        event(.warning, "-failover-abort-not-elected", .master(index))
        abortFailover(index)
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
