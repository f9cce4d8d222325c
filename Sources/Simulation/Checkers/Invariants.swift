// The invariants of ARCHITECTURE.md, held against what sentinels say and record. This is a judge of
// a history and knows nothing of the simulator: it is told what was said on the wire and written to
// disk, in the order in which it happened, and keeps the first violation.

import Bytes
import Consensus

/// Which invariant.
public enum Invariant: Int, CaseIterable, Sendable {
    /// One vote an epoch and sentinel, surviving restart, on disk before it is told.
    case oneVote = 1
    /// At most one leader an epoch, by the votes of a majority.
    case oneLeader
    /// Epochs never decrease, in memory or on disk.
    case epochsGrow
    /// Every configuration is published under an epoch that its publisher won.
    case wonConfiguration
    /// After healing, all name one master, and every replica follows it.
    case recovery
    /// A replica is promoted only if it was eligible when it was selected.
    case eligiblePromotion
    /// The data set that is served is the one that identifier and offset name.
    case dataSets
    /// A write that WAIT confirmed survives a failover, as far as that is promised.
    case promisedWrites
    /// A demoted or restarted master accepts nothing once another has taken its place.
    case silentMasters
    /// A majority that is well finds another master soon, whoever stands against whom.
    case contest
    /// Only a loop or a monotonic clock that was out of order makes a sentinel an observer.
    case clocks
}

/// An invariant that did not hold.
public struct Violation: Hashable, Sendable, CustomStringConvertible {
    /// Which.
    public var invariant: Invariant
    /// What was seen.
    public var text: String

    /// One line.
    public var description: String { "invariant \(invariant.rawValue) (\(invariant)): \(text)" }
}

/// The epochs in a state file.
public struct RecordedEpochs: Hashable, Sendable {
    /// The greatest heard of.
    public var current: UInt64
    /// Of the configuration.
    public var config: UInt64
    /// Of the last vote.
    public var leader: UInt64

    /// All three.
    public init(current: UInt64, config: UInt64, leader: UInt64) {
        self.current = current
        self.config = config
        self.leader = leader
    }

    /// What a state file of a sentinel with one master says.
    public init(text: ByteString) {
        self.init(current: 0, config: 0, leader: 0)
        for line in text.bytes.split(separator: 0x0a) {
            let words = line.split(separator: 0x20)
            guard let last = words.last, words.count >= 3,
                let number = UInt64(String(decoding: last, as: UTF8.self))
            else { continue }
            switch String(decoding: words[1], as: UTF8.self) {
            case "current-epoch": current = number
            case "config-epoch": config = number
            case "leader-epoch": leader = number
            default: break
            }
        }
    }
}

/// The judge of one run of one group with one master.
public struct Invariants: Sendable {
    private struct Ballot: Hashable, Sendable {
        var sentinel: Int
        var epoch: UInt64
    }

    /// What was violated first.
    public private(set) var violation: Violation?

    private let identities: [ByteString]
    private let initialMaster: NodeAddress
    private var votes: [Ballot: ByteString] = [:]
    private var leaders: [UInt64: Int] = [:]
    private var current: [UInt64]
    private var disk: [RecordedEpochs]
    private var configurations: [UInt64: NodeAddress]

    /// Sentinels of these ids, which all know `initialMaster` under epoch 0.
    public init(identities: [ByteString], initialMaster: NodeAddress) {
        self.identities = identities
        self.initialMaster = initialMaster
        current = Array(repeating: 0, count: identities.count)
        disk = Array(
            repeating: RecordedEpochs(current: 0, config: 0, leader: 0), count: identities.count)
        configurations = [0: initialMaster]
    }

    /// The greatest epoch that was published, and the master that it stands for.
    public private(set) var newestEpoch: UInt64 = 0
    /// The master of the newest configuration.
    public var newestMaster: NodeAddress { configurations[newestEpoch] ?? initialMaster }

    /// Notes a violation; only the first is kept.
    public mutating func violate(_ invariant: Invariant, _ text: String) {
        if violation == nil { violation = Violation(invariant: invariant, text: text) }
    }

    /// A sentinel says, by an answer or an event, that it voted for `leader`.
    public mutating func voted(_ sentinel: Int, for leader: ByteString, epoch: UInt64) {
        let ballot = Ballot(sentinel: sentinel, epoch: epoch)
        if let earlier = votes[ballot], earlier != leader {
            violate(
                .oneVote,
                "n\(sentinel) voted for \(name(earlier)) and for \(name(leader)) in epoch \(epoch)")
        }
        votes[ballot] = leader
        if disk[sentinel].leader < epoch {
            violate(
                .oneVote,
                "n\(sentinel) told its vote of epoch \(epoch), and its disk holds epoch "
                    + "\(disk[sentinel].leader)")
        }
    }

    /// A sentinel says that it leads.
    public mutating func elected(_ sentinel: Int, epoch: UInt64) {
        if let other = leaders[epoch], other != sentinel {
            violate(.oneLeader, "n\(other) and n\(sentinel) lead in epoch \(epoch)")
        }
        leaders[epoch] = sentinel
        let given = identities.indices.count {
            votes[Ballot(sentinel: $0, epoch: epoch)] == identities[sentinel]
        }
        if given <= identities.count / 2 {
            violate(
                .oneLeader,
                "n\(sentinel) leads in epoch \(epoch) with \(given) of \(identities.count) votes")
        }
    }

    /// What a sentinel's machine holds as the current epoch, within one life.
    public mutating func holds(_ sentinel: Int, epoch: UInt64) {
        if epoch < current[sentinel] {
            violate(
                .epochsGrow,
                "n\(sentinel) went from epoch \(current[sentinel]) back to \(epoch)")
        }
        current[sentinel] = epoch
    }

    /// A sentinel came back, with this as its current epoch.
    public mutating func restarted(_ sentinel: Int, epoch: UInt64) {
        current[sentinel] = 0
        if epoch < disk[sentinel].current {
            violate(
                .epochsGrow,
                "n\(sentinel) recorded epoch \(disk[sentinel].current) and came back with \(epoch)")
        }
        current[sentinel] = epoch
    }

    /// A sentinel's state file was replaced.
    public mutating func recorded(_ sentinel: Int, _ epochs: RecordedEpochs) {
        let old = disk[sentinel]
        if epochs.current < old.current || epochs.config < old.config || epochs.leader < old.leader
        {
            violate(.epochsGrow, "n\(sentinel) replaced \(old) by \(epochs)")
        }
        disk[sentinel] = epochs
    }

    /// A sentinel publishes a configuration.
    public mutating func published(_ sentinel: Int, master: NodeAddress, epoch: UInt64) {
        if let known = configurations[epoch] {
            if known != master {
                violate(
                    .wonConfiguration,
                    "n\(sentinel) publishes \(master.name) under epoch \(epoch), which stands for "
                        + "\(known.name)")
            }
            return
        }
        configurations[epoch] = master
        newestEpoch = max(newestEpoch, epoch)
        if leaders[epoch] != sentinel {
            violate(
                .wonConfiguration,
                "n\(sentinel) publishes \(master.name) under epoch \(epoch), which "
                    + (leaders[epoch].map { "n\($0) won" } ?? "nobody won"))
        }
    }

    private func name(_ identity: ByteString) -> String {
        identities.firstIndex(of: identity).map { "n\($0)" } ?? "\(identity)"
    }
}
