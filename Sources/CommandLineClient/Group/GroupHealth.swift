// What is wrong with a group, and what to do about it.

/// The judgement of an observation.
public struct GroupHealth: Equatable, Sendable {
    /// The exit status of `ha status` says the same.
    public enum State: String, Sendable {
        /// All members are there, and agree.
        case healthy
        /// There is a master that takes writes, but something is wrong.
        case degraded
        /// No master takes writes.
        case down

        /// 0, 1 or 2.
        public var exitStatus: Int32 {
            switch self {
            case .healthy: 0
            case .degraded: 1
            case .down: 2
            }
        }
    }

    /// Something that is wrong.
    public struct Problem: Equatable, Sendable {
        /// What.
        public var text: String
        /// What to do; empty when it passes by itself.
        public var advice: String
    }

    /// A replica whose last acknowledgement is older lags.
    static let lagLimitSeconds = 10

    /// How the group is.
    public private(set) var state = State.healthy
    /// What is wrong, the master first.
    public private(set) var problems: [Problem] = []

    /// Judges what was found out.
    public init(_ observation: GroupObservation) {
        guard let configuration = observation.configuration else {
            add("no sentinel watches the group", "", makes: .down)
            return
        }
        judgeMaster(observation, configuration)
        judgeReplicas(observation, configuration.master)
        judgeSentinels(observation, configuration)
    }

    private mutating func add(
        _ text: String, _ advice: String = "", makes worse: State = .degraded
    ) {
        problems.append(Problem(text: text, advice: advice))
        if worse.exitStatus > state.exitStatus { state = worse }
    }

    private mutating func judgeMaster(
        _ observation: GroupObservation, _ configuration: SentinelFacts.Group
    ) {
        let address = configuration.master
        let views = observation.views
        if views.contains(where: { $0.group.flags.contains("failover_in_progress") }) {
            add("a failover is under way")
        }
        switch observation.servers[address] {
        case nil, .failure(.passwordNeeded):
            // The sentinels are let in: what they think is all that is known.
            if views.contains(where: { $0.group.flags.contains("o_down") }) {
                add("the sentinels agree that the master \(address) is down", makes: .down)
            }
        case .failure(let failure):
            let isDenied = failure == .passwordWrong || failure == .protected
            add(
                "the master \(address) does not answer: \(failure.summary)",
                failure.advice(unit: "rds-server"), makes: isDenied ? .degraded : .down)
        case .facts(let facts):
            judgeMaster(facts, at: address)
        }
    }

    private mutating func judgeMaster(_ facts: ServerFacts, at address: MemberAddress) {
        if let other = facts.master {
            add(
                "\(address) should be the master, and follows \(other)",
                "The sentinels put it right within seconds; if not, look at their logs.",
                makes: .down)
        }
        if facts.isLoading { add("the master \(address) is reading its data", makes: .down) }
        if facts.isFenced {
            add(
                "the master \(address) takes no write before its sentinels have named it",
                "Start the sentinels that are down.", makes: .down)
        }
        judgeDisk(facts, at: address)
    }

    private mutating func judgeDisk(_ facts: ServerFacts, at address: MemberAddress) {
        guard facts.saveFailed else { return }
        add("\(address) could not write its last snapshot", "Is its disk full? See its log.")
    }

    private mutating func judgeReplicas(
        _ observation: GroupObservation, _ master: MemberAddress
    ) {
        let replicas = observation.knownServers.filter { $0 != master }.sorted()
        let isMasterThere =
            switch observation.servers[master] {
            case .failure(.unreachable): false
            case nil, .failure, .facts: true
            }
        if replicas.isEmpty {
            add("no replica: nobody could take over", "Add one: rds-cli ha init with its host.")
        }
        for address in replicas {
            switch observation.servers[address] {
            case nil, .failure(.passwordNeeded):
                judge(replica: address, toldBy: observation)
            case .failure(let failure):
                add(
                    "the replica \(address) does not answer: \(failure.summary)",
                    failure.advice(unit: "rds-server"))
            case .facts(let facts):
                let lag = observation.lagSeconds(of: address)
                judge(facts, ofReplica: address, master, lag, isMasterThere: isMasterThere)
            }
        }
    }

