import Bytes

/// What a sentinel publishes on `__sentinel__:hello`: eight tokens between commas.
///
/// `host,port,runid,current-epoch,master-name,master-host,master-port,master-config-epoch`; anything
/// else that is published there is no hello. Hosts may be names (`announce-hostnames`), so that they
/// are compared and never resolved.
public struct SentinelHello: Hashable, Sendable {
    /// The channel.
    public static var channel: StaticString { "__sentinel__:hello" }
    /// No hello that says something is longer.
    static let lengthLimit = 4096
    /// The longest host or name that is kept.
    static let wordLimit = 255

    /// Where the sentinel listens.
    public var address: MasterAddress
    /// Its id: 40 letters and digits.
    public var runID: ByteString
    /// The name of the group.
    public var group: ByteString
    /// Whom it takes for the group's master.
    public var master: MasterAddress
    /// The epoch in which that master was chosen.
    public var configEpoch: UInt64

    /// All parts.
    public init(
        address: MasterAddress, runID: ByteString, group: ByteString, master: MasterAddress,
        configEpoch: UInt64
    ) {
        self.address = address
        self.runID = runID
        self.group = group
        self.master = master
        self.configEpoch = configEpoch
    }

    /// Reads a message; nil for one that is no hello.
    public init?(_ text: Span<UInt8>) {
        guard text.count <= SentinelHello.lengthLimit else { return nil }
        let words = ByteString(text).bytes.split(
            separator: 0x2c, omittingEmptySubsequences: false
        ).map { ByteString(Array($0)) }
        guard words.count == 8,
            let address = SentinelHello.address(words[0], words[1]),
            SentinelHello.isRunID(words[2]), SentinelHello.isWord(words[4]),
            let master = SentinelHello.address(words[5], words[6]),
            let epoch = SentinelHello.number(words[7]), epoch >= 0
        else { return nil }
        self.init(
            address: address, runID: words[2], group: words[4], master: master,
            configEpoch: UInt64(epoch))
    }

    static func address(_ host: ByteString, _ port: ByteString) -> MasterAddress? {
        guard isWord(host), let number = number(port),
            number > 0 && number <= 65_535
        else { return nil }
        return MasterAddress(host: host, port: number)
    }

    static func number(_ text: ByteString) -> Int? { DecimalText.parse(text.bytes.span) }

    /// It stands in a file between blanks, so it has none, and nothing that cannot be seen.
    static func isWord(_ text: ByteString) -> Bool {
        !text.isEmpty && text.count <= wordLimit
            && text.bytes.allSatisfy { $0 > 0x20 && $0 != 0x7f }
    }

    static func isRunID(_ text: ByteString) -> Bool {
        text.count == 40
            && text.bytes.allSatisfy {
                ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x7a)
                    || ($0 >= 0x41 && $0 <= 0x5a)
            }
    }
}
