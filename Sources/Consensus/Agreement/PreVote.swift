// Whether it is worth standing for leader, asked before an epoch is raised.
//
//     odown --> canvass: SENTINEL PRE-VOTE to those that can be asked --+--> stand (Election.swift)
//                 ^                                                     |
//                 +---- a short random wait <--- a majority is out of reach
//
// 1. Asking changes nothing: no epoch, no vote, no record, on either side. Only that a greater epoch
//    exists is learned, as from a hello.
// 2. A sentinel that cannot be asked (a real one, one without a connection) counts as a yes: it is
//    the vote that decides.
// 3. Where Redis's rule puts the next attempt off by two failover timeouts, because somebody may be
//    leading, enough explicit yeses lift it: each of them says that its vote is held for nobody
//    else, and so nobody leads with a majority. Those who cannot be asked then count as a no.
//
// The answer is `[would, reason, leader, leader's epoch, current epoch, sentinels known]`.

import Bytes
import Determinism
import Protocol

/// A round of questions before an election.
struct Canvass: Sendable {
    let since: Instant
    /// Those that were asked.
    var asked: [ByteString] = []
    /// What they answered.
    var answers: [ByteString: Bool] = [:]
    /// The most sentinels that anyone counts.
    var electorate = 0
}

extension Sentinel {
    /// Whether to stand now; with `needsProof` only on explicit yeses.
    ///
    /// False while answers are missing, and when a majority is out of reach: then the next round
    /// begins after a short wait.
    mutating func isWorthStanding(_ index: Int, needsProof: Bool) -> Bool {
        if weaknesses.contains(.electsBlindly) { return !needsProof }
        let canvass: Canvass
        if let underWay = masters[index].failover.canvass {
            canvass = underWay
        } else {
            canvass = beginCanvass(index)
            masters[index].failover.canvass = canvass
        }
        let isOwnVoteFree = !isVoteHeld(index, from: identity)
        let yes = (isOwnVoteFree ? 1 : 0) + canvass.answers.values.count { $0 }
        let no = (isOwnVoteFree ? 0 : 1) + canvass.answers.values.count { !$0 }
        let silent = canvass.asked.count - canvass.answers.count
        let needed = votesNeeded(index, electorate: canvass.electorate)
        if yes >= needed { return true }
        let unasked = masters[index].peers.count - canvass.asked.count
        // Silence is no refusal, but no proof either: what has to be proved is worth a wait that answers
        // from far away fit into.
        let deadline = canvass.since + (needsProof ? timing.askPeriod : timing.canvassWait)
        let isLate = now >= deadline
        let possible = yes + (needsProof ? 0 : unasked) + (isLate && needsProof ? 0 : silent)
        if possible < needed {
            masters[index].failover.canvass = nil
            // Whoever holds the votes is at work: no need to ask ever faster.
            waitForNextRound(index, isRefused: no > 0)
            return false
        }
        if silent > 0 && !isLate {
            wake(at: deadline)
            return false
        }
        return true
    }

    private mutating func beginCanvass(_ index: Int) -> Canvass {
        var canvass = Canvass(since: now)
        let address = masters[index].node.address
        for peer in masters[index].peers {
            guard peer.node.capabilities.contains(.preVote), peer.node.link.canSend else {
                continue
            }
            send(
                .sentinel(peer.node),
                [
                    "SENTINEL", "PRE-VOTE", address.host, ByteString("\(address.port)"),
                    ByteString("\(currentEpoch + 1)"), identity,
                ],
                awaiting: .preVote(master: masters[index].number))
            canvass.asked.append(peer.runID)
        }
        return canvass
    }

    /// Rounds follow each other after tens of milliseconds, and after up to a second when there were
    /// many; sentinels that are far from each other wait as much longer as the round `took`, or all
    /// would stand again before any had heard of another.
    mutating func waitForNextRound(_ index: Int, isRefused: Bool, took: Duration = .zero) {
        let rounds = min(masters[index].failover.lostRounds, 5)
        masters[index].failover.lostRounds += 1
        let longest =
            isRefused
            ? max(timing.roundWait * (1 << rounds), min(took * 2, timing.askPeriod))
            : timing.askPeriod
        let wait = longest / 2 + random.duration(below: longest / 2)
        masters[index].failover.notBefore = now + wait
        wake(at: now + wait)
    }

    mutating func receivePreVote(
        _ reply: ReplyValue, from sentinel: SentinelNode, master number: Int
    ) {
        guard let index = masterIndex(number: number), masters[index].peer(sentinel) != nil
        else { return }
        touch(index)
        let runID = sentinel.runID
        guard case .array(let parts) = reply, parts.count >= 6, let would = parts[0].integer,
            let epoch = parts[4].integer.flatMap({ UInt64(exactly: $0) }),
            let electorate = parts[5].integer
        else {
            // It does not know the question after all.
            masters[index].failover.canvass?.asked.removeAll { $0 == runID }
            return
        }
        learnEpoch(epoch, index)
        guard masters[index].failover.canvass?.asked.contains(runID) == true else { return }
        masters[index].failover.canvass?.answers[runID] = would == 1
        let known = masters[index].failover.canvass?.electorate ?? 0
        masters[index].failover.canvass?.electorate = max(
            known, min(electorate, Master.peerLimit + 1))
    }

    /// Somebody has heard of a greater epoch than this sentinel.
    mutating func learnEpoch(_ epoch: UInt64, _ index: Int) {
        guard epoch > currentEpoch, epoch <= Sentinel.epochLimit else { return }
        currentEpoch = epoch
        records.isDue = true
        event(.warning, "+new-epoch", "\(currentEpoch)", master: index)
    }

    /// SENTINEL PRE-VOTE host port epoch candidate.
    mutating func answerPreVote(
        _ request: SentinelRequestID, address: NodeAddress?, candidate: ByteString
    ) {
        guard let index = masters.firstIndex(where: { $0.node.address == address }) else {
            replyPreVote(request, nil, reason: "unknown-master")
            return
        }
        if isVoteHeld(index, from: candidate) {
            replyPreVote(request, index, reason: "held")
        } else if records.failure != nil {
            replyPreVote(request, index, reason: "disk")
        } else {
            replyPreVote(request, index, reason: nil)
        }
    }

    private mutating func replyPreVote(
        _ request: SentinelRequestID, _ index: Int?, reason: ByteString?
    ) {
        let master = index.map { masters[$0] }
        reply(
            request,
            .array([
                .integer(reason == nil ? 1 : 0), .bulk(reason ?? "would"),
                .bulk(master?.leader ?? "*"),
                .integer(Int(clamping: master?.leaderEpoch ?? 0)),
                .integer(Int(clamping: records.spokenEpoch(currentEpoch))),
                .integer(master?.electorate(at: now) ?? 0),
            ]))
    }
}
