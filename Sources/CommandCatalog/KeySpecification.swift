/// Where keys stand among a command's arguments and what happens to them.
///
/// See <https://redis.io/docs/latest/develop/reference/key-specs/>.
public struct KeySpecification: Equatable, Sendable {
    /// How the place is found from which keys are counted.
    public enum Begin: Equatable, Sendable {
        /// At this argument; the command's name is argument 0.
        case index(Int)
        /// After this word, looked for from `startFrom`; negative: backwards from the end.
        case keyword(String, startFrom: Int)
        /// The arguments do not tell.
        case unknown
    }

    /// How the keys are found from there.
    public enum Find: Equatable, Sendable {
        /// Up to `last` after the first, or before the end if negative, each `step`-th;
        /// `limit` above 1 takes only that fraction of what is left.
        case range(last: Int, step: Int, limit: Int)
        /// A number tells how many follow.
        case counted(numberIndex: Int, firstKey: Int, step: Int)
        /// The arguments do not tell.
        case unknown
    }

    /// What is done with these keys.
    public var flags: KeyFlags
    /// How the search begins.
    public var begin: Begin
    /// How keys are found from there.
    public var find: Find
    /// A remark for the reader; empty when there is none.
    public var note: String
}

/// What a command does with a key.
public struct KeyFlags: OptionSet, Hashable, BitwiseCopyable, Sendable {
    /// The set as bits.
    public let rawValue: UInt16

    /// A set of bits.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Reads the value only.
    public static var readOnly: Self { .init(rawValue: 1 << 0) }
    /// Changes the value, and may read it.
    public static var readWrite: Self { .init(rawValue: 1 << 1) }
    /// Replaces the value whatever it was.
    public static var overwrite: Self { .init(rawValue: 1 << 2) }
    /// Removes the key.
    public static var remove: Self { .init(rawValue: 1 << 3) }
    /// What the user stored is returned, copied or used.
    public static var access: Self { .init(rawValue: 1 << 4) }
    /// What the user stored is changed, and may depend on what it was.
    public static var update: Self { .init(rawValue: 1 << 5) }
    /// Data is added and none changed.
    public static var insert: Self { .init(rawValue: 1 << 6) }
    /// Data is deleted.
    public static var delete: Self { .init(rawValue: 1 << 7) }
    /// Not a key, but routed like one: a shard channel.
    public static var notKey: Self { .init(rawValue: 1 << 8) }
    /// The specification may miss keys.
    public static var incomplete: Self { .init(rawValue: 1 << 9) }
    /// Some calls do less than the flags say.
    public static var variableFlags: Self { .init(rawValue: 1 << 10) }

    /// Every flag and its word in COMMAND INFO, in its order.
    public static let words: [(flag: KeyFlags, word: StaticString)] = [
        (.readOnly, "RO"), (.readWrite, "RW"), (.overwrite, "OW"), (.remove, "RM"),
        (.access, "access"), (.update, "update"), (.insert, "insert"), (.delete, "delete"),
        (.notKey, "not_key"), (.incomplete, "incomplete"), (.variableFlags, "variable_flags"),
    ]
}
