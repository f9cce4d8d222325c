import Bytes
import Determinism
import Protocol
import Storage

// Strings that are numbers: INCR and its relatives.

extension StringCommands {
    /// Answers `INCR key`.
    public static func incr(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        add(1, request, &database, &reply)
    }

    /// Answers `DECR key`.
    public static func decr(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        add(-1, request, &database, &reply)
    }

    /// Answers `INCRBY key increment`.
    public static func incrby(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        guard let increment = reply.integerArgument(request, 2) else { return }
        add(increment, request, &database, &reply)
    }

    /// Answers `DECRBY key decrement`.
    public static func decrby(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        guard let decrement = reply.integerArgument(request, 2) else { return }
        if decrement == .min { return reply.error("ERR decrement would overflow") }
        add(-decrement, request, &database, &reply)
    }

    /// Answers `INCRBYFLOAT key increment`.
    public static func incrbyfloat(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        var old = ExtendedFloat(0)
        if let value = database.find(request[1], at: request.now, .write) {
            if value.kind != .string { return reply.wrongType() }
            if let integer = value.integer {
                old = ExtendedFloat(integer)
            } else {
                guard let number = value.withBytes({ ExtendedFloat($0) }) else {
                    return reply.notAFloat()
                }
                old = number
            }
        }
        guard let increment = ExtendedFloat(request[2]) else { return reply.notAFloat() }
        guard let sum = old.adding(increment) else {
            return reply.error("ERR increment would produce NaN or Infinity")
        }
        let text = sum.text
        let hash = database.hash(request[1])
        if database.setText(request[1], hash: hash, text.span, expiry: .keep, at: request.now) {
            database.changes.notify(.new, "new", request[1])
        }
        database.changes.dirty += 1
        database.changes.notify(.string, "incrbyfloat", request[1])
        // The sum is propagated, not the increment: what a replica calculates must not matter.
        database.changes.propagate(["SET", request.owned(1), ByteString(text), "KEEPTTL"])
        reply.bulk(text.span)
    }

    private static func add(
        _ increment: Int, _ request: borrowing Request, _ database: inout Database,
        _ reply: inout ReplyWriter
    ) {
        var old = 0
        if let value = database.find(request[1], at: request.now, .write) {
            if value.kind != .string { return reply.wrongType() }
            guard let number = value.integer ?? value.withBytes({ DecimalText.parse($0) }) else {
                return reply.notAnInteger()
            }
            old = number
        }
        let (sum, overflows) = old.addingReportingOverflow(increment)
        if overflows { return reply.error("ERR increment or decrement would overflow") }
        if database.setInteger(request[1], sum, expiry: .keep, at: request.now) {
            database.changes.notify(.new, "new", request[1])
        }
        database.changes.dirty += 1
        database.changes.notify(.string, "incrby", request[1])
        reply.integer(sum)
    }
}
