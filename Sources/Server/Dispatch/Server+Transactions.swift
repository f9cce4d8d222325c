import CommandCatalog
import Protocol
import Sessions
import Storage

/// MULTI, EXEC, DISCARD, WATCH, UNWATCH.
///
/// Invariants: a session's watched keys are registered with their databases exactly while they are
/// in its `transaction`; what EXEC runs goes to replicas inside one MULTI ... EXEC, or not at all.
extension Server {
    mutating func multi(_ id: SessionID) {
        if sessions[id].flags.contains(.multi) {
            return sessions[id].reply.error("ERR MULTI calls can not be nested")
        }
        sessions[id].flags.insert(.multi)
        sessions[id].reply.ok()
    }

    mutating func discard(_ id: SessionID) {
        guard sessions[id].flags.contains(.multi) else {
            return sessions[id].reply.error("ERR DISCARD without MULTI")
        }
        discardTransaction(id)
        sessions[id].reply.ok()
    }

    mutating func exec(_ id: SessionID) {
        guard sessions[id].flags.contains(.multi) else {
            return sessions[id].reply.error("ERR EXEC without MULTI")
        }
        if hasExpiredWatchedKey(id) { sessions[id].flags.insert(.dirtyWatch) }
        let flags = sessions[id].flags
        if flags.contains(.dirtyExec) {
            discardTransaction(id)
            return sessions[id].reply.error(
                "EXECABORT Transaction discarded because of previous errors.")
        }
        if flags.contains(.dirtyWatch) {
            discardTransaction(id)
            return sessions[id].reply.nullArray()
        }
        unwatchAll(id)
        let queued = sessions[id].transaction.takeQueued()
        sessions[id].flags.remove([.multi, .dirtyWatch, .dirtyExec])
        sessions[id].reply.array(count: queued.count)
        isInUnit = true
        let offset = roles.stream.history.offset
        roles.stream.beginTransaction()
        for owned in queued {
            let held = sessions[id].reply.output.position
            owned.withRequest(at: now.unix) { request in
                guard let (command, traits) = resolve(request, id) else { return }
                call(request, command, traits, id)
            }
            // Beyond its limit a client is closed: the rest executes, its replies are not kept.
            if let line = sessions.enforceOutputLimit(id, at: now.instant) { log(.warning, line) }
            if sessions[id].flags.contains(.closeNow) {
                sessions[id].reply.output.truncate(to: held)
            }
        }
        roles.stream.endTransaction()
        isInUnit = false
        if roles.stream.history.offset != offset {
            sessions[id].writtenOffset = roles.stream.history.offset
        }
    }

    /// EXEC itself was refused: the transaction is over, and the reason is told.
    mutating func abortTransaction(_ id: SessionID, _ refusal: Refusal) {
        discardTransaction(id)
        var text = Array("EXECABORT Transaction discarded because of: ".utf8)
        text +=
            refusal.text.starts(with: "ERR ".utf8) ? refusal.text.dropFirst(4) : refusal.text[...]
        sessions[id].reply.error(bytes: text)
    }

    mutating func watch(_ request: borrowing Request, _ id: SessionID) {
        if sessions[id].flags.contains(.multi) {
            return sessions[id].reply.error("ERR WATCH inside MULTI is not allowed")
        }
        // A transaction that is doomed already needs no more keys.
        if !sessions[id].flags.contains(.dirtyWatch) {
            let database = sessions[id].database
            for index in 1..<request.count {
                let key = WatchedKey(database: database, key: request.owned(index))
                if sessions[id].transaction.watch(key) {
                    let isStale = keyspace[database].hasExpired(request[index], at: now.unix)
                    keyspace[database].watch(key.key, watcher: id.bits, isStale: isStale)
                }
            }
        }
        sessions[id].reply.ok()
    }

    mutating func unwatch(_ id: SessionID) {
        unwatchAll(id)
        sessions[id].flags.remove(.dirtyWatch)
        sessions[id].reply.ok()
    }

    /// Forgets what is queued and watched: DISCARD, RESET, a session that ends.
    mutating func discardTransaction(_ id: SessionID) {
        unwatchAll(id)
        _ = sessions[id].transaction.takeQueued()
        sessions[id].flags.remove([.multi, .dirtyWatch, .dirtyExec])
    }

    /// Whether one of the commands queued may write or be propagated.
    func transactionWrites(_ id: SessionID) -> Bool {
        anyQueued(id) { $0.contains(.write) || $0.contains(.mayReplicate) }
    }

    /// Whether one of the commands queued has such flags: EXEC is admitted as they would be.
    func anyQueued(_ id: SessionID, _ matches: (CommandFlags) -> Bool) -> Bool {
        for owned in sessions[id].transaction.queued {
            guard let name = owned.arguments.first,
                let command = catalog.find(name.bytes.span) ?? renamedCommand(name.bytes.span)
            else { continue }
            if matches(catalog.traits(command).flags) { return true }
        }
        return false
    }

    private mutating func unwatchAll(_ id: SessionID) {
        unwatch(sessions[id].transaction.takeWatched(), of: id)
    }

    /// Ends the watch of keys that the session has forgotten already.
    mutating func unwatch(_ keys: [WatchedKey], of id: SessionID) {
        for watched in keys {
            keyspace[watched.database].unwatch(watched.key, watcher: id.bits)
        }
    }

    /// A key that was alive at WATCH and has expired since counts as changed.
    private func hasExpiredWatchedKey(_ id: SessionID) -> Bool {
        for watched in sessions[id].transaction.watched
        where keyspace[watched.database].hasExpired(watched.key.bytes.span, at: now.unix)
            && !keyspace[watched.database].isStaleWatch(watched.key, watcher: id.bits)
        {
            return true
        }
        return false
    }
}
