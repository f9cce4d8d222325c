import Bytes
import Determinism

/// Keeps a replica's data from a master that came back without it.
///
/// A master that restarts at once, empty or with an older file, offers its whole data set under a new
/// history, and a replica that takes it loses what it alone still had. So a full resynchronisation
/// from the master that we followed all along is looked at first:
/// ```
///   FULLRESYNC of another history ─► connect anew, ask INFO before PSYNC ─► ours is part of it: PSYNC
///                                                                        └─► it is not: refuse, retry
///   refused for `patience` ─► the caller keeps our data set as a file ─► PSYNC
/// ```
/// Invariants:
/// 1. What was ordered is done: after REPLICAOF the first data set is taken, whatever it is, and so is
///    that of a master which is a replica itself, or which has run without a break since before we
///    were connected and in step.
/// 2. What a sentinel names is no order: it follows from an election. Our data may have branched off
///    before it, and gives way to any keys; a master without keys is taken only if its history has
///    ours in it.
/// 3. Without keys of our own there is nothing to keep, and without a history nothing to compare.
/// 4. Handshakes that go on from the backlog are those of any replica.
public struct HistoryGuard: Sendable, Equatable {
    /// What a master lacks.
    public enum Loss: String, Sendable {
        /// It has no keys.
        case empty
        /// Its stream ends before what we have, or has left our history before that.
        case older
        /// What it has is of a history that does not know ours.
        case foreign
    }

    /// A refusal that lasts.
    public struct Refusal: Sendable, Equatable {
        /// What the master lacked when it was last asked.
        public var loss: Loss
        /// When it was first refused.
        public var since: Instant
        var nextLine: Instant
    }

    /// Why a master is followed.
    public enum Reason: Sendable {
        /// REPLICAOF named it, and its next data set is taken, whatever it is.
        case order
        /// A sentinel named it: it is what sentinels have elected.
        case election
        /// We were in step with it, or the disk says that it is the one.
        case habit
    }

    /// A refusal is logged this often.
    static let reminderPeriod: Duration = .seconds(60)

    /// Whether anything is refused.
    public var isOn = true
    /// Whether there are keys of ours.
    public var hasKeys = false
    /// Up to where the stream that we hold has changed keys; behind it are only signs of life.
    public var dataOffset = 0
    /// Why the master is followed.
    private(set) var reason = Reason.order
    /// That the master is refused, if it is.
    public private(set) var refusal: Refusal?
    /// Whether the master was asked since the link was lost, and has nothing less than we have.
    public private(set) var hasPassed = false
    /// Whether our data set lies in a file beside, so that it may be replaced.
    public private(set) var hasKept = false
    /// Whether the next handshake asks for INFO.
    var wantsInspection = false
    /// When the connection was opened on which we last were in step with the master; nil if that was
    /// not in this process's life, or if the master has been refused since.
    ///
    /// What came over it proves nothing later: bytes of a process that is gone may arrive long after.
    var inStepSince: Instant?

    /// A guard that lets the first data set in.
    public init() {}

    /// Another data set is wanted, or another master's.
    mutating func follow(_ reason: Reason) {
        self.reason = reason
        refusal = nil
        hasKept = false
        hasPassed = false
        wantsInspection = false
        inStepSince = nil
    }

    /// We follow the master that the configuration names, with the data that the disk held.
    public mutating func resumeFromDisk() { reason = .habit }

    /// We follow the master's stream, on a connection that was opened at `opened`.
    mutating func synchronised(since opened: Instant) {
        follow(.habit)
        inStepSince = opened
    }

    /// The next handshake asks for INFO, if there is anything to compare.
    mutating func inspectsIfWatching(_ canResume: Bool) {
        if isWatching(canResume) { wantsInspection = true }
    }

    /// The master has nothing less than we have.
    mutating func passed() {
        refusal = nil
        hasPassed = true
    }

    /// What INFO says of the master: what it lacks, or `kept` where our data set gives way to its own all
    /// the same, or `no`; nil if it was not asked.
    public var word: String? {
        if hasKept { return "kept" }
        return refusal?.loss.rawValue ?? (hasPassed ? "no" : nil)
    }

    /// Our data set lies in a file: the master may be followed.
    public mutating func keep() { hasKept = true }

    /// Whether it is time to keep our data set as a file and follow.
    public func isPatienceOver(_ patience: Duration, at now: Instant) -> Bool {
        guard let refusal, !hasKept else { return false }
        return now - refusal.since >= patience
    }

    private func isWatching(_ canResume: Bool) -> Bool {
        isOn && reason != .order && canResume && hasKeys && !hasKept
    }

    /// Whether a full resynchronisation that the master offers is to be looked at.
    func suspects(
        _ id: ReplicationID?, offset: Int, history: ReplicationHistory, canResume: Bool
    ) -> Bool {
        guard isWatching(canResume) else { return false }
        return id != history.id || offset < dataOffset
    }

    /// What a master lacks that offers this and says no more about itself; nil: nobody can tell.
    func loss(offset: Int) -> Loss? {
        if reason == .election { return nil }
        return offset < dataOffset ? .older : .foreign
    }

    /// What the master lacks, by its own words; nil: nothing.
    func judge(
        _ master: MasterInspection, history: ReplicationHistory, canResume: Bool, at now: Instant
    ) -> Loss? {
        guard isWatching(canResume), !master.isReplica else { return nil }
        if reason == .election {
            // One that was emptied on purpose since it was elected knows our history.
            let isHeir = master.id == history.id || master.previousID == history.id
            return master.hasKeys || isHeir ? nil : .foreign
        }
        if master.id == history.id, let offset = master.offset, offset >= dataOffset {
            return nil
        }
        if master.previousID == history.id, let limit = master.previousLimit {
            if limit - 1 >= dataOffset { return nil }
            // It left our history before what we have, whatever it has written since, and however long
            // it says that it has run: clocks may jump.
            return master.hasKeys ? .older : .empty
        }
        if let inStepSince, let uptime = master.uptime, now - uptime <= inStepSince { return nil }
        return master.hasKeys ? loss(offset: master.offset ?? 0) : .empty
    }

    /// Refuses the master; the line for the log, if one is due.
    mutating func refuse(
        _ loss: Loss, _ master: MasterAddress, history: ReplicationHistory, at now: Instant
    ) -> ReplicationLogLine? {
        wantsInspection = true
        hasPassed = false
        // Who had not run long enough once never has, whatever becomes of its clock and of ours.
        inStepSince = nil
        let isNew = refusal?.loss != loss
        let isDue = refusal.map { now >= $0.nextLine } ?? true
        refusal = Refusal(
            loss: loss, since: refusal?.since ?? now,
            nextLine: isNew || isDue ? now + HistoryGuard.reminderPeriod : refusal?.nextLine ?? now)
        guard isNew || isDue else { return nil }
        let what =
            switch loss {
            case .empty: "has no data"
            case .older: "has older data than this replica"
            case .foreign: "has another history"
            }
        return ReplicationLogLine(
            .warning,
            "Refusing a full resync: the master \(master) came back and \(what). Ours is "
                + "\(history.id) up to offset \(dataOffset). REPLICAOF \(master.host.text) "
                + "\(master.port) takes the master's data all the same.")
    }
}
