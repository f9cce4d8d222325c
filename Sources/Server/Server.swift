import Bytes
import CommandCatalog
import Determinism
import Protocol
import Replication
import Sessions
import Storage

/// The server as a value: everything that decides, nothing that touches the kernel.
///
/// An executor accepts connections, fills `sessions[id].input`, and calls `execute(ready:at:)` once
/// a turn and `tick(at:)` when `nextDeadline` has come. Effects are appended to `outputs` in the
/// order in which they must happen; the executor performs them at the end of the turn, then sends
/// what `sessions.takeOutput` names, then closes what `sessions.takeClosing` names. Time and
/// randomness come in from outside, so that one seed reproduces a run.
///
/// One path downward for a command: `execute` → `admit` → `call` → `dispatch` → a command function
/// → `Database` → `settle` (propagation, events, watchers) → `settleTurn`.
public struct Server: ~Copyable {
    /// What the directives say.
    ///
    /// Large parts are boxed: the compiler would follow each of their fields through every function.
    public var settings: ServerSettings {
        unsafeAddress { unsafe UnsafePointer(boxedSettings.place) }
        unsafeMutableAddress { unsafe boxedSettings.place }
    }
    private let boxedSettings: Boxed<ServerSettings>
    /// Every command that a server knows.
    public let catalog: CommandTable
    /// Connected clients, subscriptions, monitors, pauses.
    public var sessions: SessionTable
    /// All databases.
    public var keyspace: Keyspace
    /// Who may do what.
    public var access: AccessControl
    /// What INFO counts.
    public var statistics: ServerStatistics {
        unsafeAddress { unsafe UnsafePointer(boxedStatistics.place) }
        unsafeMutableAddress { unsafe boxedStatistics.place }
    }
    private let boxedStatistics: Boxed<ServerStatistics>
    /// Snapshots and save points.
    public var persistence: Persistence {
        unsafeAddress { unsafe UnsafePointer(boxedPersistence.place) }
        unsafeMutableAddress { unsafe boxedPersistence.place }
    }
    private let boxedPersistence: Boxed<Persistence>
    /// Who is followed, and who follows.
    public var roles: ReplicationRoles {
        unsafeAddress { unsafe UnsafePointer(boxedRoles.place) }
        unsafeMutableAddress { unsafe boxedRoles.place }
    }
    private let boxedRoles: Boxed<ReplicationRoles>
    /// Sessions that are told when the server stops.
    var goodbyes: [SessionID] = []
    /// Who the process is.
    public var identity: ProcessIdentity
    /// What the executor is to do, in order.
    public var outputs: [ServerOutput] = []

    /// What the process takes of the machine; the executor refreshes it once a second.
    public var usage = ProcessUsage()
    /// Commands that `rename-command` named anew, by that name.
    var renamedCommands: [ByteString: CommandID] = [:]
    /// CONFIG SET of this turn that the executor may still refuse.
    var unconfirmed: [UnconfirmedChange] = []

    /// The time of the turn; both clocks.
    public var now: Moment
    var random: RandomSource
    var batch = RequestBatch()
    var conditions: ServerConditions = []
    /// A shutdown that waits for replicas or for its save.
    var pendingShutdown: PendingShutdown?
    /// DEBUG SET-ACTIVE-EXPIRE 0 turns active expiry off.
    var isActiveExpiryEnabled = true
    /// The file that is being loaded.
    var loading: Loading?
    var loadedBytes = 0
    var loadingPace = KeyPace()
    var loadingTotalBytes = 0
    var loadingStartedAt: Moment
    /// Whether the numbers of the process's allocator are this server's own.
    let ownsAllocator: Bool
    /// What keys are hashed with: a data set that replaces ours must agree.
    let hashSeed: (UInt64, UInt64)
    /// DEBUG PAUSE-CRON 1 stops active expiry, save points and the sweep over clients.
    var isPeriodicWorkPaused = false
    /// DEBUG SET-SKIP-CHECKSUM-VALIDATION 1 loads files without comparing their checksum.
    var verifiesChecksums = true
    /// What the DEBUG RELOAD that runs does with the keys in memory.
    var reloadOptions = ReloadOptions()
    /// When what a replica holds may be written to a file of its own again.
    var nextKeeping: Instant?
    /// Since when the disk has not taken the role record; nil when it has.
    var unwrittenRecordSince: Instant?
    var nextTick: Instant = .zero
    var nextSecond: Instant = .zero
    var nextExpiryDatabase = 0
    /// Sessions with input that was put off and may go on.
    var resumable: [SessionID] = []
    /// True inside EXEC: effects of the commands are gathered into one unit.
    var isInUnit = false

