import Bytes
import Configuration
import Daemon
import Determinism
import LogOutput
import Reactor
import Server
import Sessions

/// What the server asks for, done in its order.
extension Executor {
    /// Performs every output; those that appear meanwhile too.
    mutating func perform(at now: Moment) {
        while !server.outputs.isEmpty {
            let outputs = server.outputs
            server.outputs = []
            for output in outputs { perform(output, at: now) }
        }
    }

    private mutating func perform(_ output: ServerOutput, at now: Moment) {
        switch output {
        case .log(let level, let text):
            showRole()
            log.write(.of(level), text)
        case .connectMaster(let host, let port, let source):
            connectMaster(host: host.text, port: port, source: source?.text, at: now)
        case .disconnectMaster: master.abandon()
        case .delaySmallPackets(let id):
            if let number = sockets.descriptor(of: id) { Socket.setDelay(number) }
        case .beginFile(let fileName, let compresses, let checksums):
            snapshots.submit(
                .begin(
                    fileName: fileName, directory: server.settings.directory.text,
                    compresses: compresses, checksums: checksums))
        case .appendFile(let records): snapshots.submit(.append(records))
        case .commitFile: snapshots.submit(.commit)
        case .abandonFile: snapshots.submit(.abandon)
        case .reload(let id): reload(for: id, at: now)
        case .rewriteConfiguration(let path, let settings, let forcesAll, let reply):
            rewriteConfiguration(path, settings, forcesAll: forcesAll, reply)
        case .apply(let effect, let reply): apply(effect, reply)
        case .stopping:
            notification.stopping(status: statusToTell(at: now.instant))
            heartbeat.beginPhase()
        case .storeRecord(let fileName, let text): storeRecord(fileName, text, at: now)
        case .sleep(let duration): ProcessControl.sleep(duration)
        case .crash: CrashReport.fault()
        case .exit(let status): exitStatus = status
        }
    }

    // MARK: Snapshot files

    /// Takes what the snapshot's thread has to tell.
    mutating func takeSnapshotAnswers(at now: Moment) {
        for answer in snapshots.takeAnswers() {
            switch answer {
            case .written(let count): server.fileWritten(count)
            case .finished: server.fileFinished(failure: nil, at: now)
            case .failed(let text): server.fileFinished(failure: text, at: now)
            }
        }
    }

    /// Completes a save that must be done before anything else: SAVE, SHUTDOWN, DEBUG RELOAD.
    mutating func standStill() {
        while server.persistence.mustStandStill {
            let began = SystemClock.now()
            let hasMore = server.workOnSnapshot(at: began)
            perform(at: began)
            if let pause = server.snapshotDeadline.map({ $0 - began.instant }), pause > .zero {
                ProcessControl.sleep(min(pause, .milliseconds(100)))
            } else if !hasMore {
                // A slow disk keeps nobody waiting for a sign of life.
                snapshots.waitForAnswers(atMost: .milliseconds(100))
            }
            let now = SystemClock.now()
            takeSnapshotAnswers(at: now)
            perform(at: now)
            tellManager(at: now.instant)
        }
    }

    // MARK: The role record

    /// Hands the server the record that it left beside its data.
    ///
    /// Without it a master would take writes that it should not: one that cannot be read is no start.
    mutating func readRecord() throws(SystemError) {
        do throws(FileError) {
            let text = try contents(of: server.recordFileName)
            server.start(record: text.isEmpty ? nil : text, at: SystemClock.now())
        } catch {
            log.write(.warning, "Can't read the role record: \(error)")
            throw error.cause
        }
    }

    private mutating func storeRecord(_ fileName: String, _ text: [UInt8]?, at now: Moment) {
        do throws(FileError) {
            if let text {
                try AtomicFile.replace(fileName, with: text.span, mode: 0o600)
            } else {
                ProcessControl.remove(fileName)
                try File.synchroniseDirectory(".")
            }
        } catch {
            server.recordFailed("\(error)", at: now)
        }
    }

    // MARK: Configuration

    private mutating func rewriteConfiguration(
        _ path: String, _ settings: ServerSettings, forcesAll: Bool, _ reply: ReplyPosition?
    ) {
        do throws(FileError) {
            if settings.stateFile.isEmpty {
                let present = try contents(of: path)
                try AtomicFile.replace(
                    path,
                    with: ConfigCommands.rewritten(present, settings, forcesAll: forcesAll).span,
                    mode: 0o640)
            } else {
                try storeRunTimeState(source.last.changes(of: settings))
            }
            server.configurationRewritten(reply, failure: nil)
            for name in source.last.unsavedSecrets(of: settings) {
                log.write(
                    .warning,
                    "\(name) was changed at run time and is not saved: its place is the file that "
                        + "\(name)-file names.")
            }
        } catch {
            server.configurationRewritten(reply, failure: "\(error.cause)")
        }
    }

