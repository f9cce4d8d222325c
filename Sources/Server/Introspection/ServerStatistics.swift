import Bytes
import Determinism

/// What the server counts as it runs; INFO tells it and CONFIG RESETSTAT sets it to zero.
///
/// One value owned by the server and lent `inout`: whoever causes an event increments the field.
/// Keyspace hits, misses and expired keys are counted by the databases, clients closed for a limit by
/// the table of sessions; INFO joins them (`Others`).
public struct ServerStatistics: ~Copyable {
    // MARK: Connections and commands
    /// Connections accepted.
    public var connectionsReceived = 0
    /// Connections refused for `maxclients`.
    public var rejectedConnections = 0
    /// Commands executed.
    public var commandsProcessed = 0
    /// Bytes read from clients.
    public var netInputBytes = 0
    /// Bytes written to clients.
    public var netOutputBytes = 0
    /// Bytes read from a master.
    public var netReplInputBytes = 0
    /// Bytes written to replicas.
    public var netReplOutputBytes = 0
    /// Reads from sockets.
    public var readsProcessed = 0
    /// Writes to sockets.
    public var writesProcessed = 0
    /// Turns of the loop.
    public var eventLoopCycles = 0
    /// Time of reading and executing in all turns, in nanoseconds: waiting and sending left out.
    public var eventLoopNanoseconds = 0
    /// Time of ticks, in nanoseconds.
    public var tickNanoseconds = 0
    /// Time of the longest turn, in nanoseconds.
    public var longestCycleNanoseconds = 0
    /// Most commands that one turn executed.
    public var mostCommandsPerCycle = 0

    // MARK: Keyspace
    /// Percentage of keys believed expired and not yet deleted.
    public var expiredStalePercentage = 0.0
    /// Expiry cycles that ended for lack of time.
    public var expiredTimeCapReached = 0
    /// Time spent in active expiry, in milliseconds.
    public var expireCycleMilliseconds = 0
    /// Keys evicted for memory.
    public var evictedKeys = 0
    /// Clients evicted for memory.
    public var evictedClients = 0

    // MARK: Replication and persistence
    /// Full synchronisations begun with replicas.
    public var syncFull = 0
    /// Partial synchronisations granted.
    public var syncPartialOk = 0
    /// Partial synchronisations refused.
    public var syncPartialError = 0
    /// Errors while applying a master's stream.
    public var unexpectedErrorReplies = 0

    // MARK: Errors
    /// Error replies of all kinds.
    public var errorReplies = 0
    /// Error replies by the first word of their text.
    public private(set) var errorsByPrefix: [ByteString: Int] = [:]
    /// True once there were too many different prefixes to be counted each.
    public private(set) var errorPrefixesOverflowed = false
    /// Most prefixes that are counted each; a script may invent any number.
    public static var maximumErrorPrefixes: Int { 128 }

    /// How much memory was allocated, at most and at the start; outlives CONFIG RESETSTAT.
    public var memory = MemoryMarks()
    /// Calls and time by command.
    public var commands: CommandCounterTable
    /// Rates over the last seconds.
    public var rates = RateSamples()

    /// Everything zero, for `commandCount` commands.
    public init(commandCount: Int) { commands = CommandCounterTable(count: commandCount) }

    /// Counts an error reply by its text, as it goes out without the leading `-`.
    public mutating func countError(_ text: Span<UInt8>) {
        errorReplies &+= 1
        if errorPrefixesOverflowed { return }
        var length = 0
        while length < text.count, text[length] != 0x20, text[length] != 0x0d { length += 1 }
        let prefix = ByteString(text.extracting(0..<length))
        if let count = errorsByPrefix[prefix] {
            errorsByPrefix[prefix] = count + 1
        } else if errorsByPrefix.count < Self.maximumErrorPrefixes {
            errorsByPrefix[prefix] = 1
        } else {
            errorPrefixesOverflowed = true
            errorsByPrefix = [:]
        }
    }

