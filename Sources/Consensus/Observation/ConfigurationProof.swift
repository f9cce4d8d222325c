// Whether our configuration is the newest, so that a server which disagrees can be put right at once.
//
// A server that calls itself a master may be one that came back from the dead, or one that another
// leader has just promoted and that we have not heard of. Redis waits eight seconds for a hello to
// come. Here the others are asked (SENTINEL EPOCHS), and this is why it is enough:
//  - a leader that promoted it had the votes of a majority for an epoch greater than that of ours;
//  - a voter's last vote for this master is in that epoch or a later one ever after, and was on disk
//    before it was told;
//  - the votes came before the promotion, and that before the report that we read.
// So if a majority, asked after the report, gave no vote in an epoch above that of our configuration,
// there was no such leader. It is not the current epoch that counts: who lost an election, or a
// failover of another master, has raised it. Everyone who is up must have answered, and lead no
// failover of this master, not just a majority: one that an operator forced without votes is known
// to its leader at least. Sentinels of another make do not tell their votes, and force whatever an
// operator asks of them: SENTINEL MASTER says whether one leads a failover, and under which epoch its
// configuration is. So beside them the proof takes a majority of our own; else the wait stays.

import Bytes
import Determinism
import Protocol

extension Sentinel {
    /// Whether no election was won after our configuration and before `instant`; asks if nobody was
    /// asked since.
    mutating func isNewestConfiguration(_ index: Int, since instant: Instant) -> Bool {
        guard !masters[index].failover.isInProgress else { return false }
        askForEpochs(index, since: instant)
        let configEpoch = masters[index].configEpoch
        var confirmed = masters[index].leaderEpoch <= configEpoch ? 1 : 0
        for peer in masters[index].peers {
            if let told = peer.toldEpochs, told.at >= instant, told.configEpoch == configEpoch {
                if let voted = told.votedEpoch, voted <= configEpoch { confirmed += 1 }
            } else if !peer.isSubjectivelyDown {
                return false
            }
        }
        return confirmed >= masters[index].electorate(at: now) / 2 + 1
    }

    private mutating func askForEpochs(_ index: Int, since instant: Instant) {
        for peer in masters[index].peers {
            if let at = peer.epochsAskedAt, at >= instant, now - at < timing.askPeriod { continue }
            if peer.node.link.awaited.contains(.capabilities) { continue }
            let number = masters[index].number
            let tellsEpochs = peer.node.capabilities.contains(.epochs)
            let isAsked = send(
                .sentinel(peer.node),
                ["SENTINEL", tellsEpochs ? "EPOCHS" : "MASTER", masters[index].settings.name],
                awaiting: tellsEpochs ? .epochs(master: number) : .masterFields(master: number))
            if isAsked { peer.epochsAskedAt = now }
        }
    }

    /// `[host, port, config epoch, epoch of its last vote, epoch of the failover that it leads]`;
    /// anything else says nothing, and neither does who leads one.
    mutating func receiveEpochs(
        _ reply: ReplyValue, from sentinel: SentinelNode, master number: Int
    ) {
        guard let index = masterIndex(number: number), let peer = masters[index].peer(sentinel),
            let askedAt = peer.epochsAskedAt
        else { return }
        guard case .array(let parts) = reply, parts.count == 5, parts[4].integer == 0,
            let votedEpoch = parts[3].integer.flatMap({ UInt64(exactly: $0) })
        else {
            peer.epochsAskedAt = nil
            return
        }
        learn(
            .init(
                at: askedAt,
                configEpoch: parts[2].integer.flatMap { UInt64(exactly: $0) } ?? .max,
                votedEpoch: votedEpoch),
            host: parts[0].bytes, port: parts[1].integer, index, peer)
    }

    /// The reply to SENTINEL MASTER, which every make answers.
    mutating func receiveMasterFields(
        _ reply: ReplyValue, from sentinel: SentinelNode, master number: Int
    ) {
        guard let index = masterIndex(number: number), let peer = masters[index].peer(sentinel),
            let askedAt = peer.epochsAskedAt
        else { return }
        guard let fields = reply.fields, let flags = fields["flags"]?.bytes,
            !flags.bytes.split(separator: 0x2c).contains(Array("failover_in_progress".utf8)[...]),
            let epoch = fields["config-epoch"]?.integer.flatMap({ UInt64(exactly: $0) })
        else {
            peer.epochsAskedAt = nil
            return
        }
        learn(
            .init(at: askedAt, configEpoch: epoch, votedEpoch: nil),
            host: fields["ip"]?.bytes, port: fields["port"]?.integer, index, peer)
    }

    private mutating func learn(
        _ told: Peer.Epochs, host: ByteString?, port: Int?, _ index: Int, _ peer: Peer
    ) {
        let address = masters[index].node.address
        guard host == address.host, port == address.port,
            told.configEpoch == masters[index].configEpoch
        else {
            // It may be about to hear of what we know, and is asked again with the next report.
            peer.epochsAskedAt = nil
            return
        }
        peer.toldEpochs = told
        for replica in masters[index].replicas.indices { correct(index, replica) }
    }

    /// SENTINEL EPOCHS name.
    mutating func answerEpochs(_ index: Int, _ id: SentinelRequestID) {
        let master = masters[index]
        reply(
            id,
            .array([
                .bulk(master.currentAddress.host), .integer(master.currentAddress.port),
                .integer(Int(clamping: master.configEpoch)),
                .integer(Int(clamping: master.leaderEpoch)),
                .integer(
                    master.failover.isInProgress ? Int(clamping: master.failover.epoch) : 0),
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
