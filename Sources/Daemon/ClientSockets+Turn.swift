import Bytes
import Determinism
import Reactor
import Sessions

extension ClientSockets {
    /// After a lack of descriptors, accepting pauses for this long.
    private static let acceptPause = Duration.milliseconds(100)
    /// Room for one read: a whole buffer of the pool, if it is lent.
    private static let readSize = 16_384
    /// For a value that is known to be long, the room is made at once, up to this.
    private static let maximumReadSize = 1 << 20

    // MARK: In

    /// Accepts, reads, and sends what had to wait, by the events of the last poll.
    ///
    /// Fills `ready`, `ended` and `others`.
    public mutating func collect(
        _ poller: borrowing Poller, _ sessions: inout SessionTable,
        _ access: borrowing AccessControl, at now: Instant
    ) {
        ready.removeAll(keepingCapacity: true)
        others.removeAll(keepingCapacity: true)
        hasDrained = false
        resumeAccepting(poller, at: now)
        for index in 0..<poller.readyCount {
            let event = poller[index]
            switch EventToken(bits: event.token) {
            case .session(let bits):
                let id = SessionID(bits: bits)
                if event.isWritable { sendWaiting(id, poller, &sessions, at: now) }
                if event.isReadable { read(id, &sessions, at: now) }
            case .listener(let position):
                accept(position, poller, &sessions, access, at: now)
            case .link, .signals, .wakeup: others.append(event)
            }
        }
    }

    private mutating func read(_ id: SessionID, _ sessions: inout SessionTable, at now: Instant) {
        guard sessions.contains(id) else { return }
        // What it sends after its last request is not for us; the end of the connection is.
        if sessions[id].flags.intersects([.closeAfterReply, .closeNow, .readingPaused]) { return }
        pool.lend(to: &sessions[id].input)
        let room = min(max(Self.readSize, sessions[id].missingBytes), Self.maximumReadSize)
        traffic.reads &+= 1
        switch connections.receive(id.bits, into: &sessions[id].input, atLeast: room) {
        case .bytes(let count):
            traffic.received &+= count
            sessions[id].lastInteraction = now
            ready.append(id)
        case .wouldBlock: pool.takeBack(from: &sessions[id].input)
        case .end: ended.append(id)
        case .failed: ended.append(id)
        }
    }

    /// Takes the buffers of sessions that have nothing unread left; after the machine has executed.
    public mutating func takeBackBuffers(_ sessions: inout SessionTable, at now: Instant) {
        for id in ready where sessions.contains(id) {
            let flags = sessions[id].flags
            if sessions[id].input.isEmpty {
                pool.takeBack(from: &sessions[id].input)
                // A farewell without a word: nothing will be sent that could end the session.
                if flags.contains(.closeAfterReply) && sessions[id].reply.output.isEmpty {
                    sessions.closeNow(id)
                }
                if !flags.contains(.multi) { continue }
            } else if sessions[id].input.count <= Self.maximumReadSize {
                continue
            }
            if let line = sessions.enforceQueryLimit(id, at: now) { warnings.append(line) }
        }
    }

    // MARK: Out

    /// Sends what sessions have to say, as far as the kernel takes it.
    public mutating func flush(
        _ poller: borrowing Poller, _ sessions: inout SessionTable, at now: Instant
    ) {
        sessions.takeOutput(into: &replies)
        for id in replies {
            if let line = sessions.enforceOutputLimit(id, at: now) {
                warnings.append(line)
                continue
            }
            // What is about to be closed has had its say.
            if sessions[id].flags.contains(.closeNow) { continue }
            // While it waits for its socket, more to send only changes whether it is read.
            if sessions[id].flags.contains(.waitingToWrite) {
                updateReading(id, poller, &sessions)
                continue
            }
            send(id, poller, &sessions)
        }
    }

    private mutating func sendWaiting(
        _ id: SessionID, _ poller: borrowing Poller, _ sessions: inout SessionTable,
        at now: Instant
    ) {
        guard sessions.contains(id), sessions[id].flags.contains(.waitingToWrite) else { return }
        sessions[id].lastInteraction = now
        send(id, poller, &sessions)
        hasDrained = true
    }

