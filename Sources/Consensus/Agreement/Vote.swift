// One vote an epoch and master, first come first served.
//
// 1. The vote is on disk before anyone hears of it. While its record is under way the question
//    waits; if the record fails, the answer names no leader, and the next question tries to store
//    the same vote again: it is never given to another in the same epoch.
// 2. After a restart the epoch of the last vote is known, its leader is not: nobody gets that vote.
// 3. A vote is held for its candidate until a configuration of its epoch (or a later one) is seen,
//    the candidate asks for another epoch, which means that it gave the first one up, or ten seconds
//    (or failover-timeout, if that is less) have passed. Until then nobody else gets a vote, in
//    whatever epoch, so that two leaders are not at work one after the other's heels. A restart
//    begins the hold anew (Release.swift, CompanionState.swift).
// 4. A vote for another puts our own attempt off by two failover timeouts, so that the leader can
//    do its work; or until it gives the vote back, or a pre-vote shows that it does not lead.
// 5. A sentinel of another make gets no vote against a master that answers from here.
// 6. A refusal is an answer: it names the leader and the epoch that stand in the way, and the
//    candidate does not wait for a vote that will not come.

import Bytes
import Determinism
import Protocol

extension Sentinel {
    /// Votes for `candidate` if the epoch is new, and says whether a vote was given now.
    ///
    /// The caller stores the vote (`storeVote`) before it tells anyone.
    mutating func vote(_ index: Int, for candidate: ByteString, epoch: UInt64) -> Bool {
        learnEpoch(epoch, index)
        guard masters[index].leaderEpoch < epoch && currentEpoch <= epoch else { return false }
        if isVoteHeld(index, from: candidate) { return false }
        if !weaknesses.contains(.electsBlindly) {
            let heldUntil = now + Master.voteHold(masters[index].settings)
            masters[index].voteHeldUntil = heldUntil
            if candidate != identity { masters[index].grant = (epoch, candidate, heldUntil) }
        }
        masters[index].leader = candidate
        masters[index].leaderEpoch = epoch
        masters[index].voteRecord = RecordID(number: .max)
        if candidate != identity {
            if !masters[index].failover.isInProgress {
                openRecord(index, role: .observer, leader: candidate, epoch: epoch)
            }
            masters[index].failover.startedAt =
                now + random.duration(below: timing.maximumDesynchronisation)
            masters[index].failover.delayedByVote = epoch
            // One of another make never gives a vote back, and acts as late as it likes.
            masters[index].failover.isDelayFirm = !givesVotesBack(candidate)
        }
        return true
    }

    /// Whether a sentinel of another make stands although the master answers from here.
    ///
    /// Such a one may remember what others said of the master before this one, and finds it down at
    /// the first hitch after a failover. Among our own, a vote is asked for with reason: an
    /// operator's failover moves a master that is up.
    private func isFalseAlarm(_ index: Int, of candidate: ByteString) -> Bool {
        guard let sentinel = sentinelsByID[candidate], sentinel.link.canSend,
            !sentinel.link.awaited.contains(.capabilities),
            !sentinel.capabilities.contains(.release),
            !weaknesses.contains(.electsBlindly)
        else { return false }
        let master = masters[index].node
        return !master.isSubjectivelyDown && master.link.canSend
            && now - master.link.lastAvailable <= timing.pingPeriod
    }

    private func givesVotesBack(_ candidate: ByteString) -> Bool {
        sentinelsByID[candidate]?.capabilities.contains(.release) ?? false
    }

    /// Stores the last vote unless it is stored; `continuation` runs when the record is decided.
    mutating func storeVote(_ index: Int, _ continuation: PendingRecords.Continuation) {
        if masters[index].voteRecord <= records.lastStored {
            resume(continuation, isStored: true)
            return
        }
        if records.isInFlight(masters[index].voteRecord) {
            records.wait(for: masters[index].voteRecord, continuation)
            return
        }
        let id = store()
        masters[index].voteRecord = id
        records.wait(for: id, continuation)
    }

    /// SENTINEL IS-MASTER-DOWN-BY-ADDR host port epoch candidate.
    mutating func answerDownOpinion(
        _ request: SentinelRequestID, address: NodeAddress?, epoch: UInt64, candidate: ByteString
    ) {
        guard let address, let index = masters.firstIndex(where: { $0.node.address == address })
        else {
            replyOpinion(request, isDown: false, leader: nil, epoch: 0)
            return
        }
        let isDown = masters[index].node.isSubjectivelyDown && !isTilted
        if !isDown { lookAt(index) }
        // An epoch that no group reaches would leave no room for the next one.
        if candidate == "*" || candidate.count > 64 || epoch > Sentinel.epochLimit {
            replyOpinion(request, isDown: isDown, leader: nil, epoch: 0)
            return
        }
        var isNew = false
        if isFalseAlarm(index, of: candidate) {
            learnEpoch(epoch, index)
        } else {
            isNew = vote(index, for: candidate, epoch: epoch)
        }
        if !isNew && records.isDue { store() }
        storeVote(
            index,
            .answerVote(request, master: masters[index].number, isDown: isDown, isNew: isNew))
    }

    /// The vote is on disk, or is not: only then is the question answered.
    mutating func answerVote(
        _ request: SentinelRequestID, master number: Int, isDown: Bool, isNew: Bool, isStored: Bool
    ) {
        guard let index = masterIndex(number: number),
            isStored || weaknesses.contains(.votesWithoutRecord)
        else {
            replyOpinion(request, isDown: isDown, leader: nil, epoch: 0)
            return
        }
        let master = masters[index]
        if master.voteRecord > records.lastStored, !weaknesses.contains(.votesWithoutRecord) {
            // There is a newer vote by now, which the disk may refuse.
            storeVote(
                index, .answerVote(request, master: number, isDown: isDown, isNew: false))
            return
        }
        if isNew { announceVote(index) }
        replyOpinion(request, isDown: isDown, leader: master.leader, epoch: master.leaderEpoch)
    }

    mutating func announceVote(_ index: Int) {
        guard let leader = masters[index].leader else { return }
        event(
            .warning, "+vote-for-leader", "\(leader) \(masters[index].leaderEpoch)", master: index)
    }

    private mutating func replyOpinion(
        _ request: SentinelRequestID, isDown: Bool, leader: ByteString?, epoch: UInt64
    ) {
        reply(
            request,
            .array([
                .integer(isDown ? 1 : 0), .bulk(leader ?? "*"),
                .integer(Int(clamping: epoch)),
            ]))
    }
}
