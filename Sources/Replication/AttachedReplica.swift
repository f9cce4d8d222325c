import Bytes
import Determinism

/// What a replica told about itself by REPLCONF, before or after it asked for the stream.
public struct ReplicaAnnouncement: Sendable, Equatable {
    /// The port it serves on; 0 while unknown.
    public var listeningPort = 0
    /// The address it wants to be known by; nil: the one its connection comes from.
    public var address: ByteString?
    /// It finds the end of a snapshot by a mark.
    public var readsMarkedSnapshots = false
    /// It understands `+CONTINUE <new identifier>`.
    public var understandsRenaming = false
    /// It reads snapshots up to this version of the RDB format.
    ///
    /// Redis 7.0 and 7.2 say nothing that would tell them apart, and 7.0 refuses version 11. So 10
    /// is what everyone reads; who says more gets more: our own replicas by the capability
    /// `rdb11`, which every master ignores that does not know it, and Valkey from 8.0 on by
    /// `REPLCONF version`.
    public var snapshotVersion = 10
    /// It wants a snapshot and nothing after it (`rdb-only`).
    public var wantsSnapshotOnly = false
    /// It wants a snapshot without keys (`rdb-filter-only`).
    public var wantsNoKeys = false

    /// Nothing known yet.
    public init() {}
}

/// A master's view of one replica.
///
/// ```
///   PSYNC ──partial──────────────────────────────────────────► online
///     └─full─► waiting ──► receiving ──► confirming ──first ACK──► online
/// ```
/// A replica looks for the mark at the end of what it has read, so the stream must not follow the
/// snapshot before the replica has confirmed it (`confirming`).
public struct AttachedReplica: Sendable, Equatable {
    /// Where the replica stands.
    public enum State: Sendable, Equatable {
        /// For a snapshot to begin, since then.
        case waiting(since: Instant)
        /// The snapshot that began at `nextOffset` is being sent.
        case receiving
        /// The snapshot was sent; its first acknowledgement starts the stream.
        case confirming
        /// It reads the stream.
        case online
    }

    /// Its session.
    public let session: UInt64
    /// The address that its connection comes from.
    public let peerAddress: ByteString
    /// What it told about itself.
    public var announcement: ReplicaAnnouncement
    /// Where it stands.
    public internal(set) var state: State
    /// The stream's offset of the next byte to hand to it.
    public internal(set) var nextOffset: Int
    /// The last offset that it acknowledged.
    public internal(set) var acknowledgedOffset = 0
    /// The last offset that it acknowledged as being on its disk.
    public internal(set) var acknowledgedOnDisk = 0
    /// When it was last heard of.
    public internal(set) var lastAcknowledgement: Instant
    /// It came with SYNC: it sends no acknowledgements.
    public let isLegacy: Bool

    /// How others reach it.
    public var address: ByteString { announcement.address ?? peerAddress }

    /// How the log names it.
    public var name: String {
        announcement.listeningPort > 0
            ? "\(address.text):\(announcement.listeningPort)"
            : "\(address.text):<unknown-replica-port>"
    }

    /// Whole seconds since it was last heard of; 0 unless online, as INFO has it.
    public func lagSeconds(at now: Instant) -> Int {
        isOnline ? Int((now - lastAcknowledgement).wholeMilliseconds / 1000) : 0
    }

    /// Whether the snapshot is behind it.
    public var isOnline: Bool { state == .online || state == .confirming }

    /// Whether what it has not read yet must be kept for it.
    public var needsStream: Bool {
        if announcement.wantsSnapshotOnly { return false }
        if case .waiting = state { return false }
        return true
    }

    /// The word for its state in INFO.
    public var stateName: String {
        switch state {
        case .waiting: "wait_bgsave"
        case .receiving: "send_bulk"
        case .confirming, .online: "online"
        }
    }
}
