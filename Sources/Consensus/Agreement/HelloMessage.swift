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
        let tokens = text.bytes.split(separator: 0x2c, omittingEmptySubsequences: false).map {
            ByteString(Array($0))
        }
        guard tokens.count == 8,
            let port = tokens[1].integer, port > 0,
            let address = NodeAddress(naming: tokens[0], port: port),
            HelloMessage.isRunID(tokens[2]),
            let currentEpoch = HelloMessage.epoch(tokens[3]),
            let masterPort = tokens[6].integer, masterPort > 0,
            let masterAddress = NodeAddress(naming: tokens[5], port: masterPort),
            let configEpoch = HelloMessage.epoch(tokens[7])
        else { return nil }
        self.init(
            address: address, runID: tokens[2], currentEpoch: currentEpoch, masterName: tokens[4],
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

    private static func epoch(_ text: ByteString) -> UInt64? {
        guard let number = text.integer,
            let epoch = UInt64(exactly: number), epoch <= Sentinel.epochLimit
        else { return nil }
        return epoch
    }
}
