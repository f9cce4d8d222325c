import Glibc
import Logging
import Systemd

/// Where a daemon's log goes, and what every line shows.
///
/// A class because the loop and the handlers of all loggers share it; workers log as well, so one
/// lock guards what changes. Lines are written at once, one system call each: a log that is not
/// written when the process dies is no log.
@safe public final class LogDestination: @unchecked Sendable {
    /// The places that a log can go to.
    public enum Place: Equatable, Sendable {
        /// Standard output.
        case standardOutput
        /// A file, opened for each line: it may be renamed or removed at any time.
        case file(String)
        /// The journal, with fields.
        case journal
    }

    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let identifier: String
    private let process = getpid()
    private var place: Place
    private var role: LogRole
    private var threshold: LogLevel

    /// A destination; `identifier` is the program's name in the journal.
    public init(identifier: String, place: Place, role: LogRole, threshold: LogLevel = .notice) {
        self.identifier = identifier
        self.place = place
        self.role = role
        self.threshold = threshold
        unsafe lock = .allocate(capacity: 1)
        unsafe lock.initialize(to: pthread_mutex_t())
        unsafe pthread_mutex_init(lock, nil)
    }

    deinit {
        unsafe pthread_mutex_destroy(lock)
        unsafe lock.deallocate()
    }

    /// The place for a `logfile` directive: a file if it names one, else the journal if standard
    /// output is a stream into it, else standard output.
    public static func place(logfile: String) -> Place {
        if !logfile.isEmpty { return .file(logfile) }
        return JournalStream.isConnected() ? .journal : .standardOutput
    }

    /// Sends the lines that follow to another place.
    public func setPlace(_ place: Place) { locked { self.place = place } }

    /// Changes the letter of the lines that follow.
    public func setRole(_ role: LogRole) { locked { self.role = role } }

    /// Changes which lines are left out.
    public func setThreshold(_ level: LogLevel) { locked { threshold = level } }

    /// Whether lines of `level` are written.
    public func writes(_ level: LogLevel) -> Bool { locked { level >= threshold } }

    /// Writes a line, unless it is below the threshold.
    ///
    /// `fields` are for the journal.
    public func write(
        _ level: LogLevel, _ message: String, fields: [(name: String, value: String)] = [],
        as otherRole: LogRole? = nil
    ) {
        locked {
            if level < threshold { return }
            switch place {
            case .journal:
                var entry = JournalEntry(message: message, priority: level.priority)
                entry.add("SYSLOG_IDENTIFIER", identifier)
                for field in fields { entry.add(field.name, field.value) }
                if !entry.send() { print(level, message, otherRole, to: 1) }
            case .standardOutput: print(level, message, otherRole, to: 1)
            case .file(let path):
                let number = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
                if number < 0 { return }
                print(level, message, otherRole, to: number)
                close(number)
            }
        }
    }

    /// Writes text as it is, where lines go; the journal gets it as one entry.
    public func writeRaw(_ text: String) {
        locked {
            switch place {
            case .journal: _ = JournalEntry(message: text, priority: 5).send()
            case .standardOutput: LogDestination.write(text, to: 1)
            case .file(let path):
                let number = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
                if number < 0 { return }
                LogDestination.write(text, to: number)
                close(number)
            }
        }
    }

    /// Whether the file of `place` can be written: checked before the daemon relies on it.
    public static func canWrite(to place: Place) -> Int32? {
        guard case .file(let path) = place else { return nil }
        let number = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        if number < 0 { return errno }
        close(number)
        return nil
    }

    /// A logger of the `Logging` package that writes here.
    public func logger(label: String) -> Logger {
        var logger = Logger(label: label) { _ in LineHandler(destination: self) }
        logger.logLevel = .trace
        return logger
    }

    private func print(_ level: LogLevel, _ message: String, _ other: LogRole?, to number: Int32) {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        let now = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
        let line = LogLine.text(
            process: process, role: other ?? role, at: LocalTime(unixMicroseconds: now),
            level: level, message)
        LogDestination.write(line, to: number)
    }

    private static func write(_ text: String, to number: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var done = 0
            while done < bytes.count, let start = bytes.baseAddress {
                let count = unsafe Glibc.write(number, start + done, bytes.count - done)
                // A log that cannot be written has nobody to tell.
                if count <= 0 && errno != EINTR { return }
                done += max(count, 0)
            }
        }
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        return body()
    }
}

/// The `Logging` package's way in: metadata become the journal's fields, `master_name` for
/// instance `RDS_MASTER_NAME`.
struct LineHandler: LogHandler {
    let destination: LogDestination
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let level: LogLevel =
            switch event.level {
            case .trace, .debug: .debug
            case .info: .verbose
            case .notice: .notice
            case .warning, .error, .critical: .warning
            }
        if !destination.writes(level) { return }
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let fields = all.sorted { $0.key < $1.key }.map {
            (name: "RDS_\($0.key.uppercased())", value: "\($0.value)")
        }
        destination.write(level, "\(event.message)", fields: fields)
    }
}
