import Bytes

/// The Replication section: role, the link to the master, attached replicas, the stream.
///
/// Sentinels and the tools of operators read it; names and order are part of the protocol.
public struct ReplicationReport: Sendable {
    /// The link to our master.
    public struct Master: Sendable {
        /// Where it is.
        public var host: ByteString
        /// Its port.
        public var port: Int
        /// Whether its stream flows.
        public var isUp: Bool
        /// Whole seconds since it was last heard of; -1 without a connection.
        public var lastHeardSeconds: Int
        /// Bytes of the snapshot that is arriving: announced (0 if not), read; nil without one.
        public var transfer: (total: Int, read: Int, lastHeardSeconds: Int)?
        /// Seconds since the stream stopped; -1 if it never flowed.
        public var downSeconds: Int
        /// Bytes of the stream that were received.
        public var readOffset: Int
        /// Bytes of the stream that were applied.
        public var appliedOffset: Int

        /// All parts.
        public init(
            host: ByteString, port: Int, isUp: Bool, lastHeardSeconds: Int,
            transfer: (total: Int, read: Int, lastHeardSeconds: Int)?, downSeconds: Int,
            readOffset: Int, appliedOffset: Int
        ) {
            self.host = host
            self.port = port
            self.isUp = isUp
            self.lastHeardSeconds = lastHeardSeconds
            self.transfer = transfer
            self.downSeconds = downSeconds
            self.readOffset = readOffset
            self.appliedOffset = appliedOffset
        }
    }

    /// A replica that follows us.
    public struct Replica: Sendable {
        /// How others reach it.
        public var address: ByteString
        /// The port it listens on; 0 when it did not say.
        public var port: Int
        /// `wait_bgsave`, `send_bulk` or `online`.
        public var state: String
        /// What it acknowledged.
        public var offset: Int
        /// Whole seconds since its last acknowledgement.
        public var lagSeconds: Int

        /// All parts.
        public init(
            address: ByteString, port: Int, state: String, offset: Int, lagSeconds: Int
        ) {
            self.address = address
            self.port = port
            self.state = state
            self.offset = offset
            self.lagSeconds = lagSeconds
        }
    }

    /// The master that is followed; nil for a master.
    public var master: Master?
    /// `replica-priority`, `replica-read-only` and `replica-announced`.
    public var replicaSettings = (priority: 100, isReadOnly: true, isAnnounced: true)
    /// The replicas, in the order in which they came.
    public var replicas: [Replica] = []
    /// Replicas that are well; nil unless writes depend on it.
    public var goodReplicas: Int?
    /// `no-failover`, or the phase of a FAILOVER.
    public var failoverState = "no-failover"
    /// Who may have taken over from this master; shown while nobody has told.
    public var switchoverTarget: String?
    /// Whether a master refuses writes until sentinels name it.
    public var isFenced = false
    /// The epoch in which another server was named, while that fences a master.
    public var supersededEpoch: UInt64?
    /// What the master lacks that a replica refuses to follow, `no` if it lacks nothing; nil while
    /// there was no reason to ask.
    public var refusedMaster: String?
    /// The id of the stream.
    public var id = ""
    /// The id of the stream that this one goes on from.
    public var previousID = ""
    /// Bytes of the stream.
    public var offset = 0
    /// Up to where the previous id may be resumed; -1 for never.
    public var previousLimit = -1
    /// Whether the backlog keeps anything.
    public var isBacklogActive = false
    /// `repl-backlog-size`.
    public var backlogSize = 0
    /// Offset of the backlog's first byte.
    public var backlogStart = 0
    /// Bytes in the backlog.
    public var backlogLength = 0

    /// A master without replicas.
    public init() {}

    /// The section.
    public func render(into text: inout InfoText) {
        text.section("Replication")
        text.field("role", master == nil ? "master" : "slave")
        if isFenced { text.field("rds_fenced", 1) }
        if let supersededEpoch { text.field("rds_superseded_epoch", supersededEpoch) }
        if let master { render(master, into: &text) }
        if let refusedMaster { text.field("rds_master_refused", refusedMaster) }
        text.field("connected_slaves", replicas.count)
        if let goodReplicas { text.field("min_slaves_good_slaves", goodReplicas) }
        for (index, replica) in replicas.enumerated() {
            text.field(
                "slave\(index)",
                "ip=\(replica.address.text),port=\(replica.port),state=\(replica.state),"
                    + "offset=\(replica.offset),lag=\(replica.lagSeconds)")
        }
        text.field("master_failover_state", failoverState)
        if let switchoverTarget { text.field("master_switchover_target", switchoverTarget) }
        text.field("master_replid", id)
        text.field("master_replid2", previousID)
        text.field("master_repl_offset", offset)
        text.field("second_repl_offset", previousLimit)
        text.field("repl_backlog_active", isBacklogActive)
        text.field("repl_backlog_size", backlogSize)
        text.field("repl_backlog_first_byte_offset", backlogStart)
        text.field("repl_backlog_histlen", backlogLength)
    }

    private func render(_ master: Master, into text: inout InfoText) {
        text.field("master_host", master.host.text)
        text.field("master_port", master.port)
        text.field("master_link_status", master.isUp ? "up" : "down")
        text.field("master_last_io_seconds_ago", master.lastHeardSeconds)
        text.field("master_sync_in_progress", master.transfer != nil)
        text.field("slave_read_repl_offset", master.readOffset)
        text.field("slave_repl_offset", master.appliedOffset)
        if let (total, read, lastHeardSeconds) = master.transfer {
            let share = total > 0 ? Double(read) / Double(total) * 100 : 0
            text.field("master_sync_total_bytes", total)
            text.field("master_sync_read_bytes", read)
            text.field("master_sync_left_bytes", total - read)
            text.field("master_sync_perc", hundredths: share)
            text.field("master_sync_last_io_seconds_ago", lastHeardSeconds)
        }
        if !master.isUp { text.field("master_link_down_since_seconds", master.downSeconds) }
        text.field("slave_priority", replicaSettings.priority)
        text.field("slave_read_only", replicaSettings.isReadOnly)
        text.field("replica_announced", replicaSettings.isAnnounced)
    }
}
