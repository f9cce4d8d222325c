import Bytes
import Determinism
import Storage

/// The digest of all keys and values: equal on a master and a replica that has caught up, before
/// and after a reload, and on a Redis with the same data.
///
/// A key's digest chains the key, the kind and the value; whether it expires is added, the time is
/// not. Keys have no order, so their digests are combined; a database's number is chained in.
enum DataSetDigest {
    /// The digest of all databases.
    ///
    /// O(bytes kept).
    static func all(_ keyspace: inout Keyspace, at now: UnixTime) -> SHA1Digest {
        var total = SHA1Digest()
        for index in 0..<keyspace.databaseCount where keyspace[index].count > 0 {
            total.chain(bigEndian(UInt32(index)).span)
            var part = total
            withEverythingVisible(&keyspace[index]) { database in
                database.forEachKey(at: now) { key, value in
                    var digest = SHA1Digest()
                    digest.chain(key)
                    add(value, to: &digest)
                    part.combine(digest.bytes.span)
                }
            }
            total = part
        }
        return total
    }

    /// The digest of one value; zeros when the key is missing.
    static func value(_ key: Span<UInt8>, _ database: inout Database) -> SHA1Digest {
        var digest = SHA1Digest()
        if let value = keptValue(key, &database) { add(value, to: &digest) }
        return digest
    }

    /// The value of a key, also when its time has passed.
    static func keptValue(_ key: Span<UInt8>, _ database: inout Database) -> ValueReference? {
        let policy = database.expiryPolicy
        database.expiryPolicy = .ignore
        defer { database.expiryPolicy = policy }
        return database.find(key, at: UnixTime(microseconds: 0), .peek)
    }

    private static func add(_ value: ValueReference, to digest: inout SHA1Digest) {
        digest.chain(bigEndian(UInt32(value.kind.rawValue)).span)
        value.withBytes { digest.chain($0) }
        if value.hasExpiry { digest.combine(Array("!!expire!!".utf8).span) }
    }

    private static func withEverythingVisible(
        _ database: inout Database, _ body: (borrowing Database) -> Void
    ) {
        let policy = database.expiryPolicy
        database.expiryPolicy = .ignore
        body(database)
        database.expiryPolicy = policy
    }

    private static func bigEndian(_ number: UInt32) -> [UInt8] {
        stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
