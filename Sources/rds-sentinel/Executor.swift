// Runs a sentinel: hands it what happens, does what it says, in its order.
//
//     loop.poll ─ clients and links into inputs ─ sentinel.handle ─ perform outputs ─ flush
//                                                       ^                  |
//                                                       +-- record stored -+
//
// The state file is written, file and directory synchronised, before the outputs after it are
// performed: by a thread of its own, while those wait (StateFile.swift).

import Bytes
import CommandCatalog
import Consensus
import Daemon
import Determinism
import Glibc
import LogOutput
import Protocol
import Reactor
import Sessions
import Systemd

/// Workers by the position of their wakeups.
enum WakeupIndex {
    static let names = 0
    static let stateFile = 1
}

/// A running sentinel.
struct Executor: ~Copyable {
    /// Idle clients are looked for this often.
    static let sweepPeriod = Duration.seconds(1)

    var loop: EventLoop
    var sentinel: Sentinel
    var clients = ClientSockets()
    var sessions: SessionTable
    var access: AccessControl
    let catalog: CommandTable
    var links = SlotTable<Link>()
    var linkConnections = ConnectionTable(.link)
    var linkNumbers: [LinkID: SlotTable<Link>.Identifier] = [:]
    /// Links with commands that were encoded in this turn.
    var spokenLinks: [SlotTable<Link>.Identifier] = []
    var names = NameResolver()
    let stateFile: BackgroundWorker<StateFile>
    var held = HeldOutputs()
    var arena = RangeArena()
    var inputs: [SentinelInput] = []
    var outputs: [SentinelOutput] = []
    /// The client whose command is being executed, by the request's number.
    var requests: [SentinelRequestID: SessionID] = [:]
    var lastRequest = 0
    /// Sessions whose last request is not answered yet, and those whose next may be executed.
    var waiting: Set<SessionID> = []
    var resumed: [SessionID] = []
    /// Scripts that run, by process id.
    var runningScripts: [Int32: ScriptID] = [:]
    var now: Moment
    let log: LogDestination
    var settings: ServingSettings
    let source: ConfigurationSource
    var information: ProcessInformation
    let notification = Notification()
    private let signals: Signals
    private var nextSweep: Instant
    private let watchdog = Watchdog.interval()
    private var nextWatchdog: Instant?
    var exitStatus: Int32?

    /// `signals` and `stateFile` are watched by `loop` already.
    init(
        settings: ServingSettings, source: ConfigurationSource, sentinel: consuming Sentinel,
        configurationPath: String, stateFile: BackgroundWorker<StateFile>, log: LogDestination,
        signals: consuming Signals, loop: consuming EventLoop
    ) {
        self.stateFile = stateFile
        self.signals = signals
        self.loop = loop
        self.sentinel = sentinel
        self.settings = settings
        self.source = source
        self.log = log
        catalog = CommandTable(for: .sentinel)
        sessions = SessionTable(catalog: catalog)
        sessions.identity = ServerIdentity(mode: "sentinel", role: nil)
        sessions.limits.maximumClients = settings.maximumClients
        sessions.limits.idleSeconds = settings.idleSeconds
        sessions.limits.isProtected = settings.isProtected
        sessions.limits.trustedNetworks = settings.trustedNetworks
        access = AccessControl(password: settings.password)
        now = SystemClock.now()
        nextSweep = now.instant + Executor.sweepPeriod
        information = ProcessInformation(
            settings: settings, configurationPath: configurationPath, startedAt: now)
        clients.keepAliveSeconds = settings.keepAliveSeconds
    }

    /// Serves until a signal or SHUTDOWN ends it; the process's status.
    mutating func run() -> Int32 {
        feed(.start)
        notification.ready(status: "Monitoring")
        nextWatchdog = watchdog.map { now.instant + $0 / 2 }
        while true {
            finishTurn()
            if let exitStatus {
                finishStoring()
                return exitStatus
            }
            now = loop.poll(until: deadline(), now: now.instant)
            clients.collect(loop.poller, &sessions, access, at: now.instant)
            for event in clients.others { handle(event) }
            for id in clients.ready { execute(id) }
            while !resumed.isEmpty { execute(resumed.removeFirst()) }
            if !runningScripts.isEmpty { collectScripts() }
            if let due = sentinel.nextDeadline, due <= now.instant { feed(.tick) }
            if nextSweep <= now.instant { sweep() }
            if let due = nextWatchdog, let watchdog, due <= now.instant {
                notification.watchdog()
                nextWatchdog = now.instant + watchdog / 2
            }
        }
    }

    /// Sweeping is for clients; without them the loop sleeps until the machine wants it.
    private func deadline() -> Instant {
        if !resumed.isEmpty { return now.instant }
        var earliest = sentinel.nextDeadline ?? .distantFuture
        if sessions.count > 0 { earliest = min(earliest, nextSweep) }
        if let nextWatchdog { earliest = min(earliest, nextWatchdog) }
        if !runningScripts.isEmpty { earliest = min(earliest, now.instant + Self.scriptPeriod) }
        return earliest
    }

