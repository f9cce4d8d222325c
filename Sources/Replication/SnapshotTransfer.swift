import Bytes
import Determinism

/// How a snapshot's bytes are framed on the wire.
public enum SnapshotFraming: Sendable, Equatable {
    /// `$EOF:<40 characters>\r\n`, the bytes, the same 40 characters: the length is not known.
    case marked(ByteString)
    /// `$<length>\r\n`, the bytes.
    case sized(Int)

    /// A mark that no snapshot holds, but for a chance of 2^-160.
    public static func marked(random: inout RandomSource) -> SnapshotFraming {
        .marked(ByteString(random.hexadecimal(count: ReplicationID.length)))
    }

    /// What goes before the snapshot.
    public var preamble: ByteString {
        switch self {
        case .marked(let mark): ByteString("$EOF:\(mark.text)\r\n")
        case .sized(let length): ByteString("$\(length)\r\n")
        }
    }

    /// What goes after the snapshot.
    public var ending: ByteString {
        switch self {
        case .marked(let mark): mark
        case .sized: ByteString()
        }
    }

    /// Reads a preamble without its line end; nil when it is none.
    public init?(preamble line: Span<UInt8>) {
        guard line.count > 1, line[0] == 0x24 else { return nil }
        let rest = line.extracting(1..<line.count)
        if rest.count >= 4 && rest.extracting(0..<4).equals("EOF:") {
            guard rest.count >= 4 + ReplicationID.length else { return nil }
            self = .marked(ByteString(rest.extracting(4..<4 + ReplicationID.length)))
        } else {
            guard let length = DecimalText.parse(rest), length >= 0 else { return nil }
            self = .sized(length)
        }
    }
}

/// Tells a snapshot's own bytes from its frame, however the stream is cut into pieces.
///
/// With a mark, up to 39 bytes that might begin the mark are held back: the caller offers them
/// again together with what comes next. So everything before the mark is handed on, the mark
/// itself never is, and what follows the mark is left where it lies.
public struct SnapshotReceiver: Sendable {
    /// What became of the offered bytes.
    public struct Step: Sendable, Equatable {
        /// The first `payload` bytes belong to the snapshot.
        public var payload: Int
        /// The first `consumed` bytes are dealt with; `payload` and perhaps the mark.
        public var consumed: Int
        /// The snapshot is over.
        public var isComplete: Bool
    }

    /// The frame that was announced.
    public let framing: SnapshotFraming
    /// How many bytes of the snapshot were handed on.
    public private(set) var received = 0

    /// Expects a snapshot in the frame that was announced.
    public init(_ framing: SnapshotFraming) { self.framing = framing }

    /// The length that was announced; 0 when it was not, as in INFO.
    public var announcedLength: Int {
        if case .sized(let length) = framing { length } else { 0 }
    }

    /// Looks at the bytes that follow what was consumed so far.
    public mutating func take(_ bytes: Span<UInt8>) -> Step {
        var step: Step
        switch framing {
        case .sized(let length):
            let payload = min(bytes.count, length - received)
            step = Step(
                payload: payload, consumed: payload, isComplete: received + payload == length)
        case .marked(let mark):
            step = find(mark.bytes, in: bytes)
        }
        received += step.payload
        return step
    }

    private func find(_ mark: [UInt8], in bytes: Span<UInt8>) -> Step {
        let first = mark[0]
        let count = bytes.count
        var index = 0
        while index < count {
            if bytes[index] != first {
                index += 1
                continue
            }
            let available = min(mark.count, count - index)
            var matched = 1
            while matched < available && bytes[index + matched] == mark[matched] { matched += 1 }
            if matched == mark.count {
                return Step(payload: index, consumed: index + matched, isComplete: true)
            }
            if index + matched == count {
                // The mark may have begun here; the rest of it decides.
                return Step(payload: index, consumed: index, isComplete: false)
            }
            index += 1
        }
        return Step(payload: count, consumed: count, isComplete: false)
    }
}
