import Bytes
import Protocol
import Replication
import Sessions

/// PSYNC and SYNC: a session becomes an attached replica.
extension Server {
    mutating func synchronise(_ request: borrowing Request, isLegacy: Bool, _ id: SessionID) {
        if sessions[id].flags.contains(.replica) { return }
        if !isLegacy, request.count > 3, request[3].equalsIgnoringCase("failover") {
            guard takeOver(request[1], id) else { return }
        }
        if roles.failover.isUnderWay {
            return sessions[id].reply.error("NOMASTERLINK Can't SYNC while failing over")
        }
        if roles.fence.isClosed {
            return sessions[id].reply.error(
                "NOMASTERLINK Can't SYNC while it is not certain that this is the master")
        }
        if roles.isReplica && !roles.link.isStreaming {
            return sessions[id].reply.error(
                "NOMASTERLINK Can't SYNC while not connected with my master")
        }
        let peer = peerAddress(id)
        let name = replicaName(id)
        log(.notice, "Replica \(name) asks for synchronization")
        if !isLegacy {
            guard let position = request.integer(2) else {
                log(
                    .warning, "Replica \(name) asks for synchronization but with a wrong offset")
                return sessions[id].reply.error(
                    "ERR value is not an integer or out of range")
            }
            if resume(request[1], position, id, peer: peer, name: name) { return }
        }
        statistics.syncFull += 1
        roles.replicas.attachWaiting(
            id.bits, peerAddress: peer, isLegacy: isLegacy, at: now.instant)
        markReplica(id)
        if !roles.stream.isActive {
            withRandom { random, server in server.roles.stream.startOver(random: &random) }
            let history = roles.stream.history
            log(
                .notice,
                "Replication backlog created, my new replication IDs are '\(history.id)' and "
                    + "'\(history.previousID)'")
        }
        if persistence.job != nil {
            let waits: StaticString =
                roles.streaming != nil
                ? "Current BGSAVE has socket target. Waiting for next BGSAVE for SYNC"
                : "Can't attach the replica to the current BGSAVE. Waiting for next BGSAVE for SYNC"
            log(.notice, "\(waits)")
        } else if roles.replicas.wantsSnapshot(replicaSetSettings, at: now.instant) {
            startStreaming()
        } else {
            log(.notice, "Delay next BGSAVE for diskless SYNC")
        }
    }

    /// Lets the replica go on from the backlog; false when it needs the whole data set.
    private mutating func resume(
        _ history: Span<UInt8>, _ position: Int, _ id: SessionID, peer: ByteString, name: String
    ) -> Bool {
        var lines: [ReplicationLogLine] = []
        let decision = ResyncDecision.decide(
            id: history, position: position, replica: name, history: roles.stream.history,
            backlog: roles.stream.backlog, log: &lines)
        for line in lines { log(line) }
        switch decision {
        case .partial(let offset):
            statistics.syncPartialOk += 1
            roles.stream.tell()
            roles.replicas.attach(id.bits, peerAddress: peer, from: offset, at: now.instant)
            markReplica(id)
            // What it misses is held for it from now on, whatever else this turn writes.
            roles.stream.backlog.keep(from: roles.replicas.lowestNeededOffset)
            if roles.replicas.announcement(of: id.bits).understandsRenaming {
                sessions[id].reply.simple(text: "CONTINUE \(roles.stream.history.id)")
            } else {
                sessions[id].reply.simple("CONTINUE")
            }
            return true
        case .full(let wasRefused):
            if wasRefused { statistics.syncPartialError += 1 }
            return false
        }
    }

    private mutating func markReplica(_ id: SessionID) {
        sessions[id].flags.insert(.replica)
        sessions.replicaCount = roles.replicas.count
        if settings.replDisableTCPNoDelay { outputs.append(.delaySmallPackets(id)) }
    }

    /// How the log names the session as a replica.
    private func replicaName(_ id: SessionID) -> String {
        let announcement = roles.replicas.announcement(of: id.bits)
        let address = (announcement.address ?? peerAddress(id)).text
        return announcement.listeningPort > 0
            ? "\(address):\(announcement.listeningPort)"
            : "\(address):<unknown-replica-port>"
    }

    /// The session's other end without its port; `[::1]:5` is `::1`.
    private func peerAddress(_ id: SessionID) -> ByteString {
        var bytes = sessions[id].address.bytes[...]
        if let colon = bytes.lastIndex(of: 0x3a) { bytes = bytes[..<colon] }
        if bytes.first == 0x5b, bytes.last == 0x5d { bytes = bytes.dropFirst().dropLast() }
        return ByteString(Array(bytes))
    }
}
