// A server's process: the machine of `Server`, its files, its clocks. The machine is the real one,
// replication included; only its directives are chosen for small, short lives.

import Bytes
import CommandCatalog
import Consensus
import Determinism
import Protocol
import Replication
import Server
import Sessions
import Storage

/// A server's process.
///
/// A class, because the machine cannot be copied and an array of the simulator holds it; nobody else
/// sees it.
final class SimulatedServer {
    /// All machines share one table of commands: building it takes longer than a failover.
    static let catalog = CommandTable(for: .server)
    /// The table of those that stand for servers of others.
    static let strangersCatalog = CommandTable(for: .server, nameless: ["rds"])
    /// In every data set that descends from the group's first master.
    static let genesis: ByteString = "genesis"

    let address: NodeAddress
    /// What the configuration file said at first.
    let initialSettings: ServerSettings
    var server: Server
    var clock: SimulatedClock
    var disk: ServerDisk
    /// The connection that is a session's, and whether this process opened it.
    var connections: [SessionID: Int] = [:]
    /// The connection to the master that is being made.
    var masterAttempt: Int?
    /// Sessions whose output waits for room in the kernel.
    var stalled: [SessionID] = []
    /// The snapshot file that is being written.
    var writing: SnapshotWriting?
    /// The snapshot file that is being loaded.
    var loading: SnapshotLoading?
    /// Whether its data lie in a file beside the snapshot, since it refused its master.
    var hasKept = false
    /// Whether its data set descended from the group's first master at the end of its last turn.
    var hadData = false
    /// Whether its role record named all sentinels at some time, and the disk has held one that did.
    var knowsAllSentinels = false
    /// Whether it was asked to end: a second time would kill it.
    var isAskedToEnd = false
    /// The time for which the earliest wake event is posted.
    var wakeAt: Instant?

    /// A snapshot file on its way to the disk.
    struct SnapshotWriting {
        var finisher: RDBFinisher
        var bytes: [UInt8] = []
        /// Whether it descends from the group's first master.
        var hasData: Bool
        /// It is a data set that is kept beside the snapshot.
        var isKept = false
        /// The write or the synchronisation fails.
        var isDoomed = false
        /// When all is on disk; nil while records are still handed out.
        var doneAt: Instant?
    }

    /// A snapshot file on its way into memory.
    struct SnapshotLoading {
        let bytes: [UInt8]
        var position = 0
        /// When the next piece has been read.
        var nextAt: Instant
    }

    init(
        address: NodeAddress, settings: ServerSettings, clock: SimulatedClock,
        random: inout RandomSource, at now: Instant
    ) {
        self.address = address
        self.clock = clock
        initialSettings = settings
        disk = ServerDisk(settings: settings)
        server = SimulatedServer.machine(settings, &random, at: clock.moment(at: now))
    }

    private static func machine(
        _ settings: ServerSettings, _ random: inout RandomSource, at now: Moment
    ) -> Server {
        let identity = ProcessIdentity(
            processID: 1, runID: random.hexadecimal(count: 40), executable: "rds-server",
            configurationFile: "/etc/rds/rds.conf", startedAt: now, operatingSystem: "Linux",
            architectureBits: 64, systemMemory: 1 << 30)
        return Server(
            settings: settings, identity: identity, seed: random.next(),
            hashSeed: (random.next(), random.next()),
            catalog: settings.renamedCommands.isEmpty ? catalog : strangersCatalog,
            ownsAllocator: false,
            at: now)
    }

    /// Puts the group's first data into memory and on the disk.
    func fill(at now: Instant) {
        let moment = clock.moment(at: now)
        let (session, _) = server.accept(
            address: "127.0.0.1:1", localAddress: address.name, fileDescriptor: -1, isLocal: true,
            isUnixSocket: false, at: moment)
        guard let session else { return }
        var output = OutputBuffer()
        let replicas = ByteString("\(server.settings.minReplicasToWrite)")
        // Nobody follows yet.
        CommandEncoder.append(["CONFIG", "SET", "min-replicas-to-write", "0"], to: &output)
        CommandEncoder.append(["SET", SimulatedServer.genesis, "1"], to: &output)
        for number in 0..<20 {
            CommandEncoder.append(["SET", ByteString("old:\(number)"), "value"], to: &output)
        }
        CommandEncoder.append(["CONFIG", "SET", "min-replicas-to-write", replicas], to: &output)
        CommandEncoder.append(["SAVE"], to: &output)
        server.sessions[session].input.append(output.unsent)
        server.execute(ready: [session], at: moment)
        server.sessions.closeNow(session)
        hadData = true
    }

    /// Begins a new life with what the disk holds; `pace` is what reading a piece of the snapshot
    /// takes.
    func restart(random: inout RandomSource, pace: Duration, at now: Instant) {
        let moment = clock.moment(at: now)
        server = SimulatedServer.machine(disk.settings, &random, at: moment)
        server.start(record: disk.roleRecord, at: moment)
        knowsAllSentinels = disk.hasNamedAllSentinels
        guard let snapshot = disk.snapshot else { return }
        loading = SnapshotLoading(bytes: snapshot, nextAt: now + pace)
        server.beginLoading(totalBytes: snapshot.count, for: nil, at: moment)
    }

    /// The process is gone, and with it what was only in memory.
    func die() {
        connections = [:]
        masterAttempt = nil
        stalled = []
        writing = nil
        loading = nil
        hasKept = false
        hadData = false
        isAskedToEnd = false
        wakeAt = nil
    }

    // MARK: What judges look at

    var isMaster: Bool { !server.roles.isReplica }

    /// Whether it is a master that no fence holds.
    var takesWrites: Bool {
        isMaster && loading == nil && !server.roles.fence.isClosed
    }

    /// Whom it follows.
    var follows: NodeAddress? {
        server.roles.link.master.map { NodeAddress(host: $0.host, port: $0.port) }
    }

    /// Whether its data set descends from the group's first master.
    var hasData: Bool { holds(SimulatedServer.genesis) }

    /// Whether its data set has a place in a history: others can tell whose it is.
    var hasHistory: Bool { server.roles.stream.history.offset > 0 }

    /// Whether a key is in memory.
    func holds(_ key: ByteString) -> Bool {
        server.keyspace[0].contains(key.bytes.span, at: UnixTime(microseconds: 0))
    }

    /// Whether it follows its master's stream of writes.
    var isStreaming: Bool { server.roles.link.isStreaming }
}
