import Bytes

/// Which clients watch which keys of a database, and which of them a change has reached.
///
/// A key whose time had passed already when the watch began is as good as missing to the watcher:
/// that it is removed is no change to it (its watch is stale until then).
struct Watches: ~Copyable {
    struct Watcher {
        var id: UInt64
        var isStale: Bool
    }

    var watchers: [ByteString: [Watcher]] = [:]
    var touched: [UInt64] = []
}

extension Database {
    /// A client begins to watch a key; again is the same as once.
    ///
    /// `isStale`: the key is there, and its time has passed (`hasExpired`).
    public mutating func watch(_ key: ByteString, watcher: UInt64, isStale: Bool = false) {
        if watches.watchers[key]?.contains(where: { $0.id == watcher }) == true { return }
        watches.watchers[key, default: []].append(.init(id: watcher, isStale: isStale))
    }

    /// A client ends watching a key.
    public mutating func unwatch(_ key: ByteString, watcher: UInt64) {
        guard var watchers = watches.watchers[key] else { return }
        watchers.removeAll { $0.id == watcher }
        watches.watchers[key] = watchers.isEmpty ? nil : watchers
    }

    /// Whether the client watches a key whose time had passed before that, and which is still here.
    public func isStaleWatch(_ key: ByteString, watcher: UInt64) -> Bool {
        watches.watchers[key]?.contains { $0.id == watcher && $0.isStale } ?? false
    }

    /// Whether a change has reached some client since `takeTouchedWatchers`.
    public var hasTouchedWatchers: Bool { !watches.touched.isEmpty }

    /// The clients whose watched keys have changed, each perhaps several times.
    public mutating func takeTouchedWatchers() -> [UInt64] {
        let touched = watches.touched
        watches.touched = []
        return touched
    }

    /// Marks the clients that watch a key; changes of this type call it by themselves.
    @inline(__always)
    public mutating func touchWatchers(of key: Span<UInt8>, isRemoval: Bool = false) {
        if !watches.watchers.isEmpty { markWatchers(of: ByteString(key), isRemoval: isRemoval) }
    }

    /// Marks the clients that watch a key which is here.
    mutating func touchAllWatchers(isRemoval: Bool = false) {
        for key in watches.watchers.keys
        where position(key.bytes.span, hash(key.bytes.span)) != nil {
            markWatchers(of: key, isRemoval: isRemoval)
        }
    }

    private mutating func markWatchers(of key: ByteString, isRemoval: Bool) {
        guard var watchers = watches.watchers[key] else { return }
        for index in watchers.indices {
            if watchers[index].isStale && isRemoval {
                watchers[index].isStale = false
            } else {
                watches.touched.append(watchers[index].id)
            }
        }
        watches.watchers[key] = watchers
    }

    /// Marks the clients that watch a key when all keys are about to be exchanged for others.
    ///
    /// A key whose time has passed is as good as missing, before and after.
    mutating func exchangeWatched(_ key: ByteString, existsThen: Bool, isStaleThen: Bool) {
        let existsNow = position(key.bytes.span, hash(key.bytes.span)) != nil
        guard existsNow || existsThen, var watchers = watches.watchers[key] else { return }
        for index in watchers.indices {
            if watchers[index].isStale ? !existsThen || isStaleThen : !existsNow && isStaleThen {
                watchers[index].isStale = existsThen
            } else {
                watches.touched.append(watchers[index].id)
            }
        }
        watches.watchers[key] = watchers
    }
}
