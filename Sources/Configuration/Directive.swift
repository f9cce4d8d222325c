import Bytes

/// How a directive may be changed and shown.
public struct DirectiveFlags: OptionSet, Sendable {
    /// The bits.
    public let rawValue: UInt16
    /// Flags by their bits.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Only the file and the command line set it, not CONFIG SET.
    public static let immutable = DirectiveFlags(rawValue: 1)
    /// Its value is a secret: kept out of logs, MONITOR and histories.
    public static let sensitive = DirectiveFlags(rawValue: 2)
    /// CONFIG GET tells it by its exact name only.
    public static let hidden = DirectiveFlags(rawValue: 4)
    /// It takes several arguments, or one that holds several words.
    public static let multipleArguments = DirectiveFlags(rawValue: 8)
    /// CONFIG SET refuses it while a data set is loading.
    public static let deniedWhileLoading = DirectiveFlags(rawValue: 16)
    /// CONFIG SET needs `enable-protected-configs`.
    public static let protected = DirectiveFlags(rawValue: 32)
    /// Its value shapes the data, and is worth having in a crash report.
    public static let debug = DirectiveFlags(rawValue: 64)
    /// Lines of one file add up: the first replaces the default, the others join it.
    public static let accumulates = DirectiveFlags(rawValue: 128)
    /// Setting it to the value it has still has its effect: a file behind a path may be new.
    public static let volatile = DirectiveFlags(rawValue: 256)
}

/// One row: everything about one directive of a program whose settings are `Settings`.
///
/// The file, CONFIG GET, SET and REWRITE, the default file and the manual derive from it.
/// `Effect` is what the program must do when the value changes while it runs.
public struct Directive<Settings: Sendable, Effect: Sendable>: Sendable {
    /// The name under which the value is told and written back.
    public let name: String
    /// Other names that mean the same.
    public let aliases: [String]
    /// The grammar of the value.
    public let kind: DirectiveKind
    /// How it may be changed and shown.
    public let flags: DirectiveFlags
    /// The value of a program that was told nothing.
    public let defaultValue: DirectiveValue
    /// One line for the manual.
    public let summary: String
    /// What a change while running entails; nil when the new value is simply read.
    public let effect: Effect?

    private let reader: @Sendable (Settings) -> DirectiveValue
    private let writer: @Sendable (inout Settings, DirectiveValue) -> Void
    private let check: @Sendable (DirectiveValue) throws(DirectiveError) -> Void
    private let lines: (@Sendable (Settings) -> [DirectiveLine])?

    /// A row; `check` refuses values that the grammar lets pass, `lines` overrides how it is
    /// written back.
    public init(
        _ name: String, aliases: [String], kind: DirectiveKind, flags: DirectiveFlags,
        defaultValue: DirectiveValue, summary: String, effect: Effect?,
        read: @escaping @Sendable (Settings) -> DirectiveValue,
        write: @escaping @Sendable (inout Settings, DirectiveValue) -> Void,
        check: @escaping @Sendable (DirectiveValue) throws(DirectiveError) -> Void,
        lines: (@Sendable (Settings) -> [DirectiveLine])? = nil
    ) {
        self.name = name
        self.aliases = aliases
        self.kind = kind
        self.flags = flags
        self.defaultValue = defaultValue
        self.summary = summary
        self.effect = effect
        reader = read
        writer = write
        self.check = check
        self.lines = lines
    }

    /// The value in `settings`.
    public func value(in settings: Settings) -> DirectiveValue { reader(settings) }

    /// The value in `settings` as CONFIG GET tells it.
    public func text(in settings: Settings) -> ByteString { kind.format(reader(settings)) }

    /// The value that `words` spell, if the directive accepts it.
    public func parse(_ words: [ByteString]) throws(DirectiveError) -> DirectiveValue {
        let value = try kind.parse(words)
        try check(value)
        return value
    }

    /// Puts a parsed value into `settings`; with `joining`, beside what earlier lines put there.
    public func set(
        _ value: DirectiveValue, in settings: inout Settings, joining: Bool = false
    ) {
        if joining, case .words(let new) = value, case .words(let old) = reader(settings),
            !new.allSatisfy(\.isEmpty)
        {
            writer(&settings, .words(old + new))
        } else {
            writer(&settings, value)
        }
    }

    /// The lines that express the value in a file; none when it must not be there.
    public func fileLines(in settings: Settings) -> [DirectiveLine] {
        if let lines { return lines(settings) }
        let value = reader(settings)
        guard let text = kind.fileText(value) else { return [] }
        return [
            DirectiveLine(ByteString(Array(name.utf8) + [0x20] + text.bytes), value != defaultValue)
        ]
    }
}

/// A line that CONFIG REWRITE puts into a file.
public struct DirectiveLine: Hashable, Sendable {
    /// The whole line, the name first.
    public var text: ByteString
    /// Whether it is appended when the file has no line of this directive yet.
    public var isForced: Bool

    /// Both parts.
    public init(_ text: ByteString, _ isForced: Bool) {
        self.text = text
        self.isForced = isForced
    }
}
