import Glibc

/// Memory of a table's segments: chunks that double in size up to 64 segments.
///
/// A small database takes one segment; a large one takes 260 KB at a time. Segments have ordinals,
/// in the order in which they were made, so that one of them can be drawn at random. The next few
/// segments are zeroed ahead of time, so that no insertion zeroes a chunk, and a split seldom
/// waits for the kernel. The pool frees all its chunks when it goes.
@safe @usableFromInline struct SegmentPool: ~Copyable {
    static var largestChunk: Int { 64 }

    private var chunks: [UnsafeMutableRawPointer] = unsafe []
    /// How many segments are in use.
    private(set) var count = 0
    private var capacity = 0
    /// How many segments are zeroed, and their pages mapped.
    private var prepared = 0

    init() {}

    @inlinable
    deinit { dispose() }

    @usableFromInline
    func dispose() {
        var first = 0
        for index in unsafe chunks.indices {
            let size = SegmentPool.chunkSize(startingAt: first)
            unsafe Allocation.freeAligned(chunks[index], size * Segment.size)
            first += size
        }
    }

    /// Bytes of all chunks.
    var byteCount: Int { capacity * Segment.size }

    /// A zeroed segment.
    mutating func take() -> Segment {
        if count == capacity {
            let size = SegmentPool.chunkSize(startingAt: capacity)
            unsafe chunks.append(Allocation.allocateAligned(size * Segment.size))
            capacity += size
        }
        count += 1
        // Two a time, so that the store stays ahead; the last of a chunk are without.
        var steps = 0
        while prepared < count || (steps < 2 && prepared < min(capacity, count + 4)) {
            unsafe memset(segment(prepared).address, 0, Segment.size)
            prepared += 1
            steps += 1
        }
        return segment(count - 1)
    }

    /// Takes a segment back; the last one moves to its place, and is returned if there is one.
    ///
    /// Who knows the moved segment by its address is told by the caller.
    mutating func giveBack(_ hole: Segment) -> Segment? {
        count -= 1
        let last = segment(count)
        // What lies beyond `count` is no longer zeroed.
        prepared = count
        let isMoved = unsafe last.address != hole.address
        if isMoved { unsafe memcpy(hole.address, last.address, Segment.size) }
        // Half a chunk stays in store, so that growth and shrinkage in turn cost nothing.
        let size = unsafe SegmentPool.sizeOfLastChunk(of: chunks.count)
        if capacity - count >= size + size / 2, capacity > size {
            let chunk = unsafe chunks.removeLast()
            unsafe Allocation.freeAligned(chunk, size * Segment.size)
            capacity -= size
        }
        return isMoved ? hole : nil
    }

    /// The segment of an ordinal below `count`.
    func segment(_ ordinal: Int) -> Segment {
        // Chunks of 1, 1, 2, 4, 8, 16, 32 segments, then of 64.
        if ordinal >= SegmentPool.largestChunk {
            let chunk = ordinal / SegmentPool.largestChunk + 6
            return unsafe Segment(
                chunks[chunk] + (ordinal % SegmentPool.largestChunk) * Segment.size)
        }
        let chunk = ordinal == 0 ? 0 : Int.bitWidth - ordinal.leadingZeroBitCount
        let first = ordinal == 0 ? 0 : 1 << (chunk - 1)
        return unsafe Segment(chunks[chunk] + (ordinal - first) * Segment.size)
    }

    private static func sizeOfLastChunk(of chunks: Int) -> Int {
        chunks < 2 ? 1 : min(1 << (chunks - 2), largestChunk)
    }

    private static func chunkSize(startingAt first: Int) -> Int {
        first == 0 ? 1 : min(first, largestChunk)
    }
}
