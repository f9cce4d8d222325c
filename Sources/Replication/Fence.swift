import Bytes
import Determinism

/// What the fence wants done, in this order.
public enum FenceOutput: Sendable, Equatable {
    /// Replace the record beside the data by this one, on the disk, before anything that follows; nil:
    /// remove it.
    case store(RoleRecord?)
    /// Writes are refused from now on, or no longer.
    case changed
    /// A line for the log.
    case log(ReplicationLogLine)
}

/// Keeps a master that may have been replaced from taking writes that would be thrown away.
///
/// ```
///            ┌── restart with a record, a stall, a newer epoch for another ──┐
///          open                                                           closed
///            └── enough recorded sentinels name us ── an order of the role ──┘
/// ```
/// While it is closed, reads are served, writes and replicas are refused. It dials nobody: what it
/// knows it hears in hellos, over connections that sentinels opened and authenticated.
///
/// Invariants:
/// 1. It opens by hellos only when, for each recorded group of N sentinels, N - majority + 1 of them
///    have named us since it closed, with an epoch not below the recorded one: such a set meets every
///    majority that could have elected another. A sentinel's last word counts. N counts the recorded
///    ones and those that they have told of: a record may be older than the group.
/// 2. While it is closed, no sentinel enters or leaves the record.
/// 3. A record is stored before what depends on it: a sentinel counts once it is on disk, a role is
///    answered once it is on disk.
/// 4. A connection speaks for one sentinel; of two that speak for the same one, the later counts.
public struct Fence: Sendable {
    /// Why it is closed.
    public enum Reason: Sendable, Hashable {
        /// The server restarted.
        case restart
        /// It stood still for so long that another may have been elected.
        case stall
        /// A sentinel named another master of a newer epoch.
        case superseded
    }

    /// The directives.
    public struct Settings: Sendable, Equatable {
        /// `master-fence`: whether there is one.
        public var isOn = true
        /// `master-fence-stall`: standing still for longer closes it, if no sentinel has told its
        /// down-after; zero: never.
        public var stall: Duration = .seconds(5)

        /// The defaults.
        public init() {}
    }

    /// How a server is known: a hello names us if it has one of the hosts and one of the ports.
    public struct Names: Sendable, Equatable {
        /// The local end of the connection, and `replica-announce-ip`.
        public var hosts: [ByteString]
        /// The same for ports.
        public var ports: [Int]

        /// Both lists.
        public init(hosts: [ByteString], ports: [Int]) {
            self.hosts = hosts
            self.ports = ports
        }

        func contains(_ address: MasterAddress) -> Bool {
            ports.contains(address.port) && hosts.contains(address.host)
        }
    }

    /// The connection on which something came.
    public struct Speaker: Sendable, Equatable {
        /// Names the connection as long as it is open.
        public var connection: UInt64
        /// Grows with every connection that is opened.
        public var number: Int

        /// Both parts.
        public init(connection: UInt64, number: Int) {
            self.connection = connection
            self.number = number
        }
    }

    /// What one of our own sentinels told about a group.
    struct Telling: Sendable {
        var downAfter: Duration
        var failoverTimeout: Duration
        var known: Set<ByteString>
    }

    private struct Voice: Sendable {
        var runID: ByteString
        var number: Int
    }

    private struct Key: Hashable, Sendable {
        var runID: ByteString
        var group: ByteString
    }

    /// A closed fence says so this often.
    static let reminderPeriod: Duration = .seconds(60)
    /// A sentinel that says another group's name for so long has left its former one.
    static let groupMemory: Duration = .seconds(60)
    /// A sentinel that was heard within so long is not forgotten, whoever does not know it: those that
    /// have just begun to watch have not met yet.
    static let presence: Duration = .seconds(10)
    /// A sentinel that was not heard for so long is forgotten, if a majority without it is here.
    static let sentinelMemory: Duration = .seconds(86_400)
    /// Connections that speak for a sentinel, at most.
    static let voiceLimit = 512
    /// Sentinels whose words are remembered, strangers included, at most.
    static let memoryLimit = 4096

    /// The directives in force.
    public var settings = Settings()
    /// What is on disk, or will be before anything that depends on it.
    public private(set) var record: RoleRecord?
    /// Why writes are refused; nil while they are not.
    public private(set) var reason: Reason?
    /// When a hello of a sentinel last came in; nil before the first.
    public private(set) var heardAt: Instant?

