import Bytes
import Determinism
import Protocol
import Sessions
import Storage

/// SAVE, BGSAVE, save points, and the cursor that hands a snapshot out slice by slice.
extension Server {
    /// Entries visited in one slice: some tens of microseconds.
    private static let sliceEntries = 512
    /// Slices of one turn while clients are served.
    private static let slicesPerTurn = 4
    /// Slices between two looks at the disk while the server stands still.
    private static let slicesStandingStill = 64

    mutating func save(_ id: SessionID) {
        if persistence.job != nil {
            return sessions[id].reply.error("ERR Background save already in progress")
        }
        beginForegroundSave(.reply(id))
        sessions[id].flags.insert(.blocked)
    }

    mutating func bgsave(_ request: borrowing Request, _ id: SessionID) {
        var mayBeScheduled = false
        if request.count > 1 {
            guard request.count == 2, request[1].equalsIgnoringCase("schedule") else {
                return sessions[id].reply.error("ERR syntax error")
            }
            mayBeScheduled = true
        }
        switch persistence.job?.purpose {
        case .background, .foreground, .kept:
            sessions[id].reply.error("ERR Background save already in progress")
        case .replicas where mayBeScheduled:
            persistence.isScheduled = true
            sessions[id].reply.simple("Background saving scheduled")
        case .replicas:
            sessions[id].reply.error(
                "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in order to schedule a BGSAVE whenever possible."
            )
        case nil:
            beginBackgroundSave()
            sessions[id].reply.simple("Background saving started")
        }
    }

    mutating func beginBackgroundSave() {
        persistence.isScheduled = false
        persistence.lastAttemptAt = now.unix
        log(.notice, "Background saving started by pid \(identity.processID)")
        beginFile(.background)
    }

    /// Writes what is held now to a file of its own, while clients are served.
    mutating func beginKeeping(_ fileName: String) { beginFile(.kept(fileName: fileName)) }

    mutating func beginForegroundSave(_ continuation: Persistence.Continuation) {
        beginFile(.foreground(continuation))
    }

    private mutating func beginFile(_ purpose: Persistence.Purpose) {
        var fileName = settings.dbFilename.text
        if case .kept(let name) = purpose { fileName = name }
        outputs.append(
            .beginFile(
                fileName: fileName, compresses: settings.rdbCompression,
                hasChecksum: settings.rdbChecksum))
        beginSnapshot(purpose, version: RDBFormat.currentVersion)
    }

    /// Begins the snapshot that is handed out from now on; none may be running.
    mutating func beginSnapshot(_ purpose: Persistence.Purpose, version: Int) {
        persistence.job = .init(
            purpose: purpose, startedAt: now, changesCovered: persistence.changesSinceSave)
        var preamble = RDBPreamble(
            creationSeconds: now.unix.seconds, usedMemory: allocatedMemory)
        preamble.version = version
        preamble.replication = snapshotPosition
        keyspace.beginSnapshot(preamble)
        persistence.progress = (0, keyspace.keyCount)
        persistence.largestSnapshotBytes = 0
    }

    /// One turn's share of the running snapshot.
    ///
    /// True while there is more to do at once.
    @discardableResult
    public mutating func workOnSnapshot(at now: Moment) -> Bool {
        self.now = now
        let slices =
            persistence.mustStandStill ? Self.slicesStandingStill : Self.slicesPerTurn
        for _ in 0..<slices where !advanceSnapshot() { return false }
        return true
    }

    /// When the running snapshot can go on: now, or later for `rdb-key-save-delay`; nil when it
    /// waits for something else, or none runs.
    public var snapshotDeadline: Instant? {
        guard let job = persistence.job, !job.isCommitting,
            job.unwrittenBytes < Persistence.maximumUnwrittenBytes
        else { return nil }
        if case .replicas = job.purpose, !canStreamMore { return nil }
        let delay = settings.rdbKeySaveDelayMicroseconds
        return job.pace.resumption(delay: delay, at: now.instant) ?? now.instant
    }

    /// Moves the running snapshot on for a slice.
    ///
    /// True while there is more to do at once.
    private mutating func advanceSnapshot() -> Bool {
        guard let deadline = snapshotDeadline, deadline <= now.instant, let job = persistence.job
        else { return false }
        if settings.rdbKeySaveDelayMicroseconds == 0 && job.made == nil {
            let slice = makeSlice(of: Self.sliceEntries)
            handOut(slice, job.purpose)
            return !slice.isLast
        }
        // Each slice is paid for before it is handed out, the last one too.
        if let made = job.made {
            persistence.job?.made = nil
            handOut(made, job.purpose)
            return !made.isLast
        }
        let saved = persistence.progress.saved
        let made = makeSlice(of: 1)
        persistence.job?.made = made
        let count = persistence.progress.saved - saved
        let instant = now.instant
        persistence.job?.pace.add(count, at: instant)
        return true
    }

    private mutating func makeSlice(of budget: Int) -> Persistence.Slice {
        persistence.largestSnapshotBytes = max(persistence.largestSnapshotBytes, snapshotBytes)
        let (bytes, progress) = keyspace.advanceSnapshot(budget: budget)
        persistence.progress = (progress.savedKeys, progress.totalKeys)
        return .init(bytes: bytes, isLast: progress.isComplete)
    }

