/// The order of a scan, and its guarantee.
///
/// A cursor names a home bucket (5 bits) and a position in the order of the hashes' upper 40
/// bits: all segments are visited for home bucket 0, then all for 1, and so on. An entry's home
/// and hash never change, so its place in that order never does: a split (or a merge) moves it to
/// another segment, but not to another side of the cursor. So every entry that is there during the
/// whole scan is met at least once; it is met twice only where a visited segment grew together.
extension EntryTable {
    private static var cursorShift: Int { 40 }
    private static var cursorMask: UInt64 { (1 << 45) - 1 }

    /// Calls `body` with every entry that is at home where the cursor stands, and returns the next
    /// cursor; 0 when the scan has come to its end.
    func scanStep(cursor: UInt64, _ body: (Entry) -> Void) -> UInt64 {
        if count == 0 { return 0 }
        let cursor = cursor & EntryTable.cursorMask
        let home = Int(cursor >> UInt64(EntryTable.cursorShift))
        let prefix = (cursor & ((1 << UInt64(EntryTable.cursorShift)) - 1)) << 24
        let segment = unsafe segment(word: directory[directoryIndex(prefix)])
        forEachEntry(of: segment, atHome: home, body)
        // The end of this segment's share of the order, in units of the cursor.
        let width = UInt64(1) << UInt64(EntryTable.cursorShift - segment.localDepth)
        let next = (segment.prefix >> 24) + width
        if next < 1 << UInt64(EntryTable.cursorShift) {
            return UInt64(home) << UInt64(EntryTable.cursorShift) | next
        }
        return home + 1 < Segment.bucketCount
            ? UInt64(home + 1) << UInt64(EntryTable.cursorShift) : 0
    }

    private func forEachEntry(of segment: Segment, atHome home: Int, _ body: (Entry) -> Void) {
        let reach = segment.bucket(home).overflowCount == 0 ? 1 : Segment.reach
        for distance in 0..<reach {
            let bucket = segment.bucket(home + distance)
            var used = bucket.used
            while used != 0 {
                let slot = used.trailingZeroBitCount
                used &= used &- 1
                let word = bucket.slot(slot)
                if Segment.distance(word) == distance { body(Segment.entry(word)) }
            }
        }
    }

    /// Calls `body` with every entry, segment by segment.
    func forEachEntry(_ body: (Entry) -> Void) {
        for ordinal in 0..<pool.count {
            pool.segment(ordinal).forEachSlot(prefetching: true) { _, _, word in
                body(Segment.entry(word))
            }
        }
    }

    /// An entry drawn at random, each with the same probability; nil in an empty table.
    ///
    /// Draws a segment and a slot until the slot is in use: less than two draws on average while a
    /// table grows. In a table that was emptied almost wholly the draws are bounded, and the last
    /// one walks on to the next entry.
    func randomEntry(_ random: inout some RandomNumberGenerator) -> Entry? {
        if count == 0 { return nil }
        for _ in 0..<1000 {
            let bits = random.next()
            let ordinal = Int((bits >> 16).multipliedFullWidth(by: UInt64(pool.count) << 16).high)
            let bucket = pool.segment(ordinal).bucket(Int(bits & 31))
            let slot = Int((bits >> 5) & 15)
            if slot < Segment.slotCount && bucket.tag(slot) != 0 {
                return Segment.entry(bucket.slot(slot))
            }
        }
        let first = Int.random(in: 0..<pool.count, using: &random)
        for step in 0..<pool.count {
            var found: Entry?
            let segment = pool.segment((first + step) % pool.count)
            if segment.count == 0 { continue }
            segment.forEachSlot { _, _, word in if found == nil { found = Segment.entry(word) } }
            return found
        }
        return nil
    }
}
