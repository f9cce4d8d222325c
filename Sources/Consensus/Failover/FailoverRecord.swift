// What is remembered of one failover: how long each of its parts took here, and why a replica was
// chosen and the others were not. The leader knows all parts; the others write down what they saw.

import Bytes
import Determinism
import Protocol

/// One failover, as this sentinel saw it.
struct FailoverRecord: Hashable, Sendable {
    /// More replicas than these are not written down.
    static let replicaLimit = 16
    /// More parts than these are not either: replicas that refuse lead back to selection.
    static let phaseLimit = 16

    /// What this sentinel was in it.
    enum Role: String, Sendable, CaseIterable {
        /// It stood for leader, and was not elected.
        case candidate
        case leader
        case observer
    }

    /// Why it began.
    enum Cause: String, Sendable, CaseIterable {
        /// The master was objectively down.
        case down
        /// SENTINEL FAILOVER.
        case `operator`
        /// The master was being stopped.
        case stopping
        /// Another sentinel's reason.
        case unknown
    }

    /// How it ended.
    enum Outcome: String, Sendable, CaseIterable {
        case underway
        case done
        case aborted
    }

    /// A part of it.
    enum Phase: String, Sendable, CaseIterable {
        /// From the master's last sign of life to +sdown.
        case detect
        /// To +odown.
        case agree
        /// To +elected-leader; for an observer: from its vote to the new configuration.
        case elect
        /// To +selected-slave.
        case select
        /// The master holds its writes back, until the replica has all of them.
        case pause
        /// To the confirmed promotion.
        case promote
        /// Until the replicas follow.
        case reconfigure
    }

    /// When a part began, counted from the beginning of all, and how long it took.
    struct Part: Hashable, Sendable {
        var phase: Phase
        var at: Duration
        /// Nil while it lasts.
        var took: Duration?
    }

    /// What was found out about a replica when one was selected.
    struct Choice: Hashable, Sendable {
        var address: NodeAddress
        var verdict: Verdict
        var offset: UInt64
    }

    /// Why a replica was chosen, or was not.
    enum Verdict: String, Sendable, CaseIterable {
        case chosen
        case notWanted = "not-wanted"
        case down
        case disconnected
        case refused = "refused-promotion"
        case noRecentPong = "no-recent-pong"
        case noRecentReport = "no-recent-info"
        case priorityZero = "priority-zero"
        case linkDownTooLong = "link-down-too-long"
        case loading
        case neverSynchronised = "never-synchronised"
        case foreignHistory = "foreign-history"
        case accessRefused = "access-refused"
        case unsuitable
        case notHandedTo = "not-handed-to"
        case givesWay = "gives-way"
        case lowerPriority = "lower-priority"
        case olderHistory = "older-history"
        case behind
        case laterName = "run-id-order"
    }

    var epoch: UInt64
    var role: Role
    var cause: Cause
    var outcome = Outcome.underway
    /// Why it was given up.
    var reason: String?
    /// Who led, as far as is known here.
    var leader: ByteString?
    var from: NodeAddress
    var to: NodeAddress?
    /// When it began, in milliseconds since 1970.
    var startedAtMilliseconds: Int
    var parts: [Part] = []
    var replicas: [Choice] = []

    /// A failover that begins.
    init(
        epoch: UInt64, role: Role, cause: Cause, leader: ByteString?, from: NodeAddress,
        startedAtMilliseconds: Int
    ) {
        self.epoch = epoch
        self.role = role
        self.cause = cause
        self.leader = leader
        self.from = from
        self.startedAtMilliseconds = startedAtMilliseconds
    }

    /// From its beginning to the end of the last part that is over.
    var total: Duration {
        parts.map { $0.at + ($0.took ?? .zero) }.max() ?? .zero
    }

    /// Ends the part that lasts, if one does, and begins another.
    mutating func enter(_ phase: Phase?, at time: Duration) {
        if let last = parts.indices.last, parts[last].took == nil {
            parts[last].took = max(time - parts[last].at, .zero)
        }
        guard let phase, parts.count < Self.phaseLimit else { return }
        parts.append(Part(phase: phase, at: time, took: nil))
    }
}

extension FailoverRecord {
    /// The entry of SENTINEL TIMELINE.
    var reply: ReplyValue {
        var pairs: [ReplyPair] = []
        func add(_ name: ByteString, _ value: ReplyValue) {
            pairs.append(ReplyPair(.bulk(name), value))
        }
        func milliseconds(_ duration: Duration) -> ReplyValue {
            .integer(Int(duration.wholeMilliseconds))
        }
        add("epoch", .integer(Int(clamping: epoch)))
        add("role", .bulk(text: role.rawValue))
        add("cause", .bulk(text: cause.rawValue))
        add("outcome", .bulk(text: outcome.rawValue))
        if let reason { add("reason", .bulk(text: reason)) }
        if let leader { add("leader", .bulk(leader)) }
        add("from", .bulk(from.name))
        if let to { add("to", .bulk(to.name)) }
        add("started-ms", .integer(startedAtMilliseconds))
        add("total-ms", milliseconds(total))
        add(
            "phases",
            .array(
                parts.map { part in
                    .map([
                        ReplyPair(.bulk("phase"), .bulk(text: part.phase.rawValue)),
                        ReplyPair(.bulk("at-ms"), milliseconds(part.at)),
                        ReplyPair(.bulk("took-ms"), part.took.map(milliseconds) ?? .integer(-1)),
                    ])
                }))
        add(
            "replicas",
            .array(
                replicas.map { choice in
                    .map([
                        ReplyPair(.bulk("replica"), .bulk(choice.address.name)),
                        ReplyPair(.bulk("verdict"), .bulk(text: choice.verdict.rawValue)),
                        ReplyPair(.bulk("offset"), .integer(Int(clamping: choice.offset))),
                    ])
                }))
        return .map(pairs)
    }

