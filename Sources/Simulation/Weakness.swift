// Ways to make a group wrong on purpose, so that the judges can be seen to notice.

/// What is wrong with a group.
public enum Weakness: String, CaseIterable, Sendable {
    /// Everything as it should be.
    case none
    /// A record that failed counts as stored, so that a vote is told that no disk holds.
    case believesFailedRecords = "failed-records"
    /// The disk says that it holds what a crash then takes away.
    case diskLies = "lying-disk"
    /// Sentinels live by the wall clock: whoever sets it makes them observers.
    case wallClock = "wall-clock"
}
