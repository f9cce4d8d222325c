/// What `ha status --json` prints: one line, names in English, units in the names.
public struct GroupStatusJSON {
    private let observation: GroupObservation
    private let health: GroupHealth

    /// Of what was found out.
    public init(_ observation: GroupObservation) {
        self.observation = observation
        health = GroupHealth(observation)
    }

    /// The whole line.
    public var text: String { document.text + "\n" }

    /// The line of a group that could not be found.
    public static func text(_ failure: GroupDiscovery.Failure) -> String {
        let error = failure.text.split(separator: "\n").joined(separator: " ")
        return JSONText.object([("state", .string("unknown")), ("error", .string(error))]).text
            + "\n"
    }

    private var document: JSONText {
        let configuration = observation.configuration
        return .object([
            ("group", .string(observation.name ?? "")),
            ("state", .string(health.state.rawValue)),
            ("master", .optional(configuration?.master.description)),
            ("epoch", .number(configuration?.epoch ?? 0)),
            ("quorum", .number(configuration?.quorum ?? 0)),
            ("down_after_ms", .number(configuration?.downAfterMilliseconds ?? 0)),
            ("servers", .array(servers)), ("sentinels", .array(sentinels)),
            ("last_failover", observation.lastFailover.map { describe($0) } ?? .null),
            (
                "problems",
                .array(
                    health.problems.map {
                        .object([("text", .string($0.text)), ("advice", .string($0.advice))])
                    })
            ),
        ])
    }

    private var servers: [JSONText] {
        let known = observation.knownServers.union(observation.servers.keys)
        return known.sorted().map { address in
            let isMaster = address == observation.master
            var members: [(String, JSONText)] = [
                ("address", .string(address.description)),
                ("role", .string(isMaster ? "master" : "replica")),
                ("answers", .boolean(observation.servers[address]?.facts != nil)),
            ]
            if let failure = observation.servers[address]?.failure {
                members.append(("error", .string(failure.summary)))
            }
            if let facts = observation.servers[address]?.facts {
                members += describe(facts, address, isMaster)
            }
            return .object(members)
        }
    }

    private func describe(
        _ facts: ServerFacts, _ address: MemberAddress, _ isMaster: Bool
    ) -> [(String, JSONText)] {
        var members: [(String, JSONText)] = [
            ("version", .string(facts.version)), ("offset", .number(facts.offset)),
            ("keys", .number(facts.keys)), ("loading", .boolean(facts.isLoading)),
        ]
        if isMaster {
            members.append(("takes_writes", .boolean(health.state != .down)))
            return members
        }
        members += [
            ("follows", .optional(facts.master?.description)),
            ("link", .string(facts.linkIsUp ? "up" : "down")),
            ("behind_bytes", .optional(observation.missingBytes(of: address))),
            ("lag_s", .optional(observation.lagSeconds(of: address))),
        ]
        if let percent = facts.synchronisedPercent {
            members.append(("synchronised_percent", .number(percent)))
        }
        return members
    }

    private var sentinels: [JSONText] {
        observation.sentinels.keys.sorted().map { address in
            let finding = observation.sentinels[address]
            var members: [(String, JSONText)] = [
                ("address", .string(address.description)),
                ("answers", .boolean(finding?.facts != nil)),
            ]
            if let failure = finding?.failure {
                members.append(("error", .string(failure.summary)))
            }
            if let facts = finding?.facts {
                members.append(("id", .string(facts.identity)))
                if let group = observation.name.flatMap({ facts.group($0) }) {
                    members += [
                        ("names", .string(group.master.description)),
                        ("epoch", .number(group.epoch)), ("quorum", .number(group.quorum)),
                        ("replicas", .number(group.replicaCount)),
                        ("others", .number(group.otherCount)),
                        ("flags", .array(group.flags.sorted().map { .string($0) })),
                    ]
                }
            }
            return .object(members)
        }
    }

    private func describe(_ failover: RecordedFailover) -> JSONText {
        .object([
            ("epoch", .number(failover.epoch)), ("cause", .string(failover.cause)),
            ("from", .string(failover.from)), ("to", .string(failover.to)),
            ("started_ms", .number(failover.startedMilliseconds)),
            ("total_ms", .number(failover.totalMilliseconds)),
            (
                "phases_ms",
                .object(failover.phases.map { ($0.name, .number($0.milliseconds)) })
            ),
        ])
    }
}

/// A JSON value that is to be written.
indirect enum JSONText {
    case object([(String, JSONText)])
    case array([JSONText])
    case string(String)
    case number(Int)
    case boolean(Bool)
    case null

    static func optional(_ text: String?) -> JSONText { text.map { .string($0) } ?? .null }
    static func optional(_ number: Int?) -> JSONText { number.map { .number($0) } ?? .null }

    /// The value without spaces or line feeds.
    var text: String {
        switch self {
        case .object(let members):
            let parts = members.map { "\(Self.quoted($0.0)):\($0.1.text)" }
            return "{\(parts.joined(separator: ","))}"
        case .array(let elements): return "[\(elements.map(\.text).joined(separator: ","))]"
        case .string(let text): return Self.quoted(text)
        case .number(let number): return String(number)
        case .boolean(let value): return value ? "true" : "false"
        case .null: return "null"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
