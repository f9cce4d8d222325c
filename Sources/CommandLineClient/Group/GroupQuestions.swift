// What is asked of the members of a group, and what their replies come to.
//
// All questions are commands that Redis has, too, except SENTINEL TIMELINE; its error is no matter.

import Bytes
import Protocol

/// What a member said, or why it said nothing.
public enum Finding<Facts: Equatable & Sendable>: Equatable, Sendable {
    /// It answered.
    case facts(Facts)
    /// It did not, or not what one can work with.
    case failure(MemberFailure)

    /// What it said; nil when it said nothing.
    public var facts: Facts? {
        if case .facts(let facts) = self { return facts }
        return nil
    }

    /// Why it said nothing; nil when it answered.
    public var failure: MemberFailure? {
        if case .failure(let failure) = self { return failure }
        return nil
    }
}

/// Why nothing is known of a member.
public enum MemberFailure: Equatable, Sendable {
    /// No connection, or it ended: what the system says.
    case unreachable(String)
    /// It refuses other hosts for want of a password or an address to bind to.
    case protected
    /// It wants a password, and none was given.
    case passwordNeeded
    /// It does not take the password.
    case passwordWrong
    /// It answered with this error.
    case refused(String)

    /// A few words for a table.
    public var summary: String {
        switch self {
        case .unreachable(let text): text.lowercased()
        case .protected: "protected mode"
        case .passwordNeeded: "wants a password"
        case .passwordWrong: "refuses the password"
        case .refused(let text): text
        }
    }

    /// The failure that an error reply tells of.
    init(error: ByteString) {
        let text = error.text
        switch text.prefix(while: { $0 != " " }) {
        case "DENIED": self = .protected
        case "NOAUTH": self = .passwordNeeded
        case "WRONGPASS": self = .passwordWrong
        default: self = .refused(text)
        }
    }
}

/// What came of sending commands to a member: the replies in order, as many as there were.
public struct MemberAnswer: Sendable {
    /// The replies that came.
    public var replies: [ReplyValue]
    /// Why not all of them came; nil: all did.
    public var failure: String?

    /// Both parts.
    public init(replies: [ReplyValue], failure: String?) {
        self.replies = replies
        self.failure = failure
    }
}

/// The password of servers or of sentinels, if there is one, and the questions that go with it.
public struct MemberLogin: Sendable {
    /// The user; nil: the default user.
    public var user: ByteString?
    /// The password; nil: none is sent.
    public var password: ByteString?

    /// Both parts.
    public init(user: ByteString?, password: ByteString?) {
        self.user = user
        self.password = password
    }

    /// The command that every conversation begins with, if any.
    public var words: [[ByteString]] {
        guard let password else { return [] }
        return [["AUTH"] + (user.map { [$0] } ?? []) + [password]]
    }

    /// What is asked of a server.
    public var serverQuestions: [[ByteString]] {
        words + [["INFO"]] + (password == nil ? [] : [["CONFIG", "GET", "masterauth"]])
    }

    /// What is asked of a sentinel: of one group, or only for the names of all.
    public func sentinelQuestions(_ group: String?) -> [[ByteString]] {
        let general: [[ByteString]] = words + [["SENTINEL", "MYID"], ["SENTINEL", "MASTERS"]]
        guard let group else { return general }
        let name = ByteString(group)
        return general + [
            ["SENTINEL", "REPLICAS", name], ["SENTINEL", "SENTINELS", name],
            ["SENTINEL", "CKQUORUM", name], ["SENTINEL", "TIMELINE", name],
        ]
    }

    /// What a server's replies to `serverQuestions` come to.
    public func server(_ answer: MemberAnswer) -> Finding<ServerFacts> {
        var isOpen = false
        let rest: ArraySlice<ReplyValue>
        switch login(answer) {
        case .failure(let failure): return .failure(failure)
        case .success(let isUnneeded, let replies):
            isOpen = isUnneeded
            rest = replies
        }
        guard let information = rest.first?.bytes else { return .failure(whyNone(answer, rest)) }
        var facts = ServerFacts(information: information)
        facts.isOpen = password == nil || isOpen
        if let password, rest.count > 1, let pair = rest.last?.pairs, pair.count == 2 {
            facts.masterPasswordIsSet = pair[1].bytes == password
        }
        return .facts(facts)
    }

    /// What a sentinel's replies to `sentinelQuestions` come to.
    public func sentinel(_ answer: MemberAnswer) -> Finding<SentinelFacts> {
        let rest: [ReplyValue]
        switch login(answer) {
        case .failure(let failure): return .failure(failure)
        case .success(_, let replies): rest = Array(replies)
        }
        guard rest.count >= 2 else { return .failure(whyNone(answer, rest[...])) }
        var facts = SentinelFacts()
        if let error = rest[0].errorText {
            guard error.text.lowercased().hasPrefix("err unknown command") else {
                return .failure(MemberFailure(error: error))
            }
            facts.isServer = true
            return .facts(facts)
        }
        facts.identity = rest[0].bytes?.text ?? ""
        facts.take(masters: rest[1])
        if rest.count >= 5 {
            facts.take(replicas: rest[2])
            facts.take(peers: rest[3])
            facts.quorumError = rest[4].errorText?.text
        }
        if rest.count >= 6 { facts.lastFailover = RecordedFailover.last(in: rest[5]) }
        return .facts(facts)
    }

    private enum LoginOutcome {
        case failure(MemberFailure)
        case success(isUnneeded: Bool, ArraySlice<ReplyValue>)
    }

    private func login(_ answer: MemberAnswer) -> LoginOutcome {
        guard let first = answer.replies.first else {
            return .failure(.unreachable(answer.failure ?? "no answer"))
        }
        guard password != nil else { return .success(isUnneeded: true, answer.replies[...]) }
        guard let error = first.errorText else {
            return .success(isUnneeded: false, answer.replies.dropFirst())
        }
        let failure = MemberFailure(error: error)
        if case .refused(let text) = failure, text.contains("without any password") {
            return .success(isUnneeded: true, answer.replies.dropFirst())
        }
        return .failure(failure)
    }

    private func whyNone(
        _ answer: MemberAnswer, _ rest: ArraySlice<ReplyValue>
    ) -> MemberFailure {
        if let error = rest.first?.errorText { return MemberFailure(error: error) }
        return .unreachable(answer.failure ?? "no answer")
    }
}

extension ReplyValue {
    /// Names and values in turn, of an array or a map.
    var pairs: [ReplyValue]? {
        if case .map(let pairs) = self { return pairs.flatMap { [$0.key, $0.value] } }
        return elements
    }
}
