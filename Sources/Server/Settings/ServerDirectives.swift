import Bytes
import Configuration

/// A row of the server's directives.
public typealias ServerDirective = Directive<ServerSettings, SettingEffect>

/// Every directive of the server, a row each, by families in the files beside this one.
///
/// A row takes its default from the initial value of the field that it reads, so a default stands
/// in one place. What this build cannot keep yet, a row refuses (`Honesty`): better no start than
/// a promise that is not kept.
public enum ServerDirectives {
    /// The rows by families, in the order of the manual.
    public static let families: [(title: String, rows: [ServerDirective])] = [
        ("Network", network), ("Limits of clients", clientLimits), ("Process", process),
        ("Access", access), ("Snapshots", snapshot), ("Append log", appendLog),
        ("Replication", replication), ("Memory", memory), ("Encodings", encodings),
        ("Observation", logs), ("Cluster", cluster), ("TLS", transportSecurity),
        ("Directives of rds alone", own),
    ]

    /// The table of all rows.
    public static let table = DirectiveTable<ServerSettings, SettingEffect>(
        families.flatMap(\.rows))
}

extension ServerSettings: DirectiveSettings {}

/// How the families spell their rows, beside those of Configuration: one function a kind of value.
extension Directive where Settings == ServerSettings, Effect == SettingEffect {
    /// One word of a few, in a field; `words` are in the order in which errors list them.
    static func choice<Value: RawRepresentable<Int> & Sendable>(
        _ name: String, _ field: Field<Value>, _ words: [(String, Value)], _ summary: String,
        flags: DirectiveFlags = [], effect: SettingEffect? = nil,
        check: @escaping Check = Honesty.anything
    ) -> Self {
        let choices = words.map { DirectiveChoice($0.0, $0.1.rawValue) }
        return Self(
            name, aliases: [],
            kind: flags.contains(.multipleArguments) ? .flags(choices) : .choice(choices),
            flags: flags,
            defaultValue: .integer(ServerSettings()[keyPath: field].rawValue), summary: summary,
            effect: effect, read: { .integer($0[keyPath: field].rawValue) },
            write: { settings, value in
                if case .integer(let raw) = value, let choice = Value(rawValue: raw) {
                    settings[keyPath: field] = choice
                }
            }, check: check)
    }

    /// A password, in a field; one that stands in a file of its own is written nowhere else.
    static func secret(
        _ name: String, _ field: Field<ByteString>, file: Field<ByteString>, _ summary: String,
        aliases: [String] = [], effect: SettingEffect
    ) -> Self {
        Self(
            name, aliases: aliases, kind: .text(optional: true), flags: .sensitive,
            defaultValue: .text(""), summary: summary, effect: effect,
            read: { .text($0[keyPath: field]) },
            write: { settings, value in
                if case .text(let text) = value { settings[keyPath: field] = text }
            }, check: Honesty.anything,
            lines: { settings in
                let secret = settings[keyPath: field]
                if secret.isEmpty || !settings[keyPath: file].isEmpty { return [] }
                return [.quoted(name, secret, isForced: true)]
            })
    }

    /// Any value that nothing in this build reads: known, checked, told back.
    static func kept(
        _ name: String, _ kind: DirectiveKind, _ value: DirectiveValue, _ summary: String,
        aliases: [String] = [], flags: DirectiveFlags = [],
        check: @escaping Check = Honesty.anything
    ) -> Self {
        Self(
            name, aliases: aliases, kind: kind, flags: flags, defaultValue: value,
            summary: summary, effect: nil, read: { $0.kept[name] ?? value },
            write: { $0.kept[name] = $1 }, check: check)
    }

    /// Words with a grammar of their own.
    static func words(
        _ name: String, _ summary: String, aliases: [String] = [], flags: DirectiveFlags = [],
        effect: SettingEffect? = nil,
        read: @escaping @Sendable (ServerSettings) -> [ByteString],
        write: @escaping @Sendable (inout ServerSettings, [ByteString]) -> Void,
        check: @escaping @Sendable ([ByteString]) throws(DirectiveError) -> Void,
        lines: @escaping @Sendable (ServerSettings) -> [DirectiveLine]
    ) -> Self {
        Self(
            name, aliases: aliases, kind: .words, flags: flags,
            defaultValue: .words(read(ServerSettings())), summary: summary, effect: effect,
            read: { .words(read($0)) },
            write: { settings, value in
                if case .words(let words) = value { write(&settings, words) }
            },
            check: { value throws(DirectiveError) in
                if case .words(let words) = value { try check(words) }
            }, lines: lines)
    }
}

extension ClosedRange<Int> {
    /// What a C `int` holds, from zero.
    static var natural: ClosedRange<Int> { 0...Int(Int32.max) }
    /// What a C `int` holds, from one.
    static var positive: ClosedRange<Int> { 1...Int(Int32.max) }
    /// What a C `int` holds.
    static var int32: ClosedRange<Int> { Int(Int32.min)...Int(Int32.max) }
    /// What a C `long` holds, from zero.
    static var long: ClosedRange<Int> { 0...Int.max }
    /// Port numbers, 0 for none.
    static var ports: ClosedRange<Int> { 0...65_535 }
}
