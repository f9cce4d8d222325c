import Bytes
import CLinux
import Glibc

/// What a daemon does to its own process: leave the terminal, die, become another program.
public enum ProcessControl {
    /// The process's id.
    public static var identifier: Int32 { getpid() }

    /// Whether the descriptor is a terminal.
    public static func isTerminal(_ number: Int32) -> Bool { isatty(number) == 1 }

    /// Ends the process.
    public static func exit(_ status: Int32) -> Never { Glibc.exit(status) }

    /// Removes a file; that it is gone already is no matter.
    public static func remove(_ path: String) { unsafe unlink(path) }

    /// Leaves the terminal: the parent ends, the child goes on in a session of its own.
    ///
    /// Before any thread starts. Throws when there can be no child.
    public static func daemonize() throws(SystemError) {
        let child = clinux_fork()
        if child < 0 { throw .current }
        if child > 0 { _exit(0) }
        setsid()
        let null = unsafe open("/dev/null", O_RDWR)
        if null < 0 { return }
        for number: Int32 in 0...2 { dup2(null, number) }
        if null > 2 { close(null) }
    }

    /// Writes the process id, as a line, to `path`.
    public static func writeProcessIdentifier(to path: String) throws(FileError) {
        var file = try File(path, for: .writing(mode: 0o644))
        try file.write(ByteString("\(getpid())\n").bytes.span)
    }

    /// Replaces this process by another program; returns only when it cannot.
    public static func execute(_ path: String, _ arguments: [String]) -> SystemError {
        Signals.unblockAll()
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
        unsafe pointers.append(nil)
        unsafe execv(path, pointers)
        let error = SystemError.current
        for index in unsafe pointers.indices { unsafe free(pointers[index]) }
        return error
    }

    /// The program `name` beside this one, else the first one on PATH; nil without either.
    public static func program(named name: String) -> String? {
        var candidates = [File.directory(of: executablePath()) + "/" + name]
        if let path = environment("PATH") {
            candidates += path.split(separator: ":").map { "\($0)/\(name)" }
        }
        return candidates.first { unsafe access($0, X_OK) == 0 }
    }

    /// The absolute path of the program that this process executes.
    public static func executablePath() -> String { resolve("/proc/self/exe") ?? "" }

    /// A path without links and dots; nil when nothing is there.
    public static func resolve(_ path: String) -> String? {
        guard let real = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }

    /// A variable of the environment; nil when it is not set.
    public static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    /// The working directory, absolute.
    public static func workingDirectory() -> String { resolve(".") ?? "." }

    /// Makes another directory the working directory.
    public static func enter(_ directory: String) throws(SystemError) {
        if unsafe chdir(directory) != 0 { throw .current }
    }

    /// Stands still.
    ///
    /// DEBUG SLEEP wants it so.
    public static func sleep(_ duration: Duration) {
        let nanoseconds = max(duration.wholeNanosecondsForSleep, 0)
        var rest = timespec(
            tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        while true {
            let asked = rest
            var left = timespec()
            let result = unsafe withUnsafePointer(to: asked) { unsafe nanosleep($0, &left) }
            if result == 0 || errno != EINTR { return }
            rest = left
        }
    }
}

extension Duration {
    fileprivate var wholeNanosecondsForSleep: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}

/// What the machine is and how it is set up, as far as a daemon tells of it or depends on it.
public enum Machine {
    /// System, release and machine: `Linux 6.1.0 x86_64`.
    public static func description() -> String {
        var name = utsname()
        unsafe uname(&name)
        return [
            text(of: name.sysname), text(of: name.release), text(of: name.machine),
        ].joined(separator: " ")
    }

    /// Bytes of memory.
    public static func memory() -> Int {
        max(Int(sysconf(Int32(_SC_PHYS_PAGES))), 0) * max(Int(sysconf(Int32(_SC_PAGESIZE))), 0)
    }

    /// The longest queue of connections that the kernel keeps for a listening socket.
    public static func maximumBacklog() -> Int? { number(in: "/proc/sys/net/core/somaxconn") }

    /// `vm.overcommit_memory`: 2 means that memory is refused before it is used up.
    public static func overcommitMode() -> Int? { number(in: "/proc/sys/vm/overcommit_memory") }

    /// Whether every process gets transparent huge pages unasked.
    public static func usesHugePages() -> Bool {
        let path = "/sys/kernel/mm/transparent_hugepage/enabled"
        do throws(FileError) {
            return try File.contents(of: path, limit: 256).text.contains("[always]")
        } catch {
            // Without the file the kernel has none.
            return false
        }
    }

    /// Has the kernel use small pages for this process; false when it refuses.
    public static func disableTransparentHugePages() -> Bool { clinux_disable_huge_pages() == 0 }

    private static func number(in path: String) -> Int? {
        guard let bytes = try? File.contents(of: path, limit: 64) else { return nil }
        return Int(bytes.text.split(separator: "\n").first ?? "")
    }

    private static func text<Field>(of field: Field) -> String {
        unsafe withUnsafeBytes(of: field) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}

/// What became of the wish for more open files.
public struct OpenFileLimit: Equatable, Sendable {
    /// The limit as it was found.
    public let before: Int
    /// The limit as it is now.
    public let now: Int
    /// Why it is less than what was wished for.
    public let cause: SystemError?

    /// Raises the limit to `wanted`, or as far as it goes; a higher one stays.
    public static func raise(to wanted: Int) -> OpenFileLimit {
        var limit = rlimit()
        if unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 {
            return OpenFileLimit(before: 1024, now: 1024, cause: .current)
        }
        let before = Int(clamping: limit.rlim_cur)
        if before >= wanted { return OpenFileLimit(before: before, now: before, cause: nil) }
        let ceiling = Int(clamping: limit.rlim_max)
        if let cause = set(wanted, max(wanted, ceiling)) {
            // Without the right to pass the hard limit: as far as it allows.
            let best = min(ceiling, wanted)
            let now = best > before && set(best, ceiling) == nil ? best : before
            return OpenFileLimit(before: before, now: now, cause: now < wanted ? cause : nil)
        }
        return OpenFileLimit(before: before, now: wanted, cause: nil)
    }

    private static func set(_ current: Int, _ ceiling: Int) -> SystemError? {
        var limit = rlimit(rlim_cur: rlim_t(current), rlim_max: rlim_t(ceiling))
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        return unsafe setrlimit(resource, &limit) == 0 ? nil : .current
    }
}