    private mutating func handOut(_ slice: Persistence.Slice, _ purpose: Persistence.Purpose) {
        switch purpose {
        case .background, .foreground, .kept:
            if !slice.bytes.isEmpty {
                persistence.job?.unwrittenBytes += slice.bytes.count
                outputs.append(.appendFile(slice.bytes))
            }
            if slice.isLast {
                persistence.job?.isCommitting = true
                outputs.append(.commitFile)
            }
        case .replicas:
            streamToReplicas(slice.bytes)
            if slice.isLast {
                persistence.job = nil
                finishStreaming()
            }
        }
    }

    /// Bytes that the running snapshot keeps of what was changed before it was saved.
    var snapshotBytes: Int {
        let memory = keyspace.snapshotMemory
        return memory.copied + memory.lent
    }

    /// Gives up the running snapshot: the data set is replaced, or nobody wants it any more.
    mutating func abandonSnapshot() {
        guard let job = persistence.job else { return }
        persistence.job = nil
        keyspace.abandonSnapshot()
        switch job.purpose {
        case .background, .foreground, .kept: outputs.append(.abandonFile)
        case .replicas: failStreaming()
        }
    }

    /// FLUSHALL: a snapshot of what is gone is worth nothing, and where save points ask for files,
    /// one that says so is on disk before the reply is sent.
    mutating func dataSetWasFlushed() {
        if persistence.isSavingInBackground { abandonSnapshot() }
        persistence.mustSaveFlushed = !settings.savePoints.isEmpty
    }

    /// The end of a turn with FLUSHALL: what is left to save is next to nothing.
    mutating func saveFlushed() {
        guard persistence.mustSaveFlushed else { return }
        persistence.mustSaveFlushed = false
        // A snapshot towards replicas, or a SAVE of this turn, goes first.
        guard persistence.job == nil else {
            persistence.isScheduled = true
            return
        }
        beginForegroundSave(.proceed)
    }

    // MARK: What the executor reports

    /// The disk has taken `count` bytes that were handed out by `appendFile`.
    public mutating func fileWritten(_ count: Int) { persistence.job?.unwrittenBytes -= count }

    /// The snapshot file is complete and on disk, or `failure` tells why not.
    public mutating func fileFinished(failure: String?, at now: Moment) {
        self.now = now
        guard let job = persistence.job else { return }
        persistence.job = nil
        if let failure {
            keyspace.abandonSnapshot()
            log(.warning, failure)
        } else if case .kept = job.purpose {
            // The file that is loaded at start is another one.
        } else {
            persistence.changesSinceSave -= job.changesCovered
            persistence.lastSaveAt = now.unix
            persistence.saveCount += 1
            log(.notice, "DB saved on disk")
        }
        switch job.purpose {
        case .background:
            persistence.lastSaveSucceeded = failure == nil
            if failure == nil {
                persistence.lastSaveLargestBytes = persistence.largestSnapshotBytes
            }
            persistence.lastSaveSeconds = Int(
                (now.instant - job.startedAt.instant).wholeMilliseconds / 1000)
            if failure == nil {
                log(.notice, "Background saving terminated with success")
            } else {
                log(.warning, "Background saving error")
            }
        case .foreground(let continuation):
            // SAVE clears an earlier failure too: the data is on disk.
            if failure == nil { persistence.lastSaveSucceeded = true }
            resume(continuation, succeeded: failure == nil)
        case .replicas: break
        case .kept(let fileName): dataSetWasKept(fileName, succeeded: failure == nil)
        }
        refreshConditions()
    }

    private mutating func resume(_ continuation: Persistence.Continuation, succeeded: Bool) {
        switch continuation {
        case .reply(let id):
            reply(to: id) { reply in
                if succeeded { reply.ok() } else { reply.error("ERR") }
            }
        case .reload(let id):
            if succeeded {
                outputs.append(.reload(id))
            } else {
                reply(to: id) { $0.error("ERR Error trying to save the DB") }
            }
        case .exit(let isForced):
            finishShutdown(succeeded: succeeded, isForced: isForced)
        case .proceed: break
        }
    }

    /// Begins a background save when a save point is reached.
    mutating func checkSavePoints() {
        guard persistence.job == nil, !conditions.contains(.loading) else { return }
        if persistence.isScheduled { return beginBackgroundSave() }
        let sinceAttempt = now.unix.microseconds - persistence.lastAttemptAt.microseconds
        let mayTry =
            persistence.lastSaveSucceeded
            || sinceAttempt > Persistence.retryDelay.wholeNanoseconds / 1000
        guard mayTry else { return }
        let elapsed = now.unix.seconds - persistence.lastSaveAt.seconds
        for point in settings.savePoints
        where persistence.changesSinceSave >= point.changes && elapsed > point.seconds {
            log(.notice, "\(point.changes) changes in \(point.seconds) seconds. Saving...")
            return beginBackgroundSave()
        }
    }
}
