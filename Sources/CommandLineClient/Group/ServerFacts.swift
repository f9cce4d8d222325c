import Bytes
import Protocol

/// What a server says of itself in INFO, as far as a group is concerned.
public struct ServerFacts: Equatable, Sendable {
    /// Whom it follows.
    public enum Role: Equatable, Sendable {
        /// Nobody.
        case master
        /// The server at the address.
        case replica(of: MemberAddress)
    }

    /// A replica as its master knows it.
    public struct Attached: Equatable, Sendable {
        /// Where the replica listens.
        public var address: MemberAddress
        /// `online` once it follows the stream.
        public var state: String
        /// Up to which byte of the stream it has acknowledged.
        public var offset: Int
        /// Seconds since it last did.
        public var lagSeconds: Int
    }

    /// Role and master.
    public var role = Role.master
    /// The program and its version.
    public var version = ""
    /// Keys in all databases.
    public var keys = 0
    /// Position in the replication stream.
    public var offset = 0
    /// A replica: whether its link to the master is up.
    public var linkIsUp = false
    /// A replica: for how long the link is down.
    public var linkDownSeconds: Int?
    /// A replica: how much of a full synchronisation has come, in percent.
    public var synchronisedPercent: Int?
    /// A replica: seconds since something came from the master.
    public var silenceSeconds: Int?
    /// A master: who follows it.
    public var attached: [Attached] = []
    /// It is a part of Redis Cluster.
    public var isCluster = false
    /// It is a sentinel.
    public var isSentinel = false
    /// It reads its data from disk.
    public var isLoading = false
    /// A master that waits for its sentinels to name it (rds).
    public var isFenced = false
    /// The last snapshot could not be written.
    public var saveFailed = false
    /// The password that was sent is not needed.
    public var isOpen = false
    /// Whether masterauth is the password that was sent; nil: not asked, or not answered.
    public var masterPasswordIsSet: Bool?

    /// Reads the text of INFO.
    public init(information: ByteString) {
        let fields = InformationFields(information)
        let given = fields["rds_version"].map { "rds \($0)" }
        version = given ?? "redis \(fields["redis_version"] ?? "?")"
        isSentinel = fields["redis_mode"] == "sentinel"
        isCluster = fields["cluster_enabled"] == "1"
        isLoading = fields["loading"] == "1"
        isFenced = fields["rds_fenced"] == "1"
        saveFailed = fields["rdb_last_bgsave_status"] == "err"
        keys = fields.keyCount
        if fields["role"] == "slave" {
            role = .replica(
                of: MemberAddress(fields["master_host"] ?? "?", fields.number("master_port") ?? 0))
            offset = fields.number("slave_repl_offset") ?? 0
            linkIsUp = fields["master_link_status"] == "up"
            linkDownSeconds = fields.number("master_link_down_since_seconds")
            silenceSeconds = fields.number("master_last_io_seconds_ago")
            if fields["master_sync_in_progress"] == "1" {
                let percent = fields["master_sync_perc"]?.split(separator: ".").first ?? "0"
                synchronisedPercent = Int(percent) ?? 0
            }
        } else {
            offset = fields.number("master_repl_offset") ?? 0
            attached = fields.attachedReplicas
        }
    }

    /// The address that it follows; nil for a master.
    public var master: MemberAddress? {
        if case .replica(let address) = role { return address }
        return nil
    }
}

/// The lines `name:value` of INFO.
private struct InformationFields {
    private var values: [String: String] = [:]

    init(_ text: ByteString) {
        for line in text.text.split(whereSeparator: { $0 == "\r\n" || $0 == "\n" }) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            values[String(line[..<colon])] = String(line[line.index(after: colon)...])
        }
    }

    subscript(name: String) -> String? { values[name] }

    func number(_ name: String) -> Int? {
        guard let number = self[name].flatMap({ Int($0) }), number >= 0 else { return nil }
        return number
    }

    /// The sum of `keys=` of the lines `db0`, `db1` and so on.
    var keyCount: Int {
        var sum = 0
        for (name, value) in values where name.hasPrefix("db") && Int(name.dropFirst(2)) != nil {
            sum += Self.parts(value)["keys"].flatMap { Int($0) } ?? 0
        }
        return sum
    }

    /// The lines `slave0`, `slave1` and so on.
    var attachedReplicas: [ServerFacts.Attached] {
        var replicas: [ServerFacts.Attached] = []
        for (name, value) in values where name.hasPrefix("slave") && Int(name.dropFirst(5)) != nil {
            let parts = Self.parts(value)
            guard let host = parts["ip"], let port = parts["port"].flatMap({ Int($0) }) else {
                continue
            }
            replicas.append(
                ServerFacts.Attached(
                    address: MemberAddress(String(host), port), state: String(parts["state"] ?? ""),
                    offset: parts["offset"].flatMap { Int($0) } ?? 0,
                    lagSeconds: parts["lag"].flatMap { Int($0) } ?? 0))
        }
        return replicas.sorted { $0.address < $1.address }
    }

    private static func parts(_ value: String) -> [Substring: Substring] {
        var parts: [Substring: Substring] = [:]
        for part in value.split(separator: ",") {
            guard let equals = part.firstIndex(of: "=") else { continue }
            parts[part[..<equals]] = part[part.index(after: equals)...]
        }
        return parts
    }
}
