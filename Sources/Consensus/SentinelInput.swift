import Bytes
import Protocol

/// One connection that the machine asked for; a number is never used twice.
///
/// Inputs that name a link which the machine has given up are ignored, so that an executor may
/// report late.
public struct LinkID: Hashable, Comparable, Sendable {
    /// Counts the connections since the start.
    public var number: Int

    /// The link with that number.
    public init(number: Int) { self.number = number }

    /// Older first.
    public static func < (left: LinkID, right: LinkID) -> Bool { left.number < right.number }
}

/// A client's request that waits for its `reply` output; chosen by the executor, which may use any
/// number that is not in use.
public struct SentinelRequestID: Hashable, Sendable {
    /// The executor's name for the request.
    public var number: Int

    /// The request with that number.
    public init(number: Int) { self.number = number }
}

/// One state to be stored; later ones have greater numbers and replace earlier ones.
public struct RecordID: Hashable, Comparable, Sendable {
    /// Counts the records since the start.
    public var number: Int

    /// The record with that number.
    public init(number: Int) { self.number = number }

    /// Earlier first.
    public static func < (left: RecordID, right: RecordID) -> Bool { left.number < right.number }
}

/// Why a connection could not be made.
public enum LinkFailure: Hashable, Sendable {
    /// Nobody listens at the address.
    case refused
    /// Nothing answered in the time that the executor allows.
    case timedOut
    /// What came in is no reply, or is beyond the limits; the connection was given up.
    case malformed(String)
    /// Any other reason, as the system words it.
    case other(String)
}

/// What happens to a sentinel.
public enum SentinelInput: Hashable, Sendable {
    /// The process serves: announces the identity and what is monitored. Comes once, first.
    case start
    /// A connection is established; `localHost` is this end's address, to be told in hellos.
    case linkConnected(LinkID, localHost: ByteString)
    /// A connection could not be made, or was given up by the executor; the link is gone.
    case linkFailed(LinkID, LinkFailure)
    /// An established connection ended; the link is gone.
    case linkClosed(LinkID)
    /// A reply, or a message of a subscription, came in on a link, in the order of the wire.
    case reply(LinkID, ReplyValue)
    /// A client's command that `Sentinel.serves(_:)` names.
    case request(SentinelRequestID, OwnedRequest)
    /// A record is on disk, file and directory synchronised.
    case recordStored(RecordID)
    /// A record could not be stored; `reason` as the system words it.
    case recordFailed(RecordID, reason: String)
    /// A script that `runScript` named has this process id.
    case scriptStarted(ScriptID, process: Int32)
    /// A script is over, or could not be started.
    case scriptEnded(ScriptID, ScriptEnd)
    /// A name that `lookUp` asked for has these addresses in digits, the preferred first; none when
    /// it could not be resolved.
    case lookedUp(ByteString, addresses: [ByteString])
    /// The state file was read again, because an operator changed it.
    indirect case reload(SentinelSettings)
    /// `nextDeadline` has come.
    case tick
}
