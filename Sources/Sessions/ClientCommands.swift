import Bytes
import Determinism
import Protocol

/// CLIENT and its subcommands, but for KILL.
public enum ClientCommands {
    static let invalidName: StaticString =
        "ERR Client names cannot contain spaces, newlines or special characters."

    // MARK: Who

    /// CLIENT ID.
    public static func id(_ session: inout Session) { session.reply.integer(session.clientID) }

    /// CLIENT INFO.
    public static func info(
        _ id: SessionID, _ sessions: inout SessionTable, at now: Instant
    ) {
        let describe = SessionDescription(at: now, catalog: sessions.catalog)
        var text: [UInt8] = []
        describe.append(sessions[id], to: &text)
        text.append(0x0a)
        sessions[id].reply.verbatim(ByteString(text))
    }

    /// CLIENT LIST [TYPE type] [ID client-id ...].
    public static func list(
        _ request: borrowing Request, _ id: SessionID, _ sessions: inout SessionTable,
        at now: Instant
    ) {
        var listed: [SessionID] = []
        if request.count == 4 && request[2].equalsIgnoringCase("type") {
            guard let kind = SessionClass(name: request[3]) else {
                return sessions[id].reply.error(
                    around: "ERR Unknown client type '", request[3], "'")
            }
            for other in sessions.identifiers where sessions[other].kind == kind {
                listed.append(other)
            }
        } else if request.count > 3 && request[2].equalsIgnoringCase("id") {
            for index in 3..<request.count {
                guard let clientID = request.integer(index) else {
                    return sessions[id].reply.error("ERR Invalid client ID")
                }
                if let other = sessions.find(clientID: clientID) { listed.append(other) }
            }
        } else if request.count == 2 {
            listed = sessions.identifiers
        } else {
            return sessions[id].reply.error("ERR syntax error")
        }
        let describe = SessionDescription(at: now, catalog: sessions.catalog)
        var text: [UInt8] = []
        for other in listed {
            describe.append(sessions[other], to: &text)
            text.append(0x0a)
        }
        sessions[id].reply.verbatim(ByteString(text))
    }

    // MARK: Names

    /// CLIENT GETNAME.
    public static func getName(_ session: inout Session) {
        let name = session.name
        if name.isEmpty { session.reply.null() } else { session.reply.bulk(name) }
    }

    /// CLIENT SETNAME connection-name; an empty one removes the name.
    public static func setName(_ request: borrowing Request, _ session: inout Session) {
        guard isValidAttribute(request[2]) else { return session.reply.error(invalidName) }
        session.name = request.owned(2)
        session.reply.ok()
    }

    /// CLIENT SETINFO LIB-NAME|LIB-VER value.
    public static func setInfo(_ request: borrowing Request, _ session: inout Session) {
        let isName = request[2].equalsIgnoringCase("lib-name")
        guard isName || request[2].equalsIgnoringCase("lib-ver") else {
            return session.reply.error(around: "ERR Unrecognized option '", request[2], "'")
        }
        guard isValidAttribute(request[3]) else {
            return session.reply.error(
                around: "ERR ", request[2],
                " cannot contain spaces, newlines or special characters.")
        }
        if isName {
            session.libraryName = request.owned(3)
        } else {
            session.libraryVersion = request.owned(3)
        }
        session.reply.ok()
    }

    /// Whether a name would stay one word in CLIENT LIST: printable ASCII without blanks.
    static func isValidAttribute(_ value: Span<UInt8>) -> Bool {
        for index in value.indices where value[index] < 0x21 || value[index] > 0x7e {
            return false
        }
        return true
    }

    // MARK: Modes

    /// CLIENT REPLY ON|OFF|SKIP.
    public static func reply(_ request: borrowing Request, _ session: inout Session) {
        if request[2].equalsIgnoringCase("on") {
            session.flags.remove([.replyOff, .replySkip])
            session.reply.ok()
        } else if request[2].equalsIgnoringCase("off") {
            session.flags.insert(.replyOff)
        } else if request[2].equalsIgnoringCase("skip") {
            if !session.flags.contains(.replyOff) { session.flags.insert(.replySkipNext) }
        } else {
            session.reply.error("ERR syntax error")
        }
    }

    /// CLIENT NO-EVICT ON|OFF.
    public static func noEvict(_ request: borrowing Request, _ session: inout Session) {
        setFlag(.noEvict, request, &session)
    }

    /// CLIENT NO-TOUCH ON|OFF.
    public static func noTouch(_ request: borrowing Request, _ session: inout Session) {
        setFlag(.noTouch, request, &session)
    }

    private static func setFlag(
        _ flag: SessionFlags, _ request: borrowing Request, _ session: inout Session
    ) {
        if request[2].equalsIgnoringCase("on") {
            session.flags.insert(flag)
        } else if request[2].equalsIgnoringCase("off") {
            session.flags.remove(flag)
        } else {
            return session.reply.error("ERR syntax error")
        }
        session.reply.ok()
    }

