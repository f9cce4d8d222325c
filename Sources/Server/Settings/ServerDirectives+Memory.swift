import Bytes
import Configuration

/// Memory, freeing, defragmentation, and the encodings of values.
extension ServerDirectives {
    static let memory: [ServerDirective] = [
        .number(
            "maxmemory", \.maxMemory, .memory(.long, percent: false),
            "bytes above which keys are evicted; 0 for no limit",
            check: Honesty.mustBe(
                0,
                "this build does not evict keys: leave maxmemory 0 and bound the process by "
                    + "MemoryMax= of the systemd unit")),
        .choice(
            "maxmemory-policy", \.maxMemoryPolicy,
            [
                ("volatile-lru", .volatileLRU), ("volatile-lfu", .volatileLFU),
                ("volatile-random", .volatileRandom), ("volatile-ttl", .volatileTTL),
                ("allkeys-lru", .allKeysLRU), ("allkeys-lfu", .allKeysLFU),
                ("allkeys-random", .allKeysRandom), ("noeviction", .noEviction),
            ], "what is evicted"),
        .number(
            "maxmemory-samples", \.maxMemorySamples, .integer(.positive),
            "keys that are compared for one eviction"),
        .kept(
            "maxmemory-eviction-tenacity", .integer(0...100), .integer(10),
            "effort spent on evicting, 0 to 100"),
        .number(
            "lfu-log-factor", \.lfuLogFactor, .integer(.natural),
            "how slowly the frequency counter of a key grows"),
        .number(
            "lfu-decay-time", \.lfuDecayTimeMinutes, .integer(.natural),
            "minutes after which the frequency counter of a key falls"),
        .boolean(
            "lazyfree-lazy-eviction", \.lazyfreeEviction, "free evicted values in background",
            flags: .debug),
        .boolean(
            "lazyfree-lazy-expire", \.lazyfreeExpire, "free expired values in background",
            flags: .debug),
        .boolean(
            "lazyfree-lazy-server-del", \.lazyfreeServerDelete,
            "free values that a command replaces in background", flags: .debug),
        .boolean(
            "lazyfree-lazy-user-del", \.lazyfreeUserDelete, "let DEL act as UNLINK",
            flags: .debug),
        .boolean(
            "lazyfree-lazy-user-flush", \.lazyfreeUserFlush,
            "let FLUSHALL and FLUSHDB act as with ASYNC", flags: .debug),
        .kept(
            "activedefrag", .boolean, .boolean(false), "move values together in idle time",
            flags: .debug,
            check: Honesty.mustBeOff(
                "Active defragmentation cannot be enabled: this server leaves memory where the "
                    + "allocator put it")),
        .kept(
            "active-defrag-cycle-min", .integer(1...99), .integer(1),
            "least share of processor time for moving values"),
        .kept(
            "active-defrag-cycle-max", .integer(1...99), .integer(25),
            "largest share of processor time for moving values"),
        .kept(
            "active-defrag-threshold-lower", .integer(0...1000), .integer(10),
            "fragmentation in percent at which moving begins"),
        .kept(
            "active-defrag-threshold-upper", .integer(0...1000), .integer(100),
            "fragmentation in percent at which the effort is largest"),
        .kept(
            "active-defrag-max-scan-fields", .integer(1...Int.max), .integer(1000),
            "fields at which a value is moved in steps"),
        .kept(
            "active-defrag-ignore-bytes", .memory(1...Int.max, percent: false),
            .integer(100 << 20), "wasted bytes below which nothing is moved"),
    ]

    static let encodings: [ServerDirective] = [
        .number(
            "list-max-listpack-size", \.listMaxListpackSize, .integer(.int32),
            "size of a list's node: entries, or -1 to -5 for 4 to 64 kb",
            aliases: ["list-max-ziplist-size"], effect: .encodings),
        .number(
            "list-compress-depth", \.listCompressDepth, .integer(.natural),
            "nodes at each end of a list that stay uncompressed; 0 compresses none",
            flags: .debug, effect: .encodings),
        .number(
            "hash-max-listpack-entries", \.hashMaxListpackEntries, .integer(.long),
            "fields up to which a hash is a listpack", aliases: ["hash-max-ziplist-entries"],
            effect: .encodings),
        .number(
            "hash-max-listpack-value", \.hashMaxListpackValue, .memory(.long, percent: false),
            "length of a field up to which a hash is a listpack",
            aliases: ["hash-max-ziplist-value"], effect: .encodings),
        .number(
            "set-max-intset-entries", \.setMaxIntsetEntries, .integer(.long),
            "integers up to which a set is an intset", effect: .encodings),
        .number(
            "set-max-listpack-entries", \.setMaxListpackEntries, .integer(.long),
            "members up to which a set is a listpack", effect: .encodings),
        .number(
            "set-max-listpack-value", \.setMaxListpackValue, .integer(.long),
            "length of a member up to which a set is a listpack", effect: .encodings),
        .number(
            "zset-max-listpack-entries", \.zsetMaxListpackEntries, .integer(.long),
            "members up to which a sorted set is a listpack",
            aliases: ["zset-max-ziplist-entries"], effect: .encodings),
        .number(
            "zset-max-listpack-value", \.zsetMaxListpackValue, .memory(.long, percent: false),
            "length of a member up to which a sorted set is a listpack",
            aliases: ["zset-max-ziplist-value"], effect: .encodings),
        .number(
            "hll-sparse-max-bytes", \.hllSparseMaxBytes, .memory(.long, percent: false),
            "length up to which a HyperLogLog is sparse", effect: .encodings),
        .number(
            "stream-node-max-bytes", \.streamNodeMaxBytes, .memory(.long, percent: false),
            "bytes of a stream's node; 0 for no limit", effect: .encodings),
        .number(
            "stream-node-max-entries", \.streamNodeMaxEntries, .integer(.long),
            "entries of a stream's node; 0 for no limit", effect: .encodings),
    ]
}
