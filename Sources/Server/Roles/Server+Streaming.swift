import Bytes
import Determinism
import Protocol
import Replication
import Sessions
import Storage

/// The master's side of a full resynchronisation: one snapshot, streamed from memory.
///
/// ```
///   startStreaming ─► +FULLRESYNC, preamble ─► streamToReplicas ... ─► finishStreaming ─► mark
///                          (offset fixed here; the backlog keeps what is written from here on)
/// ```
extension Server {
    /// Begins a snapshot for the replicas that wait; none may be running.
    mutating func startStreaming() {
        let waiting = roles.replicas.waiting
        guard !waiting.isEmpty, persistence.job == nil else { return }
        log(.notice, "Starting BGSAVE for SYNC with target: replicas sockets")
        // Whoever reads the snapshot reads the stream from here on: it must say its database.
        if !roles.isReplica { roles.stream.forgetSelectedDatabase() }
        let framing = SnapshotFraming.marked(random: &random)
        let history = roles.stream.history
        roles.stream.tell()
        var receivers: [SnapshotStreaming.Receiver] = []
        for replica in waiting {
            let id = SessionID(bits: replica.session)
            guard sessions.contains(id) else { continue }
            roles.replicas.beginSnapshot(for: replica.session, at: history.offset)
            if !replica.isLegacy {
                sessions[id].reply.simple(text: "FULLRESYNC \(history.id) \(history.offset)")
            }
            let readsMark = replica.announcement.readsMarkedSnapshots
            if readsMark { sessions[id].reply.output.append(framing.preamble) }
            sessions.markOutput(id)
            receivers.append(.init(session: id, readsMark: readsMark, movedAt: now.instant))
        }
        roles.stream.backlog.keep(from: roles.replicas.lowestNeededOffset)
        roles.streaming = SnapshotStreaming(
            framing: framing,
            finisher: RDBFinisher(
                compresses: settings.rdbCompression, checksums: settings.rdbChecksum,
                longestCompressed: SnapshotStreaming.longestCompressed),
            receivers: receivers)
        beginSnapshot(.replicas, version: ReplicaSet.snapshotVersion(for: waiting))
    }

    /// Whether the replicas that receive a snapshot can take more of it now.
    var canStreamMore: Bool {
        guard let count = roles.streaming?.receivers.count else { return false }
        for index in 0..<count {
            guard let session = roles.streaming?.receivers[index].session,
                sessions.contains(session)
            else { continue }
            if sessions[session].reply.output.count >= SnapshotStreaming.window { return false }
        }
        return true
    }

    /// The next bytes of the snapshot go to the replicas that receive it.
    mutating func streamToReplicas(_ bytes: [UInt8]) {
        guard let finished = roles.streaming?.finisher.process(bytes) else { return }
        send(snapshot: finished)
    }

    /// All of the snapshot was handed out.
    mutating func finishStreaming() {
        guard let last = roles.streaming?.finisher.finish() else { return }
        send(snapshot: last)
        guard let streaming = roles.streaming.take() else { return }
        for receiver in streaming.receivers where sessions.contains(receiver.session) {
            let id = receiver.session
            if receiver.readsMark {
                sessions[id].reply.output.append(streaming.framing.ending)
            } else {
                let sized = SnapshotFraming.sized(streaming.gathered.count)
                sessions[id].reply.output.append(sized.preamble)
                sessions[id].reply.output.append(streaming.gathered.span)
            }
            sessions.markOutput(id)
            if let line = roles.replicas.endSnapshot(for: id.bits, at: now.instant) { log(line) }
            if roles.replicas.announcement(of: id.bits).wantsSnapshotOnly {
                sessions.closeAfterReply(id)
            }
        }
    }

    /// The snapshot ends early: those that received it must begin again.
    mutating func failStreaming() {
        guard let streaming = roles.streaming.take() else { return }
        for receiver in streaming.receivers where sessions.contains(receiver.session) {
            log(.warning, "SYNC failed. BGSAVE child returned an error")
            sessions.closeNow(receiver.session)
        }
    }

    /// A session that received the snapshot is gone; without any the pass is given up.
    mutating func dropReceiver(_ id: SessionID) {
        roles.streaming?.receivers.removeAll { $0.session == id }
        guard let rest = roles.streaming?.receivers.count, rest == 0 else { return }
        log(.notice, "Diskless rdb transfer, last replica dropped, killing fork child.")
        abandonSnapshot()
    }

    /// Closes receivers that have taken nothing for `repl-timeout`.
    mutating func closeStalledReceivers() {
        guard let count = roles.streaming?.receivers.count else { return }
        for index in 0..<count {
            guard var receiver = roles.streaming?.receivers[index],
                sessions.contains(receiver.session)
            else { continue }
            let unsent = sessions[receiver.session].reply.output.count
            if unsent == 0 || unsent < receiver.unsent { receiver.movedAt = now.instant }
            receiver.unsent = unsent
            roles.streaming?.receivers[index] = receiver
            let silence = now.instant - receiver.movedAt
            guard silence > .seconds(settings.replTimeoutSeconds) else { continue }
            let name = roles.replicas.replica(receiver.session.bits)?.name ?? "?"
            log(.warning, "Disconnecting timedout replica (full sync): \(name)")
            sessions.closeNow(receiver.session)
        }
    }

    private mutating func send(snapshot bytes: [UInt8]) {
        if bytes.isEmpty { return }
        guard let receivers = roles.streaming?.receivers else { return }
        statistics.netReplOutputBytes += bytes.count * receivers.count
        if roles.streaming?.needsGathering == true {
            roles.streaming?.gathered.append(contentsOf: bytes)
        }
        for receiver in receivers where receiver.readsMark && sessions.contains(receiver.session) {
            sessions[receiver.session].reply.output.append(bytes.span)
            sessions.markOutput(receiver.session)
        }
    }
}
