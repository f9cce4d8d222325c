// Names of hosts, with `resolve-hostnames`.
//
//     text from outside --locate--> address, its name beside its digits
//                              \--> lookUp ... lookedUp --> nodes of that name move to the digits
//
// Looking up may take seconds, so it is the executor's, beside the loop: the machine asks and goes on
// with what it knew. A node whose name is not known yet stands under the name itself and cannot be
// connected to. Names are looked up anew before every connection; an answer that still holds the
// digits in use changes nothing, so that a name with several addresses does not wander.

import Bytes
import Determinism
import Protocol

/// What is known of names, and who waits for more.
struct HostNames: Sendable {
    /// More names than these are not kept, and more than these are not asked for at a time.
    static let limit = 1024
    static let underWayLimit = 64
    static let waitingLimit = 256
    /// An answer this old is asked for again when the name is met.
    static let freshness: Duration = .seconds(30)

    /// What continues when a name is known, or cannot be.
    enum Continuation: Hashable, Sendable {
        case hello(ByteString)
        case monitor(SentinelRequestID, [ByteString])
    }

    private struct Entry: Sendable {
        var digits: ByteString?
        var askedAt: Instant
        var isUnderWay = true
    }

    private var entries: [ByteString: Entry] = [:]
    private var waiting: [(name: ByteString, continuation: Continuation)] = []

    /// What the name means, as far as it is known.
    func digits(_ name: ByteString) -> ByteString? { entries[name.lowercased]?.digits }

    /// Whether the answer is waited for.
    func isUnderWay(_ name: ByteString) -> Bool {
        entries[name.lowercased]?.isUnderWay ?? false
    }

    /// Whether the name is to be asked for now; notes that it was.
    mutating func ask(_ name: ByteString, olderThan age: Duration, at now: Instant) -> Bool {
        let name = name.lowercased
        if let entry = entries[name], entry.isUnderWay || now - entry.askedAt < age { return false }
        guard entries.values.count(where: \.isUnderWay) < HostNames.underWayLimit else {
            return false
        }
        if entries[name] == nil && entries.count >= HostNames.limit {
            let oldest = entries.filter { !$0.value.isUnderWay }
                .min { $0.value.askedAt < $1.value.askedAt }
            guard let oldest else { return false }
            entries[oldest.key] = nil
        }
        entries[name] = Entry(digits: entries[name]?.digits, askedAt: now)
        return true
    }

    /// Takes an answer: the digits in use if they are among `addresses`, else the first; nil when
    /// there is none, or nobody asked.
    mutating func settle(_ name: ByteString, _ addresses: [ByteString]) -> ByteString? {
        let name = name.lowercased
        guard var entry = entries[name] else { return nil }
        entry.isUnderWay = false
        let isKept = entry.digits.map { addresses.contains($0) } ?? false
        if !isKept, let first = addresses.first { entry.digits = first }
        entries[name] = entry
        return addresses.isEmpty ? nil : entry.digits
    }

    /// False when too many wait already.
    mutating func wait(for name: ByteString, _ continuation: Continuation) -> Bool {
        guard waiting.count < HostNames.waitingLimit else { return false }
        waiting.append((name.lowercased, continuation))
        return true
    }

    mutating func takeWaiting(_ name: ByteString) -> [Continuation] {
        let name = name.lowercased
        let taken = waiting.filter { $0.name == name }
        waiting.removeAll { $0.name == name }
        return taken.map(\.continuation)
    }
}

extension Sentinel {
    /// The address that a text from outside means; nil for one that is none, and for a name where
    /// names are not resolved.
    mutating func locate(_ host: ByteString, _ port: Int) -> NodeAddress? {
        if let address = NodeAddress(checking: host, port: port) { return address }
        guard settings.resolvesHostNames, var named = NodeAddress(naming: host, port: port) else {
            return nil
        }
        lookUp(host, olderThan: HostNames.freshness)
        if let digits = hostNames.digits(host) { named.host = digits }
        return named
    }

    /// Has a name looked up unless that was done not long ago.
    mutating func lookUp(_ name: ByteString, olderThan age: Duration) {
        guard settings.resolvesHostNames, hostNames.ask(name, olderThan: age, at: now) else {
            return
        }
        outputs.append(.lookUp(name))
    }

    mutating func lookedUp(_ name: ByteString, _ addresses: [ByteString]) {
        let known = addresses.compactMap { NumericHost.canonical($0.bytes.span) }
        if let digits = hostNames.settle(name, known) {
            moveNodes(named: name, to: digits)
        } else {
            logSeldom(.warning, "Failed to resolve hostname '\(name)'", about: name)
        }
        for continuation in hostNames.takeWaiting(name) {
            switch continuation {
            case .hello(let text):
                if !known.isEmpty { receiveHello(text, from: nil) }
            case .monitor(let request, let values): monitor(values, request, isLookedUp: true)
            }
        }
    }

    /// The host that others are shown: the name with `announce-hostnames`, else the digits.
    func shown(_ address: NodeAddress) -> ByteString {
        settings.announcesHostNames ? address.hostName ?? address.host : address.host
    }

    /// `host:port` as it is shown: the name of a replica.
    func shownName(_ address: NodeAddress) -> ByteString {
        NodeAddress(host: shown(address), port: address.port).name
    }

    /// Every node of that name is at `digits` from now on.
    private mutating func moveNodes(named name: ByteString, to digits: ByteString) {
        let name = name.lowercased
        func isStale(_ address: NodeAddress) -> Bool {
            address.host != digits && address.hostName?.lowercased == name
        }
        func move(_ address: inout NodeAddress) { if isStale(address) { address.host = digits } }
        for index in masters.indices {
            var hasMoved = false
            if isStale(masters[index].node.address) {
                hasMoved = true
                disconnect(.master(index))
                move(&masters[index].node.address)
                move(&masters[index].settings.address)
                masters[index].node.link.lastAttempt = nil
            }
            for replica in masters[index].replicas.indices
            where isStale(masters[index].replicas[replica].node.address) {
                hasMoved = true
                disconnect(.replica(index, replica))
                move(&masters[index].replicas[replica].node.address)
                masters[index].replicas[replica].node.link.lastAttempt = nil
            }
            if var promoted = masters[index].failover.promoted {
                move(&promoted)
                masters[index].failover.promoted = promoted
            }
            if var followed = masters[index].node.report.followed {
                move(&followed)
                masters[index].node.report.followed = followed
            }
            for replica in masters[index].replicas.indices {
                guard var followed = masters[index].replicas[replica].node.report.followed else {
                    continue
                }
                move(&followed)
                masters[index].replicas[replica].node.report.followed = followed
            }
            guard hasMoved else { continue }
            removeDoubles(index)
            records.isDue = true
            touch(index)
        }
        for sentinel in sentinels where isStale(sentinel.address) {
            disconnect(.sentinel(sentinel))
            move(&sentinel.address)
            sentinel.link.lastAttempt = nil
            records.isDue = true
            touch(.sentinel(sentinel))
        }
    }

    /// Two names, or a name and digits, may have turned out to be one replica, or the master.
    private mutating func removeDoubles(_ index: Int) {
        var seen: Set<NodeAddress> = [masters[index].node.address]
        var replica = 0
        while replica < masters[index].replicas.count {
            let address = masters[index].replicas[replica].node.address
            if seen.insert(address).inserted {
                replica += 1
            } else {
                disconnect(.replica(index, replica))
                masters[index].replicas.remove(at: replica)
            }
        }
    }
}
