import Bytes
import Determinism
import Protocol
import Sessions
import Storage

/// INFO: gathers what the sections tell, and renders those that were asked for.
extension Server {
    mutating func info(_ request: borrowing Request, _ id: SessionID) {
        let text = info(InfoSections(request))
        sessions[id].reply.verbatim(ByteString(text))
    }

    /// The text of these sections, in the order of Redis.
    ///
    /// O(sessions) for Clients and Memory.
    public mutating func info(_ wanted: InfoSections) -> [UInt8] {
        var text = InfoText()
        if wanted.contains(.server) { processReport.render(into: &text) }
        if wanted.contains(.clients) { clientsReport.render(into: &text) }
        if wanted.contains(.memory) { memoryReport().render(into: &text) }
        if wanted.contains(.persistence) { persistenceReport.render(into: &text) }
        if wanted.contains(.stats) { statistics.renderStats(otherCounts, into: &text) }
        if wanted.contains(.replication) { replicationReport.render(into: &text) }
        if wanted.contains(.cpu) { usage.renderProcessor(into: &text) }
        if wanted.contains(.modules) { text.section("Modules") }
        if wanted.contains(.commandstats) { statistics.renderCommands(catalog, into: &text) }
        if wanted.contains(.errorstats) { statistics.renderErrors(into: &text) }
        if wanted.contains(.latencystats) {
            text.section("Latencystats")
            if settings.latencyTracking {
                statistics.renderLatencies(catalog, settings.latencyPercentiles, into: &text)
            }
        }
        if wanted.contains(.cluster) {
            text.section("Cluster")
            text.field("cluster_enabled", false)
        }
        if wanted.contains(.keyspace) { renderKeyspace(into: &text) }
        if wanted.contains(.debug) { statistics.renderDebug(into: &text) }
        return text.bytes
    }

    private var processReport: ProcessReport {
        var report = ProcessReport()
        report.compatibleVersion = ProcessIdentity.compatibleVersion
        report.version = ProcessIdentity.version
        report.operatingSystem = identity.operatingSystem
        report.architectureBits = identity.architectureBits
        report.processID = identity.processID
        report.isSupervisedBySystemd = settings.supervised == .systemd
        report.runID = identity.runID
        report.port = settings.port
        report.timeMicroseconds = Int(now.unix.microseconds)
        report.uptimeSeconds = seconds(since: identity.startedAt.instant)
        report.hz = settings.hz
        report.configuredHz = settings.hz
        report.executable = identity.executable
        report.configurationFile = identity.configurationFile
        report.availabilityZone = settings.availabilityZone
        report.shutdownMilliseconds = pendingShutdown.map {
            Int(max(($0.deadline - now.instant).wholeMilliseconds, 0))
        }
        report.bindAddresses = settings.bindAddresses
        report.unixSocket = settings.unixSocket
        return report
    }

    private var clientsReport: ClientsReport {
        let totals = sessions.totals
        var report = ClientsReport()
        report.connected = sessions.count - roles.replicas.count
        report.maximum = settings.maxClients
        report.largestInput = totals.largestInput
        report.largestOutput = totals.largestOutput
        report.blocked = totals.blocked
        report.subscribed = totals.subscribed
        report.watching = totals.watching
        report.watchedKeys = totals.watchedKeys
        return report
    }

    private mutating func memoryReport() -> MemoryReport {
        statistics.memory.note(allocated: allocatedMemory)
        let totals = sessions.totals
        var report = MemoryReport()
        report.allocated = statistics.memory.last
        if ownsAllocator {
            report.active = AllocatorStatistics.active
            report.resident = AllocatorStatistics.resident
        }
        report.peak = statistics.memory.peak
        report.startup = statistics.memory.startup
        report.processResident = usage.residentBytes
        report.systemMemory = identity.systemMemory
        report.backlog = roles.stream.backlog.allocatedBytes
        report.replicaBuffers = totals.replicaBytes
        report.clientBuffers = totals.clientBytes
        report.pendingFrees = keyspace.hasReclaimable ? 1 : 0
        report.maxMemory = settings.maxMemory
        report.policy =
            ServerDirectives.table.row("maxmemory-policy")?.text(in: settings).text ?? ""
        return report
    }

