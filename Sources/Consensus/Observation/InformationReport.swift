// What a sentinel reads in the text of INFO.
//
// The text comes from outside: lines may be cut, huge or garbage. A field that cannot be read is as
// if it were missing; nothing is allocated beyond what is kept, and the replicas of one report are
// at most `Master.replicaLimit`.

import Bytes

/// The fields of INFO that a sentinel acts on.
struct InformationReport: Hashable, Sendable {
    var runID: ByteString?
    var role: Role?
    /// Addresses of `slaveN:` lines, as they stand: names are not looked up yet.
    var replicas: [NodeAddress] = []
    /// How long the link to the master has been down; nil while it is up.
    var linkDownTime: Duration?
    /// Whether there was no link since the node started, or was made a replica.
    var neverHadLink: Bool { linkDownTime.map { $0 < .zero } ?? false }
    var masterHost: ByteString?
    var masterPort = 0
    /// The address that `masterHost` means; nil before anybody has looked.
    var followed: NodeAddress?
    var masterLinkIsUp = false
    var isLoading = false
    /// The history that the node's data belongs to.
    var replicationID: ByteString?
    /// The history that it continues, and the first offset that is not of that one.
    var secondReplicationID: ByteString?
    var secondOffset: UInt64 = 0
    /// Whether it waits for sentinels to name it before it is a master again.
    var isFenced = false
    /// The epoch in which it heard of another master, while that fences it; 0 if it heard of none.
    var supersededEpoch: UInt64 = 0
    /// Whether it counts the replicas that writes need.
    var limitsWrites = false
    var priority = 100
    var offset: UInt64 = 0
    var isAnnounced = true
    /// What the master lacks that the node refuses to follow; nil if it refuses none.
    var refusal: Refusal?
    /// Whether its data lie in a file, and give way to those of a master that lost them.
    var givesWay = false
    /// Whether it has compared its data with those of the master, since it lost its link.
    var hasJudgedMaster = false
    /// The replica for which a master holds its writes back, by RDS SWITCHOVER COMMIT.
    var switchoverTarget: NodeAddress?

    /// Why a replica refuses a master that came back.
    enum Refusal: Hashable, Sendable {
        /// It has no data.
        case noData
        /// It has the replica's data only up to some time ago.
        case lessData
        /// It has other data.
        case otherData
    }

    /// Nothing known: the values of a node that has not reported.
    init() {}

    /// Reads a report; fields that only replicas have are kept from `previous` if it says nothing.
    init(_ text: Span<UInt8>, previous: InformationReport) {
        self = previous
        role = nil
        replicas = []
        linkDownTime = nil
        isLoading = false
        isFenced = false
        supersededEpoch = 0
        limitsWrites = false
        refusal = nil
        givesWay = false
        hasJudgedMaster = false
        switchoverTarget = nil
        var start = 0
        while start < text.count {
            let end = text.firstIndex(of: 0x0a, from: start) ?? text.count
            let isTerminated = end > start && text[end - 1] == 0x0d
            read(line: text.extracting(start..<(isTerminated ? end - 1 : end)))
            start = end + 1
        }
    }

