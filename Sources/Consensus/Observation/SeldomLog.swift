import Bytes
import Determinism

/// Lines about what strangers send: at most one a minute and source, so that nobody fills the log.
struct SeldomLog: Sendable {
    static let period: Duration = .seconds(60)
    /// More sources than these within a minute are not told of.
    static let sourceLimit = 256

    private var lastLines: [ByteString: Instant] = [:]

    /// The next line about `source` is written, however soon it comes.
    mutating func forget(_ source: ByteString) { lastLines[source] = nil }

    /// Whether a line about `source` may be written now; notes that it was.
    mutating func permits(_ source: ByteString, at now: Instant) -> Bool {
        if let last = lastLines[source], now - last < SeldomLog.period { return false }
        if lastLines.count >= SeldomLog.sourceLimit {
            lastLines = lastLines.filter { now - $0.value < SeldomLog.period }
            if lastLines.count >= SeldomLog.sourceLimit { return false }
        }
        lastLines[source] = now
        return true
    }
}

extension Sentinel {
    /// Logs a line unless one about the same source was logged within the last minute.
    mutating func logSeldom(_ level: SentinelEvent.Level, _ text: String, about source: ByteString)
    {
        if seldomLog.permits(source, at: now) { log(level, text) }
    }
}
