/// Where one argument lies, in bytes from the first byte of its request.
public struct ArgumentRange: Sendable {
    /// Offset of the first byte.
    public var offset: Int
    /// How many bytes.
    public var count: Int

    /// Both parts.
    @inlinable
    public init(offset: Int, count: Int) {
        self.offset = offset
        self.count = count
    }
}
