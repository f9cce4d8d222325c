/// One argument of a command as COMMAND DOCS describes it; some hold further arguments.
public struct ArgumentSyntax: Equatable, Sendable {
    /// What an argument may be.
    public enum Kind: String, Sendable, CaseIterable {
        /// Any bytes.
        case string
        /// A decimal integer.
        case integer
        /// A decimal number.
        case double
        /// A key.
        case key
        /// A glob pattern.
        case pattern
        /// Seconds or milliseconds since 1970.
        case unixTime = "unix-time"
        /// The token by itself.
        case pureToken = "pure-token"
        /// One of the arguments inside.
        case oneOf = "oneof"
        /// All of the arguments inside.
        case block
    }

    /// The name, unique among its neighbours.
    public var name: String
    /// What it may be.
    public var kind: Kind
    /// The word before it, or the word itself; empty when there is none.
    public var token = ""
    /// The word to show for it; empty when it is the name.
    public var displayText = ""
    /// Which key specification finds it; nil when it is no key.
    public var keyIndex: Int?
    /// The version that brought it; empty when the command always had it.
    public var since = ""
    /// Since when it should not be used; empty when it may.
    public var deprecatedSince = ""
    /// May be left out.
    public var isOptional = false
    /// May be repeated.
    public var isMultiple = false
    /// The token is repeated with it.
    public var repeatsToken = false
    /// What is inside of `oneof` and `block`.
    public var arguments: [ArgumentSyntax] = []
}
