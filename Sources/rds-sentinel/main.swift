// rds-sentinel FILE [--option value ...]
//
// Reads the configuration, makes sure that state can be saved in it, listens, and runs.

import Bytes
import Configuration
import Consensus
import Daemon
import Determinism
import Glibc
import LogOutput
import Reactor

/// Writes to standard error and ends the process with status 1.
func fail(_ text: String) -> Never {
    var text = text
    text.withUTF8 { bytes in _ = unsafe write(2, bytes.baseAddress, bytes.count) }
    exit(1)
}

/// Scripts that cannot be executed stop the start; their paths may be relative to `dir`.
func checkScripts(_ lines: [ConfigurationLine]) throws(ConfigurationError) {
    for line in lines where line.words[0] == "sentinel" && line.words.count == 4 {
        let reason: String
        switch line.words[1].lowercased.text {
        case "notification-script":
            reason = "Notification script seems non existing or non executable."
        case "client-reconfig-script":
            reason = "Client reconfiguration script seems non existing or non executable."
        default: continue
        }
        if !Executor.isExecutable(line.words[3]) { throw .line(line, reason: reason) }
    }
}

/// The state file's absolute path; ends the process when state cannot be saved in it.
///
/// `path` is the configuration's, `separate` that of a state file of its own; empty without one.
func writableStatePath(
    _ path: String?, separate: String, _ log: LogDestination
) -> String {
    if !separate.isEmpty {
        // It need not exist yet; its directory must.
        let directory = File.directory(of: separate)
        if unsafe access(directory, W_OK) == 0 { return separate }
        log.write(
            .warning,
            "Sentinel state file \(separate) cannot be written, as the directory \(directory) is not "
                + "writable: \(SystemError.current). Exiting...")
        exit(1)
    }
    guard let path else {
        log.write(.warning, "Sentinel needs config file on disk to save state. Exiting...")
        exit(1)
    }
    let absolute = ProcessControl.resolve(path) ?? path
    // The file is replaced by a new one, so its directory must be writable as well.
    for place in [absolute, File.directory(of: absolute)] where unsafe access(place, W_OK) != 0 {
        log.write(
            .warning,
            "Sentinel config file \(path) is not writable: \(SystemError.current). Exiting...")
        log.write(
            .warning,
            "The sentinel keeps its state in this file, and replaces it by a new one: the user that "
                + "it runs as must be able to write \(absolute) and its directory "
                + "\(File.directory(of: absolute)).")
        exit(1)
    }
    return absolute
}

/// Opens every socket that the settings name; ends the process when one cannot be had.
func listen(_ executor: inout Executor, _ settings: ServingSettings, _ log: LogDestination) {
    do throws(ListenError) {
        try Listener.listen(
            on: settings.bind.map { BindAddress($0) }, port: UInt16(settings.port),
            backlog: settings.backlog
        ) { listener in
            do throws(SystemError) {
                try executor.clients.add(listener, in: executor.loop.poller)
            } catch {
                fail("\(error)\n")
            }
        }
    } catch {
        log.write(.warning, StartUp.line(for: error))
        log.write(
            .warning, "Failed listening on port \(settings.port) (tcp), aborting.")
        exit(1)
    }
    if settings.unixSocket.isEmpty { return }
    do throws(SystemError) {
        let listener = try Listener(
            path: settings.unixSocket.text, permissions: UInt32(settings.unixSocketPermissions),
            backlog: settings.backlog)
        try executor.clients.add(listener, in: executor.loop.poller)
    } catch {
        log.write(.warning, "Failed opening Unix socket: bind: \(error)")
        exit(1)
    }
}

