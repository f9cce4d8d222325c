import Bytes
import Determinism
import Protocol
import Storage

/// EXPIRE and its relatives, and what asks for the time that is left.
///
/// Times are propagated as PEXPIREAT; a time that has passed removes the key and is propagated as
/// DEL. Only a master removes: a replica, and a load, keep the key with its past time and wait
/// for the master's word.
public enum ExpiryCommands {
    /// Answers `EXPIRE key seconds [NX | XX | GT | LT]`.
    public static func expire(
        _ request: borrowing Request, _ database: inout Database, _ settings: CommandSettings,
        _ reply: inout ReplyWriter
    ) {
        change(request, .seconds, "expire", &database, settings, &reply)
    }

    /// Answers `PEXPIRE key milliseconds [NX | XX | GT | LT]`.
    public static func pexpire(
        _ request: borrowing Request, _ database: inout Database, _ settings: CommandSettings,
        _ reply: inout ReplyWriter
    ) {
        change(request, .milliseconds, "pexpire", &database, settings, &reply)
    }

    /// Answers `EXPIREAT key unix-time-seconds [NX | XX | GT | LT]`.
    public static func expireat(
        _ request: borrowing Request, _ database: inout Database, _ settings: CommandSettings,
        _ reply: inout ReplyWriter
    ) {
        change(request, .secondsAt, "expireat", &database, settings, &reply)
    }

    /// Answers `PEXPIREAT key unix-time-milliseconds [NX | XX | GT | LT]`.
    public static func pexpireat(
        _ request: borrowing Request, _ database: inout Database, _ settings: CommandSettings,
        _ reply: inout ReplyWriter
    ) {
        change(request, .millisecondsAt, "pexpireat", &database, settings, &reply)
    }

    /// Answers `PERSIST key`.
    public static func persist(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        guard let value = database.find(request[1], at: request.now, .write),
            value.hasExpiry, database.setExpiry(request[1], milliseconds: nil)
        else { return reply.integer(0) }
        database.changes.dirty += 1
        database.changes.notify(.generic, "persist", request[1])
        reply.integer(1)
    }

    /// Answers `TTL key`.
    public static func ttl(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        guard let time = remaining(request, &database, &reply) else { return }
        reply.integer(seconds(time))
    }

    /// Answers `PTTL key`.
    public static func pttl(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        guard let time = remaining(request, &database, &reply) else { return }
        reply.integer(time)
    }

    /// Answers `EXPIRETIME key`.
    public static func expiretime(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        guard let time = expiry(request, &database, &reply) else { return }
        reply.integer(seconds(time))
    }

    /// Answers `PEXPIRETIME key`.
    public static func pexpiretime(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        guard let time = expiry(request, &database, &reply) else { return }
        reply.integer(time)
    }

    // MARK: Shared with GETEX

    /// Whether a key that gets this expiry is to be removed at once.
    static func hasPassed(_ expiry: Int, at now: UnixTime, _ policy: ExpiryPolicy) -> Bool {
        policy == .remove && expiry <= Int(now.milliseconds)
    }

    /// Removes the key of a command whose time has passed, and propagates that.
    static func removeAsPast(
        _ request: borrowing Request, _ database: inout Database, _ settings: CommandSettings
    ) {
        guard database.remove(request[1]) else { return }
        database.changes.dirty += 1
        database.changes.notify(.generic, "del", request[1])
        database.changes.propagate([
            settings.unlinksExpired ? "UNLINK" : "DEL", request.owned(1),
        ])
    }

    // MARK: Steps

    private static func change(
        _ request: borrowing Request, _ time: ExpiryOptions.Time, _ command: StaticString,
        _ database: inout Database, _ settings: CommandSettings, _ reply: inout ReplyWriter
    ) {
        guard let condition = ExpiryCondition(request, &reply),
            let given = reply.integerArgument(request, 2)
        else { return }
        let (scaled, overflows) = given.multipliedReportingOverflow(by: time.isInSeconds ? 1000 : 1)
        let base = time.isRelative ? Int(request.now.milliseconds) : 0
        let (expiry, carries) = scaled.addingReportingOverflow(base)
        if overflows || carries { return reply.invalidExpireTime(command) }
        guard let value = database.find(request[1], at: request.now, .write) else {
            return reply.integer(0)
        }
        guard condition.allows(expiry, insteadOf: value.expiryMilliseconds) else {
            return reply.integer(0)
        }
        if hasPassed(expiry, at: request.now, database.expiryPolicy) {
            removeAsPast(request, &database, settings)
            return reply.integer(1)
        }
        _ = database.setExpiry(request[1], milliseconds: Int64(expiry))
        database.changes.dirty += 1
        database.changes.notify(.generic, "expire", request[1])
        if time != .millisecondsAt {
            var command = ["PEXPIREAT", request.owned(1), ByteString(String(expiry))]
            for index in 3..<max(request.count, 3) { command.append(request.owned(index)) }
            database.changes.propagate(command)
        }
        reply.integer(1)
    }

    /// The key's expiry in milliseconds; nil when the reply (-2, -1) is written.
    private static func expiry(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) -> Int? {
        guard let value = database.find(request[1], at: request.now, .readWithoutTouch) else {
            reply.integer(-2)
            return nil
        }
        guard let expiry = value.expiryMilliseconds else {
            reply.integer(-1)
            return nil
        }
        return max(Int(expiry), 0)
    }

    private static func remaining(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) -> Int? {
        guard let expiry = expiry(request, &database, &reply) else { return nil }
        return max(expiry - Int(request.now.milliseconds), 0)
    }

    /// Milliseconds as seconds, rounded to nearest.
    private static func seconds(_ milliseconds: Int) -> Int {
        Int((UInt(milliseconds) + 500) / 1000)
    }
}

/// NX, XX, GT and LT of the EXPIRE family: which expiry the new one may replace.
private struct ExpiryCondition {
    var onlyIfNone = false
    var onlyIfSome = false
    var onlyIfLater = false
    var onlyIfEarlier = false

    /// Reads the arguments from the third on; nil when the error was written.
    init?(_ request: borrowing Request, _ reply: inout ReplyWriter) {
        for index in 3..<max(request.count, 3) {
            let option = request[index]
            if option.equalsIgnoringCase("nx") {
                onlyIfNone = true
            } else if option.equalsIgnoringCase("xx") {
                onlyIfSome = true
            } else if option.equalsIgnoringCase("gt") {
                onlyIfLater = true
            } else if option.equalsIgnoringCase("lt") {
                onlyIfEarlier = true
            } else {
                reply.error(
                    bytes: Array("ERR Unsupported option ".utf8) + request.owned(index).bytes)
                return nil
            }
        }
        if onlyIfNone && (onlyIfSome || onlyIfLater || onlyIfEarlier) {
            reply.error(
                "ERR NX and XX, GT or LT options at the same time are not compatible")
            return nil
        }
        if onlyIfLater && onlyIfEarlier {
            reply.error("ERR GT and LT options at the same time are not compatible")
            return nil
        }
    }

    /// Whether `new` may take the place of `old`.
    ///
    /// No expiry counts as one that never comes.
    func allows(_ new: Int, insteadOf old: Int64?) -> Bool {
        guard let old else { return !onlyIfSome && !onlyIfLater }
        let current = Int(old)
        if onlyIfNone { return false }
        if onlyIfLater && new <= current { return false }
        return !(onlyIfEarlier && new >= current)
    }
}
