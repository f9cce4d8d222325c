import Bytes
import Determinism

/// One command as it lies in a buffer: a borrowed view of its arguments, nothing copied.
///
/// `request[0]` is the command's name as the client wrote it. The view must not outlive the buffer
/// that it looks into; an `OwnedRequest` is what may be kept (MULTI, blocked clients).
@safe public struct Request: ~Escapable, Copyable {
    @usableFromInline let base: UnsafePointer<UInt8>
    @usableFromInline let ranges: UnsafePointer<ArgumentRange>
    /// How many arguments, the name included; at least 1.
    public let count: Int
    /// When the turn that executes the command began; expiry is judged by it.
    public let now: UnixTime

    /// A view of `count` ranges that are offsets from `base`.
    ///
    /// The caller keeps both alive and unchanged while the view is in use.
    @unsafe @inlinable
    @_lifetime(immortal)
    public init(
        base: UnsafePointer<UInt8>, ranges: UnsafePointer<ArgumentRange>, count: Int, now: UnixTime
    ) {
        unsafe self.base = base
        unsafe self.ranges = ranges
        self.count = count
        self.now = now
    }

    /// The bytes of argument `index`.
    @inlinable
    public subscript(_ index: Int) -> Span<UInt8> {
        @inline(__always)
        @_lifetime(copy self)
        get {
            precondition(index >= 0 && index < count, "an argument's index is below the count")
            let range = unsafe ranges[index]
            let span = unsafe Span(_unsafeStart: base + range.offset, count: range.count)
            return unsafe _overrideLifetime(span, copying: self)
        }
    }

    /// A copy of argument `index`.
    @inlinable
    public func owned(_ index: Int) -> ByteString { ByteString(self[index]) }

    /// Argument `index` as a canonical decimal integer; nil when it is none.
    @inlinable
    public func integer(_ index: Int) -> Int? { DecimalText.parse(self[index]) }
}

/// A command that is kept: its bytes and the ranges of its arguments.
public struct OwnedRequest: Hashable, Sendable {
    /// The arguments, the name first.
    public let arguments: [ByteString]

    /// The arguments as they are; there is at least one.
    public init(_ arguments: [ByteString]) { self.arguments = arguments }

    /// A copy of what `request` looks at.
    public init(_ request: borrowing Request) {
        var arguments: [ByteString] = []
        arguments.reserveCapacity(request.count)
        for index in 0..<request.count { arguments.append(request.owned(index)) }
        self.arguments = arguments
    }

    /// Lends the command as a `Request`.
    ///
    /// O(bytes): the arguments are laid out side by side.
    public func withRequest<Result>(
        at now: UnixTime, _ body: (borrowing Request) throws -> Result
    ) rethrows -> Result {
        var bytes: [UInt8] = []
        var ranges: [ArgumentRange] = []
        bytes.reserveCapacity(arguments.reduce(8) { $0 + $1.count })
        ranges.reserveCapacity(arguments.count)
        for argument in arguments {
            ranges.append(ArgumentRange(offset: bytes.count, count: argument.count))
            bytes.append(contentsOf: argument.bytes)
        }
        // Eight spare bytes: readers may load a whole word at the last argument.
        bytes.append(contentsOf: repeatElement(0, count: 8))
        return try unsafe bytes.withUnsafeBufferPointer { bytes in
            try unsafe ranges.withUnsafeBufferPointer { ranges in
                guard let base = bytes.baseAddress, let first = ranges.baseAddress else {
                    preconditionFailure("a request has at least its name")
                }
                return try unsafe body(
                    Request(base: base, ranges: first, count: ranges.count, now: now))
            }
        }
    }
}
