/// The settings that commands on keys obey: a copy of those few, brought up to date by CONFIG SET.
public struct CommandSettings: Sendable {
    /// The longest string that a client may build; `proto-max-bulk-len`.
    public var longestString: Int
    /// Whether a key that is found expired is propagated as UNLINK; `lazyfree-lazy-expire`.
    public var unlinksExpired: Bool

    /// The defaults of both directives.
    public init(longestString: Int = 512 * 1024 * 1024, unlinksExpired: Bool = false) {
        self.longestString = longestString
        self.unlinksExpired = unlinksExpired
    }

    /// What applies to a master's stream: it is obeyed, whatever our own limits are.
    public var obeying: CommandSettings {
        CommandSettings(longestString: .max, unlinksExpired: unlinksExpired)
    }
}
