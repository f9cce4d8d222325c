// What a sentinel remembers that sentinel.conf has no line for: a real sentinel refuses to start on a
// line that it does not know. It stands in a file of its own beside sentinel.conf, `<its path>.rds`:
//
//     # Written by rds-sentinel ...
//     myid <id>
//     grant <master> <epoch> <id of the candidate, or *> held|released
//     history <master> <id> <id of the previous one, or *> <first offset that is not the previous'>
//     minimum-replicas <master> <min-replicas-to-write>
//     sentinel <master> <id of one that counts for the majority>
//     former-master <master> <host> <port>, the last one first
//     timeline <master> <one of the last failovers: FailoverRecord.words>
//     checksum <16 hexadecimal digits: the CRC-64 of everything before this line>
//
// 1. The file is replaced as a whole. One that is broken, or another sentinel's, counts as missing.
// 2. Nothing here is needed for safety: without the file, what it would have told is taken to be as
//    bad as it can be. It is replaced after sentinel.conf, and may be older after a crash: a sentinel that
//    it names and the other does not was forgotten by RESET, maybe just now.
// 3. A line of an unknown kind is passed over: a later version wrote it.

import Bytes

/// The content of the file beside sentinel.conf.
public struct CompanionState: Hashable, Sendable {
    /// A vote that was given.
    public struct Grant: Hashable, Sendable {
        /// The epoch that it was given for.
        public var epoch: UInt64
        /// For whom; nil when a restart forgot it.
        public var candidate: ByteString?
        /// Whether the candidate said that it does not need it any more.
        public var isReleased: Bool

        /// All parts.
        public init(epoch: UInt64, candidate: ByteString?, isReleased: Bool) {
            self.epoch = epoch
            self.candidate = candidate
            self.isReleased = isReleased
        }
    }

    /// What is remembered about one master.
    public struct Group: Hashable, Sendable {
        /// The last vote.
        public var grant: Grant?
        /// The history that the data belongs to.
        var history: ReplicationHistory?
        /// `min-replicas-to-write` of the master.
        public var minimumReplicas = 0
        /// Sentinels that count for the majority: known ones, and those that RESET forgot.
        public var sentinels: [ByteString] = []
        /// Where the master was before, the last one first.
        public var formerMasters: [NodeAddress] = []
        /// The last failovers, the oldest first.
        var timeline: [FailoverRecord] = []

        /// Nothing remembered.
        public init() {}
    }

    /// The sentinel that wrote it.
    public var identity: ByteString?
    /// By the master's name.
    public var groups: [ByteString: Group] = [:]

    /// Nothing remembered.
    public init() {}

    /// Reads a file's text; throws if any of it is not as it was written.
    public init(parsing text: [UInt8]) throws(CompanionError) {
        let lines = text.split(separator: 0x0a, omittingEmptySubsequences: false)
        guard lines.count >= 2, lines[lines.count - 1].isEmpty else { throw .truncated }
        let last = lines[lines.count - 2]
        let body = Array(text[..<last.startIndex])
        guard ByteString(Array(last)) == CompanionState.checksumLine(body) else {
            throw .wrongChecksum
        }
        for (number, line) in lines.dropLast(2).enumerated() where line.first != 0x23 {
            let bytes = Array(line)
            guard let words = QuotedWords.split(bytes.span), read(words) else {
                throw .unreadableLine(number + 1)
            }
        }
    }

    /// The file's text; groups in the order of their names.
    public var text: ByteString {
        var text = CompanionState.head
        func say(_ words: [ByteString]) {
            text += words.map { QuotedWords.quotedIfNeeded($0).text }.joined(separator: " ") + "\n"
        }
        if let identity { say(["myid", identity]) }
        for (name, group) in groups.sorted(by: { $0.key < $1.key }) {
            if let grant = group.grant {
                say([
                    "grant", name, ByteString("\(grant.epoch)"), grant.candidate ?? "*",
                    grant.isReleased ? "released" : "held",
                ])
            }
            if let history = group.history {
                say([
                    "history", name, history.name, history.previous ?? "*",
                    ByteString("\(history.previousEnd)"),
                ])
            }
            if group.minimumReplicas > 0 {
                say(["minimum-replicas", name, ByteString("\(group.minimumReplicas)")])
            }
            for sentinel in group.sentinels { say(["sentinel", name, sentinel]) }
            for former in group.formerMasters {
                say(["former-master", name, former.host, ByteString("\(former.port)")])
            }
            for record in group.timeline { say(["timeline", name] + record.words) }
        }
        let body = Array(text.utf8)
        return ByteString(body + CompanionState.checksumLine(body).bytes + [0x0a])
    }

