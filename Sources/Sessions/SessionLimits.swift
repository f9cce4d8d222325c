import Bytes

/// The limits that sessions are held to, each the value of a directive.
public struct SessionLimits: Sendable {
    /// How much unsent output a class of sessions may hold; 0 stands for no limit.
    public struct Output: Hashable, Sendable {
        /// Bytes at which a session is closed at once.
        public var hardBytes: Int
        /// Bytes at which it is closed when it stays there for longer than `softSeconds`.
        public var softBytes: Int
        /// For how many seconds it may stay at `softBytes` or above.
        public var softSeconds: Int

        /// All three.
        public init(hardBytes: Int, softBytes: Int, softSeconds: Int) {
            self.hardBytes = hardBytes
            self.softBytes = softBytes
            self.softSeconds = softSeconds
        }
    }

    /// `client-output-buffer-limit normal`; holds for the link to a master too.
    public var normalOutput = Output(hardBytes: 0, softBytes: 0, softSeconds: 0)
    /// `client-output-buffer-limit replica`.
    public var replicaOutput = Output(
        hardBytes: 256 << 20, softBytes: 64 << 20, softSeconds: 60)
    /// `client-output-buffer-limit pubsub`.
    public var pubsubOutput = Output(hardBytes: 32 << 20, softBytes: 8 << 20, softSeconds: 60)
    /// `repl-backlog-size`: a replica may always hold as much.
    public var backlogBytes = 1 << 20

    /// `client-query-buffer-limit`: how many bytes of unexecuted requests a session may hold.
    public var queryBytes = 1 << 30
    /// `maxclients`.
    public var maximumClients = 10_000
    /// `timeout`: seconds after which an idle client is closed; 0 for never.
    public var idleSeconds = 0
    /// `protected-mode`.
    public var isProtected = true
    /// `protected-mode-networks`: whose clients protected mode lets pass.
    public var trustedNetworks: [NetworkRange] = []

    /// A session with as many unsent bytes or more is not read until half of them are sent.
    ///
    /// Well above what a pipeline is answered with: a client that writes all of its requests
    /// before it reads must not be stopped midway.
    public var unsentBytesThatPauseReading = 64 << 20

    /// With as many unsent bytes a session is closed, whatever its class.
    var bytesThatCloseAny: Int {
        let hard = [normalOutput.hardBytes, replicaOutput.hardBytes, pubsubOutput.hardBytes]
        return hard.contains(0) ? Int.max : max(hard.max() ?? Int.max, backlogBytes)
    }

    /// The values that redis.conf has by default.
    public init() {}

    /// Whether protected mode lets a client of this address pass as if it was on this host.
    public func trusts(_ address: InternetAddress?) -> Bool {
        guard let address else { return false }
        return trustedNetworks.contains { $0.contains(address) }
    }

    /// The output limit of a class.
    public func output(of kind: SessionClass) -> Output {
        switch kind {
        case .normal, .master: normalOutput
        case .replica: replicaOutput
        case .pubsub: pubsubOutput
        }
    }
}