    /// An empty server.
    ///
    /// `seed` is 64 random bits: ids and samples come from it. `hashSeed` is 128 random bits that
    /// keep clients from aiming their keys at one bucket. Of many servers in one process each may be
    /// lent the `catalog` of one that has the same renamed commands, and owns no allocator: then
    /// memory counts as 0, and one seed is one run.
    public init(
        settings: ServerSettings, identity: ProcessIdentity, seed: UInt64,
        hashSeed: (UInt64, UInt64), catalog: CommandTable? = nil, ownsAllocator: Bool = true,
        at now: Moment
    ) {
        var random = RandomSource(seed: seed)
        boxedSettings = Boxed(settings)
        self.identity = identity
        self.now = now
        self.hashSeed = hashSeed
        self.ownsAllocator = ownsAllocator
        loadingStartedAt = now
        let catalog =
            catalog
            ?? CommandTable(
                for: .server, nameless: Set(settings.renamedCommands.map(\.name.text)))
        self.catalog = catalog
        sessions = SessionTable(catalog: catalog)
        sessions.databaseCount = settings.databases
        sessions.limits = settings.sessionLimits
        keyspace = Keyspace(databaseCount: settings.databases, hashSeed: hashSeed)
        access = AccessControl(password: settings.requirePass)
        boxedStatistics = Boxed(ServerStatistics(commandCount: CommandID.allCases.count))
        boxedPersistence = Boxed(Persistence(at: now.unix))
        boxedRoles = Boxed(
            ReplicationRoles(backlogSize: settings.replBacklogSize, at: now, random: &random))
        self.random = random
        roles.link.guardian.isOn = settings.refuseLostData
        configureRole()
        nameRenamedCommands()
        statistics.memory.note(allocated: allocatedMemory)
        setEventMask()
        // Without a record beside the data it starts as one that nobody watches.
        start(record: nil, at: now)
        refreshConditions()
    }

    /// Bytes that the process has allocated.
    var allocatedMemory: Int { ownsAllocator ? AllocatorStatistics.allocated : 0 }

    /// Lends the source of randomness beside the rest.
    mutating func withRandom(_ body: (inout RandomSource, inout Server) -> Void) {
        var source = random
        body(&source, &self)
        random = source
    }

    /// Whether lines of this level are wanted.
    func shouldLog(_ level: LogLevel) -> Bool { level >= settings.logLevel }

    /// Appends a line for the log, if the level is wanted.
    mutating func log(_ level: LogLevel, _ text: String) {
        if shouldLog(level) { outputs.append(.log(level, text)) }
    }
}

/// What the executor tells about the process.
public struct ProcessIdentity: Sendable {
    /// The process's id.
    public var processID: Int
    /// 40 hexadecimal digits that are new at each start.
    public var runID: String
    /// The program's path.
    public var executable: String
    /// Absolute path of the configuration file; empty without one.
    public var configurationFile: String
    /// When the process started.
    public var startedAt: Moment
    /// `uname`: system, release, machine.
    public var operatingSystem: String
    /// 64 or 32.
    public var architectureBits: Int
    /// The machine's memory in bytes.
    public var systemMemory: Int

    /// All parts; the run id is `random`'s next 40 digits.
    public init(
        processID: Int, runID: String, executable: String, configurationFile: String,
        startedAt: Moment, operatingSystem: String, architectureBits: Int, systemMemory: Int
    ) {
        self.processID = processID
        self.runID = runID
        self.executable = executable
        self.configurationFile = configurationFile
        self.startedAt = startedAt
        self.operatingSystem = operatingSystem
        self.architectureBits = architectureBits
        self.systemMemory = systemMemory
    }

    /// The version of Redis whose behaviour is kept.
    public static var compatibleVersion: String { "7.2.4" }
    /// Our own version.
    public static var version: String { "0.1.0" }
}
