import Bytes

/// One reply (or out-of-band push) of a server, RESP2 or RESP3, owned.
///
/// Source: the RESP specification (redis.io/docs/reference/protocol-spec). RESP2's null bulk and
/// null array are both `null`; RESP3's blob error is `error`.
public indirect enum ReplyValue: Hashable, Sendable {
    /// `+text`.
    case simpleString(ByteString)
    /// `-CODE text` or a blob error, without the sign.
    case error(ByteString)
    /// `:number`.
    case integer(Int)
    /// `$count`, any bytes.
    case bulk(ByteString)
    /// `$-1`, `*-1` or `_`.
    case null
    /// `*count`.
    case array([ReplyValue])
    /// `%count`, pairs in the order of the wire.
    case map([ReplyPair])
    /// `~count`, elements in the order of the wire.
    case set([ReplyValue])
    /// `>count`, out of band: its first element names the kind.
    case push([ReplyValue])
    /// `,number`, with the text as it came.
    case double(Double, text: ByteString)
    /// `#t` or `#f`.
    case boolean(Bool)
    /// `(digits`.
    case bigNumber(ByteString)
    /// `=count`, `format` is the three letters before the colon.
    case verbatim(ByteString, format: ByteString)
    /// `|count` and the value that it describes.
    case attribute([ReplyPair], of: ReplyValue)

    /// The text of a simple string, bulk or verbatim string.
    public var bytes: ByteString? {
        switch self {
        case .simpleString(let bytes), .bulk(let bytes), .verbatim(let bytes, _): bytes
        case .attribute(_, let value): value.bytes
        case .error, .integer, .null, .array, .map, .set, .push, .double, .boolean, .bigNumber: nil
        }
    }

    /// An integer reply, or a string that spells one.
    public var integer: Int? {
        switch self {
        case .integer(let number): number
        case .attribute(_, let value): value.integer
        case .simpleString, .error, .bulk, .null, .array, .map, .set, .push, .double, .boolean,
            .bigNumber, .verbatim:
            bytes.flatMap { DecimalText.parse($0.bytes.span) }
        }
    }

    /// The elements of an array, set or push.
    public var elements: [ReplyValue]? {
        switch self {
        case .array(let elements), .set(let elements), .push(let elements): elements
        case .attribute(_, let value): value.elements
        case .simpleString, .error, .integer, .bulk, .null, .map, .double, .boolean, .bigNumber,
            .verbatim:
            nil
        }
    }

    /// The text of an error reply, its code first.
    public var errorText: ByteString? {
        if case .error(let text) = self { return text }
        return nil
    }

    /// Whether the reply came out of band.
    public var isPush: Bool {
        if case .push = self { return true }
        return false
    }

    /// A bulk string of our own text.
    public static func bulk(text: some StringProtocol) -> ReplyValue { .bulk(ByteString(text)) }
}

/// One key and its value in a map or an attribute.
public struct ReplyPair: Hashable, Sendable {
    /// The key, of any type.
    public var key: ReplyValue
    /// What it maps to.
    public var value: ReplyValue

    /// Both parts.
    public init(_ key: ReplyValue, _ value: ReplyValue) {
        self.key = key
        self.value = value
    }
}
