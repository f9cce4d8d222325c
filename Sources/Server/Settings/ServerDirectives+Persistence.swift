import Bytes
import Configuration

/// Snapshots, and the append log that a later version writes.
extension ServerDirectives {
    static let snapshot: [ServerDirective] = [
        .words(
            "save", "save after so many seconds if so many changes came; empty for never",
            flags: [.multipleArguments, .accumulates],
            read: { settings in
                settings.savePoints.flatMap {
                    [ByteString("\($0.seconds)"), ByteString("\($0.changes)")]
                }
            },
            write: { settings, words in settings.savePoints = savePoints(words) ?? [] },
            check: { words throws(DirectiveError) in
                if savePoints(words) == nil { throw DirectiveError("Invalid save parameters") }
            },
            lines: { settings in
                if settings.savePoints.isEmpty {
                    return [.words("save", [""], isForced: true)]
                }
                return settings.savePoints.map { point in
                    .words(
                        "save", [ByteString("\(point.seconds)"), ByteString("\(point.changes)")],
                        isForced: true)
                }
            }),
        .text(
            "dbfilename", \.dbFilename, optional: false, "name of the snapshot's file",
            flags: .protected, check: Honesty.fileName("dbfilename", mayBeEmpty: true)),
        .boolean("rdbcompression", \.rdbCompression, "compress strings in snapshots"),
        .boolean(
            "rdbchecksum", \.rdbChecksum, "end snapshots with a checksum, and check it",
            flags: .immutable),
        .boolean(
            "rdb-del-sync-files", \.rdbDeleteSyncFiles,
            "delete files that only served a synchronisation"),
        .boolean(
            "rdb-save-incremental-fsync", \.rdbSaveIncrementalFsync,
            "flush a snapshot's file to disk as it grows"),
        .boolean(
            "stop-writes-on-bgsave-error", \.stopWritesOnBgsaveError,
            "refuse writes after a background save failed"),
        .choice(
            "sanitize-dump-payload", \.sanitizeDumpPayload,
            [("no", .no), ("yes", .yes), ("clients", .clients)],
            "how thoroughly payloads are checked when they are loaded", flags: .debug),
        .number(
            "loading-process-events-interval-bytes", \.loadingProcessEventsIntervalBytes,
            .integer(1024...Int(Int32.max)), "bytes loaded between two looks at clients",
            flags: .hidden),
        .number(
            "rdb-key-save-delay", \.rdbKeySaveDelayMicroseconds, .integer(.int32),
            "microseconds to pause after each saved key, for tests; -10 is a tenth of one",
            flags: .hidden),
        .number(
            "key-load-delay", \.keyLoadDelayMicroseconds, .integer(.int32),
            "microseconds to pause after each loaded key, for tests; -10 is a tenth of one",
            flags: .hidden),
    ]

    static let appendLog: [ServerDirective] = [
        .kept(
            "appendonly", .boolean, .boolean(false), "log every write",
            flags: .deniedWhileLoading,
            check: Honesty.mustBeOff(
                "this build has no append log yet: set appendonly no and rely on save points and "
                    + "replicas")),
        .kept(
            "appendfilename", .text(optional: false), .text("appendonly.aof"),
            "first part of the log's file names", flags: .immutable,
            check: Honesty.fileName("appendfilename", mayBeEmpty: false)),
        .kept(
            "appenddirname", .text(optional: false), .text("appendonlydir"),
            "directory of the log's files", flags: .immutable,
            check: Honesty.fileName("appenddirname", mayBeEmpty: false, kind: "dirname")),
        .kept(
            "appendfsync",
            .choice([
                DirectiveChoice("everysec", 1), DirectiveChoice("always", 2),
                DirectiveChoice("no", 0),
            ]), .integer(1), "when the log is flushed to disk"),
        .kept(
            "no-appendfsync-on-rewrite", .boolean, .boolean(false),
            "do not flush the log while it is rewritten"),
        .kept(
            "auto-aof-rewrite-percentage", .integer(.natural), .integer(100),
            "growth in percent at which the log is rewritten"),
        .kept(
            "auto-aof-rewrite-min-size", .memory(.long, percent: false), .integer(64 << 20),
            "size below which the log is not rewritten"),
        .kept(
            "aof-rewrite-incremental-fsync", .boolean, .boolean(true),
            "flush a rewritten log as it grows"),
        .kept(
            "aof-load-truncated", .boolean, .boolean(true),
            "load a log that ends in the middle of a command"),
        .kept(
            "aof-use-rdb-preamble", .boolean, .boolean(true), "begin the log with a snapshot"),
        .kept(
            "aof-timestamp-enabled", .boolean, .boolean(false), "note times in the log"),
        .kept(
            "aof-disable-auto-gc", .boolean, .boolean(false), "keep old files of the log",
            flags: .hidden),
    ]

    /// The rules that pairs of words spell; nil when they do not.
    private static func savePoints(_ words: [ByteString]) -> [SavePoint]? {
        if words.count == 1, words[0].isEmpty { return [] }
        if words.count % 2 != 0 { return nil }
        var points: [SavePoint] = []
        for start in stride(from: 0, to: words.count, by: 2) {
            guard let seconds = Int(words[start].text), seconds >= 1,
                let changes = Int(words[start + 1].text), changes >= 0
            else { return nil }
            points.append(SavePoint(seconds: seconds, changes: changes))
        }
        return points
    }
}
