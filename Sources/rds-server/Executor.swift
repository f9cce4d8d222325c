import Bytes
import Daemon
import Determinism
import LogOutput
import Reactor
import Server
import Sessions
import Systemd

/// The thin part of the server: it owns the process's descriptors and threads, and lets the pure
/// `Server` decide.
///
/// A turn, in this order:
/// ```
///   poll ─ accept, read ─ execute ─ tick ─ outputs in their order ─ send replies ─ close
/// ```
/// 1. The clocks are read once a turn, after the wait.
/// 2. What the server asks for is done before a reply of the turn leaves (`perform`).
/// 3. While a save must be complete before anything else happens, nothing else happens
///    (`standStill`).
struct Executor: ~Copyable {
    var server: Server
    var loop: EventLoop
    var sockets = ClientSockets()
    let signals: Signals
    let log: LogDestination
    /// The role that lines of the log show.
    var shownRole: LogRole
    let notification: Notification
    /// What the service manager shows.
    var status = ""
    var source: ConfigurationSource
    let snapshots: BackgroundWorker<SnapshotFile>
    var master: MasterConnection
    var title: ArgumentArea?
    let processors: Int
    var heartbeat: Heartbeat
    /// The snapshot file that is being loaded.
    var reading: SnapshotReading?
    /// The mark that this server writes its snapshots in this directory.
    var claim: FileLock?
    /// The port that is listened on.
    var listeningPort = 0
    /// When INFO's numbers about the process are read again.
    private var nextUsage = Instant.zero
    /// When the server has something to do by the clock.
    private var deadline = Instant.zero
    /// Sessions to be executed although nothing came from them.
    var resumable: [SessionID] = []
    /// The status to leave with, once the server has asked for it.
    var exitStatus: Int32?

    enum WakeupIndex {
        static let snapshots = 0
        static let lookups = 1
    }

    init(
        settings: ServerSettings, identity: ProcessIdentity, log: LogDestination,
        notification: Notification, source: ConfigurationSource, title: consuming ArgumentArea?
    ) throws(SystemError) {
        // What can fail comes first: a value that owns descriptors is made whole or not at all.
        let signals = try Signals()
        let processors = UsableProcessors.count()
        let loop = try EventLoop(
            busyPoll: .microseconds(settings.busyPollMicroseconds), processors: processors)
        let snapshots = try BackgroundWorker(SnapshotFile(), name: "snapshot")
        let master = try MasterConnection()
        try loop.poller.add(signals.descriptor.number, token: EventToken.signals.bits, .read)
        try loop.poller.add(
            snapshots.wakeupNumber, token: EventToken.wakeup(WakeupIndex.snapshots).bits, .read)
        try loop.poller.add(
            master.wakeupNumber, token: EventToken.wakeup(WakeupIndex.lookups).bits, .read)
        let now = SystemClock.now()
        server = Server(
            settings: settings, identity: identity, seed: Entropy.word(),
            hashSeed: (Entropy.word(), Entropy.word()), at: now)
        self.signals = signals
        self.processors = processors
        self.loop = loop
        self.snapshots = snapshots
        self.master = master
        self.log = log
        shownRole = settings.replicaOf == nil ? .master : .replica
        self.notification = notification
        self.source = source
        self.title = title
        heartbeat = Heartbeat(notification, at: now.instant)
        applyAtStart()
    }

    /// Serves until the server asks to leave; returns the status.
    mutating func run() -> Int32 {
        var now = SystemClock.now()
        while true {
            deadline = nextDeadline(now.instant)
            now = loop.poll(until: deadline, now: now.instant)
            turn(at: now)
            if let exitStatus { return leave(exitStatus) }
        }
    }

    private func nextDeadline(_ now: Instant) -> Instant {
        if !resumable.isEmpty || !server.outputs.isEmpty { return now }
        let next = min(server.nextDeadline, heartbeat.nextDeadline)
        return reading == nil ? next : min(next, server.loadingResumption(at: now) ?? now)
    }

    private mutating func turn(at now: Moment) {
        sockets.collect(loop.poller, &server.sessions, server.access, at: now.instant)
        if !sockets.others.isEmpty { handleOthers(at: now) }
        if reading != nil { continueLoading(at: now) }
        if !resumable.isEmpty {
            sockets.addReady(resumable)
            resumable.removeAll(keepingCapacity: true)
        }
        if !sockets.ready.isEmpty { execute(at: now) }
        if now.instant >= deadline || sockets.hasDrained { tick(at: now) }
        perform(at: now)
        if server.persistence.mustStandStill { standStill() }
        sockets.takeBackBuffers(&server.sessions, at: now.instant)
        sockets.flush(loop.poller, &server.sessions, at: now.instant)
        close(at: now)
        resumable = server.takeResumable()
        tellManager(at: now.instant)
        count(now)
    }

    /// Executes what was read, and says how long that took: reading and sending is no command's
    /// time.
    private mutating func execute(at now: Moment) {
        let commands = server.statistics.commandsProcessed
        let began = SystemClock.instant()
        server.execute(ready: sockets.ready, at: now)
        let ended = SystemClock.instant()
        server.statistics.endCycle(
            executing: Int(ended.nanoseconds - began.nanoseconds),
            whole: Int(ended.nanoseconds - now.instant.nanoseconds),
            commandCount: server.statistics.commandsProcessed - commands,
            countsLatency: server.settings.latencyTracking)
    }

