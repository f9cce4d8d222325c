import Bytes
import Determinism
import Protocol
import Replication
import Sessions
import Storage

/// The connection to our master: a session of its own, flagged `masterLink`.
///
/// Until the stream begins, its bytes go to the link (`takeFromMaster`); then they are commands
/// like any client's, executed without a reply. What was executed goes to the backlog unchanged
/// (`noteApplied`), so that our offset and our replicas' stream are the master's own.
extension Server {
    // MARK: What the executor reports

    /// The connection that `connectMaster` asked for is open; nil when it is not wanted any more
    /// and is to be closed.
    public mutating func masterLinkConnected(
        address: ByteString, localAddress: ByteString, fileDescriptor: Int32, at now: Moment
    ) -> SessionID? {
        self.now = now
        guard case .connecting = roles.link.phase, roles.masterSession == nil else { return nil }
        let id = sessions.open(
            address: address, localAddress: localAddress, fileDescriptor: fileDescriptor,
            isAuthenticated: true, flags: .masterLink, at: now.instant)
        sessions[id].database = roles.cachedDatabase
        roles.masterSession = id
        var link: [ReplicaLinkOutput] = []
        roles.link.connected(at: now.instant, into: &link)
        perform(link)
        return id
    }

    /// The connection that `connectMaster` asked for could not be opened.
    public mutating func masterLinkFailed(_ reason: String, at now: Moment) {
        self.now = now
        guard roles.masterSession == nil else { return }
        var link: [ReplicaLinkOutput] = []
        roles.link.connectFailed(reason, at: now.instant, into: &link)
        perform(link)
    }

    // MARK: What the link wants

    /// Does what the link to the master asks for.
    mutating func perform(_ wanted: [ReplicaLinkOutput]) {
        for output in wanted {
            switch output {
            case .connect(let master):
                outputs.append(
                    .connectMaster(
                        host: master.host, port: master.port,
                        source: settings.bindSourceAddress.isEmpty
                            ? nil : settings.bindSourceAddress))
            case .disconnect: dropMasterSession()
            case .send(let bytes):
                guard let id = roles.masterSession, sessions.contains(id) else { continue }
                sessions[id].reply.output.append(bytes)
                sessions.markOutput(id)
            case .log(let line): log(line)
            }
        }
    }

    mutating func tickLink() {
        // What is offered to the master is known when the data file has been read.
        guard roles.isReplica, !conditions.contains(.loading) else { return }
        var link: [ReplicaLinkOutput] = []
        roles.link.tick(offset: roles.stream.history.offset, at: now.instant, into: &link)
        perform(link)
        keepDataSetIfDue()
    }

    /// The socket of the link is closed, or broke.
    mutating func masterLinkClosed() {
        forgetMasterSession()
        var link: [ReplicaLinkOutput] = []
        roles.link.closed("connection lost", at: now.instant, into: &link)
        perform(link)
        refreshConditions()
    }

    /// The master's stream made no sense: it cannot be resumed.
    mutating func masterStreamBroke() {
        var link: [ReplicaLinkOutput] = []
        roles.link.abandon(nil, isBroken: true, at: now.instant, into: &link)
        perform(link)
        refreshConditions()
    }

    private mutating func dropMasterSession() {
        guard let id = roles.masterSession else {
            outputs.append(.disconnectMaster)
            return
        }
        forgetMasterSession()
        // What it has sent stays where it is: the command that led here may lie there.
        if sessions.contains(id) { sessions.closeNow(id) }
    }

    private mutating func forgetMasterSession() {
        if let id = roles.masterSession, sessions.contains(id) {
            roles.cachedDatabase = sessions[id].database
            discardTransaction(id)
        }
        roles.masterSession = nil
        roles.unapplied.removeAll()
        roles.incoming = nil
    }

    // MARK: What the master sends