    private mutating func judge(
        _ facts: ServerFacts, ofReplica address: MemberAddress, _ master: MemberAddress,
        _ lag: Int?, isMasterThere: Bool
    ) {
        judgeDisk(facts, at: address)
        if facts.isLoading {
            add("the replica \(address) is reading its data")
        } else if facts.master == nil {
            add("\(address) is a master beside \(master)", "The sentinels make it a replica again.")
        } else if facts.master != master {
            add(
                "\(address) follows \(facts.master.map(\.description) ?? "?")",
                "The sentinels make it follow \(master).")
        } else if let percent = facts.synchronisedPercent {
            add("\(address) is being synchronised: \(percent)%")
        } else if !facts.linkIsUp {
            // Without a master all links are down.
            guard isMasterThere else { return }
            add(
                "the link from \(address) to its master is down",
                "A password (masterauth), a port or the network? See its log.")
        } else if let lag, lag > Self.lagLimitSeconds {
            add("\(address) has acknowledged nothing for \(lag) s")
        }
    }

    /// A server that wants a password which is not here: the sentinels have it, or should.
    private mutating func judge(replica: MemberAddress, toldBy observation: GroupObservation) {
        if observation.servers.values.contains(where: { $0.facts?.isOpen ?? false }) {
            return add(
                "\(replica) wants a password, and others do not",
                "Make requirepass and masterauth the same everywhere: ha init --password-file.")
        }
        for view in observation.views {
            let known = view.facts.replicas.first { $0.address == replica }
            guard let known else { continue }
            if let error = known.accessError {
                return add(
                    "\(replica) refuses the sentinel \(view.address): \(error)",
                    "Make requirepass and masterauth the same everywhere.")
            }
            if known.flags.contains("s_down") || !known.linkIsUp {
                return add(
                    "the replica \(replica) is not in order, says the sentinel \(view.address)")
            }
        }
    }

    private mutating func judgeSentinels(
        _ observation: GroupObservation, _ configuration: SentinelFacts.Group
    ) {
        let count = observation.sentinels.count
        for address in observation.sentinels.keys.sorted() {
            switch observation.sentinels[address] {
            case .failure(let failure)?:
                add(
                    "the sentinel \(address) does not answer: \(failure.summary)",
                    failure.advice(unit: "rds-sentinel"))
            case .facts(let facts)?:
                if facts.group(observation.name ?? "") == nil {
                    add(
                        "the sentinel \(address) does not watch the group",
                        "Run rds-cli ha init again, with all hosts.")
                }
            case nil: break
            }
        }
        let watching = observation.views.count
        if watching <= count / 2 {
            add(
                "\(watching) of \(count) sentinels watch: no majority, so no failover is possible",
                "Start the others.")
        }
        for view in observation.views {
            judge(view.facts, view.group, at: view.address, configuration, count, observation)
        }
    }

    private mutating func judge(
        _ facts: SentinelFacts, _ group: SentinelFacts.Group, at address: MemberAddress,
        _ configuration: SentinelFacts.Group, _ count: Int, _ observation: GroupObservation
    ) {
        if group.master != configuration.master {
            add("the sentinel \(address) names another master: \(group.master)")
        } else if group.flags.contains("s_down"), observation.servers[group.master]?.facts != nil {
            add("the sentinel \(address) holds the master for down")
        }
        if group.otherCount != count - 1 {
            add(
                "the sentinel \(address) knows \(group.otherCount) of \(count - 1) others",
                "They find each other within seconds if they reach each other's ports.")
        }
        let replicas = observation.knownServers.count - 1
        if group.replicaCount < replicas && group.master == configuration.master {
            add("the sentinel \(address) knows \(group.replicaCount) of \(replicas) replicas")
        }
        if group.quorum != configuration.quorum {
            add(
                "the sentinel \(address) has quorum \(group.quorum), not \(configuration.quorum)",
                "sentinel set \(group.name) quorum \(configuration.quorum)")
        }
        if group.quorum > count {
            add("the quorum of \(address) is \(group.quorum), and there are \(count) sentinels")
        }
        if let error = group.accessError {
            add(
                "the master refuses the sentinel \(address): \(error)",
                "Give the sentinel the password: sentinel set \(group.name) auth-pass, or ha init.")
        }
        if let error = group.fileError {
            add("the sentinel \(address) cannot write its file: \(error)", "Is its disk full?")
        }
        if let error = facts.quorumError, watchingIsEnough(observation) {
            add("the sentinel \(address) says: \(error)")
        }
    }

    /// Missing sentinels have been told of already; each one's view of it adds nothing.
    private func watchingIsEnough(_ observation: GroupObservation) -> Bool {
        observation.views.count == observation.sentinels.count
    }
}

extension MemberFailure {
    /// What to do about a member that does not answer.
    func advice(unit: String) -> String {
        switch self {
        case .unreachable:
            "Is its host up, \(unit) running (systemctl status), the port open?"
        case .protected: "Set bind and a password in its file, or protected-mode no."
        case .passwordNeeded: "Give the password: --password-file FILE"
        case .passwordWrong: "Its password differs: make requirepass the same everywhere."
        case .refused: "See its log."
        }
    }
}
