// The files of one process. A replacement is atomic, as the executor's is: after a crash the file holds
// the old text or the new one, never a mixture. What may go wrong: the write fails and says so (the
// new text may be there all the same, if only the directory's synchronisation failed), or the process
// dies in the middle of it, and what was not synchronised is gone.

import Bytes
import Server

/// What became of a replacement.
enum DiskOutcome: Hashable, Sendable {
    case stored
    case failed
    /// The process dies in the middle of the write.
    case torn
}

/// What is wrong with a disk.
struct DiskTroubles: Sendable {
    /// So many replacements fail from now on: fsync reports an error.
    var failuresDue = 0
    /// The next replacement kills the process.
    var isTearDue = false
    /// Nothing can be written.
    var isFull = false
    /// What is written takes long.
    var isSlow = false

    /// What becomes of the replacement that begins now.
    mutating func outcome() -> DiskOutcome {
        if isTearDue {
            isTearDue = false
            return .torn
        }
        if isFull { return .failed }
        if failuresDue > 0 {
            failuresDue -= 1
            return .failed
        }
        return .stored
    }
}

/// A sentinel's state file.
struct SimulatedDisk: Sendable {
    /// What a restart reads.
    private(set) var durable: ByteString
    /// What the disk says that it holds; differs from `durable` only on a disk that lies.
    private(set) var claimed: ByteString
    /// The file beside it, if it was ever written: it is replaced after it, and may be old where the
    /// other is new.
    private(set) var companion: ByteString?
    private var claimedCompanion: ByteString?
    var troubles = DiskTroubles()
    /// A weakness: what is written reaches the disk only with the one after it.
    let lies: Bool

    init(_ text: ByteString, lies: Bool) {
        durable = text
        claimed = text
        self.lies = lies
    }

    /// Replaces the files; with `survives` the new text stays even if the replacement goes wrong, and
    /// with `companionSurvives` then that of the file beside it too.
    mutating func replace(
        by text: ByteString, survives: Bool, companion new: ByteString?, companionSurvives: Bool
    ) -> DiskOutcome {
        let isFull = troubles.isFull
        let outcome = troubles.outcome()
        if outcome == .stored || survives && !isFull {
            durable = lies ? claimed : text
            claimed = text
        }
        if let new, outcome == .stored || survives && companionSurvives && !isFull {
            companion = lies ? claimedCompanion : new
            claimedCompanion = new
        }
        return outcome
    }

    /// The machine went down: what was not on the disk is gone.
    mutating func crash() {
        claimed = durable
        claimedCompanion = companion
    }
}

/// A server's files: its configuration, and the last snapshot that was completed.
struct ServerDisk {
    /// What the configuration file says.
    var settings: ServerSettings
    /// The snapshot file; nil when there is none.
    var snapshot: [UInt8]?
    /// Whether the snapshot descends from the group's first master.
    var hasData = false
    /// The role record; nil when there is none.
    var roleRecord: [UInt8]?
    /// Whether a role record here has named all sentinels.
    var hasNamedAllSentinels = false
    var troubles = DiskTroubles()

    init(settings: ServerSettings) { self.settings = settings }
}
