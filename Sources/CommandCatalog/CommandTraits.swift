/// What every execution of a command looks at: 16 bytes, copied without counting references.
public struct CommandTraits: BitwiseCopyable, Sendable {
    /// What must hold before the command runs.
    public var flags: CommandFlags
    /// The access categories, those that the flags imply included.
    public var categories: AccessCategories
    /// How many arguments with the name: exactly this many, or at least its negation.
    public var arity: Int16
    /// Index of the first key; 0 when the command takes none.
    public var firstKey: Int8
    /// Index of the last key; negative: counted from the end.
    public var lastKey: Int8
    /// From one key to the next.
    public var keyStep: Int8
    /// Whether the command only holds subcommands (CONFIG, CLIENT ...).
    public var isContainer: Bool

    /// Nothing yet: the rows fill it.
    init() {
        flags = []
        categories = []
        arity = 0
        firstKey = 0
        lastKey = 0
        keyStep = 0
        isContainer = false
    }

    /// Whether `count` arguments, the name included, are as many as the command takes.
    @inlinable
    public func accepts(argumentCount count: Int) -> Bool {
        arity >= 0 ? count == Int(arity) : count >= 0 &- Int(arity)
    }
}