    private var persistenceReport: PersistenceReport {
        var report = PersistenceReport()
        if let progress = loadingProgress {
            report.loading = .init(
                startedAt: Int(progress.startedAt.unix.seconds), totalBytes: progress.total,
                loadedBytes: progress.done,
                elapsedSeconds: seconds(since: progress.startedAt.instant))
        }
        if persistence.job != nil {
            report.savedKeys = persistence.progress.saved
            report.keysToSave = persistence.progress.total
            report.snapshotBytes = snapshotBytes
            report.largestSnapshotBytes = max(persistence.largestSnapshotBytes, snapshotBytes)
        }
        report.changesSinceSave = persistence.changesSinceSave
        report.isSaving = persistence.isSavingInBackground
        report.lastSaveAt = Int(persistence.lastSaveAt.seconds)
        report.lastSaveSucceeded = persistence.lastSaveSucceeded
        report.lastSaveSeconds = persistence.lastSaveSeconds
        report.lastSaveLargestBytes = persistence.lastSaveLargestBytes
        if let began = persistence.backgroundSaveBegan {
            report.currentSaveSeconds = seconds(since: began.instant)
        }
        report.saves = persistence.saveCount
        report.loadedKeys = persistence.lastLoad.loaded
        report.loadedKeysExpired = persistence.lastLoad.expired
        return report
    }

    private var replicationReport: ReplicationReport {
        var report = ReplicationReport()
        let link = roles.link
        if let master = link.master {
            let isUp = link.isStreaming
            let heard = link.isStreaming || link.isTransferring
            let progress = link.transferProgress
            let offset = roles.stream.history.offset
            report.master = .init(
                host: master.host, port: master.port, isUp: isUp,
                lastHeardSeconds: isUp ? seconds(since: link.lastReceived) : -1,
                transfer: link.isTransferring
                    ? (
                        progress.total, progress.read,
                        heard ? seconds(since: link.lastReceived) : -1
                    )
                    : nil,
                downSeconds: link.downSince.map { seconds(since: $0) } ?? -1,
                readOffset: readOffset, appliedOffset: offset)
        }
        report.replicaSettings = (
            settings.replicaPriority, settings.replicaReadOnly, settings.replicaAnnounced
        )
        report.replicas = roles.replicas.replicas.map { replica in
            .init(
                address: replica.address, port: replica.announcement.listeningPort,
                state: replica.stateName, offset: replica.acknowledgedOffset,
                lagSeconds: replica.lagSeconds(at: now.instant))
        }
        if settings.minReplicasToWrite > 0, settings.minReplicasMaxLagSeconds > 0 {
            report.goodReplicas = roles.replicas.goodReplicas(replicaSetSettings, at: now.instant)
        }
        report.failoverState = roles.switchover.word ?? roles.failover.word
        report.switchoverTarget = roles.switchover.target.map { "\($0)" }
        report.refusedMaster = roles.link.guardian.word
        report.isFenced = roles.fence.isClosed
        report.supersededEpoch = roles.fence.supersededEpoch
        let history = roles.stream.history
        report.id = "\(history.id)"
        report.previousID = "\(history.previousID)"
        report.offset = history.offset
        report.previousLimit = history.previousLimit
        report.isBacklogActive = roles.stream.backlog.isActive
        report.backlogSize = settings.replBacklogSize
        report.backlogStart = roles.stream.backlog.firstByteOffset
        report.backlogLength = roles.stream.backlog.historyLength
        return report
    }

    private var otherCounts: ServerStatistics.Others {
        var others = ServerStatistics.Others()
        others.channels = sessions.pubsub.channelCount
        others.patterns = sessions.pubsub.patternCount
        others.shardChannels = sessions.pubsub.shardChannelCount
        others.queryLimitCloses = sessions.queryLimitCloseCount
        others.outputLimitCloses = sessions.outputLimitCloseCount
        for index in 0..<keyspace.databaseCount {
            others.hits += keyspace[index].changes.hits
            others.misses += keyspace[index].changes.misses
            others.expiredKeys += keyspace[index].changes.expired
        }
        return others
    }

    private func renderKeyspace(into text: inout InfoText) {
        text.section("Keyspace")
        for index in 0..<keyspace.databaseCount where keyspace[index].count > 0 {
            text.field(
                "db\(index)",
                "keys=\(keyspace[index].count),expires=\(keyspace[index].expiringCount),"
                    + "avg_ttl=\(keyspace[index].averageTimeToLive)")
        }
    }

    /// Bytes of the master's stream that were received, those of a transaction that is still
    /// queued included.
    private var readOffset: Int {
        let offset = roles.stream.history.offset
        guard let master = roles.masterSession, sessions.contains(master), roles.link.isStreaming
        else { return offset }
        return offset + roles.unapplied.count + sessions[master].input.count
    }

    private func seconds(since start: Instant) -> Int {
        Int((now.instant - start).wholeMilliseconds / 1000)
    }
}
