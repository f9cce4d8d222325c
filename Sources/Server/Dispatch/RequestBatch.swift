import Bytes
import CommandCatalog
import Protocol
import Sessions

/// Up to 16 parsed requests, of one pipeline or of several ready clients, before they execute.
///
/// Parsing first lets the table's cache lines be fetched while the next request is parsed: a random
/// GET among 5 million keys waits for memory about five times less. Invariants: the input buffers
/// that entries point into do not move between parsing and `removeAll`; at most one entry is an
/// inline command, the last one, whose words lie in `inlineWords`.
@safe struct RequestBatch: ~Copyable {
    /// One parsed request.
    @unsafe struct Entry {
        var session: SessionID
        var base: UnsafePointer<UInt8>
        var firstRange: Int
        var argumentCount: Int
        /// Bytes of the session's input that the request takes.
        var length: Int
        var command: CommandID?
        /// Hash of the first key; 0 when the command has none.
        var keyHash: UInt64
    }

    static let capacity = 16

    private let entries: UnsafeMutablePointer<Entry>
    var ranges = RangeArena()
    private(set) var count = 0
    /// Words of the inline command, if there is one.
    private var inlineWords: UnsafeMutablePointer<UInt8>?

    init() { unsafe entries = .allocate(capacity: Self.capacity) }

    deinit {
        unsafe entries.deallocate()
        unsafe inlineWords?.deallocate()
    }

    var isFull: Bool { count == Self.capacity }

    @inline(__always)
    func entry(_ index: Int) -> Entry {
        precondition(index < count, "an entry's index is below the count")
        return unsafe entries[index]
    }

    @inline(__always)
    mutating func append(_ entry: Entry) {
        precondition(count < Self.capacity, "a batch is executed before it overflows")
        unsafe entries[count] = entry
        count &+= 1
    }

    /// Lays out an inline command's words as a request of its own.
    mutating func appendInline(_ words: [ByteString], session: SessionID, length: Int) {
        let total = words.reduce(0) { $0 + $1.count }
        unsafe inlineWords?.deallocate()
        let storage = UnsafeMutablePointer<UInt8>.allocate(capacity: total + InputBuffer.padding)
        unsafe inlineWords = unsafe storage
        let firstRange = ranges.count
        var offset = 0
        for word in words {
            for (index, byte) in word.bytes.enumerated() { unsafe storage[offset + index] = byte }
            ranges.append(ArgumentRange(offset: offset, count: word.count))
            offset += word.count
        }
        for index in 0..<InputBuffer.padding { unsafe storage[total + index] = 0 }
        unsafe append(
            Entry(
                session: session, base: UnsafePointer(storage), firstRange: firstRange,
                argumentCount: words.count, length: length, command: nil, keyHash: 0))
    }

    @inline(__always)
    mutating func setCommand(_ command: CommandID?, keyHash: UInt64, at index: Int) {
        unsafe entries[index].command = command
        unsafe entries[index].keyHash = keyHash
    }

    mutating func removeAll() {
        count = 0
        ranges.removeAll()
        if unsafe inlineWords != nil {
            unsafe inlineWords?.deallocate()
            unsafe inlineWords = nil
        }
    }
}