    private var isMaster = true
    /// When it last closed, or the process started: silence is counted from there.
    private var baseline: Instant = .zero
    private var nextReminder: Instant = .zero
    private var lastTurn: Instant?
    private var voices: [UInt64: Voice] = [:]
    /// The config epochs in which sentinels have named us since the fence closed.
    private var confirmed: [Key: UInt64] = [:]
    private var heard: [Key: Instant] = [:]
    /// Sentinels that a replica has heard: the record of the day on which it becomes a master.
    private var known: [RoleRecord.Sentinel] = []
    private var tellings: [Key: Telling] = [:]

    /// An open fence without a record.
    public init() {}

    /// Whether writes and replicas are refused.
    public var isClosed: Bool { reason != nil }

    /// While it is closed: the greatest epoch in which a sentinel named another server, if one did.
    ///
    /// Words of a smaller one open nothing.
    public var supersededEpoch: UInt64? { isClosed ? record?.superseded.values.max() : nil }

    /// The shortest down-after of our own sentinels, and the failover timeout that goes with it.
    public private(set) var toldTimes: (downAfter: Duration, failoverTimeout: Duration)?

    /// How long the loop may stand still.
    var stallLimit: Duration { toldTimes?.downAfter ?? settings.stall }

    /// When a turn is wanted at the latest, so that a stall can be told from an idle loop.
    public var nextDeadline: Instant? {
        guard settings.isOn, isMaster, record != nil, let lastTurn, stallLimit > .zero else {
            return nil
        }
        return lastTurn + stallLimit / 2
    }

    // MARK: Time

    /// The process starts with what its disk holds; before anything is served.
    public mutating func start(
        with record: RoleRecord?, isMaster: Bool, at now: Instant,
        into outputs: inout [FenceOutput]
    ) {
        self.record = record
        self.isMaster = isMaster
        known = record?.sentinels ?? []
        lastTurn = now
        baseline = now
        guard isMaster, let record, !record.sentinels.isEmpty else { return }
        close(.restart, at: now, into: &outputs)
    }

    /// A turn of the loop begins; before anything of it is executed.
    public mutating func turn(at now: Instant, into outputs: inout [FenceOutput]) {
        let last = lastTurn
        lastTurn = now
        guard let last, settings.isOn, isMaster, let record, !record.sentinels.isEmpty else {
            return
        }
        if stallLimit > .zero, now - last > stallLimit, reason != .superseded {
            close(.stall, at: now, into: &outputs)
        }
        guard isClosed, now >= nextReminder else { return }
        nextReminder = now + Fence.reminderPeriod
        remind(&outputs)
    }

    /// The directive was changed.
    public mutating func settingsChanged(
        to settings: Settings, at now: Instant, into outputs: inout [FenceOutput]
    ) {
        self.settings = settings
        if !settings.isOn, isClosed {
            open("the directive master-fence turns it off", into: &outputs)
        }
    }

    // MARK: Orders

    /// The server follows a master from now on: it was told its role.
    public mutating func becameReplica(at now: Instant, into outputs: inout [FenceOutput]) {
        isMaster = false
        confirmed.removeAll()
        if isClosed {
            reason = nil
            outputs.append(.changed)
        }
        guard var record else { return }
        known = record.sentinels
        record.isMaster = false
        store(record, &outputs)
    }

    /// A replica becomes a master, or a master is told once more to be one.
    ///
    /// Sentinels promote what they have elected: those that were heard are recorded. A person may do
    /// it in spite of sentinels, or where there are none any more: nothing is recorded until one
    /// names us.
    public mutating func becameMaster(
        bySentinel: Bool, at now: Instant, into outputs: inout [FenceOutput]
    ) {
        let wasReplica = !isMaster
        isMaster = true
        lastTurn = now
        confirmed.removeAll()
        if bySentinel {
            var promoted = RoleRecord()
            promoted.sentinels = wasReplica ? known : record?.sentinels ?? []
            store(promoted.sentinels.isEmpty ? nil : promoted, &outputs)
        } else if wasReplica || isClosed {
            store(nil, &outputs)
        }
        guard isClosed else { return }
        open("REPLICAOF NO ONE was ordered", into: &outputs)
    }

    // MARK: Hearing

    /// A connection is gone.
    public mutating func forget(connection: UInt64) { voices[connection] = nil }

    /// Whether the connection has spoken for a sentinel.
    public func isSentinel(connection: UInt64) -> Bool { voices[connection] != nil }

