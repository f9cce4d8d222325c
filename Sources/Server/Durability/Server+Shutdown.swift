import Bytes
import Determinism
import Protocol
import Replication
import Sessions

/// SHUTDOWN and the signals that mean it.
///
/// ```
///   asked ── a master that sentinels of ours watch? ──▶ they hand its role over, up to
///     │                                                 `shutdown-handover-timeout`
///     ├── replicas lag? ──▶ writes pause, up to `shutdown-timeout` ──┐         │
///     └───────────────────────────────────────────────────────────▶ save? ◄────┘ ──▶ exit
/// ```
/// Sentinels are asked on a channel that only those of ours subscribe to. A shutdown that must not
/// wait (NOW, FORCE) asks nobody.
///
/// A save that fails keeps the server running, unless the shutdown is forced.
struct PendingShutdown: Sendable {
    var options: ShutdownOptions
    /// Who asked; empty for a signal.
    var sessions: [SessionID]
    /// When waiting for replicas ends.
    var deadline: Instant
    /// While sentinels are waited for: until when.
    var handoverEnd: Instant?
}

extension Server {
    /// The channel on which a master that stops asks its sentinels to replace it.
    static let handoverChannel: ByteString = "__rds__:handover"

    mutating func shutdown(_ request: borrowing Request, _ id: SessionID) {
        var options: ShutdownOptions = []
        var aborts = false
        for index in 1..<max(request.count, 1) {
            let word = request[index]
            if word.equalsIgnoringCase("nosave") {
                options.insert(.noSave)
            } else if word.equalsIgnoringCase("save") {
                options.insert(.save)
            } else if word.equalsIgnoringCase("now") {
                options.insert(.now)
            } else if word.equalsIgnoringCase("force") {
                options.insert(.force)
            } else if word.equalsIgnoringCase("abort") {
                aborts = true
            } else {
                return sessions[id].reply.error("ERR syntax error")
            }
        }
        if (aborts && !options.isEmpty) || options.isSuperset(of: [.save, .noSave]) {
            return sessions[id].reply.error("ERR syntax error")
        }
        if aborts {
            guard pendingShutdown != nil else {
                return sessions[id].reply.error("ERR No shutdown in progress.")
            }
            abortShutdown()
            return sessions[id].reply.ok()
        }
        // What is not loaded whole must not replace the file that it comes from.
        if conditions.contains(.loading) { options.insert(.noSave) }
        sessions[id].flags.insert(.blocked)
        beginShutdown(options, session: id)
    }

    /// A signal asks the server to end: `SIGTERM` or `SIGINT`.
    public mutating func signalReceived(_ name: String, at now: Moment) {
        self.now = now
        // A second signal while the first is being obeyed ends the process at once.
        if pendingShutdown != nil {
            log(.warning, "You insist... exiting now.")
            abandonSnapshot()
            outputs.append(.exit(1))
            return
        }
        log(.warning, "Received \(name) scheduling shutdown...")
        var options = name == "SIGINT" ? settings.shutdownOnSigint : settings.shutdownOnSigterm
        if conditions.contains(.loading) { options.insert(.noSave) }
        beginShutdown(options, session: nil)
    }

    private mutating func beginShutdown(_ options: ShutdownOptions, session: SessionID?) {
        if pendingShutdown != nil {
            if let session { pendingShutdown?.sessions.append(session) }
            return
        }
        log(.notice, "User requested shutdown...")
        outputs.append(.stopping)
        pendingShutdown = PendingShutdown(
            options: options, sessions: session.map { [$0] } ?? [], deadline: now.instant)
        if !askForHandover(options) { waitForReplicas() }
    }

    /// Asks the sentinels to put a replica in our place; whether anybody heard.
    private mutating func askForHandover(_ options: ShutdownOptions) -> Bool {
        let seconds = settings.shutdownHandoverTimeoutSeconds
        guard seconds > 0, options.isDisjoint(with: [.now, .force]), !roles.isReplica,
            !conditions.contains(.loading), roles.replicas.replicas.contains(where: \.isOnline)
        else { return false }
        let message = ByteString(identity.runID)
        let channel = Self.handoverChannel
        let count = sessions.publish(channel.bytes.span, message.bytes.span)
        guard count > 0 else { return false }
        log(
            .notice,
            "Asking \(count) sentinels to hand over to a replica before shutting down. "
                + "(timeout: \(seconds) seconds)")
        pendingShutdown?.handoverEnd = now.instant + .seconds(seconds)
        return true
    }

