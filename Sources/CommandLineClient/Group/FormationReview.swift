// May the group be made of these members, and who is its master?
//
// Nothing is changed where anything is in the way: a member that does not answer, data or a role
// that is not of this group. What is of the group already is told by its sentinels, and, where
// there are none yet, by who follows whom.

/// The judgement of members before anything is changed.
struct FormationReview {
    /// What came of it.
    enum Verdict {
        /// Something is in the way.
        case refused([GroupHealth.Problem])
        /// The group is busy with itself: ask again.
        case busy(String)
        /// The master is, or will be, this one.
        case master(MemberAddress)
    }

    private let request: FormationRequest
    private let observation: GroupObservation
    private var problems: [GroupHealth.Problem] = []

    init(_ request: FormationRequest, _ observation: GroupObservation) {
        self.request = request
        self.observation = observation
    }

    /// Looks at everybody.
    mutating func verdict() -> Verdict {
        checkPlaces()
        for address in request.servers { checkAnswer(ofServer: address) }
        for address in request.sentinels { checkAnswer(ofSentinel: address) }
        checkIdentities()
        if !problems.isEmpty { return .refused(problems) }
        for address in request.sentinels { checkGroups(ofSentinel: address) }
        if !problems.isEmpty { return .refused(problems) }
        if let name = request.servers.first(where: { facts($0)?.isLoading ?? false }) {
            return .busy("\(name) is reading its data")
        }
        if let configuration = observation.configuration {
            let flags = observation.views.flatMap { $0.group.flags }
            if flags.contains("failover_in_progress") || facts(configuration.master)?.master != nil
            {
                return .busy("a failover is under way")
            }
        }
        let master = observation.master ?? masterByReplication
        for address in request.servers where address != master {
            checkData(ofReplica: address, master)
        }
        checkData(ofMaster: master)
        return problems.isEmpty ? .master(master) : .refused(problems)
    }

    private mutating func add(_ text: String, _ advice: String) {
        problems.append(GroupHealth.Problem(text: text, advice: advice))
    }

    private func facts(_ address: MemberAddress) -> ServerFacts? {
        observation.servers[address]?.facts
    }

    // MARK: Answers

    /// An address that only its own host reaches would send the others to themselves.
    private mutating func checkPlaces() {
        let loopback = request.hosts.filter { $0.server.isLoopback }
        guard loopback.count != request.hosts.count else { return }
        for host in loopback {
            add(
                "\(host.host) is reached by its own host only",
                "Give the address that the other hosts reach it by.")
        }
    }

    private mutating func checkAnswer(ofServer address: MemberAddress) {
        switch observation.servers[address] {
        case nil: add("the server \(address) was not asked", "")
        case .failure(let failure):
            add(
                "the server \(address): \(failure.summary)",
                failure.adviceForForming(unit: "rds-server"))
        case .facts(let facts):
            if facts.isSentinel {
                add("\(address) is a sentinel, not a server", "Look at the ports of --hosts.")
            }
            if facts.isCluster {
                add("\(address) is a part of a Redis Cluster", "It needs no sentinels.")
            }
        }
    }

    private mutating func checkAnswer(ofSentinel address: MemberAddress) {
        switch observation.sentinels[address] {
        case nil: add("the sentinel \(address) was not asked", "")
        case .failure(let failure):
            add(
                "the sentinel \(address): \(failure.summary)",
                failure.adviceForForming(unit: "rds-sentinel"))
        case .facts(let facts):
            if facts.isServer {
                add("\(address) is a server, not a sentinel", "Look at the ports of --hosts.")
            }
        }
    }

    /// Sentinels with one identity count as one.
    private mutating func checkIdentities() {
        var owners: [String: MemberAddress] = [:]
        for address in request.sentinels {
            guard let identity = observation.sentinels[address]?.facts?.identity else { continue }
            guard !identity.isEmpty else { continue }
            if let other = owners[identity] {
                add(
                    "\(other) and \(address) are one sentinel, or copies of one",
                    "Stop one, remove the line 'sentinel myid' from its file, and start it.")
            }
            owners[identity] = address
        }
    }

    // MARK: Groups

    private mutating func checkGroups(ofSentinel address: MemberAddress) {
        guard let facts = observation.sentinels[address]?.facts else { return }
        for group in facts.groups {
            if group.name == request.name {
                if request.servers.contains(group.master) { continue }
                add(
                    "the sentinel \(address) watches \(group.name) at \(group.master), which is "
                        + "not of --hosts",
                    "Another --name? Or, if it can go: rds-cli -h \(address.host) -p "
                        + "\(address.port) sentinel remove \(group.name)")
            } else if request.servers.contains(group.master) {
                add(
                    "the sentinel \(address) watches \(group.master) as \(group.name)",
                    "Use --name \(group.name). Or, if it can go: rds-cli -h \(address.host) -p "
                        + "\(address.port) sentinel remove \(group.name)")
            }
        }
    }

    /// Without sentinels: whom the others follow already, else the first.
    private var masterByReplication: MemberAddress {
        let followed = Set(request.servers.compactMap { facts($0)?.master })
            .filter { facts($0).map { $0.master == nil } ?? false }
        if followed.count == 1, let master = followed.first { return master }
        return request.servers[0]
    }

    // MARK: Data

    private mutating func checkData(ofReplica address: MemberAddress, _ master: MemberAddress) {
        guard let facts = facts(address), facts.master != master,
            !observation.knownServers.contains(address)
        else { return }
        if let other = facts.master {
            guard request.servers.contains(other) else {
                return add("\(address) follows \(other), which is not of --hosts", refusalAdvice)
            }
            // What came along a chain is what the master has.
            if self.facts(other)?.master == master { return }
        }
        if facts.keys > 0 {
            add(
                "\(address) holds \(facts.keys) keys that are not of this group", refusalAdvice)
        }
        checkFollowers(of: address, facts)
    }

    private mutating func checkData(ofMaster address: MemberAddress) {
        guard let facts = facts(address), !observation.knownServers.contains(address) else {
            return
        }
        if let other = facts.master, !request.servers.contains(other) {
            return add(
                "\(address) follows \(other), which is not of --hosts",
                "If it is to leave it: rds-cli -h \(address.host) -p \(address.port) "
                    + "replicaof no one")
        }
        let others = request.servers.filter { $0 != address }
        let isFollowed = !others.isEmpty && others.allSatisfy { self.facts($0)?.master == address }
        if facts.keys > 0 && !isFollowed && !request.adoptsData {
            add(
                "\(address) holds \(facts.keys) keys",
                "If they are to be the group's: --adopt-data. If they can go: flushall there.")
        }
        checkFollowers(of: address, facts)
    }

    private mutating func checkFollowers(of address: MemberAddress, _ facts: ServerFacts) {
        for replica in facts.attached where !request.servers.contains(replica.address) {
            add(
                "\(address) has a replica at \(replica.address), which is not of --hosts",
                "Add it to --hosts, or take it away.")
        }
    }

    private var refusalAdvice: String {
        "Leave it out; or, if its data can go: replicaof no one, flushall there."
    }
}

extension MemberFailure {
    /// What to do about a member that a group cannot be made of.
    fileprivate func adviceForForming(unit: String) -> String {
        switch self {
        case .unreachable:
            "Start it: systemctl start \(unit). Does it bind there, is the port open?"
        case .protected: "Give it bind and a password in its file, or protected-mode no."
        case .passwordNeeded: "Give the password: --password-file FILE"
        case .passwordWrong: "It has another password: make them the same, or set none."
        case .refused: "See its log."
        }
    }
}
