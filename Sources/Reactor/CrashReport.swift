import CLinux
import Determinism

/// The report that a crash leaves behind (CLinux/CrashHandler.c): signal, address, registers, stack.
public enum CrashReport {
    /// Reports fatal signals from now on.
    public static func install(version: String, startedAt start: UnixTime) {
        unsafe clinux_crash_install(version, Int(start.seconds))
    }

    /// Leaves fatal signals to the system.
    public static func uninstall() { clinux_crash_uninstall() }

    /// Sends the report to a file; to standard output for an empty path.
    public static func setLog(_ path: String) { unsafe clinux_crash_set_log(path) }

    /// What the report's log lines show: the role's letter, and how far local time is ahead of UTC.
    public static func setLine(role: Character, secondsFromUTC: Int) {
        clinux_crash_set_line(CChar(bitPattern: role.asciiValue ?? 0x4d), secondsFromUTC)
    }

    /// Makes the process fault, as DEBUG SEGFAULT wants it.
    public static func fault() { clinux_fault() }
}
