import Bytes

/// Input buffers that sessions borrow while they have something to read.
///
/// A session that waits for its next request holds no buffer, so ten thousand idle connections cost
/// no buffer at all. The pool keeps at most `maximumKept`; what comes back beyond is freed.
public struct BufferPool: ~Copyable {
    /// Room in a lent buffer.
    public static var bufferSize: Int { 65_536 }
    /// How many buffers wait to be lent again.
    public static var maximumKept: Int { 64 }

    private var spares: SlotStack

    /// An empty pool.
    public init() { spares = SlotStack() }

    /// Gives `buffer` storage if it has none.
    public mutating func lend(to buffer: inout InputBuffer) {
        if buffer.capacity > 0 { return }
        if !spares.pop(&buffer) { buffer.reserve(Self.bufferSize) }
    }

    /// Takes the storage of `buffer` back if nothing in it is unread.
    public mutating func takeBack(from buffer: inout InputBuffer) {
        if buffer.capacity == 0 || !buffer.isEmpty { return }
        // What has grown past the usual size, or never was lent, goes back to the allocator.
        if buffer.capacity != Self.bufferSize || !spares.push(&buffer) { buffer.releaseStorage() }
    }
}

/// A stack with fixed places: `Array` cannot hold what is not copyable.
@safe private struct SlotStack: ~Copyable {
    private let places: UnsafeMutablePointer<InputBuffer>
    private var count = 0

    init() {
        unsafe places = .allocate(capacity: BufferPool.maximumKept)
        for index in 0..<BufferPool.maximumKept {
            unsafe (places + index).initialize(to: InputBuffer())
        }
    }

    deinit {
        unsafe places.deinitialize(count: BufferPool.maximumKept)
        unsafe places.deallocate()
    }

    /// Exchanges a buffer without storage for one with.
    mutating func pop(_ buffer: inout InputBuffer) -> Bool {
        if count == 0 { return false }
        count -= 1
        unsafe swap(&places[count], &buffer)
        return true
    }

    /// Exchanges a buffer with storage for one without.
    mutating func push(_ buffer: inout InputBuffer) -> Bool {
        if count == BufferPool.maximumKept { return false }
        unsafe swap(&places[count], &buffer)
        count += 1
        return true
    }
}
