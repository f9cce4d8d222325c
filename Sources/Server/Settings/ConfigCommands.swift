import Bytes
import Configuration
import Protocol

/// CONFIG GET, SET, REWRITE and HELP. (RESETSTAT is one call of `ServerStatistics.reset`.)
public enum ConfigCommands {
    /// What CONFIG SET must know beside the settings.
    public struct Context: Sendable {
        /// A data set is being loaded.
        public var isLoading: Bool
        /// The client came over loopback or a unix socket.
        public var isLocal: Bool

        /// Both answers.
        public init(isLoading: Bool, isLocal: Bool) {
            self.isLoading = isLoading
            self.isLocal = isLocal
        }
    }

    /// CONFIG GET pattern [pattern ...]: names and values, each once, in the order of the rows.
    ///
    /// A name is answered as it was asked; a pattern finds aliases as well, hidden ones never.
    public static func get(
        _ request: borrowing Request, _ settings: ServerSettings, _ reply: inout ReplyWriter
    ) {
        var names: [(name: ByteString, row: Int)] = []
        var answered: Set<ByteString> = []
        let table = ServerDirectives.table
        for index in 2..<max(request.count, 2) {
            let pattern = request.owned(index)
            guard pattern.bytes.contains(where: isWildcard) else {
                if let row = table.index(of: pattern), answered.insert(pattern).inserted {
                    names.append((pattern, row))
                }
                continue
            }
            for (row, directive) in table.rows.enumerated()
            where !directive.flags.contains(.hidden) {
                for name in listedNames(directive) {
                    let name = ByteString(name)
                    if GlobPattern.matches(
                        pattern.bytes.span, name.bytes.span, ignoringCase: true),
                        answered.insert(name).inserted
                    {
                        names.append((name, row))
                    }
                }
            }
        }
        reply.map(count: names.count)
        for (name, row) in names {
            reply.bulk(name)
            reply.bulk(table.rows[row].text(in: settings))
        }
    }

    /// CONFIG SET name value [name value ...]: all of them or none.
    ///
    /// Writes the reply. The change that is returned has been made in `settings`; its effects are
    /// still to be had. Nil when nothing was changed.
    public static func set(
        _ request: borrowing Request, _ settings: inout ServerSettings, _ context: Context,
        _ reply: inout ReplyWriter
    ) -> SettingsChange? {
        if request.count < 4 || request.count % 2 != 0 {
            reply.error("ERR syntax error")
            return nil
        }
        var change = SettingsChange(previous: settings)
        var rows: [Int] = []
        var refusal: [UInt8]?
        var isDeniedByLoading = false
        for index in stride(from: 2, to: request.count, by: 2) {
            let name = request.owned(index)
            // The first refusal is told.
            if refusal != nil || isDeniedByLoading { continue }
            guard let row = ServerDirectives.table.index(of: name) else {
                refusal = unknown(name)
                continue
            }
            let flags = ServerDirectives.table.rows[row].flags
            if flags.contains(.immutable) {
                refusal = failed(name, "can't set immutable config")
            } else if flags.contains(.protected)
                && !settings.enableProtectedConfigs.allows(isLocal: context.isLocal)
            {
                refusal = failed(name, "can't set protected config")
            } else if context.isLoading && flags.contains(.deniedWhileLoading) {
                isDeniedByLoading = true
            } else if rows.contains(row) {
                refusal = failed(name, "duplicate parameter")
            }
            rows.append(row)
        }
        if isDeniedByLoading {
            reply.error("LOADING Redis is loading the dataset in memory")
            return nil
        }
        if let refusal {
            reply.error(bytes: refusal)
            return nil
        }
        var changed = settings
        for (position, row) in rows.enumerated() {
            let directive = ServerDirectives.table.rows[row]
            do throws(DirectiveError) {
                let value = try directive.parse(
                    directive.words(request.owned(position * 2 + 3)))
                directive.set(value, in: &changed)
            } catch {
                reply.error(bytes: failed(ByteString(directive.name), error.reason))
                return nil
            }
            change.note(directive, in: changed)
        }
        changed.hz = min(max(changed.hz, 1), 500)
        settings = changed
        reply.ok()
        return change
    }

