import Bytes
import Determinism
import Protocol
import Replication
import Sessions
import Storage

/// Following a master, and ceasing to: REPLICAOF, the configuration file, ROLE.
extension Server {
    /// REPLICAOF, SLAVEOF.
    mutating func replicaof(_ request: borrowing Request, _ id: SessionID) {
        if roles.failover.isUnderWay {
            return sessions[id].reply.error("ERR REPLICAOF not allowed while failing over.")
        }
        if request[1].equalsIgnoringCase("no") && request[2].equalsIgnoringCase("one") {
            endSwitchoverAsMaster()
            let bySentinel = isSentinel(id)
            guard roles.isReplica else {
                orderedMaster(bySentinel: bySentinel)
                return sessions[id].reply.ok()
            }
            promote(bySentinel: bySentinel)
            log(
                .notice,
                "MASTER MODE enabled (user request from '\(sessions.describe(id, at: now.instant))')"
            )
            return sessions[id].reply.ok()
        }
        if sessions[id].flags.contains(.replica) {
            return sessions[id].reply.error("ERR Command is not valid when client is a replica.")
        }
        guard let port = request.integer(2), port >= 0, port <= 65_535 else {
            return sessions[id].reply.error("ERR Invalid master port")
        }
        let master = MasterAddress(host: request.owned(1), port: port)
        if let present = roles.link.master, present.isSame(master) {
            log(
                .notice,
                "REPLICAOF would result into synchronization with the master we are already "
                    + "connected with. No operation performed.")
            // A sentinel repeats what was elected; a person wants what was refused.
            if !isSentinel(id) { roles.link.followRegardless(at: now.instant) }
            return sessions[id].reply.simple("OK Already connected to specified master")
        }
        follow(master, because: isSentinel(id) ? .election : .order)
        log(
            .notice,
            "REPLICAOF \(master) enabled (user request from '\(sessions.describe(id, at: now.instant))')"
        )
        sessions[id].reply.ok()
    }

    /// Follows `master` from now on; replicas of ours stay until our history changes.
    mutating func follow(_ master: MasterAddress, because reason: HistoryGuard.Reason) {
        for session in roles.acknowledgements.removeAll() {
            // They waited for the replicas of a master.
            reply(to: SessionID(bits: session)) {
                $0.error(
                    text: "UNBLOCKED force unblock from blocking operation, instance state "
                        + "changed (master -> replica?)")
            }
        }
        let wasMaster = !roles.isReplica
        if wasMaster && roles.stream.returnToPrevious() {
            log(
                .notice,
                "Nothing was written here since the history \(roles.stream.history.id) ended: "
                    + "it is what the new master is asked to continue.")
        }
        var link: [ReplicaLinkOutput] = []
        roles.link.settings = linkSettings
        describeDataToGuardian()
        roles.link.follow(
            master, wasMaster: wasMaster, because: reason, at: now.instant, into: &link)
        if wasMaster { roles.cachedDatabase = 0 }
        roles.stream.isRepeated = true
        settings.replicaOf = MasterEndpoint(host: master.host, port: master.port)
        fence { $0.becameReplica(at: $1, into: &$2) }
        if !conditions.contains(.loading) { setExpiryPolicy() }
        perform(link)
        endSwitchoverAsReplica()
        refreshConditions()
    }

    /// Becomes a master: the history goes on under a new name, and replicas resynchronise.
    ///
    /// `bySentinel`: those who watch agree, so that they may be held to it after a restart.
    mutating func promote(bySentinel: Bool = true) {
        guard roles.isReplica else { return }
        orderedMaster(bySentinel: bySentinel)
        var link: [ReplicaLinkOutput] = []
        roles.link.release(at: now.instant, into: &link)
        perform(link)
        roles.stream.isRepeated = false
        withRandom { random, server in server.roles.stream.promote(random: &random) }
        let history = roles.stream.history
        log(
            .notice,
            "Setting secondary replication ID to \(history.previousID), valid up to offset: "
                + "\(history.previousLimit). New replication ID is \(history.id)")
        disconnectReplicas()
        roles.replicas.restartIdleClock(at: now.instant)
        settings.replicaOf = nil
        if !conditions.contains(.loading) { setExpiryPolicy() }
        refreshConditions()
    }