    /// Bytes from the master before its stream of commands begins.
    mutating func takeFromMaster(_ id: SessionID) {
        describeDataToGuardian()
        while id == roles.masterSession, incomingResumption == nil {
            var link: [ReplicaLinkOutput] = []
            let isPaced = settings.keyLoadDelayMicroseconds != 0 && roles.incoming != nil
            let (consumed, event) = withInput(of: id) { input, server in
                let count = isPaced ? min(input.count, Self.pacedPiece) : input.count
                let now = server.now.instant
                return server.roles.take(
                    input.readable.extracting(first: count), at: now, into: &link)
            }
            statistics.netReplInputBytes += consumed
            perform(link)
            if event == .refused {
                return abortPlannedFailover("Failover target rejected psync request")
            }
            // The link may have given up on what it read.
            guard id == roles.masterSession else { return }
            var failure: String?
            switch event {
            case .incomplete:
                return sessions[id].input.consume(consumed)
            case .stream:
                return
            case .consumed, .refused:
                break
            case .resumed(let renamed):
                plannedFailoverSucceeded()
                // Our replicas must learn the new identifier; they resume at once.
                if renamed { disconnectReplicas() }
                refreshConditions()
            case .fullResynchronisation:
                plannedFailoverSucceeded()
            case .snapshotBegins:
                log(.notice, "MASTER <-> REPLICA sync: Loading DB in memory")
                roles.incoming = IncomingDataSet(
                    like: keyspace, verifiesChecksum: settings.rdbChecksum, at: now)
                refreshConditions()
            case .snapshot(let payload):
                failure = feedIncoming(id, payload, isLast: false)
            case .snapshotEnds(let payload):
                failure = feedIncoming(id, payload, isLast: true)
                if failure == nil {
                    sessions[id].input.consume(consumed)
                    acceptDataSet(id)
                    continue
                }
            }
            if let failure { return refuseDataSet(failure) }
            sessions[id].input.consume(consumed)
        }
    }

    /// What there is to keep from a master that lacks it.
    mutating func describeDataToGuardian() {
        roles.link.guardian.hasKeys = keyspace.keyCount > 0
        roles.link.guardian.dataOffset = roles.dataOffset
    }

    /// When more of the master's snapshot may be read, under `key-load-delay`; nil when at once.
    var incomingResumption: Instant? {
        roles.incoming?.resumption(delay: settings.keyLoadDelayMicroseconds, at: now.instant)
    }

    /// Goes on with a snapshot that waited for `key-load-delay`.
    mutating func resumeIncoming() {
        guard roles.incoming != nil, incomingResumption == nil, let id = roles.masterSession,
            sessions.contains(id), !sessions[id].input.isEmpty, !resumable.contains(id)
        else { return }
        resumable.append(id)
    }

    /// Executes a command of the master's stream; false when it must wait.
    mutating func obey(_ request: borrowing Request, _ id: SessionID) -> Bool {
        let errors = sessions[id].reply.errorCount
        let position = sessions[id].reply.output.position
        let wasExecuted = admitSlowly(request, id)
        if sessions[id].reply.errorCount != errors {
            masterCommandFailed(request, from: position, id)
        }
        return wasExecuted
    }

    /// A command of the master's stream had an error: our data set may differ from now on.
    ///
    /// As Redis does, the stream goes on after an error that may be harmless. It ends when the
    /// command is one that this server does not have, or when the database could not be selected:
    /// what follows would make a data set that claims to be the master's and is not.
    private mutating func masterCommandFailed(
        _ request: borrowing Request, from position: Int, _ id: SessionID
    ) {
        statistics.unexpectedErrorReplies += 1
        let text = withOutput(of: id) { output in
            guard position < output.count, output.unsent[position] == 0x2d else {
                return "error within a transaction"
            }
            return output.unsent.extracting((position + 1)..<min(output.count, position + 200))
                .text.replacing("\r\n", with: "")
        }
        let name = request[0].text.lowercased()
        log(
            .warning,
            "== CRITICAL == This replica is sending an error to its master: '-\(text)' after "
                + "processing the command '\(name)'")
        let isFatal =
            name == "select" || text.hasPrefix("ERR unknown ") || text.hasPrefix("EXECABORT")
            || text.hasSuffix("is not available in this version of rds")
        guard isFatal, id == roles.masterSession else { return }
        log(
            .warning,
            "The master's stream holds what this server cannot apply: the link is closed, and the "
                + "data set stays as it was before that command.")
        masterStreamBroke()
    }

