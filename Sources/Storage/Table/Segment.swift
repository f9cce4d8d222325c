import CIntrinsics
import Glibc

/// 32 buckets of 14 slots, and what belongs to them as a whole.
///
/// ```
///   segment, 4160 bytes:  | header 64 | bucket 0 | bucket 1 | ... | bucket 31 |
///   header:  0 snapshot number (4) | 4 entries (2) | 6 expiring entries (2)
///            8 local depth (1) | 9 window base (1) | 12 number of the marks (4) | 16 prefix (8)
///   bucket, 128 bytes:    | 14 tags | overflow count | spare | 14 slots of 8 bytes |
///   slot:    0 expires | 1 saved | 4-47 address of the entry | 48-50 distance | 51-63 window of the hash
/// ```
/// Invariants:
/// 1. A tag is 0 where the slot is free, else the 8 tag bits of the entry's hash (0 becomes 1).
/// 2. An entry lies in its home bucket or at most 7 further (cyclically): its distance.
/// 3. A bucket's overflow count is how many entries at home there lie elsewhere; only then does a
///    search go on past the home bucket.
/// 4. All hashes of a segment share their first `local depth` bits: the prefix.
/// 5. A slot keeps the 13 bits of the hash from `window base` on, and
///    base <= local depth < base + 13: a split finds its bit in the slot; once in 13 levels the
///    keys are hashed anew and the window slides.
@safe @usableFromInline struct Segment {
    @usableFromInline let address: UnsafeMutableRawPointer

    @inlinable
    @inline(__always)
    init(_ address: UnsafeMutableRawPointer) { unsafe self.address = address }

    @inlinable static var headerSize: Int { 64 }
    @inlinable static var bucketCount: Int { 32 }
    @inlinable static var slotCount: Int { 14 }
    @inlinable static var bucketSize: Int { 128 }
    @inlinable static var size: Int { headerSize + bucketCount * bucketSize }
    @inlinable static var capacity: Int { bucketCount * slotCount }
    /// How many buckets an entry may be tried in.
    @inlinable static var reach: Int { 8 }
    @inlinable static var windowBits: Int { 13 }
    @inlinable static var addressMask: UInt64 { 0x0000_ffff_ffff_fff0 }
    @inlinable static var expiresBit: UInt64 { 1 }
    /// The entry is saved, or has no part in the snapshot that `marksNumber` names.
    static var savedBit: UInt64 { 2 }

    // MARK: Parts of a hash

