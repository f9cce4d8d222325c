// The connections to one node, and what its silence tells.
//
// A data node has two: `commands` (PING, INFO, PUBLISH, SLAVEOF) and `events`, which is subscribed to
// the hello channel. A sentinel has only the first, shared by all masters that it is known for.
//
//     nil --connect--> connecting --linkConnected--> established --closed, failed, given up--> nil
//
// A ping counts as sent when the connection is tried, so that a node that cannot be reached is as
// silent as one that does not answer.

import Bytes
import Determinism

/// What the next reply on a command connection answers.
enum AwaitedReply: Hashable, Sendable {
    case ping
    case information
    /// A hello about this master.
    case publication(master: Int)
    /// A question about this master, and for a vote in this epoch.
    case downOpinion(master: Int, votedEpoch: UInt64?)
    /// Whether a sentinel would vote for us.
    case preVote(master: Int)
    /// The master's `min-replicas-to-write`.
    case minimumReplicas
    /// The priority of a former master.
    case priority
    /// Whether a sentinel says the same of this master to us as its hello did.
    case masterAddress(master: Int)
    /// What the node can do beyond Redis.
    case capabilities
    /// A sentinel's epochs, and whom it knows as this master.
    case epochs(master: Int)
    /// The same of a sentinel of another make, which does not tell its vote.
    case masterFields(master: Int)
    /// When a replica last heard its master.
    case linkReport
    /// The EXEC that promotes.
    case promotion
    /// An order of a switchover.
    case switchover(Switchover.Order, epoch: UInt64)
    /// Whether the master waits to be replaced.
    case handoverWish
    /// A reply that tells nothing.
    case nothing
}

/// One connection of a link.
struct Connection: Sendable {
    let id: LinkID
    /// When it was tried.
    let since: Instant
    var isEstablished = false
}

/// Both connections to a node, and the times of what came over them.
///
/// A class for the reason that `DataNode` is one.
final class NodeLink {
    /// More commands than this never wait for their replies on one link, for each master that it
    /// serves.
    static let pendingLimit = 100
    /// So much of an error is kept.
    static let errorLimit = 256

    /// Masters that the link serves; a sentinel's serves several.
    var masterCount = 1
    var commands: Connection?
    var events: Connection?
    /// The address of our end, as the peer sees it.
    var localHost: ByteString?
    var awaited: [AwaitedReply] = []
    var lastAttempt: Instant?
    /// Attempts since a connection was lost that had lived for a while (Reconnection.swift).
    var attempts = 0
    /// Whether the last attempt was refused: nobody listens there.
    var wasRefused = false
    /// Whether a PONG came since this sentinel began to watch the node.
    var hasAnswered = false
    /// What shows that nobody serves there, until a ping is answered (Evidence.swift).
    var evidence: Evidence?
    /// When it was last logged that the node refuses us (no password, a wrong one, no permission).
    var refusalLoggedAt: Instant?
    /// What the node last refused us with, while it does.
    var accessError: ByteString?
    /// Replies on the events connection that come before the subscription's.
    var greetingReplies = 0
    /// The last message on the events connection.
    var lastMessage: Instant?
    /// The last acceptable reply to a ping.
    var lastAvailable: Instant
    /// When the oldest ping without an acceptable reply was sent; nil when none waits.
    var activePing: Instant?
    var lastPing: Instant?
    /// The last reply to a ping, acceptable or not.
    var lastPong: Instant

    /// A link that nothing is known of yet: silence is counted from now.
    init(at now: Instant) {
        lastAvailable = now
        activePing = now
        lastPong = now
    }

    /// Whether commands can be sent now.
    @inline(__always) var canSend: Bool {
        commands?.isEstablished == true && awaited.count < NodeLink.pendingLimit * masterCount
    }

    /// Since when the node has been silent, if it is.
    @inline(__always) var silentSince: Instant? {
        if let activePing { return activePing }
        return commands == nil ? lastAvailable : nil
    }
}

/// Whose a connection is.
enum LinkOwner {
    case master(Int)
    case replica(master: Int, NodeAddress)
    case sentinel(SentinelNode)
}
