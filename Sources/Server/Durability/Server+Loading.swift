import Bytes
import Determinism
import Sessions
import Storage

/// A file that is being loaded, piece by piece, while clients are told `-LOADING`.
struct Loading: ~Copyable {
    var loader: RDBLoader
    /// Where a reload puts the keys until the whole file is known to be sound; nil at start, when
    /// there is nothing to protect.
    var staging: Keyspace?
    /// Whom a reload answers.
    var session: SessionID?
    var startedAt: Moment
}

/// Loading a snapshot file, at start and for DEBUG RELOAD.
///
/// The executor reads the file and calls `beginLoading`, `load` for each piece and `finishLoading`.
/// Whatever is wrong with the file is thrown with its offset; at start the executor ends the
/// process then, the file untouched; after a reload the old data set is still there.
extension Server {
    /// How far loading has come, in bytes of the file; nil when nothing is loaded.
    public var loadingProgress: WorkProgress? {
        guard loading != nil else { return nil }
        return WorkProgress(
            done: loadedBytes, total: loadingTotalBytes, startedAt: loadingStartedAt,
            at: now.instant)
    }

    /// When the next piece of the file may be loaded; nil when at once.
    public func loadingResumption(at now: Instant) -> Instant? {
        loadingPace.resumption(delay: settings.keyLoadDelayMicroseconds, at: now)
    }

    /// How many bytes of the file to read for a turn at most, and for a piece of it.
    public var loadingBudget: (turn: Int, piece: Int) {
        let turn = settings.loadingProcessEventsIntervalBytes
        // What is paid for key by key comes in pieces of few keys.
        if settings.keyLoadDelayMicroseconds != 0 { return (turn, Self.pacedPiece) }
        return (max(turn, 1 << 16), 1 << 18)
    }

    /// Bytes of a data set that are loaded at once under `key-load-delay`.
    static let pacedPiece = 256

    /// A file of `totalBytes` is about to be loaded; `session` asked for it by DEBUG RELOAD.
    public mutating func beginLoading(totalBytes: Int, for session: SessionID?, at now: Moment) {
        self.now = now
        loadingStartedAt = now
        loadingTotalBytes = totalBytes
        loadedBytes = 0
        loadingPace = KeyPace()
        let loader = RDBLoader(
            now: now.unix, dropsExpired: !keepsExpired,
            verifiesChecksum: settings.rdbChecksum && verifiesChecksums)
        loading = Loading(
            loader: loader,
            staging: session == nil
                ? nil : Keyspace(databaseCount: settings.databases, hashSeed: hashSeed),
            session: session, startedAt: now)
        conditions.insert(.loading)
        if session == nil { keyspace.setExpiryPolicy(.ignore) }
    }

    /// The next bytes of the file.
    public mutating func load(_ bytes: Span<UInt8>, at now: Moment) throws(RDBError) {
        self.now = now
        guard var state = loading.take() else { return }
        loadedBytes += bytes.count
        let keys = state.loader.loadedKeys
        do throws(RDBError) {
            if var staging = state.staging.take() {
                try state.loader.feed(bytes, into: &staging)
                state.staging = consume staging
            } else {
                try state.loader.feed(bytes, into: &keyspace)
            }
        } catch {
            endLoading()
            throw error
        }
        loadingPace.add(state.loader.loadedKeys - keys, at: now.instant)
        loading = consume state
    }

    /// The file has no more bytes: its keys are served from now on.
    public mutating func finishLoading(at now: Moment) throws(RDBError) {
        self.now = now
        guard var state = loading.take() else { return }
        do throws(RDBError) {
            try state.loader.finish()
        } catch {
            endLoading()
            throw error
        }
        logOrigin(state.loader.auxiliaries)
        log(
            .notice,
            "Done loading RDB, keys loaded: \(state.loader.loadedKeys), keys expired: "
                + "\(state.loader.expiredKeys).")
        let session = state.session
        if let staging = state.staging.take() {
            take(staging)
        } else {
            adoptHistory(
                state.loader.auxiliaries, hasDroppedKeys: state.loader.expiredKeys > 0)
        }
        let elapsed = (now.instant - state.startedAt.instant).wholeMilliseconds
        log(.notice, "DB loaded from disk: \(thousandths(elapsed)) seconds")
        persistence.changesSinceSave = 0
        persistence.lastLoad = (state.loader.loadedKeys, state.loader.expiredKeys)
        endLoading()
        if let session {
            log(.warning, "DB reloaded by DEBUG RELOAD")
            reply(to: session) { $0.ok() }
        }
    }

    /// A reload could not be done: the session is told, and the data set is what it was.
    public mutating func failLoading(_ session: SessionID, _ text: String) {
        log(.warning, text)
        reply(to: session) {
            $0.error("ERR Error trying to load the RDB dump, check server logs.")
        }
    }

    /// Brings the keys of a reloaded file in, as DEBUG RELOAD was told to.
    private mutating func take(_ staging: consuming Keyspace) {
        if reloadOptions.empties { return keyspace.adopt(staging) }
        keyspace.merge(staging, replaces: reloadOptions.merges)
    }

    private mutating func endLoading() {
        conditions.remove(.loading)
        setExpiryPolicy()
        refreshConditions()
    }

    private mutating func logOrigin(_ auxiliaries: RDBAuxiliaries) {
        for (name, value) in auxiliaries {
            switch name.text {
            case "redis-ver", "valkey-ver":
                log(.notice, "Loading RDB produced by version \(value.text)")
            case "ctime":
                let age = now.unix.seconds - Int64(DecimalText.parse(value.bytes.span) ?? 0)
                log(.notice, "RDB age \(max(age, 0)) seconds")
            case "used-mem":
                let bytes = DecimalText.parse(value.bytes.span) ?? 0
                let hundredths = bytes / (1 << 20) * 100 + bytes % (1 << 20) * 100 / (1 << 20)
                let text =
                    "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
                log(.notice, "RDB memory usage when created \(text) Mb")
            default: break
            }
        }
    }

    /// Milliseconds as seconds with three decimals.
    private func thousandths(_ milliseconds: Int64) -> String {
        let rest = String(milliseconds % 1000)
        let zeros = String(repeating: "0", count: 3 - rest.count)
        return "\(milliseconds / 1000).\(zeros)\(rest)"
    }
}