    @inlinable
    @inline(__always)
    static func home(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash & 31) }

    @inlinable
    @inline(__always)
    static func tag(_ hash: UInt64) -> UInt8 {
        let tag = UInt8(truncatingIfNeeded: hash >> 5)
        return tag == 0 ? 1 : tag
    }

    // MARK: Header

    var snapshotNumber: UInt32 {
        get { unsafe address.load(as: UInt32.self) }
        nonmutating set { unsafe address.storeBytes(of: newValue, as: UInt32.self) }
    }
    /// The snapshot that the marks of the slots belong to.
    var marksNumber: UInt32 {
        get { unsafe address.load(fromByteOffset: 12, as: UInt32.self) }
        nonmutating set {
            unsafe address.storeBytes(of: newValue, toByteOffset: 12, as: UInt32.self)
        }
    }
    @inlinable var count: Int {
        get { Int(unsafe address.load(fromByteOffset: 4, as: UInt16.self)) }
        nonmutating set {
            unsafe address.storeBytes(of: UInt16(newValue), toByteOffset: 4, as: UInt16.self)
        }
    }
    var expiringCount: Int {
        get { Int(unsafe address.load(fromByteOffset: 6, as: UInt16.self)) }
        nonmutating set {
            unsafe address.storeBytes(of: UInt16(newValue), toByteOffset: 6, as: UInt16.self)
        }
    }
    var localDepth: Int {
        get { Int(unsafe address.load(fromByteOffset: 8, as: UInt8.self)) }
        nonmutating set {
            unsafe address.storeBytes(of: UInt8(newValue), toByteOffset: 8, as: UInt8.self)
        }
    }
    var windowBase: Int {
        get { Int(unsafe address.load(fromByteOffset: 9, as: UInt8.self)) }
        nonmutating set {
            unsafe address.storeBytes(of: UInt8(newValue), toByteOffset: 9, as: UInt8.self)
        }
    }
    /// The bits that all hashes here share, at the top of the word; zeros below.
    var prefix: UInt64 {
        get { unsafe address.load(fromByteOffset: 16, as: UInt64.self) }
        nonmutating set {
            unsafe address.storeBytes(of: newValue, toByteOffset: 16, as: UInt64.self)
        }
    }

    /// The window base of a segment at this depth: a multiple of the window's width.
    static func windowBase(atDepth depth: Int) -> Int {
        depth == 0 ? 0 : (depth - 1) / windowBits * windowBits
    }

    /// What the directory holds for this segment.
    var directoryWord: UInt64 {
        unsafe UInt64(UInt(bitPattern: address)) | UInt64(localDepth) << 48
            | UInt64(windowBase) << 56
    }

    // MARK: Buckets

    @inlinable
    @inline(__always)
    func bucket(_ index: Int) -> Bucket {
        unsafe Bucket(address + (Segment.headerSize &+ (index & 31) &* Segment.bucketSize))
    }

    /// Puts an entry into the first free slot within reach of its home; false when there is none.
    @inline(__always)
    func place(_ word: UInt64, tag: UInt8, home: Int) -> Bool {
        var distance = 0
        repeat {
            let bucket = bucket(home &+ distance)
            let free = bucket.match(0)
            if free != 0 {
                let index = free.trailingZeroBitCount
                bucket.setTag(index, tag)
                bucket.setSlot(index, word | UInt64(truncatingIfNeeded: distance) << 48)
                if distance != 0 { self.bucket(home).overflowCount &+= 1 }
                return true
            }
            distance &+= 1
        } while distance < Segment.reach
        return false
    }

    /// Makes room within reach of `home` by moving one entry further from its own home.
    ///
    /// All buckets within reach are full: one of their entries goes to a bucket beyond them. That
    /// fills segments to about 95% instead of 88% before they split.
    @inline(never)
    func makeRoom(home: Int) -> Bool {
        for distance in stride(from: Segment.reach - 1, through: 1, by: -1) {
            let index = (home &+ distance) & 31
            for slot in 0..<Segment.slotCount {
                let word = bucket(index).slot(slot)
                let own = Segment.distance(word)
                // How far the entry's own home lies beyond `home`: so many new buckets it reaches.
                let ahead = distance &- own
                if ahead < 1 { continue }
                let first = Segment.reach &- ahead
                for further in first..<Segment.reach {
                    let target = bucket(index &- own &+ 32 &+ further)
                    let free = target.match(0)
                    if free == 0 { continue }
                    let tag = bucket(index).tag(slot)
                    clear(bucket: index, slot: slot)
                    put(
                        (word & ~(7 << 48)) | UInt64(truncatingIfNeeded: further) << 48, tag: tag,
                        bucket: (index &- own &+ 32 &+ further) & 31,
                        slot: free.trailingZeroBitCount)
                    return true
                }
            }
        }
        return false
    }

    /// Frees a slot; the counts of the segment are the caller's.
    @inline(__always)
    func clear(bucket index: Int, slot: Int) {
        let bucket = bucket(index)
        let distance = Segment.distance(bucket.slot(slot))
        if distance != 0 { self.bucket(index &- distance &+ 32).overflowCount &-= 1 }
        bucket.setTag(slot, 0)
        bucket.setSlot(slot, 0)
    }

    /// Writes an entry to a free slot, at the distance that its word tells.
    @inline(__always)
    func put(_ word: UInt64, tag: UInt8, bucket index: Int, slot: Int) {
        let distance = Segment.distance(word)
        if distance != 0 { bucket(index &- distance &+ 32).overflowCount &+= 1 }
        bucket(index).setTag(slot, tag)
        bucket(index).setSlot(slot, word)
    }

    /// Brings displaced entries nearer to their homes, where a split made room.
    func settle() {
        forEachSlot { index, slot, word in
            let distance = Segment.distance(word)
            if distance == 0 { return }
            let home = (index &- distance) & 31
            for nearer in 0..<distance where bucket(home &+ nearer).match(0) != 0 {
                let tag = bucket(index).tag(slot)
                clear(bucket: index, slot: slot)
                _ = place(word & ~(7 << 48), tag: tag, home: home)
                return
            }
        }
    }

    @inline(__always)
    static func distance(_ word: UInt64) -> Int { Int(truncatingIfNeeded: word >> 48) & 7 }

    @inlinable
    @inline(__always)
    static func entry(_ word: UInt64) -> Entry {
        // A word in use holds an address, which is never zero.
        unsafe Entry(
            UnsafeMutableRawPointer(bitPattern: UInt(word & addressMask)).unsafelyUnwrapped)
    }

    /// Calls `body` with the position and word of every entry, bucket by bucket.
    ///
    /// The entries of the next bucket are prefetched when `prefetching`.
    @inline(__always)
    func forEachSlot(prefetching: Bool = false, _ body: (Int, Int, UInt64) -> Void) {
        if prefetching { prefetchEntries(0) }
        for index in 0..<Segment.bucketCount {
            if prefetching { prefetchEntries(index &+ 1) }
            var used = bucket(index).used
            while used != 0 {
                let slot = used.trailingZeroBitCount
                used &= used &- 1
                body(index, slot, bucket(index).slot(slot))
            }
        }
    }

    /// Asks the processor for the entries of a bucket; past the last one, for none.
    @inline(__always)
    func prefetchEntries(_ index: Int) {
        if index >= Segment.bucketCount { return }
        let bucket = bucket(index)
        var used = bucket.used
        while used != 0 {
            let slot = used.trailingZeroBitCount
            used &= used &- 1
            unsafe rds_prefetch(Segment.entry(bucket.slot(slot)).address)
        }
    }
}

