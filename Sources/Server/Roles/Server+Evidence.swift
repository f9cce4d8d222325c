import Bytes
import Determinism
import Protocol
import Sessions

/// What sentinels want to know beyond INFO (capabilities `evidence` and `goodbye`).
///
/// RDS LINK tells a sentinel that does not hear a master whether its replicas do, to the millisecond.
/// RDS GOODBYE has the server say, on the connection that asked and on no other, that it stops: a
/// push of `goodbye` and the run id, the last thing that the connection brings. It is no message of a
/// channel, so that nobody who may PUBLISH can say it for us.
extension Server {
    /// RDS LINK: fields and values, those of a replica only if this is one.
    mutating func describeLink(_ id: SessionID) {
        guard let master = roles.link.master else {
            sessions[id].reply.map(count: 1)
            sessions[id].reply.bulk("role")
            sessions[id].reply.bulk("master")
            return
        }
        let heardAt = roles.link.lastReceived
        let silence = heardAt == .zero ? -1 : Int((now.instant - heardAt).wholeMilliseconds)
        sessions[id].reply.map(count: 6)
        sessions[id].reply.bulk("role")
        sessions[id].reply.bulk("slave")
        sessions[id].reply.bulk("master-host")
        sessions[id].reply.bulk(master.host)
        sessions[id].reply.bulk("master-port")
        sessions[id].reply.integer(master.port)
        sessions[id].reply.bulk("state")
        sessions[id].reply.bulk(roles.link.phaseName)
        sessions[id].reply.bulk("offset")
        sessions[id].reply.integer(roles.stream.history.offset)
        // Milliseconds since the last byte from the master; -1 before the first.
        sessions[id].reply.bulk("silence")
        sessions[id].reply.integer(silence)
    }

    /// RDS GOODBYE.
    mutating func promiseGoodbye(_ id: SessionID) {
        goodbyes.removeAll { !sessions.contains($0) || $0 == id }
        goodbyes.append(id)
        sessions[id].reply.ok()
    }

    /// Nothing keeps the server from stopping any more: those who asked are told.
    mutating func sayGoodbye() {
        let text = ByteString(
            ">2\r\n$7\r\ngoodbye\r\n$\(identity.runID.utf8.count)\r\n\(identity.runID)\r\n")
        // Nobody waits for a replica; one that was a master until now has been replaced.
        if roles.isReplica { return }
        for id in goodbyes where sessions.contains(id) {
            sessions[id].reply.output.append(text)
            sessions.markOutput(id)
        }
        goodbyes.removeAll()
    }
}
