import CommandCatalog
import Protocol
import Sessions
import Storage

/// From a command's number to its function: one line an arm, no logic.
///
/// A command gets the narrowest slice it needs: its database, then the keyspace, then the session,
/// then the server. Commands of the catalogue without an arm are answered by a plain error.
extension Server {
    @inline(__always)
    mutating func dispatch(
        _ command: CommandID, _ request: borrowing Request, _ id: SessionID
    ) {
        let selected = sessions[id].database
        switch command {
        case .get: StringCommands.get(request, &keyspace[selected], &sessions[id].reply)
        case .set: StringCommands.set(request, &keyspace[selected], &sessions[id].reply)
        default: dispatchOther(command, request, id, selected)
        }
    }

    @inline(never)
    private mutating func dispatchOther(
        _ command: CommandID, _ request: borrowing Request, _ id: SessionID, _ selected: Int
    ) {
        if dispatchString(command, request, id, selected) { return }
        if dispatchGeneric(command, request, id, selected) { return }
        if dispatchTransaction(command, request, id) { return }
        if dispatchSession(command, request, id) { return }
        if dispatchServer(command, request, id, selected) { return }
        if dispatchOwn(command, request, id) { return }
        sessions[id].reply.error(bytes: Refusal.notAvailable(catalog.fullName(command)).text)
    }

    private mutating func dispatchString(
        _ command: CommandID, _ request: borrowing Request, _ id: SessionID, _ selected: Int
    ) -> Bool {
        switch command {
        case .append:
            StringCommands.append(
                request, &keyspace[selected], commandSettings(id), &sessions[id].reply)
        case .decr: StringCommands.decr(request, &keyspace[selected], &sessions[id].reply)
        case .decrby: StringCommands.decrby(request, &keyspace[selected], &sessions[id].reply)
        case .getdel: StringCommands.getdel(request, &keyspace[selected], &sessions[id].reply)
        case .getex:
            StringCommands.getex(
                request, &keyspace[selected], commandSettings(id), &sessions[id].reply)
        case .getrange, .substr:
            StringCommands.getrange(request, &keyspace[selected], &sessions[id].reply)
        case .getset: StringCommands.getset(request, &keyspace[selected], &sessions[id].reply)
        case .incr: StringCommands.incr(request, &keyspace[selected], &sessions[id].reply)
        case .incrby: StringCommands.incrby(request, &keyspace[selected], &sessions[id].reply)
        case .incrbyfloat:
            StringCommands.incrbyfloat(request, &keyspace[selected], &sessions[id].reply)
        case .lcs:
            StringCommands.lcs(
                request, &keyspace[selected], commandSettings(id), &sessions[id].reply)
        case .mget: StringCommands.mget(request, &keyspace[selected], &sessions[id].reply)
        case .mset: StringCommands.mset(request, &keyspace[selected], &sessions[id].reply)
        case .msetnx: StringCommands.msetnx(request, &keyspace[selected], &sessions[id].reply)
        case .psetex: StringCommands.psetex(request, &keyspace[selected], &sessions[id].reply)
        case .setex: StringCommands.setex(request, &keyspace[selected], &sessions[id].reply)
        case .setnx: StringCommands.setnx(request, &keyspace[selected], &sessions[id].reply)
        case .setrange:
            StringCommands.setrange(
                request, &keyspace[selected], commandSettings(id), &sessions[id].reply)
        case .strlen: StringCommands.strlen(request, &keyspace[selected], &sessions[id].reply)
        default: return false
        }
        return true
    }