    /// Whether this master is stopping and waits to be replaced.
    var wantsHandover: Bool { pendingShutdown?.handoverEnd != nil && !roles.isReplica }

    /// Whether it is still waited for sentinels; what they did is logged once.
    private mutating func waitsForHandover() -> Bool {
        guard let end = pendingShutdown?.handoverEnd else { return false }
        // What has begun is let come to its end.
        let latest = roles.switchover.isUnderWay ? end + Switchover.untoldLimit : end
        if !roles.isReplica, now.instant < latest { return true }
        pendingShutdown?.handoverEnd = nil
        if roles.isReplica {
            log(.notice, "A replica has taken over: shutting down.")
            saveAndExit()
        } else {
            log(.warning, "No replica has taken over in time: shutting down all the same.")
            waitForReplicas()
        }
        return true
    }

    private mutating func waitForReplicas() {
        guard let options = pendingShutdown?.options else { return }
        let seconds = options.contains(.now) ? 0 : settings.shutdownTimeoutSeconds
        pendingShutdown?.deadline = now.instant + .seconds(seconds)
        guard seconds > 0, laggingReplicaCount > 0 else { return saveAndExit() }
        log(
            .notice,
            "Waiting for replicas before shutting down. (timeout: \(seconds) seconds)")
        sessions.pause.begin(.shutdown, .write, until: .distantFuture)
        if !roles.isHandingOver { roles.stream.appendAcknowledgementRequest() }
        pauseChanged()
    }

    /// Goes on with a shutdown that waits for replicas; called by the tick.
    mutating func continueShutdown() {
        guard let pending = pendingShutdown, persistence.job?.isCommitting != true,
            !persistence.mustStandStill
        else { return }
        if waitsForHandover() { return }
        let lagging = laggingReplicaCount
        if lagging > 0 && now.instant < pending.deadline { return }
        if lagging > 0 {
            let count = roles.replicas.count
            log(
                .warning,
                "\(count - lagging) of \(count) replicas are in sync when shutting down.")
        }
        saveAndExit()
    }

    private mutating func abortShutdown() {
        log(.notice, "Shutdown manually aborted.")
        refuseShutdown()
    }

    private mutating func saveAndExit() {
        guard let pending = pendingShutdown else { return }
        if persistence.job != nil {
            log(.warning, "There is a child saving an .rdb. Killing it!")
            abandonSnapshot()
        }
        let wantsSave =
            pending.options.contains(.save)
            || (!settings.savePoints.isEmpty && !pending.options.contains(.noSave))
        guard wantsSave else { return leave() }
        log(.notice, "Saving the final RDB snapshot before exiting.")
        beginForegroundSave(.exit(isForced: pending.options.contains(.force)))
    }

    mutating func finishShutdown(succeeded: Bool, isForced: Bool) {
        if succeeded { return leave() }
        if isForced {
            log(.warning, "Error trying to save the DB. Exit anyway.")
            return leave()
        }
        log(.warning, "Error trying to save the DB, can't exit.")
        refuseShutdown()
    }

    private mutating func refuseShutdown() {
        let waiting = pendingShutdown?.sessions ?? []
        pendingShutdown = nil
        sessions.pause.end(.shutdown)
        releasePaused()
        for id in waiting {
            reply(to: id) { $0.error("ERR Errors trying to SHUTDOWN. Check logs.") }
        }
    }

    private mutating func leave() {
        sayGoodbye()
        log(.warning, "Redis is now ready to exit, bye bye...")
        outputs.append(.exit(0))
    }

    /// Replicas that have not acknowledged all of the stream.
    var laggingReplicaCount: Int {
        roles.replicas.count - roles.replicas.acknowledged(offset: roles.stream.history.offset)
    }
}
