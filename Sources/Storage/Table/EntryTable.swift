import CIntrinsics
import Glibc

/// The table from keys to entries: extendible hashing over segments.
///
/// ```
///   directory, 2^depth words        segments
///   | 000 | ------------------->  prefix 000, local depth 3
///   | 001 | ------------------->  prefix 001, local depth 3
///   | 010 | --+---------------->  prefix 01,  local depth 2
///   | 011 | --+
///   | 1xx | ------------------->  prefix 1,   local depth 1
/// ```
/// A hash's upper bits index the directory; its low 5 bits name the home bucket within the
/// segment, the 8 above them the tag. A segment that has no room for an entry is split in two by
/// the next bit of the hash; only then and only there are entries moved, so no insertion takes a
/// time that grows with the table (but for the directory, 8 bytes for about 300 keys, which
/// doubles now and then).
///
/// The table owns its segments, its entries and their separate values.
@safe @usableFromInline struct EntryTable: ~Copyable {
    /// Directory and, per word: segment's address (48 bits), local depth (8), window base (8).
    @usableFromInline var directory: UnsafeMutablePointer<UInt64>
    /// How many bits of a hash index the directory.
    @usableFromInline var depth = 0
    /// How many entries.
    @usableFromInline var count = 0
    /// How many entries expire.
    @usableFromInline var expiringCount = 0
    @usableFromInline let hasher: KeyHash
    @usableFromInline var pool = SegmentPool()
    @usableFromInline var snapshot = TableSnapshot()
    /// How many segments' entries were freed: none before the table is given up.
    var freedSegments = 0

    /// An empty table, which holds no segment.
    init(hasher: KeyHash) {
        self.hasher = hasher
        unsafe directory = .allocate(capacity: 1)
        unsafe directory[0] = 0
    }

    // Inlinable, as all that the setters of inlinable properties call.
    @inlinable
    deinit { dispose() }

    @usableFromInline
    func dispose() {
        snapshot.output.giveBackBlocks()
        // Whoever drops a large table frees its entries a slice at a time before that.
        for ordinal in freedSegments..<pool.count {
            EntryTable.freeEntries(of: pool.segment(ordinal))
        }
        unsafe directory.deallocate()
    }

    // MARK: Lookup

    @inlinable
    @inline(__always)
    func directoryIndex(_ hash: UInt64) -> Int {
        // A shift by 64 would not be a shift by 0: two steps.
        Int(truncatingIfNeeded: (hash &>> 1) &>> UInt64(truncatingIfNeeded: 63 &- depth))
    }

    @inlinable
    @inline(__always)
    func segment(word: UInt64) -> Segment {
        unsafe Segment(
            UnsafeMutableRawPointer(bitPattern: UInt(word & 0x0000_ffff_ffff_ffff))
                .unsafelyUnwrapped)
    }

    @inlinable
    @inline(__always)
    func prefetchBucket(_ hash: UInt64) {
        if count == 0 { return }
        let bucket = unsafe segment(word: directory[directoryIndex(hash)])
            .bucket(Segment.home(hash))
        unsafe rds_prefetch(bucket.address)
        unsafe rds_prefetch(bucket.address + 64)
    }

    @inlinable
    @inline(__always)
    func prefetchEntry(_ hash: UInt64) {
        if count == 0 { return }
        let bucket = unsafe segment(word: directory[directoryIndex(hash)])
            .bucket(Segment.home(hash))
        let matches = bucket.match(Segment.tag(hash))
        if matches != 0 {
            let entry = Segment.entry(bucket.slot(matches.trailingZeroBitCount))
            unsafe rds_prefetch(entry.address)
            unsafe rds_prefetch(entry.address + 64)
        }
    }

    /// Where an entry is: its segment, bucket and slot.
    @usableFromInline struct Position {
        @usableFromInline let segment: Segment
        @usableFromInline let bucket: Int
        @usableFromInline let slot: Int

        @inlinable
        @inline(__always)
        init(segment: Segment, bucket: Int, slot: Int) {
            self.segment = segment
            self.bucket = bucket
            self.slot = slot
        }

        @inlinable var word: UInt64 {
            @inline(__always) get { segment.bucket(bucket).slot(slot) }
        }
        @inlinable var entry: Entry {
            @inline(__always) get { Segment.entry(word) }
        }
    }