    /// One line for the log, and the message of `+failover-timeline`.
    var summary: String {
        var text = "epoch \(epoch) \(role.rawValue) \(cause.rawValue) \(outcome.rawValue)"
        text += " total \(total.wholeMilliseconds) ms"
        for part in parts {
            text += " \(part.phase.rawValue)=\(part.took?.wholeMilliseconds ?? -1)"
        }
        if let reason { text += " (\(reason))" }
        return text
    }

    /// The same facts as fields of the journal, without their prefix.
    var fields: [SentinelEvent.Field] {
        var fields: [SentinelEvent.Field] = [
            .init("FAILOVER_EPOCH", "\(epoch)"), .init("FAILOVER_ROLE", role.rawValue),
            .init("FAILOVER_CAUSE", cause.rawValue), .init("FAILOVER_OUTCOME", outcome.rawValue),
            .init("FAILOVER_FROM", from.name.text),
            .init("FAILOVER_TOTAL_MS", "\(total.wholeMilliseconds)"),
        ]
        if let to { fields.append(.init("FAILOVER_TO", to.name.text)) }
        if let reason { fields.append(.init("FAILOVER_REASON", reason)) }
        if let leader { fields.append(.init("FAILOVER_LEADER", leader.text)) }
        for part in parts {
            let name = "PHASE_\(part.phase.rawValue.uppercased())_MS"
            fields.append(.init(name, "\(part.took?.wholeMilliseconds ?? -1)"))
        }
        for choice in replicas {
            fields.append(
                .init(
                    "REPLICA", "\(choice.address.name) \(choice.verdict.rawValue) \(choice.offset)")
            )
        }
        return fields
    }

    // MARK: In the file

    /// The words of its line in the file beside sentinel.conf.
    var words: [ByteString] {
        let parts = parts.map {
            "\($0.phase.rawValue)/\($0.at.wholeMilliseconds)/\($0.took?.wholeMilliseconds ?? -1)"
        }
        let replicas = replicas.map {
            "\($0.address.host)/\($0.address.port)/\($0.verdict.rawValue)/\($0.offset)"
        }
        return [
            ByteString("\(epoch)"), ByteString(role.rawValue), ByteString(cause.rawValue),
            ByteString(outcome.rawValue), ByteString(reason ?? ""), leader ?? "",
            from.host, ByteString("\(from.port)"), to?.host ?? "",
            ByteString("\(to?.port ?? 0)"), ByteString("\(startedAtMilliseconds)"),
            ByteString(parts.joined(separator: ",")),
            ByteString(replicas.joined(separator: ",")),
        ]
    }

    /// What a line of the file says; nil if it is not as `words` has it.
    init?(words: [ByteString]) {
        guard words.count == 13, let epoch = UInt64(words[0].text),
            let role = Role(rawValue: words[1].text), let cause = Cause(rawValue: words[2].text),
            let outcome = Outcome(rawValue: words[3].text), let fromPort = Int(words[7].text),
            let toPort = Int(words[9].text), let started = Int(words[10].text)
        else { return nil }
        self.init(
            epoch: epoch, role: role, cause: cause, leader: words[5].isEmpty ? nil : words[5],
            from: NodeAddress(host: words[6], port: fromPort), startedAtMilliseconds: started)
        self.outcome = outcome
        reason = words[4].isEmpty ? nil : words[4].text
        to = words[8].isEmpty ? nil : NodeAddress(host: words[8], port: toPort)
        for text in words[11].text.split(separator: ",").prefix(Self.phaseLimit) {
            let items = text.split(separator: "/")
            guard items.count == 3, let phase = Phase(rawValue: String(items[0])),
                let at = Int64(items[1]), let took = Int64(items[2])
            else { return nil }
            parts.append(
                Part(
                    phase: phase, at: .milliseconds(at), took: took < 0 ? nil : .milliseconds(took))
            )
        }
        for text in words[12].text.split(separator: ",").prefix(Self.replicaLimit) {
            let items = text.split(separator: "/")
            guard items.count == 4, let port = Int(items[1]),
                let verdict = Verdict(rawValue: String(items[2])), let offset = UInt64(items[3])
            else { return nil }
            replicas.append(
                Choice(
                    address: NodeAddress(host: ByteString(String(items[0])), port: port),
                    verdict: verdict, offset: offset))
        }
    }
}
