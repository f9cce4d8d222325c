import Bytes
import Configuration
import Sessions

/// What the server's directives say, typed: the one place from which every part reads a setting.
///
/// Defaults are those of Redis 7.2; for a directive that only Valkey knows, Valkey's; our own are
/// in `ServerDirectives+Own.swift`. The rows in `ServerDirectives` read and write these fields for
/// the configuration file, CONFIG GET, SET and REWRITE. A directive that no part of this build reads
/// yet keeps its value in `kept`. Sizes are bytes, times bear their unit.
public struct ServerSettings: Sendable {
    // MARK: Network
    /// Addresses to listen on; a leading `-` lets an address that the host lacks pass.
    public var bindAddresses: [ByteString] = ["*", "-::*"]
    /// TCP port; 0 listens on none.
    public var port = 6379
    /// How many connections the kernel queues before they are accepted.
    public var tcpBacklog = 511
    /// Path of the unix socket; empty for none.
    public var unixSocket: ByteString = ""
    /// Permission bits of the unix socket; 0 leaves them to the umask.
    public var unixSocketPermissions = 0
    /// Group that owns the unix socket; empty for the process's own.
    public var unixSocketGroup: ByteString = ""
    /// Local address of connections that the server opens; empty for the kernel's choice.
    public var bindSourceAddress: ByteString = ""
    /// Seconds after which an idle client is disconnected; 0 never.
    public var timeoutSeconds = 0
    /// Seconds between keepalive probes of the kernel; 0 for none.
    public var tcpKeepaliveSeconds = 300
    /// Whether a server without password refuses clients of other hosts.
    public var protectedMode = true
    /// Clients that may be connected at a time.
    public var maxClients = 10_000
    /// Connections accepted in one turn.
    public var maxNewConnectionsPerCycle = 10
    /// Microseconds that the loop polls before it sleeps; 0 sleeps at once.
    ///
    /// Our own directive.
    public var busyPollMicroseconds = 50
    /// Whether a restarted master that sentinels watch waits for their word before it takes writes.
    ///
    /// Our own directive.
    public var masterFence = true
    /// Milliseconds of standing still that close the fence, if no sentinel told its own; 0 never.
    ///
    /// Our own directive.
    public var masterFenceStallMilliseconds = 5000
    /// Whether a replica refuses a master that came back without data that the replica has.
    ///
    /// Our own directive.
    public var refuseLostData = true
    /// Milliseconds after which such a master is followed all the same, if no sentinel told better.
    ///
    /// Our own directive.
    public var refuseLostDataTimeoutMilliseconds = 210_000
    /// Commands whose keys are fetched ahead together; 0 and 1 fetch none ahead.
    public var prefetchBatchMaximum = 16

    /// Networks whose clients protected mode lets pass.
    ///
    /// Our own directive.
    public var protectedModeNetworks: [ByteString] = []
    /// File that takes what is changed at run time, so that the configuration is only read; empty for
    /// the configuration itself.
    ///
    /// Our own directive.
    public var stateFile: ByteString = ""
    /// File that holds `requirePass`; empty when it is in the configuration.
    ///
    /// Our own directive.
    public var requirePassFile: ByteString = ""
    /// File that holds `masterAuth`; empty when it is in the configuration.
    ///
    /// Our own directive.
    public var masterAuthFile: ByteString = ""

    // MARK: Limits of a client
    /// Longest argument that a client may send.
    public var protoMaxBulkLength = 512 << 20
    /// Most bytes of requests that wait unexecuted.
    public var clientQueryBufferLimit = 1 << 30
    /// Limits of unsent replies of ordinary clients, MONITOR included.
    public var normalOutputLimit = SessionLimits().normalOutput
    /// Limits of unsent replies of replicas.
    public var replicaOutputLimit = SessionLimits().replicaOutput
    /// Limits of unsent replies of clients with a subscription.
    public var pubsubOutputLimit = SessionLimits().pubsubOutput
    /// Unsent replies at which a client is not read further until half are sent.
    ///
    /// Our own directive.
    public var clientOutputBufferPause = SessionLimits().unsentBytesThatPauseReading

    // MARK: Process
    /// Whether the server leaves the terminal.
    public var daemonize = false
    /// Who watches over the process.
    public var supervised = Supervision.no
    /// File that holds the process id; empty for none.
    public var pidFile: ByteString = ""
    /// File to log to; empty for standard output.
    public var logFile: ByteString = ""
    /// The least important message that is logged.
    public var logLevel = LogLevel.notice
    /// Directory of the data files; absolute once the executor has entered it.
    public var directory: ByteString = "."
    /// How many databases there are.
    public var databases = 16
    /// Whether the process's title tells what it serves.
    public var setProcessTitle = true
    /// What the process's title says.
    public var processTitleTemplate: ByteString = "{title} {listen-addr} {server-mode}"
    /// Whether a crash leaves a report.
    public var crashLogEnabled = true
    /// Whether transparent huge pages are turned off for the process.
    public var disableTransparentHugePages = true
    /// Seconds that SHUTDOWN waits for replicas that lag.
    public var shutdownTimeoutSeconds = 10
    /// `shutdown-handover-timeout`: how long a master that stops waits to be replaced.
    public var shutdownHandoverTimeoutSeconds = 5
    /// What SIGINT does.
    public var shutdownOnSigint = ShutdownOptions()
    /// What SIGTERM does.
    public var shutdownOnSigterm = ShutdownOptions()
    /// Times a second that background work runs.
    public var hz = 10
    /// Whether `hz` rises with the number of clients.
    public var dynamicHz = true
    /// Effort of active expiry, 1 to 10.
    public var activeExpireEffort = 1
    /// Classes of keyspace events that are published, with the bits of `KeyspaceEventText`.
    public var notifyKeyspaceEvents: UInt32 = 0
    /// Whether logs leave out what users stored.
    public var hideUserDataFromLog = true
    /// The availability zone that INFO and HELLO tell.
    public var availabilityZone: ByteString = ""

