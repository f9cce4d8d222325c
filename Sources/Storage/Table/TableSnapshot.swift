import Bytes

/// How far a table has come with the snapshot that covers it.
@usableFromInline struct TableSnapshot: ~Copyable {
    /// Number of the last snapshot that covered the table; segments that bear it are saved.
    var number: UInt32 = 0
    /// True while some segment may be unsaved.
    var isActive = false
    /// Segments before this point in the order of hashes are saved.
    var position: UInt64 = 0
    /// Index of the database when the snapshot began: SWAPDB may have moved the table since.
    var databaseIndex = 0
    /// Entries saved so far.
    var savedCount = 0
    /// Saved entries as RDB records, not yet taken.
    var output = OutputBuffer()
}

extension EntryTable {
    /// Saves the segment if the running snapshot has not done so; called before each change.
    @inline(__always)
    mutating func beforeChange(of segment: Segment) {
        if snapshot.isActive && segment.snapshotNumber != snapshot.number { save(segment) }
    }

    /// Begins the table's part of snapshot `number`, which differs from all that went before.
    mutating func beginSnapshot(number: UInt32, databaseIndex: Int) {
        snapshot.number = number
        snapshot.isActive = count > 0
        snapshot.position = 0
        snapshot.databaseIndex = databaseIndex
        snapshot.savedCount = 0
    }

    /// Gives the snapshot up: segments keep their numbers, which no later snapshot bears.
    mutating func abandonSnapshot() {
        snapshot.isActive = false
        snapshot.output.consume(snapshot.output.count)
    }

    /// Saves the next segments in order until about `budget` entries were visited.
    ///
    /// Returns how many entries were visited; `snapshot.isActive` is false at the end.
    mutating func advanceSnapshot(budget: Int) -> Int {
        var visited = 0
        while snapshot.isActive && visited < budget {
            let segment = unsafe segment(word: directory[directoryIndex(snapshot.position)])
            if segment.snapshotNumber != snapshot.number {
                visited += segment.count
                save(segment)
            }
            visited += 1
            let (next, isPastEnd) = segment.prefix.addingReportingOverflow(
                segment.localDepth == 0 ? 0 : UInt64(1) << UInt64(64 - segment.localDepth))
            if isPastEnd || segment.localDepth == 0 {
                snapshot.isActive = false
            } else {
                snapshot.position = next
            }
        }
        return visited
    }

    @inline(never)
    private mutating func save(_ segment: Segment) {
        segment.snapshotNumber = snapshot.number
        snapshot.savedCount += segment.count
        segment.forEachSlot(prefetching: true) { _, _, word in
            Segment.entry(word).appendRecord(to: &snapshot.output)
        }
    }
}
