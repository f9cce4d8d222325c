import Bytes
import CommandCatalog
import Protocol
import Sessions
import Storage

/// Running an admitted command, and what follows from it.
///
/// After the command: what it changed is counted towards the save points, goes to replicas, dooms
/// transactions that watched, and is published as keyspace events, in this order.
extension Server {
    /// Runs the command and settles its effects.
    @inline(__always)
    mutating func call(
        _ request: borrowing Request, _ command: CommandID, _ traits: CommandTraits,
        _ id: SessionID
    ) {
        statistics.commandsProcessed &+= 1
        statistics.commands.countCall(command.rawValue)
        let errorsBefore = sessions[id].reply.errorCount
        let database = sessions[id].database
        let start = sessions[id].reply.output.position
        dispatch(command, request, id)
        if sessions[id].reply.errorCount != errorsBefore {
            noteErrors(of: command, from: start, id)
        }
        if !keyspace[database].changes.isEmpty || command.touchesOtherDatabases {
            settle(request, command, database, id)
        }
        if conditions.contains(.hasMonitors) {
            feedMonitors(request, command, traits, id, database)
        }
    }

    /// Brings the command's changes to everyone who must know.
    @inline(never)
    private mutating func settle(
        _ request: borrowing Request, _ command: CommandID, _ database: Int, _ id: SessionID
    ) {
        let isFromMaster = sessions[id].flags.contains(.masterLink)
        if command.touchesOtherDatabases {
            // The command itself is propagated once, for the database it was sent to.
            var dirty = 0
            for index in 0..<keyspace.databaseCount where index != database {
                dirty += keyspace[index].changes.dirty
                keyspace[index].changes.dirty = 0
                settleDatabase(index, isFromMaster: isFromMaster)
            }
            keyspace[database].changes.dirty += dirty
        }
        let dirty = keyspace[database].changes.dirty
        let propagation = keyspace[database].changes.propagation
        keyspace[database].changes.propagation = .verbatim
        // SCAN and RANDOMKEY remove keys that nobody asked for: each stands for itself.
        let expired = settleDatabase(
            database, isFromMaster: isFromMaster,
            wrapsExpired: !isInUnit && command != .scan && command != .randomkey)
        if dirty > 0, isFromMaster { roles.hasUncountedChange = true }
        guard dirty > 0, !isFromMaster, roles.stream.isActive else { return }
        defer { roles.dataOffset = roles.stream.history.offset }
        // A key that expired on the way goes first, and the two belong together.
        let isUnit = !expired.isEmpty && !isInUnit
        if isUnit { roles.stream.beginTransaction() }
        propagateDeletions(expired, database: database)
        switch propagation {
        case .verbatim: roles.stream.append(request, database: database)
        case .nothing: break
        case .instead(let commands):
            for arguments in commands { roles.stream.append(arguments, database: database) }
        }
        if isUnit { roles.stream.endTransaction() }
        sessions[id].writtenOffset = roles.stream.history.offset
    }

    /// Counts, watchers and events of one database; returns the keys that expired, unless they
    /// were propagated here because no command follows them.
    @discardableResult
    private mutating func settleDatabase(
        _ index: Int, isFromMaster: Bool, wrapsExpired: Bool = false
    ) -> [ByteString] {
        let dirty = keyspace[index].changes.dirty
        persistence.changesSinceSave += dirty
        keyspace[index].changes.dirty = 0
        let expired = keyspace[index].changes.expiredKeys
        if !expired.isEmpty {
            keyspace[index].changes.expiredKeys = []
            if dirty == 0 && !isFromMaster {
                if wrapsExpired { roles.stream.beginTransaction() }
                propagateDeletions(expired, database: index)
                if wrapsExpired { roles.stream.endTransaction() }
            }
        }
        for watcher in keyspace[index].takeTouchedWatchers() {
            let session = SessionID(bits: watcher)
            if sessions.contains(session) { sessions[session].flags.insert(.dirtyWatch) }
        }
        publishEvents(of: index)
        return dirty == 0 ? [] : expired
    }

    /// Sends DEL (UNLINK by `lazyfree-lazy-expire`) for keys whose time had passed.
    mutating func propagateDeletions(_ keys: [ByteString], database: Int) {
        guard roles.stream.isActive, !keys.isEmpty else { return }
        let name: ByteString = settings.lazyfreeExpire ? "UNLINK" : "DEL"
        for key in keys { roles.stream.append([name, key], database: database) }
    }

    /// Publishes what was collected, on the channels of the key and of the event.
    private mutating func publishEvents(of index: Int) {
        let events = keyspace[index].changes.events
        if events.isEmpty { return }
        keyspace[index].changes.events = []
        let mask = KeyspaceEventMask(
            rawValue: UInt16(truncatingIfNeeded: settings.notifyKeyspaceEvents))
        for event in events {
            KeyspaceNotifications.publish(event, database: index, mask: mask) { channel, message in
                sessions.publish(channel.bytes.span, message.bytes.span)
            }
        }
    }

    /// Settles what happened outside of a command: active expiry, loading.
    mutating func settleOutsideCommand(_ index: Int) {
        if keyspace[index].changes.isEmpty { return }
        settleDatabase(index, isFromMaster: false)
    }
}
