import Bytes
import Protocol

/// What a replica says to its master between connecting and PSYNC.
///
/// ```
///   PING ─► +PONG ─► { AUTH, REPLCONF listening-port, ip-address, capa } in one pipeline
///        ─► their replies, in that order ─► PSYNC
/// ```
/// Only PING's and AUTH's errors end it: masters of other versions may not know a REPLCONF option.
public struct Handshake: Sendable, Equatable {
    /// What the replica says about itself.
    public struct Introduction: Sendable, Equatable {
        /// `masteruser`; nil: the default user.
        public var user: ByteString?
        /// `masterauth`; nil: no AUTH.
        public var password: ByteString?
        /// The port it serves on, or `replica-announce-port`.
        public var listeningPort: Int
        /// `replica-announce-ip`; nil: the connection's.
        public var address: ByteString?
        /// Whether the master is asked for INFO before PSYNC: see `HistoryGuard`.
        var inspects = false

        /// No password, and the connection's own address.
        public init(listeningPort: Int = 0) { self.listeningPort = listeningPort }
    }

    /// One reply that is awaited.
    enum Step: Sendable, Equatable {
        case ping
        case authentication
        case listeningPort
        case address
        case capabilities
        case information
    }

    /// What a reply means.
    enum Verdict: Equatable {
        case more
        case introduce
        case done
        case failed(ReplicationLogLine)
    }

    private let introduction: Introduction
    private var awaited: [Step] = [.ping]
    /// Bytes of INFO's text that are to come.
    private var textLeft = 0
    /// What INFO said; nil if it was not asked or not answered.
    private(set) var inspection: MasterInspection?

    /// A handshake that says this.
    init(_ introduction: Introduction) { self.introduction = introduction }

    /// Whether the master was asked for INFO.
    var inspects: Bool { introduction.inspects }
    /// Whether the next line is text, in which an empty one has its meaning too.
    var isInsideText: Bool { textLeft > 0 }

    /// The first command.
    static var ping: [ByteString] { ["PING"] }

    /// The commands that follow PONG, in one pipeline.
    var commands: [[ByteString]] {
        var commands: [[ByteString]] = []
        if let password = introduction.password {
            commands.append(["AUTH"] + (introduction.user.map { [$0] } ?? []) + [password])
        }
        commands.append([
            "REPLCONF", "listening-port", ByteString(String(introduction.listeningPort)),
        ])
        if let address = introduction.address {
            commands.append(["REPLCONF", "ip-address", address])
        }
        // rdb11: see ReplicaAnnouncement.snapshotVersion.
        commands.append(["REPLCONF", "capa", "eof", "capa", "psync2", "capa", "rdb11"])
        if introduction.inspects { commands.append(["INFO"]) }
        return commands
    }

    /// Takes the next reply, a line without its end.
    mutating func take(_ line: Span<UInt8>, log: inout [ReplicationLogLine]) -> Verdict {
        if isInsideText {
            inspection?.read(line)
            textLeft -= line.count + 2
            return awaited.isEmpty && !isInsideText ? .done : .more
        }
        let text = ResyncDecision.printable(line)
        let isError = line.count > 0 && line[0] == 0x2d
        switch awaited.removeFirst() {
        case .ping:
            let mayGoOn =
                text.hasPrefix("+") || text.hasPrefix("-NOAUTH") || text.hasPrefix("-NOPERM")
                || text.hasPrefix("-ERR operation not permitted")
            guard mayGoOn else {
                return .failed(.init(.warning, "Error reply to PING from master: '\(text)'"))
            }
            log.append(.init(.notice, "Master replied to PING, replication can continue..."))
            if introduction.password != nil { awaited.append(.authentication) }
            awaited.append(.listeningPort)
            if introduction.address != nil { awaited.append(.address) }
            awaited.append(.capabilities)
            if introduction.inspects { awaited.append(.information) }
            return .introduce
        case .authentication:
            if isError { return .failed(.init(.warning, "Unable to AUTH to MASTER: \(text)")) }
        case .listeningPort:
            if isError { log.append(Self.notUnderstood("listening-port", text)) }
        case .address:
            if isError { log.append(Self.notUnderstood("ip-address", text)) }
        case .capabilities:
            if isError { log.append(Self.notUnderstood("capa", text)) }
        case .information:
            if !isError { beginText(line) }
        }
        return awaited.isEmpty && !isInsideText ? .done : .more
    }

    /// The head of a bulk string: its text follows, and a line's end.
    private mutating func beginText(_ line: Span<UInt8>) {
        guard line.count > 1, line[0] == 0x24,
            let length = DecimalText.parse(line.extracting(1..<line.count)),
            length >= 0, length <= MasterInspection.lengthLimit
        else { return }
        inspection = MasterInspection()
        textLeft = length + 2
    }

    private static func notUnderstood(_ option: String, _ reply: String) -> ReplicationLogLine {
        .init(
            .notice,
            "(Non critical) Master does not understand REPLCONF \(option): \(reply)")
    }
}

/// A master's reply to PSYNC.
enum ResyncReply: Equatable {
    /// The stream goes on, perhaps under a new identifier.
    case partial(ReplicationID?)
    /// The whole data set follows; nil: the reply's form was wrong, nothing can be resumed later.
    case full(ReplicationID?, offset: Int)
    /// The master cannot serve us now.
    case later(ReplicationLogLine)

    init(_ line: Span<UInt8>) {
        let text = ResyncDecision.printable(line)
        if text.hasPrefix("+FULLRESYNC") {
            let words = ResyncReply.words(line)
            let number = words.count >= 3 ? words[2].bytes : []
            guard words.count >= 3, let id = ReplicationID(words[1]),
                let offset = DecimalText.parse(number.span), offset >= 0
            else {
                self = .full(nil, offset: 0)
                return
            }
            self = .full(id, offset: offset)
        } else if text.hasPrefix("+CONTINUE") {
            let words = ResyncReply.words(line)
            self = .partial(words.count >= 2 ? ReplicationID(words[1]) : nil)
        } else if text.hasPrefix("-NOMASTERLINK") || text.hasPrefix("-LOADING") {
            self = .later(
                .init(
                    .notice,
                    "Master is currently unable to PSYNC but should be in the future: \(text)"))
        } else if text.hasPrefix("-ERR") {
            self = .later(
                .init(
                    .notice,
                    "Master does not support PSYNC or is in error state (reply: \(text))"))
        } else {
            self = .later(.init(.warning, "Unexpected reply to PSYNC from master: \(text)"))
        }
    }

    private static func words(_ line: Span<UInt8>) -> [ByteString] {
        var words: [ByteString] = []
        var start = 0
        for index in 0...line.count {
            if index < line.count && line[index] != 0x20 { continue }
            if index > start { words.append(ByteString(line.extracting(start..<index))) }
            start = index + 1
        }
        return words
    }
}
