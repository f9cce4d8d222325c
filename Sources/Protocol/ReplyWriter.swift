import Bytes
import Glibc

/// Which version of the protocol a client has chosen with HELLO.
public enum ProtocolVersion: UInt8, Sendable {
    /// The version that every connection begins with.
    case resp2 = 2
    /// Maps, sets, doubles, pushes and the like as types of their own.
    case resp3 = 3
}

/// Writes replies in the client's version of the protocol to the end of its output.
///
/// What RESP3 has types for and RESP2 has not is written as Redis 7.2 does: a map as an array of
/// twice the length, a set as an array, a double as a bulk string, a boolean as 0 or 1.
public struct ReplyWriter: ~Copyable {
    /// Replies that have not been sent yet.
    public var output: OutputBuffer
    /// The version that the client speaks.
    public var version: ProtocolVersion
    /// How many errors were written since the start; the caller compares before and after a command.
    public var errorCount: Int
    /// Once `output` holds so many bytes, it will not be sent: a command with a long reply may stop.
    public var limit = Int.max

    /// A writer with an empty output.
    public init(version: ProtocolVersion = .resp2) {
        output = OutputBuffer()
        self.version = version
        errorCount = 0
    }

    /// Whether more would be written in vain.
    @inlinable
    public var isBeyondLimit: Bool { output.count >= limit }

    // MARK: Simple replies

    /// `+OK`.
    @inlinable
    public mutating func ok() { output.append("+OK\r\n") }

    /// A simple string that we wrote: no CR or LF in it.
    public mutating func simple(_ text: StaticString) {
        output.append(0x2b)
        output.append(text)
        output.append("\r\n")
    }

    /// A simple string of our own text: no CR or LF in it.
    public mutating func simple(text: String) {
        output.append(0x2b)
        output.append(text: text)
        output.append("\r\n")
    }

    /// An error with its code, without the leading `-`: `ERR syntax error`.
    public mutating func error(_ text: StaticString) {
        errorCount &+= 1
        output.append(0x2d)
        output.append(text)
        output.append("\r\n")
    }

    /// An error that holds bytes from outside: CR and LF become blanks.
    public mutating func error(bytes: [UInt8]) {
        errorCount &+= 1
        output.append(0x2d)
        for byte in bytes { output.append(byte == 0x0d || byte == 0x0a ? 0x20 : byte) }
        output.append("\r\n")
    }

    /// An error of our own text; CR and LF become blanks.
    public mutating func error(text: String) { error(bytes: Array(text.utf8)) }

    /// An integer.
    @inlinable
    public mutating func integer(_ value: Int) {
        output.append(0x3a)
        output.append(decimal: value)
        output.append("\r\n")
    }

    // MARK: Strings

    /// A bulk string.
    @inlinable
    public mutating func bulk(_ bytes: Span<UInt8>) {
        let count = bytes.count
        // `$`, the length and two line ends: at most 26 bytes beside the string.
        let place = unsafe output.extend(by: count &+ 32)
        unsafe place[0] = 0x24
        var written = unsafe 1 &+ DecimalText.write(count, to: place + 1)
        unsafe place[written] = 0x0d
        unsafe place[written &+ 1] = 0x0a
        written &+= 2
        unsafe bytes.withUnsafeBufferPointer { source in
            if let address = source.baseAddress { unsafe memcpy(place + written, address, count) }
        }
        written &+= count
        unsafe place[written] = 0x0d
        unsafe place[written &+ 1] = 0x0a
        output.shrink(by: count &+ 32 &- written &- 2)
    }

    /// A bulk string of owned bytes.
    @inlinable
    @_disfavoredOverload
    public mutating func bulk(_ bytes: ByteString) { bulk(bytes.bytes.span) }

    /// A bulk string that we wrote.
    public mutating func bulk(_ text: StaticString) {
        output.append(0x24)
        output.append(decimal: text.utf8CodeUnitCount)
        output.append("\r\n")
        output.append(text)
        output.append("\r\n")
    }

