// The last step of a failover, and how sentinels find each other.
//
// Every two seconds a sentinel publishes a hello through each server that it watches, and tells it to
// each sentinel directly. From hellos others learn that it exists, the epochs, and the
// configuration: one with a strictly greater config epoch is adopted. After a promotion hellos go
// out at once.

import Bytes
import Determinism
import Protocol

extension Sentinel {
    // MARK: Telling

    mutating func publishIfDue(_ node: DataNode, _ place: Place) {
        switch place {
        case .master(let index), .replica(let index, _):
            let number = masters[index].number
            // News do not wait for the answer to the last hello.
            if let last = node.lastPublicationAttempt,
                node.link.awaited.contains(.publication(master: number))
            {
                return wakeForNextHello(after: last)
            }
            let due = publicationDue(node.lastPublication, node.lastPublicationAttempt)
            // With a ping that goes out it is the same write, and the same answer to read.
            let goesAlong = node.link.lastPing == now
            guard due <= now + (goesAlong ? helloLeeway : .zero) else {
                wake(at: due)
                return
            }
            guard !withholdsHello(index, place), node.isConnected else { return }
            tellFence(index, place)
            guard publish(index, place) else { return }
            node.lastPublicationAttempt = now
            wakeForNextHello(after: now)
        case .sentinel: break
        }
    }

    mutating func publishToPeerIfDue(_ index: Int, _ peer: Peer) {
        let number = masters[index].number
        if let last = peer.lastPublicationAttempt,
            peer.node.link.awaited.contains(.publication(master: number))
        {
            return wakeForNextHello(after: last)
        }
        let due = publicationDue(peer.lastPublication, peer.lastPublicationAttempt)
        // The master is looked at because of its ping: what is due soon needs no look of its own.
        let goesAlong = masters[index].node.link.lastPing == now
        guard due <= now + (goesAlong ? helloLeeway : .zero) else {
            wake(at: due)
            return
        }
        guard publish(index, .sentinel(peer.node)) else { return }
        peer.lastPublicationAttempt = now
        wakeForNextHello(after: now)
    }

    /// A hello may be early by this much.
    private var helloLeeway: Duration { timing.publishPeriod / 20 }

    /// The reply to a hello that was taken causes no pass unless it is late, so the next one is
    /// waited for from here.
    private mutating func wakeForNextHello(after attempt: Instant) {
        let due = onBeat(attempt + timing.publishPeriod, every: timing.publishPeriod)
        if due > now { wake(at: due) }
    }

    /// A publication that was refused is tried again after a while, not at once.
    @inline(__always) private func publicationDue(_ last: Instant?, _ attempt: Instant?) -> Instant
    {
        onBeat(
            max(
                last.map { $0 + timing.publishPeriod } ?? now,
                attempt.map { $0 + timing.publishPeriod / 4 } ?? now),
            every: timing.publishPeriod)
    }

    private mutating func publish(_ index: Int, _ place: Place) -> Bool {
        guard let host = settings.announcedHost ?? self[link: place].localHost else {
            return false
        }
        let port = settings.announcedPort == 0 ? settings.port : settings.announcedPort
        let current = masters[index].currentAddress
        let hello = HelloMessage(
            address: NodeAddress(host: host, port: port), runID: identity,
            currentEpoch: records.spokenEpoch(currentEpoch),
            masterName: masters[index].settings.name,
            masterAddress: NodeAddress(host: shown(current), port: current.port),
            configEpoch: masters[index].configEpoch)
        return send(
            place, ["PUBLISH", Sentinel.helloChannel, hello.text],
            awaiting: .publication(master: masters[index].number))
    }

    mutating func receivePublication(_ reply: ReplyValue, _ place: Place, master number: Int) {
        if case .error = reply { return }
        switch place {
        case .master, .replica:
            let node = self[node: place]
            node.lastPublication = now
            if isLate(node.lastPublicationAttempt) { touch(place) }
        case .sentinel(let sentinel):
            guard let index = masterIndex(number: number), let peer = masters[index].peer(sentinel)
            else { return }
            peer.lastPublication = now
            if isLate(peer.lastPublicationAttempt) { touch(index) }
        }
    }

