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
        case .sentinel(let index):
            // A link of several masters: the first of them stands for it.
            let runID = sentinels[index].runID
            guard let master = masters.firstIndex(where: { $0.peerIndex(runID) != nil }),
                let peer = masters[master].peerIndex(runID)
            else { return }
            peerEvent(level, name, master, peer, added)
        }
    }

    /// An event about another sentinel, in its part as an observer of a master.
    mutating func peerEvent(
        _ level: SentinelEvent.Level, _ name: String, _ master: Int, _ peer: Int,
        _ added: String = ""
    ) {
        let runID = masters[master].peers[peer].runID
        guard let index = sentinelIndex(runID) else { return }
        announce(
            level, name, masters[master].settings.name, "sentinel \(runID)",
            sentinels[index].address, masters[master].node.address, added)
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
