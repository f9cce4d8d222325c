import Bytes

/// How far a table has come with the snapshot that covers it.
///
/// ```
///   order of hashes:  | segments with the number | segment at `position` | segments before change |
///                       saved by the cursor        its marked entries       their marked entries
/// ```
/// 1. An entry is saved exactly once: by the cursor, or alone before it first changes.
/// 2. A slot's mark says that its entry is saved, or came after the beginning; it means something
///    only in a segment whose marks bear the number of the snapshot.
/// 3. A segment that bears the number of the snapshot is saved: none of its entries needs a mark.
@usableFromInline struct TableSnapshot: ~Copyable {
    /// Number of the last snapshot that covered the table, from 1 on.
    var number: UInt32 = 0
    /// True while some entry may be unsaved.
    var isActive = false
    /// Segments before this point in the order of hashes are saved.
    var position: UInt64 = 0
    /// Index of the database when the snapshot began: SWAPDB may have moved the table since.
    var databaseIndex = 0
    /// Entries saved so far.
    var savedCount = 0
    /// Saved entries as RDB records, not yet taken.
    var output = SnapshotOutput()
}

extension EntryTable {
    /// Saves the entry if the running snapshot has not done so; called before each change of it.
    ///
    /// The entry stays where it is.
    @inline(__always)
    mutating func beforeChange(at position: Position) {
        if snapshot.isActive && position.segment.snapshotNumber != snapshot.number {
            saveEarly(position)
        }
    }

    @inline(never)
    private mutating func saveEarly(_ position: Position) {
        position.segment.freshenMarks(for: snapshot.number)
        let word = position.word
        if word & Segment.savedBit != 0 { return }
        position.segment.bucket(position.bucket).setSlot(position.slot, word | Segment.savedBit)
        snapshot.output.append(Segment.entry(word))
        snapshot.savedCount += 1
    }

    /// The mark for the slot of an entry that is put into the segment: it has no part in the
    /// running snapshot.
    @inline(__always)
    func markOfNewcomer(in segment: Segment) -> UInt64 {
        if !snapshot.isActive || segment.snapshotNumber == snapshot.number { return 0 }
        segment.freshenMarks(for: snapshot.number)
        return Segment.savedBit
    }

    /// Makes two segments that are to be one agree on what is saved.
    func reconcileMarks(_ first: Segment, _ second: Segment) {
        let number = snapshot.number
        if !snapshot.isActive || (first.snapshotNumber == number && second.snapshotNumber == number)
        {
            return
        }
        for segment in [first, second] {
            segment.freshenMarks(for: number)
            if segment.snapshotNumber == number { segment.markSaved(Segment.bucketCount) }
            segment.snapshotNumber = 0
        }
    }

    /// Adds the bytes that wait to be handed out.
    func addSnapshotMemory(to memory: inout (copied: Int, lent: Int)) {
        memory.copied += snapshot.output.count - snapshot.output.lentCount
        memory.lent += snapshot.output.lentCount
    }

    /// Whether no snapshot waits for the table.
    var isReclaimable: Bool { !snapshot.isActive && snapshot.output.isEmpty }

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
        snapshot.output.removeAll()
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
            }
        }
        return visited
    }

    /// Saves what is unsaved of a segment, bucket by bucket, until the output holds `byteBudget`
    /// bytes; true when the segment is through.
    ///
    /// Marks are written only where the segment is left in the middle.
    private mutating func save(_ segment: Segment, until byteBudget: Int) -> Bool {
        let saved = segment.marksNumber == snapshot.number ? Segment.savedBit : 0
        var bucket = 0
        segment.prefetchEntries(bucket)
        while bucket < Segment.bucketCount {
            segment.prefetchEntries(bucket &+ 1)
            var used = segment.bucket(bucket).used
            while used != 0 {
                let slot = used.trailingZeroBitCount
                used &= used &- 1
                let word = segment.bucket(bucket).slot(slot)
                if word & saved != 0 { continue }
                snapshot.output.append(Segment.entry(word))
                snapshot.savedCount += 1
            }
            bucket &+= 1
            if snapshot.output.count >= byteBudget && bucket < Segment.bucketCount {
                segment.freshenMarks(for: snapshot.number)
                segment.markSaved(bucket)
                return false
            }
        }
        segment.snapshotNumber = snapshot.number
        return true
    }
}

extension Segment {
    /// Marks that an earlier snapshot left behind are taken away.
    @inline(__always)
    func freshenMarks(for number: UInt32) {
        if marksNumber != number { removeMarks(number) }
    }

    @inline(never)
    private func removeMarks(_ number: UInt32) {
        forEachSlot { index, slot, word in bucket(index).setSlot(slot, word & ~Segment.savedBit) }
        marksNumber = number
    }

    /// Marks all entries of the first `count` buckets.
    func markSaved(_ count: Int) {
        forEachSlot { index, slot, word in
            if index < count { bucket(index).setSlot(slot, word | Segment.savedBit) }
        }
    }
}
