import Glibc

/// How important a line is, as `loglevel` has it; `nothing` is a threshold that none passes.
public enum LogLevel: Int, Comparable, Sendable {
    /// `.`: details for those who look for a fault.
    case debug
    /// `-`: much that is rarely useful.
    case verbose
    /// `*`: what an operator wants to know.
    case notice
    /// `#`: what an operator must know.
    case warning
    /// The threshold that silences the log.
    case nothing

    /// The mark between the time and the text.
    public var mark: Character {
        switch self {
        case .debug: "."
        case .verbose: "-"
        case .notice: "*"
        case .warning, .nothing: "#"
        }
    }

    /// The priority in syslog's numbers, which the journal shares.
    public var priority: Int {
        switch self {
        case .debug: 7
        case .verbose: 6
        case .notice: 5
        case .warning, .nothing: 4
        }
    }

    /// Less important first.
    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// Who speaks, as a letter in each line.
public enum LogRole: Character, Sendable {
    /// A sentinel.
    case sentinel = "X"
    /// A worker that writes a snapshot.
    case child = "C"
    /// A server that follows no other.
    case master = "M"
    /// A server that follows a master.
    case replica = "S"
}

/// A wall-clock time in the zone of the machine, taken apart.
public struct LocalTime: Equatable, Sendable {
    private let year: Int
    private let month: Int
    private let day: Int
    private let hour: Int
    private let minute: Int
    private let second: Int
    private let millisecond: Int
    /// How far the zone is ahead of UTC at that time.
    public let secondsFromUTC: Int

    /// The time by its microseconds since 1970.
    public init(unixMicroseconds: Int64) {
        var seconds = time_t(unixMicroseconds / 1_000_000)
        var parts = unsafe tm()
        unsafe localtime_r(&seconds, &parts)
        year = unsafe Int(parts.tm_year) + 1900
        month = unsafe Int(parts.tm_mon)
        day = unsafe Int(parts.tm_mday)
        hour = unsafe Int(parts.tm_hour)
        minute = unsafe Int(parts.tm_min)
        second = unsafe Int(parts.tm_sec)
        millisecond = Int(unixMicroseconds / 1000 % 1000)
        secondsFromUTC = unsafe parts.tm_gmtoff
    }

    /// For instance `07 Jul 2015 16:32:09.878`.
    public var text: String {
        let names = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let clock = "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))"
        return "\(padded(day, 2)) \(names[month]) \(year) \(clock).\(padded(millisecond, 3))"
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// One line in Redis's format.
public enum LogLine {
    /// For instance `57411:M 07 Jul 2015 16:32:09.878 * Ready to accept connections tcp`, ended.
    public static func text(
        process: Int32, role: LogRole, at time: LocalTime, level: LogLevel, _ message: String
    ) -> String {
        "\(process):\(role.rawValue) \(time.text) \(level.mark) \(message)\n"
    }
}
