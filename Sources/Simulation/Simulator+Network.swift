// Packets on their way: sent, held up, delivered.

import Bytes
import Consensus
import Determinism
import Protocol

extension Simulator {
    /// A sentinel opens a connection.
    mutating func connect(_ node: Int, _ link: LinkID, _ address: NodeAddress) {
        guard let target = numbers[address] else {
            sentinels[node].inputs.append(.linkFailed(link, .other("No route to host")))
            return
        }
        connections.append(
            SimulatedConnection(client: node, clientLife: lives[node], link: link, server: target))
        sentinels[node].connections[link] = connections.count - 1
        send(.open, connections.count - 1, .toServer)
    }

    /// Puts a packet on its way; it arrives after those before it.
    mutating func send(_ packet: Packet, _ id: Int, _ direction: Direction) {
        let isOpen =
            direction == .toServer
            ? connections[id].isOpenAtClient
            : connections[id].isOpenAtServer || packet == .refused || packet == .closed
        guard isOpen || packet == .closed else { return }
        var delay = SimulatedNetwork.leastDelay + random.duration(below: .milliseconds(1))
        if network.lossPercent > 0 && random.chance(network.lossPercent) {
            if packet != .open && packet != .closed && random.chance(10) {
                counts[.reset] += 1
                write(connections[id].source(direction), "loses connection \(id)")
                breakConnection(id)
                return
            }
            var wait = SimulatedNetwork.retransmission
            repeat {
                counts[.loss] += 1
                delay += wait
                wait = wait * 2
            } while random.chance(network.lossPercent) && wait < .seconds(5)
        }
        if network.addedDelay > .zero {
            counts[.delay] += 1
            delay += random.duration(below: network.addedDelay)
        }
        connections[id][direction].append(packet, arrival: now + delay)
        schedule(id, direction)
    }

    private mutating func schedule(_ id: Int, _ direction: Direction, notBefore: Instant = .zero) {
        guard !connections[id][direction].isScheduled,
            let arrival = connections[id][direction].firstArrival
        else { return }
        connections[id][direction].isScheduled = true
        queue.post(.deliver(connection: id, direction), at: max(arrival, notBefore, now))
    }

    /// The first packet of a direction arrives, if nothing is in its way.
    mutating func deliver(_ id: Int, _ direction: Direction) {
        connections[id][direction].isScheduled = false
        guard let packet = connections[id][direction].first else { return }
        let source = connections[id].source(direction)
        let target = connections[id].target(direction)
        if network.isBlocked(source, target) {
            let wait = SimulatedNetwork.retransmission + random.duration(below: .milliseconds(200))
            schedule(id, direction, notBefore: now + wait)
            return
        }
        // The kernel accepts for a process that stands still; everything else waits.
        if packet != .open && pausedUntil[target] > now && isUp[target] {
            schedule(id, direction, notBefore: pausedUntil[target])
            return
        }
        connections[id][direction].removeFirst()
        schedule(id, direction)
        switch direction {
        case .toServer: arriveAtServer(packet, id)
        case .toClient: arriveAtClient(packet, id)
        }
    }

    private mutating func arriveAtServer(_ packet: Packet, _ id: Int) {
        let node = connections[id].server
        switch packet {
        case .open:
            guard isUp[node] else { return send(.refused, id, .toClient) }
            connections[id].isOpenAtServer = true
            connections[id].serverLife = lives[node]
            send(.opened, id, .toClient)
        case .command(let words):
            guard connections[id].isOpenAtServer, connections[id].serverLife == lives[node] else {
                return
            }
            if isSentinel(node) {
                executeAtSentinel(node, words, id)
            } else {
                executeAtServer(node, words, id)
            }
        case .closed: forgetAtServer(id)
        case .opened, .refused, .reply: break
        }
    }

    private mutating func arriveAtClient(_ packet: Packet, _ id: Int) {
        let connection = connections[id]
        let node = connection.client
        guard connection.isOpenAtClient, isUp[node], connection.clientLife == lives[node] else {
            return
        }
        switch packet {
        case .opened:
            if !isSentinel(connection.server),
                reports[node][connection.server]?.life != connection.serverLife
            {
                reports[node][connection.server] = nil
            }
            let host = addresses[node].host
            feed(node, .linkConnected(connection.link, localHost: host))
        case .refused:
            dropAtClient(id)
            feed(node, .linkFailed(connection.link, .refused))
        case .reply(let value):
            noteReport(value, connection)
            feed(node, .reply(connection.link, value))
        case .closed:
            dropAtClient(id)
            feed(node, .linkClosed(connection.link))
        case .open, .command: break
        }
    }

    /// An INFO came in: from here on the sentinel knows what it says.
    private mutating func noteReport(_ value: ReplyValue, _ connection: SimulatedConnection) {
        guard !isSentinel(connection.server), case .bulk(let text) = value else { return }
        // The model's own field; a machine passes over fields that it does not know.
        let hasData = text.bytes.suffix(SimulatedServer.dataMark.count)
            .elementsEqual(SimulatedServer.dataMark.bytes)
        reports[connection.client][connection.server] = ServerReport(
            life: connection.serverLife, hasData: hasData)
    }

    private mutating func dropAtClient(_ id: Int) {
        connections[id].isOpenAtClient = false
        sentinels[connections[id].client].connections[connections[id].link] = nil
    }

    // MARK: Ends

    /// The client gives a connection up.
    mutating func closeAtClient(_ id: Int) {
        guard connections[id].isOpenAtClient else { return }
        connections[id].isOpenAtClient = false
        send(.closed, id, .toServer)
    }

    /// The server gives a connection up.
    mutating func closeAtServer(_ id: Int) {
        guard connections[id].isOpenAtServer else { return }
        forgetAtServer(id)
        send(.closed, id, .toClient)
    }

    private mutating func forgetAtServer(_ id: Int) {
        connections[id].isOpenAtServer = false
        let node = connections[id].server
        guard !isSentinel(node) else { return }
        servers[serverIndex(node)].transactions[id] = nil
        servers[serverIndex(node)].subscribers.removeAll { $0 == id }
    }

    /// A reset reaches both ends, after what is on its way.
    private mutating func breakConnection(_ id: Int) {
        let arrival = now + SimulatedNetwork.leastDelay
        connections[id].toServer.append(.closed, arrival: arrival)
        connections[id].toClient.append(.closed, arrival: arrival)
        schedule(id, .toServer)
        schedule(id, .toClient)
    }

    /// The process of a node is gone: its kernel closes what it had open.
    mutating func closeConnections(of node: Int) {
        for id in connections.indices {
            if connections[id].client == node { closeAtClient(id) }
            if connections[id].server == node { closeAtServer(id) }
        }
    }
}
