import Determinism
import Protocol
import Replication
import Sessions

/// WAIT and WAITAOF: a session waits until replicas have what it wrote.
///
/// Replicas are asked at the end of the turn (`settleRoles`); the answer comes when enough have
/// acknowledged, or when time is up, whichever is first. Inside a transaction, at once.
extension Server {
    /// WAIT replicas milliseconds.
    mutating func wait(_ request: borrowing Request, _ id: SessionID) {
        if roles.isReplica {
            return sessions[id].reply.error(
                "ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if a replica is configured to be writable (which is not the default) writes to replicas are just local and are not propagated."
            )
        }
        guard let wanted = request.integer(1) else {
            return sessions[id].reply.error("ERR value is not an integer or out of range")
        }
        guard let milliseconds = waitingTime(request, 2, id) else { return }
        wait(for: wanted, onDisk: false, milliseconds, id)
    }

    /// WAITAOF local replicas milliseconds.
    ///
    /// Without an append log nothing of ours is on disk, and asking for it is an error.
    mutating func waitaof(_ request: borrowing Request, _ id: SessionID) {
        guard let local = request.integer(1) else {
            return sessions[id].reply.error("ERR value is not an integer or out of range")
        }
        guard local == 0 || local == 1 else {
            return sessions[id].reply.error(
                "ERR value is out of range, value must between 0 and 1")
        }
        guard let wanted = request.integer(2), wanted >= 0 else {
            return sessions[id].reply.error("ERR value is out of range, must be positive")
        }
        guard let milliseconds = waitingTime(request, 3, id) else { return }
        if roles.isReplica {
            return sessions[id].reply.error(
                "ERR WAITAOF cannot be used with replica instances. Please also note that writes to replicas are just local and are not propagated."
            )
        }
        if local > 0 {
            return sessions[id].reply.error(
                "ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.")
        }
        wait(for: wanted, onDisk: true, milliseconds, id)
    }

    /// The argument that tells how long to wait; nil after an error was replied.
    private mutating func waitingTime(
        _ request: borrowing Request, _ index: Int, _ id: SessionID
    ) -> Int? {
        guard let milliseconds = request.integer(index) else {
            sessions[id].reply.error("ERR timeout is not an integer or out of range")
            return nil
        }
        guard milliseconds >= 0 else {
            sessions[id].reply.error("ERR timeout is negative")
            return nil
        }
        guard milliseconds <= Int.max / 2_000_000 else {
            sessions[id].reply.error("ERR timeout is out of range")
            return nil
        }
        return milliseconds
    }

    private mutating func wait(
        for replicas: Int, onDisk: Bool, _ milliseconds: Int, _ id: SessionID
    ) {
        // A history that began anew is behind what was written in another.
        let offset = min(sessions[id].writtenOffset, roles.stream.history.offset)
        let count = roles.replicas.acknowledged(offset: offset, onDisk: onDisk)
        if count >= replicas || isInUnit {
            return Self.write(
                .init(session: id.bits, replicas: count, onDisk: onDisk), to: &sessions[id].reply)
        }
        roles.acknowledgements.add(
            session: id.bits, offset: offset, replicas: replicas, onDisk: onDisk,
            deadline: milliseconds == 0
                ? nil : now.instant + .milliseconds(Int64(milliseconds)))
        sessions[id].flags.insert(.blocked)
        roles.asksForAcknowledgements = true
    }

    /// CLIENT UNBLOCK ends the waiting of a session: with an error, or as if its time were over.
    mutating func endWaiting(_ target: ClientCommands.Unblocking) {
        let bits = target.session.bits
        guard let waiter = roles.acknowledgements.waiters.first(where: { $0.session == bits })
        else { return }
        _ = roles.acknowledgements.remove(session: bits)
        let count = roles.replicas.acknowledged(offset: waiter.offset, onDisk: waiter.onDisk)
        reply(to: target.session) { reply in
            if target.asError {
                reply.error(ClientCommands.unblockedError)
            } else {
                Self.write(
                    .init(session: bits, replicas: count, onDisk: waiter.onDisk), to: &reply)
            }
        }
    }

    /// WAIT is answered by the number of replicas; WAITAOF tells of our own disk before.
    static func write(_ answer: Acknowledgements.Answer, to reply: inout ReplyWriter) {
        if answer.onDisk {
            reply.array(count: 2)
            reply.integer(0)
        }
        reply.integer(answer.replicas)
    }
}
