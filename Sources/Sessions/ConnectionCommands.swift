import Bytes
import Protocol

/// The commands about the connection itself: AUTH HELLO PING ECHO QUIT RESET SELECT.
public enum ConnectionCommands {
    static let wrongPassword: StaticString =
        "WRONGPASS invalid username-password pair or user is disabled."

    /// AUTH [username] password.
    public static func auth(
        _ request: borrowing Request, _ session: inout Session, access: borrowing AccessControl
    ) {
        session.flags.insert(.preventLogging)
        if request.count > 3 { return session.reply.error("ERR syntax error") }
        if request.count == 2 && !access.defaultUserNeedsPassword {
            return session.reply.error(
                """
                ERR AUTH <password> called without any password configured for the default user. \
                Are you sure your configuration is correct?
                """)
        }
        let user = request.count == 2 ? AccessControl.defaultUserName : request.owned(1)
        guard access.authenticate(user: user.bytes.span, password: request[request.count - 1])
        else { return session.reply.error(wrongPassword) }
        session.authenticate(as: user)
        session.reply.ok()
    }

    /// HELLO [protover [AUTH username password] [SETNAME clientname]].
    public static func hello(
        _ request: borrowing Request, _ session: inout Session, access: borrowing AccessControl,
        identity: borrowing ServerIdentity
    ) {
        var version: ProtocolVersion?
        if request.count >= 2 {
            guard let number = request.integer(1) else {
                return session.reply.error(
                    "ERR Protocol version is not an integer or out of range")
            }
            switch number {
            case 2: version = .resp2
            case 3: version = .resp3
            default: return session.reply.error("NOPROTO unsupported protocol version")
            }
        }
        var credentials: (user: Int, password: Int)?
        var name: ByteString?
        var index = 2
        while index < request.count {
            let following = request.count - 1 - index
            if request[index].equalsIgnoringCase("auth") && following >= 2 {
                session.flags.insert(.preventLogging)
                credentials = (index + 1, index + 2)
                index += 3
            } else if request[index].equalsIgnoringCase("setname") && following >= 1 {
                guard ClientCommands.isValidAttribute(request[index + 1]) else {
                    return session.reply.error(ClientCommands.invalidName)
                }
                name = request.owned(index + 1)
                index += 2
            } else {
                return session.reply.error(
                    around: "ERR Syntax error in HELLO option '", request[index], "'")
            }
        }
        if let credentials {
            guard
                access.authenticate(
                    user: request[credentials.user], password: request[credentials.password])
            else { return session.reply.error(wrongPassword) }
            session.authenticate(as: request.owned(credentials.user))
        }
        guard session.flags.contains(.authenticated) else {
            return session.reply.error(
                """
                NOAUTH HELLO must be called with the client already authenticated, otherwise the \
                HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client \
                and select the RESP protocol version at the same time
                """)
        }
        if let name { session.name = name }
        if let version { session.reply.version = version }
        answerHello(session.clientID, identity, &session.reply)
    }

    private static func answerHello(
        _ clientID: Int, _ identity: borrowing ServerIdentity, _ reply: inout ReplyWriter
    ) {
        reply.map(count: identity.role == nil ? 6 : 7)
        reply.bulk("server")
        reply.bulk(identity.name)
        reply.bulk("version")
        reply.bulk(identity.version)
        reply.bulk("proto")
        reply.integer(Int(reply.version.rawValue))
        reply.bulk("id")
        reply.integer(clientID)
        reply.bulk("mode")
        reply.bulk(identity.mode)
        if let role = identity.role {
            reply.bulk("role")
            reply.bulk(role)
        }
        reply.bulk("modules")
        reply.array(count: 0)
    }

    /// PING [message]: an array in RESP2 while subscribed.
    public static func ping(_ request: borrowing Request, _ session: inout Session) {
        if request.count > 2 {
            return session.reply.error("ERR wrong number of arguments for 'ping' command")
        }
        if session.isRestrictedToSubscriptions {
            session.reply.array(count: 2)
            session.reply.bulk("pong")
            if request.count == 2 { session.reply.bulk(request[1]) } else { session.reply.bulk("") }
        } else if request.count == 2 {
            session.reply.bulk(request[1])
        } else {
            session.reply.simple("PONG")
        }
    }

    /// ECHO message.
    public static func echo(_ request: borrowing Request, _ reply: inout ReplyWriter) {
        reply.bulk(request[1])
    }

    /// QUIT: OK, and the connection is closed when that is sent.
    public static func quit(_ session: inout Session) {
        session.reply.ok()
        session.flags.insert(.closeAfterReply)
    }

    /// SELECT index, below `databaseCount`.
    public static func select(
        _ request: borrowing Request, _ session: inout Session, databaseCount: Int
    ) {
        guard let index = request.integer(1) else {
            return session.reply.error("ERR value is not an integer or out of range")
        }
        guard Int32(exactly: index) != nil else {
            return session.reply.error(
                """
                ERR value is out of range, value must between -2147483648 and 2147483647
                """)
        }
        guard index >= 0 && index < databaseCount else {
            return session.reply.error("ERR DB index is out of range")
        }
        session.database = index
        session.reply.ok()
    }

    /// RESET: the connection is as it was when it was accepted, but for its buffers, client id and
    /// library.
    ///
    /// Returns the keys it watched; the caller ends their watch.
    public static func reset(
        _ id: SessionID, _ sessions: inout SessionTable, access: borrowing AccessControl
    ) -> [WatchedKey] {
        if sessions[id].flags.intersects([.replica, .masterLink]) {
            sessions[id].reply.error("ERR can only reset normal client connections")
            return []
        }
        sessions.leaveMonitors(id)
        sessions.unsubscribeFromEverything(id)
        let watched = sessions[id].transaction.takeWatched()
        sessions[id].returnToStart(isAuthenticated: !access.defaultUserNeedsPassword)
        sessions[id].reply.simple("RESET")
        return watched
    }

    /// MONITOR: every command from now on is shown to this session.
    public static func monitor(_ id: SessionID, _ sessions: inout SessionTable) {
        // A replica, or a session that does already, is not answered.
        if sessions[id].flags.intersects([.replica, .monitor]) { return }
        sessions.joinMonitors(id)
        sessions[id].reply.ok()
    }
}

extension Session {
    /// From now on the session acts as this user.
    mutating func authenticate(as user: ByteString) {
        flags.insert(.authenticated)
        userName = user
    }

    mutating func returnToStart(isAuthenticated: Bool) {
        _ = transaction.takeQueued()
        flags.remove([
            .authenticated, .multi, .dirtyWatch, .dirtyExec, .replyOff, .replySkip, .replySkipNext,
            .noEvict, .noTouch, .readOnly,
        ])
        if isAuthenticated { flags.insert(.authenticated) }
        userName = AccessControl.defaultUserName
        database = 0
        name = ByteString()
        reply.version = .resp2
    }
}
