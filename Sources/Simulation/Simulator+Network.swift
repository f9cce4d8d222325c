// Packets on their way: sent, held up, delivered.

import Bytes
import Consensus
import Determinism
import Protocol

extension Simulator {
    /// A process opens a connection; nil when the address is nobody's.
    mutating func open(_ node: Int, _ end: ClientEnd, to address: NodeAddress) -> Int? {
        guard let target = numbers[address] else { return nil }
        connections.append(
            SimulatedConnection(client: node, clientLife: lives[node], end: end, server: target))
        let id = connections.count - 1
        if end != .replica { connections[id].replies = ReplyStream() }
        openConnections.append(id)
        send(.open, id, .toServer)
        return id
    }

    /// Hands bytes to the kernel.
    mutating func send(bytes: [UInt8], _ id: Int, _ direction: Direction) {
        if bytes.isEmpty { return }
        if direction == .toServer { connections[id].sentToServer += bytes.count }
        // Now and then a message arrives in two pieces, cut anywhere.
        if bytes.count > 1 && random.next() & 15 == 0 {
            let cut = 1 + random.below(bytes.count - 1)
            send(.bytes(Array(bytes[..<cut])), id, direction)
            send(.bytes(Array(bytes[cut...])), id, direction)
        } else {
            send(.bytes(bytes), id, direction)
        }
    }

    /// Puts a packet on its way; it arrives after those before it.
    mutating func send(_ packet: Packet, _ id: Int, _ direction: Direction) {
        let isLast = packet.isClosed
        if case .bytes = packet {
            let isOpen =
                direction == .toServer
                ? connections[id].isOpenAtClient : connections[id].isOpenAtServer
            guard isOpen else { return }
        }
        // Up to a millisecond, in steps of a microsecond.
        var delay =
            SimulatedNetwork.leastDelay
            + Duration(wholeNanoseconds: Int64(random.next() & 1023) * 1000)
        if network.lossPercent > 0 && random.chance(network.lossPercent) {
            if case .bytes = packet, random.chance(10) {
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
        if network.addedDelay > .zero && !isLast {
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
        if network.isBlocked(source, target) || isDark[target] {
            let doublings = min(connections[id][direction].retransmissions, 3)
            connections[id][direction].retransmissions += 1
            let wait =
                SimulatedNetwork.retransmission * (1 << doublings)
                + random.duration(below: .milliseconds(100))
            schedule(id, direction, notBefore: now + wait)
            return
        }
        // The kernel accepts for a process that stands still; everything else waits.
        if pausedUntil[target] > now && isUp[target] && !packet.isOpen {
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
            guard isUp[node], accept(id) else { return send(.refused, id, .toClient) }
            connections[id].isOpenAtServer = true
            connections[id].serverLife = lives[node]
            send(.opened, id, .toClient)
        case .bytes(let bytes):
            guard connections[id].isOpenAtServer, connections[id].serverLife == lives[node] else {
                // Nobody has this connection any more: the kernel says so.
                return send(.closed, id, .toClient)
            }
            connections[id].arrivedAtServer += bytes.count
            transcript.mix(bytes)
            if isSentinel(node) {
                executeAtSentinel(bytes, id)
            } else {
                executeAtServer(node, bytes, id)
            }
        case .closed:
            guard connections[id].isOpenAtServer else { return }
            connections[id].isOpenAtServer = false
            if isServer(node), connections[id].serverLife == lives[node] {
                endSession(node, connections[id].serverSession)
            }
        case .opened, .refused: break
        }
    }

    private mutating func arriveAtClient(_ packet: Packet, _ id: Int) {
        let node = connections[id].client
        guard connections[id].isOpenAtClient, isUp[node],
            connections[id].clientLife == lives[node]
        else {
            if !packet.isClosed { send(.closed, id, .toServer) }
            return
        }
        let end = connections[id].end
        switch packet {
        case .opened: opened(id, end)
        case .refused:
            connections[id].isOpenAtClient = false
            refused(id, end)
        case .bytes(let bytes):
            transcript.mix(bytes)
            received(bytes, id, end)
        case .closed:
            connections[id].isOpenAtClient = false
            closed(id, end)
        case .open: break
        }
    }

    private mutating func opened(_ id: Int, _ end: ClientEnd) {
        let node = connections[id].client
        switch end {
        case .link(let link): linkOpened(node, link, id)
        case .replica: masterLinkOpened(node, id)
        case .client: clientConnected(node, id)
        }
    }

    private mutating func refused(_ id: Int, _ end: ClientEnd) {
        let node = connections[id].client
        switch end {
        case .link(let link):
            sentinels[node].connections[link] = nil
            feed(node, .linkFailed(link, .refused))
        case .replica: masterLinkRefused(node, id)
        case .client: clientLost(node, id)
        }
    }

    private mutating func received(_ bytes: [UInt8], _ id: Int, _ end: ClientEnd) {
        let node = connections[id].client
        switch end {
        case .link(let link): receiveAtSentinel(node, link, bytes, id)
        case .replica:
            if let session = connections[id].clientSession { receive(node, bytes, session) }
        case .client: receiveAtClient(node, bytes, id)
        }
    }

    private mutating func closed(_ id: Int, _ end: ClientEnd) {
        let node = connections[id].client
        switch end {
        case .link(let link):
            sentinels[node].connections[link] = nil
            feed(node, .linkClosed(link))
        case .replica:
            if connections[id].clientSession == nil { return masterLinkRefused(node, id) }
            endSession(node, connections[id].clientSession)
        case .client: clientLost(node, id)
        }
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
        connections[id].isOpenAtServer = false
        send(.closed, id, .toClient)
    }

    /// A reset reaches both ends, after what is on its way.
    private mutating func breakConnection(_ id: Int) {
        let arrival = now + SimulatedNetwork.leastDelay
        connections[id].toServer.append(.closed, arrival: arrival)
        connections[id].toClient.append(.closed, arrival: arrival)
        schedule(id, .toServer)
        schedule(id, .toClient)
    }

    /// The process of a node is gone: its kernel closes what it had open, or is gone too.
    mutating func closeConnections(of node: Int) {
        openConnections.removeAll {
            !connections[$0].isOpenAtClient && !connections[$0].isOpenAtServer
        }
        for id in openConnections {
            if isDark[node] {
                if connections[id].client == node { connections[id].isOpenAtClient = false }
                if connections[id].server == node { connections[id].isOpenAtServer = false }
            } else {
                if connections[id].client == node { closeAtClient(id) }
                if connections[id].server == node { closeAtServer(id) }
            }
        }
    }
}