    private func storeRunTimeState(_ state: RunTimeState) throws(FileError) {
        let path = server.settings.stateFile.text
        // Who may read it may read the configuration: the values it overrode are in both.
        try AtomicFile.replace(path, with: state.text.span, mode: 0o640)
    }

    /// Tells what the state file came to, and forgets in it what does not hold any more.
    func settleRunTimeState(_ runTime: RunTimeOverlay) {
        for note in runTime.notes { log.write(.notice, note) }
        if runTime.conflicts.isEmpty { return }
        for conflict in runTime.conflicts { log.write(.warning, conflict) }
        do throws(FileError) {
            try storeRunTimeState(runTime.kept)
        } catch {
            log.write(.warning, "The state file cannot be written: \(error)")
        }
    }

    /// A file's bytes; none if it is missing.
    private func contents(of path: String) throws(FileError) -> [UInt8] {
        do throws(FileError) {
            return try File.contents(of: path).bytes
        } catch {
            if error.cause.isMissing { return [] }
            throw error
        }
    }

    /// SIGHUP: reads the configuration again, and lets the server take it over.
    mutating func reload(at now: Moment) {
        log.write(.notice, "Received SIGHUP, reading the configuration again.")
        // Until the data set is loaded, the manager still waits for the start to be over.
        let isTold = reading == nil
        if isTold {
            notification.reloading(monotonicMicroseconds: SystemClock.instant().nanoseconds / 1000)
        }
        do throws(ConfigurationError) {
            var configuration = try source.read()
            server.reload(configuration, after: source.last, at: now)
            configuration.remainsAtStart(source.last)
            source.last = configuration
            settleRunTimeState(configuration.runTime)
        } catch {
            server.reloadFailed(error, at: now)
        }
        perform(at: now)
        if isTold { notification.ready(status: statusToTell(at: now.instant)) }
    }

    private mutating func apply(_ effect: SettingEffect, _ reply: ReplyPosition?) {
        if let refusal = refusal(applying: effect) {
            server.settingRefused(effect, reply: reply, reason: refusal.reason)
        }
    }

    /// That the system refuses a setting; the effect's own text tells why unless there is a reason.
    private struct Refusal {
        var reason: String?
    }

    /// Applies a changed setting; nil when the system lets it.
    private mutating func refusal(applying effect: SettingEffect) -> Refusal? {
        switch effect {
        case .listeners: return relisten().map { Refusal(reason: $0) }
        case .maxClients:
            let wanted = server.settings.maxClients + StartUp.reservedDescriptors
            return OpenFileLimit.raise(to: wanted).now < wanted ? Refusal() : nil
        case .directory:
            do throws(SystemError) {
                try ProcessControl.enter(server.settings.directory.text)
                server.settings.directory = ByteString(ProcessControl.workingDirectory())
                return nil
            } catch {
                return Refusal(reason: "\(error)")
            }
        case .crashReport: applyCrashReport()
        case .processTitle: applyTitle()
        case .busyPoll:
            loop.setBusyPoll(
                .microseconds(server.settings.busyPollMicroseconds), processors: processors)
        case .logLevel: log.setThreshold(.of(server.settings.logLevel))
        case .sessionLimits:
            sockets.keepAliveSeconds = server.settings.tcpKeepaliveSeconds
        case .password, .keyspaceEvents, .backlogSize, .goodReplicas, .replication, .hz,
            .encodings:
            break
        }
        return nil
    }

    /// Settings that the process, not the server, has a part in.
    mutating func applyAtStart() {
        sockets.acceptsPerTurn = server.settings.maxNewConnectionsPerCycle
        sockets.keepAliveSeconds = server.settings.tcpKeepaliveSeconds
        applyCrashReport()
        applyTitle()
    }

    private func applyCrashReport() {
        guard server.settings.crashLogEnabled else { return CrashReport.uninstall() }
        CrashReport.install(
            version: ProcessIdentity.version, startedAt: server.identity.startedAt.unix)
        CrashReport.setLog(server.settings.logFile.text)
        setCrashLine()
    }

    /// Has lines of the log, and of a crash report, bear the letter of the role.
    private mutating func showRole() {
        let role: LogRole = server.roles.isReplica ? .replica : .master
        if role == shownRole { return }
        shownRole = role
        log.setRole(role)
        setCrashLine()
    }

    private func setCrashLine() {
        CrashReport.setLine(
            role: shownRole.rawValue,
            secondsFromUTC: LocalTime(
                unixMicroseconds: server.identity.startedAt.unix.microseconds
            ).secondsFromUTC)
    }

    private mutating func applyTitle() {
        guard title != nil else { return }
        let variables = ProcessTitle.Variables(
            title: CommandLine.arguments.first ?? "rds-server",
            configFile: server.identity.configurationFile, settings: server.settings)
        let text = ProcessTitle.expand(server.settings.processTitleTemplate, variables)
        title?.setTitle(text ?? "rds-server")
    }
}
