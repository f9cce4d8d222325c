/// What the server must know about a command before it runs it.
public struct CommandFlags: OptionSet, Hashable, BitwiseCopyable, Sendable {
    /// The set as bits.
    public let rawValue: UInt32

    /// A set of bits.
    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// May change the data set.
    public static var write: Self { .init(rawValue: 1 << 0) }
    /// Reads keys and never changes them.
    public static var readonly: Self { .init(rawValue: 1 << 1) }
    /// Refused when memory is over its limit and nothing can be evicted.
    public static var denyOOM: Self { .init(rawValue: 1 << 2) }
    /// Administers the server.
    public static var admin: Self { .init(rawValue: 1 << 3) }
    /// Belongs to publish and subscribe.
    public static var pubsub: Self { .init(rawValue: 1 << 4) }
    /// Refused inside scripts.
    public static var noScript: Self { .init(rawValue: 1 << 5) }
    /// May make its client wait.
    public static var blocking: Self { .init(rawValue: 1 << 6) }
    /// Allowed while the data set is being loaded.
    public static var loading: Self { .init(rawValue: 1 << 7) }
    /// Allowed on a replica that has lost its master and does not serve stale data.
    public static var stale: Self { .init(rawValue: 1 << 8) }
    /// Not shown to MONITOR.
    public static var skipMonitor: Self { .init(rawValue: 1 << 9) }
    /// Not noted in the slow log.
    public static var skipSlowlog: Self { .init(rawValue: 1 << 10) }
    /// Accepted for a slot that is being imported, as if ASKING had gone before.
    public static var asking: Self { .init(rawValue: 1 << 11) }
    /// Takes constant or logarithmic time.
    public static var fast: Self { .init(rawValue: 1 << 12) }
    /// Allowed before authentication.
    public static var noAuth: Self { .init(rawValue: 1 << 13) }
    /// Not a write, yet it may have effects that replicas must see.
    public static var mayReplicate: Self { .init(rawValue: 1 << 14) }
    /// Served by the sentinel too.
    public static var sentinel: Self { .init(rawValue: 1 << 15) }
    /// Served by the sentinel alone.
    public static var onlySentinel: Self { .init(rawValue: 1 << 16) }
    /// May be called without any key although it takes keys.
    public static var noMandatoryKeys: Self { .init(rawValue: 1 << 17) }
    /// Needs a directive (`enable-debug-command`, `enable-module-command`) to be allowed.
    public static var protected: Self { .init(rawValue: 1 << 18) }
    /// Refused while a replica loads a data set beside the one that it serves.
    public static var noAsyncLoading: Self { .init(rawValue: 1 << 19) }
    /// Refused inside MULTI.
    public static var noMulti: Self { .init(rawValue: 1 << 20) }
    /// Its first, last and step numbers do not tell every key.
    ///
    /// Derived from the key specifications.
    public static var movableKeys: Self { .init(rawValue: 1 << 21) }
    /// Allowed while a script runs too long.
    public static var allowBusy: Self { .init(rawValue: 1 << 22) }
    /// Touches keys that its arguments do not name.
    public static var touchesArbitraryKeys: Self { .init(rawValue: 1 << 23) }
    /// Made by rds: no other server of the family knows it.
    public static var own: Self { .init(rawValue: 1 << 24) }

    /// The words of COMMAND INFO, in its order; the other flags are not shown.
    public static let shown: [(flag: CommandFlags, word: StaticString)] = [
        (.write, "write"), (.readonly, "readonly"), (.denyOOM, "denyoom"), (.admin, "admin"),
        (.pubsub, "pubsub"), (.noScript, "noscript"), (.blocking, "blocking"),
        (.loading, "loading"), (.stale, "stale"), (.skipMonitor, "skip_monitor"),
        (.skipSlowlog, "skip_slowlog"), (.asking, "asking"), (.fast, "fast"),
        (.noAuth, "no_auth"), (.noMandatoryKeys, "no_mandatory_keys"),
        (.noAsyncLoading, "no_async_loading"), (.noMulti, "no_multi"),
        (.movableKeys, "movablekeys"), (.allowBusy, "allow_busy"),
    ]

    /// The words of the rows that COMMAND INFO keeps to itself.
    static let hidden: [(flag: CommandFlags, word: StaticString)] = [
        (.mayReplicate, "may_replicate"), (.sentinel, "sentinel"),
        (.onlySentinel, "only_sentinel"), (.protected, "protected"),
        (.touchesArbitraryKeys, "touches_arbitrary_keys"), (.own, "own"),
    ]
}
