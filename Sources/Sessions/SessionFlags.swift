import Bytes

/// What a session is and what it is going through, one bit each.
public struct SessionFlags: OptionSet, Sendable {
    /// The bits.
    public let rawValue: UInt64

    /// The flags of these bits.
    @inlinable
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// May run commands: authenticated, or the default user needs no password.
    public static let authenticated = SessionFlags(rawValue: 1 << 0)
    /// Between MULTI and EXEC: commands are queued.
    public static let multi = SessionFlags(rawValue: 1 << 1)
    /// A watched key changed: EXEC answers null.
    public static let dirtyWatch = SessionFlags(rawValue: 1 << 2)
    /// A command was refused while queueing: EXEC answers EXECABORT.
    public static let dirtyExec = SessionFlags(rawValue: 1 << 3)
    /// Waits in a blocking command (BLPOP, WAIT ...).
    public static let blocked = SessionFlags(rawValue: 1 << 4)
    /// Its next command is put off until a CLIENT PAUSE ends.
    public static let paused = SessionFlags(rawValue: 1 << 5)
    /// Sent MONITOR.
    public static let monitor = SessionFlags(rawValue: 1 << 6)
    /// An attached replica (sent PSYNC or SYNC); never set by MONITOR.
    public static let replica = SessionFlags(rawValue: 1 << 7)
    /// The connection to our master: obeyed, and never answered.
    public static let masterLink = SessionFlags(rawValue: 1 << 8)
    /// Closed as soon as its output is sent; further requests and replies are dropped.
    public static let closeAfterReply = SessionFlags(rawValue: 1 << 9)
    /// Closed at the end of the turn, whatever waits to be sent.
    public static let closeNow = SessionFlags(rawValue: 1 << 10)
    /// CLIENT REPLY OFF.
    public static let replyOff = SessionFlags(rawValue: 1 << 11)
    /// The replies of the current command are dropped.
    public static let replySkip = SessionFlags(rawValue: 1 << 12)
    /// The replies of the next command are dropped.
    public static let replySkipNext = SessionFlags(rawValue: 1 << 13)
    /// CLIENT NO-EVICT ON.
    public static let noEvict = SessionFlags(rawValue: 1 << 14)
    /// CLIENT NO-TOUCH ON: reads leave the access clock of keys alone.
    public static let noTouch = SessionFlags(rawValue: 1 << 15)
    /// Connected by a unix socket.
    public static let unixSocket = SessionFlags(rawValue: 1 << 16)
    /// The current command's arguments never go to a log or a monitor.
    public static let preventLogging = SessionFlags(rawValue: 1 << 17)
    /// Subscribed to a channel, pattern or shard channel.
    public static let subscribed = SessionFlags(rawValue: 1 << 18)
    /// READONLY was sent.
    public static let readOnly = SessionFlags(rawValue: 1 << 19)
    /// Announced the `redirect` capability.
    public static let redirectCapable = SessionFlags(rawValue: 1 << 20)
    /// Part of its output could not be sent at once: the executor waits until the socket is writable.
    public static let waitingToWrite = SessionFlags(rawValue: 1 << 21)
    /// Its unsent replies pass `SessionLimits.unsentBytesThatPauseReading`: the executor does not
    /// read from it.
    public static let readingPaused = SessionFlags(rawValue: 1 << 22)
    /// It is in the list of sessions whose output is sent at the end of the turn.
    public static let outputPending = SessionFlags(rawValue: 1 << 23)
    /// A link to our master that wants the reply of its current command (REPLCONF GETACK).
    public static let masterForceReply = SessionFlags(rawValue: 1 << 24)

    /// Any of these makes the end of a command do more than nothing.
    @usableFromInline
    static var replyModes: SessionFlags {
        [
            .replyOff, .replySkip, .replySkipNext, .masterLink, .preventLogging, .closeAfterReply,
        ]
    }
    /// With any of these, what a command answered is dropped.
    static var muting: SessionFlags { [.replyOff, .replySkip, .masterLink] }

    /// Whether any bit is in both.
    @inlinable
    public func intersects(_ other: SessionFlags) -> Bool { rawValue & other.rawValue != 0 }
}

/// The classes that CLIENT LIST TYPE, CLIENT KILL TYPE and the output limits tell apart.
public enum SessionClass: Int, Sendable, CaseIterable {
    /// An ordinary client; MONITOR counts as one.
    case normal
    /// An attached replica.
    case replica
    /// A client with a subscription.
    case pubsub
    /// The link to our master.
    case master

    /// The class that a client names, without regard to case: `slave` is `replica`.
    public init?(name: Span<UInt8>) {
        if name.equalsIgnoringCase("normal") {
            self = .normal
        } else if name.equalsIgnoringCase("replica") || name.equalsIgnoringCase("slave") {
            self = .replica
        } else if name.equalsIgnoringCase("pubsub") {
            self = .pubsub
        } else if name.equalsIgnoringCase("master") {
            self = .master
        } else {
            return nil
        }
    }
}
