import Bytes
import Determinism
import Protocol
import Storage

/// KEYS and SCAN.
public enum ScanCommands {
    /// Answers `KEYS pattern`.
    public static func keys(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        let pattern = request.owned(1)
        let takesAll = pattern == "*"
        let mark = reply.beginCollection()
        var count = 0
        database.forEachKey(at: request.now) { key, _ in
            guard takesAll || GlobPattern.matches(pattern.bytes.span, key) else { return }
            reply.bulk(key)
            count += 1
        }
        reply.endCollection(.array, mark: mark, count: count)
    }

    /// Answers `SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]`.
    public static func scan(
        _ request: borrowing Request, _ database: inout Database, _ reply: inout ReplyWriter
    ) {
        guard let start = ScanCursor.parse(request[1]) else {
            return reply.error("ERR invalid cursor")
        }
        guard let options = ScanOptions(request, from: 2, &reply) else { return }
        var found: [(key: ByteString, expires: Bool)] = []
        // A master meets keys whose time has passed too, to remove them: looking a key up does
        // that, so it waits for the walk to end.
        let policy = database.expiryPolicy
        if policy == .remove { database.expiryPolicy = .ignore }
        let next = database.scan(cursor: start, count: options.count, at: request.now) {
            key, value in
            if options.matches(key, value.kind) {
                found.append((ByteString(key), value.hasExpiry))
            }
        }
        database.expiryPolicy = policy
        let now = request.now
        found.removeAll { key, expires in
            expires && database.find(key.bytes.span, at: now, .peek) == nil
        }
        reply.array(count: 2)
        reply.bulk(text: String(next))
        reply.array(count: found.count)
        for (key, _) in found { reply.bulk(key) }
    }
}

/// The cursors of the SCAN family: unsigned, as strtoul reads them.
enum ScanCursor {
    /// The cursor that `text` names; the empty text is zero, a minus sign wraps around.
    static func parse(_ text: Span<UInt8>) -> UInt64? {
        var index = 0
        var isNegative = false
        if text.count > 1, text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+") {
            isNegative = text[0] == UInt8(ascii: "-")
            index = 1
        }
        var cursor: UInt64 = 0
        while index < text.count {
            let digit = text[index] &- 48
            if digit > 9 { return nil }
            let (product, overflows) = cursor.multipliedReportingOverflow(by: 10)
            let (sum, carries) = product.addingReportingOverflow(UInt64(digit))
            if overflows || carries { return nil }
            cursor = sum
            index += 1
        }
        return isNegative ? 0 &- cursor : cursor
    }
}

/// MATCH, COUNT and TYPE.
private struct ScanOptions {
    var count = 10
    var pattern: ByteString?
    var filtersKind = false
    /// The kind that is wanted; nil for a name that no kind has: nothing matches it.
    var kind: ValueKind?

    init?(_ request: borrowing Request, from first: Int, _ reply: inout ReplyWriter) {
        var index = first
        while index < request.count {
            let option = request[index]
            guard index + 1 < request.count else {
                reply.syntaxError()
                return nil
            }
            if option.equalsIgnoringCase("count") {
                guard let number = reply.integerArgument(request, index + 1) else { return nil }
                if number < 1 {
                    reply.syntaxError()
                    return nil
                }
                count = number
            } else if option.equalsIgnoringCase("match") {
                let given = request.owned(index + 1)
                pattern = given == "*" ? nil : given
            } else if option.equalsIgnoringCase("type") {
                filtersKind = true
                kind = ScanOptions.kind(request[index + 1])
            } else {
                reply.syntaxError()
                return nil
            }
            index += 2
        }
    }

    func matches(_ key: Span<UInt8>, _ kind: ValueKind) -> Bool {
        if filtersKind && self.kind != kind { return false }
        guard let pattern else { return true }
        return GlobPattern.matches(pattern.bytes.span, key)
    }

    private static func kind(_ name: Span<UInt8>) -> ValueKind? {
        let kinds: [ValueKind] = [.string, .list, .set, .sortedSet, .hash, .stream]
        return kinds.first { name.equalsIgnoringCase($0.name) }
    }
}
