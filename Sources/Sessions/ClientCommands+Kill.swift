import Bytes
import Determinism
import Protocol

/// CLIENT KILL, in its old form with one address and its new form with filters.
extension ClientCommands {
    /// Which sessions CLIENT KILL means: those that every filter given fits.
    public struct KillFilter: Equatable, Sendable {
        /// ADDR.
        public var address: ByteString?
        /// LADDR.
        public var localAddress: ByteString?
        /// TYPE.
        public var kind: SessionClass?
        /// ID.
        public var clientID: Int?
        /// USER.
        public var userName: ByteString?
        /// MAXAGE: only sessions that have been connected for as many seconds or more.
        public var minimumAgeSeconds: Int?
        /// SKIPME: whether the session that asks is spared.
        public var skipsCaller = true

        /// Fits every session but the one that asks.
        public init() {}

        /// Whether the filter fits `session`; `isCaller` says that it is the one that asks.
        public func fits(_ session: borrowing Session, isCaller: Bool, at now: Instant) -> Bool {
            if isCaller && skipsCaller { return false }
            if let address, session.address != address { return false }
            if let localAddress, session.localAddress != localAddress { return false }
            if let kind, session.kind != kind { return false }
            if let clientID, session.clientID != clientID { return false }
            if let userName, session.userName != userName { return false }
            if let minimumAgeSeconds, session.ageSeconds(at: now) < minimumAgeSeconds {
                return false
            }
            return true
        }
    }

    /// CLIENT KILL ip:port | CLIENT KILL option value [option value ...].
    ///
    /// The others that fit are closed at the end of the turn and execute nothing more; the one
    /// that asks is closed when it has its reply, and so are those that are about to be told why
    /// they are closed.
    public static func kill(
        _ request: borrowing Request, _ id: SessionID, _ sessions: inout SessionTable,
        access: borrowing AccessControl, at now: Instant
    ) {
        guard let filter = killFilter(request, access, &sessions[id].reply) else { return }
        var killed = 0
        for other in sessions.identifiers where !sessions[other].flags.contains(.closeNow) {
            guard filter.fits(sessions[other], isCaller: other == id, at: now) else { continue }
            if other == id {
                sessions.closeAfterReply(id)
            } else if !sessions[other].flags.contains([.closeAfterReply, .outputPending]) {
                sessions.closeNow(other)
            }
            killed += 1
        }
        if request.count > 3 {
            sessions[id].reply.integer(killed)
        } else if killed == 0 {
            sessions[id].reply.error("ERR No such client")
        } else {
            sessions[id].reply.ok()
        }
    }

    private static func killFilter(
        _ request: borrowing Request, _ access: borrowing AccessControl,
        _ reply: inout ReplyWriter
    ) -> KillFilter? {
        var filter = KillFilter()
        if request.count == 3 {
            filter.address = request.owned(2)
            filter.skipsCaller = false
            return filter
        }
        var index = 2
        while index < request.count {
            guard index + 1 < request.count else {
                reply.error("ERR syntax error")
                return nil
            }
            guard read(request, index, into: &filter, access, &reply) else { return nil }
            index += 2
        }
        return filter
    }

    /// Reads one filter and its value; false when an error was answered.
    private static func read(
        _ request: borrowing Request, _ index: Int, into filter: inout KillFilter,
        _ access: borrowing AccessControl, _ reply: inout ReplyWriter
    ) -> Bool {
        let option = request[index]
        let value = index + 1
        if option.equalsIgnoringCase("id") {
            guard let clientID = request.integer(value), clientID > 0 else {
                reply.error("ERR client-id should be greater than 0")
                return false
            }
            filter.clientID = clientID
        } else if option.equalsIgnoringCase("maxage") {
            guard let seconds = request.integer(value) else {
                reply.error("ERR maxage is not an integer or out of range")
                return false
            }
            guard seconds > 0 else {
                reply.error("ERR maxage should be greater than 0")
                return false
            }
            filter.minimumAgeSeconds = seconds
        } else if option.equalsIgnoringCase("type") {
            guard let kind = SessionClass(name: request[value]) else {
                reply.error(around: "ERR Unknown client type '", request[value], "'")
                return false
            }
            filter.kind = kind
        } else if option.equalsIgnoringCase("addr") {
            filter.address = request.owned(value)
        } else if option.equalsIgnoringCase("laddr") {
            filter.localAddress = request.owned(value)
        } else if option.equalsIgnoringCase("user") {
            guard access.userExists(request[value]) else {
                reply.error(around: "ERR No such user '", request[value], "'")
                return false
            }
            filter.userName = request.owned(value)
        } else if option.equalsIgnoringCase("skipme") {
            if request[value].equalsIgnoringCase("yes") {
                filter.skipsCaller = true
            } else if request[value].equalsIgnoringCase("no") {
                filter.skipsCaller = false
            } else {
                reply.error("ERR syntax error")
                return false
            }
        } else {
            reply.error("ERR syntax error")
            return false
        }
        return true
    }
}
