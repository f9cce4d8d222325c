import Bytes

/// Finds the arguments of requests in a client's byte stream: RESP arrays of bulk strings, or
/// inline commands (the protocol specification, "Sending commands to a Redis server").
///
/// Nothing is copied: a parsed request is a list of ranges counted from its first byte. A request
/// that is still incomplete is looked at again when more bytes are there; one with many arguments
/// leaves its ranges in `kept`, so that a slow sender costs linear work.
public struct RequestParser: Sendable {
    /// What was found at the front of the bytes.
    public enum Outcome: Equatable, Sendable {
        /// A request of `length` bytes; its ranges are the last `argumentCount` of the arena.
        case request(length: Int, argumentCount: Int)
        /// An inline command: `length` bytes with the arguments given, quotes and escapes undone.
        case inline(length: Int, arguments: [ByteString])
        /// Nothing to execute in `length` bytes: an empty line, `*0`.
        case nothing(length: Int)
        /// More bytes are needed, at least `missing` of them.
        case incomplete(missing: Int)
        /// The stream is broken for good.
        case failure(ProtocolError)
    }

    /// From how many parsed arguments on an incomplete request keeps them.
    @usableFromInline static var keepingThreshold: Int { 64 }

    @usableFromInline var kept: Kept?

    /// What was parsed of an incomplete request with many arguments.
    @usableFromInline
    struct Kept: Sendable {
        @usableFromInline var ranges: [ArgumentRange]
        @usableFromInline var argumentCount: Int
        @usableFromInline var scanned: Int
        @usableFromInline
        init(ranges: [ArgumentRange], argumentCount: Int, scanned: Int) {
            self.ranges = ranges
            self.argumentCount = argumentCount
            self.scanned = scanned
        }
    }

    /// A parser at the beginning of a stream.
    public init() {}

    /// Parses one request at the front of `bytes`, which has `InputBuffer.padding` readable bytes
    /// after its end.
    ///
    /// Ranges go to the end of `arena`; they are taken back unless a request is found.
    @unsafe @inlinable
    public mutating func parse(
        _ bytes: UnsafePointer<UInt8>, count: Int, limits: RequestLimits,
        into arena: inout RangeArena
    ) -> Outcome {
        if count == 0 { return .incomplete(missing: 1) }
        if unsafe bytes[0] != 0x2a { return unsafe parseInline(bytes, count: count) }
        let firstRange = arena.count
        var at = 1
        var arguments = 0
        var remaining: Int
        if let kept {
            at = kept.scanned
            remaining = kept.argumentCount - kept.ranges.count
            arguments = kept.argumentCount
            for range in kept.ranges { arena.append(range) }
        } else {
            switch unsafe RequestParser.number(bytes, &at, count) {
            case .value(let value):
                if value > RequestLimits.maximumArgumentCount {
                    return .failure(.invalidMultibulkLength)
                }
                if limits.isUnauthenticated && value > RequestLimits.unauthenticatedArgumentCount {
                    return .failure(.unauthenticatedMultibulkLength)
                }
                if value <= 0 { return .nothing(length: at) }
                remaining = value
                arguments = value
            case .unfinished(let length):
                return length > RequestLimits.maximumLineLength
                    ? .failure(.multibulkCountTooBig) : .incomplete(missing: 1)
            case .invalid:
                return .failure(.invalidMultibulkLength)
            }
        }
        while remaining > 0 {
            let argumentStart = at
            if at >= count {
                return suspend(arguments, argumentStart, 1, &arena, from: firstRange)
            }
            let mark = unsafe bytes[at]
            var cursor = at &+ 1
            // Redis looks for the end of the line first, then at the mark.
            let length: Int
            switch unsafe RequestParser.number(bytes, &cursor, count) {
            case .value(let value):
                if mark != 0x24 { return fail(.expectedDollar(got: mark), &arena, firstRange) }
                length = value
            case .invalid:
                if mark != 0x24 { return fail(.expectedDollar(got: mark), &arena, firstRange) }
                return fail(.invalidBulkLength, &arena, firstRange)
            case .unfinished(let lineLength):
                if lineLength > RequestLimits.maximumLineLength {
                    return fail(.bulkCountTooBig, &arena, firstRange)
                }
                return suspend(arguments, argumentStart, 1, &arena, from: firstRange)
            }
            if length < 0 || length > limits.maximumBulkLength {
                return fail(.invalidBulkLength, &arena, firstRange)
            }
            if limits.isUnauthenticated && length > RequestLimits.unauthenticatedBulkLength {
                return fail(.unauthenticatedBulkLength, &arena, firstRange)
            }
            let end = cursor &+ length &+ 2
            if end > count {
                return suspend(arguments, argumentStart, end &- count, &arena, from: firstRange)
            }
            arena.append(ArgumentRange(offset: cursor, count: length))
            at = end
            remaining &-= 1
        }
        if kept != nil { kept = nil }
        return .request(length: at, argumentCount: arguments)
    }