    /// Whether durations of commands are counted, for percentiles in INFO.
    public var latencyTracking = true
    /// The percentiles that INFO tells, as CONFIG GET shows them.
    public var latencyPercentiles: [ByteString] = ["50", "99", "99.9"]

    // MARK: Access
    /// Password of the default user; empty for none.
    public var requirePass: ByteString = ""
    /// From where DEBUG is accepted.
    public var enableDebugCommand = ProtectedAccess.local
    /// From where MODULE is accepted.
    public var enableModuleCommand = ProtectedAccess.no
    /// From where guarded directives may be changed.
    public var enableProtectedConfigs = ProtectedAccess.no

    // MARK: Snapshot
    /// When to save by itself; none saves only on demand.
    public var savePoints = SavePoint.defaults
    /// Name of the snapshot's file in `directory`.
    public var dbFilename: ByteString = "dump.rdb"
    /// Whether strings are compressed in snapshots.
    public var rdbCompression = true
    /// Whether snapshots carry a checksum, and it is checked.
    public var rdbChecksum = true
    /// Whether files that only served a synchronisation are deleted.
    public var rdbDeleteSyncFiles = false
    /// Whether a snapshot's file is flushed to disk as it grows.
    public var rdbSaveIncrementalFsync = true
    /// Whether writes are refused after a background save failed.
    public var stopWritesOnBgsaveError = true
    /// How thoroughly payloads are checked.
    public var sanitizeDumpPayload = PayloadCheck.no
    /// Bytes loaded between two looks at clients.
    public var loadingProcessEventsIntervalBytes = 2 << 20
    /// Microseconds to pause after each loaded key; negative: fractions of one, -10 is a tenth.
    public var keyLoadDelayMicroseconds = 0
    /// Microseconds to pause after each saved key; negative: fractions of one, -10 is a tenth.
    public var rdbKeySaveDelayMicroseconds = 0

    // MARK: Replication
    /// The master to follow at start; nil for none.
    public var replicaOf: MasterEndpoint?
    /// User name for the master; empty for the default user.
    public var masterUser: ByteString = ""
    /// Password for the master; empty for none.
    public var masterAuth: ByteString = ""
    /// Whether a replica that lost its master goes on serving reads.
    public var replicaServeStaleData = true
    /// Whether a replica refuses writes of clients.
    public var replicaReadOnly = true
    /// Rank for promotion by sentinels: lower is preferred, 0 never.
    public var replicaPriority = 100
    /// Whether sentinels and ROLE may know this replica.
    public var replicaAnnounced = true
    /// Address that a replica tells its master; empty for that of its connection.
    public var replicaAnnounceIP: ByteString = ""
    /// Port that a replica tells its master; 0 for the one it listens on.
    public var replicaAnnouncePort = 0
    /// Whether a replica ignores `maxmemory`.
    public var replicaIgnoreMaxmemory = true
    /// Whether a replica goes on when it cannot write to disk.
    public var replicaIgnoreDiskWriteErrors = false
    /// Whether a replica's old data is freed in the background.
    public var replicaLazyFlush = false
    /// Seconds of silence after which a replication link is given up.
    public var replTimeoutSeconds = 60
    /// Seconds between a master's pings of its replicas.
    public var replPingReplicaPeriodSeconds = 10
    /// Whether small packets to replicas are gathered by the kernel.
    public var replDisableTCPNoDelay = false
    /// Whether a full synchronisation goes straight to the socket.
    public var replDisklessSync = true
    /// Seconds to wait for more replicas before a synchronisation starts.
    public var replDisklessSyncDelaySeconds = 5
    /// Replicas at which a synchronisation starts without more waiting; 0 waits the whole delay.
    public var replDisklessSyncMaxReplicas = 0
    /// How a replica loads what arrives on its socket.
    public var replDisklessLoad = DisklessLoad.disabled
    /// Bytes of the replication backlog.
    public var replBacklogSize = 1 << 20
    /// Seconds without replicas after which the backlog is freed; 0 never.
    public var replBacklogTTLSeconds = 3600
    /// Replicas that must be well for a write to be accepted; 0 asks none.
    public var minReplicasToWrite = 0
    /// Seconds of lag up to which a replica counts as well.
    public var minReplicasMaxLagSeconds = 10
    /// What is done when applying the master's stream fails.
    public var propagationErrorBehavior = PropagationErrorBehavior.ignore

