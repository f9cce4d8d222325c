import Bytes
import Determinism
import Protocol
import Storage

/// OBJECT: how a value is kept, and when it was last used.
public enum ObjectCommands {
    /// Answers `OBJECT ENCODING key`.
    public static func encoding(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        guard let value = value(request, &database, &reply) else { return }
        reply.bulk(value.encoding.name)
    }

    /// Answers `OBJECT REFCOUNT key`.
    ///
    /// Small integers are shared objects in Redis and count as such there; nothing is shared here,
    /// but clients that look for the number find it.
    public static func refcount(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        guard let value = value(request, &database, &reply) else { return }
        let isShared = value.integer.map { $0 >= 0 && $0 < 10_000 } ?? false
        reply.integer(isShared ? Int(Int32.max) : 1)
    }

    /// Answers `OBJECT IDLETIME key`.
    public static func idletime(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        guard let value = value(request, &database, &reply) else { return }
        reply.integer(value.idleSeconds(at: request.now))
    }

    /// Answers `OBJECT FREQ key`.
    ///
    /// Access frequencies are kept under an LFU policy only, and there is none so far.
    public static func freq(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        guard value(request, &database, &reply) != nil else { return }
        reply.error(
            """
            ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note \
            that when switching between policies at runtime LRU and LFU data will take some time \
            to adjust.
            """)
    }

    /// Answers `OBJECT HELP`.
    public static func help(_ request: borrowing Request, _ reply: inout ReplyWriter) {
        reply.help(
            "OBJECT",
            [
                "ENCODING <key>",
                "    Name the way in which the value of <key> is kept.",
                "FREQ <key>",
                "    Tell how often <key> was used of late, on a logarithmic scale.",
                "IDLETIME <key>",
                "    Tell for about how many seconds <key> was not used.",
                "REFCOUNT <key>",
                "    Tell how many references the value of <key> has.",
            ])
    }

    private static func value(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) -> ValueReference? {
        if let value = database.find(request[2], at: request.now, .peek) { return value }
        reply.null()
        return nil
    }
}