    private static let head = """
        # Written by rds-sentinel beside its configuration file: what that file has no lines for.
        # Remove it with sentinel.conf, or not at all.

        """

    private static func checksumLine(_ body: [UInt8]) -> ByteString {
        var checksum = CRC64()
        checksum.update(body.span)
        let digits = String(checksum.value, radix: 16)
        return ByteString("checksum " + String(repeating: "0", count: 16 - digits.count) + digits)
    }

    /// Takes a line in; false if its kind is known and its words are not right for it.
    private mutating func read(_ words: [ByteString]) -> Bool {
        switch words.first {
        case "timeline":
            // It is for showing: a record that cannot be read is forgotten, and nothing else.
            guard words.count > 2, let record = FailoverRecord(words: Array(words.dropFirst(2)))
            else { return true }
            groups[words[1], default: Group()].timeline.append(record)
        case "myid":
            guard words.count == 2 else { return false }
            identity = words[1]
        case "grant":
            guard words.count == 5, let epoch = CompanionState.epoch(words[2]),
                words[4] == "held" || words[4] == "released"
            else { return false }
            groups[words[1], default: Group()].grant = Grant(
                epoch: epoch, candidate: words[3] == "*" ? nil : words[3],
                isReleased: words[4] == "released")
        case "history":
            guard words.count == 5, words[2].count == 40, let end = words[4].integer,
                let end = UInt64(exactly: end)
            else { return false }
            groups[words[1], default: Group()].history = ReplicationHistory(
                name: words[2], previous: words[3] == "*" ? nil : words[3], previousEnd: end)
        case "minimum-replicas":
            guard words.count == 3, let count = words[2].integer, count > 0,
                count <= Master.replicaLimit
            else { return false }
            groups[words[1], default: Group()].minimumReplicas = count
        case "sentinel":
            guard words.count == 3 else { return false }
            groups[words[1], default: Group()].sentinels.append(words[2])
        case "former-master":
            guard words.count == 4, let port = words[3].integer,
                let address = NodeAddress(naming: words[2], port: port)
            else { return false }
            groups[words[1], default: Group()].formerMasters.append(address)
        default: break
        }
        return true
    }

    private static func epoch(_ word: ByteString) -> UInt64? {
        guard let number = word.integer, let epoch = UInt64(exactly: number),
            epoch <= Sentinel.epochLimit
        else { return nil }
        return epoch
    }
}

/// Why the file beside sentinel.conf is not believed.
public enum CompanionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It does not end as it was written.
    case truncated
    /// Its checksum is another.
    case wrongChecksum
    /// A line, counted from 1, that cannot be read.
    case unreadableLine(Int)

    /// For the log.
    public var description: String {
        switch self {
        case .truncated: "it ends too early"
        case .wrongChecksum: "its checksum is wrong"
        case .unreadableLine(let number): "line \(number) cannot be read"
        }
    }
}

extension SentinelSettings {
    /// Takes in the file beside sentinel.conf; nil if there is none.
    ///
    /// A file that cannot be used counts as missing, and the start says so in the log.
    public mutating func remember(_ text: [UInt8]?) {
        guard let text else {
            note(companion: "There is no state file (.rds) beside the configuration file")
            return
        }
        do throws(CompanionError) {
            let state = try CompanionState(parsing: text)
            if let writer = state.identity, writer != identity {
                note(companion: "The state file (.rds) is that of sentinel \(writer)")
                return
            }
            companion = state
        } catch {
            note(companion: "The state file (.rds) is broken: \(error)")
        }
    }

    /// The file could not be read; `reason` as the system words it.
    public mutating func forgetCompanion(reason: String) {
        note(companion: "The state file (.rds) cannot be read: \(reason)")
    }

    private mutating func note(companion text: String) {
        // Without an id of its own the sentinel starts for the first time.
        guard identity != nil else { return }
        companionNote =
            text + ": votes given before this start are held as if they had been given now"
    }
}