    private mutating func withOutput<Result>(
        of id: SessionID, _ body: (borrowing OutputBuffer) -> Result
    ) -> Result {
        var output = OutputBuffer()
        swap(&output, &sessions[id].reply.output)
        let result = body(output)
        swap(&output, &sessions[id].reply.output)
        return result
    }

    /// Bytes of a command of the master's stream, or of an empty line in it, are consumed now.
    mutating func noteApplied(_ id: SessionID, _ length: Int) {
        guard id == roles.masterSession, roles.link.isStreaming else { return }
        statistics.netReplInputBytes += length
        let isInTransaction = sessions[id].flags.contains(.multi)
        withInput(of: id) { input, server in
            let bytes = input.readable.extracting(first: length)
            if isInTransaction || !server.roles.unapplied.isEmpty {
                // A transaction counts when it is over: a link that breaks before begins it again.
                server.roles.unapplied.append(bytes)
            } else {
                server.roles.stream.append(verbatim: bytes)
            }
        }
        if isInTransaction { return }
        if !roles.unapplied.isEmpty { roles.applyTransaction() }
        if roles.hasUncountedChange {
            roles.hasUncountedChange = false
            roles.dataOffset = roles.stream.history.offset
        }
    }

    /// Lends the session's input, which nothing else touches meanwhile.
    private mutating func withInput<Result>(
        of id: SessionID, _ body: (borrowing InputBuffer, inout Server) -> Result
    ) -> Result {
        var input = InputBuffer()
        swap(&input, &sessions[id].input)
        let result = body(input, &self)
        swap(&input, &sessions[id].input)
        return result
    }

    /// Reads a part of the snapshot; why it cannot be used, or nil.
    private mutating func feedIncoming(_ id: SessionID, _ payload: Int, isLast: Bool) -> String? {
        withInput(of: id) { input, server in
            let now = server.now.instant
            do throws(RDBError) {
                try server.roles.incoming?.feed(
                    input.readable.extracting(first: payload), at: now)
                if isLast { try server.roles.incoming?.finish() }
                return nil
            } catch {
                return error.description
            }
        }
    }

    private mutating func refuseDataSet(_ reason: String) {
        log(.warning, "Failed to load the snapshot of the master: \(reason)")
        log(.notice, "The data set from before is kept and served on.")
        var link: [ReplicaLinkOutput] = []
        roles.link.refuseSnapshot(
            "Failed trying to load the MASTER synchronization DB from socket, check server logs.",
            at: now.instant, into: &link)
        perform(link)
        refreshConditions()
    }

    /// The master's data set takes the place of ours.
    private mutating func acceptDataSet(_ id: SessionID) {
        guard let incoming = roles.incoming.take() else { return }
        // A snapshot of the data set that goes would be of no use.
        abandonSnapshot()
        disconnectReplicas()
        let database = incoming.selectedDatabase
        let previous = ReplicationPast(incoming.auxiliaries)
        persistence.lastLoad = (incoming.keyCount, 0)
        log(.notice, "MASTER <-> REPLICA sync: Swapping active DB with loaded DB")
        keyspace.adopt(incoming.take())
        for index in 0..<keyspace.databaseCount { settleOutsideCommand(index) }
        persistence.changesSinceSave += 1
        // What came from the master's memory is on no disk of ours: a restart would find an older data
        // set, or none.
        if !settings.savePoints.isEmpty { persistence.isScheduled = true }
        sessions[id].database = database ?? 0
        var link: [ReplicaLinkOutput] = []
        withRandom { random, server in
            let now = server.now.instant
            server.roles.acceptSnapshot(
                previous: previous, random: &random, at: now, into: &link)
        }
        roles.dataOffset = roles.stream.history.offset
        perform(link)
        refreshConditions()
    }
}