func start() -> Int32 {
    // `rds-server FILE --sentinel` hands its arguments on.
    let arguments = CommandLine.arguments.dropFirst().filter { $0 != "--sentinel" }
    if arguments.contains("--version") || arguments == ["-v"] {
        print("rds-sentinel \(Version.own) (compatible with redis-sentinel \(Version.compatible))")
        return 0
    }
    if arguments.contains("--help") || arguments == ["-h"] {
        print(
            """
            Usage: rds-sentinel /path/to/sentinel.conf [--option value ...]
                   rds-sentinel --version
                   rds-sentinel --help

            The file must be writable: the sentinel keeps its state in it, unless --state-file PATH
            names another one for that.
            """)
        return 0
    }
    let options = CommandLineOptions(Array(arguments))
    let directory = ProcessControl.workingDirectory()
    var source = ConfigurationSource(options: options, directory: directory)
    let configuration: SentinelConfiguration
    do throws(ConfigurationError) {
        configuration = try source.read(DiskFiles())
    } catch {
        fail(error.message(version: Version.compatible))
    }
    let serving = configuration.serving
    let place = LogDestination.place(logfile: serving.logFile.text)
    let resolvedPath = options.path.flatMap { ProcessControl.resolve($0) } ?? options.path
    if !serving.directory.isEmpty {
        do throws(SystemError) {
            try ProcessControl.enter(serving.directory.text)
        } catch {
            fail("Can't chdir to '\(serving.directory)': \(error)\n")
        }
    }
    do throws(ConfigurationError) {
        try checkScripts(configuration.lines)
    } catch {
        fail(error.message(version: Version.compatible))
    }
    if let code = LogDestination.canWrite(to: place) {
        fail("Can't open the log file: \(SystemError(code: code))\n")
    }
    if serving.isDaemon {
        do throws(SystemError) {
            try ProcessControl.daemonize()
        } catch {
            fail("Can't leave the terminal: \(error)\n")
        }
    }
    let log = LogDestination(
        identifier: "rds-sentinel", place: place, role: .sentinel,
        threshold: threshold(named: serving.logLevel))
    StartUp.announce(
        in: log, compatibleVersion: Version.compatible, version: Version.own,
        program: "rds-sentinel", hasConfiguration: options.path != nil)
    for conflict in configuration.conflicts { log.write(.warning, conflict) }
    let statePath = writableStatePath(resolvedPath, separate: serving.stateFile.text, log)
    guard let clients = StartUp.reserveDescriptors(forClients: serving.maximumClients, in: log)
    else { return 1 }
    CrashReport.install(version: Version.own, startedAt: SystemClock.unix())
    CrashReport.setLog(serving.logFile.text)
    CrashReport.setLine(
        role: LogRole.sentinel.rawValue,
        secondsFromUTC: LocalTime(unixMicroseconds: SystemClock.unix().microseconds).secondsFromUTC)
    source.options.path = resolvedPath
    let sentinel = Sentinel(
        settings: configuration.settings, random: RandomSource(seed: Entropy.word()))
    do throws(SystemError) {
        let signals = try Signals()
        let loop = try EventLoop(busyPoll: .zero, processors: 1)
        try loop.poller.add(signals.descriptor.number, token: EventToken.signals.bits, .read)
        let stateFile = try BackgroundWorker(StateFile(path: statePath), name: "state")
        try loop.poller.add(
            stateFile.wakeupNumber, token: EventToken.wakeup(WakeupIndex.stateFile).bits, .read)
        var executor = Executor(
            settings: serving, source: source, sentinel: sentinel,
            configurationPath: resolvedPath ?? statePath, stateFile: stateFile, log: log,
            signals: signals, loop: loop)
        executor.sessions.limits.maximumClients = clients
        listen(&executor, serving, log)
        StartUp.checkBacklog(serving.backlog, in: log)
        if !serving.processFile.isEmpty {
            StartUp.writeProcessIdentifier(to: serving.processFile.text, in: log)
        }
        log.write(.notice, "Running mode=sentinel, port=\(serving.port).")
        return executor.run()
    } catch {
        fail("Can't start: \(error)\n")
    }
}

exit(start())
