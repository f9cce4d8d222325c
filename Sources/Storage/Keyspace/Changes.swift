import Bytes

/// Classes of keyspace events: the letters of `notify-keyspace-events`.
public struct KeyspaceEventMask: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt16

    /// The set of these bits.
    @inlinable
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// `K`: publish on the channel of the key.
    public static let keyspace = KeyspaceEventMask(rawValue: 1 << 0)
    /// `E`: publish on the channel of the event.
    public static let keyevent = KeyspaceEventMask(rawValue: 1 << 1)
    /// `g`: commands of no single type, such as DEL and EXPIRE.
    public static let generic = KeyspaceEventMask(rawValue: 1 << 2)
    /// `$`: strings.
    public static let string = KeyspaceEventMask(rawValue: 1 << 3)
    /// `l`: lists.
    public static let list = KeyspaceEventMask(rawValue: 1 << 4)
    /// `s`: sets.
    public static let set = KeyspaceEventMask(rawValue: 1 << 5)
    /// `h`: hashes.
    public static let hash = KeyspaceEventMask(rawValue: 1 << 6)
    /// `z`: sorted sets.
    public static let sortedSet = KeyspaceEventMask(rawValue: 1 << 7)
    /// `x`: keys that expired.
    public static let expired = KeyspaceEventMask(rawValue: 1 << 8)
    /// `e`: keys that were evicted.
    public static let evicted = KeyspaceEventMask(rawValue: 1 << 9)
    /// `t`: streams.
    public static let stream = KeyspaceEventMask(rawValue: 1 << 10)
    /// `m`: reads of missing keys; not part of `A`.
    public static let keyMiss = KeyspaceEventMask(rawValue: 1 << 11)
    /// `d`: types of modules.
    public static let module = KeyspaceEventMask(rawValue: 1 << 13)
    /// `n`: keys that came to be; not part of `A`.
    public static let new = KeyspaceEventMask(rawValue: 1 << 14)
    /// `A`: every class but key misses and new keys.
    public static let all: KeyspaceEventMask = [
        .generic, .string, .list, .set, .hash, .sortedSet, .expired, .evicted, .stream, .module,
    ]
}

/// One keyspace event, in the order of happening.
public struct KeyspaceEvent: Sendable {
    /// Its class.
    public let kind: KeyspaceEventMask
    /// Its name, such as `set`.
    public let name: StaticString
    /// The key that it concerns.
    public let key: ByteString
    /// The database of the key where it is not the one whose changes these are: MOVE tells its
    /// events in their order.
    public let otherDatabase: Int?
}

/// How a command goes to replicas and the append log.
public enum Propagation: Sendable {
    /// As the client sent it.
    case verbatim
    /// Not at all.
    case nothing
    /// As these commands, each with its name first.
    case instead([[ByteString]])
}

/// What the commands of a database have changed since the server last looked.
///
/// A command adds to `dirty` and notifies by itself; storage adds what happens of its own accord:
/// expiry, hits and misses.
public struct Changes: Sendable {
    /// Changes to the data set: what Redis counts as `rdb_changes_since_last_save`.
    public var dirty = 0
    /// Keys that expired and were removed: to be propagated as deletions before the command.
    public var expiredKeys: [ByteString] = []
    /// Which events are collected; empty unless the directive asks.
    public var eventMask: KeyspaceEventMask = []
    /// Events collected, oldest first.
    public var events: [KeyspaceEvent] = []
    /// How the command that runs is to be propagated; the server sets it back before each.
    public var propagation: Propagation = .verbatim
    /// Reads that found their key.
    public var hits = 0
    /// Reads that did not.
    public var misses = 0
    /// Keys removed because their time had passed.
    public var expired = 0

    /// No change.
    public init() {}

    /// Whether nothing waits to be settled: no change, no expired key, no event.
    @inlinable
    @inline(__always)
    public var isEmpty: Bool { dirty == 0 && expiredKeys.isEmpty && events.isEmpty }

    /// Collects an event, if its class is asked for.
    @inlinable
    @inline(__always)
    public mutating func notify(
        _ kind: KeyspaceEventMask, _ name: StaticString, _ key: Span<UInt8>, in database: Int? = nil
    ) {
        if !eventMask.isDisjoint(with: kind) { collect(kind, name, ByteString(key), database) }
    }

    @usableFromInline
    @inline(never)
    mutating func collect(
        _ kind: KeyspaceEventMask, _ name: StaticString, _ key: ByteString, _ database: Int?
    ) {
        events.append(KeyspaceEvent(kind: kind, name: name, key: key, otherDatabase: database))
    }
}
