// What clients do: ask a sentinel, connect, write, wait, read, and begin again when anything is wrong.

import Bytes
import Consensus
import Determinism
import Protocol

extension Simulator {
    /// A reply that takes longer is not waited for.
    static let clientPatience = Duration.milliseconds(1500)

    func clientIndex(_ node: Int) -> Int { node - plan.sentinels - plan.servers }

    /// A client's deadline has come.
    mutating func wakeClient(_ node: Int) {
        let index = clientIndex(node)
        if let posted = clients[index].wakeAt, posted > now { return }
        clients[index].wakeAt = nil
        guard clients[index].deadline <= now else { return scheduleClientWake(node) }
        switch clients[index].step {
        case .resting: askSentinel(node)
        case .idle: beginWrite(node)
        case .askingSentinel, .connecting, .askingRole, .writing, .waiting, .reading:
            giveUpConnection(node)
        }
    }

    private mutating func expect(_ step: SimulatedClient.Step, _ node: Int, within time: Duration) {
        let index = clientIndex(node)
        clients[index].step = step
        clients[index].deadline = now + time
        scheduleClientWake(node)
    }

    /// Posts the event for the client's deadline unless one is posted that comes no later.
    private mutating func scheduleClientWake(_ node: Int) {
        let index = clientIndex(node)
        let deadline = clients[index].deadline
        if let posted = clients[index].wakeAt, posted <= deadline { return }
        clients[index].wakeAt = deadline
        queue.post(.wake(node: node, life: lives[node]), at: deadline)
    }

    private mutating func giveUpConnection(_ node: Int) {
        let index = clientIndex(node)
        if let id = clients[index].connection { closeAtClient(id) }
        clients[index].connection = nil
        clients[index].current = nil
        clients[index].last = nil
        expect(
            .resting, node,
            within: .milliseconds(20) + random.duration(below: .milliseconds(300)))
    }

    private mutating func askSentinel(_ node: Int) {
        let sentinel = random.below(plan.sentinels)
        clients[clientIndex(node)].connection = open(node, .client, to: addresses[sentinel])
        expect(.askingSentinel, node, within: Simulator.clientPatience)
    }

    mutating func clientConnected(_ node: Int, _ id: Int) {
        let index = clientIndex(node)
        guard clients[index].connection == id else { return closeAtClient(id) }
        switch clients[index].step {
        case .askingSentinel:
            send(["SENTINEL", "get-master-addr-by-name", Simulator.masterName], id)
        case .connecting:
            send(["ROLE"], id)
            expect(.askingRole, node, within: Simulator.clientPatience)
        case .resting, .askingRole, .writing, .waiting, .reading, .idle: break
        }
    }

    mutating func clientLost(_ node: Int, _ id: Int) {
        guard clients[clientIndex(node)].connection == id else { return }
        giveUpConnection(node)
    }

    private mutating func send(_ words: [ByteString], _ id: Int) {
        var output = OutputBuffer()
        CommandEncoder.append(words, to: &output)
        send(bytes: ByteString(output.unsent).bytes, id, .toServer)
    }

    mutating func receiveAtClient(_ node: Int, _ bytes: [UInt8], _ id: Int) {
        guard let replies = connections[id].replies,
            clients[clientIndex(node)].connection == id
        else { return }
        replies.take(bytes)
        while clients[clientIndex(node)].connection == id {
            do throws(ReplyError) {
                guard let reply = try replies.next() else { return }
                take(reply, node, id)
            } catch {
                return invariants.violate(.dataSets, "n\(node) reads no reply: \(error)")
            }
        }
    }

    private mutating func take(_ reply: ReplyValue, _ node: Int, _ id: Int) {
        let index = clientIndex(node)
        if case .error(let text) = reply { return takeError(text, node) }
        switch clients[index].step {
        case .askingSentinel: connectMaster(node, reply)
        case .askingRole:
            guard reply.elements?.first?.bytes == "master" else { return giveUpConnection(node) }
            beginWrite(node)
        case .writing: acknowledged(node, id)
        case .waiting: confirmed(node, id, replicas: reply.integer ?? 0)
        case .reading: read(node, id, reply)
        case .resting, .connecting, .idle: break
        }
    }

    private mutating func takeError(_ text: ByteString, _ node: Int) {
        let index = clientIndex(node)
        if text.text.hasPrefix("NOREPLICAS"), clients[index].step == .writing {
            counts[.refusedWrite] += 1
            clients[index].current = nil
            return rest(node)
        }
        if clients[index].step == .writing { counts[.refusedWrite] += 1 }
        giveUpConnection(node)
    }

    private mutating func connectMaster(_ node: Int, _ reply: ReplyValue) {
        let index = clientIndex(node)
        if let id = clients[index].connection { closeAtClient(id) }
        clients[index].connection = nil
        guard let parts = reply.elements, parts.count == 2, let host = parts[0].bytes,
            let port = parts[1].integer
        else { return giveUpConnection(node) }
        clients[index].connection = open(
            node, .client, to: NodeAddress(host: host, port: port))
        expect(.connecting, node, within: Simulator.clientPatience)
    }

    // MARK: Writes and reads

    /// Between two writes.
    private mutating func rest(_ node: Int) {
        expect(
            .idle, node, within: .milliseconds(50) + random.duration(below: plan.writePeriod * 2))
    }

    private mutating func beginWrite(_ node: Int) {
        let index = clientIndex(node)
        guard let id = clients[index].connection else { return giveUpConnection(node) }
        if clients[index].isStopped { return }
        clients[index].writes += 1
        let key = ByteString("w\(index):\(clients[index].writes)")
        clients[index].current = history.begin(key: key, client: index)
        send(["SET", key, ByteString("\(index)-\(clients[index].writes)")], id)
        expect(.writing, node, within: Simulator.clientPatience)
    }

    private mutating func acknowledged(_ node: Int, _ id: Int) {
        let index = clientIndex(node)
        guard let write = clients[index].current else { return }
        history.acknowledge(write, by: connections[id].server, at: now)
        counts[.acknowledgedWrite] += 1
        clients[index].last = write
        if healedAt != nil { lastAcknowledgedAfterHealing = now }
        if clients[index].waitsFor > 0 {
            send(["WAIT", ByteString("\(clients[index].waitsFor)"), "1000"], id)
            return expect(.waiting, node, within: Simulator.clientPatience)
        }
        if random.chance(30) {
            send(["GET", history.writes[write].key], id)
            return expect(.reading, node, within: Simulator.clientPatience)
        }
        rest(node)
    }

    private mutating func confirmed(_ node: Int, _ id: Int, replicas: Int) {
        let index = clientIndex(node)
        guard let write = clients[index].current else { return }
        if replicas >= clients[index].waitsFor {
            counts[.confirmedWrite] += 1
            history.confirm(write, replicas: replicas, at: now)
            excuseUnlessMaster(write)
        }
        rest(node)
    }

    private mutating func read(_ node: Int, _ id: Int, _ reply: ReplyValue) {
        let index = clientIndex(node)
        if let write = clients[index].last, let value = reply.bytes {
            let key = history.writes[write].key.text.dropFirst()
            if value.text != key.replacing(":", with: "-") {
                invariants.violate(
                    .dataSets, "n\(node) reads \(value) where it wrote \(key)")
            }
        }
        rest(node)
    }
}
