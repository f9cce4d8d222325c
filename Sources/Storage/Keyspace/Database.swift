import Bytes
import Determinism

/// One numbered database: its keys, and what its commands have changed.
///
/// Methods take keys as borrowed bytes and `now` as the time of the turn. A `ValueReference` and
/// what it lends are valid until the next change of the database. Every change of a key marks the
/// clients that watch it; everything else that a command implies (`changes.dirty`, events) is the
/// command's to record.
public struct Database: ~Copyable {
    /// The number that SELECT takes.
    public let index: Int
    /// What a look-up does with a key whose time has passed.
    public var expiryPolicy: ExpiryPolicy = .remove
    /// What has happened since the server last looked.
    public var changes = Changes()
    @usableFromInline var table: EntryTable
    /// Tables that were emptied as a whole and wait to be freed, or saved and then freed.
    var detached = DetachedTables()
    var watches = Watches()
    /// Where the next round of active expiry begins: an ordinal of a segment.
    var expiryPosition = 0
    var averageLifeMilliseconds: Int64 = 0

    init(index: Int, hasher: KeyHash) {
        self.index = index
        table = EntryTable(hasher: hasher)
    }

    /// How many keys, those included whose time has passed but which are still kept.
    @inlinable
    public var count: Int { table.count }

    /// How many keys have a time to live.
    @inlinable
    public var expiringCount: Int { table.expiringCount }

    /// The average remaining life of keys that expire, as active expiry last sampled it, in
    /// milliseconds.
    public var averageTimeToLive: Int64 { averageLifeMilliseconds }

    /// Bytes of the segments and the directory: what the table takes apart from its entries.
    public var tableMemory: Int { table.pool.byteCount + (8 << table.depth) }

    // MARK: The hash, for batches

    /// The hash of a key: computed once, it serves the prefetches and the look-up.
    @inlinable
    @inline(__always)
    public func hash(_ key: Span<UInt8>) -> UInt64 { table.hasher(key) }

    /// Asks the processor for the bucket of a key.
    @inlinable
    @inline(__always)
    public func prefetchBucket(_ hash: UInt64) { table.prefetchBucket(hash) }

    /// Asks the processor for the entry of a key, once its bucket has arrived.
    @inlinable
    @inline(__always)
    public func prefetchEntry(_ hash: UInt64) { table.prefetchEntry(hash) }

    // MARK: Look-up

    /// The value of a key; nil when there is none, or its time has passed and the policy says so.
    @inlinable
    @inline(__always)
    public mutating func find(
        _ key: Span<UInt8>, at now: UnixTime, _ access: Access
    ) -> ValueReference? {
        find(key, hash: hash(key), at: now, access)
    }

    /// The value of a key whose hash is known.
    @inlinable
    public mutating func find(
        _ key: Span<UInt8>, hash: UInt64, at now: UnixTime, _ access: Access
    ) -> ValueReference? {
        guard let position = position(key, hash) else {
            missed(key, access)
            return nil
        }
        let entry = position.entry
        if entry.hasExpiry, !isVisible(key, entry, position, now) {
            missed(key, access)
            return nil
        }
        switch access {
        case .read:
            changes.hits &+= 1
            entry.touch(AccessClock.value(at: now))
        case .readWithoutTouch: changes.hits &+= 1
        case .write: entry.touch(AccessClock.value(at: now))
        case .peek: break
        }
        return ValueReference(entry)
    }

    /// Whether the key is there and its time has not passed; leaves no trace, whatever the policy.
    public func contains(_ key: Span<UInt8>, at now: UnixTime) -> Bool {
        guard let position = position(key, hash(key)) else { return false }
        let entry = position.entry
        return !entry.hasExpiry || expiryPolicy == .ignore || !hasPassed(entry, now)
    }

    @inlinable
    @inline(__always)
    func position(_ key: Span<UInt8>, _ hash: UInt64) -> EntryTable.Position? {
        unsafe key.withUnsafeBufferPointer { bytes in
            unsafe table.find(Database.address(bytes), bytes.count, hash)
        }
    }

