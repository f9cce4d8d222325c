import Bytes

/// The tail of the replication stream, shared by everyone who reads it.
///
/// ```
///   stream:   ...trimmed | kept because a replica lags | the last `size` bytes |
///                        blockStart                                           endOffset
/// ```
/// The last `size` bytes serve replicas that come back. What lies before is kept only while an
/// attached replica has not read it, so that a slow replica costs its lag once, however many
/// there are; the caller bounds that lag by closing who lags too far.
///
/// Offsets count the bytes of the stream that lie before a place: the first byte has offset 0, and
/// `firstByteOffset` alone counts from 1, as PSYNC and INFO do.
///
/// Invariants: blockStart <= historyStart <= endOffset; every block but the last is full; a backlog
/// that is not active holds no block. Storage grows a block at a time and is reused.
@safe public struct Backlog: ~Copyable {
    /// Bytes of one block.
    @inlinable
    public static var blockSize: Int { 65_536 }
    /// The least size that is kept, as in Redis.
    public static var minimumSize: Int { 16_384 }

    /// The largest size that is kept, so that offsets can be added to it.
    public static var maximumSize: Int { Int.max / 4 }

    /// How many of the last bytes are kept in any case.
    public private(set) var size: Int
    /// Whether bytes are kept at all.
    public private(set) var isActive = false
    /// How many bytes the stream has had.
    public private(set) var endOffset = 0

    private var blocks: [UnsafeMutablePointer<UInt8>] = unsafe []
    private var firstBlock = 0
    private var spare: UnsafeMutablePointer<UInt8>?
    private var blockStart = 0
    /// Free bytes at the end of the last block.
    private var room = 0
    private var activeSince = 0
    private var readerOffset: Int?

    /// An inactive backlog that will keep `size` bytes.
    public init(size: Int) {
        self.size = min(max(size, Self.minimumSize), Self.maximumSize)
        unsafe spare = nil
    }

    deinit {
        for index in unsafe firstBlock..<blocks.count { unsafe blocks[index].deallocate() }
        unsafe spare?.deallocate()
    }

    /// Begins to keep bytes: the next one that is appended comes after `offset` bytes.
    public mutating func start(at offset: Int) {
        stop()
        isActive = true
        endOffset = offset
        blockStart = offset
        activeSince = offset
    }

    /// Drops every byte and gives the storage back.
    public mutating func stop() {
        for index in unsafe firstBlock..<blocks.count { unsafe blocks[index].deallocate() }
        unsafe blocks.removeAll()
        firstBlock = 0
        unsafe spare?.deallocate()
        unsafe spare = nil
        isActive = false
        room = 0
        readerOffset = nil
        blockStart = endOffset
        activeSince = endOffset
    }

    /// Keeps `size` bytes from now on; what does not fit any more is dropped.
    public mutating func resize(to size: Int) {
        // Bytes that an earlier, smaller size gave up do not come back.
        activeSince = historyStart
        self.size = min(max(size, Self.minimumSize), Self.maximumSize)
        trim()
    }

    /// Where what is kept begins.
    public var historyStart: Int {
        max(activeSince, min(endOffset - size, readerOffset ?? endOffset))
    }

    /// How many bytes are kept.
    public var historyLength: Int { isActive ? endOffset - historyStart : 0 }

    /// The number of the first byte that is kept, counted from 1; 0 when inactive.
    public var firstByteOffset: Int { isActive ? historyStart + 1 : 0 }

    /// Memory that the blocks take.
    public var allocatedBytes: Int {
        unsafe (blockCount + (spare == nil ? 0 : 1)) * Self.blockSize
    }

    /// Whether every byte from `offset` on is kept.
    public func contains(from offset: Int) -> Bool {
        isActive && offset >= historyStart && offset <= endOffset
    }

    /// Keeps everything from `offset` on for a reader that is that far; nil when nobody reads.
    public mutating func keep(from offset: Int?) {
        readerOffset = offset
        trim()
    }

    /// Adds bytes to the end of the stream; nothing happens while inactive.
    public mutating func append(_ bytes: Span<UInt8>) {
        let count = bytes.count
        guard isActive, count > 0 else { return }
        unsafe bytes.withUnsafeBufferPointer { source in
            guard let address = source.baseAddress else { return }
            // Nearly every piece of a command fits into the last block.
            if count <= room, let last = unsafe blocks.last {
                unsafe (last + (Self.blockSize - room)).update(from: address, count: count)
                room -= count
                endOffset += count
            } else {
                unsafe appendAcrossBlocks(address, count)
            }
        }
    }

    private mutating func appendAcrossBlocks(_ address: UnsafePointer<UInt8>, _ count: Int) {
        var taken = 0
        while taken < count {
            if room == 0 { addBlock() }
            let step = min(room, count - taken)
            guard let last = unsafe blocks.last else { return }
            unsafe (last + (Self.blockSize - room)).update(from: address + taken, count: step)
            taken += step
            room -= step
            endOffset += step
        }
        trim()
    }

    /// Copies up to `limit` bytes from `offset` on; returns how many.
    ///
    /// `offset` is one that `contains(from:)` confirmed, or a reader's that was kept.
    public func copy(from offset: Int, limit: Int, into output: inout OutputBuffer) -> Int {
        precondition(
            offset >= historyStart && offset <= endOffset, "a reader asks for what was kept")
        let end = offset + min(endOffset - offset, max(limit, 0))
        var place = offset
        while place < end {
            let (block, used) = (place - blockStart).quotientAndRemainder(
                dividingBy: Self.blockSize)
            let step = min(Self.blockSize - used, end - place)
            let start = unsafe blocks[firstBlock + block] + used
            unsafe output.append(Span(_unsafeStart: UnsafePointer(start), count: step))
            place += step
        }
        return end - offset
    }

    /// Checks the invariants; for tests and fuzzing.
    public func checkInvariants() {
        precondition(blockStart <= historyStart && historyStart <= endOffset)
        precondition(isActive || blockCount == 0)
        let held = endOffset - blockStart
        precondition(blockCount == (held + Self.blockSize - 1) / Self.blockSize)
        precondition(held + room == blockCount * Self.blockSize)
    }

    private var blockCount: Int { unsafe blocks.count - firstBlock }

    private mutating func addBlock() {
        if let block = unsafe spare {
            unsafe blocks.append(block)
            unsafe spare = nil
        } else {
            unsafe blocks.append(.allocate(capacity: Self.blockSize))
        }
        room = Self.blockSize
    }

    /// Drops the blocks that lie wholly before what is kept; the last one dropped is reused.
    private mutating func trim() {
        let start = historyStart
        while blockStart + Self.blockSize <= start && blockCount > 0 {
            let block = unsafe blocks[firstBlock]
            firstBlock += 1
            blockStart += Self.blockSize
            if unsafe spare == nil {
                unsafe spare = unsafe block
            } else {
                unsafe block.deallocate()
            }
        }
        // The array's own front is cleared rarely, so that dropping a block stays O(1) amortised.
        if unsafe firstBlock > 64 && firstBlock * 2 > blocks.count {
            unsafe blocks.removeFirst(firstBlock)
            firstBlock = 0
        }
    }
}
