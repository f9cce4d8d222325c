import Bytes

/// What a server that sentinels watch keeps beside its data: its role, and who may take it away.
///
/// Text, a fact a line:
/// ```
///   rds-role 1
///   role master
///   sentinel <run id> <host> <port> <config epoch> <group>
///   superseded <config epoch> <group>
/// ```
/// `sentinel` lines are those that named this server as the group's master, with the epoch that each
/// named last. `superseded` tells of an epoch in which another server was named. Line feeds end
/// lines; a file that is anything else is no record.
public struct RoleRecord: Hashable, Sendable {
    /// A sentinel that named this server.
    public struct Sentinel: Hashable, Sendable {
        /// Its id.
        public var runID: ByteString
        /// Where it listens: a new id at the same place has replaced it.
        public var address: MasterAddress
        /// The config epoch of its last word.
        public var epoch: UInt64
        /// The group that it watches.
        public var group: ByteString

        /// All parts.
        public init(
            runID: ByteString, address: MasterAddress, epoch: UInt64, group: ByteString
        ) {
            self.runID = runID
            self.address = address
            self.epoch = epoch
            self.group = group
        }
    }

    /// More than these are not kept: strangers could fill the disk.
    public static var sentinelLimit: Int { 256 }

    /// Whether the server was a master when it was written.
    public var isMaster = true
    /// The sentinels, in the order in which they were first heard.
    public var sentinels: [Sentinel] = []
    /// The greatest epochs in which another server was named, by group.
    public var superseded: [ByteString: UInt64] = [:]

    /// A master that nobody watches.
    public init() {}

    /// The groups that watch, without repetition.
    public var groups: [ByteString] {
        var groups: [ByteString] = []
        for sentinel in sentinels where !groups.contains(sentinel.group) {
            groups.append(sentinel.group)
        }
        return groups
    }

    /// The config epoch that a word about the group must have to count.
    public func epoch(of group: ByteString) -> UInt64 {
        let named = sentinels.filter { $0.group == group }.map(\.epoch).max() ?? 0
        return max(named, superseded[group] ?? 0)
    }

    /// How many of so many sentinels meet every majority of them that could elect another.
    static func confirmations(of count: Int) -> Int { count - (count / 2 + 1) + 1 }

    /// The record as a file.
    public var text: [UInt8] {
        var text = Array("rds-role 1\nrole \(isMaster ? "master" : "replica")\n".utf8)
        for sentinel in sentinels {
            text += "sentinel ".utf8
            text += sentinel.runID.bytes + [0x20] + sentinel.address.host.bytes
            text += " \(sentinel.address.port) \(sentinel.epoch) ".utf8
            text += sentinel.group.bytes + [0x0a]
        }
        for (group, epoch) in superseded.sorted(by: { $0.key < $1.key }) {
            text += "superseded \(epoch) ".utf8
            text += group.bytes + [0x0a]
        }
        return text
    }

    /// Reads a file; nil if it is no record.
    public init?(_ text: [UInt8]) {
        guard text.last == 0x0a else { return nil }
        let lines = text.dropLast().split(separator: 0x0a, omittingEmptySubsequences: false)
        guard lines.count >= 2, lines[0].elementsEqual("rds-role 1".utf8) else { return nil }
        for line in lines.dropFirst() {
            let words = line.split(separator: 0x20, omittingEmptySubsequences: false).map {
                ByteString(Array($0))
            }
            guard read(words) else { return nil }
        }
    }

    private mutating func read(_ words: [ByteString]) -> Bool {
        switch (words[0].text, words.count) {
        case ("role", 2):
            guard words[1] == "master" || words[1] == "replica" else { return false }
            isMaster = words[1] == "master"
        case ("sentinel", 6):
            guard sentinels.count < RoleRecord.sentinelLimit, SentinelHello.isRunID(words[1]),
                let address = SentinelHello.address(words[2], words[3]),
                let epoch = SentinelHello.number(words[4]), epoch >= 0,
                SentinelHello.isWord(words[5])
            else { return false }
            sentinels.append(
                Sentinel(
                    runID: words[1], address: address, epoch: UInt64(epoch), group: words[5]))
        case ("superseded", 3):
            guard let epoch = SentinelHello.number(words[1]), epoch >= 0,
                SentinelHello.isWord(words[2])
            else { return false }
            superseded[words[2]] = UInt64(epoch)
        default: return false
        }
        return true
    }
}
