import Bytes

/// What is set, and what was learned, about one master.
public struct MasterSettings: Hashable, Sendable {
    /// A sentinel as the state file remembers it.
    public struct KnownSentinel: Hashable, Sendable {
        /// Its id, 40 characters.
        public var runID: ByteString
        /// Where it listens.
        public var address: NodeAddress

        /// Both parts.
        public init(runID: ByteString, address: NodeAddress) {
            self.runID = runID
            self.address = address
        }
    }

    /// The name that clients ask for.
    public var name: ByteString
    /// Where the master listens.
    public var address: NodeAddress
    /// Sentinels that must agree that it is down.
    public var quorum: Int
    /// Silence that means down.
    public var downAfter: Duration
    /// Bounds the steps of a failover; twice as long, none is tried again.
    public var failoverTimeout: Duration
    /// Replicas that may resynchronise at the same time.
    public var parallelSyncs = 1
    /// For AUTH against master and replicas.
    public var authPassword: ByteString?
    /// The file that holds `authPassword`; nil when that is set where everything else is.
    public var authPasswordFile: ByteString?
    /// For AUTH with two arguments.
    public var authUser: ByteString?
    /// A master that restarted and does not answer for so long is down; zero turns it off.
    public var rebootDownAfter: Duration = .zero
    /// A program that is told of every warning.
    public var notificationScript: ByteString?
    /// A program that is told of every change of the address.
    public var clientReconfigurationScript: ByteString?
    /// Commands that its servers know by another name, lower case first.
    public var renamedCommands: [RenamedCommand] = []
    /// The epoch in which `address` became the master.
    public var configEpoch: UInt64 = 0
    /// The epoch in which this sentinel last voted.
    public var leaderEpoch: UInt64 = 0
    /// Replicas seen.
    public var knownReplicas: [NodeAddress] = []
    /// Sentinels seen.
    public var knownSentinels: [KnownSentinel] = []

    /// A command and the name that is sent instead.
    public struct RenamedCommand: Hashable, Sendable {
        /// As the protocol knows it.
        public var name: ByteString
        /// As the servers know it.
        public var replacement: ByteString

        /// Both names.
        public init(name: ByteString, replacement: ByteString) {
            self.name = name
            self.replacement = replacement
        }
    }

    /// A master with the default periods.
    public init(
        name: ByteString, address: NodeAddress, quorum: Int, timing: SentinelTiming = .init()
    ) {
        self.name = name
        self.address = address
        self.quorum = quorum
        downAfter = timing.defaultDownAfter
        failoverTimeout = timing.defaultFailoverTimeout
    }
}
