import Glibc

extension EntryTable {
    /// The deepest directory: beyond it the seed is broken, not the table.
    private static var deepest: Int { 40 }

    /// Splits the segment of `hash` in two by the next bit of the hashes.
    @inline(never)
    mutating func split(_ hash: UInt64) {
        let old = unsafe segment(word: directory[directoryIndex(hash)])
        let oldDepth = old.localDepth
        if oldDepth == depth { doubleDirectory() }
        if oldDepth - old.windowBase == Segment.windowBits { slideWindow(of: old, to: oldDepth) }

        let new = pool.take()
        new.snapshotNumber = old.snapshotNumber
        new.marksNumber = old.marksNumber
        new.windowBase = old.windowBase
        new.prefix = old.prefix | UInt64(1) << UInt64(63 - oldDepth)
        old.localDepth = oldDepth + 1
        new.localDepth = oldDepth + 1

        let bit = UInt64(1) << UInt64(63 - (oldDepth - old.windowBase))
        var moved = 0
        var movedExpiring = 0
        old.forEachSlot { index, slot, word in
            if word & bit == 0 { return }
            // The same place in the new segment: it is free, and no reach is exceeded.
            let tag = old.bucket(index).tag(slot)
            old.clear(bucket: index, slot: slot)
            new.put(word, tag: tag, bucket: index, slot: slot)
            moved += 1
            if word & Segment.expiresBit != 0 { movedExpiring += 1 }
        }
        old.count -= moved
        old.expiringCount -= movedExpiring
        new.count = moved
        new.expiringCount = movedExpiring
        old.settle()
        new.settle()
        pointDirectory(at: old)
        pointDirectory(at: new)
    }

    private mutating func doubleDirectory() {
        precondition(depth < EntryTable.deepest, "keys are spread over the directory")
        let size = 1 << depth
        let doubled = UnsafeMutablePointer<UInt64>.allocate(capacity: size * 2)
        for index in 0..<size {
            unsafe doubled[index * 2] = directory[index]
            unsafe doubled[index * 2 + 1] = directory[index]
        }
        unsafe directory.deallocate()
        unsafe directory = doubled
        depth += 1
    }

    /// Writes the segment's word wherever its prefix leads.
    func pointDirectory(at segment: Segment) {
        let word = segment.directoryWord
        let first = directoryIndex(segment.prefix)
        for index in first..<first + (1 << (depth - segment.localDepth)) {
            unsafe directory[index] = word
        }
    }

    /// Reads all keys of a segment again, to keep the 13 bits of their hashes from `base` on.
    func slideWindow(of segment: Segment, to base: Int) {
        segment.forEachSlot(prefetching: true) { index, slot, word in
            let entry = Segment.entry(word)
            let hash = unsafe hasher.hash(entry.keyBytes, entry.keyCount)
            let window = (hash &<< UInt64(base)) &>> 51
            segment.bucket(index).setSlot(slot, (word & ((1 << 51) - 1)) | window &<< 51)
        }
        segment.windowBase = base
    }
}