    /// Whether the pass for the next hello may have been before this reply.
    private func isLate(_ attempt: Instant?) -> Bool {
        attempt.map { now - $0 >= timing.publishPeriod / 2 } ?? true
    }

    /// Everybody hears of the new configuration at once.
    mutating func publishSoon(_ index: Int) {
        masters[index].node.lastPublication = nil
        masters[index].node.lastPublicationAttempt = nil
        for replica in masters[index].replicas.indices {
            masters[index].replicas[replica].node.lastPublication = nil
            masters[index].replicas[replica].node.lastPublicationAttempt = nil
        }
        for peer in masters[index].peers {
            peer.lastPublication = nil
            peer.lastPublicationAttempt = nil
        }
        changed()
    }

    // MARK: Hearing

    /// Takes a hello that came through a server, or else from a client: a sentinel is one.
    ///
    /// One that is none is told of once a minute and source. One with a name in it that nobody has
    /// looked up yet waits for that.
    mutating func receiveHello(_ text: ByteString, from place: Place?) {
        guard var hello = HelloMessage(text) else {
            return ignoreHello("that is none", from: place)
        }
        guard hello.runID != identity, let index = masterIndex(name: hello.masterName) else {
            return
        }
        guard let address = locate(hello.address.host, hello.address.port),
            let masterAddress = locate(hello.masterAddress.host, hello.masterAddress.port)
        else {
            return ignoreHello("with a host name (resolve-hostnames is no)", from: place)
        }
        if let name = [address, masterAddress].first(where: \.isUnresolved)?.hostName {
            if hostNames.isUnderWay(name) {
                _ = hostNames.wait(for: name, .hello(text))
            }
            return
        }
        hello.address = address
        hello.masterAddress = masterAddress
        meet(hello, index)
        if !masters[index].formerSentinels.isEmpty {
            masters[index].formerSentinels.removeAll { $0 == hello.runID }
        }
        if hello.currentEpoch > currentEpoch {
            currentEpoch = hello.currentEpoch
            store()
            event(.warning, "+new-epoch", "\(currentEpoch)", master: index)
            touch(index)
        }
        guard let peer = masters[index].peer(hello.runID) else { return }
        peer.lastHello = now
        adoptConfiguration(hello, index, peer)
    }

    private mutating func ignoreHello(_ reason: String, from place: Place?) {
        let source = place.map { address(of: $0).name } ?? "a client"
        logSeldom(.warning, "Ignoring a hello \(reason), from \(source)", about: source)
    }

    /// Makes the sender known under its id and its address.
    private mutating func meet(_ hello: HelloMessage, _ index: Int) {
        if let peer = masters[index].peer(hello.runID) {
            if peer.node.address == hello.address { return }
            touch(index)
            event(
                .notice, "+sentinel-address-switch", .master(index),
                " ip \(shown(hello.address)) port \(hello.address.port) for \(hello.runID)")
            moveSentinel(peer.node, to: hello.address, seenThrough: index)
            records.isDue = true
            return
        }
        touch(index)
        guard masters[index].peers.count < Master.peerLimit else { return }
        removeImpostor(hello.address, index)
        if let known = sentinelsByID[hello.runID], known.address != hello.address {
            disconnect(.sentinel(known))
        }
        let peer = Peer(rememberSentinel(hello.runID, hello.address), at: now)
        masters[index].peers.append(peer)
        peerEvent(.notice, "+sentinel", index, peer)
        records.isDue = true
        changed()
    }

    private mutating func moveSentinel(
        _ sentinel: SentinelNode, to address: NodeAddress, seenThrough index: Int
    ) {
        disconnect(.sentinel(sentinel))
        sentinel.address = address
        sentinel.link = NodeLink(at: now)
        let others = masters.indices.count { $0 != index && masters[$0].peer(sentinel) != nil }
        if others > 0, let peer = masters[index].peer(sentinel) {
            peerEvent(
                .notice, "+sentinel-address-update", index, peer,
                " \(others) additional matching instances")
        }
        changed()
    }