    @usableFromInline
    enum Number {
        case value(Int)
        case unfinished(length: Int)
        case invalid
    }

    /// Reads a canonical decimal up to the line's end and moves `at` past CR LF.
    @unsafe @inlinable
    @inline(__always)
    static func number(_ bytes: UnsafePointer<UInt8>, _ at: inout Int, _ count: Int) -> Number {
        // One to three digits and CR LF: nearly every header that there is.
        if at &+ 3 <= count {
            let first = unsafe bytes[at] &- 48
            if first <= 9 {
                if unsafe bytes[at &+ 1] == 0x0d {
                    at &+= 3
                    return .value(Int(first))
                }
                let second = unsafe bytes[at &+ 1] &- 48
                let third = unsafe bytes[at &+ 2]
                if second <= 9 && first != 0 && at &+ 4 <= count && third == 0x0d {
                    at &+= 4
                    return .value(Int(first) &* 10 &+ Int(second))
                }
            }
        }
        return unsafe longNumber(bytes, &at, count)
    }

    @unsafe @usableFromInline
    @inline(never)
    static func longNumber(_ bytes: UnsafePointer<UInt8>, _ at: inout Int, _ count: Int) -> Number {
        var end = at
        while unsafe end < count && bytes[end] != 0x0d { end += 1 }
        // The line feed must be there too before the line counts as finished.
        if end + 1 >= count {
            return .unfinished(length: end == count ? count - at + 1 : 0)
        }
        let text = unsafe Span(_unsafeStart: bytes + at, count: end - at)
        guard let value = DecimalText.parse(text) else { return .invalid }
        at = end + 2
        return .value(value)
    }

    @usableFromInline
    @inline(never)
    mutating func suspend(
        _ argumentCount: Int, _ scanned: Int, _ missing: Int, _ arena: inout RangeArena,
        from firstRange: Int
    ) -> Outcome {
        let parsed = arena.count - firstRange
        if parsed >= Self.keepingThreshold {
            let already = kept?.ranges.count ?? 0
            var ranges = kept?.ranges ?? []
            kept = nil
            for index in already..<parsed { ranges.append(arena[firstRange + index]) }
            kept = Kept(ranges: ranges, argumentCount: argumentCount, scanned: scanned)
        }
        arena.truncate(to: firstRange)
        return .incomplete(missing: missing)
    }

    @usableFromInline
    @inline(never)
    mutating func fail(
        _ error: ProtocolError, _ arena: inout RangeArena, _ firstRange: Int
    ) -> Outcome {
        arena.truncate(to: firstRange)
        kept = nil
        return .failure(error)
    }

    @unsafe @usableFromInline
    @inline(never)
    func parseInline(_ bytes: UnsafePointer<UInt8>, count: Int) -> Outcome {
        var end = 0
        while unsafe end < count && bytes[end] != 0x0a { end += 1 }
        if end == count {
            return count > RequestLimits.maximumLineLength
                ? .failure(.inlineTooBig) : .incomplete(missing: 1)
        }
        var length = end
        if length > 0, unsafe bytes[length - 1] == 0x0d { length -= 1 }
        let line = unsafe Span(_unsafeStart: bytes, count: length)
        guard let words = QuotedWords.split(line) else { return .failure(.unbalancedQuotes) }
        return words.isEmpty
            ? .nothing(length: end + 1) : .inline(length: end + 1, arguments: words)
    }
}
