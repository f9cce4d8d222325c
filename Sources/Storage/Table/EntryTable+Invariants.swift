extension EntryTable {
    /// What is wrong with the table; nothing, as far as we know.
    ///
    /// O(entries).
    func violations() -> [String] {
        var found: [String] = []
        var total = 0
        var totalExpiring = 0
        for ordinal in 0..<pool.count {
            let segment = pool.segment(ordinal)
            var overflow = [Int](repeating: 0, count: Segment.bucketCount)
            var entries = 0
            var expiring = 0
            segment.forEachSlot { bucket, slot, word in
                entries += 1
                let entry = Segment.entry(word)
                let hash = unsafe hasher.hash(entry.keyBytes, entry.keyCount)
                let distance = Segment.distance(word)
                let home = (bucket - distance) & 31
                if home != Segment.home(hash) { found.append("an entry is off its home") }
                if distance != 0 { overflow[home] += 1 }
                if segment.bucket(bucket).tag(slot) != Segment.tag(hash) {
                    found.append("a tag is not its hash's")
                }
                if word >> 51 != (hash << UInt64(segment.windowBase)) >> 51 {
                    found.append("a window is not its hash's")
                }
                if (word & Segment.expiresBit != 0) != entry.hasExpiry {
                    found.append("a slot tells the wrong thing about expiry")
                }
                if entry.hasExpiry { expiring += 1 }
                if entry.layout == .separate && entry.block.isLent && isReclaimable {
                    found.append("a value is lent to a snapshot that has ended")
                }
                let directed = unsafe self.segment(word: directory[directoryIndex(hash)])
                if unsafe directed.address != segment.address {
                    found.append("an entry lies in a segment that its hash does not lead to")
                }
            }
            for bucket in 0..<Segment.bucketCount
            where Int(segment.bucket(bucket).overflowCount) != overflow[bucket] {
                found.append("an overflow count is wrong")
            }
            if entries != segment.count || expiring != segment.expiringCount {
                found.append("the counts of a segment are wrong")
            }
            if segment.windowBase != Segment.windowBase(atDepth: segment.localDepth) {
                found.append("a window is not where its depth wants it")
            }
            total += entries
            totalExpiring += expiring
        }
        if total != count || totalExpiring != expiringCount {
            found.append("the counts of the table are wrong")
        }
        return found
    }
}

extension Database {
    /// What is wrong with the database's table: sentences, none if all is well.
    ///
    /// O(keys); for tests.
    public func checkInvariants() -> [String] { table.violations() }
}
