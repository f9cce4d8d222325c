/// What `ha status` prints for people.
public struct GroupStatusText {
    private let observation: GroupObservation
    private let health: GroupHealth

    /// Of what was found out.
    public init(_ observation: GroupObservation) {
        self.observation = observation
        health = GroupHealth(observation)
    }

    /// The whole text.
    public var text: String {
        var parts = [heading, servers, sentinels]
        if let failover = observation.lastFailover { parts.append(describe(failover)) }
        if !health.problems.isEmpty { parts.append(problems) }
        if observation.servers.values.contains(where: { $0.failure == .passwordNeeded }) {
            parts.append("Servers want a password: --password-file FILE shows more.\n")
        }
        return parts.joined(separator: "\n")
    }

    private var heading: String {
        let configuration = observation.configuration
        let quorum = "quorum \(configuration?.quorum ?? 0) of \(observation.sentinels.count)"
        let epoch = "epoch \(configuration?.epoch ?? 0)"
        let downAfter = "down-after \(configuration?.downAfterMilliseconds ?? 0) ms"
        return "\(observation.name ?? "?"): \(health.state.rawValue), \(quorum), \(epoch), "
            + "\(downAfter)\n"
    }

    private var servers: String {
        var table = TextTable(["server", "role", "state", "offset", "behind"])
        let master = observation.master
        let known = observation.knownServers.union(observation.servers.keys)
        for address in known.sorted() {
            let facts = observation.servers[address]?.facts
            table.add([
                address.description, address == master ? "master" : "replica",
                state(ofServer: address, facts), offset(address, facts),
                address == master ? "" : behind(address),
            ])
        }
        return table.text
    }

    private func state(ofServer address: MemberAddress, _ facts: ServerFacts?) -> String {
        guard let facts else {
            let failure = observation.servers[address]?.failure
            return failure?.summary ?? "not asked"
        }
        if facts.isLoading { return "reading its data" }
        if address == observation.master {
            if facts.master != nil { return "is a replica" }
            return facts.isFenced ? "waits to be named" : "ok"
        }
        guard let master = facts.master else { return "is a master" }
        if master != observation.master { return "follows \(master)" }
        if let percent = facts.synchronisedPercent { return "synchronising \(percent)%" }
        if facts.linkIsUp { return "link up" }
        return facts.linkDownSeconds.map { "link down \($0) s" } ?? "link down"
    }

    /// The sentinels' knowledge is seconds old, and better than none.
    private func offset(_ address: MemberAddress, _ facts: ServerFacts?) -> String {
        if let facts { return String(facts.offset) }
        for view in observation.views {
            if let known = view.facts.replicas.first(where: { $0.address == address }) {
                return "\(known.offset)"
            }
        }
        return ""
    }

    private func behind(_ address: MemberAddress) -> String {
        guard let bytes = observation.missingBytes(of: address) else { return "?" }
        let lag = observation.lagSeconds(of: address).map { ", \($0) s" } ?? ""
        return "\(bytes) bytes\(lag)"
    }

    private var sentinels: String {
        var table = TextTable(["sentinel", "names", "knows", "state"])
        for address in observation.sentinels.keys.sorted() {
            guard let facts = observation.sentinels[address]?.facts else {
                let failure = observation.sentinels[address]?.failure
                table.add([address.description, "-", "-", failure?.summary ?? "?"])
                continue
            }
            guard let group = observation.name.flatMap({ facts.group($0) }) else {
                table.add([address.description, "-", "-", "does not watch it"])
                continue
            }
            let others = "\(group.otherCount) other\(group.otherCount == 1 ? "" : "s")"
            let replicas = "\(group.replicaCount) replica\(group.replicaCount == 1 ? "" : "s")"
            table.add([
                address.description, group.master.description, "\(replicas), \(others)",
                state(of: group),
            ])
        }
        return table.text
    }

    private func state(of group: SentinelFacts.Group) -> String {
        if group.flags.contains("failover_in_progress") { return "fails over" }
        if group.flags.contains("o_down") { return "master down, agreed" }
        if group.flags.contains("s_down") { return "master down" }
        if group.accessError != nil { return "refused by master" }
        if group.fileError != nil { return "cannot write file" }
        return group.flags.contains("disconnected") ? "connecting" : "ok"
    }

    private func describe(_ failover: RecordedFailover) -> String {
        let time = CalendarText.utc(millisecondsSince1970: failover.startedMilliseconds)
        let cause = failover.cause.isEmpty ? "" : " (\(failover.cause))"
        let parts = failover.phases.filter { $0.milliseconds >= 0 }
            .map { "\($0.name) \($0.milliseconds)" }
        return "last failover: \(time)\(cause), epoch \(failover.epoch)\n"
            + "  \(failover.from) -> \(failover.to) in \(failover.totalMilliseconds) ms\n"
            + (parts.isEmpty ? "" : "  ms: \(parts.joined(separator: ", "))\n")
    }

    private var problems: String {
        health.problems.map { problem in
            "! \(problem.text)\n" + (problem.advice.isEmpty ? "" : "  \(problem.advice)\n")
        }.joined()
    }
}
