// A node is subjectively down when it has been silent for down-after, and a master also when there is
// evidence that nobody serves there (Evidence.swift), when it says for long enough that it is a
// replica, or when it does not answer after a restart for the time set.

import Bytes
import Determinism

extension Sentinel {
    mutating func checkSubjectivelyDown(_ place: Place) {
        let node = self[node: place]
        let downAfter = downAfter(place)
        replaceSilentConnections(node.link, place, downAfter: downAfter)
        let silentSince = node.link.silentSince
        var downAt = silentSince.map { $0 + downAfter }
        func consider(_ instant: Instant) { downAt = min(downAt ?? instant, instant) }
        if case .master(let index) = place {
            if let silentSince, let veto = vetoEnd(index, silentSince: silentSince) {
                downAt = max(silentSince + downAfter, veto)
            }
            if node.link.evidence != nil {
                // From then on its silence counts by itself, and those who agree are counted anew.
                if let downAt, downAt > now { wake(at: downAt) }
                consider(now)
            }
            observeLostData(index)
            observeReplacement(index)
            if let since = node.lostDataSince { consider(since) }
            if let since = masters[index].replacedSince { consider(since) }
            if node.reportedRole == .replica {
                consider(node.roleReportedAt + downAfter + timing.informationPeriod * 2)
            }
            if let rebootedAt = masters[index].rebootedAt {
                consider(rebootedAt + masters[index].settings.rebootDownAfter)
            }
        }
        let isDown = downAt.map { $0 <= now } ?? false
        if let downAt, !isDown { wake(at: downAt) }
        if isDown == node.isSubjectivelyDown { return }
        event(.warning, isDown ? "+sdown" : "-sdown", place)
        node.isSubjectivelyDown = isDown
        if isDown {
            node.subjectivelyDownSince = now
            if case .master(let index) = place {
                masters[index].silenceBeganAt = node.link.silentSince
                masterWentDown(index)
            }
        } else {
            node.subjectivelyUpSince = now
            node.scriptKillIsSent = false
        }
        changed()
    }

    mutating func checkPeerSubjectivelyDown(_ index: Int, _ peer: Peer) {
        let downAfter = masters[index].settings.downAfter
        if isKeeper(index, of: peer.node) {
            replaceSilentConnections(peer.node.link, .sentinel(peer.node), downAfter: downAfter)
        }
        let downAt = peer.node.link.silentSince.map { $0 + downAfter }
        let isDown = downAt.map { $0 <= now } ?? false
        if let downAt, !isDown { wake(at: downAt) }
        if isDown == peer.isSubjectivelyDown { return }
        peerEvent(.warning, isDown ? "+sdown" : "-sdown", index, peer)
        peer.isSubjectivelyDown = isDown
        if isDown { peer.subjectivelyDownSince = now }
        changed()
    }

    /// What the election will need is asked for at once: opinions, and where the replicas are.
    private mutating func masterWentDown(_ index: Int) {
        for peer in masters[index].peers { peer.lastQuestion = nil }
        askPeers(index, isForced: true)
        for replica in masters[index].replicas.indices {
            askForInformation(.replica(index, replica))
        }
    }

    /// A connection that seems to live but brings nothing is replaced before the node is given up.
    private mutating func replaceSilentConnections(
        _ link: NodeLink, _ place: Place, downAfter: Duration
    ) {
        if let since = link.commands?.since, let ping = link.activePing {
            let due = max(
                since + timing.minimumLinkReconnectPeriod,
                max(ping, link.lastPong) + downAfter / 2)
            if due <= now {
                disconnectCommands(place)
                changed()
            } else {
                wake(at: due)
            }
        }
        if let since = link.events?.since {
            let due = max(
                since + timing.minimumLinkReconnectPeriod,
                (link.lastMessage ?? since) + timing.publishPeriod * 3)
            if due <= now {
                disconnectEvents(place)
                changed()
            } else {
                wake(at: due)
            }
        }
    }
}
