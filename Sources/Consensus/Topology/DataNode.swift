import Bytes
import Determinism

/// What a server says that it is.
enum Role: Hashable, Sendable {
    case master
    case replica

    /// The wire's word.
    var word: String { self == .master ? "master" : "slave" }
}

/// A server, master or replica, as this sentinel sees it.
///
/// A class, because a node holds a lot and is looked at with every pass: a value would be copied. Only
/// the machine that made it holds it, and it is not replaced by a copy of itself.
final class DataNode {
    var address: NodeAddress
    /// Changes when the server restarts.
    var runID: ByteString?
    /// The run id under which it last said that it is a replica.
    var followerRunID: ByteString?
    /// The run id under which it was asked for its priority.
    var priorityRunID: ByteString?
    let link: NodeLink
    /// What the server behind the present command connection can do beyond Redis.
    var capabilities: ServerCapabilities = []
    /// What its fence was told of us on the present connection.
    var toldFence: FenceTelling?
    /// When its present command connection was established.
    var connectedAt: Instant?
    /// When it was connected anew, after it had reported before: it may have restarted.
    var returnedAt: Instant?
    /// Since when replicas say that it lost data which they have.
    var lostDataSince: Instant?
    var isSubjectivelyDown = false
    /// When it last went down from here; kept after it came back.
    var subjectivelyDownSince: Instant?
    /// When it last came up from here.
    var subjectivelyUpSince: Instant?
    /// Whether SCRIPT KILL was sent since it went down.
    var scriptKillIsSent = false
    var lastPublication: Instant?
    var lastPublicationAttempt: Instant?
    /// When the last INFO came, and when the last one was asked for.
    var informedAt: Instant?
    var lastInformationRequest: Instant?
    var report = InformationReport()
    /// The text behind `report`, for SENTINEL INFO-CACHE.
    var information: ByteString?
    var reportedRole: Role
    var roleReportedAt: Instant
    /// When the master that a replica follows last changed.
    var followedMasterChangedAt: Instant

    init(address: NodeAddress, role: Role, at now: Instant) {
        self.address = address
        link = NodeLink(at: now)
        reportedRole = role
        roleReportedAt = now
        followedMasterChangedAt = now
    }

    /// Whether it has reported itself since it was connected: what was read before may be of an earlier
    /// process.
    @inline(__always) var hasReported: Bool {
        guard let informedAt, let connectedAt else { return false }
        return informedAt >= connectedAt
    }

    /// Whether both connections are established.
    @inline(__always) var isConnected: Bool {
        link.commands?.isEstablished == true && link.events?.isEstablished == true
    }

    /// Whether orders reach it, and hellos are on it, or about to be: what it says is heard, and it can be
    /// told to be the master.
    @inline(__always) var takesOrders: Bool {
        link.commands?.isEstablished == true && link.events != nil
    }

    /// The address that the node follows, by its own words.
    @inline(__always) var followedMaster: NodeAddress? {
        report.followed
            ?? report.masterHost.map { NodeAddress(host: $0, port: report.masterPort) }
    }
}
