import Bytes
import Determinism
import Protocol
import Replication
import Sessions

/// The end of a turn: replicas are handed the stream, who waited for them is answered.
///
/// A replica's session holds at most `feedingWindow` of the stream; the rest stays in the backlog,
/// once for all replicas. What a replica has not been sent yet, wherever it lies, counts towards
/// its output limit, so that a stalled one is closed and memory stays bounded.
extension Server {
    /// Bytes of the stream that wait in a replica's session at most.
    private static let feedingWindow = 1 << 20

    /// When `tickRoles` has something to do; asked for once a turn.
    var rolesDeadline: Instant? {
        var earliest = roles.link.nextDeadline
        if let next = roles.failover.nextDeadline {
            earliest = earliest.map { min($0, next) } ?? next
        }
        if let next = roles.switchover.nextDeadline(at: now.instant) {
            earliest = earliest.map { min($0, next) } ?? next
        }
        if !roles.replicas.isEmpty {
            if canFeedMore { return now.instant }
            if let next = roles.replicas.nextDeadline {
                earliest = earliest.map { min($0, next) } ?? next
            }
        }
        for next in [roles.acknowledgements.nextDeadline, incomingResumption] {
            if let next { earliest = earliest.map { min($0, next) } ?? next }
        }
        return earliest
    }

    /// Does what is due on the link to the master and towards replicas.
    mutating func tickRoles() {
        tickLink()
        resumeIncoming()
        var due: [ReplicaSetOutput] = []
        roles.replicas.tick(
            replicaSetSettings, isMaster: !roles.isReplica,
            isSnapshotRunning: persistence.job != nil, at: now.instant, into: &due)
        for output in due {
            switch output {
            case .log(let line): log(line)
            case .disconnect(let session): sessions.closeNow(SessionID(bits: session))
            case .keepAlive(let session):
                let id = SessionID(bits: session)
                guard sessions.contains(id) else { continue }
                sessions[id].reply.output.append(0x0a)
                sessions.markOutput(id)
            case .ping: if !isStreamHeld { roles.stream.appendPing() }
            case .startSnapshot: startStreaming()
            }
        }
        closeStalledReceivers()
        giveUpBacklog()
    }

    /// Whether the stream is to stay where it is, so that a replica can have all of it.
    ///
    /// A failover without a time-out may take so long that replicas would miss their master's pings.
    private var isStreamHeld: Bool {
        roles.failover.nextDeadline != nil || roles.switchover.isUnderWay
    }

    /// The end of a turn: replicas are handed the stream, WAIT is answered.
    mutating func settleRoles() {
        continuePlannedFailover()
        if roles.wantsAcknowledgement {
            roles.wantsAcknowledgement = false
            var link: [ReplicaLinkOutput] = []
            roles.link.acknowledge(
                roles.stream.history.offset, at: now.instant, into: &link)
            perform(link)
        }
        if roles.replicas.isEmpty && roles.acknowledgements.waiters.isEmpty { return }
        if roles.asksForAcknowledgements, !sessions.pause.isActive {
            roles.asksForAcknowledgements = false
            if !roles.isReplica { roles.stream.appendAcknowledgementRequest() }
        }
        feedReplicas()
        let answers = roles.acknowledgements.takeAnswers(from: roles.replicas, at: now.instant)
        for answer in answers {
            reply(to: SessionID(bits: answer.session)) { Self.write(answer, to: &$0) }
        }
    }

    /// Whether a replica has taken what it was handed and waits for more of the stream.
    private var canFeedMore: Bool {
        let end = roles.stream.history.offset
        return roles.replicas.replicas.contains { replica in
            let id = SessionID(bits: replica.session)
            return replica.state == .online && !replica.announcement.wantsSnapshotOnly
                && replica.nextOffset < end && sessions.contains(id)
                && sessions[id].reply.output.count < Self.feedingWindow / 2
                && !sessions[id].flags.contains(.closeNow)
        }
    }

    private mutating func feedReplicas() {
        let end = roles.stream.history.offset
        for replica in roles.replicas.replicas {
            let id = SessionID(bits: replica.session)
            guard sessions.contains(id), !sessions[id].flags.contains(.closeNow) else { continue }
            var next = replica.nextOffset
            let room = Self.feedingWindow - sessions[id].reply.output.count
            if replica.state == .online, !replica.announcement.wantsSnapshotOnly, next < end,
                room > 0
            {
                var output = OutputBuffer()
                swap(&output, &sessions[id].reply.output)
                let count = roles.stream.backlog.copy(from: next, limit: room, into: &output)
                swap(&output, &sessions[id].reply.output)
                statistics.netReplOutputBytes += count
                next += count
                roles.replicas.advance(replica.session, to: next)
                sessions.markOutput(id)
            }
            var held = replica.needsStream ? end - next : 0
            // What is gathered for a replica that must hear the length first is its own as well.
            if !replica.announcement.readsMarkedSnapshots, replica.state == .receiving {
                held += roles.streaming?.gathered.count ?? 0
            }
            let line = sessions.enforceOutputLimit(id, heldElsewhere: held, at: now.instant)
            if let line { log(.warning, line) }
        }
        roles.stream.backlog.keep(from: roles.replicas.lowestNeededOffset)
    }

    /// A master without replicas gives the backlog up after `repl-backlog-ttl`.
    private mutating func giveUpBacklog() {
        guard let since = roles.replicas.emptySince, settings.replBacklogTTLSeconds > 0,
            !roles.isReplica, roles.stream.isActive
        else { return }
        guard now.instant - since > .seconds(settings.replBacklogTTLSeconds) else { return }
        withRandom { random, server in server.roles.stream.abandon(random: &random) }
        log(
            .notice,
            "Replication backlog freed after \(settings.replBacklogTTLSeconds) seconds without "
                + "connected replicas.")
    }

    /// Whether enough replicas are well for a write to be accepted.
    var hasEnoughGoodReplicas: Bool {
        roles.replicas.allowsWrites(replicaSetSettings, at: now.instant)
    }

    /// A session ends: forgets it as a replica, as the link to the master, as one that waits.
    mutating func releaseRoles(of id: SessionID) {
        if id == roles.masterSession { return masterLinkClosed() }
        _ = roles.acknowledgements.remove(session: id.bits)
        guard sessions[id].flags.contains(.replica) else {
            // What it may have announced goes with it.
            _ = roles.replicas.remove(id.bits, at: now.instant)
            return
        }
        guard let name = roles.replicas.replica(id.bits)?.name else { return }
        log(.notice, "Connection with replica \(name) lost.")
        _ = roles.replicas.remove(id.bits, at: now.instant)
        sessions.replicaCount = roles.replicas.count
        roles.stream.backlog.keep(from: roles.replicas.lowestNeededOffset)
        dropReceiver(id)
    }

    /// Closes every replica: our history has changed, and they must hear of it.
    mutating func disconnectReplicas() {
        for replica in roles.replicas.replicas {
            let id = SessionID(bits: replica.session)
            log(.notice, "Connection with replica \(replica.name) lost.")
            _ = roles.replicas.remove(replica.session, at: now.instant)
            dropReceiver(id)
            if sessions.contains(id) { sessions.closeNow(id) }
        }
        sessions.replicaCount = 0
        roles.stream.backlog.keep(from: nil)
    }
}
