// A node is subjectively down when it has been silent for down-after, and a master also when there is
// evidence that nobody serves there (Evidence.swift), when it says for long enough that it is a
// replica, or when it does not answer after a restart for the time set.

import Bytes
import Determinism

extension Sentinel {
    mutating func checkSubjectivelyDown(_ place: Place) {
        let downAfter = downAfter(place)
        replaceSilentConnections(place, downAfter: downAfter)
        let silentSince = self[link: place].silentSince
        var downAt = silentSince.map { $0 + downAfter }
        func consider(_ instant: Instant) { downAt = min(downAt ?? instant, instant) }
        if case .master(let index) = place {
            if let silentSince, let veto = vetoEnd(index, silentSince: silentSince) {
                downAt = max(silentSince + downAfter, veto)
            }
            if self[link: place].evidence != nil {
                // From then on its silence counts by itself, and those who agree are counted anew.
                if let downAt, downAt > now { wake(at: downAt) }
                consider(now)
            }
            observeLostData(index)
            if let since = masters[index].node.lostDataSince { consider(since) }
            if self[node: place].reportedRole == .replica {
                consider(
                    self[node: place].roleReportedAt + downAfter + timing.informationPeriod * 2)
            }
            if let rebootedAt = masters[index].rebootedAt {
                consider(rebootedAt + masters[index].settings.rebootDownAfter)
            }
        }
        let isDown = downAt.map { $0 <= now } ?? false
        if let downAt, !isDown { wake(at: downAt) }
        if isDown == self[node: place].isSubjectivelyDown { return }
        event(.warning, isDown ? "+sdown" : "-sdown", place)
        self[node: place].isSubjectivelyDown = isDown
        if isDown {
            self[node: place].subjectivelyDownSince = now
            if case .master(let index) = place {
                masters[index].silenceBeganAt = self[link: place].silentSince
                masterWentDown(index)
            }
        } else {
            self[node: place].subjectivelyUpSince = now
            self[node: place].scriptKillIsSent = false
        }
        changed()
    }

    mutating func checkPeerSubjectivelyDown(_ master: Int, _ peer: Int) {
        guard let index = sentinelIndex(masters[master].peers[peer].runID) else { return }
        let downAfter = masters[master].settings.downAfter
        if isKeeper(master, of: sentinels[index].runID) {
            replaceSilentConnections(.sentinel(index), downAfter: downAfter)
        }
        let downAt = sentinels[index].link.silentSince.map { $0 + downAfter }
        let isDown = downAt.map { $0 <= now } ?? false
        if let downAt, !isDown { wake(at: downAt) }
        if isDown == masters[master].peers[peer].isSubjectivelyDown { return }
        peerEvent(.warning, isDown ? "+sdown" : "-sdown", master, peer)
        masters[master].peers[peer].isSubjectivelyDown = isDown
        if isDown { masters[master].peers[peer].subjectivelyDownSince = now }
        changed()
    }

    /// What the election will need is asked for at once: opinions, and where the replicas are.
    private mutating func masterWentDown(_ index: Int) {
        for peer in masters[index].peers.indices { masters[index].peers[peer].lastQuestion = nil }
        askPeers(index, isForced: true)
        for replica in masters[index].replicas.indices {
            askForInformation(.replica(index, replica))
        }
    }

    /// A connection that seems to live but brings nothing is replaced before the node is given up.
    private mutating func replaceSilentConnections(_ place: Place, downAfter: Duration) {
        if let since = self[link: place].commands?.since, let ping = self[link: place].activePing {
            let due = max(
                since + timing.minimumLinkReconnectPeriod,
                max(ping, self[link: place].lastPong) + downAfter / 2)
            if due <= now {
                disconnectCommands(place)
                changed()
            } else {
                wake(at: due)
            }
        }
        if let since = self[link: place].events?.since {
            let due = max(
                since + timing.minimumLinkReconnectPeriod,
                (self[link: place].lastMessage ?? since) + timing.publishPeriod * 3)
            if due <= now {
                disconnectEvents(place)
                changed()
            } else {
                wake(at: due)
            }
        }
    }
}