    /// Takes up the role that the configuration says; before the data file is loaded.
    mutating func configureRole() {
        guard let master = settings.replicaOf else { return }
        roles.stream.isRepeated = true
        roles.link.settings = linkSettings
        roles.link.configure(
            MasterAddress(host: master.host, port: master.port), at: now.instant)
    }

    /// The file that was loaded at start tells whose history it holds.
    ///
    /// A replica offers it to its master; a master lets replicas go on from it.
    mutating func adoptHistory(
        _ auxiliaries: RDBAuxiliaries, hasDroppedKeys: Bool
    ) {
        func number(_ name: ByteString) -> Int {
            auxiliaries[name].flatMap { DecimalText.parse($0.bytes.span) } ?? -1
        }
        let database = number("repl-stream-db")
        let offset = number("repl-offset")
        guard let id = auxiliaries["repl-id"].flatMap({ ReplicationID($0) }), offset >= 0,
            database >= 0, database < keyspace.databaseCount
        else { return }
        roles.dataOffset = number("rds-data-offset") >= 0 ? number("rds-data-offset") : offset
        guard roles.isReplica else {
            roles.stream.restore(previous: id, at: offset)
            // Keys that were not loaded make it another data set than the one that is named.
            if hasDroppedKeys { roles.stream.tell() }
            return
        }
        roles.stream.adopt(id, at: offset, previous: ReplicationPast(auxiliaries))
        roles.cachedDatabase = database
        roles.link.guardian.resumeFromDisk()
        var link: [ReplicaLinkOutput] = []
        roles.link.offerHistory(into: &link)
        perform(link)
    }

    /// A directive that the link or the backlog reads has changed.
    mutating func replicationSettingsChanged() {
        roles.link.settings = linkSettings
        roles.link.guardian.isOn = settings.refuseLostData
        let wanted = fenceSettings
        fence { $0.settingsChanged(to: wanted, at: $1, into: &$2) }
        if roles.stream.backlog.size != settings.replBacklogSize {
            roles.stream.backlog.resize(to: settings.replBacklogSize)
        }
        refreshConditions()
    }

    /// ROLE.
    mutating func role(_ id: SessionID) {
        guard let master = roles.link.master else { return roleOfMaster(id) }
        sessions[id].reply.array(count: 5)
        sessions[id].reply.bulk("slave")
        sessions[id].reply.bulk(master.host)
        sessions[id].reply.integer(master.port)
        sessions[id].reply.bulk(roles.link.phaseName)
        sessions[id].reply.integer(
            roles.link.isStreaming ? roles.stream.history.offset : -1)
    }

    private mutating func roleOfMaster(_ id: SessionID) {
        let online = roles.replicas.replicas.filter(\.isOnline)
        sessions[id].reply.array(count: 3)
        sessions[id].reply.bulk("master")
        sessions[id].reply.integer(roles.stream.history.offset)
        sessions[id].reply.array(count: online.count)
        for replica in online {
            sessions[id].reply.array(count: 3)
            sessions[id].reply.bulk(replica.address)
            sessions[id].reply.bulk(decimal: replica.announcement.listeningPort)
            sessions[id].reply.bulk(decimal: replica.acknowledgedOffset)
        }
    }
}

extension ReplicationPast {
    /// What a snapshot's texts tell; nil when they do not.
    init?(_ auxiliaries: RDBAuxiliaries) {
        guard let id = auxiliaries["rds-previous-id"].flatMap({ ReplicationID($0) }),
            let limit = auxiliaries["rds-previous-limit"].flatMap({
                DecimalText.parse($0.bytes.span)
            })
        else { return nil }
        self.init(id: id, limit: limit)
    }
}
