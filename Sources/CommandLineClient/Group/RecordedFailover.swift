import Protocol

/// A failover as a sentinel recorded it: an entry of SENTINEL TIMELINE (rds).
public struct RecordedFailover: Equatable, Sendable {
    /// A part of it.
    public struct Phase: Equatable, Sendable {
        /// `detect`, `agree`, `elect`, `select`, `promote` and others.
        public var name: String
        /// How long it took; negative while it lasts.
        public var milliseconds: Int
    }

    /// The epoch of the configuration that it made.
    public var epoch = 0
    /// Whether the sentinel led it: the leader knows all parts.
    public var isLeaders = false
    /// Why it began.
    public var cause = ""
    /// Whether it came to its end.
    public var isDone = false
    /// The old master.
    public var from = ""
    /// The new master.
    public var to = ""
    /// When it began, in milliseconds since 1970.
    public var startedMilliseconds = 0
    /// From its beginning to the end of its last part.
    public var totalMilliseconds = 0
    /// Its parts in their order.
    public var phases: [Phase] = []

    init(_ reply: ReplyValue) {
        let fields = ReplyFields(reply)
        epoch = fields.number("epoch")
        isLeaders = fields["role"] == "leader"
        cause = fields["cause"] ?? ""
        isDone = fields["outcome"] == "done"
        from = fields["from"] ?? ""
        to = fields["to"] ?? ""
        startedMilliseconds = fields.number("started-ms")
        totalMilliseconds = fields.number("total-ms")
        phases = (fields.value("phases")?.elements ?? []).map { element in
            let part = ReplyFields(element)
            return Phase(name: part["phase"] ?? "", milliseconds: part.number("took-ms"))
        }
    }

    /// The last failover that came to its end; nil when the reply tells of none.
    static func last(in reply: ReplyValue) -> RecordedFailover? {
        (reply.elements ?? []).map { RecordedFailover($0) }.first { $0.isDone }
    }

    /// Whether it tells more than another sentinel's record: a later one, or the leader's own.
    func tellsMore(than other: RecordedFailover) -> Bool {
        epoch != other.epoch ? epoch > other.epoch : isLeaders && !other.isLeaders
    }
}