    /// The address of borrowed bytes; of no bytes, any address.
    @inlinable
    @inline(__always)
    static func address(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafePointer<UInt8> {
        unsafe bytes.baseAddress ?? KeyHash.nowhere
    }

    @inlinable
    @inline(__always)
    mutating func missed(_ key: Span<UInt8>, _ access: Access) {
        if access == .read || access == .readWithoutTouch {
            changes.misses &+= 1
            changes.notify(.keyMiss, "keymiss", key)
        }
    }

    @inlinable
    @inline(__always)
    func hasPassed(_ entry: Entry, _ now: UnixTime) -> Bool {
        now.milliseconds > entry.expiryMilliseconds
    }

    /// Whether an entry that expires is still to be seen; removes it if it is not and the policy
    /// says so.
    @usableFromInline
    @inline(never)
    mutating func isVisible(
        _ key: Span<UInt8>, _ entry: Entry, _ position: EntryTable.Position, _ now: UnixTime
    ) -> Bool {
        if expiryPolicy == .ignore || !hasPassed(entry, now) { return true }
        if expiryPolicy == .remove { expire(position) }
        return false
    }

    // MARK: Removal

    /// Removes a key; false when there was none.
    ///
    /// A key whose time has passed counts as there.
    @discardableResult
    public mutating func remove(_ key: Span<UInt8>) -> Bool {
        let hash = hash(key)
        guard let position = position(key, hash) else { return false }
        touchWatchers(of: key, isRemoval: true)
        table.beforeChange(at: position)
        table.remove(position).free()
        table.shrink(around: hash)
        return true
    }

    /// Removes all keys at once, in constant time; returns how many there were.
    ///
    /// The memory is freed by `Keyspace.reclaim`, a slice at a time. A snapshot that is running
    /// still saves what was here.
    @discardableResult
    public mutating func removeAll() -> Int {
        let removed = table.count
        touchAllWatchers(isRemoval: true)
        var empty = EntryTable(hasher: table.hasher)
        swap(&empty, &table)
        detached.append(empty)
        expiryPosition = 0
        averageLifeMilliseconds = 0
        return removed
    }

    // MARK: Names

    /// Gives the value of `source` to `destination`, its time to live included; what was there is
    /// removed.
    ///
    /// False, and nothing changes, when `source` is not there.
    @discardableResult
    public mutating func rename(_ source: Span<UInt8>, to destination: Span<UInt8>) -> Bool {
        if position(source, hash(source)) == nil { return false }
        if source.equals(destination) { return true }
        remove(destination)
        guard let position = position(source, hash(source)) else { return false }
        touchWatchers(of: source)
        table.beforeChange(at: position)
        let entry = table.remove(position)
        insert(entry.renamed(destination), destination)
        entry.freeShell()
        return true
    }

    /// Takes an entry out, to be put in elsewhere.
    mutating func take(_ key: Span<UInt8>) -> Entry? {
        let hash = hash(key)
        guard let position = position(key, hash) else { return nil }
        table.beforeChange(at: position)
        let entry = table.remove(position)
        table.shrink(around: hash)
        touchWatchers(of: key)
        return entry
    }

    /// Puts in an entry whose key is not there.
    mutating func insert(_ entry: Entry, _ key: Span<UInt8>) {
        table.insert(entry, hash(key))
        touchWatchers(of: key)
    }

    /// A key drawn at random whose time has not passed; nil when there is none to be found.
    ///
    /// Each key is as likely as the others. Under `.remove`, keys met whose time has passed are
    /// removed; after 100 of them in a row the search ends.
    public mutating func randomKey(
        at now: UnixTime, _ random: inout some RandomNumberGenerator
    ) -> ByteString? {
        for _ in 0..<100 {
            guard let entry = table.randomEntry(&random) else { return nil }
            let key = unsafe ByteString(Span(_unsafeElements: entry.key))
            if find(key.bytes.span, at: now, .peek) != nil { return key }
        }
        return nil
    }

    /// Visits keys from `cursor` on until about `count` were met; returns the next cursor, 0 at the
    /// end.
    ///
    /// A key that is there during the whole scan is met at least once, however the table grows.
    /// Any number is a valid cursor. Keys whose time has passed are left out.
    public func scan(
        cursor: UInt64, count: Int, at now: UnixTime,
        _ body: (Span<UInt8>, ValueReference) -> Void
    ) -> UInt64 {
        var cursor = cursor
        var met = 0
        // A bound on buckets, for a table that is mostly empty: ten for each key asked for.
        var steps = 0
        repeat {
            cursor = table.scanStep(cursor: cursor) { entry in
                met += 1
                visit(entry, now, body)
            }
            steps += 1
        } while cursor != 0 && met < count && steps / 10 < count
        return cursor
    }

    /// Calls `body` with every key whose time has not passed.
    ///
    /// O(keys).
    public func forEachKey(at now: UnixTime, _ body: (Span<UInt8>, ValueReference) -> Void) {
        table.forEachEntry { visit($0, now, body) }
    }

    private func visit(
        _ entry: Entry, _ now: UnixTime, _ body: (Span<UInt8>, ValueReference) -> Void
    ) {
        if entry.hasExpiry && expiryPolicy != .ignore && hasPassed(entry, now) { return }
        body(unsafe Span(_unsafeElements: entry.key), ValueReference(entry))
    }
}