    @inlinable
    @inline(__always)
    func find(_ key: UnsafePointer<UInt8>, _ keyCount: Int, _ hash: UInt64) -> Position? {
        if count == 0 { return nil }
        let word = unsafe directory[directoryIndex(hash)]
        let segment = segment(word: word)
        let home = Segment.home(hash)
        let tag = Segment.tag(hash)
        let window = (hash &<< (word &>> 56)) &>> 51
        var distance = 0
        repeat {
            let bucket = segment.bucket(home &+ distance)
            var matches = bucket.match(tag)
            while matches != 0 {
                let slot = matches.trailingZeroBitCount
                let word = bucket.slot(slot)
                if word &>> 51 == window, unsafe Segment.entry(word).keyEquals(key, keyCount) {
                    return Position(
                        segment: segment, bucket: (home &+ distance) & 31, slot: slot)
                }
                matches &= matches &- 1
            }
            if distance == 0 && bucket.overflowCount == 0 { return nil }
            distance &+= 1
        } while distance < Segment.reach
        return nil
    }

    // MARK: Change

    /// Puts in an entry whose key is not in the table.
    ///
    /// Splits segments as needed.
    mutating func insert(_ entry: Entry, _ hash: UInt64) {
        if pool.count == 0 { addFirstSegment() }
        let expires = entry.hasExpiry
        var segment = unsafe segment(word: directory[directoryIndex(hash)])
        let low =
            unsafe UInt64(UInt(bitPattern: entry.address)) | (expires ? Segment.expiresBit : 0)
            | markOfNewcomer(in: segment)
        let tag = Segment.tag(hash)
        let home = Segment.home(hash)
        while true {
            let window = (hash &<< UInt64(segment.windowBase)) &>> 51
            if segment.place(low | window &<< 51, tag: tag, home: home) { break }
            if segment.makeRoom(home: home) { continue }
            split(hash)
            segment = unsafe self.segment(word: directory[directoryIndex(hash)])
        }
        segment.count += 1
        count &+= 1
        if expires {
            segment.expiringCount += 1
            expiringCount &+= 1
        }
    }

    /// Puts `entry`, which has the same key, in the place of another.
    ///
    /// The old one is the caller's.
    @inline(__always)
    mutating func replace(_ position: Position, with entry: Entry) {
        let old = position.word
        let expires = entry.hasExpiry
        let expired = old & Segment.expiresBit != 0
        let word =
            unsafe (old & ~(Segment.addressMask | Segment.expiresBit))
            | UInt64(UInt(bitPattern: entry.address)) | (expires ? Segment.expiresBit : 0)
        position.segment.bucket(position.bucket).setSlot(position.slot, word)
        if expires != expired {
            position.segment.expiringCount += expires ? 1 : -1
            expiringCount &+= expires ? 1 : -1
        }
    }

    /// Takes an entry out; it is the caller's from then on.
    mutating func remove(_ position: Position) -> Entry {
        let word = position.word
        position.segment.clear(bucket: position.bucket, slot: position.slot)
        position.segment.count -= 1
        count &-= 1
        if word & Segment.expiresBit != 0 {
            position.segment.expiringCount -= 1
            expiringCount &-= 1
        }
        return Segment.entry(word)
    }

    /// Gives all segments back once the last entry has gone.
    @inline(__always)
    mutating func releaseIfEmpty() {
        if count == 0 && (pool.count > 1 || depth > 0) && !snapshot.isActive { release() }
    }

    private mutating func release() {
        pool = SegmentPool()
        unsafe directory.deallocate()
        unsafe directory = .allocate(capacity: 1)
        unsafe directory[0] = 0
        depth = 0
    }

    /// Frees the entries of one segment more, and returns how many there were: a table that is to
    /// go is freed a slice at a time.
    ///
    /// No other use of the table may follow.
    mutating func freeNextSegment() -> Int {
        let segment = pool.segment(freedSegments)
        freedSegments += 1
        count -= segment.count
        EntryTable.freeEntries(of: segment)
        return segment.count
    }

    private mutating func addFirstSegment() {
        let segment = pool.take()
        segment.snapshotNumber = snapshot.number
        unsafe directory[0] = segment.directoryWord
    }

    /// Frees all entries of a segment that is about to go.
    static func freeEntries(of segment: Segment) {
        segment.forEachSlot(prefetching: true) { _, _, word in Segment.entry(word).free() }
    }
}