    private mutating func dispatchGeneric(
        _ command: CommandID, _ request: borrowing Request, _ id: SessionID, _ selected: Int
    ) -> Bool {
        switch command {
        case .copy:
            KeyCommands.copy(request, &keyspace, from: selected, &sessions[id].reply)
        case .del, .unlink:
            KeyCommands.del(request, &keyspace[selected], &sessions[id].reply)
        case .exists: KeyCommands.exists(request, &keyspace[selected], &sessions[id].reply)
        case .expire:
            ExpiryCommands.expire(
                request, &keyspace[selected], commandSettings(id), &sessions[id].reply)
        case .expireat:
            ExpiryCommands.expireat(
                request, &keyspace[selected], commandSettings(id), &sessions[id].reply)
        case .expiretime:
            ExpiryCommands.expiretime(request, &keyspace[selected], &sessions[id].reply)
        case .keys: ScanCommands.keys(request, &keyspace[selected], &sessions[id].reply)
        case .move:
            KeyCommands.move(request, &keyspace, from: selected, &sessions[id].reply)
        case .objectEncoding:
            ObjectCommands.encoding(request, &keyspace[selected], &sessions[id].reply)
        case .objectFreq:
            ObjectCommands.freq(request, &keyspace[selected], &sessions[id].reply)
        case .objectHelp: ObjectCommands.help(request, &sessions[id].reply)
        case .objectIdletime:
            ObjectCommands.idletime(request, &keyspace[selected], &sessions[id].reply)
        case .objectRefcount:
            ObjectCommands.refcount(request, &keyspace[selected], &sessions[id].reply)
        case .persist: ExpiryCommands.persist(request, &keyspace[selected], &sessions[id].reply)
        case .pexpire:
            ExpiryCommands.pexpire(
                request, &keyspace[selected], commandSettings(id), &sessions[id].reply)
        case .pexpireat:
            ExpiryCommands.pexpireat(
                request, &keyspace[selected], commandSettings(id), &sessions[id].reply)
        case .pexpiretime:
            ExpiryCommands.pexpiretime(request, &keyspace[selected], &sessions[id].reply)
        case .pttl: ExpiryCommands.pttl(request, &keyspace[selected], &sessions[id].reply)
        case .randomkey:
            KeyCommands.randomkey(request, &keyspace[selected], &random, &sessions[id].reply)
        case .rename: KeyCommands.rename(request, &keyspace[selected], &sessions[id].reply)
        case .renamenx: KeyCommands.renamenx(request, &keyspace[selected], &sessions[id].reply)
        case .scan: ScanCommands.scan(request, &keyspace[selected], &sessions[id].reply)
        case .wait: wait(request, id)
        case .waitaof: waitaof(request, id)
        case .touch: KeyCommands.touch(request, &keyspace[selected], &sessions[id].reply)
        case .ttl: ExpiryCommands.ttl(request, &keyspace[selected], &sessions[id].reply)
        case .type: KeyCommands.type(request, &keyspace[selected], &sessions[id].reply)
        default: return false
        }
        return true
    }

    private mutating func dispatchTransaction(
        _ command: CommandID, _ request: borrowing Request, _ id: SessionID
    ) -> Bool {
        switch command {
        case .multi: multi(id)
        case .exec: exec(id)
        case .discard: discard(id)
        case .watch: watch(request, id)
        case .unwatch: unwatch(id)
        default: return false
        }
        return true
    }

    /// The server group: data sets, persistence, replication, introspection.
    private mutating func dispatchServer(
        _ command: CommandID, _ request: borrowing Request, _ id: SessionID, _ selected: Int
    ) -> Bool {
        switch command {
        case .configGet: configGet(request, id)
        case .configHelp: ConfigCommands.help(&sessions[id].reply)
        case .configResetstat: configResetStatistics(id)
        case .configRewrite: configRewrite(id)
        case .configSet: configSet(request, id)
        case .debug: debug(request, id)
        case .command, .commandCount, .commandInfo, .commandDocs, .commandList, .commandGetkeys,
            .commandGetkeysandflags, .commandHelp:
            CommandCommand.run(command, request, catalog, &sessions[id].reply)
        case .dbsize: DatabaseCommands.dbsize(&keyspace[selected], &sessions[id].reply)
        case .flushall:
            let isDone = DatabaseCommands.flushall(
                request, &keyspace, from: selected, &sessions[id].reply)
            if isDone { dataSetWasFlushed() }
        case .flushdb:
            _ = DatabaseCommands.flushdb(request, &keyspace[selected], &sessions[id].reply)
        case .swapdb: DatabaseCommands.swapdb(request, &keyspace, &sessions[id].reply)
        case .time: DatabaseCommands.time(request, &sessions[id].reply)
        case .save: save(id)
        case .bgsave: bgsave(request, id)
        case .info: info(request, id)
        case .latencyHistogram: latencyHistogram(request, id)
        case .lastsave: sessions[id].reply.integer(Int(persistence.lastSaveAt.seconds))
        case .shutdown: shutdown(request, id)
        case .failover: failover(request, id)
        case .psync: synchronise(request, isLegacy: false, id)
        case .replconf: replconf(request, id)
        case .replicaof, .slaveof: replicaof(request, id)
        case .role: role(id)
        case .sync: synchronise(request, isLegacy: true, id)
        default: return false
        }
        return true
    }

    /// What no other server of the family has.
    private mutating func dispatchOwn(
        _ command: CommandID, _ request: borrowing Request, _ id: SessionID
    ) -> Bool {
        switch command {
        case .rdsSentinel: hearSentinel(request, id)
        case .rdsCapabilities: OwnCommands.capabilities(&sessions[id].reply)
        case .rdsGoodbye: promiseGoodbye(id)
        case .rdsLink: describeLink(id)
        case .rdsHelp: OwnCommands.help(&sessions[id].reply)
        case .rdsSwitchover: switchover(request, id)
        default: return false
        }
        return true
    }

    private func commandSettings(_ id: SessionID) -> CommandSettings {
        let settings = CommandSettings(
            longestString: settings.protoMaxBulkLength, unlinksExpired: settings.lazyfreeExpire)
        return sessions[id].flags.contains(.masterLink) ? settings.obeying : settings
    }
}

extension CommandID {
    /// Changes databases other than the one that its session has selected.
    var touchesOtherDatabases: Bool {
        switch self {
        case .copy, .move, .swapdb, .flushall: true
        default: false
        }
    }
}
