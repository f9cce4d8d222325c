import Bytes

/// How far a table has come with the snapshot that covers it.
@usableFromInline struct TableSnapshot: ~Copyable {
    /// Number of the last snapshot that covered the table; segments that bear it are saved.
    var number: UInt32 = 0
    /// True while some segment may be unsaved.
    var isActive = false
    /// Segments before this point in the order of hashes are saved.
    var position: UInt64 = 0
    /// Buckets of the segment at `position` that are saved: only there is a segment half saved.
    var savedBuckets = 0
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
        if snapshot.isActive && segment.snapshotNumber != snapshot.number { saveWhole(segment) }
    }

    /// Whether no snapshot waits for the table.
    var isReclaimable: Bool { !snapshot.isActive && snapshot.output.isEmpty }

    /// Begins the table's part of snapshot `number`, which differs from all that went before.
    mutating func beginSnapshot(number: UInt32, databaseIndex: Int) {
        snapshot.number = number
        snapshot.isActive = count > 0
        snapshot.position = 0
        snapshot.savedBuckets = 0
        snapshot.databaseIndex = databaseIndex
        snapshot.savedCount = 0
    }

    /// Gives the snapshot up: segments keep their numbers, which no later snapshot bears.
    mutating func abandonSnapshot() {
        snapshot.isActive = false
        snapshot.output.consume(snapshot.output.count)
    }

    /// Saves the next entries in order until about `budget` were visited, or the output holds
    /// `byteBudget` bytes.
    ///
    /// Returns how many entries were visited; `snapshot.isActive` is false at the end.
    mutating func advanceSnapshot(budget: Int, byteBudget: Int) -> Int {
        var visited = 0
        while snapshot.isActive && visited < budget && snapshot.output.count < byteBudget {
            let segment = unsafe segment(word: directory[directoryIndex(snapshot.position)])
            if segment.snapshotNumber != snapshot.number {
                let before = snapshot.savedCount
                // Large values fill the output before the segment is through: the rest waits.
                let isThrough = save(segment, until: byteBudget)
                visited += snapshot.savedCount - before
                if !isThrough { break }
            }
            visited += 1
            let (next, isPastEnd) = segment.prefix.addingReportingOverflow(
                segment.localDepth == 0 ? 0 : UInt64(1) << UInt64(64 - segment.localDepth))
            if isPastEnd || segment.localDepth == 0 {
                snapshot.isActive = false
            } else {
                snapshot.position = next
                snapshot.savedBuckets = 0
            }
        }
        return visited
    }

    @inline(never)
    private mutating func saveWhole(_ segment: Segment) { _ = save(segment, until: .max) }

    /// Saves what is unsaved of a segment, bucket by bucket, until the output holds `byteBudget`
    /// bytes; true when the segment is through.
    private mutating func save(_ segment: Segment, until byteBudget: Int) -> Bool {
        let atCursor = unsafe self.segment(word: directory[directoryIndex(snapshot.position)])
        let isAtCursor = unsafe segment.address == atCursor.address
        var bucket = isAtCursor ? snapshot.savedBuckets : 0
        segment.prefetchEntries(bucket)
        while bucket < Segment.bucketCount {
            segment.prefetchEntries(bucket &+ 1)
            var used = segment.bucket(bucket).used
            snapshot.savedCount += used.nonzeroBitCount
            while used != 0 {
                let slot = used.trailingZeroBitCount
                used &= used &- 1
                Segment.entry(segment.bucket(bucket).slot(slot)).appendRecord(
                    to: &snapshot.output)
            }
            bucket &+= 1
            if snapshot.output.count >= byteBudget && bucket < Segment.bucketCount {
                // Only the cursor has a byte budget.
                snapshot.savedBuckets = bucket
                return false
            }
        }
        segment.snapshotNumber = snapshot.number
        return true
    }
}
