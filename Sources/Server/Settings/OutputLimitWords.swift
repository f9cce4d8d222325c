import Bytes
import Configuration
import Sessions

/// The words of `client-output-buffer-limit`: class, hard limit, soft limit, seconds; repeated.
enum OutputLimitWords {
    private typealias Field = WritableKeyPath<ServerSettings, SessionLimits.Output> & Sendable

    /// The classes in the order in which they are told; the second has an old name on the wire.
    private static var classes: [(told: ByteString, written: ByteString, field: Field)] {
        [
            ("normal", "normal", \.normalOutputLimit),
            ("slave", "replica", \.replicaOutputLimit),
            ("pubsub", "pubsub", \.pubsubOutputLimit),
        ]
    }

    /// All three classes, as CONFIG GET tells them.
    @Sendable static func words(_ settings: ServerSettings) -> [ByteString] {
        classes.flatMap { entry in
            let limit = settings[keyPath: entry.field]
            return [
                entry.told, ByteString("\(limit.hardBytes)"), ByteString("\(limit.softBytes)"),
                ByteString("\(limit.softSeconds)"),
            ]
        }
    }

    /// Sets the classes that are named; the others stay.
    @Sendable static func write(_ settings: inout ServerSettings, _ words: [ByteString]) {
        for start in stride(from: 0, to: words.count, by: 4) {
            if let field = field(words[start]), let limit = limit(words[start + 1..<start + 4]) {
                settings[keyPath: field] = limit
            }
        }
    }

    /// Refuses incomplete groups, unknown classes and bad numbers.
    @Sendable static func check(_ words: [ByteString]) throws(DirectiveError) {
        if words.count % 4 != 0 {
            throw DirectiveError("Wrong number of arguments in buffer limit configuration.")
        }
        for start in stride(from: 0, to: words.count, by: 4) {
            if field(words[start]) == nil {
                throw DirectiveError(
                    "Invalid client class specified in buffer limit configuration.")
            }
            if limit(words[start + 1..<start + 4]) == nil {
                throw DirectiveError(
                    "Error in hard, soft or soft_seconds setting in buffer limit configuration.")
            }
        }
    }

    /// A line a class; those at their default only replace lines that are there.
    @Sendable static func lines(_ settings: ServerSettings) -> [DirectiveLine] {
        let defaults = ServerSettings()
        return classes.map { entry in
            let limit = settings[keyPath: entry.field]
            return .words(
                "client-output-buffer-limit",
                [
                    entry.written, ByteString(ByteSize.text(limit.hardBytes)),
                    ByteString(ByteSize.text(limit.softBytes)), ByteString("\(limit.softSeconds)"),
                ], isForced: limit != defaults[keyPath: entry.field])
        }
    }

    private static func field(_ name: ByteString) -> Field? {
        let name = name.lowercased
        return classes.first { $0.told == name || $0.written == name }?.field
    }

    private static func limit(_ words: ArraySlice<ByteString>) -> SessionLimits.Output? {
        let words = Array(words)
        let hard = words[0]
        let soft = words[1]
        let seconds = words[2]
        guard let hardBytes = ByteSize.parse(hard.bytes.span),
            let softBytes = ByteSize.parse(soft.bytes.span),
            let softSeconds = Int(seconds.text), softSeconds >= 0
        else { return nil }
        return SessionLimits.Output(
            hardBytes: hardBytes, softBytes: softBytes, softSeconds: softSeconds)
    }
}