    private mutating func tick(at now: Moment) {
        if now.instant >= nextUsage {
            nextUsage = now.instant + .seconds(1)
            server.usage = .read()
        }
        let began = SystemClock.instant()
        server.tick(at: now)
        server.statistics.endTick(
            nanoseconds: Int((SystemClock.instant() - began).wholeNanoseconds))
    }

    /// Closes what the server wants closed, and tells it of what the other side has closed.
    private mutating func close(at now: Moment) {
        for id in server.sessions.takeClosing() {
            server.close(id, at: now)
            sockets.close(id)
        }
        if !sockets.ended.isEmpty {
            for id in sockets.ended {
                server.close(id, at: now)
                sockets.close(id)
            }
            sockets.ended.removeAll(keepingCapacity: true)
        }
        if !sockets.warnings.isEmpty {
            for line in sockets.warnings { log.write(.warning, line) }
            sockets.warnings.removeAll()
        }
    }

    private mutating func handleOthers(at now: Moment) {
        for event in sockets.others {
            switch EventToken(bits: event.token) {
            case .signals: handleSignals(at: now)
            case .wakeup(WakeupIndex.snapshots): takeSnapshotAnswers(at: now)
            case .wakeup: masterWasLookedUp(at: now)
            case .link(let attempt): masterMayBeConnected(attempt, at: now)
            case .session, .listener: break
            }
        }
    }

    private mutating func handleSignals(at now: Moment) {
        while let signal = signals.next() {
            switch signal {
            case .terminate: server.signalReceived("SIGTERM", at: now)
            case .interrupt: server.signalReceived("SIGINT", at: now)
            // The log is opened anew for every line: rotation needs no more than this.
            case .hangup: reload(at: now)
            }
        }
    }

    private mutating func count(_ now: Moment) {
        server.statistics.eventLoopCycles &+= 1
        server.statistics.netInputBytes = sockets.traffic.received
        server.statistics.netOutputBytes = sockets.traffic.sent
        server.statistics.readsProcessed = sockets.traffic.reads
        server.statistics.writesProcessed = sockets.traffic.writes
        server.statistics.connectionsReceived = server.sessions.acceptedCount
        server.statistics.rejectedConnections = server.sessions.rejectedCount
    }

    /// Ends the process from here: the kernel takes its memory back at once, while freeing a large data
    /// set entry by entry would outlast the watchdog's patience.
    private mutating func leave(_ status: Int32) -> Int32 {
        if !server.settings.pidFile.isEmpty || server.settings.daemonize {
            log.write(.notice, "Removing the pid file.")
            let path = server.settings.pidFile.text
            ProcessControl.remove(path.isEmpty ? "/var/run/redis.pid" : path)
        }
        if !server.settings.unixSocket.isEmpty {
            log.write(.notice, "Removing the unix socket file.")
        }
        sockets.closeListeners()
        claim?.release()
        ProcessControl.exit(status)
    }
}

/// The service manager hears that the loop turns, how things stand, and when it has to be patient.
extension Executor {
    /// Says what is due; cheap when nothing is.
    mutating func tellManager(at now: Instant) {
        if server.isShuttingDown || reading != nil {
            heartbeat.extend(at: now)
        } else {
            heartbeat.beat(at: now)
        }
        guard heartbeat.isStatusDue(at: now) else { return }
        let shown = status
        let text = statusToTell(at: now)
        if text != shown { notification.status(text) }
    }

    /// The line that goes to the manager with another notification.
    mutating func statusToTell(at now: Instant) -> String {
        status = server.statusLine
        heartbeat.statusIsTold(at: now)
        return status
    }
}

/// Tells the service manager that the loop still turns.
struct Heartbeat {
    private let notification: Notification
    private let interval: Duration?
    private var nextProgress = Instant.zero
    private var nextExtension = Instant.zero
    private var nextStatus = Instant.zero
    private(set) var nextDeadline: Instant

    init(_ notification: Notification, at now: Instant) {
        self.notification = notification
        interval = Watchdog.interval()
        nextDeadline = interval == nil ? .distantFuture : now
    }

    /// Whether it is time for a word about work that takes long: every few seconds.
    mutating func isProgressDue(at now: Instant) -> Bool {
        if now < nextProgress { return false }
        defer { nextProgress = now + .seconds(2) }
        // The first turn has nothing to tell yet.
        return nextProgress != .zero
    }

    /// Whether the manager should hear how things stand: once a second, if there is a manager.
    func isStatusDue(at now: Instant) -> Bool { notification.isEnabled && now >= nextStatus }

    /// It has heard.
    mutating func statusIsTold(at now: Instant) { nextStatus = now + .seconds(1) }

    /// Another of the manager's time-outs runs from now on.
    mutating func beginPhase() { nextExtension = .zero }

    /// Asks for patience while work goes on that takes longer than a turn.
    mutating func extend(at now: Instant) {
        beat(at: now)
        if now < nextExtension { return }
        nextExtension = now + .seconds(5)
        notification.extendTimeout(microseconds: 30_000_000)
    }

    /// Says that the loop turns, when it is time to.
    mutating func beat(at now: Instant) {
        guard let interval, now >= nextDeadline else { return }
        notification.watchdog()
        nextDeadline = now + interval
    }
}
