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
//    begins the hold anew.
// 4. A vote for another puts our own attempt off by two failover timeouts, so that the leader can
//    do its work.

import Bytes
import Determinism
import Protocol

extension Sentinel {
    /// Votes for `candidate` if the epoch is new, and says whether a vote was given now.
    ///
    /// The caller stores the vote (`storeVote`) before it tells anyone.
    mutating func vote(_ index: Int, for candidate: ByteString, epoch: UInt64) -> Bool {
        if epoch > currentEpoch {
            currentEpoch = epoch
            records.isDue = true
            event(.warning, "+new-epoch", "\(currentEpoch)", master: index)
        }
        guard masters[index].leaderEpoch < epoch && currentEpoch <= epoch else { return false }
        if isVoteHeld(index, from: candidate) { return false }
        masters[index].voteHeldUntil = now + Master.voteHold(masters[index].settings)
        masters[index].leader = candidate
        masters[index].leaderEpoch = epoch
        masters[index].voteRecord = RecordID(number: .max)
        if candidate != identity {
            masters[index].failover.startedAt =
                now + random.duration(below: timing.maximumDesynchronisation)
        }
        return true
    }

    /// Whether the last vote keeps `candidate` from getting one.
    private func isVoteHeld(_ index: Int, from candidate: ByteString) -> Bool {
        let master = masters[index]
        guard let until = master.voteHeldUntil, now < until else { return false }
        return master.leader != candidate && master.configEpoch < master.leaderEpoch
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
        let isNew = vote(index, for: candidate, epoch: epoch)
        if !isNew && records.isDue { store() }
        storeVote(
            index,
            .answerVote(request, master: masters[index].number, isDown: isDown, isNew: isNew))
    }

    /// The vote is on disk, or is not: only then is the question answered.
    mutating func answerVote(
        _ request: SentinelRequestID, master number: Int, isDown: Bool, isNew: Bool, isStored: Bool
    ) {
        guard let index = masterIndex(number: number), isStored else {
            replyOpinion(request, isDown: isDown, leader: nil, epoch: 0)
            return
        }
        let master = masters[index]
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