    /// The text of the configuration file after CONFIG REWRITE, from what the file holds now.
    ///
    /// With `forcesAll`, directives at their default are written as well.
    public static func rewritten(
        _ text: [UInt8], _ settings: ServerSettings, forcesAll: Bool = false
    ) -> [UInt8] {
        var rewrite = ConfigurationRewrite(text) { words in
            let name = words[0]
            if let known = ServerDirectives.table.canonicalName(name) { return known }
            return outsideTable.contains(name) ? name.text : nil
        }
        rewrite.forcesAll = forcesAll
        ServerDirectives.table.rewrite(settings, into: &rewrite)
        return rewrite.finish()
    }

    /// CONFIG HELP.
    public static func help(_ reply: inout ReplyWriter) {
        let lines: [StaticString] = [
            "CONFIG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
            "GET <pattern>",
            "    Return parameters matching the glob-like <pattern> and their values.",
            "SET <directive> <value>",
            "    Set the configuration <directive> to <value>.",
            "RESETSTAT",
            "    Reset statistics reported by the INFO command.",
            "REWRITE",
            "    Rewrite the configuration file.",
            "HELP",
            "    Print this help.",
        ]
        reply.array(count: lines.count)
        for line in lines { reply.simple(line) }
    }

    /// Lines that the file knows beside directives; they stay as they are.
    private static let outsideTable: Set<ByteString> = [
        "include", "rename-command", "user", "loadmodule", "sentinel",
    ]

    /// The names that patterns find: not those that only write a dash for an underline.
    private static func listedNames(_ directive: ServerDirective) -> [String] {
        [directive.name]
            + directive.aliases.filter { alias in
                alias != String(directive.name.map { $0 == "_" ? "-" : $0 })
            }
    }

    private static func isWildcard(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "[")
    }

    private static func unknown(_ name: ByteString) -> [UInt8] {
        Array("ERR Unknown option or number of arguments for CONFIG SET - '".utf8) + name.bytes
            + [0x27]
    }

    static func failed(_ name: ByteString, _ reason: String) -> [UInt8] {
        Array("ERR CONFIG SET failed (possibly related to argument '".utf8) + name.bytes
            + Array("') - \(reason)".utf8)
    }
}

/// What one CONFIG SET changed: how to follow it up, and how to take it back.
public struct SettingsChange: Sendable {
    /// The settings before.
    public let previous: ServerSettings
    /// What the change entails, each once, in the order of the pairs, with the directive's name.
    public private(set) var effects: [(effect: SettingEffect, name: String)] = []

    private var directives: [ServerDirective] = []

    init(previous: ServerSettings) { self.previous = previous }

    mutating func note(_ directive: ServerDirective, in settings: ServerSettings) {
        directives.append(directive)
        guard let effect = directive.effect else { return }
        let isChanged = directive.value(in: settings) != directive.value(in: previous)
        if !isChanged && !directive.flags.contains(.volatile) { return }
        if effects.contains(where: { $0.effect == effect }) { return }
        effects.append((effect, directive.name))
    }

    /// The error that replaces `+OK` when the system refused `effect`, without the leading `-`.
    ///
    /// `reason` is the system's; without it the effect's own text stands.
    public func failure(of effect: SettingEffect, reason: String? = nil) -> [UInt8] {
        let text = reason ?? effect.failureText ?? "unknown error"
        return ConfigCommands.failed(ByteString(name(of: effect)), text)
    }

    /// The directive whose change entails `effect`.
    public func name(of effect: SettingEffect) -> String {
        effects.first { $0.effect == effect }?.name ?? ""
    }

    /// Gives the directives of this change their previous values; what others set since stays.
    public func undo(in settings: inout ServerSettings) {
        for directive in directives {
            directive.set(directive.value(in: previous), in: &settings)
        }
    }
}
