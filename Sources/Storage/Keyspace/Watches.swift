import Bytes

/// Which clients watch which keys of a database, and which of them a change has reached.
struct Watches: ~Copyable {
    var watchers: [ByteString: [UInt64]] = [:]
    var touched: [UInt64] = []
}

extension Database {
    /// A client begins to watch a key; again is the same as once.
    public mutating func watch(_ key: ByteString, watcher: UInt64) {
        if watches.watchers[key]?.contains(watcher) == true { return }
        watches.watchers[key, default: []].append(watcher)
    }

    /// A client ends watching a key.
    public mutating func unwatch(_ key: ByteString, watcher: UInt64) {
        guard var watchers = watches.watchers[key] else { return }
        watchers.removeAll { $0 == watcher }
        watches.watchers[key] = watchers.isEmpty ? nil : watchers
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
    public mutating func touchWatchers(of key: Span<UInt8>) {
        if !watches.watchers.isEmpty { markWatchers(of: ByteString(key)) }
    }

    private mutating func markWatchers(of key: ByteString) {
        if let watchers = watches.watchers[key] { watches.touched.append(contentsOf: watchers) }
    }

    /// Marks the clients that watch a key which is here.
    mutating func touchAllWatchers() {
        for (key, watchers) in watches.watchers
        where position(key.bytes.span, hash(key.bytes.span)) != nil {
            watches.touched.append(contentsOf: watchers)
        }
    }
}