/// Two cache lines: 14 tags, the overflow count, 14 slots.
@safe @usableFromInline struct Bucket {
    @usableFromInline let address: UnsafeMutableRawPointer

    @inlinable
    @inline(__always)
    init(_ address: UnsafeMutableRawPointer) { unsafe self.address = address }

    /// A bit for every slot whose tag is `tag`.
    @inlinable
    @inline(__always)
    func match(_ tag: UInt8) -> UInt32 { unsafe rds_match16(address, tag) & 0x3fff }

    /// A bit for every slot in use.
    @inlinable
    @inline(__always)
    var used: UInt32 { ~match(0) & 0x3fff }

    @inlinable
    @inline(__always)
    func tag(_ index: Int) -> UInt8 {
        unsafe address.load(fromByteOffset: index, as: UInt8.self)
    }

    @inline(__always)
    func setTag(_ index: Int, _ tag: UInt8) {
        unsafe address.storeBytes(of: tag, toByteOffset: index, as: UInt8.self)
    }

    @inlinable var overflowCount: UInt8 {
        @inline(__always) get { unsafe address.load(fromByteOffset: 14, as: UInt8.self) }
        @inline(__always) nonmutating set {
            unsafe address.storeBytes(of: newValue, toByteOffset: 14, as: UInt8.self)
        }
    }

    @inlinable
    @inline(__always)
    func slot(_ index: Int) -> UInt64 {
        unsafe address.load(fromByteOffset: 16 &+ index &* 8, as: UInt64.self)
    }

    @inlinable
    @inline(__always)
    func setSlot(_ index: Int, _ word: UInt64) {
        unsafe address.storeBytes(of: word, toByteOffset: 16 &+ index &* 8, as: UInt64.self)
    }
}
