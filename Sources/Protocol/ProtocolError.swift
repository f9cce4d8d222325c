/// What makes a byte stream no request stream; the connection is closed after the reply.
///
/// The texts are those of Redis 7.2, sent as `-ERR Protocol error: <text>`.
public enum ProtocolError: Error, Equatable, Sendable {
    /// A line without `*` grew past the limit without an end.
    case inlineTooBig
    /// Quotes of an inline command do not close.
    case unbalancedQuotes
    /// The line after `*` does not end.
    case multibulkCountTooBig
    /// The number after `*` is no number, or too large.
    case invalidMultibulkLength
    /// More arguments than a client may send before it has authenticated.
    case unauthenticatedMultibulkLength
    /// The line after `$` does not end.
    case bulkCountTooBig
    /// An argument does not begin with `$`.
    case expectedDollar(got: UInt8)
    /// The number after `$` is no number, negative, or above `proto-max-bulk-len`.
    case invalidBulkLength
    /// A longer argument than a client may send before it has authenticated.
    case unauthenticatedBulkLength

    /// The text of Redis 7.2, without the leading `ERR Protocol error: `.
    ///
    /// One byte of it may come from the client.
    public var text: [UInt8] {
        switch self {
        case .inlineTooBig: Array("too big inline request".utf8)
        case .unbalancedQuotes: Array("unbalanced quotes in request".utf8)
        case .multibulkCountTooBig: Array("too big mbulk count string".utf8)
        case .invalidMultibulkLength: Array("invalid multibulk length".utf8)
        case .unauthenticatedMultibulkLength: Array("unauthenticated multibulk length".utf8)
        case .bulkCountTooBig: Array("too big bulk count string".utf8)
        case .expectedDollar(let got):
            Array("expected '$', got '".utf8) + [got == 0x0d || got == 0x0a ? 0x20 : got, 0x27]
        case .invalidBulkLength: Array("invalid bulk length".utf8)
        case .unauthenticatedBulkLength: Array("unauthenticated bulk length".utf8)
        }
    }
}