    // MARK: Memory
    /// Bytes above which keys are evicted; 0 for no limit.
    public var maxMemory = 0
    /// What is evicted.
    public var maxMemoryPolicy = EvictionPolicy.noEviction
    /// Keys that are compared for one eviction.
    public var maxMemorySamples = 5
    /// How quickly the frequency counter of a key saturates.
    public var lfuLogFactor = 10
    /// Minutes after which the frequency counter of a key halves.
    public var lfuDecayTimeMinutes = 1
    /// Whether evicted values are freed in the background.
    public var lazyfreeEviction = false
    /// Whether expired values are freed in the background.
    public var lazyfreeExpire = false
    /// Whether values that a command replaces are freed in the background.
    public var lazyfreeServerDelete = false
    /// Whether DEL acts like UNLINK.
    public var lazyfreeUserDelete = false
    /// Whether FLUSHALL and FLUSHDB act as if ASYNC was given.
    public var lazyfreeUserFlush = false

    // MARK: Encodings
    /// Size of a list's node: entries, or one of five sizes in bytes when negative.
    public var listMaxListpackSize = -2
    /// Nodes at each end of a list that stay uncompressed; 0 compresses none.
    public var listCompressDepth = 0
    /// Most entries of a hash in a listpack.
    public var hashMaxListpackEntries = 512
    /// Longest entry of a hash in a listpack.
    public var hashMaxListpackValue = 64
    /// Most entries of a set of integers in an intset.
    public var setMaxIntsetEntries = 512
    /// Most entries of a set in a listpack.
    public var setMaxListpackEntries = 128
    /// Longest entry of a set in a listpack.
    public var setMaxListpackValue = 64
    /// Most entries of a sorted set in a listpack.
    public var zsetMaxListpackEntries = 128
    /// Longest entry of a sorted set in a listpack.
    public var zsetMaxListpackValue = 64
    /// Longest sparse HyperLogLog.
    public var hllSparseMaxBytes = 3000
    /// Most bytes of a stream's node; 0 for no limit.
    public var streamNodeMaxBytes = 4096
    /// Most entries of a stream's node; 0 for no limit.
    public var streamNodeMaxEntries = 100

    /// Values of directives that nothing in this build reads, by name.
    public var kept = KeptSettings()
    /// Commands that the file gave another name, in its order; an empty name removes the command.
    public var renamedCommands: [RenamedCommand] = []

    /// Every directive at its default.
    public init() {}

    /// The settings that hold sessions to their limits.
    public var sessionLimits: SessionLimits {
        var limits = SessionLimits()
        limits.normalOutput = normalOutputLimit
        limits.replicaOutput = replicaOutputLimit
        limits.pubsubOutput = pubsubOutputLimit
        limits.backlogBytes = replBacklogSize
        limits.queryBytes = clientQueryBufferLimit
        limits.maximumClients = maxClients
        limits.idleSeconds = timeoutSeconds
        limits.isProtected = protectedMode
        limits.trustedNetworks = protectedModeNetworks.compactMap { NetworkRange($0.bytes.span) }
        limits.unsentBytesThatPauseReading = clientOutputBufferPause
        return limits
    }
}

/// A `save` rule: so many changes within so many seconds.
public struct SavePoint: Hashable, Sendable {
    /// Seconds since the last save.
    public var seconds: Int
    /// Changes since the last save.
    public var changes: Int

    /// Both numbers.
    public init(seconds: Int, changes: Int) {
        self.seconds = seconds
        self.changes = changes
    }

    /// The rules of a server that was told nothing.
    public static let defaults = [
        SavePoint(seconds: 3600, changes: 1), SavePoint(seconds: 300, changes: 100),
        SavePoint(seconds: 60, changes: 10_000),
    ]
}

/// Where a master listens, as a user wrote it: the host may be a name.
public struct MasterEndpoint: Hashable, Sendable {
    /// Address or host name.
    public var host: ByteString
    /// TCP port.
    public var port: Int

    /// Both parts.
    public init(host: ByteString, port: Int) {
        self.host = host
        self.port = port
    }
}

/// A `rename-command` line.
public struct RenamedCommand: Hashable, Sendable {
    /// The command's own name.
    public var name: ByteString
    /// What it is called instead; empty removes it.
    public var newName: ByteString

    /// Both names.
    public init(name: ByteString, newName: ByteString) {
        self.name = name
        self.newName = newName
    }
}

/// Values of directives that are known, checked and told back, but drive nothing in this build.
public struct KeptSettings: Sendable {
    private var values: [String: DirectiveValue] = [:]

    /// Nothing kept: every directive is at its default.
    public init() {}

    /// The value kept for `name`; nil while it is at its default.
    public subscript(_ name: String) -> DirectiveValue? {
        get { values[name] }
        set { values[name] = newValue }
    }
}
