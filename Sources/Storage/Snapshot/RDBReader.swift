import Bytes
import CLZF

/// What the reader found.
public enum RDBEvent: Equatable, Sendable {
    /// All that was pushed is read: push more.
    case needsBytes
    /// The file's version.
    case version(Int)
    /// A text about the file.
    case auxiliary(name: ByteString, value: ByteString)
    /// What follows belongs to this database.
    case selectDatabase(Int)
    /// A hint: how many keys the database has, and how many of them expire.
    case resizeDatabase(keys: Int, expiring: Int)
    /// A key with a string: see `key`, `value`, `integerValue`, `expiryMilliseconds`.
    case string
    /// The end, and the checksum was right.
    case end
}

/// Reads an RDB file from bytes that are pushed in pieces of any size.
///
/// ```
///   signature -> records -> checksum -> done          every state -> failed (the error is final)
/// ```
/// Nothing that the file claims is trusted: lengths are held against limits, memory grows with the
/// bytes that have arrived (at most twice as many, and a string that was compressed), and the
/// checksum is verified unless it is zero. After an error every call throws it again.
///
/// Values of types other than string are refused by name; their place is `readValue` and `Record.Content`
/// (RDBReader+Records).
public struct RDBReader: ~Copyable {
    /// Strings that claim more bytes are refused.
    public static var longestString: Int { 512 << 20 }
    /// Each compressed byte yields fewer bytes than this: LZF makes at most 264 of three.
    private static var largestExpansion: Int { 89 }

    private enum Phase {
        case signature
        case records
        case checksum
        case done
    }

    private var phase = Phase.signature
    private var failure: RDBError?
    var buffer = InputBuffer()
    /// Bytes of the current record before which there is no use to try again.
    private var needed = 0
    /// Where in the file `buffer` begins.
    private var bufferOffset = 0
    private var checksum = CRC64()
    private var version = 0
    private let verifiesChecksum: Bool

    // The current key, and where its parts lie.
    private var pendingExpiry: Int64?
    private var keyScratch = InputBuffer()
    private var valueScratch = InputBuffer()
    private var recordLength = 0

    /// A reader at the beginning; `verifiesChecksum` is the directive `rdbchecksum`.
    public init(verifiesChecksum: Bool = true) { self.verifiesChecksum = verifiesChecksum }

    /// How many bytes of the file were read: progress, and where what follows the file begins.
    public var offset: Int { bufferOffset }

    /// Whether the end was read.
    public var isComplete: Bool { phase == .done }

    /// Takes bytes in; `next` reads them.
    public mutating func push(_ bytes: Span<UInt8>) {
        dropRecord()
        // Doubling, but never ahead of what has arrived.
        if buffer.count > 0 && buffer.capacity - buffer.count < bytes.count {
            buffer.reserve(max(bytes.count, buffer.count))
        }
        buffer.append(bytes)
    }

    /// Bytes that were pushed and lie beyond the end of the file.
    public mutating func takeRest() -> ByteString {
        let rest = ByteString(buffer.readable)
        buffer.removeAll()
        return rest
    }

    /// Says that no more bytes come: throws unless the end was read.
    public mutating func finish() throws(RDBError) {
        if let failure { throw failure }
        if phase != .done { try fail(.truncated) }
    }

    // MARK: The current key

    /// The key, after `.string`, until the next call of `next` or `push`.
    public var key: Span<UInt8> {
        @_lifetime(borrow self)
        get { keyScratch.readable }
    }

    /// The string, after `.string`; empty if it is an integer.
    public var value: Span<UInt8> {
        @_lifetime(borrow self)
        get { valueScratch.readable }
    }

    /// Hands the key and the value out, after `.string`, in exchange for buffers to be used next.
    mutating func exchangeString(key: inout InputBuffer, value: inout InputBuffer) {
        swap(&keyScratch, &key)
        swap(&valueScratch, &value)
    }

    /// The string's number where the file holds it as one.
    public private(set) var integerValue: Int?

    /// When the key expires, in milliseconds since 1970.
    public private(set) var expiryMilliseconds: Int64?

    // MARK: Reading

    /// Reads the next record.
    public mutating func next() throws(RDBError) -> RDBEvent {
        if let failure { throw failure }
        dropRecord()
        while true {
            if buffer.count < needed { return .needsBytes }
            switch phase {
            case .signature:
                if let event = try readSignature() { return event }
                return .needsBytes
            case .records:
                switch try readRecord() {
                case .event(let event):
                    return event
                case .nothing:
                    dropRecord()
                case .needs(let count):
                    needed = count
                    return .needsBytes
                }
            case .checksum:
                return try readChecksum()
            case .done:
                return .end
            }
        }
    }

