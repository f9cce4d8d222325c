import Determinism

/// The Persistence section.
public struct PersistenceReport: Sendable {
    /// A data set that is being loaded.
    public struct Loading: Sendable {
        /// Seconds since 1970 at which it began.
        public var startedAt: Int
        /// Bytes of the file, or that the master announced; 0 when not known.
        public var totalBytes: Int
        /// Bytes read.
        public var loadedBytes: Int
        /// Seconds since it began.
        public var elapsedSeconds: Int

        /// All parts.
        public init(startedAt: Int, totalBytes: Int, loadedBytes: Int, elapsedSeconds: Int) {
            self.startedAt = startedAt
            self.totalBytes = totalBytes
            self.loadedBytes = loadedBytes
            self.elapsedSeconds = elapsedSeconds
        }
    }

    /// The load that runs.
    public var loading: Loading?
    /// A replica goes on serving the old data while it loads the new.
    public var isLoadingAside = false
    /// Keys that the running snapshot has saved.
    public var savedKeys = 0
    /// Keys that the running snapshot will save; 0 without one.
    public var keysToSave = 0
    /// Changes that no file holds.
    public var changesSinceSave = 0
    /// A background save runs.
    public var isSaving = false
    /// Seconds since 1970 of the last complete file.
    public var lastSaveAt = 0
    /// Whether the last background save succeeded.
    public var lastSaveSucceeded = true
    /// Seconds that the last background save took; -1 before the first.
    public var lastSaveSeconds = -1
    /// Seconds that the running background save takes so far; -1 without one.
    public var currentSaveSeconds = -1
    /// Files completed.
    public var saves = 0
    /// Keys that the last load left out because they had expired.
    public var loadedKeysExpired = 0
    /// Keys that the last load took over.
    public var loadedKeys = 0

    /// Bytes that the running snapshot keeps of what was changed: what a fork copies, or holds on to.
    public var snapshotBytes = 0
    /// The most there were in the running snapshot.
    public var largestSnapshotBytes = 0
    /// The most there were in the last complete background save.
    public var lastSaveLargestBytes = 0

    /// Nothing loads, nothing saves.
    public init() {}

    /// The section.
    ///
    /// There is no fork, and no append log.
    public func render(into text: inout InfoText) {
        text.section("Persistence")
        text.field("loading", loading != nil && !isLoadingAside)
        text.field("async_loading", loading != nil && isLoadingAside)
        text.field("current_cow_peak", largestSnapshotBytes)
        text.field("current_cow_size", snapshotBytes)
        text.field("current_cow_size_age", 0)
        let share = keysToSave > 0 ? Double(savedKeys) / Double(keysToSave) * 100 : 0
        text.field("current_fork_perc", hundredths: share)
        text.field("current_save_keys_processed", savedKeys)
        text.field("current_save_keys_total", keysToSave)
        text.field("rdb_changes_since_last_save", changesSinceSave)
        text.field("rdb_bgsave_in_progress", isSaving)
        text.field("rdb_last_save_time", lastSaveAt)
        text.field("rdb_last_bgsave_status", lastSaveSucceeded ? "ok" : "err")
        text.field("rdb_last_bgsave_time_sec", lastSaveSeconds)
        text.field("rdb_current_bgsave_time_sec", currentSaveSeconds)
        text.field("rdb_saves", saves)
        text.field("rdb_last_cow_size", lastSaveLargestBytes)
        text.field("rdb_last_load_keys_expired", loadedKeysExpired)
        text.field("rdb_last_load_keys_loaded", loadedKeys)
        text.field("aof_enabled", false)
        text.field("aof_rewrite_in_progress", false)
        text.field("aof_rewrite_scheduled", false)
        text.field("aof_last_rewrite_time_sec", -1)
        text.field("aof_current_rewrite_time_sec", -1)
        text.field("aof_last_bgrewrite_status", "ok")
        text.field("aof_rewrites", 0)
        text.field("aof_rewrites_consecutive_failures", 0)
        text.field("aof_last_write_status", "ok")
        text.field("aof_last_cow_size", 0)
        text.field("module_fork_in_progress", false)
        text.field("module_fork_last_cow_size", 0)
        if let loading { render(loading, into: &text) }
    }

    private func render(_ loading: Loading, into text: inout InfoText) {
        let total = loading.totalBytes
        let share = total > 0 ? Double(loading.loadedBytes) / Double(total) * 100 : 0
        let left = max(total - loading.loadedBytes, 1)
        // Without a second's experience there is nothing to extrapolate from.
        let eta =
            loading.elapsedSeconds == 0
            ? 1 : loading.elapsedSeconds * left / (loading.loadedBytes + 1)
        text.field("loading_start_time", loading.startedAt)
        text.field("loading_total_bytes", total)
        text.field("loading_rdb_used_mem", 0)
        text.field("loading_loaded_bytes", loading.loadedBytes)
        text.field("loading_loaded_perc", hundredths: share)
        text.field("loading_eta_seconds", eta)
    }
}