    /// A hello came in on a connection that somebody opened to us; `names` are ours on it.
    public mutating func hear(
        _ hello: SentinelHello, from speaker: Speaker, names: Names, at now: Instant,
        into outputs: inout [FenceOutput]
    ) {
        guard settings.isOn, accepts(hello.runID, from: speaker) else { return }
        heardAt = now
        let key = Key(runID: hello.runID, group: hello.group)
        guard heard[key] != nil || heard.count < Fence.memoryLimit else { return }
        heard[key] = now
        if !isMaster { return hearAsReplica(hello, into: &outputs) }
        if names.contains(hello.master) {
            if isClosed {
                confirm(hello, key, into: &outputs)
            } else {
                take(hello, at: now, into: &outputs)
            }
        } else {
            confirmed[key] = nil
            hearOfAnother(hello, at: now, into: &outputs)
        }
    }

    /// One of our own sentinels tells how it watches the group, and which sentinels it knows.
    public mutating func told(
        by runID: ByteString, group: ByteString, downAfter: Duration, failoverTimeout: Duration,
        known: Set<ByteString>, from speaker: Speaker, at now: Instant,
        into outputs: inout [FenceOutput]
    ) {
        let key = Key(runID: runID, group: group)
        guard SentinelHello.isRunID(runID), SentinelHello.isWord(group),
            accepts(runID, from: speaker),
            tellings[key] != nil || tellings.count < RoleRecord.sentinelLimit
        else { return }
        tellings[key] = Telling(
            downAfter: downAfter, failoverTimeout: failoverTimeout,
            known: known.union([runID]))
        toldTimes = tellings.values.min { $0.downAfter < $1.downAfter }.map {
            ($0.downAfter, $0.failoverTimeout)
        }
        prune(group, at: now, into: &outputs)
    }

    /// Whether the connection may speak for this sentinel.
    private mutating func accepts(_ runID: ByteString, from speaker: Speaker) -> Bool {
        if let voice = voices[speaker.connection], voice.runID != runID { return false }
        if voices.values.contains(where: { $0.runID == runID && $0.number > speaker.number }) {
            return false
        }
        if voices[speaker.connection] == nil {
            guard voices.count < Fence.voiceLimit else { return false }
            voices[speaker.connection] = Voice(runID: runID, number: speaker.number)
        }
        return true
    }

    private mutating func hearAsReplica(
        _ hello: SentinelHello, into outputs: inout [FenceOutput]
    ) {
        Fence.note(hello, in: &known)
        // A record is of a former master: what it has heard since counts if it comes back as one.
        guard var record, hello.configEpoch > record.epoch(of: hello.group),
            members(of: hello.group, record).contains(hello.runID)
        else { return }
        record.superseded[hello.group] = hello.configEpoch
        store(record, &outputs)
    }

    private mutating func take(
        _ hello: SentinelHello, at now: Instant, into outputs: inout [FenceOutput]
    ) {
        var next = record ?? RoleRecord()
        next.isMaster = true
        // The same sentinel under another name of the group, which it has not used for a while.
        next.sentinels.removeAll { sentinel in
            sentinel.runID == hello.runID && sentinel.group != hello.group
                && !isFresh(
                    Key(runID: sentinel.runID, group: sentinel.group), within: Fence.groupMemory,
                    at: now)
        }
        Fence.note(hello, in: &next.sentinels)
        if let epoch = next.superseded[hello.group], hello.configEpoch >= epoch {
            next.superseded[hello.group] = nil
        }
        if next != record { store(next, &outputs) }
        prune(hello.group, at: now, into: &outputs)
    }

    /// Notes a sentinel's last word; a new id at its address takes the place of the old one.
    private static func note(_ hello: SentinelHello, in list: inout [RoleRecord.Sentinel]) {
        let entry = RoleRecord.Sentinel(
            runID: hello.runID, address: hello.address, epoch: hello.configEpoch,
            group: hello.group)
        list.removeAll {
            $0.group == hello.group && $0.address == hello.address && $0.runID != hello.runID
        }
        let index = list.firstIndex { $0.runID == hello.runID && $0.group == hello.group }
        if let index {
            list[index] = entry
        } else if list.count < RoleRecord.sentinelLimit {
            list.append(entry)
        }
    }

    private mutating func confirm(
        _ hello: SentinelHello, _ key: Key, into outputs: inout [FenceOutput]
    ) {
        confirmed[key] = hello.configEpoch
        guard var next = record, isConfirmed(next) else { return }
        for group in next.groups { next.superseded[group] = nil }
        if next != record { store(next, &outputs) }
        open("sentinels have named this server as master", into: &outputs)
    }

    private func isConfirmed(_ record: RoleRecord) -> Bool {
        record.groups.allSatisfy { group in
            let (here, needed) = confirmations(of: group, record)
            return here >= needed
        }
    }