    private mutating func sweep() {
        nextSweep = now.instant + Executor.sweepPeriod
        let traffic = clients.traffic
        information.sample(sent: traffic.sent, received: traffic.received, at: now.instant)
        let (idle, warnings) = sessions.sweep(at: now.instant)
        for _ in 0..<idle { log.write(.verbose, "Closing idle client") }
        for warning in warnings { log.write(.warning, warning) }
    }

    private mutating func finishTurn() {
        flushLinks()
        clients.takeBackBuffers(&sessions, at: now.instant)
        clients.flush(loop.poller, &sessions, at: now.instant)
        for line in clients.warnings { log.write(.warning, line) }
        clients.warnings.removeAll()
        for id in sessions.takeClosing() + clients.ended {
            clients.close(id)
            sessions.close(id)
        }
        clients.ended.removeAll()
    }

    private mutating func handle(_ event: ReadyEvent) {
        switch EventToken(bits: event.token) {
        case .link(let bits): handleLink(SlotTable<Link>.Identifier(bits: bits), event)
        case .signals:
            while let signal = signals.next() {
                switch signal {
                case .terminate: shutDown("Received SIGTERM scheduling shutdown...")
                case .interrupt: shutDown("Received SIGINT scheduling shutdown...")
                // The log is opened anew for every line: rotation needs no more than this.
                case .hangup: reload()
                }
            }
        case .wakeup(WakeupIndex.names): takeNames()
        case .wakeup: takeStored()
        case .session, .listener: break
        }
    }

    mutating func shutDown(_ reason: String) {
        log.write(.warning, reason)
        notification.stopping(status: "Shutting down")
        if !settings.processFile.isEmpty {
            log.write(.notice, "Removing the pid file.")
            ProcessControl.remove(settings.processFile.text)
        }
        clients.closeListeners()
        log.write(.warning, "Sentinel is now ready to exit, bye bye...")
        exitStatus = 0
    }

    // MARK: The machine

    /// Hands the machine one thing and performs all that follows from it.
    mutating func feed(_ input: SentinelInput) {
        handle(input)
        while !inputs.isEmpty { handle(inputs.removeFirst()) }
    }

    private mutating func handle(_ input: SentinelInput) {
        var batch: [SentinelOutput] = []
        swap(&batch, &outputs)
        sentinel.wallClockAhead =
            .microseconds(now.unix.microseconds) - .nanoseconds(now.instant.nanoseconds)
        sentinel.handle(input, at: now.instant, into: &batch)
        for output in batch { perform(output) }
        batch.removeAll(keepingCapacity: true)
        swap(&batch, &outputs)
    }

    mutating func perform(_ output: SentinelOutput) {
        if held.hold(output) { return }
        switch output {
        case .connect(let id, let host, let port): connect(id, host: host, port: port)
        case .lookUp(let name): lookUp(name)
        case .disconnect(let id): disconnect(id)
        case .send(let id, let command): send(command, on: id)
        case .record(let id, let text, let companion): store(id, text, companion)
        case .event(let event): announce(event)
        case .log(let level, let text, let until):
            log.write(logLevel(level), text.text + (until.map { dateText($0) } ?? ""))
        case .reply(let id, let reply): answer(id, reply)
        case .runScript(let id, let words): runScript(id, words)
        case .killScript(let id): killScript(id)
        case .logLevel(let level): log.setThreshold(threshold(named: level.text))
        case .exit(let status):
            flushLinks()
            exit(status)
        }
    }

    /// One log line, with fields for the journal, and one message for subscribers.
    private mutating func announce(_ event: SentinelEvent) {
        var fields = [(name: "RDS_EVENT", value: event.name)]
        if let master = event.masterName { fields.append(("RDS_MASTER_NAME", master.text)) }
        if let address = event.address { fields.append(("RDS_ADDRESS", address.name.text)) }
        fields.append(("RDS_EPOCH", "\(event.epoch)"))
        for field in event.fields { fields.append(("RDS_\(field.name)", field.value)) }
        if let message = EventMessage.of(event.name) {
            fields.append(("MESSAGE_ID", message.identifier))
        }
        log.write(logLevel(event.level), event.line.text, fields: fields)
        guard event.isPublished else { return }
        let channel = ByteString(event.name)
        _ = sessions.publish(channel.bytes.span, event.payload.bytes.span)
    }

    private func logLevel(_ level: SentinelEvent.Level) -> LogLevel {
        switch level {
        case .debug: .debug
        case .verbose: .verbose
        case .notice: .notice
        case .warning: .warning
        }
    }

    /// A moment of the monotonic clock as a date, for instance `Tue Jul  7 16:32:09 2015`.
    private func dateText(_ instant: Instant) -> String {
        let ahead = (instant - now.instant).wholeMilliseconds / 1000
        var time = time_t(now.unix.seconds + ahead)
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { place in
            guard let base = place.baseAddress, let text = unsafe ctime_r(&time, base) else {
                return ""
            }
            return unsafe String(String(cString: text).prefix { $0 != "\n" })
        }
    }
}

/// The threshold that a word of `loglevel` names.
func threshold(named name: String) -> LogLevel {
    switch name {
    case "debug": .debug
    case "verbose": .verbose
    case "warning": .warning
    case "nothing": .nothing
    default: .notice
    }
}
