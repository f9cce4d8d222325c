// Connections to masters, replicas and other sentinels.

import Bytes
import Consensus
import Determinism
import Protocol
import Reactor

extension Executor {
    mutating func connect(_ id: LinkID, host: ByteString, port: Int) {
        guard let port = UInt16(exactly: port),
            let address = SocketAddress(numeric: host.text, port: port)
        else {
            inputs.append(.linkFailed(id, .other("Invalid address")))
            return
        }
        let slot = links.insert { _ in Link(id: id) }
        do throws(SystemError) {
            let descriptor = try Socket.connect(to: address)
            Socket.setNoDelay(descriptor.number)
            Socket.setKeepAlive(descriptor.number, seconds: settings.keepAliveSeconds)
            try linkConnections.insert(descriptor, for: slot.bits, .write, in: loop.poller)
            linkNumbers[id] = slot
        } catch {
            _ = links.remove(slot)
            inputs.append(.linkFailed(id, failure(error)))
        }
    }

    mutating func disconnect(_ id: LinkID) {
        guard let slot = linkNumbers.removeValue(forKey: id) else { return }
        // What was said before is heard.
        if links[slot].isSpoken { flushLink(slot) }
        linkConnections.close(slot.bits)
        _ = links.remove(slot)
    }

    mutating func send(_ command: [ByteString], on id: LinkID) {
        guard let slot = linkNumbers[id] else { return }
        CommandEncoder.append(command, to: &links[slot].output)
        if links[slot].isSpoken { return }
        links[slot].isSpoken = true
        spokenLinks.append(slot)
    }

    /// Sends what was said in this turn, with one write a link: of hundreds of masters' hellos to
    /// another sentinel, or of a ping and the hello with it.
    mutating func flushLinks() {
        for slot in spokenLinks { flushLink(slot) }
        spokenLinks.removeAll(keepingCapacity: true)
    }

    mutating func handleLink(_ slot: SlotTable<Link>.Identifier, _ event: ReadyEvent) {
        guard links.contains(slot) else { return }
        if !links[slot].isConnected {
            finishConnecting(slot)
            return
        }
        if event.isWritable && !links[slot].output.isEmpty { flushLink(slot) }
        if event.isReadable { readLink(slot) }
    }

    private mutating func finishConnecting(_ slot: SlotTable<Link>.Identifier) {
        let id = links[slot].id
        guard let number = linkConnections.descriptor(of: slot.bits) else { return }
        if let error = Socket.connectionError(number) {
            disconnect(id)
            feed(.linkFailed(id, failure(error)))
            return
        }
        guard let local = Socket.localAddress(number) else {
            disconnect(id)
            feed(.linkFailed(id, .other("Transport endpoint is not connected")))
            return
        }
        links[slot].isConnected = true
        linkConnections.resumeReading(slot.bits, in: loop.poller)
        feed(.linkConnected(id, localHost: ByteString(local.host)))
        // The greeting goes out, or there is none: either sets what is watched.
        if links.contains(slot) { flushLink(slot) }
    }

    private mutating func flushLink(_ slot: SlotTable<Link>.Identifier) {
        guard links.contains(slot) else { return }
        links[slot].isSpoken = false
        guard links[slot].isConnected else { return }
        switch linkConnections.send(slot.bits, from: &links[slot].output, in: loop.poller) {
        case .all, .some: break
        // Reading finds the end and tells the machine.
        case .failed: break
        }
    }

    private mutating func readLink(_ slot: SlotTable<Link>.Identifier) {
        let id = links[slot].id
        switch linkConnections.receive(slot.bits, into: &links[slot].input) {
        case .bytes: break
        case .wouldBlock: return
        case .end, .failed:
            disconnect(id)
            feed(.linkClosed(id))
            return
        }
        // The machine may give the link up in the middle of what came.
        while links.contains(slot) {
            let reply: ReplyValue?
            do throws(ReplyError) {
                reply = try links[slot].nextReply()
            } catch {
                disconnect(id)
                feed(.linkFailed(id, .malformed(text(of: error))))
                return
            }
            guard let reply else { break }
            feed(.reply(id, reply))
        }
        if links.contains(slot) && links[slot].input.isEmpty {
            links[slot].input.releaseStorage()
        }
    }

    private func text(of error: ReplyError) -> String {
        switch error {
        case .unknownType: "no type of the protocol"
        case .limitPassed: "too long, too many or too deep"
        case .malformed: "a number or length that is none"
        }
    }

    private func failure(_ error: SystemError) -> LinkFailure {
        switch error.code {
        case 111: .refused
        case 110: .timedOut
        default: .other("\(error)")
        }
    }
}
