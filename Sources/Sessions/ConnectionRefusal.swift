import Bytes

/// Why a connection is refused right after it was accepted.
public enum ConnectionRefusal: Sendable {
    /// `maxclients` are connected.
    case maximumClients
    /// Protected mode, no password, and the connection comes from another host.
    case protectedMode

    /// What the client is sent before its connection is closed.
    public var reply: StaticString {
        switch self {
        case .maximumClients:
            "-ERR max number of clients reached\r\n"
        case .protectedMode:
            """
            -DENIED Redis is running in protected mode because protected mode is enabled and no \
            password is set for the default user. In this mode connections are only accepted \
            from the loopback interface. If you want to connect from external computers to \
            Redis you may adopt one of the following solutions: 1) Just disable protected mode \
            sending the command 'CONFIG SET protected-mode no' from the loopback interface by \
            connecting to Redis from the same host the server is running, however MAKE SURE \
            Redis is not publicly accessible from internet if you do so. Use CONFIG REWRITE to \
            make this change permanent. 2) Alternatively you can just disable the protected \
            mode by editing the Redis configuration file, and setting the protected mode option \
            to 'no', and then restarting the server. 3) If you started the server manually just \
            for testing, restart it with the '--protected-mode no' option. 4) Set up an \
            authentication password for the default user. NOTE: You only need to do one of the \
            above things in order for the server to start accepting connections from the \
            outside.\r\n
            """
        }
    }
}

extension SessionTable {
    /// Whether a connection just accepted is to be refused; counts it if so.
    ///
    /// `isTrusted` says that it comes over a unix socket, the loopback interface, or from a network
    /// that protected mode lets pass.
    public mutating func refusal(
        isTrusted: Bool, access: borrowing AccessControl
    ) -> ConnectionRefusal? {
        var refusal: ConnectionRefusal?
        if count >= limits.maximumClients {
            refusal = .maximumClients
        } else if limits.isProtected && !access.defaultUserNeedsPassword && !isTrusted {
            refusal = .protectedMode
        }
        if refusal != nil { rejectedCount += 1 }
        return refusal
    }
}