    /// A bulk string of our own text.
    public mutating func bulk(text: String) { bulk(ByteString(text)) }

    /// An integer as a bulk string.
    public mutating func bulk(decimal value: Int) {
        var digits = 1
        if value < 0 { digits += 1 }
        digits += DecimalText.digits(value.magnitude) - 1
        output.append(0x24)
        output.append(decimal: digits)
        output.append("\r\n")
        output.append(decimal: value)
        output.append("\r\n")
    }

    /// Text with a format of three letters (`txt`, `mkd`); a bulk string in RESP2.
    public mutating func verbatim(_ text: ByteString, format: StaticString = "txt") {
        guard version == .resp3 else { return bulk(text) }
        output.append(0x3d)
        output.append(decimal: text.count + 4)
        output.append("\r\n")
        output.append(format)
        output.append(0x3a)
        output.append(text)
        output.append("\r\n")
    }

    // MARK: Nothing, numbers, booleans

    /// The null of a string.
    @inlinable
    public mutating func null() {
        if version == .resp3 { output.append("_\r\n") } else { output.append("$-1\r\n") }
    }

    /// The null of an array.
    @inlinable
    public mutating func nullArray() {
        if version == .resp3 { output.append("_\r\n") } else { output.append("*-1\r\n") }
    }

    /// True or false; 1 or 0 in RESP2.
    public mutating func boolean(_ value: Bool) {
        guard version == .resp3 else { return integer(value ? 1 : 0) }
        output.append(value ? "#t\r\n" : "#f\r\n")
    }

    /// A double in its shortest text; a bulk string in RESP2.
    public mutating func double(_ value: Double) {
        let text = DoubleText.shortest(value)
        guard version == .resp3 else { return bulk(text: text) }
        output.append(0x2c)
        output.append(text: text)
        output.append("\r\n")
    }

    /// A number of any size, given as its digits; a bulk string in RESP2.
    public mutating func bigNumber(_ digits: ByteString) {
        guard version == .resp3 else { return bulk(digits) }
        output.append(0x28)
        output.append(digits)
        output.append("\r\n")
    }

    // MARK: Collections

    /// The head of an array of `count` replies.
    @inlinable
    public mutating func array(count: Int) { head(0x2a, count) }

    /// The head of a map of `count` pairs, key and value each.
    @inlinable
    public mutating func map(count: Int) {
        if version == .resp3 { head(0x25, count) } else { head(0x2a, count * 2) }
    }

    /// The head of a set of `count` replies.
    @inlinable
    public mutating func set(count: Int) {
        if version == .resp3 { head(0x7e, count) } else { head(0x2a, count) }
    }

    /// The head of a push of `count` replies: what was not asked for.
    ///
    /// An array in RESP2.
    @inlinable
    public mutating func push(count: Int) {
        if version == .resp3 { head(0x3e, count) } else { head(0x2a, count) }
    }

    /// The head of an attribute of `count` pairs; only written to RESP3 clients.
    public mutating func attribute(count: Int) { head(0x7c, count) }

    /// What a head with a length that is not known yet begins with.
    public enum Collection: Sendable {
        /// An array.
        case array
        /// A map; the length counts pairs.
        case map
        /// A set.
        case set
    }

    /// Marks the place of a head whose length comes later.
    public mutating func beginCollection() -> Int { output.position }

    /// Writes the head of a collection of `count` at the mark.
    ///
    /// O(bytes written since the mark).
    public mutating func endCollection(_ kind: Collection, mark: Int, count: Int) {
        var scratch = ReplyWriter(version: version)
        switch kind {
        case .array: scratch.array(count: count)
        case .map: scratch.map(count: count)
        case .set: scratch.set(count: count)
        }
        output.replace(mark..<mark, with: scratch.output.unsent)
    }

    @inlinable
    mutating func head(_ mark: UInt8, _ count: Int) {
        output.append(mark)
        output.append(decimal: count)
        output.append("\r\n")
    }
}
