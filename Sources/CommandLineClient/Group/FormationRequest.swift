import Bytes

/// The group that `ha init` is to make.
public struct FormationRequest: Sendable {
    /// Silence after which a master counts as down, where nothing else is said.
    static let usualDownAfterMilliseconds = 5000
    /// The bound of a failover's steps, where nothing else is said.
    static let usualFailoverTimeoutMilliseconds = 10_000

    /// Its name.
    public var name: String
    /// Its hosts, as numeric addresses; the first begins as master.
    public var hosts: [GroupHost]
    /// The password that all servers have or get; nil: none.
    public var password: ByteString?
    /// How many sentinels must agree; nil: as it is, or the majority.
    public var quorum: Int?
    /// Silence after which the master counts as down; nil: as it is, or the usual.
    public var downAfterMilliseconds: Int?
    /// The bound of a failover's steps; nil: as it is, or the usual.
    public var failoverTimeoutMilliseconds: Int?
    /// The first server may hold data.
    public var adoptsData = false
    /// Stop before anything is changed.
    public var isDryRun = false
    /// How long all may take to agree.
    public var timeoutMilliseconds = 60_000

    /// What the options say, with the hosts by their numbers.
    public init(_ options: GroupOptions, hosts: [GroupHost], password: ByteString?) {
        name = options.name ?? ""
        self.hosts = hosts
        self.password = password
        quorum = options.quorum
        downAfterMilliseconds = options.downAfterMilliseconds
        failoverTimeoutMilliseconds = options.failoverTimeoutMilliseconds
        adoptsData = options.adoptsData
        isDryRun = options.isDryRun
        timeoutMilliseconds = options.timeoutMilliseconds ?? timeoutMilliseconds
    }

    /// The servers, in the order of the hosts.
    var servers: [MemberAddress] { hosts.map(\.server) }
    /// The sentinels, in the order of the hosts.
    var sentinels: [MemberAddress] { hosts.map(\.sentinel) }
}