    /// How many of the group's sentinels have named us since the fence closed, and how many must.
    private func confirmations(
        of group: ByteString, _ record: RoleRecord
    ) -> (here: Int, needed: Int) {
        let epoch = record.epoch(of: group)
        let members = members(of: group, record)
        let here = members.count {
            confirmed[Key(runID: $0, group: group)].map { $0 >= epoch } ?? false
        }
        return (here, RoleRecord.confirmations(of: members.count))
    }

    /// The group's recorded sentinels, and those that they have told of.
    private func members(of group: ByteString, _ record: RoleRecord) -> Set<ByteString> {
        var members: Set<ByteString> = []
        for sentinel in record.sentinels where sentinel.group == group {
            members.insert(sentinel.runID)
            if let telling = tellings[Key(runID: sentinel.runID, group: group)] {
                members.formUnion(telling.known)
            }
        }
        return members
    }

    /// One of the group's sentinels names another server: of a newer epoch, that one is the master.
    private mutating func hearOfAnother(
        _ hello: SentinelHello, at now: Instant, into outputs: inout [FenceOutput]
    ) {
        guard var next = record, hello.configEpoch > next.epoch(of: hello.group),
            members(of: hello.group, next).contains(hello.runID)
        else { return }
        next.superseded[hello.group] = hello.configEpoch
        store(next, &outputs)
        outputs.append(
            .log(
                .init(
                    .warning,
                    "The sentinel at \(hello.address) names \(hello.master) as master of "
                        + "'\(hello.group)' since epoch \(hello.configEpoch).")))
        close(.superseded, at: now, into: &outputs)
    }

    // MARK: Forgetting

    /// Forgets sentinels that a majority of our own ones has forgotten, or that were silent for a
    /// day while a majority was heard.
    private mutating func prune(
        _ group: ByteString, at now: Instant, into outputs: inout [FenceOutput]
    ) {
        guard isMaster, !isClosed, var next = record else { return }
        let members = next.sentinels.filter { $0.group == group }
        let majority = members.count / 2 + 1
        let fresh = members.filter {
            isFresh(Key(runID: $0.runID, group: group), within: Fence.groupMemory, at: now)
        }
        next.sentinels.removeAll { sentinel in
            guard sentinel.group == group else { return false }
            let key = Key(runID: sentinel.runID, group: group)
            if isFresh(key, within: Fence.presence, at: now) { return false }
            let strangers = members.count {
                tellings[Key(runID: $0.runID, group: group)].map {
                    !$0.known.contains(sentinel.runID)
                } ?? false
            }
            let isSilent = !isFresh(key, within: Fence.sentinelMemory, at: now)
            return strangers >= majority || (isSilent && fresh.count >= majority)
        }
        if next != record { store(next, &outputs) }
    }

    private func isFresh(_ key: Key, within duration: Duration, at now: Instant) -> Bool {
        now - (heard[key] ?? baseline) <= duration
    }

    // MARK: Opening and closing

    private mutating func close(
        _ reason: Reason, at now: Instant, into outputs: inout [FenceOutput]
    ) {
        guard settings.isOn, isMaster else { return }
        let wasClosed = isClosed
        self.reason = reason
        baseline = now
        confirmed.removeAll()
        nextReminder = now + Fence.reminderPeriod
        let text =
            switch reason {
            case .restart: "This master restarted, and another may have been elected meanwhile."
            case .stall: "This master stood still, and another may have been elected meanwhile."
            case .superseded: "Another server is the master of this group now."
            }
        outputs.append(
            .log(
                .init(
                    .warning,
                    text + " It is fenced: writes are refused until its sentinels name it, or tell "
                        + "it its role.")))
        if !wasClosed { outputs.append(.changed) }
    }

    private mutating func open(_ why: String, into outputs: inout [FenceOutput]) {
        reason = nil
        confirmed.removeAll()
        outputs.append(.log(.init(.notice, "The fence is lifted: \(why).")))
        outputs.append(.changed)
    }

    private func remind(_ outputs: inout [FenceOutput]) {
        guard let record else { return }
        for group in record.groups {
            let epoch = record.epoch(of: group)
            let (here, needed) = confirmations(of: group, record)
            outputs.append(
                .log(
                    .init(
                        .warning,
                        "Still fenced: \(here) of \(needed) sentinels "
                            + "needed have named this server as master of '\(group)' in epoch "
                            + "\(epoch) or later. If it is the master and its sentinels are gone "
                            + "for good, send it REPLICAOF NO ONE.")))
        }
    }

    private mutating func store(_ next: RoleRecord?, _ outputs: inout [FenceOutput]) {
        if next == record { return }
        record = next
        outputs.append(.store(next))
    }
}
