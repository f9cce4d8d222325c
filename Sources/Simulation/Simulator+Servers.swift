// The executor of servers: what rds-server does with sockets and files, done with simulated ones.
//
//     bytes, deadline ─ execute ─ tick ─ outputs in their order ─ replies ─ closing ─┐
//            ^                                                                       │
//            └──────────────── resumable sessions, the next deadline ────────────────┘

import Bytes
import Consensus
import Determinism
import Protocol
import Server
import Sessions
import Storage

extension Simulator {
    /// A turn that takes up what is never due for good takes at least so much time.
    static let turnTime = Duration.microseconds(200)
    /// Bytes of a snapshot file that are loaded at a time.
    static let loadingPiece = 4096

    func server(_ node: Int) -> SimulatedServer { servers[node - plan.sentinels] }

    // MARK: Turns

    /// One turn of a server's loop.
    mutating func turn(_ node: Int, ready: [SessionID] = []) {
        let process = server(node)
        let hadData = process.hadData
        let wasMaster = process.isMaster
        let followed = process.server.roles.link.master
        var ready = ready
        var rounds = 0
        repeat {
            let moment = process.clock.moment(at: now)
            if !ready.isEmpty { process.server.execute(ready: ready, at: moment) }
            if process.server.nextDeadline <= moment.instant { process.server.tick(at: moment) }
            performOutputs(node)
            while isUp[node], process.server.persistence.mustStandStill {
                process.server.workOnSnapshot(at: moment)
                performOutputs(node)
            }
            guard isUp[node] else { return }
            flush(node)
            guard isUp[node] else { return }
            close(node)
            ready = process.server.takeResumable()
            rounds += 1
        } while (!ready.isEmpty || !process.server.outputs.isEmpty) && rounds < 64
        process.hadData = process.hasData
        if hadData && !process.hadData { noteWipedData(node) }
        if process.isStreaming { process.hasKept = false }
        if !wasMaster && process.isMaster { notePromotion(of: node) }
        if process.server.roles.link.master != followed {
            hearsay[node].wasTold = true
            hearsay[node].isBranch = false
            noteOrder(to: node)
        }
        if hearsay[node].wasTold && process.isStreaming { hearsay[node].wasTold = false }
        scheduleServerWake(node)
    }

    /// Posts the event for the machine's deadline unless one is posted that comes no later.
    private mutating func scheduleServerWake(_ node: Int) {
        let process = server(node)
        var at = max(
            process.clock.trueTime(of: process.server.nextDeadline, from: now),
            now + Simulator.turnTime)
        if let loading = process.loading { at = min(at, max(loading.nextAt, now)) }
        if let done = process.writing?.doneAt { at = min(at, max(done, now)) }
        if let posted = process.wakeAt, posted <= at { return }
        process.wakeAt = at
        queue.post(.wake(node: node, life: lives[node]), at: at)
    }

    mutating func wakeServer(_ node: Int) {
        let process = server(node)
        if let posted = process.wakeAt, posted > now { return }
        process.wakeAt = nil
        if let loading = process.loading, loading.nextAt <= now { load(node) }
        if let done = process.writing?.doneAt, done <= now { finishWriting(node) }
        turn(node)
    }

    /// Performs every output; those that appear meanwhile too.
    private mutating func performOutputs(_ node: Int) {
        let process = server(node)
        while !process.server.outputs.isEmpty {
            let outputs = process.server.outputs
            process.server.outputs = []
            for output in outputs {
                guard survivesOutput(node) else { return }
                perform(output, node, process)
                if !isUp[node] { return }
            }
        }
    }

    /// Counts one output of a process that is to die soon; false when it has died.
    mutating func survivesOutput(_ node: Int) -> Bool {
        guard let left = outputsUntilCrash[node] else { return true }
        if left == 0 {
            crash(node)
            return false
        }
        outputsUntilCrash[node] = left - 1
        return true
    }

