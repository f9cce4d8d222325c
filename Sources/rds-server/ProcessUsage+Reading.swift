import Glibc
import Server

/// What the process takes of the machine, read from the system.
extension ProcessUsage {
    /// As it is now: two calls and one small file of /proc, some tens of microseconds.
    static func read() -> ProcessUsage {
        var usage = ProcessUsage()
        usage.residentBytes = residentBytes()
        let own = times(0)
        usage.systemMicroseconds = own.system
        usage.userMicroseconds = own.user
        let children = times(-1)
        usage.childrenSystemMicroseconds = children.system
        usage.childrenUserMicroseconds = children.user
        let thread = times(1)
        usage.mainThreadSystemMicroseconds = thread.system
        usage.mainThreadUserMicroseconds = thread.user
        return usage
    }

    /// `who` is 0 for the process, -1 for children that have ended, 1 for this thread: the numbers
    /// of RUSAGE_SELF, RUSAGE_CHILDREN and RUSAGE_THREAD, the last of which Glibc does not show.
    private static func times(_ who: Int32) -> (system: Int, user: Int) {
        var usage = rusage()
        guard unsafe getrusage(who, &usage) == 0 else { return (0, 0) }
        return (microseconds(usage.ru_stime), microseconds(usage.ru_utime))
    }

    private static func microseconds(_ time: timeval) -> Int {
        Int(time.tv_sec) * 1_000_000 + Int(time.tv_usec)
    }

    /// The second number of /proc/self/statm, in pages; 0 when it cannot be read.
    private static func residentBytes() -> Int {
        let descriptor = unsafe open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return 0 }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
        }
        if count <= 0 { return 0 }
        let words = bytes[..<count].split(separator: 0x20)
        guard words.count > 1, let pages = Int(String(decoding: words[1], as: UTF8.self))
        else { return 0 }
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }
}
