import Bytes

/// A string that was read from a file and is on its way into the table.
struct PendingString: ~Copyable {
    var key = InputBuffer()
    var value = InputBuffer()
    /// The value where the file held it as a number.
    var integer: Int?
    var expiryMilliseconds: Int64?
    var database = 0
    /// The hash of the key.
    var hash: UInt64 = 0
    /// Where in the file its record begins.
    var offset = 0
}

/// The strings that were read last, oldest first: while they wait, their buckets come to the
/// processor's cache, so that a load does not stand still for each key.
///
/// Buffers go round, so that nothing is allocated a key.
struct PendingStrings: ~Copyable {
    static var capacity: Int { 8 }

    private var ring: InlineArray<8, PendingString> = .init { _ in PendingString() }
    private var first = 0
    /// How many wait.
    private(set) var count = 0

    init() {}

    var isFull: Bool { count == PendingStrings.capacity }

    /// Puts a string behind the others, in exchange for one whose buffers may be used again.
    mutating func append(_ string: inout PendingString) {
        precondition(!isFull, "no more wait than there is room for")
        swap(&string, &ring[(first + count) % PendingStrings.capacity])
        count += 1
    }

    /// Takes the oldest out, in exchange as well; false when none waits.
    mutating func takeFirst(_ string: inout PendingString) -> Bool {
        if count == 0 { return false }
        swap(&string, &ring[first])
        first = (first + 1) % PendingStrings.capacity
        count -= 1
        return true
    }
}
