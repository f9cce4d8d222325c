import Bytes
import CJemalloc
import Determinism

/// All databases of a server.
@safe public struct Keyspace: ~Copyable {
    let databases: UnsafeMutablePointer<Database>
    /// How many databases: the directive `databases`.
    public let databaseCount: Int
    private let hasher: KeyHash
    var snapshotState = SnapshotState()

    /// Empty databases, numbered from 0; `hashSeed` is drawn at random at each start.
    public init(databaseCount: Int, hashSeed: (UInt64, UInt64)) {
        precondition(databaseCount > 0, "a server has at least one database")
        self.databaseCount = databaseCount
        hasher = KeyHash(seed: hashSeed)
        unsafe databases = .allocate(capacity: databaseCount)
        for index in 0..<databaseCount {
            unsafe (databases + index).initialize(to: Database(index: index, hasher: hasher))
        }
    }

    /// An empty keyspace that `other` can adopt: as many databases, the same seed.
    public init(like other: borrowing Keyspace) {
        databaseCount = other.databaseCount
        hasher = other.hasher
        unsafe databases = .allocate(capacity: databaseCount)
        for index in 0..<databaseCount {
            unsafe (databases + index).initialize(to: Database(index: index, hasher: hasher))
        }
    }

    @inlinable
    deinit { dispose() }

    @usableFromInline
    func dispose() {
        unsafe databases.deinitialize(count: databaseCount)
        unsafe databases.deallocate()
    }

    /// The database that SELECT `index` names.
    public subscript(_ index: Int) -> Database {
        @inline(__always)
        unsafeAddress {
            precondition(index >= 0 && index < databaseCount, "a database has its number")
            return unsafe UnsafePointer(databases + index)
        }
        @inline(__always)
        unsafeMutableAddress {
            precondition(index >= 0 && index < databaseCount, "a database has its number")
            return unsafe databases + index
        }
    }

    /// The hash of a key, the same in all databases.
    public func hash(_ key: Span<UInt8>) -> UInt64 { hasher(key) }

    /// Keys of all databases.
    public var keyCount: Int {
        var sum = 0
        for index in 0..<databaseCount { sum += self[index].count }
        return sum
    }

    /// Changes of all databases: Redis's count of changes since the last save, less what the
    /// server took away.
    public var dirty: Int {
        var sum = 0
        for index in 0..<databaseCount { sum += self[index].changes.dirty }
        return sum
    }

    /// Sets the policy of all databases.
    public mutating func setExpiryPolicy(_ policy: ExpiryPolicy) {
        for index in 0..<databaseCount { self[index].expiryPolicy = policy }
    }

    /// Sets which events all databases collect.
    public mutating func setEventMask(_ mask: KeyspaceEventMask) {
        for index in 0..<databaseCount { self[index].changes.eventMask = mask }
    }

    // MARK: Across databases

    /// Exchanges the keys of two databases; clients that watch a key in either are marked.
    ///
    /// Watches, changes and the policy stay with the number. A key whose time has passed at `now`
    /// counts as missing to its watchers.
    public mutating func swapDatabases(_ first: Int, _ second: Int, at now: UnixTime) {
        if first == second { return }
        exchangeWatched(of: first, for: second, at: now)
        exchangeWatched(of: second, for: first, at: now)
        unsafe swap(&databases[first].table, &databases[second].table)
        unsafe swap(
            &databases[first].averageLifeMilliseconds, &databases[second].averageLifeMilliseconds)
    }

    private mutating func exchangeWatched(of index: Int, for other: Int, at now: UnixTime) {
        for key in self[index].watches.watchers.keys {
            let bytes = key.bytes.span
            let exists = self[other].position(bytes, hash(bytes)) != nil
            let isStale = self[other].hasExpired(bytes, at: now)
            self[index].exchangeWatched(key, existsThen: exists, isStaleThen: isStale)
        }
    }

    /// Empties all databases, in constant time each; returns how many keys there were.
    @discardableResult
    public mutating func removeAll() -> Int {
        var removed = 0
        for index in 0..<databaseCount { removed += self[index].removeAll() }
        return removed
    }

    /// Moves a key to another database; false, and nothing changes, when it is not there or the
    /// other database has it.
    public mutating func move(_ key: Span<UInt8>, from source: Int, to destination: Int) -> Bool {
        precondition(source != destination, "a key is moved to another database")
        let hash = hash(key)
        guard self[source].position(key, hash) != nil,
            self[destination].position(key, hash) == nil
        else { return false }
        guard let entry = self[source].take(key) else { return false }
        self[destination].insert(entry, key)
        return true
    }

    /// Copies a value, its time to live included, replacing what is under the other key; false,
    /// and nothing changes, when the source is not there.
    public mutating func copy(
        _ key: Span<UInt8>, from source: Int, to newKey: Span<UInt8>, in destination: Int
    ) -> Bool {
        guard let position = self[source].position(key, hash(key)) else { return false }
        if source == destination && key.equals(newKey) { return true }
        let copy = position.entry.copied(to: newKey)
        self[destination].remove(newKey)
        self[destination].insert(copy, newKey)
        return true
    }

    // MARK: Memory

    /// Whether `reclaim` has something to free: an emptied table that no snapshot waits for.
    public var hasReclaimable: Bool {
        for index in 0..<databaseCount where self[index].detached.hasReclaimable { return true }
        return false
    }

    /// Frees about `budget` keys of emptied tables (20 to 100 ns each); returns how many.
    @discardableResult
    public mutating func reclaim(budget: Int) -> Int {
        var freed = 0
        for index in 0..<databaseCount where freed < budget {
            freed += self[index].detached.reclaim(budget: budget - freed)
        }
        return freed
    }

    /// Bytes that the process has allocated, as jemalloc counts them; a cost of microseconds.
    public var usedMemory: Int { AllocatorStatistics.allocated }
}
