// A sentinel: one value that is told what happens and says what is to be done.
//
//     inputs ----> handle(_:at:into:) ----> outputs, in an order that the executor keeps
//                     |        ^
//                     v        | tick
//                nextDeadline -+
//
// It reads no clock, socket, file or random number: `now` and the seed come from outside, so that the
// same code runs under the reactor and under the simulator. One pass for one master (`advance`)
// follows the way of a failover downward, a file a step: Heartbeat, SubjectivelyDown,
// ObjectivelyDown, Election, Vote, ReplicaSelection, Promotion, Reconfiguration, SwitchMaster, Hello.
//
// Every step acts if its time has come and otherwise says when it will (`wake(at:)`); the earliest
// of these is the deadline. No step is due again at the moment at which it acted, so a pass ends.
//
// What every pass asks and what changes nothing is inlined: to call such a method the compiler copies
// the whole sentinel.

import Bytes
import Determinism
import Protocol

/// A sentinel as a pure machine.
public struct Sentinel: ~Copyable {
    /// Passes of `advance` until nothing changes any more are fewer than this.
    static let roundLimit = 16
    /// Epochs beyond this are not believed: nobody has counted so far.
    static let epochLimit: UInt64 = 1 << 62
    /// Of so many masters that are watched no more it is remembered how they were voted for.
    static let rememberedLimit = 1024

    /// This sentinel's id, 40 characters, the same after every restart.
    public let identity: ByteString
    /// The greatest epoch that it has heard of; never decreases.
    public internal(set) var currentEpoch: UInt64
    /// Periods and limits.
    public package(set) var timing: SentinelTiming
    /// What is added to the time that inputs come with to get the time since 1970: for showing, and
    /// never for deciding.
    public var wallClockAhead: Duration = .zero

    var settings: SentinelSettings
    /// Weaknesses of the original that are switched on; none but under simulation.
    package var weaknesses: Weaknesses = []
    var masters: [Master] = []
    /// Where in `masters` a name is.
    var masterPlaces: [ByteString: Int] = [:]
    /// When something is to be done next for the master at the same position.
    private(set) var deadlines: [Instant] = []
    /// No deadline is earlier: with hundreds of masters most inputs leave it at that.
    private var nextPass = Instant.distantFuture
    /// What is known of masters that are not watched, by their names.
    var remembered: [ByteString: CompanionState.Group]
    var sentinels: [SentinelNode] = []
    /// The same, by their ids.
    var sentinelsByID: [ByteString: SentinelNode] = [:]
    var owners: [LinkID: LinkOwner] = [:]
    var random: RandomSource
    var now = Instant.zero
    var outputs: [SentinelOutput] = []
    var records = PendingRecords()
    /// The text that the state begins with, taken apart; nil until it is needed.
    var stateLines: StateText?
    var scripts = ScriptQueue()
    var hostNames = HostNames()
    var seldomLog = SeldomLog()
    var tiltSince: Instant?
    var crashesAfterElection = false
    var crashesAfterPromotion = false

    private var lastLink = 0
    private var lastMaster = 0
    private var scheduled: Instant?
    private var wakeTime: Instant?
    private var hasChanged = false

    /// A sentinel as its state file says; it does nothing before the input `start`.
    ///
    /// A file without an id gets one from `random`, stored at the start.
    public init(
        settings: SentinelSettings, timing: SentinelTiming = .init(), random: RandomSource
    ) {
        var random = random
        identity = settings.identity ?? ByteString(random.hexadecimal(count: 40))
        currentEpoch = settings.currentEpoch
        self.settings = settings
        remembered = settings.companion.groups
        self.settings.companion = CompanionState()
        self.timing = timing
        self.random = random
        if settings.identity == nil { records.isDue = true }
        records.begin(storedEpoch: currentEpoch)
        self.settings.identity = identity
    }

    /// When `tick` is wanted, if nothing else happens before; nil when there is nothing to wait for.
    public var nextDeadline: Instant? { scheduled }

    /// Whether the sentinel only observes, because its loop was stalled.
    public var isTilted: Bool { tiltSince != nil }

    /// Whether SENTINEL SET may not change scripts.
    public var deniesScriptReconfiguration: Bool { settings.deniesScriptReconfiguration }

    /// Takes `input` and appends what is to be done, in order.
    ///
    /// `now` never decreases.
    public mutating func handle(
        _ input: SentinelInput, at now: Instant, into outputs: inout [SentinelOutput]
    ) {
        self.now = max(now, self.now)
        checkTilt(scheduled: scheduled)
        switch input {
        case .start: start()
        case .linkConnected(let id, let localHost): linkConnected(id, localHost: localHost)
        case .linkFailed(let id, let failure): linkFailed(id, failure)
        case .linkClosed(let id): linkLost(id)
        case .reply(let id, let value): receive(value, on: id)
        case .request(let id, let request): answer(request, id)
        case .recordStored(let id): recordStored(id)
        case .recordFailed(let id, let reason): recordFailed(id, reason)
        case .scriptStarted(let id, let process): scriptStarted(id, process: process)
        case .scriptEnded(let id, let end): scriptEnded(id, end)
        case .lookedUp(let name, let addresses): lookedUp(name, addresses)
        case .reload(let file): reload(file)
        case .tick: break
        }
        if nextPass <= self.now {
            for index in masters.indices where deadlines[index] <= self.now { advance(index) }
            nextPass = deadlines.min() ?? .distantFuture
        }
        storeIfDue()
        schedule(scripts: runScripts())
        if outputs.isEmpty {
            swap(&outputs, &self.outputs)
        } else {
            outputs.append(contentsOf: self.outputs)
            self.outputs.removeAll(keepingCapacity: true)
        }
    }