    private enum Step {
        case event(RDBEvent)
        case nothing
        case needs(Int)
    }

    private mutating func fail(_ reason: RDBError.Reason) throws(RDBError) -> Never {
        let error = RDBError(reason, offset: bufferOffset)
        failure = error
        throw error
    }

    /// Leaves the record that was read last.
    private mutating func dropRecord() {
        if recordLength == 0 { return }
        if version >= 5 {
            var sum = checksum
            sum.update(buffer.readable.extracting(first: recordLength))
            checksum = sum
        }
        buffer.consume(recordLength)
        bufferOffset += recordLength
        recordLength = 0
        needed = 0
    }

    private mutating func readSignature() throws(RDBError) -> RDBEvent? {
        let length = RDBFormat.headerLength
        let head = ByteString(buffer.readable.extracting(first: min(buffer.count, length))).bytes
        if !"REDIS".utf8.starts(with: head.prefix(5)) { try fail(.wrongSignature) }
        if head.count < length {
            needed = length
            return nil
        }
        let digits = head[5...]
        var number = 0
        for digit in digits { number = number * 10 + Int(min(digit &- 48, 9)) }
        let isNumber = digits.allSatisfy { $0 &- 48 <= 9 }
        if !isNumber || number < 1 || number > RDBFormat.currentVersion {
            try fail(.unsupportedVersion(ByteString(Array(digits)).text))
        }
        version = number
        recordLength = length
        phase = .records
        return .version(number)
    }

    private mutating func readChecksum() throws(RDBError) -> RDBEvent {
        guard let stored = buffer.readable.littleEndian(8) else {
            needed = 8
            return .needsBytes
        }
        if verifiesChecksum && stored != 0 && stored != checksum.value {
            try fail(.wrongChecksum(stored: stored, computed: checksum.value))
        }
        phase = .done
        buffer.consume(8)
        bufferOffset += 8
        needed = 0
        return .end
    }

    private mutating func readRecord() throws(RDBError) -> Step {
        let record = parseRecord()
        if let failure = record.failure { try fail(failure) }
        if record.needed > 0 { return .needs(record.needed) }
        recordLength = record.length
        switch record.content {
        case .none: return .nothing
        case .event(let event): return .event(event)
        case .expiry(let milliseconds):
            pendingExpiry = milliseconds
            return .nothing
        case .end:
            dropRecord()
            phase = version >= 5 ? .checksum : .done
            return .nothing
        case .auxiliary(let name, let value):
            try resolve(name, isKey: true)
            try resolve(value, isKey: false)
            return .event(
                .auxiliary(
                    name: ByteString(keyScratch.readable), value: ByteString(valueScratch.readable)
                ))
        case .unsupported(let type, let key):
            try resolve(key, isKey: true)
            let name = ByteString(keyScratch.readable)
            try fail(.unsupportedValue(type: type, key: name))
        case .string(let key, let value):
            try resolve(key, isKey: true)
            integerValue = nil
            if case .integer(let number) = value {
                valueScratch.removeAll()
                integerValue = number
            } else {
                try resolve(value, isKey: false)
            }
            expiryMilliseconds = pendingExpiry
            pendingExpiry = nil
            return .event(.string)
        }
    }

    /// Puts the bytes of a string of the current record into the scratch for keys or for values.
    private mutating func resolve(_ text: RDBCursor.Text, isKey: Bool) throws(RDBError) {
        var scratch = InputBuffer()
        if isKey { swap(&scratch, &keyScratch) } else { swap(&scratch, &valueScratch) }
        scratch.removeAll()
        var isRight = true
        switch text {
        case .bytes(let range): scratch.append(buffer.readable.extracting(range))
        case .integer(let number): scratch.append(ByteString("\(number)").bytes.span)
        case .compressed(let range, let count):
            isRight =
                count <= (range.count + 1) * RDBReader.largestExpansion
                && RDBReader.decompress(buffer.readable.extracting(range), count, &scratch)
        }
        if isKey { swap(&scratch, &keyScratch) } else { swap(&scratch, &valueScratch) }
        if !isRight { try fail(.malformedCompression) }
    }

    private static func decompress(
        _ source: Span<UInt8>, _ count: Int, _ output: inout InputBuffer
    ) -> Bool {
        if count == 0 || source.isEmpty { return false }
        var isRight = false
        _ = unsafe output.fill(atLeast: count) { place in
            unsafe source.withUnsafeBytes { source in
                let made = unsafe lzf_decompress(
                    source.baseAddress, UInt32(source.count), place.baseAddress, UInt32(count))
                isRight = Int(made) == count
                return isRight ? count : 0
            }
        }
        return isRight
    }
}
