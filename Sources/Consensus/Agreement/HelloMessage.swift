import Bytes

/// What sentinels tell each other, exactly eight tokens between commas:
/// `host,port,runid,current-epoch,master-name,master-host,master-port,master-config-epoch`.
///
/// A message with more or fewer is none: real sentinels drop it, and so does this one.
struct HelloMessage: Hashable, Sendable {
    /// No message that says something is longer.
    static let lengthLimit = 4096

    var address: NodeAddress
    var runID: ByteString
    var currentEpoch: UInt64
    var masterName: ByteString
    var masterAddress: NodeAddress
    var configEpoch: UInt64

    init(
        address: NodeAddress, runID: ByteString, currentEpoch: UInt64, masterName: ByteString,
        masterAddress: NodeAddress, configEpoch: UInt64
    ) {
        self.address = address
        self.runID = runID
        self.currentEpoch = currentEpoch
        self.masterName = masterName
        self.masterAddress = masterAddress
        self.configEpoch = configEpoch
    }

    /// Reads a message; nil for one that says nothing that may be believed: addresses that are
    /// neither digits nor names, ids that are none, epochs out of reach.
    init?(_ text: ByteString) {
        guard text.count <= HelloMessage.lengthLimit else { return nil }
        let bytes = text.bytes.span
        // Hellos come in by the thousand where many groups share a server: only what is kept is copied.
        var ends = InlineArray<8, Int>(repeating: 0)
        var count = 0
        for index in 0...bytes.count where index == bytes.count || bytes[index] == 0x2c {
            guard count < 8 else { return nil }
            ends[count] = index
            count += 1
        }
        guard count == 8 else { return nil }
        func token(_ number: Int) -> Range<Int> {
            (number == 0 ? 0 : ends[number - 1] + 1)..<ends[number]
        }
        func word(_ number: Int) -> ByteString { ByteString(bytes.extracting(token(number))) }
        let runID = word(2)
        guard let port = DecimalText.parse(bytes.extracting(token(1))), port > 0,
            let address = NodeAddress(naming: word(0), port: port),
            HelloMessage.isRunID(runID),
            let currentEpoch = HelloMessage.epoch(bytes.extracting(token(3))),
            let masterPort = DecimalText.parse(bytes.extracting(token(6))), masterPort > 0,
            let masterAddress = NodeAddress(naming: word(5), port: masterPort),
            let configEpoch = HelloMessage.epoch(bytes.extracting(token(7)))
        else { return nil }
        self.init(
            address: address, runID: runID, currentEpoch: currentEpoch, masterName: word(4),
            masterAddress: masterAddress, configEpoch: configEpoch)
    }

    /// The eight tokens.
    var text: ByteString {
        var bytes = Array("\(address.host),\(address.port),\(runID),\(currentEpoch),".utf8)
        bytes += masterName.bytes
        bytes += ",\(masterAddress.host),\(masterAddress.port),\(configEpoch)".utf8
        return ByteString(bytes)
    }

    /// Whether it is an id: it goes into the state file, so nothing else may.
    static func isRunID(_ text: ByteString) -> Bool {
        text.count == 40
            && text.bytes.allSatisfy {
                ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x7a)
                    || ($0 >= 0x41 && $0 <= 0x5a)
            }
    }

    /// Whether a message is the hello of the sentinel with that id: ours come back to us, many times.
    static func isHello(_ text: Span<UInt8>, of runID: Span<UInt8>) -> Bool {
        var start = 0
        for _ in 0..<2 {
            while start < text.count && text[start] != 0x2c { start += 1 }
            start += 1
        }
        let end = start + runID.count
        return end < text.count && text[end] == 0x2c
            && text.extracting(start..<end).equals(runID)
    }

    private static func epoch(_ text: Span<UInt8>) -> UInt64? {
        guard let number = DecimalText.parse(text),
            let epoch = UInt64(exactly: number), epoch <= Sentinel.epochLimit
        else { return nil }
        return epoch
    }
}
