import Bytes
import Determinism
import Protocol
import Replication
import Sessions

/// The fence's part of the server: hellos reach it, and what it wants is done.
///
/// The record lies in the working directory, beside the data; its name has the port, so that servers
/// which share a directory keep apart.
extension Server {
    /// The name of the role record, relative to the working directory.
    public var recordFileName: String { "rds-\(settings.port).role" }

    /// The role record as the disk holds it, nil without one; before anything is served.
    ///
    /// A file that is no record was not written by us: it fences nobody.
    public mutating func start(record text: [UInt8]?, at now: Moment) {
        self.now = now
        let record = text.flatMap { RoleRecord($0) }
        if text != nil && record == nil {
            log(.warning, "The file \(recordFileName) is no role record: it is ignored.")
        }
        let isMaster = !roles.isReplica
        let wanted = fenceSettings
        fence {
            $0.settings = wanted
            $0.start(with: record, isMaster: isMaster, at: $1, into: &$2)
        }
        setExpiryPolicy()
    }

    /// The role record could not be written.
    public mutating func recordFailed(_ reason: String, at now: Moment) {
        self.now = now
        log(.warning, "Can't write the role record: \(reason). It is tried again every second.")
        unwrittenRecordSince = now.instant
    }

    /// Whether keys whose time has passed stay: only a master that is sure of its role removes them.
    var keepsExpired: Bool { roles.isReplica || roles.fence.isClosed }

    /// The directives, as the fence reads them.
    var fenceSettings: Fence.Settings {
        var result = Fence.Settings()
        result.isOn = settings.masterFence
        result.stall = .milliseconds(Int64(settings.masterFenceStallMilliseconds))
        return result
    }

    /// Lets the fence take a step, and does what it wants.
    mutating func fence(_ step: (inout Fence, Instant, inout [FenceOutput]) -> Void) {
        var wanted: [FenceOutput] = []
        let instant = now.instant
        step(&roles.fence, instant, &wanted)
        for output in wanted {
            switch output {
            case .store: storeRecord()
            case .log(let line): log(line)
            case .changed:
                refreshConditions()
                if !conditions.contains(.loading) { setExpiryPolicy() }
            }
        }
    }

    /// A turn begins: a loop that stood still for too long may have missed an election.
    mutating func turnFence() {
        fence { $0.turn(at: $1, into: &$2) }
        if let since = unwrittenRecordSince, now.instant - since >= .seconds(1) {
            unwrittenRecordSince = nil
            storeRecord()
        }
    }

    private mutating func storeRecord() {
        outputs.append(.storeRecord(fileName: recordFileName, text: roles.fence.record?.text))
    }

    /// PUBLISH of a client: perhaps a sentinel's hello, on a connection that it opened.
    mutating func hearPublication(_ request: borrowing Request, _ id: SessionID) {
        guard request[1].equals(SentinelHello.channel), !sessions[id].flags.contains(.masterLink),
            let hello = SentinelHello(request[2])
        else { return }
        let speaker = speaker(id)
        let names = names(on: id)
        fence { $0.hear(hello, from: speaker, names: names, at: $1, into: &$2) }
    }

    /// The server is to be a master.
    mutating func orderedMaster(bySentinel: Bool) {
        fence { $0.becameMaster(bySentinel: bySentinel, at: $1, into: &$2) }
    }

    /// Whether the connection is a sentinel's: it has said hello, or bears the name that they give.
    func isSentinel(_ id: SessionID) -> Bool {
        if roles.fence.isSentinel(connection: id.bits) { return true }
        let name = sessions[id].name.bytes
        return name.starts(with: "sentinel-".utf8) && name.suffix(4).elementsEqual("-cmd".utf8)
    }

    /// RDS SENTINEL id group down-after failover-timeout [id ...]: what one of our own tells.
    mutating func hearSentinel(_ request: borrowing Request, _ id: SessionID) {
        guard let downAfter = request.integer(4), let failoverTimeout = request.integer(5),
            downAfter > 0, failoverTimeout > 0, downAfter <= Int(Int32.max),
            failoverTimeout <= Int(Int32.max), request.count <= 6 + RoleRecord.sentinelLimit
        else { return sessions[id].reply.error("ERR value is not an integer or out of range") }
        let runID = request.owned(2)
        let group = request.owned(3)
        var known: Set<ByteString> = []
        for index in 6..<max(request.count, 6) { known.insert(request.owned(index)) }
        let speaker = speaker(id)
        fence {
            $0.told(
                by: runID, group: group, downAfter: .milliseconds(Int64(downAfter)),
                failoverTimeout: .milliseconds(Int64(failoverTimeout)), known: known,
                from: speaker, at: $1, into: &$2)
        }
        sessions[id].reply.ok()
    }

    private func speaker(_ id: SessionID) -> Fence.Speaker {
        Fence.Speaker(connection: id.bits, number: sessions[id].clientID)
    }

    /// How hellos on the connection may name us: by its own end, or as `replica-announce-ip` and
    /// `replica-announce-port` say.
    private func names(on id: SessionID) -> Fence.Names {
        var hosts: [ByteString] = []
        var ports = [settings.port]
        var bytes = sessions[id].localAddress.bytes[...]
        if let colon = bytes.lastIndex(of: 0x3a) {
            let digits = Array(bytes[(colon + 1)...])
            if let port = DecimalText.parse(digits.span), port > 0 { ports.append(port) }
            bytes = bytes[..<colon]
        }
        if bytes.first == 0x5b, bytes.last == 0x5d { bytes = bytes.dropFirst().dropLast() }
        if !bytes.isEmpty { hosts.append(ByteString(Array(bytes))) }
        // A listener for both versions shows IPv4 ends inside of IPv6.
        let mapped = Array("::ffff:".utf8)
        if bytes.starts(with: mapped) {
            hosts.append(ByteString(Array(bytes.dropFirst(mapped.count))))
        }
        if !settings.replicaAnnounceIP.isEmpty { hosts.append(settings.replicaAnnounceIP) }
        if settings.replicaAnnouncePort > 0 { ports.append(settings.replicaAnnouncePort) }
        return Fence.Names(hosts: hosts, ports: ports)
    }
}