    /// A turn's requests are executed: shares their time out to the commands.
    ///
    /// `executing` is the time of the execution, `whole` that since the end of waiting, both in
    /// nanoseconds; `commandCount` is what `commandsProcessed` grew by; `countsLatency` is the
    /// directive `latency-tracking`.
    public mutating func endCycle(
        executing: Int, whole: Int, commandCount: Int, countsLatency: Bool
    ) {
        eventLoopNanoseconds &+= whole
        if whole > longestCycleNanoseconds { longestCycleNanoseconds = whole }
        if commandCount > mostCommandsPerCycle { mostCommandsPerCycle = commandCount }
        commands.shareTime(nanoseconds: executing, countsLatency: countsLatency)
    }

    /// A tick of the clock is over.
    public mutating func endTick(nanoseconds: Int) {
        tickNanoseconds &+= nanoseconds
        eventLoopNanoseconds &+= nanoseconds
    }

    /// A round of active expiry found so many keys whose time had passed among those it looked at.
    public mutating func noteExpiry(expired: Int, of examined: Int) {
        let share = examined > 0 ? Double(expired) / Double(examined) * 100 : 0
        expiredStalePercentage = share * 0.05 + expiredStalePercentage * 0.95
    }

    /// Sets everything to zero (CONFIG RESETSTAT).
    public mutating func reset() {
        let count = commands.count
        self = ServerStatistics(commandCount: count)
    }
}

/// How much was allocated at moments that matter, in bytes.
public struct MemoryMarks: Sendable {
    /// When the server had just started.
    public private(set) var startup = 0
    /// When it was last asked.
    public private(set) var last = 0
    /// The most that was ever seen.
    public private(set) var peak = 0

    /// Nothing seen.
    public init() {}

    /// Takes note of what is allocated now; the first note is that of the start.
    public mutating func note(allocated: Int) {
        if startup == 0 { startup = allocated }
        last = allocated
        peak = max(peak, allocated)
    }
}

/// Rates as INFO's `instantaneous_*` fields tell them: means over the last samples.
public struct RateSamples: Sendable {
    /// Samples that a mean covers.
    public static var window: Int { 16 }
    /// The shortest time between two samples.
    public static var period: Duration { .milliseconds(100) }

    /// Totals at the time of a sample.
    public struct Totals: Sendable {
        /// Commands executed.
        public var commands = 0
        /// Bytes from clients.
        public var input = 0
        /// Bytes to clients.
        public var output = 0
        /// Bytes from a master.
        public var replicationInput = 0
        /// Bytes to replicas.
        public var replicationOutput = 0
        /// Turns of the loop.
        public var cycles = 0
        /// Time of those turns.
        public var cycleNanoseconds = 0

        /// All zero.
        public init() {}
    }

    private var samples: [(time: Instant, totals: Totals)] = []
    private var next = 0

    /// No sample yet: every rate is zero.
    public init() {}

    /// Takes a sample if the last one is older than `period`.
    public mutating func sample(_ totals: Totals, at now: Instant) {
        if let last = newest, now - last.time < Self.period { return }
        if samples.count <= Self.window {
            samples.append((now, totals))
        } else {
            samples[next] = (now, totals)
            next = (next + 1) % samples.count
        }
    }

    /// Growth a second of one total, over the samples that are held.
    public func perSecond(_ total: (Totals) -> Int) -> Double {
        guard let newest, samples.count > 1 else { return 0 }
        let oldest = samples[next]
        let nanoseconds = (newest.time - oldest.time).wholeNanoseconds
        if nanoseconds <= 0 { return 0 }
        return Double(total(newest.totals) - total(oldest.totals)) * 1e9 / Double(nanoseconds)
    }

    private var newest: (time: Instant, totals: Totals)? {
        samples.isEmpty ? nil : samples[(next + samples.count - 1) % samples.count]
    }
}

extension ServerStatistics {
    /// Takes a sample of the totals that rates are made of; once a tick.
    public mutating func sampleRates(at now: Instant) {
        var totals = RateSamples.Totals()
        totals.commands = commandsProcessed
        totals.input = netInputBytes
        totals.output = netOutputBytes
        totals.replicationInput = netReplInputBytes
        totals.replicationOutput = netReplOutputBytes
        totals.cycles = eventLoopCycles
        totals.cycleNanoseconds = eventLoopNanoseconds
        rates.sample(totals, at: now)
    }
}
