import Bytes

/// What a process says of itself in HELLO.
public struct ServerIdentity: Sendable {
    /// `redis`: clients look for it.
    public var name: ByteString
    /// The version of Redis whose behaviour is offered.
    public var version: ByteString
    /// `standalone` or `sentinel`.
    public var mode: ByteString
    /// `master` or `replica`; nil in a sentinel, which does not say.
    public var role: ByteString?

    /// All four parts.
    public init(
        name: ByteString = "redis", version: ByteString = "7.2.4",
        mode: ByteString = "standalone", role: ByteString? = "master"
    ) {
        self.name = name
        self.version = version
        self.mode = mode
        self.role = role
    }
}
