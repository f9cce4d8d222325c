import Glibc

/// Owned bytes from outside: keys, names, addresses, replies.
///
/// `String` is for our own text; what users send is not promised to be UTF-8.
public struct ByteString: Hashable, Sendable {
    /// The bytes themselves; `bytes.span` borrows them.
    public var bytes: [UInt8]

    /// An empty string of bytes.
    @inlinable
    public init() { bytes = [] }

    /// Takes the bytes as they are.
    @inlinable
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Copies the borrowed bytes.
    @inlinable
    public init(_ span: Span<UInt8>) {
        bytes = unsafe span.withUnsafeBufferPointer { unsafe [UInt8]($0) }
    }

    /// The UTF-8 of our own text.
    @inlinable
    public init(_ text: some StringProtocol) { bytes = Array(text.utf8) }

    /// How many bytes.
    @inlinable
    public var count: Int { bytes.count }

    /// True when there is no byte.
    @inlinable
    public var isEmpty: Bool { bytes.isEmpty }

    /// The bytes as text for logs; what is not UTF-8 shows as replacement characters.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether the borrowed bytes are the same.
    @inlinable
    public func equals(_ span: Span<UInt8>) -> Bool { bytes.span.equals(span) }
}

extension ByteString {
    /// All bytes at once.
    @inlinable
    public func hash(into hasher: inout Hasher) {
        unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        hasher.combine(bytes.count)
    }
}

extension ByteString: Comparable {
    /// Order of the unsigned bytes, as memcmp has it; a prefix comes first.
    public static func < (left: ByteString, right: ByteString) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension ByteString: ExpressibleByStringLiteral, CustomStringConvertible {
    /// The UTF-8 of a literal.
    public init(stringLiteral value: StaticString) {
        bytes = unsafe Array(
            UnsafeBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount))
    }

    /// The same as `text`.
    public var description: String { text }
}

extension Span where Element == UInt8 {
    /// Whether both spans hold the same bytes.
    @inlinable
    public func equals(_ other: borrowing Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        return unsafe withUnsafeBufferPointer { left in
            unsafe other.withUnsafeBufferPointer { right in
                guard let first = left.baseAddress, let second = right.baseAddress else {
                    return true
                }
                return unsafe memcmp(first, second, left.count) == 0
            }
        }
    }

    /// Where `byte` is first found at `start` or later; `start` is at most `count`.
    @inlinable
    public func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        precondition(start >= 0 && start <= count, "a search begins within the span")
        return unsafe withUnsafeBufferPointer { bytes -> Int? in
            guard let base = bytes.baseAddress,
                let found = unsafe memchr(base + start, Int32(byte), bytes.count - start)
            else { return nil }
            return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }
    }

    /// Whether the bytes are those of the literal.
    @inlinable
    public func equals(_ literal: StaticString) -> Bool {
        guard count == literal.utf8CodeUnitCount else { return false }
        return unsafe withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return true }
            return unsafe memcmp(base, literal.utf8Start, bytes.count) == 0
        }
    }

    /// Whether the bytes are those of `lowercase`, ASCII letters compared without case.
    ///
    /// `lowercase` holds no upper-case letter: it is a name that we wrote.
    @inlinable
    public func equalsIgnoringCase(_ lowercase: StaticString) -> Bool {
        guard count == lowercase.utf8CodeUnitCount else { return false }
        for index in indices {
            let byte = unsafe self[unchecked: index]
            let folded = (byte >= 0x41 && byte <= 0x5a) ? byte | 0x20 : byte
            if unsafe folded != lowercase.utf8Start[index] { return false }
        }
        return true
    }

    /// The bytes as text for logs and messages of our own.
    @inlinable
    public var text: String {
        unsafe withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
