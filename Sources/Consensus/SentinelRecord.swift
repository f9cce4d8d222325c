// What waits for the disk.
//
// A record is the whole state file, and the file beside it. The executor stores it before anything
// that stands after it in the outputs; what must not happen at all when storing fails (a vote, a
// candidacy) waits here for the answer. A record holds everything that earlier ones held, so storing
// one settles them too.

import Bytes
import Determinism

/// Records under way, and what continues when they are decided.
struct PendingRecords: Sendable {
    /// What was begun before its record was on disk.
    enum Continuation: Hashable, Sendable {
        /// A question for a vote.
        case answerVote(SentinelRequestID, master: Int, isDown: Bool, isNew: Bool)
        /// An election of ours.
        case candidacy(master: Int, epoch: UInt64)
        /// A client that changed a setting, or asked for a record.
        case confirm(SentinelRequestID)
    }

    /// How soon a state that could not be stored is tried again.
    static let retryPeriod: Duration = .seconds(1)
    /// Changes that nobody waits for are gathered for so long after the last record: a sentinel of
    /// hundreds of masters learns of thousands of nodes in its first seconds.
    static let gatheringPeriod: Duration = .milliseconds(100)

    /// Something changed that the next record tells and that nobody waits for.
    var isDue = false
    /// When the last record was issued.
    var issuedAt: Instant?
    /// Why the last record could not be stored; nil when it could.
    var failure: String?
    /// When a failed record is tried again.
    var retryAt: Instant?
    private(set) var lastIssued = RecordID(number: 0)
    private(set) var lastStored = RecordID(number: 0)
    private var decided = RecordID(number: 0)
    private var waiting: [(id: RecordID, continuation: Continuation)] = []
    /// The current epoch that records hold, as they were issued, and as the last one was stored.
    private var issuedEpochs: [(id: RecordID, epoch: UInt64)] = []
    private var storedEpoch: UInt64 = 0
    /// What the file beside the state file holds for certain, and by which record.
    private var companion: (text: ByteString, id: RecordID)?

    /// The number of the next record.
    mutating func issue(epoch: UInt64) -> RecordID {
        lastIssued.number += 1
        issuedEpochs.append((lastIssued, epoch))
        isDue = false
        retryAt = nil
        return lastIssued
    }

    /// Until when changes are gathered.
    var gatheringEnd: Instant? { issuedAt.map { $0 + PendingRecords.gatheringPeriod } }

    /// The greatest epoch that others may hear of: `current`, or what the disk holds for certain while
    /// it takes nothing.
    func spokenEpoch(_ current: UInt64) -> UInt64 {
        failure == nil ? current : min(current, storedEpoch)
    }

    /// What a file that was read at the start holds.
    mutating func begin(storedEpoch: UInt64) { self.storedEpoch = storedEpoch }

    /// The text that the record of that number has to store beside the state file; nil if it is
    /// there, or on its way.
    mutating func companionDue(_ text: ByteString, _ id: RecordID) -> ByteString? {
        if companion?.text == text { return nil }
        companion = (text, id)
        return text
    }

    /// Whether the executor has that record and has not answered.
    func isInFlight(_ id: RecordID) -> Bool { id > decided && id <= lastIssued }

    mutating func wait(for id: RecordID, _ continuation: Continuation) {
        waiting.append((id, continuation))
    }

    /// Notes the answer, and takes out what waited for it.
    mutating func decide(_ id: RecordID, isStored: Bool) -> [Continuation] {
        guard id <= lastIssued else { return [] }
        decided = max(decided, id)
        for issued in issuedEpochs where isStored && issued.id <= id {
            storedEpoch = max(storedEpoch, issued.epoch)
        }
        issuedEpochs.removeAll { $0.id <= id }
        if isStored {
            lastStored = max(lastStored, id)
        } else {
            companion = nil
        }
        let settled = waiting.filter { isStored ? $0.id <= id : $0.id == id }
        waiting.removeAll { isStored ? $0.id <= id : $0.id == id }
        return settled.map(\.continuation)
    }
}

extension Sentinel {
    /// Emits a record of everything as it is now.
    @discardableResult
    mutating func store() -> RecordID {
        let id = records.issue(epoch: currentEpoch)
        records.issuedAt = now
        let companion = records.companionDue(companionState().text, id)
        outputs.append(.record(id, text: ByteString(stateText()), companion: companion))
        return id
    }

    /// Stores what changed without anybody waiting for it, and what failed a while ago.
    mutating func storeIfDue() {
        let isRetry = records.retryAt.map { $0 <= now } ?? false
        let isGathering = records.gatheringEnd.map { now < $0 } ?? false
        if (records.isDue && !isGathering) || isRetry { store() }
    }

    mutating func recordStored(_ id: RecordID) {
        if records.failure != nil {
            for index in masters.indices { touch(index) }
        }
        records.failure = nil
        log(.notice, "Sentinel new configuration saved on disk")
        for continuation in records.decide(id, isStored: true) {
            resume(continuation, isStored: true)
        }
    }

    mutating func recordFailed(_ id: RecordID, _ reason: String) {
        // Tried every second; told at once, and then once a minute.
        if records.failure == nil { seldomLog.forget("state file") }
        records.failure = reason
        logSeldom(
            .warning,
            "WARNING: Sentinel was not able to save the new configuration on disk!!!: \(reason)",
            about: "state file")
        records.retryAt = now + PendingRecords.retryPeriod
        for continuation in records.decide(id, isStored: false) {
            resume(continuation, isStored: false)
        }
    }

    mutating func resume(_ continuation: PendingRecords.Continuation, isStored: Bool) {
        switch continuation {
        case .answerVote(let request, let master, let isDown, let isNew):
            answerVote(request, master: master, isDown: isDown, isNew: isNew, isStored: isStored)
        case .candidacy(let master, let epoch):
            continueCandidacy(master: master, epoch: epoch, isStored: isStored)
        case .confirm(let request):
            if isStored {
                reply(request, .simpleString("OK"))
            } else {
                reply(
                    request, .error("ERR Failed to save config file. Check server logs."))
            }
        }
    }
}
