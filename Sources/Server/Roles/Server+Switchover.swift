import Bytes
import Determinism
import Protocol
import Replication
import Sessions

/// RDS SWITCHOVER: what a sentinel that leads a coordinated switchover tells the master.
///
/// ```
///   PAUSE epoch leader milliseconds     writes wait from now on: [history, offset]
///   COMMIT epoch leader host port       the replica there is about to be promoted: OK
///   RESUME epoch leader                 it was not: OK
///   WANTED                              whether this server is stopping and wants to be replaced
/// ```
/// Clients whose writes wait hear READONLY and are closed when the server becomes a replica: that a
/// write was not executed is certain then, and who reconnects asks a sentinel for the master.
extension Server {
    /// RDS SWITCHOVER order [argument ...].
    mutating func switchover(_ request: borrowing Request, _ id: SessionID) {
        let order = request[2]
        if order.equalsIgnoringCase("wanted"), request.count == 3 {
            return sessions[id].reply.integer(wantsHandover ? 1 : 0)
        }
        guard request.count > 4, let epoch = request.integer(3), epoch >= 0,
            request[4].count == 40
        else { return sessions[id].reply.error("ERR syntax error") }
        let leader = Switchover.Leader(epoch: UInt64(epoch), runID: request.owned(4))
        do throws(Switchover.Refusal) {
            if order.equalsIgnoringCase("pause"), request.count == 6 {
                guard let milliseconds = request.integer(5), milliseconds > 0 else {
                    return sessions[id].reply.error("ERR value is not an integer or out of range")
                }
                let longest = Int(Switchover.longestPause.wholeMilliseconds)
                try pauseForSwitchover(
                    leader, .milliseconds(Int64(min(milliseconds, longest))), id)
            } else if order.equalsIgnoringCase("commit"), request.count == 7 {
                guard let port = request.integer(6), port > 0, port <= 65_535 else {
                    return sessions[id].reply.error("ERR Invalid port")
                }
                let target = MasterAddress(host: request.owned(5), port: port)
                try commitSwitchover(leader, target, id)
            } else if order.equalsIgnoringCase("resume"), request.count == 5 {
                try resumeAfterSwitchover(leader, id)
            } else {
                sessions[id].reply.error("ERR syntax error")
            }
        } catch {
            sessions[id].reply.error(error.text)
        }
    }

    private mutating func pauseForSwitchover(
        _ leader: Switchover.Leader, _ duration: Duration, _ id: SessionID
    ) throws(Switchover.Refusal) {
        if roles.isReplica { throw .isReplica }
        if roles.failover.isUnderWay { throw .failoverUnderWay }
        let isFirst = !roles.switchover.isUnderWay
        let end = try roles.switchover.pause(leader, for: duration, at: now.instant)
        if let end {
            // Who waits for replicas (WAIT) hears of them before the stream stands still.
            if isFirst { roles.stream.appendAcknowledgementRequest() }
            sessions.pause.end(.failover)
            sessions.pause.begin(.failover, .write, until: end)
            pauseChanged()
        }
        if isFirst {
            log(
                .notice,
                "Switchover: writes pause for sentinel \(leader.runID), epoch \(leader.epoch), at "
                    + "offset \(roles.stream.history.offset)")
        }
        let history = roles.stream.history
        sessions[id].reply.array(count: 2)
        sessions[id].reply.bulk(history.id.characters)
        sessions[id].reply.integer(history.offset)
    }

    private mutating func commitSwitchover(
        _ leader: Switchover.Leader, _ target: MasterAddress, _ id: SessionID
    ) throws(Switchover.Refusal) {
        try roles.switchover.commit(leader, to: target, at: now.instant)
        sessions.pause.begin(.failover, .write, until: .distantFuture)
        pauseChanged()
        log(.notice, "Switchover: \(target) is about to take over")
        sessions[id].reply.ok()
    }

    private mutating func resumeAfterSwitchover(
        _ leader: Switchover.Leader, _ id: SessionID
    ) throws(Switchover.Refusal) {
        try roles.switchover.resume(leader, at: now.instant)
        log(.notice, "Switchover: given up by its leader, writes go on")
        resumeWrites()
        sessions[id].reply.ok()
    }

    /// Does what time asks for: a pause that nobody ended is over.
    mutating func tickSwitchover() {
        if roles.switchover.expire(at: now.instant) {
            log(.warning, "Switchover: its leader did not come back in time, writes go on")
            return resumeWrites()
        }
        if roles.switchover.isUntold(at: now.instant), !conditions.contains(.isSuperseded) {
            log(
                .warning,
                "Switchover: another server may be the master, and no sentinel has told which. "
                    + "Writes are refused; REPLICAOF NO ONE makes this server the master again.")
            sessions.pause.end(.failover)
            releasePaused()
        }
    }

    private mutating func resumeWrites() {
        sessions.pause.end(.failover)
        releasePaused()
    }

    /// The server was told to be the master: a switchover is over, and nothing came of it.
    mutating func endSwitchoverAsMaster() {
        guard roles.switchover.isUnderWay else { return }
        roles.switchover.end()
        resumeWrites()
    }

    /// The server was told to follow another: whose writes wait hear that they were not executed.
    mutating func endSwitchoverAsReplica() {
        guard roles.switchover.isUnderWay else { return }
        roles.switchover.end()
        sessions.pause.end(.failover)
        // Who waits for the end of a CLIENT PAUSE goes on waiting.
        if sessions.pause.scope(at: now.instant) != nil { return }
        for waiting in sessions.pause.takeReleased(at: now.instant)
        where sessions.contains(waiting) && sessions[waiting].flags.contains(.paused) {
            let isInTransaction = sessions[waiting].flags.contains(.multi)
            let position = sessions[waiting].reply.output.position
            if isInTransaction {
                abortTransaction(waiting, .readOnlyReplica)
            } else {
                sessions[waiting].reply.error(bytes: Refusal.readOnlyReplica.text)
            }
            sessions.settleLateReply(waiting, from: position)
            sessions.closeAfterReply(waiting)
        }
    }
}
