import Bytes
import Determinism
import Protocol
import Storage

/// The generic group: what treats keys alike, whatever they hold.
public enum KeyCommands {
    /// Answers `DEL key [key ...], UNLINK key [key ...]`.
    ///
    /// Values are given back at once: the ones that exist so far are one allocation.
    public static func del(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        var removed = 0
        for index in 1..<request.count {
            let key = request[index]
            if database.expiringCount > 0 { _ = database.find(key, at: request.now, .write) }
            guard database.remove(key) else { continue }
            removed += 1
            database.changes.dirty += 1
            database.changes.notify(.generic, "del", key)
        }
        reply.integer(removed)
    }

    /// Answers `EXISTS key [key ...]`.
    public static func exists(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        var found = 0
        for index in 1..<request.count
        where database.find(request[index], at: request.now, .readWithoutTouch) != nil {
            found += 1
        }
        reply.integer(found)
    }

    /// Answers `TOUCH key [key ...]`.
    public static func touch(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        var found = 0
        for index in 1..<request.count
        where database.find(request[index], at: request.now, .read) != nil {
            found += 1
        }
        reply.integer(found)
    }

    /// Answers `TYPE key`.
    public static func type(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        if let value = database.find(request[1], at: request.now, .readWithoutTouch) {
            reply.simple(value.kind.name)
        } else {
            reply.simple("none")
        }
    }

    /// Answers `RANDOMKEY`.
    public static func randomkey(
        _ request: borrowing Request, _ database: inout Database, _ random: inout RandomSource,
        _ reply: inout ReplyWriter
    ) {
        if let key = database.randomKey(at: request.now, &random) {
            reply.bulk(key)
        } else {
            reply.null()
        }
    }

    /// Answers `RENAME key newkey`.
    public static func rename(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        guard let done = rename(request, &database, replaces: true, &reply) else { return }
        if done { reply.ok() }
    }

    /// Answers `RENAMENX key newkey`.
    public static func renamenx(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        guard let done = rename(request, &database, replaces: false, &reply) else { return }
        reply.integer(done ? 1 : 0)
    }

    /// Answers `MOVE key db`.
    public static func move(
        _ request: borrowing Request, _ keyspace: inout Keyspace, from source: Int,
        _ reply: inout ReplyWriter
    ) {
        guard let target = reply.smallIntegerArgument(request, 2) else { return }
        guard target >= 0 && target < keyspace.databaseCount else {
            return reply.databaseOutOfRange()
        }
        if target == source { return reply.sameObject() }
        let key = request[1]
        guard keyspace[source].find(key, at: request.now, .write) != nil,
            keyspace[target].find(key, at: request.now, .write) == nil
        else { return reply.integer(0) }
        _ = keyspace.move(key, from: source, to: target)
        keyspace[source].changes.dirty += 1
        keyspace[source].changes.notify(.new, "new", key, in: target)
        keyspace[source].changes.notify(.generic, "move_from", key)
        keyspace[source].changes.notify(.generic, "move_to", key, in: target)
        reply.integer(1)
    }

    /// Answers `COPY source destination [DB number] [REPLACE]`.
    public static func copy(
        _ request: borrowing Request, _ keyspace: inout Keyspace, from source: Int,
        _ reply: inout ReplyWriter
    ) {
        var target = source
        var replaces = false
        var index = 3
        while index < request.count {
            if request[index].equalsIgnoringCase("replace") {
                replaces = true
            } else if request[index].equalsIgnoringCase("db") && index + 1 < request.count {
                guard let number = reply.smallIntegerArgument(request, index + 1) else { return }
                guard number >= 0 && number < keyspace.databaseCount else {
                    return reply.databaseOutOfRange()
                }
                target = number
                index += 1
            } else {
                return reply.syntaxError()
            }
            index += 1
        }
        let (key, newKey) = (request[1], request[2])
        if target == source && key.equals(newKey) { return reply.sameObject() }
        guard keyspace[source].find(key, at: request.now, .read) != nil else {
            return reply.integer(0)
        }
        if keyspace[target].find(newKey, at: request.now, .write) != nil && !replaces {
            return reply.integer(0)
        }
        _ = keyspace.copy(key, from: source, to: newKey, in: target)
        keyspace[source].changes.dirty += 1
        keyspace[target].changes.notify(.new, "new", newKey)
        keyspace[target].changes.notify(.generic, "copy_to", newKey)
        reply.integer(1)
    }

    /// Whether the key was renamed; nil when it is missing: the error is written then.
    private static func rename(
        _ request: borrowing Request, _ database: inout Database, replaces: Bool,
        _ reply: inout ReplyWriter
    ) -> Bool? {
        let (key, newKey) = (request[1], request[2])
        guard database.find(key, at: request.now, .write) != nil else {
            reply.noSuchKey()
            return nil
        }
        if key.equals(newKey) { return replaces }
        if database.find(newKey, at: request.now, .write) != nil && !replaces { return false }
        database.rename(key, to: newKey)
        database.changes.dirty += 1
        database.changes.notify(.new, "new", newKey)
        database.changes.notify(.generic, "rename_from", key)
        database.changes.notify(.generic, "rename_to", newKey)
        return true
    }
}
