import Glibc

/// The way back: two neighbours that have become sparse are one segment again.
///
/// A segment merges with its buddy, which differs in the last bit of the prefix, when both have
/// the same local depth and together at most as many entries as are within reach of any home:
/// then each finds a slot, whatever the homes. The last segment of the pool takes the vacated
/// place, so that the pool stays dense and gives whole chunks back. The directory keeps its size.
extension EntryTable {
    /// Most entries of a merged segment: a quarter of its slots.
    private static var mostMerged: Int { Segment.reach * Segment.slotCount }

    /// Merges the segment of `hash` with its buddy if both are sparse; after a removal.
    ///
    /// Segments may move: positions are invalid afterwards.
    @inline(__always)
    mutating func shrink(around hash: UInt64) {
        if count == 0 { return releaseIfEmpty() }
        let segment = unsafe segment(word: directory[directoryIndex(hash)])
        // A look at the buddy costs a cache miss: one removal in eight takes it.
        if segment.count <= EntryTable.mostMerged / 2 && segment.count & 7 == 0 {
            merge(segment)
        }
    }

    @inline(never)
    private mutating func merge(_ segment: Segment) {
        let depth = segment.localDepth
        if depth == 0 { return }
        let bit = UInt64(1) << UInt64(64 - depth)
        let buddy = unsafe self.segment(word: directory[directoryIndex(segment.prefix ^ bit)])
        if buddy.localDepth != depth
            || segment.count + buddy.count > EntryTable.mostMerged
        {
            return
        }
        reconcileMarks(segment, buddy)
        let (low, high) = segment.prefix & bit == 0 ? (segment, buddy) : (buddy, segment)

        // Both halves keep the same window, the one that belongs to the lesser depth.
        let base = Segment.windowBase(atDepth: depth - 1)
        for half in [low, high] where half.windowBase != base { slideWindow(of: half, to: base) }
        high.forEachSlot { index, slot, word in
            let home = (index &- Segment.distance(word)) & 31
            let isPlaced = low.place(
                word & ~(7 << 48), tag: high.bucket(index).tag(slot), home: home)
            precondition(isPlaced, "so few entries find a slot within reach")
        }
        low.count += high.count
        low.expiringCount += high.expiringCount
        low.localDepth = depth - 1
        pointDirectory(at: low)
        if let moved = pool.giveBack(high) { pointDirectory(at: moved) }
    }
}
