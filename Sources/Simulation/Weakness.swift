// Ways to make a group wrong on purpose, so that the judges can be seen to notice.

import Consensus

/// What is wrong with a group: a weakness of the original, brought back, or of its surroundings.
public enum Weakness: String, CaseIterable, Sendable {
    /// Everything as it should be.
    case none
    /// A record that failed counts as stored, so that a vote is told that no disk holds.
    case believesFailedRecords = "failed-records"
    /// The disk says that it holds what a crash then takes away.
    case diskLies = "lying-disk"
    /// Sentinels live by the wall clock: whoever sets it makes them observers.
    case wallClock = "wall-clock"
    /// A leader does not look for what WAIT confirmed.
    case ignoresWait = "wait"
    /// FAILOVER takes an epoch without asking anyone.
    case failsOverWithoutVotes = "forced-failover"
    /// A replica is promoted that never synchronised.
    case promotesWithoutData = "never-synchronised"
    /// Offsets are compared whatever history they count, and replicas follow whatever master there is.
    case ignoresHistory = "foreign-history"
    /// A vote is answered although its record failed.
    case votesWithoutRecord = "vote-without-record"
    /// RESET forgets promotions, and how many sentinels a majority is made of.
    case resetForgets = "reset"
    /// A split election waits for twice the failover-timeout.
    case electsBlindly = "blind-election"
    /// A master that restarts takes writes at once.
    case unfenced = "unfenced"
    /// A replica gives its data up for those of a master that lost its own.
    case followsEmptyMasters = "empty-master"
    /// A planned failover does not have the master hold its writes back.
    case replacesUnpaused = "unpaused-switchover"

    /// What the sentinels of such a group do wrong.
    var ofSentinels: Weaknesses {
        switch self {
        case .none, .believesFailedRecords, .diskLies, .wallClock, .unfenced,
            .followsEmptyMasters:
            []
        case .ignoresWait: .ignoresWait
        case .failsOverWithoutVotes: .failsOverWithoutVotes
        case .promotesWithoutData: .promotesWithoutData
        case .ignoresHistory: .ignoresHistory
        case .votesWithoutRecord: .votesWithoutRecord
        case .resetForgets: .resetForgetsSentinels
        case .electsBlindly: .electsBlindly
        case .replacesUnpaused: .replacesUnpaused
        }
    }
}
