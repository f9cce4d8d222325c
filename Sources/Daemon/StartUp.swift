import LogOutput
import Reactor

/// What both daemons say and do while they start, in the words that tools look for.
public enum StartUp {
    /// The three lines that open every log.
    public static func announce(
        in log: LogDestination, compatibleVersion: String, version: String, program: String,
        hasConfiguration: Bool
    ) {
        log.write(.notice, "oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo")
        log.write(
            .notice,
            "Redis version=\(compatibleVersion), bits=\(Int.bitWidth), commit=rds-\(version), "
                + "modified=0, pid=\(ProcessControl.identifier), just started")
        if hasConfiguration {
            log.write(.notice, "Configuration loaded")
        } else {
            log.write(
                .warning,
                "Warning: no config file specified, using the default config. In order to specify "
                    + "a config file use \(program) /path/to/redis.conf")
        }
    }

    /// The emblem, with what identifies the process; lines that test runners read it from.
    public static func emblem(version: String, mode: String, port: Int) -> String {
        """

              ___________
             /  _  _  _  /|        rds \(version) (\(Int.bitWidth) bit)
            /__(_)(_)(_)/ |
            |  _  _  _  | /|       Running in \(mode) mode
            | (_)(_)(_) |/ |       Port: \(port)
            |___________| /        PID: \(ProcessControl.identifier)
            |___________|/


        """
    }

    /// Descriptors beside those of clients: listening sockets, files, links.
    public static var reservedDescriptors: Int { 32 }

    /// Raises the limit of open files for `clients` connections, and says what came of it.
    ///
    /// Returns how many clients can be served; nil when there is no room for any.
    public static func reserveDescriptors(
        forClients clients: Int, in log: LogDestination
    ) -> Int? {
        let reserved = reservedDescriptors
        let wanted = clients + reserved
        let limit = OpenFileLimit.raise(to: wanted)
        if limit.now >= wanted {
            if limit.now != limit.before {
                log.write(
                    .notice,
                    "Increased maximum number of open files to \(wanted) (it was originally set "
                        + "to \(limit.before)).")
            }
            return clients
        }
        if limit.now <= reserved {
            log.write(
                .warning,
                "Your current 'ulimit -n' of \(limit.before) is not enough for the server to "
                    + "start. Please increase your open file limit to at least \(wanted) (under systemd: "
                    + "LimitNOFILE=\(wanted) in the unit's section [Service]). Exiting.")
            return nil
        }
        let fewer = limit.now - reserved
        log.write(
            .warning,
            "You requested maxclients of \(clients) requiring at least \(wanted) max file "
                + "descriptors.")
        if let cause = limit.cause {
            log.write(
                .warning,
                "Server can't set maximum open files to \(wanted) because of OS error: \(cause).")
        }
        log.write(
            .warning,
            "Current maximum open files is \(limit.now). maxclients has been reduced to \(fewer) "
                + "to compensate for low ulimit. If you need higher maxclients increase 'ulimit "
                + "-n' to \(wanted); under systemd: systemctl edit the unit, and write LimitNOFILE="
                + "\(wanted) in its section [Service].")
        return fewer
    }

    /// Says so when the kernel keeps a shorter queue of connections than was asked for.
    public static func checkBacklog(_ backlog: Int, in log: LogDestination) {
        guard let maximum = Machine.maximumBacklog(), maximum > 0, maximum < backlog else { return }
        log.write(
            .warning,
            "WARNING: The TCP backlog setting of \(backlog) cannot be enforced because "
                + "/proc/sys/net/core/somaxconn is set to the lower value of \(maximum). To mend it: "
                + "sysctl -w net.core.somaxconn=\(backlog), and 'net.core.somaxconn = \(backlog)' as a "
                + "line of a file in /etc/sysctl.d; then start anew.")
    }

    /// What is wrong with the way that the kernel hands out memory; nil if nothing is.
    ///
    /// Nothing here forks, so that a kernel which promises as much as it has (0, or 1) is right.
    public static func memoryWarning(overcommitMode: Int?) -> String? {
        guard overcommitMode == 2 else { return nil }
        return
            "WARNING: vm.overcommit_memory is 2: the kernel refuses memory that is free once all "
            + "promises together pass vm.overcommit_ratio, and a server that is refused memory ends. To "
            + "mend it: sysctl -w vm.overcommit_memory=0, and 'vm.overcommit_memory = 0' as a line of a "
            + "file in /etc/sysctl.d. Snapshots do not fork: 1 is not needed."
    }

    /// Has the kernel use small pages for this process; says so when it goes on with huge ones, which
    /// cost memory and pauses.
    public static func disableHugePages(in log: LogDestination) {
        if Machine.disableTransparentHugePages() || !Machine.usesHugePages() { return }
        log.write(
            .warning,
            "WARNING: transparent huge pages cannot be turned off for this process, and are on for all. "
                + "To mend it: echo madvise > /sys/kernel/mm/transparent_hugepage/enabled, and again at "
                + "each boot (the kernel's option transparent_hugepage=madvise).")
    }

    /// Writes the process id to a file; says so when it cannot.
    public static func writeProcessIdentifier(to path: String, in log: LogDestination) {
        do throws(FileError) {
            try ProcessControl.writeProcessIdentifier(to: path)
        } catch {
            log.write(.warning, "Failed to write PID file: \(error.cause)")
        }
    }

    /// The line for an address that could not be listened on.
    public static func line(for error: ListenError) -> String {
        "Warning: Could not create server TCP listening socket \(error.host):\(error.port): bind: "
            + "\(error.cause)"
    }

    /// Executes the program of this name in place of this one, with the same arguments.
    ///
    /// Returns only when there is none, with the text that says so.
    public static func become(_ name: String, arguments: [String]) -> String {
        guard let path = ProcessControl.program(named: name) else {
            return "\(name) is neither beside this program nor on PATH"
        }
        let error = ProcessControl.execute(path, [path] + arguments)
        return "\(path) cannot be executed: \(error)"
    }
}
