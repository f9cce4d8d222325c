// A master is objectively down when this sentinel finds it down and enough others said so within the
// last five ask periods. It is a weak agreement: opinions are gathered over time, not at one moment;
// the election is what is exclusive.

import Bytes
import Determinism
import Protocol

extension Sentinel {
    mutating func checkObjectivelyDown(_ index: Int) {
        var agreeing = 0
        if masters[index].node.isSubjectivelyDown {
            agreeing = 1
            agreeing += masters[index].peers.count { $0.saysMasterIsDown }
        }
        let quorum = masters[index].settings.quorum
        let isDown = agree(index, count: agreeing)
        if isDown == masters[index].isObjectivelyDown { return }
        if isDown {
            event(.warning, "+odown", .master(index), " #quorum \(agreeing)/\(quorum)")
            masters[index].objectivelyDownSince = now
            masters[index].failover.notBefore = now + candidacyDelay(index)
            masters[index].failover.lostRounds = 0
        } else {
            event(.warning, "-odown", .master(index))
        }
        masters[index].isObjectivelyDown = isDown
        changed()
    }

    /// Sentinels that lose a master at the same moment would all stand for the same epoch and split
    /// the votes.
    ///
    /// So each waits its turn, in the order of the ids of those that are up. A turn is as long as answers
    /// take, or the next would stand before it had heard of the one before it.
    func candidacyDelay(_ index: Int) -> Duration {
        var before = 0
        for peer in masters[index].peers where !peer.isSubjectivelyDown && peer.runID < identity {
            before += 1
        }
        let slots = timing.candidacySlots
        let wanted = weaknesses.contains(.electsBlindly) ? .zero : answerTime(index)
        return min(max(wanted, slots.lowerBound), slots.upperBound) * before
    }

    /// How long the farthest of those that told what they think of this master took to answer.
    private func answerTime(_ index: Int) -> Duration {
        var longest = Duration.zero
        for peer in masters[index].peers {
            guard let asked = peer.lastQuestion else { continue }
            longest = max(longest, peer.lastOpinion - asked)
        }
        return longest
    }

    /// Asks the others what they think of a master that is down from here, and for their votes once
    /// this sentinel stands for leader.
    mutating func askPeers(_ index: Int, isForced: Bool = false) {
        let master = masters[index]
        let isCandidate = master.failover.isSeekingVotes
        let epoch = isCandidate ? master.failover.epoch : currentEpoch
        for peer in master.peers {
            forgetOldOpinion(peer)
            guard master.node.isSubjectivelyDown || isCandidate else { continue }
            if !isForced, let last = peer.lastQuestion {
                let due = max(peer.lastOpinion, last) + timing.askPeriod
                if due > now {
                    wake(at: due)
                    continue
                }
            }
            guard peer.node.link.canSend else { continue }
            let address = master.node.address
            // Hellos of candidates carry no proof of votes; this question is how they are won.
            let command: [ByteString] = [
                "SENTINEL", "is-master-down-by-addr", shown(address), ByteString("\(address.port)"),
                ByteString("\(epoch)"), isCandidate ? identity : "*",
            ]
            send(
                .sentinel(peer.node), command,
                awaiting: .downOpinion(
                    master: master.number, votedEpoch: isCandidate ? epoch : nil))
            peer.lastQuestion = now
            wake(at: now + timing.askPeriod)
        }
    }

    private mutating func forgetOldOpinion(_ peer: Peer) {
        let validUntil = peer.lastOpinion + timing.askPeriod * 5
        if validUntil > now {
            if peer.saysMasterIsDown { wake(at: validUntil) }
            return
        }
        if peer.saysMasterIsDown { changed() }
        peer.saysMasterIsDown = false
        peer.leader = nil
    }

    /// `[down, leader or *, epoch]`; anything else says nothing.
    ///
    /// The answer to a question for a vote in `votedEpoch` that does not name this sentinel as the
    /// leader of that epoch is a refusal, whoever gives it: a sentinel does not think again.
    mutating func receiveOpinion(
        _ reply: ReplyValue, from sentinel: SentinelNode, master number: Int, votedEpoch: UInt64?
    ) {
        guard let index = masterIndex(number: number), let peer = masters[index].peer(sentinel),
            case .array(let parts) = reply, parts.count == 3, case .integer(let down) = parts[0],
            case .bulk(let leader) = parts[1], case .integer(let epoch) = parts[2]
        else { return }
        touch(index)
        peer.lastOpinion = now
        peer.saysMasterIsDown = down == 1
        if let votedEpoch { peer.refusedEpoch = votedEpoch }
        guard leader != "*", leader.count <= 64, let epoch = UInt64(exactly: epoch) else { return }
        if peer.leaderEpoch != epoch {
            log(.notice, "\(sentinel.runID) voted for \(leader) \(epoch)")
        }
        peer.leader = leader
        peer.leaderEpoch = epoch
    }
}
