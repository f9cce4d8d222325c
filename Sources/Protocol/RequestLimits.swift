/// The limits that a request stream is held to.
public struct RequestLimits: Sendable {
    /// The longest argument in bytes (`proto-max-bulk-len`).
    public var maximumBulkLength: Int
    /// Whether the client may be anybody: then an argument has at most 16 KiB, a request 10 arguments.
    public var isUnauthenticated: Bool

    /// The longest line: an inline command, or the number after `*` or `$`.
    ///
    /// Bytes.
    @inlinable
    public static var maximumLineLength: Int { 64 * 1024 }
    /// The most arguments of one request.
    @inlinable
    public static var maximumArgumentCount: Int { Int(Int32.max) }
    /// The most arguments before authentication.
    @inlinable
    public static var unauthenticatedArgumentCount: Int { 10 }
    /// The longest argument before authentication, in bytes.
    @inlinable
    public static var unauthenticatedBulkLength: Int { 16_384 }

    /// Both limits; Redis's default is 512 MiB.
    public init(maximumBulkLength: Int = 512 * 1024 * 1024, isUnauthenticated: Bool = false) {
        self.maximumBulkLength = maximumBulkLength
        self.isUnauthenticated = isUnauthenticated
    }
}
