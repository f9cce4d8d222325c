// Packets on their way: sent, held up, delivered.

import Bytes
import Consensus
import Determinism
import Protocol

extension Simulator {
    /// A process opens a connection; nil when the address is nobody's.
    mutating func open(_ node: Int, _ end: ClientEnd, to address: NodeAddress) -> Int? {
        guard let target = numbers[address] else { return nil }
        let connection = SimulatedConnection(
            client: node, clientLife: lives[node], end: end, server: target)
        if end != .replica { connection.replies = ReplyStream() }
        let id = connections.count
        connections.append(connection)
        openConnections.append(id)
        send(.open, id, .toServer)
        return id
    }

    /// Hands bytes to the kernel.
    mutating func send(bytes: [UInt8], _ id: Int, _ direction: Direction) {
        if bytes.isEmpty { return }
        if direction == .toServer { connections[id].sentToServer += bytes.count }
        // Now and then a message arrives in two pieces, cut anywhere.
        if bytes.count > 1 && random.next() & 31 == 0 {
            let cut = 1 + random.below(bytes.count - 1)
            send(.bytes(Array(bytes[..<cut])), id, direction)
            send(.bytes(Array(bytes[cut...])), id, direction)
        } else {
            send(.bytes(bytes), id, direction)
        }
    }

    /// Puts a packet on its way; it arrives after those before it.
    mutating func send(_ packet: Packet, _ id: Int, _ direction: Direction) {
        let connection = connections[id]
        let isLast = packet.isClosed
        if case .bytes = packet {
            let isOpen =
                direction == .toServer ? connection.isOpenAtClient : connection.isOpenAtServer
            guard isOpen else { return }
        }
        // Up to a millisecond, in steps of a microsecond.
        var delay =
            SimulatedNetwork.leastDelay
            + Duration(wholeNanoseconds: Int64(random.next() & 1023) * 1000)
        if network.lossPercent > 0 && random.chance(network.lossPercent) {
            if case .bytes = packet, random.chance(10) {
                counts[.reset] += 1
                write(connection.source(direction), "loses connection \(id)")
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
        connection[direction].append(packet, arrival: now + delay)
        schedule(connection, id, direction)
    }

    private mutating func schedule(
        _ connection: SimulatedConnection, _ id: Int, _ direction: Direction,
        notBefore: Instant = .zero
    ) {
        guard !connection[direction].isScheduled,
            let arrival = connection[direction].firstArrival
        else { return }
        connection[direction].isScheduled = true
        queue.post(.deliver(connection: id, direction), at: max(arrival, notBefore, now))
    }

    /// The first packet of a direction arrives, if nothing is in its way.
    mutating func deliver(_ id: Int, _ direction: Direction) {
        let connection = connections[id]
        connection[direction].isScheduled = false
        if connection[direction].isEmpty { return }
        let source = connection.source(direction)
        let target = connection.target(direction)
        if network.isBlocked(source, target) || isDark[target] {
            let doublings = min(connection[direction].retransmissions, 3)
            connection[direction].retransmissions += 1
            let wait =
                SimulatedNetwork.retransmission * (1 << doublings)
                + random.duration(below: .milliseconds(100))
            schedule(connection, id, direction, notBefore: now + wait)
            return
        }
        // The kernel accepts for a process that stands still; everything else waits.
        if pausedUntil[target] > now && isUp[target] && !connection[direction].opens {
            schedule(connection, id, direction, notBefore: pausedUntil[target])
            return
        }
        let packet = connection[direction].removeFirst()
        schedule(connection, id, direction)
        switch direction {
        case .toServer: arriveAtServer(packet, connection, id)
        case .toClient: arriveAtClient(packet, connection, id)
        }
    }

    private mutating func arriveAtServer(
        _ packet: Packet, _ connection: SimulatedConnection, _ id: Int
    ) {
        let node = connection.server
        switch packet {
        case .open:
            guard isUp[node], accept(id) else { return send(.refused, id, .toClient) }
            connection.isOpenAtServer = true
            connection.serverLife = lives[node]
            send(.opened, id, .toClient)
        case .bytes(let bytes):
            guard connection.isOpenAtServer, connection.serverLife == lives[node] else {
                // Nobody has this connection any more: the kernel says so.
                return send(.closed, id, .toClient)
            }
            connection.arrivedAtServer += bytes.count
            transcript.mix(bytes)
            if isSentinel(node) {
                executeAtSentinel(bytes, id)
            } else {
                executeAtServer(node, bytes, id)
            }
        case .closed:
            guard connection.isOpenAtServer else { return }
            connection.isOpenAtServer = false
            if isServer(node), connection.serverLife == lives[node] {
                endSession(node, connection.serverSession)
            }
        case .opened, .refused: break
        }
    }

    private mutating func arriveAtClient(
        _ packet: Packet, _ connection: SimulatedConnection, _ id: Int
    ) {
        let node = connection.client
        guard connection.isOpenAtClient, isUp[node], connection.clientLife == lives[node] else {
            if !packet.isClosed { send(.closed, id, .toServer) }
            return
        }
        let end = connection.end
        switch packet {
        case .opened: opened(id, end)
        case .refused:
            connection.isOpenAtClient = false
            refused(id, end)
        case .bytes(let bytes):
            transcript.mix(bytes)
            received(bytes, id, end)
        case .closed:
            connection.isOpenAtClient = false
            closed(id, end)
        case .open: break
        }
    }

    private mutating func opened(_ id: Int, _ end: ClientEnd) {
        let node = connections[id].client
        switch end {
        case .link(let link): feed(node, .linkConnected(link, localHost: addresses[node].host))
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
        let connection = connections[id]
        for direction in [Direction.toServer, .toClient] {
            connection[direction].append(.closed, arrival: arrival)
            schedule(connection, id, direction)
        }
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
