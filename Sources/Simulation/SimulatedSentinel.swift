import Bytes
import Consensus
import Determinism
import Protocol

/// A sentinel's process: the machine, its file, its clock.
///
/// A class, because an array of the simulator holds the machines, which cannot be copied; nobody
/// else sees it.
final class SimulatedSentinel {
    let identity: ByteString
    let weaknesses: Weaknesses
    var machine: Sentinel
    var disk: SimulatedDisk
    var clock: SimulatedClock
    /// The connection that stands for a link of the machine.
    var connections: [LinkID: Int] = [:]
    /// Inputs that outputs of this turn caused.
    var inputs: [SentinelInput] = []
    /// Whether an input is being worked off: those that follow from it wait.
    var isFeeding = false
    /// Outputs of the machine, kept for their storage.
    var outputs: [SentinelOutput] = []
    /// What waits for the disk, and the record that is on its way there.
    var held = HeldOutputs()
    var storing: (id: RecordID, text: ByteString, companion: ByteString?)?
    /// Connections whose last request is not answered yet, and those whose next may be executed.
    var waiting: [Int] = []
    var resumed: [Int] = []
    /// Connections with bytes that wait for the end of the turn.
    var unsent: [(connection: Int, direction: Direction)] = []
    /// The time for which the earliest wake event is posted.
    var wakeAt: Instant?
    /// Requests of others that the machine has not answered.
    var requests: [SentinelRequestID: WaitingRequest] = [:]
    var lastRequest = 0
    /// The epoch in which it last stood for leader.
    var candidacyEpoch: UInt64 = 0
    /// When that was.
    var candidacyAt = Instant.zero
    /// Since when it finds that the master is down and enough others agree.
    var objectivelyDownSince: Instant?
    /// The config epoch of its last hello in this life.
    var toldEpoch: UInt64 = 0
    /// How many replicas it has heard of.
    var knownReplicas = 0
    /// What it last answered when it was asked as a client would ask.
    var answer: ReplyValue?

    /// A request and, where it asks for a vote, for whom.
    struct WaitingRequest {
        var connection: Int?
        var candidate: ByteString?
    }

    init?(
        identity: ByteString, text: ByteString, clock: SimulatedClock, seed: UInt64,
        weaknesses: Weaknesses, lies: Bool
    ) {
        guard let machine = SimulatedSentinel.machine(text, companion: nil, seed: seed) else {
            return nil
        }
        self.identity = identity
        self.machine = machine
        self.machine.weaknesses = weaknesses
        self.weaknesses = weaknesses
        self.clock = clock
        disk = SimulatedDisk(text, lies: lies)
    }

    /// A machine as the file's text says; nil if it cannot be read.
    private static func machine(
        _ text: ByteString, companion: ByteString?, seed: UInt64
    ) -> Sentinel? {
        do {
            var settings = try SentinelSettings(parsing: text.bytes, source: "sentinel.conf")
            settings.remember(companion?.bytes)
            return Sentinel(settings: settings, random: RandomSource(seed: seed))
        } catch {
            return nil
        }
    }

    /// Begins a new life with what the disk holds; false if that cannot be read.
    func restart(seed: UInt64) -> Bool {
        guard
            let machine = SimulatedSentinel.machine(
                disk.durable, companion: disk.companion, seed: seed)
        else {
            return false
        }
        self.machine = machine
        self.machine.weaknesses = weaknesses
        knownReplicas = disk.durable.text.split(separator: " known-replica ").count - 1
        return true
    }

    /// The process is gone, and with it what was only in memory.
    func die() {
        disk.crash()
        connections = [:]
        inputs = []
        unsent = []
        isFeeding = false
        held = HeldOutputs()
        storing = nil
        waiting = []
        resumed = []
        requests = [:]
        objectivelyDownSince = nil
        toldEpoch = 0
        wakeAt = nil
    }
}
