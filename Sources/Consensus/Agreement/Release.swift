// Votes that are not needed any more.
//
// A candidate that gives up before it has told any replica to become a master gives its votes back:
// SENTINEL RELEASE goes to every sentinel that knows it, also to those whose answers are still under
// way, on the connection on which they were asked. The voter's promise for that epoch stays; only
// its hold ends, and with it the pause before its own next attempt. A sentinel of another make is
// told nothing: there, time passes.

import Bytes
import Determinism
import Protocol

extension Sentinel {
    /// Gives the votes of this sentinel's candidacy back, its own included.
    mutating func releaseVotes(_ index: Int) {
        let epoch = masters[index].failover.epoch
        if masters[index].leader == identity && masters[index].leaderEpoch == epoch {
            masters[index].voteHeldUntil = nil
            records.isDue = true
        }
        let address = masters[index].node.address
        for peer in masters[index].peers {
            guard peer.node.capabilities.contains(.release), peer.node.link.canSend else {
                continue
            }
            send(
                .sentinel(peer.node),
                [
                    "SENTINEL", "RELEASE", address.host, ByteString("\(address.port)"),
                    ByteString("\(epoch)"), identity,
                ],
                awaiting: .nothing)
        }
    }

    /// SENTINEL RELEASE host port epoch candidate: 1 if the vote was held for it.
    mutating func answerRelease(
        _ request: SentinelRequestID, address: NodeAddress?, epoch: UInt64, candidate: ByteString
    ) {
        let index = masters.firstIndex { $0.node.address == address }
        if let index, let grant = masters[index].grant, grant.epoch == epoch,
            grant.candidate == candidate
        {
            masters[index].grant = nil
        }
        guard let index, masters[index].leader == candidate, masters[index].leaderEpoch == epoch,
            masters[index].voteHeldUntil != nil
        else {
            reply(request, .integer(0))
            return
        }
        masters[index].voteHeldUntil = nil
        records.isDue = true
        if masters[index].failover.delayedByVote == epoch {
            masters[index].failover.startedAt = nil
            masters[index].failover.delayedByVote = nil
        }
        touch(index)
        reply(request, .integer(1))
    }

    /// Whether this sentinel's vote may still make somebody a leader of whom it has not heard.
    func hasUnresolvedVote(_ index: Int) -> Bool {
        guard let until = masters[index].voteHeldUntil, now < until else { return false }
        return masters[index].configEpoch < masters[index].leaderEpoch
    }

    /// Whether the last vote keeps `candidate` from getting one.
    func isVoteHeld(_ index: Int, from candidate: ByteString) -> Bool {
        hasUnresolvedVote(index) && masters[index].leader != candidate
    }
}
