import Bytes

/// A master's answer to PSYNC: go on from the backlog, or start with the whole data set.
///
/// A partial resynchronisation needs both: the replica's history is ours (or the one that ours
/// grew out of, up to where it did), and every byte that it misses is still in the backlog.
public enum ResyncDecision: Sendable, Equatable {
    /// The bytes from `offset` on bring the replica up to date.
    case partial(from: Int)
    /// The replica needs the whole data set. `wasRefused`: it had asked for less.
    case full(wasRefused: Bool)

    /// Decides, and tells why in `log`, in Redis's words.
    ///
    /// `position` is the first byte that the replica misses, counted from 1, as PSYNC has it.
    public static func decide(
        id: Span<UInt8>, position: Int, replica: String, history: ReplicationHistory,
        backlog: borrowing Backlog, log: inout [ReplicationLogLine]
    ) -> ResyncDecision {
        let isOurs = history.id.matches(id)
        let isPrevious = history.previousID != .none && history.previousID.matches(id)
        guard isOurs || (isPrevious && position <= history.previousLimit) else {
            if id.count > 0 && id[0] == 0x3f {
                log.append(.init(.notice, "Full resync requested by replica \(replica)"))
                return .full(wasRefused: false)
            }
            if isPrevious {
                log.append(
                    .init(
                        .notice,
                        "Partial resynchronization not accepted: Requested offset for second ID "
                            + "was \(position), but I can reply up to \(history.previousLimit)"))
            } else {
                log.append(
                    .init(
                        .notice,
                        "Partial resynchronization not accepted: Replication ID mismatch (Replica "
                            + "asked for '\(printable(id))', my replication IDs are "
                            + "'\(history.id)' and '\(history.previousID)')"))
            }
            return .full(wasRefused: true)
        }
        guard position > 0, backlog.contains(from: position - 1) else {
            log.append(
                .init(
                    .notice,
                    "Unable to partial resync with replica \(replica) for lack of backlog "
                        + "(Replica request was: \(position))."))
            if position > history.offset {
                log.append(
                    .init(
                        .warning,
                        "Warning: replica \(replica) tried to PSYNC with an offset that is "
                            + "greater than the master replication offset."))
            }
            return .full(wasRefused: true)
        }
        log.append(
            .init(
                .notice,
                "Partial resynchronization request from \(replica) accepted. Sending "
                    + "\(backlog.endOffset - position + 1) bytes of backlog starting from offset "
                    + "\(position)."))
        return .partial(from: position - 1)
    }

    /// What a peer sent, made fit for one line of the log.
    public static func printable(_ text: Span<UInt8>) -> String {
        var bytes: [UInt8] = []
        for index in text.indices.prefix(128) {
            let byte = text[index]
            bytes.append(byte >= 0x20 && byte < 0x7f ? byte : 0x2e)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