    /// Another sentinel under the address of a new one was replaced by it: nobody listens there
    /// for the old one any more.
    private mutating func removeImpostor(_ address: NodeAddress, _ index: Int) {
        for peer in masters[index].peers where peer.node.address == address {
            peerEvent(.notice, "+sentinel-invalid-addr", index, peer)
            for master in masters { master.peers.removeAll { $0.node === peer.node } }
            forgetSentinelIfUnused(peer.node)
            return
        }
    }

    // MARK: Adopting

    /// A configuration of a greater epoch replaces ours, once it is believed.
    ///
    /// Anybody who may publish can write a hello. So a new address is adopted only when the sentinel
    /// that announced it says the same over our own connection to it, or when a majority of the
    /// sentinels announce it.
    private mutating func adoptConfiguration(_ hello: HelloMessage, _ index: Int, _ peer: Peer) {
        guard hello.configEpoch > masters[index].configEpoch else {
            peer.announced = nil
            return
        }
        touch(index)
        guard hello.masterAddress != masters[index].currentAddress else {
            masters[index].configEpoch = hello.configEpoch
            records.isDue = true
            if masters[index].failover.isInProgress
                && masters[index].failover.epoch <= hello.configEpoch
            {
                if masters[index].failover.phase.isPromoted {
                    switchToPromoted(index)
                } else {
                    giveWayToNewerConfiguration(index)
                }
            }
            return
        }
        let announced = peer.announced
        if announced?.address != hello.masterAddress || announced?.epoch != hello.configEpoch {
            peer.announced = Peer.Announcement(
                address: hello.masterAddress, epoch: hello.configEpoch)
        }
        let sameCount = masters[index].peers.count {
            $0.announced?.address == hello.masterAddress
                && $0.announced?.epoch == hello.configEpoch
        }
        if sameCount >= (masters[index].peers.count + 1) / 2 + 1 {
            adopt(index, peer, hello.masterAddress, epoch: hello.configEpoch)
        } else {
            verifyAnnouncement(index, peer)
        }
    }

    /// A question on a connection that is gone will not be answered.
    mutating func askAgain(_ sentinel: SentinelNode) {
        for master in masters { master.peer(sentinel)?.announced?.isAsked = false }
    }

    /// Asks the sentinel itself, when it can be asked; a step of every pass.
    mutating func verifyAnnouncement(_ index: Int, _ peer: Peer) {
        guard let announced = peer.announced, !announced.isAsked, peer.node.link.canSend else {
            return
        }
        peer.announced?.isAsked = true
        send(
            .sentinel(peer.node),
            ["SENTINEL", "get-master-addr-by-name", masters[index].settings.name],
            awaiting: .masterAddress(master: masters[index].number))
    }

    /// The sentinel's own answer: adopted if it is what the hello said.
    mutating func receiveMasterAddress(
        _ reply: ReplyValue, from sentinel: SentinelNode, master number: Int
    ) {
        guard let index = masterIndex(number: number), let peer = masters[index].peer(sentinel),
            let announced = peer.announced
        else { return }
        // Whatever it said, its next hello may be asked about again.
        peer.announced?.isAsked = false
        guard case .array(let parts) = reply, parts.count == 2,
            let host = parts[0].bytes, let port = parts[1].integer,
            locate(host, port) == announced.address,
            announced.epoch > masters[index].configEpoch
        else {
            peer.announced = nil
            return
        }
        adopt(index, peer, announced.address, epoch: announced.epoch)
    }

    private mutating func adopt(
        _ index: Int, _ peer: Peer, _ address: NodeAddress, epoch: UInt64
    ) {
        masters[index].configEpoch = epoch
        for other in masters[index].peers { other.announced = nil }
        peerEvent(.warning, "+config-update-from", index, peer)
        let old = masters[index].currentAddress
        announceSwitch(index, from: old, to: address)
        recordAdoption(index, leader: peer.runID, epoch: epoch, to: address)
        switchMaster(index, to: address)
        reconfigureClients(index, role: "observer", from: old, to: address)
    }
}
