import Bytes
import Determinism
import Protocol
import Sessions
import Storage

/// DEBUG: the command answers, and the server does what it asks for.
extension Server {
    mutating func debug(_ request: borrowing Request, _ id: SessionID) {
        if request.count == 2, request[1].equalsIgnoringCase("config-rewrite-force-all") {
            return configRewrite(id, forcesAll: true)
        }
        let effect = DebugCommands.run(
            request, &keyspace, database: sessions[id].database, &sessions[id].reply)
        switch effect {
        case .none: break
        case .sleep(let duration): outputs.append(.sleep(duration))
        case .crash: outputs.append(.crash)
        case .reload(let saves, let empties, let merges):
            debugReload(id, saves: saves, empties: empties, merges: merges)
        case .setActiveExpiry(let isOn): isActiveExpiryEnabled = isOn
        case .changeReplicationID:
            log(.notice, "Changing replication IDs after receiving DEBUG change-repl-id")
            withRandom { random, server in server.roles.stream.renew(random: &random) }
        case .log(let text): log(.warning, text)
        case .setChecksumValidation(let isOn): verifiesChecksums = isOn
        case .pausePeriodicWork(let isPaused): isPeriodicWorkPaused = isPaused
        }
    }

    /// Saves and loads again; the session is answered when both are done.
    private mutating func debugReload(
        _ id: SessionID, saves: Bool, empties: Bool, merges: Bool
    ) {
        reloadOptions = ReloadOptions(empties: empties, merges: merges)
        sessions[id].flags.insert(.blocked)
        guard saves else {
            outputs.append(.reload(id))
            return
        }
        // Whatever snapshot runs would only be of the data set that is saved here once more.
        if persistence.job != nil { abandonSnapshot() }
        beginForegroundSave(.reload(id))
    }
}

/// What DEBUG RELOAD does with the keys that are in memory.
struct ReloadOptions: Sendable {
    /// They go: the file takes their place.
    var empties = true
    /// With keys kept, those of the file replace those of the same name.
    var merges = false
}
