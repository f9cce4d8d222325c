import Bytes
import Determinism
import Storage

/// The data set that a master is sending, beside the one that is served.
///
/// Nothing of it is served before all of it has come, its checksum was right and its frame closed:
/// a broken stream costs this copy and nothing else. Both data sets are in memory meanwhile.
struct IncomingDataSet: ~Copyable {
    private(set) var keyspace: Keyspace
    private var loader: RDBLoader
    private var pace = KeyPace()
    private let startedAt: Moment

    /// An empty data set for a server whose own is `present`.
    init(like present: borrowing Keyspace, verifiesChecksum: Bool, at now: Moment) {
        keyspace = Keyspace(like: present)
        startedAt = now
        // A replica keeps what has expired until its master deletes it.
        loader = RDBLoader(now: now.unix, dropsExpired: false, verifiesChecksum: verifiesChecksum)
    }

    /// How many keys have come.
    var keyCount: Int { loader.loadedKeys }

    /// How far it has come, in keys.
    ///
    /// A snapshot announces those of a database where that begins: with several, the whole grows.
    func progress(at now: Instant) -> WorkProgress {
        WorkProgress(
            done: keyCount, total: loader.announcedKeys, startedAt: startedAt, at: now)
    }

    /// Texts about the snapshot, in its order.
    var auxiliaries: RDBAuxiliaries { loader.auxiliaries }

    /// The database that the stream after the snapshot has selected; nil when it says so itself.
    var selectedDatabase: Int? {
        guard
            let value = auxiliaries["repl-stream-db"],
            let index = DecimalText.parse(value.bytes.span), index >= 0,
            index < keyspace.databaseCount
        else { return nil }
        return index
    }

    /// When the next bytes may be read, under `key-load-delay`; nil when at once.
    func resumption(delay: Int, at now: Instant) -> Instant? {
        pace.resumption(delay: delay, at: now)
    }

    /// Reads the next bytes.
    mutating func feed(_ bytes: Span<UInt8>, at now: Instant) throws(RDBError) {
        let keys = keyCount
        let rest = try loader.feed(bytes, into: &keyspace)
        pace.add(keyCount - keys, at: now)
        // The frame is longer than the snapshot in it.
        if !rest.isEmpty { throw RDBError(.tooLong(rest.count), offset: loader.offset) }
    }

    /// Says that no more bytes come; throws unless all is there.
    mutating func finish() throws(RDBError) { try loader.finish() }

    /// Gives the data set away.
    consuming func take() -> Keyspace { keyspace }
}
