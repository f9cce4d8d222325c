import Bytes

/// What was changed at run time, kept apart from the file that the administrator writes.
///
/// ```
///   # Written by rds-server ...
///   replicaof "10.77.0.2 6379" ""
///   maxmemory "1073741824" "0"
/// ```
/// A line holds a directive, its value at run time, and the value that it overrode, both as CONFIG GET
/// tells them.
/// 1. A value holds for as long as the administrator's is the one that it overrode: what was changed
///    there since counts, and the line is forgotten.
/// 2. The administrator's file is only read.
public struct RunTimeState: Hashable, Sendable {
    /// One directive that was changed.
    public struct Entry: Hashable, Sendable {
        /// The directive.
        public var name: ByteString
        /// Its value at run time.
        public var value: ByteString
        /// What the administrator's file said.
        public var overridden: ByteString

        /// All three.
        public init(name: ByteString, value: ByteString, overridden: ByteString) {
            self.name = name
            self.value = value
            self.overridden = overridden
        }
    }

    /// In the order of the directives.
    public var entries: [Entry] = []

    /// Nothing was changed.
    public init() {}

    /// Reads a state file; `source` is what errors call it.
    public init(parsing text: [UInt8], source: String) throws(ConfigurationError) {
        for line in try ConfigurationLine.lines(of: text, source: source) {
            guard line.words.count == 3 else {
                throw .line(line, reason: "a directive, its value, and the one it overrode")
            }
            entries.append(
                Entry(name: line.words[0], value: line.words[1], overridden: line.words[2]))
        }
    }

    /// The text of the state file.
    public var text: [UInt8] {
        var text = Array(RunTimeState.head.utf8)
        for entry in entries {
            text += entry.name.bytes
            for value in [entry.value, entry.overridden] {
                text += [0x20] + QuotedWords.quote(value.bytes.span).bytes
            }
            text.append(0x0a)
        }
        return text
    }

    private static let head = """
        # What was changed at run time: the directive, its value, and the value that it overrode.
        # Change the directive in the configuration file, and that counts again from the next start on.

        """
}

/// A state file, laid over the settings of the administrator.
public struct RunTimeOverlay: Sendable {
    /// The entries that hold.
    public internal(set) var kept = RunTimeState()
    /// A line for the log about each of them.
    public internal(set) var notes: [String] = []
    /// A line for the log about each that does not hold any more.
    public internal(set) var conflicts: [String] = []

    /// Nothing laid over anything.
    public init() {}
}

extension DirectiveTable {
    /// What `running` has changed since the start; `baseline` is what it started with.
    ///
    /// `administrator` is what the files say: the system may have granted less of it.
    public func changes(
        of running: Settings, from baseline: Settings, administrator: Settings,
        where isKept: (Row) -> Bool
    ) -> RunTimeState {
        var state = RunTimeState()
        for row in rows where isKept(row) && row.value(in: running) != row.value(in: baseline) {
            state.entries.append(
                RunTimeState.Entry(
                    name: ByteString(row.name), value: row.text(in: running),
                    overridden: row.text(in: administrator)))
        }
        return state
    }

    /// Lays `state` over `settings`, which are the administrator's.
    ///
    /// Throws where a value is not one of its directive's; `source` is the state file's name.
    public func overlay(
        _ state: RunTimeState, on settings: inout Settings, source: String
    ) throws(ConfigurationError) -> RunTimeOverlay {
        var overlay = RunTimeOverlay()
        for entry in state.entries {
            guard let row = row(entry.name) else {
                overlay.conflicts.append("\(source): \(entry.name) is no directive: left out")
                continue
            }
            let present = row.text(in: settings)
            let isSecret = row.flags.contains(.sensitive)
            func shown(_ value: ByteString) -> String {
                isSecret && !value.isEmpty ? "******" : "'\(value.text)'"
            }
            guard present == entry.overridden else {
                overlay.conflicts.append(
                    "\(row.name) is \(shown(present)) as the configuration has it: that was changed "
                        + "after \(shown(entry.value)) had overridden \(shown(entry.overridden)) at "
                        + "run time")
                continue
            }
            do throws(DirectiveError) {
                row.set(try row.value(ofText: entry.value), in: &settings)
            } catch {
                throw .contradiction(
                    reason: "\(source): \(entry.name) \(shown(entry.value)): \(error.reason)")
            }
            overlay.kept.entries.append(entry)
            overlay.notes.append(
                "\(row.name) is \(shown(entry.value)) since it was changed at run time; the "
                    + "configuration has \(shown(present))")
        }
        return overlay
    }
}

extension Directive {
    /// The words of a value as CONFIG SET takes it: those of a directive with several are divided by
    /// single blanks.
    public func words(_ text: ByteString) -> [ByteString] {
        guard flags.contains(.multipleArguments) else { return [text] }
        if text.isEmpty { return [] }
        return text.bytes.split(separator: 0x20, omittingEmptySubsequences: false)
            .map { ByteString(Array($0)) }
    }

    /// The value that CONFIG GET told as `text`.
    func value(ofText text: ByteString) throws(DirectiveError) -> DirectiveValue {
        // An empty list is told of directives whose lines are never empty: `replicaof`.
        if case .words = kind, text.isEmpty { return .words([]) }
        return try parse(words(text))
    }
}
