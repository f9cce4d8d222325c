import Bytes

/// What was found out about a group, member by member.
public struct GroupObservation: Equatable, Sendable {
    /// Name of the group; nil while it is not known which one is meant.
    public var name: String?
    /// The servers that were asked.
    public var servers: [MemberAddress: Finding<ServerFacts>] = [:]
    /// The sentinels that were asked.
    public var sentinels: [MemberAddress: Finding<SentinelFacts>] = [:]

    /// Nothing found out yet.
    public init(name: String?) { self.name = name }

    /// The sentinels that watch the group, in the order of their addresses.
    public var views: [(address: MemberAddress, facts: SentinelFacts, group: SentinelFacts.Group)] {
        guard let name else { return [] }
        return sentinels.keys.sorted().compactMap { address in
            guard let facts = sentinels[address]?.facts, let group = facts.group(name) else {
                return nil
            }
            return (address, facts, group)
        }
    }

    /// The newest configuration that a sentinel tells: on a tie the one that most tell.
    public var configuration: SentinelFacts.Group? {
        let groups = views.map(\.group)
        return groups.max { left, right in
            if left.epoch != right.epoch { return left.epoch < right.epoch }
            let (first, second) = (left.master, right.master)
            return groups.count { $0.master == first } < groups.count { $0.master == second }
        }
    }

    /// The master that the newest configuration names.
    public var master: MemberAddress? { configuration?.master }

    /// Addresses of servers that some sentinel counts to the group.
    public var knownServers: Set<MemberAddress> {
        var known: Set<MemberAddress> = []
        for view in views {
            known.insert(view.group.master)
            known.formUnion(view.facts.replicas.map(\.address))
        }
        return known
    }

    /// Addresses of sentinels that some sentinel counts to the group.
    public var knownSentinels: Set<MemberAddress> {
        Set(views.flatMap { $0.facts.peers.map(\.address) })
    }

    /// The record that tells most of the last failover.
    public var lastFailover: RecordedFailover? {
        var best: RecordedFailover?
        for view in views {
            guard let record = view.facts.lastFailover else { continue }
            if best.map({ record.tellsMore(than: $0) }) ?? true { best = record }
        }
        return best
    }

    /// Bytes that a replica lacks, as its master or it itself knows best; nil when nobody knows.
    public func missingBytes(of replica: MemberAddress) -> Int? {
        guard let master, let leader = servers[master]?.facts else { return nil }
        let told = leader.attached.first { $0.address == replica }?.offset
        let own = servers[replica]?.facts.flatMap { $0.linkIsUp ? $0.offset : nil }
        guard let offset = [told, own].compactMap({ $0 }).max() else { return nil }
        return max(leader.offset - offset, 0)
    }

    /// Seconds since a replica last acknowledged something; nil when its master does not know it.
    public func lagSeconds(of replica: MemberAddress) -> Int? {
        guard let master, let leader = servers[master]?.facts else { return nil }
        let attached = leader.attached.first { $0.address == replica }
        return attached.flatMap { $0.state == "online" ? $0.lagSeconds : nil }
    }
}
