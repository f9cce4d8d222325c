import Bytes
import Determinism
import Protocol
import Sessions

/// CONFIG on a running server: what a changed setting entails, and what happens when the system
/// refuses it.
///
/// ```
///   CONFIG SET ─ all pairs are well ─► settings ─► effects ─┬─► the server's own state
///                                                           └─► outputs ─ refused? ─► undone,
///                                                                     the reply is an error
/// ```
extension Server {
    mutating func configGet(_ request: borrowing Request, _ id: SessionID) {
        ConfigCommands.get(request, settings, &sessions[id].reply)
    }

    mutating func configSet(_ request: borrowing Request, _ id: SessionID) {
        let context = ConfigCommands.Context(
            isLoading: conditions.contains(.loading), isLocal: isLocal(id))
        let position = sessions[id].reply.output.position
        var changed = settings
        let change = ConfigCommands.set(request, &changed, context, &sessions[id].reply)
        guard let change else { return }
        settings = changed
        let reply = ReplyPosition(
            session: id, position: position,
            count: sessions[id].reply.output.position - position)
        // The executor answers for the outputs of a turn at its end.
        unconfirmed.removeAll { $0.at != now.instant }
        unconfirmed.append(UnconfirmedChange(at: now.instant, reply: reply, change: change))
        apply(change.effects.map(\.effect), reply: reply)
    }

    mutating func configRewrite(_ id: SessionID, forcesAll: Bool = false) {
        if identity.configurationFile.isEmpty && settings.stateFile.isEmpty {
            return sessions[id].reply.error("ERR The server is running without a config file")
        }
        let position = sessions[id].reply.output.position
        sessions[id].reply.ok()
        rewriteConfiguration(
            forcesAll: forcesAll,
            reply: ReplyPosition(
                session: id, position: position,
                count: sessions[id].reply.output.position - position))
    }

    /// Has the state file or else the configuration file say what the settings are now, if there is
    /// one; with `forcesAll` the defaults too.
    mutating func rewriteConfiguration(forcesAll: Bool, reply: ReplyPosition?) {
        let state = settings.stateFile.text
        let path = state.isEmpty ? identity.configurationFile : state
        if path.isEmpty { return }
        outputs.append(
            .rewriteConfiguration(
                path: path, settings: settings, forcesAll: forcesAll,
                reply: reply))
    }

    /// The configuration file was rewritten, or could not be for this reason of the system.
    public mutating func configurationRewritten(_ reply: ReplyPosition?, failure: String?) {
        guard let failure else {
            return log(.notice, "CONFIG REWRITE executed with success.")
        }
        log(.warning, "CONFIG REWRITE failed: \(failure)")
        if let reply { fail(reply, text: "ERR Rewriting config file: \(failure)") }
    }

    mutating func configResetStatistics(_ id: SessionID) {
        let memory = statistics.memory
        statistics.reset()
        statistics.memory = memory
        sessions.acceptedCount = 0
        sessions.rejectedCount = 0
        sessions.outputLimitCloseCount = 0
        sessions.queryLimitCloseCount = 0
        for index in 0..<keyspace.databaseCount {
            keyspace[index].changes.hits = 0
            keyspace[index].changes.misses = 0
            keyspace[index].changes.expired = 0
        }
        sessions[id].reply.ok()
    }

    /// The system refused an effect: the change is undone as a whole, and its client is told.
    ///
    /// `reason` is nil where the effect's own text says enough.
    public mutating func settingRefused(
        _ effect: SettingEffect, reply: ReplyPosition?, reason: String?
    ) {
        let place = unconfirmed.firstIndex {
            $0.reply?.session == reply?.session && $0.reply?.position == reply?.position
        }
        guard let index = place else { return }
        let change = unconfirmed.remove(at: index).change
        let error = ByteString(change.failure(of: effect, reason: reason)).text
        log(
            .warning,
            "Failed applying new configuration. Possibly related to new \(change.name(of: effect)) "
                + "setting. Restoring previous settings.")
        change.undo(in: &settings)
        apply(change.effects.map(\.effect), reply: nil)
        if let reply {
            fail(reply, text: error)
        } else {
            log(.warning, "Configuration not reloaded, nothing was changed.")
        }
    }

    /// Does what the effects ask of the server, and asks the executor for the rest.
    mutating func apply(_ effects: [SettingEffect], reply: ReplyPosition?) {
        for effect in effects {
            switch effect {
            case .password:
                access.password = settings.requirePass
                if !access.defaultUserNeedsPassword { sessions.authenticateAll() }
            case .keyspaceEvents: setEventMask()
            case .backlogSize, .goodReplicas, .replication: replicationSettingsChanged()
            case .hz: nextTick = now.instant
            case .encodings: break
            case .listeners, .maxClients, .directory, .processTitle, .crashReport, .busyPoll,
                .logLevel, .sessionLimits:
                outputs.append(.apply(effect, reply: reply))
            }
        }
        sessions.limits = settings.sessionLimits
        refreshConditions()
    }
}

/// A CONFIG SET or a reload of this turn whose outputs have not been performed yet.
struct UnconfirmedChange: Sendable {
    /// The turn.
    var at: Instant
    /// Where its `+OK` is; nil for a reload.
    var reply: ReplyPosition?
    /// What it changed.
    var change: SettingsChange
}
