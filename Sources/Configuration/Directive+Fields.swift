import Bytes

/// Settings that have a value for everything before a file is read: the defaults of the directives.
public protocol DirectiveSettings: Sendable {
    /// The defaults.
    init()
}

/// Rows whose value is a field of the settings; the field's initial value is the default.
extension Directive where Settings: DirectiveSettings {
    /// Refuses a value that the grammar lets pass.
    public typealias Check = @Sendable (DirectiveValue) throws(DirectiveError) -> Void
    /// A field of the settings.
    public typealias Field<Value> = WritableKeyPath<Settings, Value> & Sendable

    /// Lets everything pass.
    public static var anything: Check { { _ throws(DirectiveError) in } }

    /// `yes` or `no`, in a field.
    public static func boolean(
        _ name: String, _ field: Field<Bool>, _ summary: String, aliases: [String] = [],
        flags: DirectiveFlags = [], effect: Effect? = nil, check: @escaping Check = anything
    ) -> Self {
        Self(
            name, aliases: aliases, kind: .boolean, flags: flags,
            defaultValue: .boolean(Settings()[keyPath: field]), summary: summary,
            effect: effect, read: { .boolean($0[keyPath: field]) },
            write: { settings, value in
                if case .boolean(let flag) = value { settings[keyPath: field] = flag }
            }, check: check)
    }

    /// A number, in a field: plain, octal, or a size.
    public static func number(
        _ name: String, _ field: Field<Int>, _ kind: DirectiveKind, _ summary: String,
        aliases: [String] = [], flags: DirectiveFlags = [], effect: Effect? = nil,
        check: @escaping Check = anything
    ) -> Self {
        Self(
            name, aliases: aliases, kind: kind, flags: flags,
            defaultValue: .integer(Settings()[keyPath: field]), summary: summary,
            effect: effect, read: { .integer($0[keyPath: field]) },
            write: { settings, value in
                if case .integer(let number) = value { settings[keyPath: field] = number }
            }, check: check)
    }

    /// A text, in a field; `optional` says that an empty one counts as absent.
    public static func text(
        _ name: String, _ field: Field<ByteString>, optional: Bool, _ summary: String,
        aliases: [String] = [], flags: DirectiveFlags = [], effect: Effect? = nil,
        check: @escaping Check = anything
    ) -> Self {
        Self(
            name, aliases: aliases, kind: .text(optional: optional), flags: flags,
            defaultValue: .text(Settings()[keyPath: field]), summary: summary,
            effect: effect, read: { .text($0[keyPath: field]) },
            write: { settings, value in
                if case .text(let text) = value { settings[keyPath: field] = text }
            }, check: check)
    }
}
