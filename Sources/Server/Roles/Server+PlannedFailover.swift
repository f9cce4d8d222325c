import Bytes
import Determinism
import Protocol
import Replication
import Sessions

/// FAILOVER: what `PlannedFailover` decides, done with pauses, roles and the link.
extension Server {
    /// FAILOVER [TO host port [FORCE]] [ABORT] [TIMEOUT milliseconds].
    mutating func failover(_ request: borrowing Request, _ id: SessionID) {
        if request.count == 2, request[1].equalsIgnoringCase("abort") {
            guard roles.failover.isUnderWay else {
                return sessions[id].reply.error("ERR No failover in progress.")
            }
            abortPlannedFailover("Failover manually aborted")
            return sessions[id].reply.ok()
        }
        guard let order = failoverOrder(request, id) else { return }
        if let refusal = refusal(of: order) { return sessions[id].reply.error(refusal) }
        if let target = order.target {
            log(.notice, "FAILOVER requested to \(target).")
        } else {
            log(.notice, "FAILOVER requested to any replica.")
        }
        // The replicas say at once how far they are, not only when their second is over.
        roles.stream.appendAcknowledgementRequest()
        roles.failover.begin(order, at: now.instant)
        sessions.pause.begin(.failover, .write, until: .distantFuture)
        pauseChanged()
        sessions[id].reply.ok()
    }

    /// Reads the options; nil after an error was replied.
    private mutating func failoverOrder(
        _ request: borrowing Request, _ id: SessionID
    ) -> PlannedFailover.Order? {
        var order = PlannedFailover.Order()
        var index = 1
        while index < request.count {
            let word = request[index]
            if word.equalsIgnoringCase("timeout"), index + 1 < request.count,
                order.timeout == nil
            {
                guard let milliseconds = request.integer(index + 1) else {
                    sessions[id].reply.error("ERR value is not an integer or out of range")
                    return nil
                }
                guard milliseconds > 0 else {
                    sessions[id].reply.error("ERR FAILOVER timeout must be greater than 0")
                    return nil
                }
                order.timeout = .milliseconds(Int64(min(milliseconds, Self.longestFailover)))
                index += 2
            } else if word.equalsIgnoringCase("to"), index + 2 < request.count,
                order.target == nil
            {
                guard let port = request.integer(index + 2) else {
                    sessions[id].reply.error("ERR value is not an integer or out of range")
                    return nil
                }
                order.target = MasterAddress(host: request.owned(index + 1), port: port)
                index += 3
            } else if word.equalsIgnoringCase("force"), !order.isForced {
                order.isForced = true
                index += 1
            } else {
                sessions[id].reply.error("ERR syntax error")
                return nil
            }
        }
        return order
    }

    /// Milliseconds that fit into every clock: about three years.
    private static let longestFailover = 100_000_000_000

    private func refusal(of order: PlannedFailover.Order) -> StaticString? {
        if roles.isHandingOver { return "ERR FAILOVER already in progress." }
        if roles.isReplica { return "ERR FAILOVER is not valid when server is a replica." }
        if roles.replicas.isEmpty { return "ERR FAILOVER requires connected replicas." }
        if order.isForced, order.timeout == nil || order.target == nil {
            return "ERR FAILOVER with force option requires both a timeout and target HOST and IP."
        }
        guard let target = order.target else { return nil }
        guard let replica = roles.replicas.replicas.first(where: { $0.isAt(target) }) else {
            return "ERR FAILOVER target HOST and PORT is not a replica."
        }
        return replica.isOnline ? nil : "ERR FAILOVER target replica is not online."
    }

    /// Goes on with a failover that waits; called at the end of every turn.
    mutating func continuePlannedFailover() {
        guard roles.failover.phase == .waitingForSync else { return }
        let step = roles.failover.step(
            roles.replicas.replicas, offset: roles.stream.history.offset, at: now.instant)
        switch step {
        case .wait: break
        case .handOver(let target):
            log(.notice, "Failover target \(target) is synced, failing over.")
            handOver(to: target)
        case .force(let target):
            log(.notice, "FAILOVER to \(target) time out exceeded, failing over.")
            handOver(to: target)
        case .giveUp: abortPlannedFailover("Replica never caught up before timeout")
        }
    }

    /// We follow the target from now on; its master's role is demanded with the first PSYNC.
    private mutating func handOver(to target: MasterAddress) {
        roles.link.demandsFailover = true
        follow(target, because: .order)
    }

    /// The target continues our history, or sends its own: it is the master.
    mutating func plannedFailoverSucceeded() {
        guard roles.failover.phase == .inProgress else { return }
        endPlannedFailover()
    }

    /// Gives the failover up; a server that follows its target already is a master again.
    mutating func abortPlannedFailover(_ reason: String) {
        guard roles.failover.isUnderWay else { return }
        log(.notice, "FAILOVER to \(roles.failover.targetName) aborted: \(reason)")
        if roles.failover.phase == .inProgress { promote() }
        endPlannedFailover()
    }

    private mutating func endPlannedFailover() {
        roles.failover.end()
        roles.link.demandsFailover = false
        sessions.pause.end(.failover)
        releasePaused()
    }

    /// Takes our master's place, as its PSYNC with FAILOVER asks; false after an error was replied.
    mutating func takeOver(_ history: Span<UInt8>, _ id: SessionID) -> Bool {
        log(.notice, "Failover request received for replid \(ResyncDecision.printable(history)).")
        guard roles.isReplica else {
            sessions[id].reply.error("ERR PSYNC FAILOVER can't be sent to a master.")
            return false
        }
        guard ReplicationID(ByteString(history)) == roles.stream.history.id else {
            sessions[id].reply.error("ERR PSYNC FAILOVER replid must match my replid.")
            return false
        }
        promote()
        log(
            .notice,
            "MASTER MODE enabled (failover request from '\(sessions.describe(id, at: now.instant))')"
        )
        return true
    }
}
