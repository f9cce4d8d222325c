import Bytes
import Protocol

/// A key that a session watches: EXEC answers null once it was changed.
public struct WatchedKey: Hashable, Sendable {
    /// Index of its database.
    public var database: Int
    /// The key.
    public var key: ByteString

    /// Both parts.
    public init(database: Int, key: ByteString) {
        self.database = database
        self.key = key
    }
}

/// What a session has gathered between WATCH, MULTI and EXEC.
///
/// Whether MULTI is in force is the session's flag `.multi`; whether the transaction is doomed are
/// `.dirtyWatch` and `.dirtyExec`.
public struct TransactionState: Sendable {
    /// The queued commands, in their order.
    public private(set) var queued: [OwnedRequest] = []
    /// Bytes of the arguments queued.
    public private(set) var queuedBytes = 0
    /// The keys watched, each once, in the order of WATCH.
    public private(set) var watched: [WatchedKey] = []

    /// Nothing queued, nothing watched.
    public init() {}

    /// Queues a command for EXEC.
    public mutating func enqueue(_ request: borrowing Request) {
        let owned = OwnedRequest(request)
        queuedBytes += owned.arguments.reduce(0) { $0 + $1.count }
        queued.append(owned)
    }

    /// The queued commands, which are forgotten here.
    public mutating func takeQueued() -> [OwnedRequest] {
        defer {
            queued = []
            queuedBytes = 0
        }
        return queued
    }

    /// Remembers a watched key; false if it is watched already.
    ///
    /// O(keys watched).
    public mutating func watch(_ key: WatchedKey) -> Bool {
        if watched.contains(key) { return false }
        watched.append(key)
        return true
    }

    /// The watched keys, which are forgotten here.
    public mutating func takeWatched() -> [WatchedKey] {
        defer { watched = [] }
        return watched
    }
}