    private mutating func start() {
        for known in settings.masters { addMaster(known) }
        settings.masters = []
        if let note = settings.companionNote { log(.notice, note) }
        settings.companionNote = nil
        log(.notice, "Sentinel ID is \(identity)")
        for index in masters.indices {
            event(
                .warning, "+monitor", .master(index), " quorum \(masters[index].settings.quorum)")
        }
    }

    /// Everything that is due for one master.
    private mutating func advance(_ index: Int) {
        var rounds = 0
        repeat {
            rounds += 1
            hasChanged = false
            wakeTime = nil
            observe(index)
            if !isTilted { act(index) }
        } while hasChanged && rounds < Sentinel.roundLimit
        deadlines[index] = hasChanged ? now : wakeTime ?? .distantFuture
    }

    private mutating func observe(_ index: Int) {
        forgetFormerSentinelsIfDue(index)
        keepAlive(.master(index))
        for replica in masters[index].replicas.indices { keepAlive(.replica(index, replica)) }
        for peer in masters[index].peers { keepPeerAlive(index, peer) }
    }

    private mutating func act(_ index: Int) {
        checkSubjectivelyDown(.master(index))
        for replica in masters[index].replicas.indices {
            checkSubjectivelyDown(.replica(index, replica))
        }
        for peer in masters[index].peers { checkPeerSubjectivelyDown(index, peer) }
        checkObjectivelyDown(index)
        startFailoverIfDue(index)
        askAboutHandoverIfDue(index)
        recordPhase(index)
        continueFailover(index)
        recordPhase(index)
        askPeers(index)
    }

    private mutating func schedule(scripts next: Instant?) {
        var earliest = records.retryAt
        func consider(_ instant: Instant?) {
            guard let instant else { return }
            earliest = min(earliest ?? instant, instant)
        }
        if nextPass < .distantFuture { consider(nextPass) }
        if records.isDue { consider(records.gatheringEnd) }
        consider(next)
        consider(tiltSince.map { $0 + timing.tiltPeriod })
        scheduled = earliest
    }

    // MARK: What the steps use

    /// Asks for a pass at `instant` at the latest; called by a step that is not due yet.
    mutating func wake(at instant: Instant) {
        let instant = max(instant, now + .nanoseconds(1))
        wakeTime = min(wakeTime ?? instant, instant)
    }

    /// Asks for another pass at once: something changed that an earlier step looks at.
    mutating func changed() { hasChanged = true }

    /// Asks for a pass for the master at `index` before this input is done with.
    mutating func touch(_ index: Int) { bringForward(index, to: now) }

    /// Asks for a pass for the master at `index` at `instant` at the latest.
    mutating func bringForward(_ index: Int, to instant: Instant) {
        deadlines[index] = min(deadlines[index], instant)
        nextPass = min(nextPass, instant)
    }

    /// A fresh connection for `owner`.
    mutating func open(_ address: NodeAddress, for owner: LinkOwner) -> Connection {
        lastLink += 1
        let id = LinkID(number: lastLink)
        owners[id] = owner
        outputs.append(.connect(id, host: address.host, port: address.port))
        return Connection(id: id, since: now)
    }

    /// Begins to watch a master; the caller has looked for its name.
    mutating func addMaster(_ known: MasterSettings) {
        lastMaster += 1
        let master = Master(
            number: lastMaster, settings: known,
            remembered: remembered.removeValue(forKey: known.name) ?? .init(), at: now)
        master.settings.knownReplicas = []
        master.settings.knownSentinels = []
        master.replicas = known.knownReplicas.prefix(Master.replicaLimit).map {
            Replica(address: $0, at: now)
        }
        for sentinel in known.knownSentinels.prefix(Master.peerLimit) {
            let node = rememberSentinel(sentinel.runID, sentinel.address)
            master.peers.append(Peer(node, at: now))
        }
        masterPlaces[known.name] = masters.count
        masters.append(master)
        deadlines.append(now)
        touch(masters.count - 1)
        currentEpoch = max(currentEpoch, known.configEpoch, master.leaderEpoch)
    }

    /// Watches the master at `index` no longer; nothing else refers to it any more.
    mutating func removeMaster(at index: Int) {
        masterPlaces[masters[index].settings.name] = nil
        masters.remove(at: index)
        deadlines.remove(at: index)
        for later in index..<masters.count { masterPlaces[masters[later].settings.name] = later }
    }

    /// A log line that is no event.
    mutating func log(_ level: SentinelEvent.Level, _ text: String) {
        outputs.append(.log(level, ByteString(text)))
    }
}
