import Bytes
import Determinism
import Sessions

/// What the server asks of its executor, in the order in which it must happen.
///
/// Contract:
/// 1. Outputs of a turn are performed in order, before any reply of that turn reaches a socket.
/// 2. An output with a `reply` position stands behind a reply that was written as a success. When
///    it fails, the executor calls `Server.fail(_:text:)`: the reply becomes the error. Nothing of
///    it has been sent.
/// 3. Nothing here reads back into the server but through its public methods.
public enum ServerOutput {
    /// A line for the log.
    case log(LogLevel, String)
    /// Open a connection to a master; answered by `masterLinkConnected` or `masterLinkFailed`.
    case connectMaster(host: ByteString, port: Int, source: ByteString?)
    /// Drop the connection attempt or the link to the master.
    case disconnectMaster
    /// Let the kernel gather small packets to this session (`repl-disable-tcp-nodelay`).
    case delaySmallPackets(SessionID)

    /// Begin a snapshot file: open `temp-<pid>.rdb` beside `fileName` in the working directory.
    case beginFile(fileName: String, compresses: Bool, hasChecksum: Bool)
    /// The next records of the snapshot file; their number is answered by `fileWritten`.
    case appendFile([UInt8])
    /// All records were handed out: the end and its checksum, fsync, rename, fsync the directory;
    /// answered by `fileFinished`. While `persistence.mustStandStill` nothing else is done.
    case commitFile
    /// Forget the snapshot file and remove what was written.
    case abandonFile

    /// Replace the snapshot in memory by that on disk: DEBUG RELOAD, after its save.
    case reload(SessionID)
    /// Replace the configuration file, atomically and with its mode, by what
    /// `ConfigCommands.rewritten` makes of its present text (empty if it is missing); answered by
    /// `configurationRewritten`. Kept aside, for settings are large and outputs are many.
    indirect case rewriteConfiguration(
        path: String, settings: ServerSettings, forcesAll: Bool, reply: ReplyPosition?)
    /// Take over a changed setting that the kernel has a part in: listeners, limits, directory.
    /// When the kernel refuses, `settingRefused` undoes the change. Behind `directory`,
    /// `Server.settings.directory` becomes the absolute path.
    case apply(SettingEffect, reply: ReplyPosition?)

    /// Tell the service manager that the process is about to end.
    case stopping
    /// Replace the role record `fileName` in the working directory, atomically and on the disk before
    /// anything that follows; nil: remove it. Answered by `recordFailed` when that cannot be done.
    case storeRecord(fileName: String, text: [UInt8]?)

    /// Stand still: DEBUG SLEEP.
    case sleep(Duration)
    /// Die by a real signal: DEBUG SEGFAULT and its kin.
    case crash
    /// Leave with this status, after what came before is done.
    case exit(Int32)
}

/// Where a reply begins that may yet turn out to be an error.
public struct ReplyPosition: Sendable {
    /// Whose reply.
    public var session: SessionID
    /// Offset into the unsent bytes of the session.
    public var position: Int
    /// How many bytes the optimistic reply has.
    public var count: Int

    /// All three parts.
    public init(session: SessionID, position: Int, count: Int) {
        self.session = session
        self.position = position
        self.count = count
    }
}
