import Bytes

/// Something that operators and clients are told: one log line, and one message on the channel that
/// bears the event's name.
///
/// Names, payloads and levels are those of Redis 7.2: users' scripts and client libraries read them.
public struct SentinelEvent: Hashable, Sendable {
    /// How loud; also the mark in a log line.
    public enum Level: Int, Comparable, Sendable {
        /// `.`: logged on demand, never published.
        case debug
        /// `-`
        case verbose
        /// `*`
        case notice
        /// `#`: also what notification scripts are told.
        case warning

        /// Quieter first.
        public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    /// How loud.
    public var level: Level
    /// The event's name and channel, with its sign: `+switch-master`.
    public var name: String
    /// What follows the name in the log; the whole message on the channel.
    public var payload: ByteString
    /// The master that it is about, if it is about one.
    public var masterName: ByteString?
    /// The node that it is about: a master, replica or sentinel.
    public var address: NodeAddress?
    /// The sentinel's current epoch when it happened.
    public var epoch: UInt64

    /// What the journal is told beside: names without the prefix `RDS_`.
    public var fields: [Field]

    /// A fact for the journal.
    public struct Field: Hashable, Sendable {
        /// In capitals.
        public var name: String
        /// As text.
        public var value: String

        /// Both parts.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// All parts.
    public init(
        level: Level, name: String, payload: ByteString, masterName: ByteString? = nil,
        address: NodeAddress? = nil, epoch: UInt64, fields: [Field] = []
    ) {
        self.level = level
        self.name = name
        self.payload = payload
        self.masterName = masterName
        self.address = address
        self.epoch = epoch
        self.fields = fields
    }

    /// Whether subscribers of the channel hear of it: all but debugging ones.
    public var isPublished: Bool { level != .debug }
    /// The log line without time and mark.
    public var line: ByteString { ByteString(Array((name + " ").utf8) + payload.bytes) }
}
