import Bytes
import Determinism
import Protocol
import Storage

/// The string group: what reads whole values and parts of them.
///
/// The files beside this one change
/// them.
public enum StringCommands {
    /// Answers `GET key`.
    public static func get(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        _ = replyWithString(request, &database, &reply)
    }

    /// Answers `STRLEN key`.
    public static func strlen(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        guard let value = database.find(request[1], at: request.now, .read) else {
            return reply.integer(0)
        }
        if value.kind != .string { return reply.wrongType() }
        reply.integer(value.byteCount)
    }

    /// Answers `MGET key [key ...]`.
    public static func mget(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        reply.array(count: request.count - 1)
        for index in 1..<request.count {
            if let value = database.find(request[index], at: request.now, .read),
                value.kind == .string
            {
                reply.bulk(value)
            } else {
                reply.null()
            }
            if reply.isBeyondLimit { return }
        }
    }

    /// Answers `GETRANGE key start end, SUBSTR key start end`.
    public static func getrange(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        guard let first = reply.integerArgument(request, 2),
            let last = reply.integerArgument(request, 3)
        else { return }
        guard let value = database.find(request[1], at: request.now, .read) else {
            return reply.bulk("")
        }
        if value.kind != .string { return reply.wrongType() }
        if first < 0 && last < 0 && first > last { return reply.bulk("") }
        value.withBytes { text in
            let count = text.count
            let start = max(first < 0 ? count + first : first, 0)
            let end = min(max(last < 0 ? count + last : last, 0), count - 1)
            if start > end || count == 0 { return reply.bulk("") }
            reply.bulk(text.extracting(start..<end + 1))
        }
    }

    /// Answers with the string at the first argument; false when it is of another kind.
    static func replyWithString(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) -> Bool {
        guard let value = database.find(request[1], at: request.now, .read) else {
            reply.null()
            return true
        }
        if value.kind != .string {
            reply.wrongType()
            return false
        }
        reply.bulk(value)
        return true
    }
}
