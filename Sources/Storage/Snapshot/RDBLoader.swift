import Bytes
import Determinism

/// Loads an RDB file into a keyspace, from bytes in pieces of any size.
///
/// After an error the keyspace holds what was loaded before it: load into a new one, and adopt it
/// (`Keyspace.adopt`) when the end was read.
public struct RDBLoader: ~Copyable {
    private var reader: RDBReader
    private let now: UnixTime
    private let dropsExpired: Bool
    private var selected = 0
    // Replicas may go on from this file: what expires must reach them as a deletion.
    private var hasHistory = false
    private var pending = PendingStrings()
    private var current = PendingString()

    /// Texts about the file, as `repl-id` or `ctime`, in its order.
    public private(set) var auxiliaries: RDBAuxiliaries = []
    /// Keys loaded.
    public private(set) var loadedKeys = 0
    /// Keys left out because their time had passed.
    public private(set) var expiredKeys = 0
    /// Keys that the file announced.
    public private(set) var announcedKeys = 0

    /// A loader at the beginning of a file.
    ///
    /// `dropsExpired`: keys whose time had passed at `now` are left out, as a master does; a
    /// replica keeps them until its master deletes them.
    public init(now: UnixTime, dropsExpired: Bool, verifiesChecksum: Bool = true) {
        reader = RDBReader(verifiesChecksum: verifiesChecksum)
        self.now = now
        self.dropsExpired = dropsExpired
    }

    /// Bytes of the file that were read.
    public var offset: Int { reader.offset }
    /// Whether the end was read.
    public var isComplete: Bool { reader.isComplete }

    /// Reads bytes into the keyspace; those beyond the end of the file are returned.
    @discardableResult
    public mutating func feed(
        _ bytes: Span<UInt8>, into keyspace: inout Keyspace
    ) throws(RDBError) -> ByteString {
        reader.push(bytes)
        while true {
            switch try reader.next() {
            case .needsBytes:
                try insertPending(into: &keyspace)
                return ByteString()
            case .end:
                try insertPending(into: &keyspace)
                return reader.takeRest()
            case .version: break
            case .auxiliary(let name, let value):
                auxiliaries.append((name, value))
                if name == "repl-id" { hasHistory = true }
            case .selectDatabase(let index):
                if index >= keyspace.databaseCount {
                    throw RDBError(.noSuchDatabase(index), offset: reader.offset)
                }
                selected = index
            case .resizeDatabase(let keys, _):
                announcedKeys = announcedKeys.addingReportingOverflow(keys).partialValue
            case .string: try load(into: &keyspace)
            }
        }
    }

    /// Says that no more bytes come: throws unless the end was read.
    public mutating func finish() throws(RDBError) { try reader.finish() }

    private mutating func load(into keyspace: inout Keyspace) throws(RDBError) {
        if dropsExpired, !hasHistory, let expiry = reader.expiryMilliseconds,
            now.milliseconds > expiry
        {
            expiredKeys += 1
            return
        }
        if pending.isFull { try insertOldest(into: &keyspace) }
        current.offset = reader.offset
        current.database = selected
        current.integer = reader.integerValue
        current.expiryMilliseconds = reader.expiryMilliseconds
        reader.exchangeString(key: &current.key, value: &current.value)
        current.hash = keyspace.hash(current.key.readable)
        keyspace[selected].prefetchBucket(current.hash)
        pending.append(&current)
    }

    private mutating func insertPending(into keyspace: inout Keyspace) throws(RDBError) {
        while pending.count > 0 { try insertOldest(into: &keyspace) }
    }

    private mutating func insertOldest(into keyspace: inout Keyspace) throws(RDBError) {
        if !pending.takeFirst(&current) { return }
        let isNew = keyspace[current.database].load(current, at: now)
        if !isNew {
            throw RDBError(.duplicateKey(ByteString(current.key.readable)), offset: current.offset)
        }
        loadedKeys += 1
    }
}

extension Database {
    /// Puts in a string from a file; false, and nothing changes, when the key is there.
    mutating func load(_ string: borrowing PendingString, at now: UnixTime) -> Bool {
        let key = string.key.readable
        if position(key, string.hash) != nil { return false }
        let expiry: ExpiryChange =
            string.expiryMilliseconds.map { .at(milliseconds: $0) } ?? .clear
        if let integer = string.integer {
            return store(
                key, string.hash, .integer(integer), isRaw: false, expiry: expiry, at: now)
        }
        return setString(
            key, hash: string.hash, string.value.readable, expiry: expiry, at: now)
    }
}

extension Keyspace {
    /// Takes the contents of another keyspace over, which has as many databases; what was here is
    /// emptied as `removeAll` does.
    ///
    /// Watches, changes and policies stay.
    ///
    /// Both keyspaces were made with the same seed.
    public mutating func adopt(_ other: consuming Keyspace) {
        precondition(other.databaseCount == databaseCount, "as many databases as before")
        for index in 0..<databaseCount {
            self[index].removeAll()
            unsafe swap(&databases[index].table, &other.databases[index].table)
            self[index].touchAllWatchers()
        }
    }
}

extension Keyspace {
    /// Brings the keys of another keyspace in, which has as many databases.
    ///
    /// Keys that are here too are replaced if `replaces` says so, and left alone if not. O(keys of
    /// the other).
    public mutating func merge(_ other: consuming Keyspace, replaces: Bool) {
        precondition(other.databaseCount == databaseCount, "as many databases as before")
        for index in 0..<databaseCount {
            other[index].table.forEachEntry { entry in
                let key = unsafe Span(_unsafeElements: entry.key)
                if self[index].position(key, hash(key)) != nil {
                    if !replaces { return }
                    self[index].remove(key)
                }
                self[index].insert(entry.copied(to: key), key)
            }
        }
    }
}

/// Texts about a file, in its order.
public typealias RDBAuxiliaries = [(name: ByteString, value: ByteString)]

extension RDBAuxiliaries {
    /// The last text of that name.
    public subscript(_ name: ByteString) -> ByteString? { last { $0.name == name }?.value }
}
