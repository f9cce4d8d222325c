// Reads replies, piece by piece, as they arrive.
//
// An element is consumed from the buffer as soon as it is whole; what is begun (arrays inside
// arrays) waits on a stack, so that no byte is parsed twice:
//
//     bytes --line--> scalar ------------------+--> innermost open aggregate --full--> pop, offer
//              \----> aggregate header: push   |                                        it again
//               \---> bulk header: wait for    |
//                     its bytes ---------------+--> no aggregate open: the reply
//
// Invariants: the stack is never deeper than the limit; a frame holds only elements that arrived,
// so a header that promises a billion of them reserves nothing; after an error the parser answers
// with the same error for ever, since the stream has lost its frame.

import Bytes

/// What a peer may send at most.
public struct ReplyLimits: Sendable {
    /// Bytes of a line without its end: simple strings, errors, numbers, headers.
    public var lineLength = 65_536
    /// Bytes of one bulk string.
    public var bulkLength = 536_870_912
    /// Aggregates inside each other.
    public var depth = 64
    /// Elements of one reply, those of inner aggregates included.
    public var elementCount = 1 << 31

    /// The limits of a client that trusts its server as redis-cli does.
    public static let standard = ReplyLimits()

    /// The standard limits, to be changed.
    public init() {}
}

/// Why bytes are not a reply.
public enum ReplyError: Error, Hashable, Sendable {
    /// The first byte of an element is no type of RESP2 or RESP3.
    case unknownType(UInt8)
    /// A line, a bulk, a nesting or a count passes `ReplyLimits`.
    case limitPassed
    /// A number, length or terminator is not spelled as RESP demands.
    case malformed
}

/// Incremental parser of RESP2 and RESP3 replies.
public struct ReplyParser: ~Copyable {
    private struct Frame {
        var kind: UInt8
        /// Elements still to come: twice the pairs, and for an attribute the value after them.
        var remaining: Int
        var elements: [ReplyValue]
    }

    /// The limits it enforces.
    public let limits: ReplyLimits
    private var stack: [Frame] = []
    private var elementCount = 0
    /// Bytes of the buffer known to hold no line feed.
    private var scanned = 0
    private var failure: ReplyError?

    /// A parser at the start of a stream.
    public init(limits: ReplyLimits = .standard) { self.limits = limits }

    /// True between two replies: nothing of one has been consumed.
    public var isIdle: Bool { stack.isEmpty }

    /// Forgets what was begun: the connection is a new one.
    public mutating func reset() {
        stack = []
        elementCount = 0
        scanned = 0
        failure = nil
    }

    /// The next whole reply, consumed from `input`; nil when more bytes are needed.
    ///
    /// `input` is always the same buffer and only grows between calls that answer nil.
    public mutating func next(from input: inout InputBuffer) throws(ReplyError) -> ReplyValue? {
        if let failure { throw failure }
        do {
            while let element = try element(from: &input) {
                if let reply = try offer(element) { return reply }
            }
            return nil
        } catch {
            failure = error
            throw error
        }
    }

    private enum Element {
        case scalar(ReplyValue)
        case aggregate(kind: UInt8, count: Int)
    }

    /// Consumes one scalar or one aggregate header.
    private mutating func element(from input: inout InputBuffer) throws(ReplyError) -> Element? {
        guard let end = try lineEnd(of: input) else { return nil }
        let kind = input.readable[0]
        switch kind {
        case 0x24, 0x21, 0x3d:  // $ ! =
            return try bulk(kind: kind, header: end, from: &input).map { .scalar($0) }
        case 0x2a, 0x25, 0x7e, 0x3e, 0x7c:  // * % ~ > |
            guard let count = DecimalText.parse(input.readable.extracting(1..<end)) else {
                throw .malformed
            }
            consumeLine(end, from: &input)
            if count == -1 && kind == 0x2a { return .scalar(.null) }
            if count < 0 { throw .malformed }
            return .aggregate(kind: kind, count: count)
        default:
            let value = try scalar(kind: kind, text: input.readable.extracting(1..<end))
            consumeLine(end, from: &input)
            return .scalar(value)
        }
    }

    private func scalar(kind: UInt8, text: Span<UInt8>) throws(ReplyError) -> ReplyValue {
        switch kind {
        case 0x2b: return .simpleString(ByteString(text))  // +
        case 0x2d: return .error(ByteString(text))  // -
        case 0x3a:  // :
            guard let number = DecimalText.parse(text) else { throw .malformed }
            return .integer(number)
        case 0x5f:  // _
            guard text.count == 0 else { throw .malformed }
            return .null
        case 0x23:  // #
            guard text.count == 1, text[0] == 0x74 || text[0] == 0x66 else { throw .malformed }
            return .boolean(text[0] == 0x74)
        case 0x2c:  // ,
            guard let number = Double(text.text) else { throw .malformed }
            return .double(number, text: ByteString(text))
        case 0x28:  // (
            guard ReplyParser.isBigNumber(text) else { throw .malformed }
            return .bigNumber(ByteString(text))
        default: throw .unknownType(kind)
        }
    }

