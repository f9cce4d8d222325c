/// Ways to bring a weakness of the original back, so that the simulator can be seen to find it.
///
/// Only the simulator and tests can set them, and a test of the tree holds the programs to that.
package struct Weaknesses: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// FAILOVER takes an epoch without asking anyone (3).
    package static let failsOverWithoutVotes = Weaknesses(rawValue: 1 << 0)
    /// A replica is promoted that never synchronised, or is loading (4).
    package static let promotesWithoutData = Weaknesses(rawValue: 1 << 1)
    /// Offsets are compared whatever history they count (5).
    package static let ignoresHistory = Weaknesses(rawValue: 1 << 2)
    /// A vote is answered although its record failed (6).
    package static let votesWithoutRecord = Weaknesses(rawValue: 1 << 3)
    /// RESET forgets how many sentinels a majority is made of (10).
    package static let resetForgetsSentinels = Weaknesses(rawValue: 1 << 4)
    /// No pre-vote, no held votes, turns that do not go by what answers take, refusals that tell nothing:
    /// a split waits for twice the failover timeout (15).
    package static let electsBlindly = Weaknesses(rawValue: 1 << 5)
    /// A leader does not look for what WAIT confirmed (part of 1).
    package static let ignoresWait = Weaknesses(rawValue: 1 << 6)
    /// A master goes on with its writes while it is replaced.
    package static let replacesUnpaused = Weaknesses(rawValue: 1 << 7)
}
