import Bytes
import Daemon
import Determinism
import LogOutput
import Reactor
import Server
import Systemd

/// From a configuration that was read to a loop that serves: each step in the order of the log.
struct Start {
    /// What was read, and from where it can be read again.
    let source: ConfigurationSource
    /// Absolute path of the configuration file; empty without one.
    let path: String
    /// The program as it was called.
    let program: String
    let hasArguments: Bool

    private var settings: ServerSettings { source.last.settings }

    /// Starts, serves, and returns the status to leave with.
    func run() -> Int32 {
        let title = settings.setProcessTitle ? ArgumentArea() : nil
        let place = LogDestination.place(logfile: settings.logFile.text)
        if let code = LogDestination.canWrite(to: place) {
            return refuse("Can't open the log file: \(SystemError(code: code))")
        }
        let isSupervised = isSupervisedBySystemd
        if settings.daemonize && !isSupervised {
            do throws(SystemError) {
                try ProcessControl.daemonize()
            } catch {
                return refuse("Can't leave the terminal: \(error)")
            }
        }
        // After the fork: lines show the id of the process that serves.
        let log = LogDestination(
            identifier: "rds-server", place: place,
            role: settings.replicaOf == nil ? .master : .replica,
            threshold: .of(settings.logLevel))
        do throws(StartError) {
            return try serve(log, title: title, isSupervised: isSupervised)
        } catch {
            for line in error.lines { log.write(.warning, line) }
            return 1
        }
    }

    private func serve(
        _ log: LogDestination, title: consuming ArgumentArea?, isSupervised: Bool
    ) throws(StartError) -> Int32 {
        let notification = Notification()
        StartUp.announce(
            in: log, compatibleVersion: ProcessIdentity.compatibleVersion,
            version: ProcessIdentity.version, program: program, hasConfiguration: hasArguments)
        if isSupervised {
            log.write(
                .notice,
                "Supervised by systemd, which is asked for more time while data is loaded or saved."
            )
            notification.status("Starting")
        }
        for warning in source.last.warnings { log.write(.warning, "WARNING: \(warning)") }
        var settings = settings
        guard let clients = StartUp.reserveDescriptors(forClients: settings.maxClients, in: log)
        else { throw StartError(lines: []) }
        settings.maxClients = clients
        settings.directory = ByteString(ProcessControl.workingDirectory())
        var source = source
        source.last.wasGranted(maxClients: clients, directory: settings.directory)
        if settings.disableTransparentHugePages { StartUp.disableHugePages(in: log) }
        if settings.daemonize || !settings.pidFile.isEmpty {
            let path = settings.pidFile.isEmpty ? "/var/run/redis.pid" : settings.pidFile.text
            StartUp.writeProcessIdentifier(to: path, in: log)
        }
        showEmblem(log)
        StartUp.checkBacklog(settings.tcpBacklog, in: log)
        if let warning = StartUp.memoryWarning(overcommitMode: Machine.overcommitMode()) {
            log.write(.warning, warning)
        }
        do throws(SystemError) {
            var executor = try Executor(
                settings: settings, identity: identity, log: log, notification: notification,
                source: source, title: title)
            executor.settleRunTimeState(source.last.runTime)
            try executor.readRecord()
            try executor.listenAtStart()
            log.write(.notice, "Server initialized")
            executor.warnAboutNeighbour()
            executor.beginLoading()
            return executor.run()
        } catch {
            throw StartError(lines: ["The system refuses what a server needs: \(error)"])
        }
    }

    private func showEmblem(_ log: LogDestination) {
        let isAsked = settings.kept["always-show-logo"] == .boolean(true)
        let isShown = settings.logFile.isEmpty && ProcessControl.isTerminal(1)
        if isAsked || isShown {
            log.writeRaw(
                StartUp.emblem(
                    version: ProcessIdentity.version, mode: "standalone", port: settings.port))
        } else {
            log.write(.notice, "Running mode=standalone, port=\(settings.port).")
        }
    }

    /// `supervised systemd`, or `auto` under systemd.
    private var isSupervisedBySystemd: Bool {
        guard ProcessControl.environment("NOTIFY_SOCKET") != nil else { return false }
        return settings.supervised == .systemd || settings.supervised == .auto
    }

    private var identity: ProcessIdentity {
        var random = RandomSource(seed: Entropy.word())
        return ProcessIdentity(
            processID: Int(ProcessControl.identifier), runID: random.hexadecimal(count: 40),
            executable: ProcessControl.executablePath(), configurationFile: path,
            startedAt: SystemClock.now(), operatingSystem: Machine.description(),
            architectureBits: Int.bitWidth, systemMemory: Machine.memory())
    }

    /// Before there is a log.
    private func refuse(_ text: String) -> Int32 {
        let log = LogDestination(
            identifier: "rds-server", place: .standardOutput, role: .master)
        log.write(.warning, text)
        return 1
    }
}

/// Why a server cannot start; the log has the lines.
struct StartError: Error {
    let lines: [String]
}
