import Bytes
import Determinism

/// Another sentinel process; one connection serves all masters that it is known for.
///
/// A class for the reason that `DataNode` is one.
final class SentinelNode {
    let runID: ByteString
    var address: NodeAddress
    var link: NodeLink
    /// What it said on its last connection that it can do beyond Redis.
    var capabilities: SentinelCapabilities = []

    init(runID: ByteString, address: NodeAddress, at now: Instant) {
        self.runID = runID
        self.address = address
        link = NodeLink(at: now)
    }
}

/// Another sentinel in its part as an observer of one master.
///
/// A class for the reason that `DataNode` is one.
final class Peer {
    /// The process, which all of its parts share.
    let node: SentinelNode
    var isSubjectivelyDown = false
    var subjectivelyDownSince: Instant?
    var lastPublication: Instant?
    var lastPublicationAttempt: Instant?
    var lastHello: Instant
    /// Whether it said, not long ago, that the master is down.
    var saysMasterIsDown = false
    /// When it last answered, and was last asked, about the master.
    var lastOpinion: Instant
    var lastQuestion: Instant?
    /// Whom it voted for, by its own words, and in which epoch.
    var leader: ByteString?
    var leaderEpoch: UInt64 = 0
    /// The last epoch for which it answered our question for its vote; a refusal unless `leader` and
    /// `leaderEpoch` say that it voted.
    var refusedEpoch: UInt64 = 0

    /// When it was last asked for its epochs, and the last answer (ConfigurationProof.swift).
    var epochsAskedAt: Instant?
    var toldEpochs: Epochs?

    /// A newer configuration that its last hello told of and that is not adopted yet.
    var announced: Announcement?

    /// What a sentinel that knows our configuration and leads no failover says of itself.
    struct Epochs: Hashable, Sendable {
        /// When it was asked.
        var at: Instant
        var configEpoch: UInt64
        /// In which epoch it last voted for a leader of this master; nil if it does not say.
        var votedEpoch: UInt64?
    }

    /// A configuration as a hello tells it.
    struct Announcement: Hashable, Sendable {
        var address: NodeAddress
        var epoch: UInt64
        /// Whether the sentinel was asked over our own connection.
        var isAsked = false
    }

    init(_ node: SentinelNode, at now: Instant) {
        self.node = node
        lastHello = now
        lastOpinion = now
        lastPublication = now
    }

    @inline(__always) var runID: ByteString { node.runID }
}
