import Bytes

extension Sentinel {
    /// An event about the node at `place`: `<type> <name> <ip> <port>[ @ <master> <ip> <port>]`, and
    /// what is added.
    mutating func event(
        _ level: SentinelEvent.Level, _ name: String, _ place: Place, _ added: String = ""
    ) {
        switch place {
        case .master(let index):
            let master = masters[index]
            announce(
                level, name, master.settings.name,
                "master \(master.settings.name)", master.node.address, nil, added)
        case .replica(let index, let replica):
            let master = masters[index]
            let address = master.replicas[replica].node.address
            announce(
                level, name, master.settings.name, "slave \(shownName(address))", address,
                master.node.address, added)
        case .sentinel(let sentinel):
            // A link of several masters: the first of them stands for it.
            for index in masters.indices {
                guard let peer = masters[index].peer(sentinel) else { continue }
                return peerEvent(level, name, index, peer, added)
            }
        }
    }

    /// An event about another sentinel, in its part as an observer of a master.
    mutating func peerEvent(
        _ level: SentinelEvent.Level, _ name: String, _ master: Int, _ peer: Peer,
        _ added: String = ""
    ) {
        announce(
            level, name, masters[master].settings.name, "sentinel \(peer.runID)",
            peer.node.address, masters[master].node.address, added)
    }

    /// An event about no node; `master` says which group it concerns, if it concerns one.
    mutating func event(
        _ level: SentinelEvent.Level, _ name: String, _ payload: String, master: Int? = nil,
        fields: [SentinelEvent.Field] = []
    ) {
        outputs.append(
            .event(
                SentinelEvent(
                    level: level, name: name, payload: ByteString(payload),
                    masterName: master.map { masters[$0].settings.name },
                    address: master.map { masters[$0].node.address }, epoch: currentEpoch,
                    fields: fields)))
        if level == .warning, let master {
            notify(masters[master].settings.name, name, ByteString(payload))
        }
    }

    mutating func announce(
        _ level: SentinelEvent.Level, _ name: String, _ masterName: ByteString, _ subject: String,
        _ address: NodeAddress, _ master: NodeAddress?, _ added: String = ""
    ) {
        var payload = "\(subject) \(shown(address)) \(address.port)"
        if let master { payload += " @ \(masterName) \(shown(master)) \(master.port)" }
        outputs.append(
            .event(
                SentinelEvent(
                    level: level, name: name, payload: ByteString(payload + added),
                    masterName: masterName, address: address, epoch: currentEpoch)))
        if level == .warning { notify(masterName, name, ByteString(payload + added)) }
    }
}