    private mutating func read(line: Span<UInt8>) {
        // Most lines end here: no name that is looked for begins otherwise.
        guard let first = line.isEmpty ? nil : line[0],
            first == UInt8(ascii: "m") || first == UInt8(ascii: "s") || first == UInt8(ascii: "r")
                || first == UInt8(ascii: "l"),
            let colon = line.firstIndex(of: 0x3a, from: 0)
        else { return }
        let name = line.extracting(0..<colon)
        let value = line.extracting((colon + 1)..<line.count)
        if name.equals("run_id") {
            if value.count >= 40 { runID = ByteString(value.extracting(0..<40)) }
        } else if name.equals("role") {
            if value.equals("master") {
                role = .master
            } else if value.equals("slave") {
                role = .replica
            }
        } else if name.equals("master_link_down_since_seconds") {
            // -1 stands for a replica that never had a link, and 0 for one that just lost it.
            if let seconds = DecimalText.parse(value), seconds != 0, abs(seconds) < 1 << 40 {
                linkDownTime = .seconds(seconds)
            }
        } else if name.equals("master_replid") {
            if value.count == 40 { replicationID = ByteString(value) }
        } else if name.equals("master_replid2") {
            if value.count == 40 { secondReplicationID = ByteString(value) }
        } else if name.equals("second_repl_offset") {
            secondOffset = DecimalText.parse(value).flatMap { UInt64(exactly: $0) } ?? 0
        } else if name.equals("min_slaves_good_slaves") {
            limitsWrites = true
        } else if name.equals("rds_fenced") {
            isFenced = value.equals("1")
        } else if name.equals("rds_superseded_epoch") {
            supersededEpoch = DecimalText.parse(value).flatMap { UInt64(exactly: $0) } ?? 0
        } else if name.equals("master_switchover_target") {
            readSwitchoverTarget(value)
        } else if name.equals("loading") {
            isLoading = value.equals("1")
        } else if name.count > 5 && name.extracting(0..<5).equals("slave")
            && name[5] >= 0x30 && name[5] <= 0x39
        {
            readReplica(value)
        } else if role == .replica {
            readReplicaField(name, value)
        }
    }

    /// `host:port`; an IPv6 host has colons of its own.
    private mutating func readSwitchoverTarget(_ value: Span<UInt8>) {
        guard let colon = value.indices.last(where: { value[$0] == 0x3a }),
            let port = DecimalText.parse(value.extracting((colon + 1)..<value.count))
        else { return }
        switchoverTarget = NodeAddress(
            naming: ByteString(value.extracting(0..<colon)), port: port)
    }

    private mutating func readReplicaField(_ name: Span<UInt8>, _ value: Span<UInt8>) {
        if name.equals("master_host") {
            masterHost = ByteString(value)
        } else if name.equals("master_port") {
            masterPort = DecimalText.parse(value) ?? 0
        } else if name.equals("master_link_status") {
            masterLinkIsUp = value.equalsIgnoringCase("up")
        } else if name.equals("slave_priority") {
            priority = DecimalText.parse(value) ?? 0
        } else if name.equals("slave_repl_offset") {
            offset = DecimalText.parse(value).flatMap { UInt64(exactly: $0) } ?? 0
        } else if name.equals("rds_master_refused") {
            hasJudgedMaster = true
            if value.equals("empty") {
                refusal = .noData
            } else if value.equals("older") {
                refusal = .lessData
            } else if value.equals("foreign") {
                refusal = .otherData
            } else if value.equals("kept") {
                givesWay = true
            }
        } else if name.equals("replica_announced") {
            isAnnounced = !value.equals("0")
        }
    }

    /// `ip=127.0.0.1,port=6381,state=online,...`, or the old `127.0.0.1,6381,online`.
    private mutating func readReplica(_ value: Span<UInt8>) {
        guard replicas.count < Master.replicaLimit else { return }
        var host: ByteString?
        var port: Int?
        var position = 0
        var start = 0
        while start <= value.count {
            let end = value.firstIndex(of: 0x2c, from: start) ?? value.count
            let part = value.extracting(start..<end)
            if part.count > 3 && part.extracting(0..<3).equals("ip=") {
                host = ByteString(part.extracting(3..<part.count))
            } else if part.count > 5 && part.extracting(0..<5).equals("port=") {
                port = DecimalText.parse(part.extracting(5..<part.count))
            } else if position == 0 {
                host = ByteString(part)
            } else if position == 1 {
                port = port ?? DecimalText.parse(part)
            }
            position += 1
            start = end + 1
        }
        guard let host, let port, port > 0,
            let address = NodeAddress(naming: host, port: port)
        else { return }
        replicas.append(address)
    }
}