    private mutating func send(
        _ id: SessionID, _ poller: borrowing Poller, _ sessions: inout SessionTable
    ) {
        let before = sessions[id].reply.output.count
        traffic.writes &+= 1
        let sent = connections.send(id.bits, from: &sessions[id].reply.output, in: poller)
        traffic.sent &+= before - sessions[id].reply.output.count
        switch sent {
        case .all:
            if sessions[id].flags.intersects([.waitingToWrite, .readingPaused]) {
                sessions[id].flags.remove(.waitingToWrite)
                updateReading(id, poller, &sessions)
            }
            if sessions[id].flags.contains(.closeAfterReply) { sessions.closeNow(id) }
            if sessions[id].reply.output.capacity > Self.readSize {
                sessions[id].reply.output.releaseStorage()
            }
        case .some:
            sessions[id].flags.insert(.waitingToWrite)
            updateReading(id, poller, &sessions)
        case .failed:
            // What the other end sent before it went is still to be read, then its end: a replica
            // that lost its master must not lose the last of its stream.
            sessions[id].reply.output.removeAll()
            let isUnread: SessionFlags = [.waitingToWrite, .readingPaused, .closeAfterReply]
            if sessions[id].flags.intersects(isUnread) { ended.append(id) }
        }
    }

    private mutating func updateReading(
        _ id: SessionID, _ poller: borrowing Poller, _ sessions: inout SessionTable
    ) {
        sessions.updateReadingPause(id)
        if sessions[id].flags.intersects([.readingPaused, .closeAfterReply]) {
            connections.pauseReading(id.bits, in: poller)
        } else {
            connections.resumeReading(id.bits, in: poller)
        }
    }

    // MARK: Accepting

    private mutating func accept(
        _ position: Int, _ poller: borrowing Poller, _ sessions: inout SessionTable,
        _ access: borrowing AccessControl, at now: Instant
    ) {
        guard let id = listeners.identifiers.first(where: { Int($0.index) == position })
        else { return }
        for _ in 0..<acceptsPerTurn {
            switch listeners[id].accept() {
            case .none: return
            case .failed(let error):
                warnings.append("Accepting client connection: \(error)")
                acceptPausedAt = now
                for id in listeners.identifiers {
                    try? poller.remove(listeners[id].descriptor.number)
                }
                return
            case .connection(let accepted):
                let (peer, local) = addresses(of: accepted, through: id)
                let isTrusted =
                    accepted.peer.isLoopback || sessions.limits.trusts(accepted.peer.internet)
                open(
                    accepted.takeDescriptor(), peer: peer, local: local,
                    isTrusted: isTrusted, poller, &sessions, access, at: now)
            }
        }
    }

    private func addresses(
        of accepted: borrowing Accepted, through id: SlotTable<Listener>.Identifier
    ) -> (peer: ByteString, local: ByteString) {
        // Both ends of a unix socket are told by its path.
        if case .unix = listeners[id].address {
            let text = ByteString(listeners[id].address.text)
            return (text, text)
        }
        let local = Socket.localAddress(accepted.descriptor.number) ?? listeners[id].address
        return (ByteString(accepted.peer.text), ByteString(local.text))
    }

    private mutating func open(
        _ descriptor: consuming FileDescriptor, peer: ByteString, local: ByteString,
        isTrusted: Bool, _ poller: borrowing Poller, _ sessions: inout SessionTable,
        _ access: borrowing AccessControl, at now: Instant
    ) {
        if let refusal = sessions.refusal(isTrusted: isTrusted, access: access) {
            // A courtesy: who does not read it at once does not get it.
            var reply = OutputBuffer()
            reply.append(refusal.reply)
            _ = Socket.send(descriptor.number, from: &reply)
            return
        }
        let isUnix = peer.bytes.first == UInt8(ascii: "/")
        if !isUnix {
            Socket.setNoDelay(descriptor.number)
            Socket.setKeepAlive(descriptor.number, seconds: keepAliveSeconds)
        }
        let id = sessions.open(
            address: peer, localAddress: local, fileDescriptor: descriptor.number,
            isAuthenticated: !access.defaultUserNeedsPassword,
            flags: isUnix ? .unixSocket : [], at: now)
        do throws(SystemError) {
            try connections.insert(descriptor, for: id.bits, .read, in: poller)
        } catch {
            warnings.append("Accepting client connection: \(error)")
            sessions.close(id)
        }
    }

    private mutating func resumeAccepting(_ poller: borrowing Poller, at now: Instant) {
        guard let since = acceptPausedAt, now - since >= Self.acceptPause else { return }
        acceptPausedAt = nil
        for id in listeners.identifiers {
            let token = EventToken.listener(Int(id.index)).bits
            try? poller.add(listeners[id].descriptor.number, token: token, .read)
        }
    }
}
