/// The categories that access control grants by name, such as `@read`.
public struct AccessCategories: OptionSet, Hashable, BitwiseCopyable, Sendable {
    /// The set as bits.
    public let rawValue: UInt32

    /// A set of bits.
    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Works on keys whatever their type.
    public static var keyspace: Self { .init(rawValue: 1 << 0) }
    /// Reads keys.
    public static var read: Self { .init(rawValue: 1 << 1) }
    /// Writes keys.
    public static var write: Self { .init(rawValue: 1 << 2) }
    /// Works on sets.
    public static var set: Self { .init(rawValue: 1 << 3) }
    /// Works on sorted sets.
    public static var sortedSet: Self { .init(rawValue: 1 << 4) }
    /// Works on lists.
    public static var list: Self { .init(rawValue: 1 << 5) }
    /// Works on hashes.
    public static var hash: Self { .init(rawValue: 1 << 6) }
    /// Works on strings.
    public static var string: Self { .init(rawValue: 1 << 7) }
    /// Works on bits of strings.
    public static var bitmap: Self { .init(rawValue: 1 << 8) }
    /// Works on HyperLogLogs.
    public static var hyperLogLog: Self { .init(rawValue: 1 << 9) }
    /// Works on positions.
    public static var geo: Self { .init(rawValue: 1 << 10) }
    /// Works on streams.
    public static var stream: Self { .init(rawValue: 1 << 11) }
    /// Publish and subscribe.
    public static var pubsub: Self { .init(rawValue: 1 << 12) }
    /// Administration.
    public static var admin: Self { .init(rawValue: 1 << 13) }
    /// Takes constant or logarithmic time.
    public static var fast: Self { .init(rawValue: 1 << 14) }
    /// Whatever is not fast.
    public static var slow: Self { .init(rawValue: 1 << 15) }
    /// May make its client wait.
    public static var blocking: Self { .init(rawValue: 1 << 16) }
    /// Not for everyone: administration, and what can stall or reveal.
    public static var dangerous: Self { .init(rawValue: 1 << 17) }
    /// The connection itself.
    public static var connection: Self { .init(rawValue: 1 << 18) }
    /// Transactions.
    public static var transaction: Self { .init(rawValue: 1 << 19) }
    /// Scripts and functions.
    public static var scripting: Self { .init(rawValue: 1 << 20) }

    /// Every category and its name without `@`, in the order of ACL CAT.
    public static let names: [(category: AccessCategories, word: StaticString)] = [
        (.keyspace, "keyspace"), (.read, "read"), (.write, "write"), (.set, "set"),
        (.sortedSet, "sortedset"), (.list, "list"), (.hash, "hash"), (.string, "string"),
        (.bitmap, "bitmap"), (.hyperLogLog, "hyperloglog"), (.geo, "geo"), (.stream, "stream"),
        (.pubsub, "pubsub"), (.admin, "admin"), (.fast, "fast"), (.slow, "slow"),
        (.blocking, "blocking"), (.dangerous, "dangerous"), (.connection, "connection"),
        (.transaction, "transaction"), (.scripting, "scripting"),
    ]

    /// What follows from the flags: a write is in `@write`, what is not fast is in `@slow`.
    mutating func addImplied(by flags: CommandFlags) {
        if flags.contains(.write) { insert(.write) }
        // Scripts that only read are kept out of @read: they may call anything that reads.
        if flags.contains(.readonly) && !contains(.scripting) { insert(.read) }
        if flags.contains(.admin) { formUnion([.admin, .dangerous]) }
        if flags.contains(.pubsub) { insert(.pubsub) }
        if flags.contains(.fast) { insert(.fast) }
        if flags.contains(.blocking) { insert(.blocking) }
        if !contains(.fast) { insert(.slow) }
    }
}