    private mutating func perform(_ output: ServerOutput, _ node: Int, _ process: SimulatedServer) {
        switch output {
        case .log(_, let text):
            write(node, text)
            // A fenced master, too, is promoted by an order; hellos that open the fence are judged.
            if text.hasPrefix("The fence is lifted: REPLICAOF NO ONE") { notePromotion(of: node) }
            if text.hasPrefix("The fence is lifted: sentinels") { noteOpening(of: node) }
            if text == "MASTER <-> REPLICA sync: Finished with success" { noteDataSet(of: node) }
        case .connectMaster(let host, let port, _):
            connectMaster(node, NodeAddress(host: host, port: port))
        case .disconnectMaster: abandonAttempt(process)
        case .beginFile(let name, let compresses, let checksums):
            process.writing = .init(
                finisher: RDBFinisher(compresses: compresses, checksums: checksums),
                hasData: process.hasData, isKept: name != process.server.settings.dbFilename.text)
            if process.disk.troubles.isFull { process.writing?.isDoomed = true }
        case .appendFile(let records):
            if let bytes = process.writing?.finisher.process(records) {
                process.writing?.bytes += bytes
            }
            process.server.fileWritten(records.count)
        case .commitFile: commitFile(node, process)
        case .abandonFile: process.writing = nil
        case .rewriteConfiguration(_, let settings, _, let reply):
            rewriteConfiguration(node, settings, reply)
        case .storeRecord(_, let text): storeRoleRecord(node, text)
        case .exit(let status):
            write(node, "exits with status \(status)")
            crash(node)
            // Asked to end before the healing, and slow to obey.
            if healedAt != nil {
                queue.post(.restart(node: node, life: lives[node]), at: now + .seconds(1))
            }
        case .delaySmallPackets, .reload, .apply, .stopping, .sleep, .crash: break
        }
    }

    // MARK: Files

    private mutating func commitFile(_ node: Int, _ process: SimulatedServer) {
        guard process.writing != nil else { return }
        if let last = process.writing?.finisher.finish() { process.writing?.bytes += last }
        let outcome = process.disk.troubles.outcome()
        if outcome == .torn {
            counts[.tornFile] += 1
            write(node, "dies in the middle of its snapshot file")
            return crash(node)
        }
        if outcome == .failed { process.writing?.isDoomed = true }
        let time = Duration.milliseconds(1) + random.duration(below: .milliseconds(50))
        process.writing?.doneAt = now + time
        if process.server.persistence.mustStandStill { finishWriting(node) }
    }

    /// The snapshot file is on the disk, or is not.
    private mutating func finishWriting(_ node: Int) {
        let process = server(node)
        guard let writing = process.writing else { return }
        process.writing = nil
        if writing.isDoomed {
            counts[.failedFile] += 1
        } else if writing.isKept {
            process.hasKept = true
            noteLostMemory(of: node)
        } else {
            process.disk.snapshot = writing.bytes
            process.disk.hasData = writing.hasData
        }
        process.server.fileFinished(
            failure: writing.isDoomed
                ? "Write error while saving DB to the disk(fsync): Input/output error" : nil,
            at: process.clock.moment(at: now))
    }

    private mutating func load(_ node: Int) {
        let process = server(node)
        guard var loading = process.loading else { return }
        let moment = process.clock.moment(at: now)
        do throws(RDBError) {
            let end = min(loading.position + Simulator.loadingPiece, loading.bytes.count)
            if loading.position < end {
                let piece = Array(loading.bytes[loading.position..<end])
                try process.server.load(piece.span, at: moment)
                loading.position = end
                loading.nextAt = now + plan.loadingPace
                process.loading = loading
            } else {
                process.loading = nil
                try process.server.finishLoading(at: moment)
                // A file without a history has nothing that a master's could be compared with.
                if !process.server.roles.link.canResume { hearsay[node].wasTold = true }
                if process.takesWrites { noteOpening(of: node) }
                noteReturn(of: node)
            }
        } catch {
            invariants.violate(.dataSets, "n\(node) cannot load its own snapshot: \(error)")
        }
    }

    private mutating func storeRoleRecord(_ node: Int, _ text: [UInt8]?) {
        let process = server(node)
        let survives = random.chance(50)
        let isFull = process.disk.troubles.isFull
        let outcome = process.disk.troubles.outcome()
        let named = process.server.roles.fence.record?.sentinels.count ?? 0
        if named >= plan.sentinels { process.knowsAllSentinels = true }
        if outcome == .stored || survives && !isFull {
            process.disk.roleRecord = text
            if process.knowsAllSentinels { process.disk.hasNamedAllSentinels = true }
        }
        switch outcome {
        case .stored: break
        case .failed:
            counts[.failedFile] += 1
            process.server.recordFailed("Input/output error", at: process.clock.moment(at: now))
        case .torn:
            counts[.tornFile] += 1
            write(node, "dies in the middle of its role record")
            crash(node)
        }
    }

    private mutating func rewriteConfiguration(
        _ node: Int, _ settings: ServerSettings, _ reply: ReplyPosition?
    ) {
        let process = server(node)
        let survives = random.chance(50)
        let isFull = process.disk.troubles.isFull
        let outcome = process.disk.troubles.outcome()
        if outcome == .stored || survives && !isFull { process.disk.settings = settings }
        switch outcome {
        case .stored: process.server.configurationRewritten(reply, failure: nil)
        case .failed:
            counts[.failedFile] += 1
            process.server.configurationRewritten(reply, failure: "Input/output error")
        case .torn:
            counts[.tornFile] += 1
            write(node, "dies in the middle of its configuration file")
            crash(node)
        }
    }

    // MARK: Sessions

