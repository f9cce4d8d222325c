import Bytes
import Determinism
import Replication
import Sessions
import Storage

/// One pass over the data set that is sent to all replicas that waited for it.
///
/// Replicas that find the end by a mark receive the bytes as they are made, at the pace of the
/// slowest. Older ones must hear the length first: their bytes are gathered until the end, within
/// their output limit.
struct SnapshotStreaming {
    /// How far a receiver is, to see whether it stalls.
    struct Receiver {
        let session: SessionID
        let readsMark: Bool
        /// Unsent bytes when it was last looked at.
        var unsent = 0
        /// When its unsent bytes last shrank, or were none.
        var movedAt: Instant
    }

    /// While a receiver has this many unsent bytes, no more are made.
    static let window = 1 << 20

    /// Longer strings go out as they are: the loop, which compresses here, does not stand still for
    /// one of them.
    static let longestCompressed = 1 << 16

    let framing: SnapshotFraming
    var finisher: RDBFinisher
    var receivers: [Receiver]
    /// What is gathered for those that must hear the length first.
    var gathered: [UInt8] = []

    init(framing: SnapshotFraming, finisher: RDBFinisher, receivers: [Receiver]) {
        self.framing = framing
        self.finisher = finisher
        self.receivers = receivers
    }

    var needsGathering: Bool { receivers.contains { !$0.readsMark } }
}
