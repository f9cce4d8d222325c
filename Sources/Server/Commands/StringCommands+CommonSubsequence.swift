import Bytes
import Determinism
import Protocol
import Storage

// LCS: the longest common subsequence of two strings, by the table of all prefixes.
//
// The table has a cell of four bytes for each pair of prefixes; it may not pass the limit for one
// string, `proto-max-bulk-len`. Walking back from its last cell gives the subsequence and its
// ranges, last range first, as clients expect them.

extension StringCommands {
    /// Answers `LCS key1 key2 [LEN] [IDX] [MINMATCHLEN length] [WITHMATCHLEN]`.
    public static func lcs(
        _ request: borrowing Request, _ database: inout Database, _ settings: CommandSettings,
        _ reply: inout ReplyWriter
    ) {
        guard let first = string(request[1], request.now, &database),
            let second = string(request[2], request.now, &database)
        else { return reply.error("ERR The specified keys must contain string values") }
        guard let options = SubsequenceOptions(request, &reply) else { return }
        if options.wantsLength && options.wantsRanges {
            return reply.error(
                "ERR If you want both the length and indexes, please just use IDX.")
        }
        let longest = Int(UInt32.max) - 1
        if first.count >= longest || second.count >= longest {
            return reply.error("ERR String too long for LCS")
        }
        let (cells, overflows) = (first.count + 1).multipliedReportingOverflow(
            by: second.count + 1)
        if overflows || cells > settings.longestString / 4 {
            return reply.error(
                """
                ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len
                """)
        }
        let table = SubsequenceTable(first.bytes, second.bytes)
        if options.wantsRanges {
            let ranges = table.ranges().filter { $0.count >= options.shortestRange }
            reply.map(count: 2)
            reply.bulk("matches")
            reply.array(count: ranges.count)
            for range in ranges {
                reply.array(count: options.wantsRangeLengths ? 3 : 2)
                for start in [range.first, range.second] {
                    reply.array(count: 2)
                    reply.integer(start)
                    reply.integer(start + range.count - 1)
                }
                if options.wantsRangeLengths { reply.integer(range.count) }
            }
            reply.bulk("len")
            reply.integer(table.length)
        } else if options.wantsLength {
            reply.integer(table.length)
        } else {
            reply.bulk(ByteString(table.subsequence()))
        }
    }

    /// A copy of the string at `key`; empty when there is none, nil when it is no string.
    private static func string(
        _ key: Span<UInt8>, _ now: UnixTime, _ database: inout Database
    ) -> ByteString? {
        guard let value = database.find(key, at: now, .read) else { return ByteString() }
        return value.kind == .string ? value.withBytes { ByteString($0) } : nil
    }
}

/// What LCS is asked for beyond the subsequence itself.
private struct SubsequenceOptions {
    var wantsLength = false
    var wantsRanges = false
    var wantsRangeLengths = false
    var shortestRange = 0

    init?(_ request: borrowing Request, _ reply: inout ReplyWriter) {
        var index = 3
        while index < request.count {
            let option = request[index]
            if option.equalsIgnoringCase("idx") {
                wantsRanges = true
            } else if option.equalsIgnoringCase("len") {
                wantsLength = true
            } else if option.equalsIgnoringCase("withmatchlen") {
                wantsRangeLengths = true
            } else if option.equalsIgnoringCase("minmatchlen") && index + 1 < request.count {
                guard let least = reply.integerArgument(request, index + 1) else { return nil }
                shortestRange = max(least, 0)
                index += 1
            } else {
                reply.syntaxError()
                return nil
            }
            index += 1
        }
    }
}

/// The lengths of the longest common subsequences of all pairs of prefixes.
private struct SubsequenceTable {
    /// Bytes that both strings have in a row, at these offsets.
    struct Match {
        var first: Int
        var second: Int
        var count: Int
    }

    private let first: [UInt8]
    private let second: [UInt8]
    private let width: Int
    private var cells: [UInt32]

    /// O(first × second) time and room.
    init(_ first: [UInt8], _ second: [UInt8]) {
        self.first = first
        self.second = second
        width = second.count + 1
        cells = [UInt32](repeating: 0, count: (first.count + 1) * width)
        for row in 0..<first.count {
            let byte = first[row]
            let (above, here) = (row * width, (row + 1) * width)
            for column in 0..<second.count {
                cells[here + column + 1] =
                    byte == second[column]
                    ? cells[above + column] + 1
                    : max(cells[above + column + 1], cells[here + column])
            }
        }
    }

    var length: Int { Int(cells[cells.count - 1]) }

    /// The subsequence itself.
    func subsequence() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length)
        walk { row, _ in bytes.append(first[row]) }
        return bytes.reversed()
    }

    /// The subsequence as matching ranges, the last one first.
    func ranges() -> [Match] {
        var matches: [Match] = []
        walk { row, column in
            if let open = matches.last, open.first == row + 1 && open.second == column + 1 {
                matches[matches.count - 1] = Match(
                    first: row, second: column, count: open.count + 1)
            } else {
                matches.append(Match(first: row, second: column, count: 1))
            }
        }
        return matches
    }

    /// Visits the pairs of equal bytes from the last to the first.
    private func walk(_ visit: (_ row: Int, _ column: Int) -> Void) {
        var (row, column) = (first.count, second.count)
        while row > 0 && column > 0 {
            if first[row - 1] == second[column - 1] {
                row -= 1
                column -= 1
                visit(row, column)
            } else if cells[(row - 1) * width + column] > cells[row * width + column - 1] {
                row -= 1
            } else {
                column -= 1
            }
        }
    }
}