    private mutating func bulk(
        kind: UInt8, header: Int, from input: inout InputBuffer
    ) throws(ReplyError) -> ReplyValue? {
        guard let count = DecimalText.parse(input.readable.extracting(1..<header)) else {
            throw .malformed
        }
        if count == -1 && kind == 0x24 {
            consumeLine(header, from: &input)
            return .null
        }
        if count < 0 { throw .malformed }
        if count > limits.bulkLength { throw .limitPassed }
        let first = header + 2
        guard input.count >= first + count + 2 else { return nil }
        guard input.readable[first + count] == 0x0d, input.readable[first + count + 1] == 0x0a
        else { throw .malformed }
        let value = try ReplyParser.value(
            kind: kind, bytes: input.readable.extracting(first..<(first + count)))
        input.consume(first + count + 2)
        scanned = 0
        return value
    }

    private static func value(kind: UInt8, bytes: Span<UInt8>) throws(ReplyError) -> ReplyValue {
        switch kind {
        case 0x21: return .error(ByteString(bytes))
        case 0x3d:
            guard bytes.count >= 4, bytes[3] == 0x3a else { throw .malformed }
            return .verbatim(
                ByteString(bytes.extracting(4..<bytes.count)),
                format: ByteString(bytes.extracting(0..<3)))
        default: return .bulk(ByteString(bytes))
        }
    }

    /// Puts `element` where it belongs; answers the reply that it completes, if it does.
    private mutating func offer(_ element: Element) throws(ReplyError) -> ReplyValue? {
        elementCount += 1
        if elementCount > limits.elementCount { throw .limitPassed }
        var value: ReplyValue
        switch element {
        case .scalar(let scalar): value = scalar
        case .aggregate(let kind, let count):
            if count > limits.elementCount { throw .limitPassed }
            var remaining = count
            if kind == 0x25 || kind == 0x7c { remaining *= 2 }
            if kind == 0x7c { remaining += 1 }
            if remaining > 0 {
                if stack.count >= limits.depth { throw .limitPassed }
                stack.append(Frame(kind: kind, remaining: remaining, elements: []))
                return nil
            }
            value = ReplyParser.aggregate(kind, [])
        }
        while let last = stack.indices.last {
            stack[last].elements.append(value)
            stack[last].remaining -= 1
            if stack[last].remaining > 0 { return nil }
            value = ReplyParser.aggregate(stack[last].kind, stack[last].elements)
            stack.removeLast()
        }
        elementCount = 0
        return value
    }

    private static func aggregate(_ kind: UInt8, _ elements: [ReplyValue]) -> ReplyValue {
        switch kind {
        case 0x25: return .map(pairs(elements))
        case 0x7e: return .set(elements)
        case 0x3e: return .push(elements)
        case 0x7c: return .attribute(pairs(elements), of: elements.last ?? .null)
        default: return .array(elements)
        }
    }

    private static func pairs(_ elements: [ReplyValue]) -> [ReplyPair] {
        stride(from: 0, to: elements.count / 2 * 2, by: 2).map {
            ReplyPair(elements[$0], elements[$0 + 1])
        }
    }

    /// Offset of the CR that ends the first line; nil while it has not arrived.
    private mutating func lineEnd(of input: borrowing InputBuffer) throws(ReplyError) -> Int? {
        let readable = input.readable
        var index = scanned
        while index < readable.count {
            if readable[index] == 0x0a {
                guard index >= 2, readable[index - 1] == 0x0d else { throw .malformed }
                scanned = index
                return index - 1
            }
            index += 1
            if index > limits.lineLength + 3 { throw .limitPassed }
        }
        scanned = index
        return nil
    }

    private mutating func consumeLine(_ end: Int, from input: inout InputBuffer) {
        input.consume(end + 2)
        scanned = 0
    }

    private static func isBigNumber(_ text: Span<UInt8>) -> Bool {
        let first = text.count > 0 && (text[0] == 0x2d || text[0] == 0x2b) ? 1 : 0
        guard text.count > first else { return false }
        for index in first..<text.count where text[index] < 0x30 || text[index] > 0x39 {
            return false
        }
        return true
    }
}
