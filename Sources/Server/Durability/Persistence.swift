import Determinism
import Protocol
import Sessions

/// Where the server stands with snapshots.
///
/// One snapshot runs at a time, whatever it is for:
/// ```
///   idle ── SAVE, SHUTDOWN, DEBUG RELOAD ──▶ saving in the foreground ─┐
///     │ ─── BGSAVE, a save point ──────────▶ saving in the background ─┼─▶ committing ──▶ idle
///     └──── replicas that wait ────────────▶ streaming ────────────────┘ (not for streaming)
/// ```
/// Invariants: `changesSinceSave` counts what the last complete file does not hold; a file that
/// fails leaves the previous one untouched and `changesSinceSave` as it was.
public struct Persistence: Sendable {
    /// What the running snapshot is for.
    enum Purpose: Sendable {
        /// A file, written while clients are served.
        case background
        /// A file; the server stands still until it is on disk, then goes on with this.
        case foreground(Continuation)
        /// The replicas that wait.
        case replicas
        /// A file beside the others: what a replica holds that its master has lost.
        case kept(fileName: String)
    }

    /// What follows a save that the server stood still for.
    enum Continuation: Sendable {
        /// SAVE: the session is answered.
        case reply(SessionID)
        /// DEBUG RELOAD: the file is loaded in place of what is in memory.
        case reload(SessionID)
        /// SHUTDOWN: the process ends.
        case exit(isForced: Bool)
        /// FLUSHALL: its reply is there already.
        case proceed
    }

    /// The snapshot that runs.
    struct Job: Sendable {
        var purpose: Purpose
        var startedAt: Moment
        /// Changes that the snapshot holds, if it succeeds.
        var changesCovered: Int
        /// Bytes handed to the executor and not yet reported as written.
        var unwrittenBytes = 0
        /// All bytes were handed out; the executor syncs and renames.
        var isCommitting = false
        /// Under `rdb-key-save-delay`: what was made and is not paid for.
        var made: Slice?
        var pace = KeyPace()
    }

    /// A part of a snapshot.
    struct Slice: Sendable {
        var bytes: [UInt8]
        var isLast: Bool
    }

    /// The snapshot that runs; nil between snapshots.
    var job: Job?
    /// A background save begins as soon as no snapshot runs: BGSAVE SCHEDULE wants one, or a data set
    /// came from the master.
    var isScheduled = false
    /// FLUSHALL: a file that says so is written at the end of the turn.
    var mustSaveFlushed = false

    /// Changes that no file on disk holds.
    public internal(set) var changesSinceSave = 0
    /// When the last file was completed (or the server started).
    public internal(set) var lastSaveAt: UnixTime
    /// When a background save was last begun.
    var lastAttemptAt = UnixTime(microseconds: 0)
    /// Whether the last background save succeeded.
    public internal(set) var lastSaveSucceeded = true
    /// How long the last background save took, in seconds; -1 before the first.
    public internal(set) var lastSaveSeconds = -1
    /// How many files were completed.
    public internal(set) var saveCount = 0
    /// Keys that the running snapshot has saved, and that there were at its beginning.
    public internal(set) var progress = (saved: 0, total: 0)
    /// Keys that the last load took over, and that it left out because they had expired.
    public internal(set) var lastLoad = (loaded: 0, expired: 0)

    /// The most bytes that the running snapshot has kept of what was changed.
    var largestSnapshotBytes = 0
    /// The same of the last complete background save.
    var lastSaveLargestBytes = 0

    /// After this many bytes that the disk has not taken yet, the cursor waits.
    static let maximumUnwrittenBytes = 32 << 20
    /// After a failed background save the next try by itself waits this long.
    static let retryDelay = Duration.seconds(5)

    init(at now: UnixTime) { lastSaveAt = now }

    /// Whether a background save runs.
    public var isSavingInBackground: Bool {
        if case .background? = job?.purpose { return true }
        return false
    }

    /// When the running background save began; nil without one.
    public var backgroundSaveBegan: Moment? { isSavingInBackground ? job?.startedAt : nil }

    /// Whether the loop must do nothing but the snapshot until it is complete.
    public var mustStandStill: Bool {
        if case .foreground? = job?.purpose { return true }
        return false
    }
}