    /// CLIENT CAPA capability [capability ...]: unknown ones are passed over.
    public static func capa(_ request: borrowing Request, _ session: inout Session) {
        for index in 2..<request.count where request[index].equalsIgnoringCase("redirect") {
            session.flags.insert(.redirectCapable)
        }
        session.reply.ok()
    }

    // MARK: Pausing, unblocking

    /// CLIENT PAUSE timeout [WRITE|ALL]; the timeout is in milliseconds.
    public static func pause(
        _ request: borrowing Request, _ id: SessionID, _ sessions: inout SessionTable,
        at now: Instant
    ) {
        var scope = ClientPause.Scope.all
        if request.count > 4 {
            return sessions[id].reply.subcommandSyntaxError(of: "CLIENT", request)
        }
        if request.count == 4 {
            if request[3].equalsIgnoringCase("write") {
                scope = .write
            } else if !request[3].equalsIgnoringCase("all") {
                return sessions[id].reply.error("ERR CLIENT PAUSE mode must be WRITE or ALL")
            }
        }
        guard let milliseconds = request.integer(2) else {
            return sessions[id].reply.error("ERR timeout is not an integer or out of range")
        }
        if milliseconds < 0 { return sessions[id].reply.error("ERR timeout is negative") }
        if milliseconds > Int.max - Int(request.now.milliseconds) {
            return sessions[id].reply.error("ERR timeout is out of range")
        }
        // Past the range of the clock means for good.
        let (nanoseconds, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        let (end, carried) = now.nanoseconds.addingReportingOverflow(Int64(nanoseconds))
        sessions.pause.begin(
            .clientCommand, scope,
            until: overflow || carried ? .distantFuture : Instant(nanoseconds: end))
        sessions[id].reply.ok()
    }

    /// CLIENT UNPAUSE.
    public static func unpause(_ id: SessionID, _ sessions: inout SessionTable) {
        sessions.pause.end(.clientCommand)
        sessions[id].reply.ok()
    }

    /// What CLIENT UNBLOCK asks of the server, which knows what the session waits for.
    public struct Unblocking: Equatable, Sendable {
        /// The blocked session.
        public let session: SessionID
        /// Whether it is answered with `unblockedError`, or as if its timeout had passed.
        public let asError: Bool
    }

    /// The error that a session hears when UNBLOCK ERROR ends its waiting.
    public static let unblockedError: StaticString =
        "UNBLOCKED client unblocked via CLIENT UNBLOCK"

    /// CLIENT UNBLOCK client-id [TIMEOUT|ERROR]: answers, and says whom to unblock.
    public static func unblock(
        _ request: borrowing Request, _ id: SessionID, _ sessions: inout SessionTable
    ) -> Unblocking? {
        var asError = false
        if request.count > 4 {
            sessions[id].reply.subcommandSyntaxError(of: "CLIENT", request)
            return nil
        }
        if request.count == 4 {
            if request[3].equalsIgnoringCase("error") {
                asError = true
            } else if !request[3].equalsIgnoringCase("timeout") {
                sessions[id].reply.error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR")
                return nil
            }
        }
        guard let clientID = request.integer(2) else {
            sessions[id].reply.error("ERR value is not an integer or out of range")
            return nil
        }
        guard let target = sessions.find(clientID: clientID),
            sessions[target].flags.contains(.blocked)
        else {
            sessions[id].reply.integer(0)
            return nil
        }
        sessions[id].reply.integer(1)
        return Unblocking(session: target, asError: asError)
    }

    // MARK: Tracking, which comes later

    /// CLIENT TRACKING: OFF is what it is; ON is refused.
    public static func tracking(_ request: borrowing Request, _ reply: inout ReplyWriter) {
        if request[2].equalsIgnoringCase("off") && request.count == 3 {
            reply.ok()
        } else if request[2].equalsIgnoringCase("on") {
            reply.error("ERR CLIENT TRACKING is not supported by this version of rds")
        } else {
            reply.error("ERR syntax error")
        }
    }

    /// CLIENT CACHING: needs tracking, so it is always refused.
    public static func caching(_ reply: inout ReplyWriter) {
        reply.error(
            """
            ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN \
            or OPTOUT mode enabled
            """)
    }

    /// CLIENT GETREDIR.
    public static func getRedirection(_ reply: inout ReplyWriter) { reply.integer(-1) }

    /// CLIENT TRACKINGINFO.
    public static func trackingInfo(_ reply: inout ReplyWriter) {
        reply.map(count: 3)
        reply.bulk("flags")
        reply.set(count: 1)
        reply.bulk("off")
        reply.bulk("redirect")
        reply.integer(-1)
        reply.bulk("prefixes")
        reply.array(count: 0)
    }
}
