// Whether our configuration is the newest, so that a server which disagrees can be put right at once.
//
// A server that calls itself a master may be one that came back from the dead, or one that another
// leader has just promoted and that we have not heard of. Redis waits eight seconds for a hello to
// come. Here the others are asked (SENTINEL EPOCHS), and this is why it is enough:
//  - a leader that promoted it had the votes of a majority for an epoch greater than ours;
//  - a voter's current epoch is at least the one that it voted in, on disk before the vote was told;
//  - the votes came before the promotion, and that before the report that we read.
// So if a majority, asked after the report, know no epoch above that of our configuration, there was
// no such leader. Everyone who is up must have answered, not just a majority: a failover that an
// operator forced without votes is known to its leader at least. Sentinels of other makes cannot be
// asked, so among them the wait stays.

import Bytes
import Determinism
import Protocol

extension Sentinel {
    /// Whether no election was won after our configuration and before `instant`; asks if nobody was
    /// asked since.
    mutating func isNewestConfiguration(_ index: Int, since instant: Instant) -> Bool {
        let master = masters[index]
        guard currentEpoch <= master.configEpoch, !master.failover.isInProgress else {
            return false
        }
        askForEpochs(index, since: instant)
        var confirmed = 1
        for peer in masters[index].peers {
            if let at = peer.confirmedAt, at >= instant {
                confirmed += 1
            } else if !peer.isSubjectivelyDown {
                return false
            }
        }
        return confirmed >= (master.peers.count + 1) / 2 + 1
    }

    private mutating func askForEpochs(_ index: Int, since instant: Instant) {
        for peer in masters[index].peers.indices {
            if let at = masters[index].peers[peer].epochsAskedAt, at >= instant,
                now - at < timing.askPeriod
            {
                continue
            }
            guard let sentinel = sentinelIndex(masters[index].peers[peer].runID),
                send(
                    .sentinel(sentinel), ["SENTINEL", "EPOCHS", masters[index].settings.name],
                    awaiting: .epochs(master: masters[index].number))
            else { continue }
            masters[index].peers[peer].epochsAskedAt = now
        }
    }

    /// `[host, port, config epoch, current epoch]`; anything else confirms nothing.
    mutating func receiveEpochs(_ reply: ReplyValue, from runID: ByteString, master number: Int) {
        guard let index = masterIndex(number: number), let peer = masters[index].peerIndex(runID),
            let askedAt = masters[index].peers[peer].epochsAskedAt,
            case .array(let parts) = reply, parts.count == 4,
            parts[0].bytes == masters[index].node.address.host,
            parts[1].integer == masters[index].node.address.port,
            case .integer(let configEpoch) = parts[2], case .integer(let epoch) = parts[3],
            UInt64(exactly: configEpoch) == masters[index].configEpoch,
            UInt64(exactly: epoch) == masters[index].configEpoch
        else {
            // It may be about to hear of what we know, and is asked again with the next report.
            forgetQuestion(from: runID, master: number)
            return
        }
        masters[index].peers[peer].confirmedAt = askedAt
        for replica in masters[index].replicas.indices { correct(index, replica) }
    }

    private mutating func forgetQuestion(from runID: ByteString, master number: Int) {
        guard let index = masterIndex(number: number), let peer = masters[index].peerIndex(runID)
        else { return }
        masters[index].peers[peer].epochsAskedAt = nil
    }

    /// SENTINEL EPOCHS name.
    mutating func answerEpochs(_ index: Int, _ id: SentinelRequestID) {
        let master = masters[index]
        reply(
            id,
            .array([
                .bulk(master.currentAddress.host), .integer(master.currentAddress.port),
                .integer(Int(clamping: master.configEpoch)), .integer(Int(clamping: currentEpoch)),
            ]))
    }

    /// Puts a replica right that is not what the configuration says, if it is time to.
    mutating func correct(_ index: Int, _ replica: Int) {
        if isTilted { return }
        switch masters[index].replicas[replica].node.reportedRole {
        case .master: masterAmongReplicas(index, replica)
        case .replica: followsWrongMaster(index, replica)
        }
    }
}
