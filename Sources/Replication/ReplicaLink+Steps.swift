import Bytes
import Determinism
import Protocol

/// How the link moves from phase to phase: what each line of the master means, and how a link ends.
extension ReplicaLink {
    mutating func read(
        _ line: Span<UInt8>, stream: inout ReplicationStream, at now: Instant,
        into outputs: inout [ReplicaLinkOutput]
    ) -> Event {
        switch phase {
        case .handshake(var handshake):
            // Newlines keep the connection alive and answer nothing.
            if line.isEmpty && !handshake.isInsideText { return .consumed }
            var lines: [ReplicationLogLine] = []
            let verdict = handshake.take(line, log: &lines)
            for line in lines { outputs.append(.log(line)) }
            phase = .handshake(handshake)
            switch verdict {
            case .more: break
            case .introduce: send(handshake.commands, &outputs)
            case .done:
                if refuses(handshake, stream.history, at: now, into: &outputs) { break }
                resynchronise(stream.history, &outputs)
            case .failed(let line): abandon(line, at: now, into: &outputs)
            }
            return .consumed
        case .resynchronising:
            if line.isEmpty { return .consumed }
            return answer(ResyncReply(line), stream: &stream, at: now, into: &outputs)
        case .announcing(let id, let offset):
            if line.isEmpty { return .consumed }
            return announce(line, id, offset, at: now, into: &outputs)
        case .idle, .waiting, .connecting, .transferring, .verifying, .streaming:
            return .incomplete
        }
    }

    mutating func resynchronise(
        _ history: ReplicationHistory, _ outputs: inout [ReplicaLinkOutput]
    ) {
        phase = .resynchronising
        if canResume {
            let position = history.offset + 1
            log(
                .notice,
                "Trying a partial resynchronization (request \(history.id):\(position)).",
                &outputs)
            send(
                [["PSYNC", history.id.characters, ByteString(String(position))] + demand],
                &outputs)
        } else {
            log(
                .notice, "Partial resynchronization not possible (no cached master)", &outputs)
            send([["PSYNC", "?", "-1"] + demand], &outputs)
        }
    }

    private var demand: [ByteString] { demandsFailover ? ["FAILOVER"] : [] }

    mutating func answer(
        _ reply: ResyncReply, stream: inout ReplicationStream, at now: Instant,
        into outputs: inout [ReplicaLinkOutput]
    ) -> Event {
        switch reply {
        case .partial(let newID):
            guard canResume else {
                abandon(
                    .init(
                        .warning,
                        "Unexpected reply to PSYNC from master: it continues a history that we "
                            + "did not ask for"), at: now, into: &outputs)
                return .consumed
            }
            log(.notice, "Successful partial resynchronization with master.", &outputs)
            var renamed = false
            if let newID, newID != stream.history.id {
                log(.notice, "Master replication ID changed to \(newID)", &outputs)
                stream.rename(to: newID)
                renamed = true
            }
            stream.resume()
            begin(at: now)
            log(
                .notice,
                "MASTER <-> REPLICA sync: Master accepted a Partial Resynchronization.", &outputs)
            return .resumed(renamed: renamed)
        case .full(let id, let offset):
            if let id {
                log(.notice, "Full resync from master: \(id):\(offset)", &outputs)
            } else {
                log(.warning, "Master replied with wrong +FULLRESYNC syntax.", &outputs)
            }
            if suspects(id, offset, stream.history, at: now, into: &outputs) { return .consumed }
            phase = .announcing(id, offset: offset)
            return .fullResynchronisation(id, offset: offset)
        case .later(let line):
            let hasAsked = guardian.wantsInspection
            // It may be a master that is not sure of its role: what it holds is of interest now.
            if line.text.contains("NOMASTERLINK") { guardian.inspectsIfWatching(canResume) }
            abandon(line, at: now, into: &outputs)
            if guardian.wantsInspection && !hasAsked { phase = .waiting(until: now) }
            return demandsFailover ? .refused : .consumed
        }
    }

    /// Looks at what the master said about its data; true after it was refused.
    private mutating func refuses(
        _ handshake: Handshake, _ history: ReplicationHistory, at now: Instant,
        into outputs: inout [ReplicaLinkOutput]
    ) -> Bool {
        guard handshake.inspects, let master else { return false }
        guard let said = handshake.inspection else {
            inspection = .denied
            return false
        }
        inspection = .passed
        let loss = guardian.judge(said, history: history, canResume: canResume, at: now)
        guard let loss else {
            guardian.passed()
            return false
        }
        let line = guardian.refuse(loss, master, history: history, at: now)
        abandon(line, at: now, into: &outputs)
        return true
    }

    /// Looks at a full resynchronisation that the master begins; true after it was given up, to be
    /// looked at more closely or for good.
    private mutating func suspects(
        _ id: ReplicationID?, _ offset: Int, _ history: ReplicationHistory, at now: Instant,
        into outputs: inout [ReplicaLinkOutput]
    ) -> Bool {
        guard let master,
            guardian.suspects(id, offset: offset, history: history, canResume: canResume)
        else { return false }
        switch inspection {
        case .passed: return false
        case .denied:
            guard let loss = guardian.loss(offset: offset) else { return false }
            let line = guardian.refuse(loss, master, history: history, at: now)
            abandon(line, at: now, into: &outputs)
        case nil:
            guardian.inspectsIfWatching(canResume)
            abandon(
                .init(.notice, "The master has another history: asking what became of its data"),
                at: now, into: &outputs)
            phase = .waiting(until: now)
        }
        return true
    }

