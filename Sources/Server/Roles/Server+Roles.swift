import Bytes
import Determinism
import Replication
import Sessions

/// Where the replication machines meet the rest of the server.
extension Server {
    /// Whether enough replicas are well for a write to be accepted.
    var hasEnoughGoodReplicas: Bool { true }

    /// When `tickRoles` has something to do.
    var rolesDeadline: Instant? { nil }

    /// Does what is due on the link to the master and towards replicas.
    mutating func tickRoles() {}

    /// The end of a turn: replicas are handed the stream, WAIT is answered.
    mutating func settleRoles() {}

    /// A session ends: forgets it as a replica, as the link to the master, as one that waits.
    mutating func releaseRoles(of id: SessionID) {}

    /// The master's stream made no sense.
    mutating func masterStreamBroke() {}

    /// Bytes from the master before its stream of commands begins.
    mutating func takeFromMaster(_ id: SessionID) {}

    /// Whether the replicas that receive a snapshot can take more of it now.
    var canStreamMore: Bool { true }

    /// The file that was loaded at start tells whose history it holds.
    mutating func adoptHistory(_ auxiliaries: [(name: ByteString, value: ByteString)]) {}

    /// The next bytes of the snapshot go to the replicas that receive it.
    mutating func streamToReplicas(_ bytes: [UInt8]) {}

    /// All of the snapshot was handed out.
    mutating func finishStreaming() {}

    /// The snapshot ends early.
    mutating func failStreaming() {}
}
