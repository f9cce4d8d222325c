// Making a group, step by step.
//
//     examining --> confirming --> ordering <--> attaching
//         |  ^          |             |
//         |  `- busy    `- no: over   `--> settling --> over
//         `- refused: over                   |  ^
//                            time is up: over  `- not all agree yet
//
// Sentinels ask a master for its replicas at once when they begin to watch it, and ten seconds later
// again: so the replicas are to be there before (attaching), which takes no second on a good day.
//
// Whoever drives it asks the members, sends the orders, waits, prints `output`, and comes back. A
// run that was interrupted anywhere is a group that is partly formed, which examining finds.

import Bytes

/// The machine behind `ha init`.
public struct Formation: Sendable {
    /// What is to be done next.
    public enum Step: Equatable, Sendable {
        /// Ask these members; `take` the observation.
        case ask(servers: [MemberAddress], sentinels: [MemberAddress])
        /// Ask the user whether to go on; `confirm`.
        case confirm
        /// Send these, all at the same time; `take` the answers.
        case order([MemberOrder])
        /// Wait for so long, then come back.
        case pause(milliseconds: Int)
        /// It is over; the exit status.
        case end(Int32)
    }

    private enum Phase {
        case examining
        case confirming
        case ordering
        case attaching(until: Int)
        case settling
        case over(Int32)
    }

    /// The group is formed.
    static let formed: Int32 = 0
    /// Not all agreed in time.
    static let unsettled: Int32 = 1
    /// Nothing was changed.
    static let refused: Int32 = 2
    /// Between two questions.
    static let pauseMilliseconds = 250
    /// Replicas have so long to appear at their master before its sentinels look.
    static let attachingMilliseconds = 5000
    /// Without anything new for so long, it is said what is waited for.
    static let quietMilliseconds = 5000

    private let request: FormationRequest
    private var phase = Phase.examining
    private var observation: GroupObservation
    private var stages: [[MemberOrder]] = []
    private var master: MemberAddress?
    private var hasAttached = false
    private var mayAsk = true
    private var deadline: Int?
    private var lastNews = 0
    private var told: Set<String> = []
    private var lastExcuse = ""
    private var changedAnything = false
    private var text = ""

    /// Begins with nothing known.
    public init(_ request: FormationRequest) {
        self.request = request
        observation = GroupObservation(name: request.name)
    }

    /// What is to be printed since the last call.
    public mutating func takeOutput() -> String {
        defer { text = "" }
        return text
    }

    /// What is to be done now; `milliseconds` is a clock that never goes back.
    public mutating func next(at milliseconds: Int) -> Step {
        if deadline == nil { deadline = milliseconds + request.timeoutMilliseconds }
        switch phase {
        case .examining, .attaching, .settling:
            guard mayAsk else {
                mayAsk = true
                return .pause(milliseconds: Self.pauseMilliseconds)
            }
            mayAsk = false
            return .ask(servers: askedServers, sentinels: askedSentinels)
        case .confirming:
            return .confirm
        case .ordering:
            guard let stage = stages.first else {
                phase = .settling
                mayAsk = true
                deadline = milliseconds + request.timeoutMilliseconds
                lastNews = milliseconds
                return next(at: milliseconds)
            }
            if isWatching(stage) && !hasAttached {
                hasAttached = true
                phase = .attaching(until: milliseconds + Self.attachingMilliseconds)
                return next(at: milliseconds)
            }
            return .order(stage)
        case .over(let status):
            return .end(status)
        }
    }

    /// The members of the request, and whom the sentinels count to the group beside them.
    private var askedServers: [MemberAddress] {
        let more = observation.knownServers.subtracting(request.servers)
        return request.servers + more.sorted().prefix(GroupDiscovery.memberLimit)
    }

    private var askedSentinels: [MemberAddress] {
        let more = observation.knownSentinels.subtracting(request.sentinels)
        return request.sentinels + more.sorted().prefix(GroupDiscovery.memberLimit)
    }

    // MARK: Examining

    /// Takes what the members said.
    public mutating func take(_ new: GroupObservation, at milliseconds: Int) {
        observation = new
        observation.name = request.name
        switch phase {
        case .examining: examine(at: milliseconds)
        case .attaching(let end):
            if isAttached || milliseconds >= end { phase = .ordering }
        case .settling: settle(at: milliseconds)
        case .confirming, .ordering, .over: break
        }
    }

    private mutating func examine(at milliseconds: Int) {
        var review = FormationReview(request, observation)
        switch review.verdict() {
        case .refused(let problems):
            text += "Cannot make the group \(request.name):\n"
            for problem in problems {
                text += "! \(problem.text)\n"
                if !problem.advice.isEmpty { text += "  \(problem.advice)\n" }
            }
            text += "Nothing was changed.\n"
            phase = .over(Self.refused)
        case .busy(let reason):
            excuse(reason)
            if isLate(milliseconds) { giveUp() }
        case .master(let master):
            propose(FormationPlan(request, observation, master: master), at: milliseconds)
        }
    }