    mutating func announce(
        _ line: Span<UInt8>, _ id: ReplicationID?, _ offset: Int, at now: Instant,
        into outputs: inout [ReplicaLinkOutput]
    ) -> Event {
        if line[0] == 0x2d {
            let text = ResyncDecision.printable(line.extracting(1..<line.count))
            abandon(
                .init(.warning, "MASTER aborted replication with an error: \(text)"), at: now,
                into: &outputs)
            return .consumed
        }
        guard let framing = SnapshotFraming(preamble: line) else {
            let text = ResyncDecision.printable(line)
            abandon(
                .init(
                    .warning,
                    "Bad protocol from MASTER, the first byte is not '$' (we received "
                        + "'\(text)'), are you sure the host and port are right?"),
                at: now, into: &outputs)
            return .consumed
        }
        switch framing {
        case .marked:
            log(
                .notice,
                "MASTER <-> REPLICA sync: receiving streamed RDB from master with EOF to parser",
                &outputs)
        case .sized(let length):
            log(
                .notice,
                "MASTER <-> REPLICA sync: receiving \(length) bytes from master to parser",
                &outputs)
        }
        phase = .transferring(id, offset: offset, SnapshotReceiver(framing))
        return .snapshotBegins
    }

    mutating func transfer(
        _ bytes: Span<UInt8>, _ id: ReplicationID?, _ offset: Int,
        _ receiver: inout SnapshotReceiver
    ) -> (consumed: Int, event: Event) {
        let step = receiver.take(bytes)
        if step.isComplete {
            phase = .verifying(id, offset: offset)
            return (step.consumed, .snapshotEnds(payload: step.payload))
        }
        phase = .transferring(id, offset: offset, receiver)
        return (
            step.consumed, step.consumed == 0 ? .incomplete : .snapshot(payload: step.payload)
        )
    }

    func lineEnd(_ bytes: Span<UInt8>) -> Int? {
        for index in 0..<min(bytes.count, Self.maximumLineLength + 1) where bytes[index] == 0x0a {
            return index
        }
        return nil
    }

    mutating func connect(
        _ master: MasterAddress, at now: Instant, into outputs: inout [ReplicaLinkOutput]
    ) {
        phase = .connecting
        lastReceived = now
        nextAcknowledgement = now + .seconds(1)
        outputs.append(.connect(master))
        log(.notice, "MASTER <-> REPLICA sync started", &outputs)
    }

    /// How long to wait after data that could not be used.
    mutating func nextRefusalInterval() -> Duration {
        defer { refusalCount = min(refusalCount + 1, 6) }
        return min(Self.retryInterval * (1 << refusalCount), Self.longestRetryInterval)
    }

    mutating func begin(at now: Instant) {
        phase = .streaming
        guardian.synchronised(since: connectedAt)
        streamingSince = now
        canResume = true
        downSince = nil
        lastReceived = now
        nextAcknowledgement = now + .seconds(1)
    }

    /// The stream ended without our wish.
    mutating func lose(
        isBroken: Bool, at now: Instant, into outputs: inout [ReplicaLinkOutput]
    ) {
        log(.notice, "Connection with master lost.", &outputs)
        if isBroken {
            canResume = false
        } else if canResume {
            log(.notice, "Caching the disconnected master state.", &outputs)
        }
        if now - streamingSince > Self.soundStreamTime { refusalCount = 0 }
        downSince = now
    }

    /// Ends whatever connection there is, because of an order.
    mutating func drop(at now: Instant, into outputs: inout [ReplicaLinkOutput]) {
        switch phase {
        case .idle, .waiting:
            return
        case .streaming:
            lose(isBroken: false, at: now, into: &outputs)
            outputs.append(.disconnect)
        case .connecting, .handshake, .resynchronising, .announcing, .transferring, .verifying:
            outputs.append(.disconnect)
        }
    }

    mutating func discard(into outputs: inout [ReplicaLinkOutput]) {
        guard canResume else { return }
        canResume = false
        log(.notice, "Discarding previously cached master state.", &outputs)
    }

    /// A silent master is given up, and tried again at once.
    mutating func fail(
        _ text: String, at now: Instant, into outputs: inout [ReplicaLinkOutput]
    ) {
        guard let master else { return }
        log(.warning, text, &outputs)
        outputs.append(.disconnect)
        log(.notice, "Reconnecting to MASTER \(master) after failure", &outputs)
        connect(master, at: now, into: &outputs)
    }

    func log(
        _ level: ReplicationLogLevel, _ text: String, _ outputs: inout [ReplicaLinkOutput]
    ) {
        outputs.append(.log(.init(level, text)))
    }

    func send(_ commands: [[ByteString]], _ outputs: inout [ReplicaLinkOutput]) {
        var buffer = OutputBuffer()
        for command in commands { CommandEncoder.append(command, to: &buffer) }
        outputs.append(.send(ByteString(buffer.unsent)))
    }
}
