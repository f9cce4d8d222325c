/// The rows that describe every command, and how they are read.
///
/// A row is a head and indented lines; a line that begins four deep goes on with the one before:
///
///     SET -3 1.0.0 write denyoom @string            name, arity, since, flags, @categories
///       key RW access at 1 range 0 1 0              what happens to keys, where, how many
///       note RW with access because of `GET`.       a remark about the key line before it
///       does Stores a string ...                    the summary
///       cost O(1)                                   complexity
///       tips request_policy:multi_shard             hints for clients of a cluster
///       deprecated 2.6.12 `SET` with ...            since when, and what to use instead
///       system                                      made for rds itself, not for users
///       args key:key#0 value ...                    see `ArgumentSyntax`
///
/// Places of keys: `at INDEX`, `after WORD START` or `anywhere`; then `range LAST STEP LIMIT`,
/// `counted NUMBER FIRST STEP` or `unknown`. The rows are text and not Swift values, so that 402
/// of them compile at once and the start of a daemon reads only their heads and key lines.
enum CommandRows {
    /// The groups in the order of `CommandID`: the name that COMMAND DOCS prints and the rows.
    static let groups: [(name: StaticString, rows: RowText)] = [
        ("string", RowText(StringRows.text)),
        ("hash", RowText(HashRows.text)),
        ("list", RowText(ListRows.text)),
        ("set", RowText(SetRows.text)),
        ("sorted-set", RowText(SortedSetRows.text)),
        ("stream", RowText(StreamRows.text)),
        ("bitmap", RowText(BitmapRows.text)),
        ("hyperloglog", RowText(HyperLogLogRows.text)),
        ("geo", RowText(GeoRows.text)),
        ("generic", RowText(GenericRows.text)),
        ("pubsub", RowText(PubsubRows.text)),
        ("transactions", RowText(TransactionsRows.text)),
        ("scripting", RowText(ScriptingRows.text)),
        ("connection", RowText(ConnectionRows.text)),
        ("server", RowText(ServerRows.text)),
        ("cluster", RowText(ClusterRows.text)),
        ("sentinel", RowText(SentinelRows.text)),
        ("server", RowText(OwnRows.text)),
    ]
}

/// Text that we wrote, read byte by byte without copying it.
@safe struct RowText: @unchecked Sendable {
    private let base: UnsafePointer<UInt8>
    let count: Int

    /// The bytes of a literal, which lives as long as the process.
    init(_ literal: StaticString) {
        unsafe base = unsafe literal.utf8Start
        count = literal.utf8CodeUnitCount
    }

    /// The byte at `index`.
    subscript(_ index: Int) -> UInt8 {
        precondition(index >= 0 && index < count, "rows are read inside of their text")
        return unsafe base[index]
    }

    /// Where the bytes of `range` lie; they are never freed.
    func address(of range: Range<Int>) -> UnsafePointer<UInt8> {
        precondition(range.upperBound <= count, "rows are read inside of their text")
        return unsafe base + range.lowerBound
    }

    /// The line at `start` without its line feed.
    func line(at start: Int) -> Range<Int> {
        var end = start
        while unsafe end < count && base[end] != 0x0a { end &+= 1 }
        return start..<end
    }

    /// How many blanks a line begins with.
    func indentation(of line: Range<Int>) -> Int {
        var index = line.lowerBound
        while index < line.upperBound && self[index] == 0x20 { index &+= 1 }
        return index - line.lowerBound
    }

    /// The next word of a line from `position`, which moves behind it.
    func word(from position: inout Int, in line: Range<Int>) -> Range<Int>? {
        while position < line.upperBound && self[position] == 0x20 { position &+= 1 }
        guard position < line.upperBound else { return nil }
        let start = position
        while position < line.upperBound && self[position] != 0x20 { position &+= 1 }
        return start..<position
    }

    /// Whether the bytes of `range` are those of the literal.
    func equals(_ range: Range<Int>, _ literal: StaticString) -> Bool {
        guard range.count == literal.utf8CodeUnitCount else { return false }
        for offset in 0..<range.count
        where unsafe self[range.lowerBound + offset] != literal.utf8Start[offset] {
            return false
        }
        return true
    }

    /// Whether both ranges hold the same bytes.
    func equals(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        guard left.count == right.count else { return false }
        for offset in 0..<left.count
        where self[left.lowerBound + offset] != self[right.lowerBound + offset] {
            return false
        }
        return true
    }

    /// The bytes as text.
    func string(_ range: Range<Int>) -> String {
        unsafe String(
            decoding: UnsafeBufferPointer(start: address(of: range), count: range.count),
            as: UTF8.self)
    }

    /// The decimal number that a word spells; a word that spells none is our own mistake.
    func integer(_ range: Range<Int>) -> Int {
        var index = range.lowerBound
        let isNegative = self[index] == 0x2d
        if isNegative { index += 1 }
        precondition(index < range.upperBound, "a row lacks a number")
        var number = 0
        while index < range.upperBound {
            let digit = Int(self[index]) - 48
            precondition(digit >= 0 && digit <= 9, "a row has a number that is none")
            number = number * 10 + digit
            index += 1
        }
        return isNegative ? -number : number
    }
}
