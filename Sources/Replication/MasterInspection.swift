import Bytes
import Determinism

/// What a master's INFO says about the data that it would send.
///
/// Any master of the family answers it, so that no command of ours is needed; a field that is missing
/// proves nothing.
public struct MasterInspection: Sendable, Equatable {
    /// More text than this is none.
    static let lengthLimit = 1 << 20

    /// Whether it follows a master itself: then it holds what somebody wanted it to hold.
    var isReplica = false
    /// How long its process has run.
    var uptime: Duration?
    /// Its history, and how far it is.
    var id: ReplicationID?
    var offset: Int?
    /// The history that its own grew out of, and the first byte that it does not vouch for.
    var previousID: ReplicationID?
    var previousLimit: Int?
    /// Whether any database has keys.
    var hasKeys = false

    /// Nothing known.
    init() {}

    /// Reads a line of the text.
    mutating func read(_ line: Span<UInt8>) {
        guard let colon = line.firstIndex(of: 0x3a, from: 0), colon > 0 else { return }
        let name = line.extracting(0..<colon)
        let value = line.extracting((colon + 1)..<line.count)
        if name.equals("role") {
            isReplica = value.equals("slave")
        } else if name.equals("uptime_in_seconds") {
            if let seconds = DecimalText.parse(value), seconds >= 0, seconds < 1 << 40 {
                uptime = .seconds(seconds)
            }
        } else if name.equals("master_replid") {
            id = ReplicationID(ByteString(value))
        } else if name.equals("master_replid2") {
            previousID = ReplicationID(ByteString(value))
        } else if name.equals("master_repl_offset") {
            offset = DecimalText.parse(value)
        } else if name.equals("second_repl_offset") {
            previousLimit = DecimalText.parse(value)
        } else if name.count > 2, name.extracting(0..<2).equals("db"),
            name[2] >= 0x30 && name[2] <= 0x39
        {
            hasKeys = true
        }
    }
}
