import Bytes
import Determinism
import Protocol
import Storage

// The subcommands of DEBUG that look at keys, or make them.

extension DebugCommands {
    /// Runs the subcommand if it is one of these.
    static func inspect(
        _ request: borrowing Request, _ keyspace: inout Keyspace, _ database: Int,
        _ reply: inout ReplyWriter
    ) -> Bool {
        let name = request[1]
        let count = request.count
        if name.equalsIgnoringCase("populate") && count >= 3 && count <= 5 {
            populate(request, &keyspace[database], &reply)
        } else if name.equalsIgnoringCase("digest-value") {
            reply.array(count: count - 2)
            for index in 2..<max(count, 2) {
                let digest = DataSetDigest.value(request[index], &keyspace[database])
                reply.simple(text: digest.hexadecimal)
            }
        } else if name.equalsIgnoringCase("object") && count == 3 {
            object(request, &keyspace[database], &reply)
        } else if name.equalsIgnoringCase("sdslen") && count == 3 {
            stringLengths(request, &keyspace[database], &reply)
        } else if name.equalsIgnoringCase("htstats") && count >= 3 {
            tableStatistics(request, &keyspace, &reply)
        } else if name.equalsIgnoringCase("htstats-key") && count >= 3 {
            refuse(
                request, &keyspace[database],
                "ERR The value stored at the specified key is not represented using an hash table",
                &reply)
        } else if name.equalsIgnoringCase("listpack") && count == 3 {
            refuse(
                request, &keyspace[database], "ERR Not a listpack encoded object.", &reply)
        } else if name.equalsIgnoringCase("quicklist") && (count == 3 || count == 4) {
            refuse(
                request, &keyspace[database], "ERR Not a quicklist encoded object.", &reply)
        } else {
            return false
        }
        return true
    }

    /// Makes keys without propagating them: replicas do not get them.
    private static func populate(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        guard let keys = reply.naturalArgument(request, 2) else { return }
        var size = 0
        if request.count == 5 {
            guard let given = reply.naturalArgument(request, 4) else { return }
            size = given
        }
        let prefix = request.count > 3 ? request.owned(3) : "key"
        for number in 0..<keys {
            var key = prefix
            key.bytes.append(contentsOf: ":\(number)".utf8)
            if database.find(key.bytes.span, at: request.now, .write) != nil { continue }
            var value = Array("value:\(number)".utf8)
            if size > 0 {
                if value.count > size { value.removeLast(value.count - size) }
                value.append(contentsOf: repeatElement(0, count: size - value.count))
            }
            database.setString(key.bytes.span, value.span, at: request.now)
        }
        reply.ok()
    }

    private static func object(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        guard let value = keptValue(request, &database, &reply) else { return }
        let address = String(value.debugAddress, radix: 16)
        reply.simple(
            text: """
                Value at:0x\(address) refcount:1 encoding:\(value.encoding.name) \
                serializedlength:\(value.serializedLength(compresses: true)) \
                lru:\(value.accessClock) \
                lru_seconds_idle:\(value.idleSeconds(at: request.now))
                """)
    }

    private static func stringLengths(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        guard let value = keptValue(request, &database, &reply) else { return }
        if value.kind != .string || value.integer != nil {
            return reply.error("ERR Not an sds encoded string.")
        }
        let (key, string) = (request[2].count, value.byteCount)
        reply.simple(
            text: """
                key_sds_len:\(key), key_sds_avail:0, key_zmalloc: \(key), \
                val_sds_len:\(string), val_sds_avail:0, val_zmalloc: \(value.memoryUsage)
                """)
    }

    private static func tableStatistics(
        _ request: borrowing Request, _ keyspace: inout Keyspace, _ reply: inout ReplyWriter
    ) {
        guard let index = reply.integerArgument(request, 2) else { return }
        guard index >= 0 && index < keyspace.databaseCount else {
            return reply.error("ERR Out of range database")
        }
        let (keys, expiring) = (keyspace[index].count, keyspace[index].expiringCount)
        reply.verbatim(
            ByteString(
                """
                [Dictionary HT]
                Hash table 0 stats (main hash table):
                 number of elements: \(keys)
                [Expires HT]
                Hash table 0 stats (main hash table):
                 number of elements: \(expiring)

                """))
    }

    /// What concerns encodings that no value has yet: the key must exist all the same.
    private static func refuse(
        _ request: borrowing Request, _ database: inout Database, _ text: StaticString,
        _ reply: inout ReplyWriter
    ) {
        guard database.find(request[2], at: request.now, .peek) != nil else {
            return reply.noSuchKey()
        }
        reply.error(text)
    }

    /// The value of a key, also when its time has passed.
    private static func keptValue(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) -> ValueReference? {
        if let value = DataSetDigest.keptValue(request[2], &database) { return value }
        reply.noSuchKey()
        return nil
    }
}
