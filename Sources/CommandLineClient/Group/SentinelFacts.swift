import Bytes
import Protocol

/// What a sentinel says of itself and of the groups that it watches.
public struct SentinelFacts: Equatable, Sendable {
    /// A group as SENTINEL MASTERS tells it.
    public struct Group: Equatable, Sendable {
        /// The name of the group.
        public var name: String
        /// The master of the group, as this sentinel knows it.
        public var master: MemberAddress
        /// What it thinks of the master: `s_down`, `o_down`, `failover_in_progress` and others.
        public var flags: Set<String> = []
        /// Epoch of the configuration.
        public var epoch = 0
        /// How many sentinels must agree that the master is down.
        public var quorum = 0
        /// How many replicas it knows.
        public var replicaCount = 0
        /// How many other sentinels it knows.
        public var otherCount = 0
        /// Silence after which the master counts as down.
        public var downAfterMilliseconds = 0
        /// The bound of a failover's steps.
        public var failoverTimeoutMilliseconds = 0
        /// Why it cannot write its file (rds).
        public var fileError: String?
        /// Why the master does not let it in (rds).
        public var accessError: String?
    }

    /// A replica that it knows.
    public struct Replica: Equatable, Sendable {
        /// Where the replica listens.
        public var address: MemberAddress
        /// What it thinks of the replica: `s_down`, `disconnected` and others.
        public var flags: Set<String>
        /// Whether the replica said that its link to the master is up.
        public var linkIsUp: Bool
        /// The position in the stream that the replica last told.
        public var offset: Int
        /// The master that the replica last told.
        public var master: MemberAddress
        /// Why the replica does not let the sentinel in (rds).
        public var accessError: String?
    }

    /// Another sentinel that it knows.
    public struct Peer: Equatable, Sendable {
        /// Where the other sentinel listens.
        public var address: MemberAddress
        /// Run id of the other sentinel.
        public var identity: String
        /// What it thinks of the other: `s_down`, `disconnected` and others.
        public var flags: Set<String>
    }

    /// Its run id.
    public var identity = ""
    /// The groups that it watches.
    public var groups: [Group] = []
    /// The replicas of the group that was asked for.
    public var replicas: [Replica] = []
    /// The other sentinels of the group that was asked for.
    public var peers: [Peer] = []
    /// What SENTINEL CKQUORUM has against the group; nil: nothing.
    public var quorumError: String?
    /// The last failover, as it recorded it (rds).
    public var lastFailover: RecordedFailover?
    /// It is a server, not a sentinel.
    public var isServer = false

    /// Nothing known yet.
    public init() {}

    /// What it says of a group; nil when it does not watch it.
    public func group(_ name: String) -> Group? { groups.first { $0.name == name } }
}

/// Reading the replies.
extension SentinelFacts {
    mutating func take(masters reply: ReplyValue) {
        groups = (reply.elements ?? []).map { Group(ReplyFields($0)) }
    }

    mutating func take(replicas reply: ReplyValue) {
        replicas = (reply.elements ?? []).map { element in
            let fields = ReplyFields(element)
            return Replica(
                address: fields.address("ip", "port"), flags: fields.flags,
                linkIsUp: fields["master-link-status"] == "ok",
                offset: fields.number("slave-repl-offset"),
                master: fields.address("master-host", "master-port"),
                accessError: fields["access-error"])
        }
    }

    mutating func take(peers reply: ReplyValue) {
        peers = (reply.elements ?? []).map { element in
            let fields = ReplyFields(element)
            return Peer(
                address: fields.address("ip", "port"), identity: fields["runid"] ?? "",
                flags: fields.flags)
        }
    }
}

extension SentinelFacts.Group {
    fileprivate init(_ fields: ReplyFields) {
        name = fields["name"] ?? ""
        master = fields.address("ip", "port")
        flags = fields.flags
        epoch = fields.number("config-epoch")
        quorum = fields.number("quorum")
        replicaCount = fields.number("num-slaves")
        otherCount = fields.number("num-other-sentinels")
        downAfterMilliseconds = fields.number("down-after-milliseconds")
        failoverTimeoutMilliseconds = fields.number("failover-timeout")
        fileError = fields["config-error"]
        accessError = fields["access-error"]
    }
}

/// Names and values in turn, as an array or as a map.
struct ReplyFields {
    private var values: [String: ReplyValue] = [:]

    init(_ reply: ReplyValue) {
        if case .map(let pairs) = reply {
            for pair in pairs { values[pair.key.bytes?.text ?? ""] = pair.value }
            return
        }
        let elements = reply.elements ?? []
        for index in stride(from: 0, to: elements.count - 1, by: 2) {
            values[elements[index].bytes?.text ?? ""] = elements[index + 1]
        }
    }

    subscript(name: String) -> String? { values[name]?.bytes?.text }

    func value(_ name: String) -> ReplyValue? { values[name] }

    func number(_ name: String) -> Int { values[name]?.integer ?? 0 }

    func address(_ host: String, _ port: String) -> MemberAddress {
        MemberAddress(self[host] ?? "?", number(port))
    }

    var flags: Set<String> { Set((self["flags"] ?? "").split(separator: ",").map { String($0) }) }
}
