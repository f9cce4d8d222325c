import Bytes
import Determinism
import Protocol
import Storage

// What changes a part of a string: APPEND and SETRANGE.

extension StringCommands {
    /// Answers `APPEND key value`.
    public static func append(
        _ request: borrowing Request, _ database: inout Database, _ settings: CommandSettings,
        _ reply: inout ReplyWriter
    ) {
        var length = request[2].count
        if let value = database.find(request[1], at: request.now, .write) {
            if value.kind != .string { return reply.wrongType() }
            if exceeds(value.byteCount, length, settings) { return reply.stringTooLong() }
            length = database.append(request[1], request[2], at: request.now)
        } else {
            database.setString(request[1], request[2], expiry: .clear, at: request.now)
            database.changes.notify(.new, "new", request[1])
        }
        database.changes.dirty += 1
        database.changes.notify(.string, "append", request[1])
        reply.integer(length)
    }

    /// Answers `SETRANGE key offset value`.
    public static func setrange(
        _ request: borrowing Request, _ database: inout Database, _ settings: CommandSettings,
        _ reply: inout ReplyWriter
    ) {
        guard let offset = reply.integerArgument(request, 2) else { return }
        if offset < 0 { return reply.error("ERR offset is out of range") }
        let part = request[3]
        var isNew = false
        if let value = database.find(request[1], at: request.now, .write) {
            if value.kind != .string { return reply.wrongType() }
            if part.count == 0 { return reply.integer(value.byteCount) }
        } else if part.count == 0 {
            return reply.integer(0)
        } else {
            isNew = true
        }
        if exceeds(offset, part.count, settings) { return reply.stringTooLong() }
        let length = database.setRange(request[1], offset: offset, part, at: request.now)
        if isNew { database.changes.notify(.new, "new", request[1]) }
        database.changes.dirty += 1
        database.changes.notify(.string, "setrange", request[1])
        reply.integer(length)
    }

    private static func exceeds(_ first: Int, _ second: Int, _ settings: CommandSettings) -> Bool {
        let (sum, overflows) = first.addingReportingOverflow(second)
        return overflows || sum > settings.longestString
    }
}
