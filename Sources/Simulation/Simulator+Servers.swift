// What the model of a server does: commands of sentinels, and replication in steps.

import Bytes
import Consensus
import Determinism
import Protocol

extension Simulator {
    static let serverPeriod = Duration.milliseconds(200)

    // MARK: Commands

    mutating func executeAtServer(_ node: Int, _ words: [ByteString], _ connection: Int) {
        let index = serverIndex(node)
        let name = words[0].text
        if name != "EXEC", servers[index].transactions[connection] != nil {
            servers[index].transactions[connection]?.append(words)
            return send(.reply(.simpleString("QUEUED")), connection, .toClient)
        }
        switch name {
        case "PING":
            send(.reply(pong(index)), connection, .toClient)
        case "INFO":
            let text = servers[index].information(replicas: replicas(of: node), at: now)
            send(.reply(.bulk(text)), connection, .toClient)
        case "ROLE": send(.reply(role(index)), connection, .toClient)
        case "MULTI":
            servers[index].transactions[connection] = []
            send(.reply(.simpleString("OK")), connection, .toClient)
        case "EXEC": executeTransaction(node, connection)
        case "SUBSCRIBE":
            servers[index].subscribers.append(connection)
            let reply = ReplyValue.array([.bulk("subscribe"), .bulk(words[1]), .integer(1)])
            send(.reply(reply), connection, .toClient)
        case "PUBLISH":
            let message = ReplyValue.array([.bulk("message"), .bulk(words[1]), .bulk(words[2])])
            for subscriber in servers[index].subscribers {
                send(.reply(message), subscriber, .toClient)
            }
            send(.reply(.integer(servers[index].subscribers.count)), connection, .toClient)
        default: send(.reply(execute(node, words, connection)), connection, .toClient)
        }
    }

    private func pong(_ index: Int) -> ReplyValue {
        servers[index].loadsUntil > now
            ? .error("LOADING rds is loading the dataset in memory") : .simpleString("PONG")
    }

    private func role(_ index: Int) -> ReplyValue {
        guard let master = servers[index].follows else {
            return .array([.bulk("master"), .integer(servers[index].offset), .array([])])
        }
        return .array([
            .bulk("slave"), .bulk(master.host), .integer(master.port),
            .bulk(servers[index].linkIsUp ? "connected" : "connect"),
            .integer(servers[index].offset),
        ])
    }

    private mutating func executeTransaction(_ node: Int, _ connection: Int) {
        guard let queued = servers[serverIndex(node)].transactions.removeValue(forKey: connection)
        else { return send(.reply(.error("ERR EXEC without MULTI")), connection, .toClient) }
        let results = queued.map { execute(node, $0, connection) }
        send(.reply(.array(results)), connection, .toClient)
    }

    /// Commands that may stand in a transaction.
    private mutating func execute(
        _ node: Int, _ words: [ByteString], _ connection: Int
    ) -> ReplyValue {
        let index = serverIndex(node)
        switch (words[0].text, words.count) {
        case ("SLAVEOF", 3), ("REPLICAOF", 3):
            let isNobody = words[1] == "NO"
            let master =
                isNobody
                ? nil : NodeAddress(host: words[1], port: words[2].integerValue ?? 0)
            write(node, "now follows \(master.map { "\($0.name)" } ?? "nobody")")
            servers[index].follow(master, at: now, random: &random)
        case ("CONFIG", 2): servers[index].configured = servers[index].follows
        case ("CLIENT", 4): return killClients(node, words[3], except: connection)
        default: break
        }
        return .simpleString("OK")
    }

    private mutating func killClients(
        _ node: Int, _ type: ByteString, except connection: Int
    ) -> ReplyValue {
        let subscribers = servers[serverIndex(node)].subscribers
        let victims = connections.indices.filter {
            connections[$0].server == node && connections[$0].isOpenAtServer && $0 != connection
                && subscribers.contains($0) == (type == "pubsub")
        }
        for victim in victims { closeAtServer(victim) }
        return .integer(victims.count)
    }

    // MARK: Replication

    private func replicas(of node: Int) -> [NodeAddress] {
        servers.indices.filter {
            isUp[plan.sentinels + $0] && servers[$0].linkIsUp
                && servers[$0].follows == addresses[node]
        }.map { servers[$0].address }
    }

    mutating func serverTick(_ node: Int) {
        queue.post(.serverTick(node), at: now + Simulator.serverPeriod)
        let index = serverIndex(node)
        guard isUp[node], pausedUntil[node] <= now else { return }
        guard let master = servers[index].follows else {
            servers[index].offset += random.below(50)
            return
        }
        guard let source = numbers[master], !isSentinel(source), source != node else { return }
        let other = servers[serverIndex(source)]
        if !isUp[source] {
            loseLink(index)
        } else if pausedUntil[source] > now || !network.isReachable(node, source) {
            if now - servers[index].linkSeen > SimulatedServer.linkTimeout { loseLink(index) }
        } else if other.follows != nil && !other.linkIsUp || other.loadsUntil > now {
            loseLink(index)
        } else if servers[index].loadsUntil <= now {
            synchronise(index, with: other, node)
        }
    }

    private mutating func loseLink(_ index: Int) {
        guard servers[index].linkIsUp else { return }
        servers[index].linkIsUp = false
        servers[index].linkLostAt = now
    }

    private mutating func synchronise(_ index: Int, with other: SimulatedServer, _ node: Int) {
        if !servers[index].linkIsUp {
            let isPartial = servers[index].hasData && other.shares(servers[index].history)
            write(
                node, "synchronises \(isPartial ? "in part" : "in full") with \(other.address.name)"
            )
            if !isPartial {
                servers[index].loadsUntil = now + random.duration(below: .seconds(1))
            }
        }
        servers[index].linkIsUp = true
        servers[index].linkSeen = now
        servers[index].hasData = other.hasData
        servers[index].history = other.history
        servers[index].previousHistory = other.previousHistory
        servers[index].offset = other.offset
    }
}

extension ByteString {
    /// The decimal number that the bytes spell.
    var integerValue: Int? { DecimalText.parse(bytes.span) }
}
