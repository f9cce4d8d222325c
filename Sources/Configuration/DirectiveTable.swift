import Bytes

/// All directives of a program, found by name or alias in any case.
public struct DirectiveTable<Settings: Sendable, Effect: Sendable>: Sendable {
    /// A row of this table.
    public typealias Row = Directive<Settings, Effect>

    /// The rows, in the order of the manual.
    public let rows: [Row]
    private let indices: [ByteString: Int]

    /// A table of `rows`, whose names and aliases differ.
    public init(_ rows: [Row]) {
        self.rows = rows
        var indices: [ByteString: Int] = [:]
        indices.reserveCapacity(rows.count * 2)
        for (index, row) in rows.enumerated() {
            for name in [row.name] + row.aliases {
                let previous = indices.updateValue(index, forKey: ByteString(name))
                precondition(previous == nil, "the name \(name) belongs to one directive")
            }
        }
        self.indices = indices
    }

    /// Where the directive of this name stands in `rows`; nil when there is none.
    public func index(of name: ByteString) -> Int? { indices[name.lowercased] }

    /// The directive of this name; nil when there is none.
    public func row(_ name: ByteString) -> Row? { index(of: name).map { rows[$0] } }

    /// Obeys one line of a file.
    ///
    /// Returns false when its name is no directive's.
    ///
    /// `seen` holds the rows that earlier lines of this reading set.
    public func apply(
        _ line: ConfigurationLine, to settings: inout Settings, seen: inout Set<Int>
    ) throws(ConfigurationError) -> Bool {
        guard let index = index(of: line.words[0]) else { return false }
        let row = rows[index]
        do throws(DirectiveError) {
            let value = try row.parse(try arguments(of: line, for: row))
            row.set(
                value, in: &settings,
                joining: row.flags.contains(.accumulates) && seen.contains(index))
        } catch {
            throw .line(line, reason: error.reason)
        }
        seen.insert(index)
        return true
    }

    /// The arguments of a line; a single one may hold all words of a directive that takes several.
    private func arguments(
        of line: ConfigurationLine, for row: Row
    ) throws(DirectiveError) -> [ByteString] {
        let words = Array(line.words.dropFirst())
        guard row.flags.contains(.multipleArguments) else {
            if words.count != 1 { throw DirectiveError("wrong number of arguments") }
            return words
        }
        guard let word = words.first, words.count == 1, !word.isEmpty else { return words }
        guard let split = QuotedWords.split(word.bytes.span) else {
            throw DirectiveError("Unbalanced quotes in configuration line")
        }
        return split
    }

    /// Writes every directive into the lines of an existing file.
    public func rewrite(_ settings: Settings, into rewrite: inout ConfigurationRewrite) {
        for row in rows {
            rewrite.markProcessed(row.name)
            for line in row.fileLines(in: settings) {
                rewrite.write(line.text, option: row.name, isForced: line.isForced)
            }
        }
    }

    /// What `name` is called in files that are written now; nil when it is no directive's.
    public func canonicalName(_ name: ByteString) -> String? { row(name)?.name }
}
