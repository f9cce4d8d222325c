import Bytes
import Determinism
import Protocol
import Storage

/// Commands of the server group that concern whole databases, and the clock.
public enum DatabaseCommands {
    /// Answers `TIME`.
    public static func time(_ request: borrowing Request, _ reply: inout ReplyWriter) {
        reply.array(count: 2)
        reply.bulk(decimal: Int(request.now.seconds))
        reply.bulk(decimal: Int(request.now.microseconds % 1_000_000))
    }

    /// Answers `DBSIZE`.
    public static func dbsize(_ database: inout Database, _ reply: inout ReplyWriter) {
        reply.integer(database.count)
    }

    /// Answers `SWAPDB index1 index2`.
    public static func swapdb(
        _ request: borrowing Request, _ keyspace: inout Keyspace, _ reply: inout ReplyWriter
    ) {
        guard let first = index(request, 1, "ERR invalid first DB index", &reply),
            let second = index(request, 2, "ERR invalid second DB index", &reply)
        else { return }
        let all = 0..<keyspace.databaseCount
        guard all.contains(first) && all.contains(second) else {
            return reply.databaseOutOfRange()
        }
        if first != second { keyspace.swapDatabases(first, second, at: request.now) }
        keyspace[first].changes.dirty += 1
        reply.ok()
    }

    /// FLUSHDB [ASYNC | SYNC]; whether it was done.
    ///
    /// Counts as a change even when the database was empty: a replica's need not be.
    public static func flushdb(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) -> Bool {
        guard isFlush(request) else {
            reply.syntaxError()
            return false
        }
        database.changes.dirty += max(database.removeAll(), 1)
        reply.ok()
        return true
    }

    /// FLUSHALL [ASYNC | SYNC]; whether it was done.
    ///
    /// The caller ends a snapshot that is under way, and saves when there are save points.
    public static func flushall(
        _ request: borrowing Request, _ keyspace: inout Keyspace, from selected: Int,
        _ reply: inout ReplyWriter
    ) -> Bool {
        guard isFlush(request) else {
            reply.syntaxError()
            return false
        }
        let removed = keyspace.removeAll()
        keyspace[selected].changes.dirty += max(removed, 1)
        reply.ok()
        return true
    }

    private static func isFlush(_ request: borrowing Request) -> Bool {
        if request.count == 1 { return true }
        return request.count == 2
            && (request[1].equalsIgnoringCase("sync") || request[1].equalsIgnoringCase("async"))
    }

    private static func index(
        _ request: borrowing Request, _ argument: Int, _ text: StaticString,
        _ reply: inout ReplyWriter
    ) -> Int? {
        if let value = request.integer(argument), Int32(exactly: value) != nil { return value }
        reply.error(text)
        return nil
    }
}
