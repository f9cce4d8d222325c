import Bytes
import Determinism
import Protocol

/// What a sentinel wants done, in this order.
///
/// A `record` is stored, durably, before anything that stands after it is performed, and answered
/// with `recordStored` or `recordFailed`; outputs after a failed record are performed all the same,
/// since those that must not be wait inside the machine for the answer.
public enum SentinelOutput: Hashable, Sendable {
    /// Open a TCP connection; answered with `linkConnected` or `linkFailed`.
    case connect(LinkID, host: ByteString, port: Int)
    /// Look a host name up, without keeping anything else waiting; answered with `lookedUp`.
    case lookUp(ByteString)
    /// Close a connection, or stop trying; not answered.
    case disconnect(LinkID)
    /// Send a command on an established connection.
    case send(LinkID, [ByteString])
    /// Replace the state file atomically by this text, synchronise file and directory; after it, in
    /// the same way, the file beside it (its path and `.rds`) by `companion`, unless that is nil.
    ///
    /// Stored only if both are. In this order, the file beside it never knows of a vote that the
    /// state file does not.
    case record(RecordID, text: ByteString, companion: ByteString?)
    /// Log an event and publish it.
    case event(SentinelEvent)
    /// Log a line that is no event; with `until`, that moment's date and time stand at its end, as
    /// `Sun Nov 22 19:45:00 2026`.
    case log(SentinelEvent.Level, ByteString, until: Instant? = nil)
    /// Answer a client's request.
    case reply(SentinelRequestID, SentinelReply)
    /// Run a program with these arguments, its path first; answered with `scriptStarted` and
    /// `scriptEnded`.
    case runScript(ScriptID, [ByteString])
    /// Kill a script that takes too long; its end is told as any other.
    case killScript(ScriptID)
    /// A setting that the executor holds was changed by SENTINEL CONFIG SET.
    case logLevel(ByteString)
    /// End the process with this status, at once: a simulated failure that an operator asked for.
    /// What stands after it is not performed.
    case exit(status: Int32)
}

/// The answer to a client, for either version of the protocol.
public enum SentinelReply: Hashable, Sendable {
    /// A value; maps are flattened for RESP2.
    case value(ReplyValue)
    /// RESP2's null array, RESP3's null.
    case nullArray
}
