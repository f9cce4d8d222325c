import Bytes
import Determinism
import Protocol
import Storage

// What replaces whole strings: SET and its older forms, MSET, GETSET, GETDEL and GETEX.
//
// Expiry is propagated as an absolute time, so that a replica that is late, or a log that is read
// later, sets the same one.

extension StringCommands {
    /// Answers `SET key value [NX | XX] [GET] [EX s | PX ms | EXAT s | PXAT ms | KEEPTTL]`.
    public static func set(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        if request.count == 3 {
            store(request[1], request[2], request.now, &database)
            return reply.ok()
        }
        guard let options = ExpiryOptions(request, from: 3, of: .set) else {
            return reply.syntaxError()
        }
        var expiry: Int?
        if options.time.hasArgument {
            expiry = ExpiryTime.positive(
                request, options.timeIndex, options.time, of: "set", &reply)
            if expiry == nil { return }
        }
        if options.wantsOldValue && !replyWithString(request, &database, &reply) { return }
        if options.onlyIfMissing || options.onlyIfPresent {
            let isPresent = database.find(request[1], at: request.now, .write) != nil
            if isPresent ? options.onlyIfMissing : options.onlyIfPresent {
                if !options.wantsOldValue { reply.null() }
                return
            }
        }
        store(
            request[1], request[2], request.now, &database, expiry: expiry,
            keeps: options.time == .keep)
        if let expiry {
            if options.time != .millisecondsAt {
                propagateSet(request, value: 2, expiry, &database)
            }
        } else if options.wantsOldValue {
            propagateWithoutGet(request, &database)
        }
        if !options.wantsOldValue { reply.ok() }
    }

    /// Answers `SETNX key value`.
    public static func setnx(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        if database.find(request[1], at: request.now, .write) != nil { return reply.integer(0) }
        store(request[1], request[2], request.now, &database)
        reply.integer(1)
    }

    /// Answers `SETEX key seconds value`.
    public static func setex(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        setExpiring(request, .seconds, "setex", &database, &reply)
    }

    /// Answers `PSETEX key milliseconds value`.
    public static func psetex(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        setExpiring(request, .milliseconds, "psetex", &database, &reply)
    }

    /// Answers `MSET key value [key value ...]`.
    public static func mset(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        if request.count % 2 == 0 { return reply.wrongArity("mset") }
        for index in stride(from: 1, to: request.count, by: 2) {
            store(request[index], request[index + 1], request.now, &database)
        }
        reply.ok()
    }

    /// Answers `MSETNX key value [key value ...]`.
    public static func msetnx(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        if request.count % 2 == 0 { return reply.wrongArity("msetnx") }
        for index in stride(from: 1, to: request.count, by: 2)
        where database.find(request[index], at: request.now, .write) != nil {
            return reply.integer(0)
        }
        for index in stride(from: 1, to: request.count, by: 2) {
            store(request[index], request[index + 1], request.now, &database)
        }
        reply.integer(1)
    }

    /// Answers `GETSET key value`.
    public static func getset(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        guard replyWithString(request, &database, &reply) else { return }
        store(request[1], request[2], request.now, &database)
        database.changes.propagate(["SET", request.owned(1), request.owned(2)])
    }

    /// Answers `GETDEL key`.
    public static func getdel(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        guard replyWithString(request, &database, &reply) else { return }
        guard database.remove(request[1]) else { return }
        database.changes.dirty += 1
        database.changes.notify(.generic, "del", request[1])
        database.changes.propagate(["DEL", request.owned(1)])
    }

    /// Answers `GETEX key [EX s | PX ms | EXAT s | PXAT ms | PERSIST]`.
    public static func getex(
        _ request: borrowing Request, _ database: inout Database, _ settings: CommandSettings,
        _ reply: inout ReplyWriter
    ) {
        guard let options = ExpiryOptions(request, from: 2, of: .get) else {
            return reply.syntaxError()
        }
        guard let value = database.find(request[1], at: request.now, .read) else {
            return reply.null()
        }
        if value.kind != .string { return reply.wrongType() }
        if options.time == .none { return reply.bulk(value) }
        if options.time == .persist {
            reply.bulk(value)
            guard value.hasExpiry, database.setExpiry(request[1], milliseconds: nil) else { return }
            database.changes.dirty += 1
            database.changes.notify(.generic, "persist", request[1])
            database.changes.propagate(["PERSIST", request.owned(1)])
            return
        }
        guard
            let expiry = ExpiryTime.positive(
                request, options.timeIndex, options.time, of: "getex", &reply)
        else { return }
        reply.bulk(value)
        if !options.time.isRelative
            && ExpiryCommands.hasPassed(expiry, at: request.now, database.expiryPolicy)
        {
            ExpiryCommands.removeAsPast(request, &database, settings)
            return
        }
        _ = database.setExpiry(request[1], milliseconds: Int64(expiry))
        database.changes.dirty += 1
        database.changes.notify(.generic, "expire", request[1])
        database.changes.propagate([
            "PEXPIREAT", request.owned(1), ByteString(String(expiry)),
        ])
    }

    // MARK: Steps

    private static func setExpiring(
        _ request: borrowing Request, _ time: ExpiryOptions.Time, _ command: StaticString,
        _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        guard let expiry = ExpiryTime.positive(request, 2, time, of: command, &reply) else {
            return
        }
        store(request[1], request[3], request.now, &database, expiry: expiry)
        propagateSet(request, value: 3, expiry, &database)
        reply.ok()
    }

    /// Sets the value, counts the change and tells who listens.
    @inline(__always)
    private static func store(
        _ key: Span<UInt8>, _ value: Span<UInt8>, _ now: UnixTime, _ database: inout Database,
        expiry: Int? = nil, keeps: Bool = false
    ) {
        var change: ExpiryChange = keeps ? .keep : .clear
        if let expiry { change = .at(milliseconds: Int64(expiry)) }
        if database.setString(key, value, expiry: change, at: now) {
            database.changes.notify(.new, "new", key)
        }
        database.changes.dirty += 1
        database.changes.notify(.string, "set", key)
        if expiry != nil { database.changes.notify(.generic, "expire", key) }
    }

    private static func propagateSet(
        _ request: borrowing Request, value: Int, _ expiry: Int, _ database: inout Database
    ) {
        database.changes.propagate([
            "SET", request.owned(1), request.owned(value), "PXAT", ByteString(String(expiry)),
        ])
    }

    /// A replica has no use for the old value: GET is left out, however often it is given.
    private static func propagateWithoutGet(
        _ request: borrowing Request, _ database: inout Database
    ) {
        var command: [ByteString] = []
        for index in 0..<request.count
        where index < 3 || !request[index].equalsIgnoringCase("get") {
            command.append(request.owned(index))
        }
        database.changes.propagate(command)
    }
}
