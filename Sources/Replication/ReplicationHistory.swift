import Bytes
import Determinism

/// The history that another one grew out of.
public struct ReplicationPast: Sendable, Equatable {
    /// Its name.
    public var id: ReplicationID
    /// The first byte (counted from 1) that is not of it.
    public var limit: Int

    /// Both.
    public init(id: ReplicationID, limit: Int) {
        self.id = id
        self.limit = limit
    }
}

/// Which history of writes a server holds, and how far.
///
/// `offset` counts the bytes of the stream that are behind the data set. A promoted replica keeps
/// the history that it followed as `previousID`, valid up to the byte before `previousLimit`, so
/// that its siblings go on without a full transfer (PSYNC version 2).
///
/// Invariants: offset >= 0; previousLimit is -1 exactly when previousID is none.
public struct ReplicationHistory: Sendable, Equatable {
    /// The history that the data set belongs to.
    public private(set) var id: ReplicationID
    /// The history that this one grew out of; `.none` without one.
    public private(set) var previousID: ReplicationID = .none
    /// The first byte (counted from 1) that `previousID` does not vouch for; -1 without one.
    public private(set) var previousLimit = -1
    /// How many bytes of the stream are behind the data set.
    public private(set) var offset: Int
    /// Whether a replica was told `id`: then it is a name that others may go by.
    public private(set) var isTold = false

    /// A history of its own, nothing written yet.
    public init(random: inout RandomSource) {
        id = ReplicationID(random: &random)
        offset = 0
    }

    /// Starts a new history at the same offset and vouches for no other.
    public mutating func renew(random: inout RandomSource) {
        id = ReplicationID(random: &random)
        forgetPrevious()
    }

    /// Starts a new history that continues the present one: what a promotion does.
    public mutating func branch(random: inout RandomSource) {
        isTold = false
        previousID = id
        previousLimit = offset + 1
        id = ReplicationID(random: &random)
    }

    /// Takes over a master's history after its whole data set was loaded, and what that one grew out
    /// of: a replica that comes late is of the same past as the others.
    public mutating func adopt(
        _ id: ReplicationID, at offset: Int, previous: ReplicationPast? = nil
    ) {
        self.id = id
        self.offset = max(offset, 0)
        forgetPrevious()
        guard let previous, previous.id != .none, (1...self.offset + 1).contains(previous.limit)
        else { return }
        previousID = previous.id
        previousLimit = previous.limit
        isTold = true
    }

    /// Follows a master that continues our history under a new name.
    public mutating func rename(to id: ReplicationID) {
        guard id != self.id else { return }
        previousID = self.id
        previousLimit = offset + 1
        self.id = id
    }

    /// Vouches for the history that a data file came from, as a restarted master does.
    public mutating func restore(previous id: ReplicationID, at offset: Int) {
        isTold = false
        previousID = id
        self.offset = max(offset, 0)
        previousLimit = self.offset + 1
    }

    /// A replica goes by `id` from now on.
    public mutating func tell() { isTold = true }

    /// Gives up a name that nobody was told, for the one before; true when it did.
    ///
    /// That history is ours again up to where it was left: the caller knows that the data set has
    /// not changed since.
    public mutating func returnToPrevious() -> Bool {
        guard previousID != .none, !isTold else { return false }
        id = previousID
        offset = previousLimit - 1
        forgetPrevious()
        return true
    }

    /// Counts `count` more bytes of the stream.
    public mutating func advance(by count: Int) { offset += count }

    private mutating func forgetPrevious() {
        previousID = .none
        previousLimit = -1
    }
}