    private mutating func propose(_ plan: FormationPlan, at milliseconds: Int) {
        if plan.isEmpty {
            text +=
                "The group \(request.name) is formed, with its master at \(plan.master): "
                + "nothing to change.\n"
            phase = request.isDryRun ? .over(Self.formed) : .settling
            lastNews = milliseconds
            return settle(at: milliseconds)
        }
        text += "The group \(request.name):\n"
        for line in plan.lines { text += "  \(line)\n" }
        if request.hosts.count < 3 {
            text +=
                "Note: fewer than three hosts cannot agree on a new master once one is lost.\n"
        }
        stages = plan.stages
        master = plan.master
        if request.isDryRun {
            text += "Nothing was changed: this is a dry run.\n"
            phase = .over(Self.formed)
        } else {
            phase = .confirming
        }
    }

    /// The user's answer.
    public mutating func confirm(_ isConfirmed: Bool) {
        if !isConfirmed { text += "Nothing was changed.\n" }
        phase = isConfirmed ? .ordering : .over(Self.refused)
    }

    // MARK: Ordering

    /// Takes the answers to the orders, in their order, without those to AUTH.
    public mutating func take(_ answers: [MemberAnswer]) {
        guard let stage = stages.first else { return }
        stages.removeFirst()
        changedAnything = true
        var failed = false
        for (order, answer) in zip(stage, answers) {
            for (words, reply) in zip(order.commands, answer.replies) {
                guard let error = reply.errorText else { continue }
                if words == ["CONFIG", "REWRITE"] {
                    text +=
                        "Note: \(order.address) forgets its role and settings when it restarts:\n"
                        + "  \(error)\n"
                } else {
                    // The words may hold a password: the first two name the command.
                    let name = words.prefix(2).map(\.text).joined(separator: " ")
                    text += "! \(order.address) refused \(name): \(error)\n"
                    failed = true
                }
            }
            guard answer.replies.count < order.commands.count else { continue }
            text += "! \(order.address): \(answer.failure ?? "no answer")\n"
            failed = true
        }
        if failed {
            text += "Stopped halfway. Mend this, and run the same command again.\n"
            phase = .over(Self.unsettled)
        }
    }

    private func isWatching(_ stage: [MemberOrder]) -> Bool {
        stage.contains { $0.isForSentinel && $0.commands.count > 1 }
    }

    /// Whether the master that will be watched knows all replicas of the request.
    private var isAttached: Bool {
        guard let master, let facts = observation.servers[master]?.facts else { return false }
        let attached = Set(facts.attached.map(\.address))
        return request.servers.allSatisfy { $0 == master || attached.contains($0) }
    }

    // MARK: Settling

    private mutating func settle(at milliseconds: Int) {
        tellNews(at: milliseconds)
        let health = GroupHealth(observation)
        if health.state == .healthy && isWhole {
            if changedAnything { text += "All agree.\n" }
            text += "\n" + GroupStatusText(observation).text
            phase = .over(Self.formed)
        } else if isLate(milliseconds) {
            giveUp()
        } else if milliseconds - lastNews >= Self.quietMilliseconds {
            lastNews = milliseconds
            excuse(health.problems.first?.text ?? "not all members are known to all")
        }
    }

    /// All members of the request are in the group, and follow its master.
    private var isWhole: Bool {
        let known = observation.knownServers
        return request.servers.allSatisfy { known.contains($0) }
            && request.sentinels.allSatisfy { address in
                observation.sentinels[address]?.facts?.group(request.name) != nil
            }
    }

    private mutating func tellNews(at milliseconds: Int) {
        guard changedAnything, let master = observation.master else { return }
        var news: [String] = []
        for address in request.servers where address != master {
            guard let facts = observation.servers[address]?.facts, facts.master == master else {
                continue
            }
            if facts.linkIsUp { news.append("\(address) follows \(master)") }
        }
        for view in observation.views where view.group.master == master {
            guard view.group.replicaCount >= request.hosts.count - 1,
                view.group.otherCount >= request.hosts.count - 1
            else { continue }
            news.append("\(view.address) knows the group")
        }
        for line in news where told.insert(line).inserted {
            text += "  \(line)\n"
            lastNews = milliseconds
        }
    }

    /// Says what is waited for, once.
    private mutating func excuse(_ reason: String) {
        if reason != lastExcuse { text += "  waiting: \(reason)\n" }
        lastExcuse = reason
    }

    private func isLate(_ milliseconds: Int) -> Bool {
        deadline.map { milliseconds >= $0 } ?? false
    }

    private mutating func giveUp() {
        text +=
            "Not all agree after \(request.timeoutMilliseconds / 1000) s; "
            + "the same command can be run again. It is now:\n\n"
        text += GroupStatusText(observation).text
        phase = .over(Self.unsettled)
    }
}