    /// A connection arrives; false when it is refused.
    mutating func accept(_ id: Int) -> Bool {
        let node = connections[id].server
        guard isServer(node) else {
            connections[id].requests = isSentinel(node) ? RequestStream() : nil
            return isSentinel(node)
        }
        let process = server(node)
        let (session, _) = process.server.accept(
            address: ByteString("\(addresses[connections[id].client].host):\(20_000 + id)"),
            localAddress: addresses[node].name, fileDescriptor: -1, isLocal: false,
            isUnixSocket: false, at: process.clock.moment(at: now))
        guard let session else { return false }
        connections[id].serverSession = session
        process.connections[session] = id
        return true
    }

    /// Bytes arrive at a server that was connected to.
    mutating func executeAtServer(_ node: Int, _ bytes: [UInt8], _ id: Int) {
        guard let session = connections[id].serverSession else { return }
        hearHellos(node, id)
        receive(node, bytes, session)
        judgeWrites(node, id)
    }

    /// Bytes arrive for a session, at either end of its connection.
    mutating func receive(_ node: Int, _ bytes: [UInt8], _ session: SessionID) {
        let process = server(node)
        guard process.server.sessions.contains(session) else { return }
        process.server.sessions[session].input.append(bytes.span)
        process.server.sessions[session].lastInteraction = process.clock.reading(at: now)
        turn(node, ready: [session])
    }

    /// The other end of a session's connection is closed.
    mutating func endSession(_ node: Int, _ session: SessionID?) {
        guard let session else { return }
        let process = server(node)
        process.connections[session] = nil
        process.server.close(session, at: process.clock.moment(at: now))
        turn(node)
    }

    /// Replies and the stream for replicas go to the kernel, as far as it takes them.
    private mutating func flush(_ node: Int) {
        let process = server(node)
        var list: [SessionID] = []
        process.server.sessions.takeOutput(into: &list)
        if !process.stalled.isEmpty {
            for session in process.stalled where !list.contains(session) { list.append(session) }
            process.stalled = []
        }
        for session in list {
            guard process.server.sessions.contains(session),
                let id = process.connections[session]
            else { continue }
            guard survivesOutput(node) else { return }
            let direction: Direction = connections[id].client == node ? .toServer : .toClient
            if connections[id][direction].byteCount >= SimulatedConnection.kernelBuffer {
                process.stalled.append(session)
                continue
            }
            let bytes = ByteString(process.server.sessions[session].reply.output.unsent).bytes
            process.server.sessions[session].reply.output.removeAll()
            if connections[id].replies != nil, bytes.count > SimulatedConnection.reportLength,
                isSentinel(connections[id].client)
            {
                connections[id].reports.append(
                    (now, process.hasData, lacked(by: node, askedBy: connections[id].client)))
            }
            send(bytes: bytes, id, direction)
            process.server.sessions.updateReadingPause(session)
            if process.server.sessions[session].flags.contains(.closeAfterReply) {
                process.server.sessions.closeNow(session)
            }
        }
    }

    /// Closes what the machine wants closed.
    private mutating func close(_ node: Int) {
        let process = server(node)
        for session in process.server.sessions.takeClosing() {
            process.server.close(session, at: process.clock.moment(at: now))
            guard let id = process.connections.removeValue(forKey: session) else { continue }
            if connections[id].client == node { closeAtClient(id) } else { closeAtServer(id) }
        }
    }

    // MARK: The link to the master

    private mutating func connectMaster(_ node: Int, _ address: NodeAddress) {
        let process = server(node)
        abandonAttempt(process)
        guard let id = open(node, .replica, to: address) else {
            return process.server.masterLinkFailed(
                "No route to host", at: process.clock.moment(at: now))
        }
        process.masterAttempt = id
    }

    private mutating func abandonAttempt(_ process: SimulatedServer) {
        guard let id = process.masterAttempt else { return }
        process.masterAttempt = nil
        closeAtClient(id)
    }

    mutating func masterLinkOpened(_ node: Int, _ id: Int) {
        let process = server(node)
        guard process.masterAttempt == id else { return }
        process.masterAttempt = nil
        let session = process.server.masterLinkConnected(
            address: addresses[connections[id].server].name,
            localAddress: ByteString("\(addresses[node].host):\(20_000 + id)"),
            fileDescriptor: -1, at: process.clock.moment(at: now))
        guard let session else { return closeAtClient(id) }
        connections[id].clientSession = session
        process.connections[session] = id
        turn(node)
    }

    mutating func masterLinkRefused(_ node: Int, _ id: Int) {
        let process = server(node)
        guard process.masterAttempt == id else { return }
        process.masterAttempt = nil
        process.server.masterLinkFailed(
            "Connection refused", at: process.clock.moment(at: now))
        turn(node)
    }
}
