// What has to be done so that the members are one group: nothing for what is right already.
//
// The order matters where something is interrupted, or where clients are at work already:
//   1. sentinels that watch already get the password, which does no harm before it is needed;
//   2. servers get it, for clients and for links at once;
//   3. the master becomes one, the others follow it;
//   4. sentinels that do not watch yet begin to.
// Every server writes its file in the same breath, so that a role outlives a restart.

import Bytes

/// Commands for one member.
public struct MemberOrder: Equatable, Sendable {
    /// To whom.
    public var address: MemberAddress
    /// Whether it is a sentinel, which may have another password.
    public var isForSentinel: Bool
    /// What.
    public var commands: [[ByteString]]
}

/// What is to be done, in stages; the orders of a stage are sent at the same time.
struct FormationPlan {
    /// What is wanted of each sentinel.
    private struct Wanted {
        var quorum: Int
        var downAfter: Int
        var failoverTimeout: Int
    }

    let master: MemberAddress
    private(set) var stages: [[MemberOrder]] = []
    private(set) var lines: [String] = []
    private let request: FormationRequest
    private let observation: GroupObservation

    init(_ request: FormationRequest, _ observation: GroupObservation, master: MemberAddress) {
        self.request = request
        self.observation = observation
        self.master = master
        let wanted = wantedOfSentinels()
        var known: [MemberOrder] = []
        var new: [MemberOrder] = []
        planRoles()
        for address in request.sentinels {
            if let group = observation.sentinels[address]?.facts?.group(request.name) {
                plan(watching: address, group, wanted, &known)
            } else {
                plan(joining: address, wanted, &new)
            }
        }
        if !new.isEmpty {
            lines.append(
                "quorum \(wanted.quorum), down-after \(wanted.downAfter) ms, failover-timeout "
                    + "\(wanted.failoverTimeout) ms")
        }
        stages.insert(known, at: 0)
        stages.append(new)
        stages.removeAll { $0.isEmpty }
    }

    /// Nothing has to be done.
    var isEmpty: Bool { stages.isEmpty }

    // MARK: Servers

    private mutating func planRoles() {
        var passwords: [MemberOrder] = []
        var leading: [MemberOrder] = []
        var following: [MemberOrder] = []
        for address in request.servers {
            guard let facts = observation.servers[address]?.facts else { continue }
            if needsPassword(facts), let password = request.password {
                let words: [ByteString] = [
                    "CONFIG", "SET", "masterauth", password, "requirepass", password,
                ]
                passwords.append(order(address, words))
                lines.append("\(address) gets the password")
            }
            if address == master {
                guard facts.master != nil else { continue }
                leading.append(order(address, ["REPLICAOF", "NO", "ONE"]))
            } else if facts.master != master && !observation.knownServers.contains(address) {
                following.append(
                    order(
                        address,
                        ["REPLICAOF", ByteString(master.host), ByteString("\(master.port)")]))
                lines.append("\(address) becomes a replica of \(master)")
            }
        }
        if !observation.knownServers.contains(master) {
            let verb = leading.isEmpty && isFollowed ? "stays" : "becomes"
            lines.insert("\(master) \(verb) the master", at: 0)
        }
        stages += [passwords, leading, following]
    }

    private var isFollowed: Bool {
        observation.servers.values.contains { $0.facts?.master == master }
    }

    private func needsPassword(_ facts: ServerFacts) -> Bool {
        request.password != nil && (facts.isOpen || facts.masterPasswordIsSet == false)
    }

    /// A change and the rewriting of the file.
    private func order(_ address: MemberAddress, _ words: [ByteString]) -> MemberOrder {
        MemberOrder(
            address: address, isForSentinel: false, commands: [words, ["CONFIG", "REWRITE"]])
    }

    // MARK: Sentinels

    /// What was not said stays as it is; a group that grows needs a new majority.
    private func wantedOfSentinels() -> Wanted {
        let views = observation.views
        let isWhole = request.sentinels.allSatisfy { address in
            observation.sentinels[address]?.facts?.group(request.name) != nil
        }
        let given = views.first?.group
        let majority = max(request.hosts.count, observation.sentinels.count) / 2 + 1
        return Wanted(
            quorum: request.quorum ?? (isWhole ? given?.quorum ?? majority : majority),
            downAfter: request.downAfterMilliseconds ?? given?.downAfterMilliseconds
                ?? FormationRequest.usualDownAfterMilliseconds,
            failoverTimeout: request.failoverTimeoutMilliseconds
                ?? given?.failoverTimeoutMilliseconds
                ?? FormationRequest.usualFailoverTimeoutMilliseconds)
    }

    private mutating func plan(
        joining address: MemberAddress, _ wanted: Wanted, _ orders: inout [MemberOrder]
    ) {
        let name = ByteString(request.name)
        var settings: [ByteString] = [
            "down-after-milliseconds", ByteString("\(wanted.downAfter)"), "failover-timeout",
            ByteString("\(wanted.failoverTimeout)"),
        ]
        if let password = request.password { settings += ["auth-pass", password] }
        let monitor: [ByteString] = [
            "SENTINEL", "MONITOR", name, ByteString(master.host), ByteString("\(master.port)"),
            ByteString("\(wanted.quorum)"),
        ]
        orders.append(
            MemberOrder(
                address: address, isForSentinel: true,
                commands: [monitor, ["SENTINEL", "SET", name] + settings]))
        lines.append("\(address) watches it")
    }

    private mutating func plan(
        watching address: MemberAddress, _ group: SentinelFacts.Group, _ wanted: Wanted,
        _ orders: inout [MemberOrder]
    ) {
        var settings: [ByteString] = []
        func set(_ option: String, _ old: Int, _ new: Int) {
            guard old != new else { return }
            settings += [ByteString(option), ByteString("\(new)")]
            lines.append("\(address) changes \(option) from \(old) to \(new)")
        }
        set("quorum", group.quorum, wanted.quorum)
        set("down-after-milliseconds", group.downAfterMilliseconds, wanted.downAfter)
        set("failover-timeout", group.failoverTimeoutMilliseconds, wanted.failoverTimeout)
        let isNew = observation.servers.values.contains { $0.facts.map(needsPassword) ?? false }
        let isKeptOut = group.accessError != nil || group.flags.contains("s_down")
        if let password = request.password, isNew || isKeptOut {
            settings += ["auth-pass", password]
            lines.append("\(address) gets the password of the servers")
        }
        guard !settings.isEmpty else { return }
        orders.append(
            MemberOrder(
                address: address, isForSentinel: true,
                commands: [["SENTINEL", "SET", ByteString(request.name)] + settings]))
    }
}
