import Bytes

/// Records of a snapshot that wait to be handed out, oldest first.
///
/// ```
///   pieces: | bytes | bytes + block | bytes + block | bytes |     tail: | bytes being written |
///             ^ handed out up to here
/// ```
/// Short values are copied. A value in a block of its own is not: the entry lends the block, may
/// let go of it meanwhile (`StringBlock.free`), and the block is given back once its bytes were
/// handed out. So the work that a record costs does not grow with its value.
///
/// 1. `count` is the bytes still to be handed out, `lentCount` those of them that lie in blocks.
/// 2. A block is in at most one piece: one snapshot runs at a time, and saves a value once.
/// 3. Nothing is ever moved to make room: pieces lie in pages.
@usableFromInline struct SnapshotOutput: ~Copyable {
    private struct Piece {
        let bytes: [UInt8]
        let block: StringBlock?
        /// Bytes of the block that belong to the record: an APPEND may add others behind them.
        let blockCount: Int

        var count: Int { bytes.count + blockCount }
    }

    /// Values of at least so many bytes are lent: below, copying costs less than a piece.
    static var shortestLent: Int { 4096 }
    /// Bytes are sealed into a piece once there are so many.
    private static var pieceSize: Int { 1 << 16 }
    private static var pageSize: Int { 256 }

    private var pages: [[Piece]] = []
    /// Pieces of the first page that were handed out.
    private var takenPieces = 0
    /// Bytes of the first piece that were handed out.
    private var takenBytes = 0
    private var sealedCount = 0
    private var tail = OutputBuffer()
    /// Bytes that lie in lent blocks.
    private(set) var lentCount = 0

    init() {}

    /// Bytes to be handed out.
    var count: Int { sealedCount + tail.count }
    var isEmpty: Bool { count == 0 }
    /// Whether a record was handed out in part: its rest comes before any other bytes.
    var isMidRecord: Bool { takenBytes > 0 }

    /// Adds the record of an entry, before it changes.
    mutating func append(_ entry: Entry) {
        entry.appendRecordHead(to: &tail)
        if entry.layout == .separate && entry.block.count >= SnapshotOutput.shortestLent {
            let block = entry.block
            tail.append(rdbLength: block.count)
            block.lend()
            seal(with: block)
        } else {
            entry.appendRecordValue(to: &tail)
            if tail.count >= SnapshotOutput.pieceSize { seal(with: nil) }
        }
    }

    private mutating func seal(with block: StringBlock?) {
        let piece = Piece(
            bytes: ByteString(tail.unsent).bytes, block: block, blockCount: block?.count ?? 0)
        tail.removeAll()
        sealedCount += piece.count
        lentCount += piece.blockCount
        if pages.last.map({ $0.count == SnapshotOutput.pageSize }) ?? true {
            pages.append([])
            pages[pages.count - 1].reserveCapacity(SnapshotOutput.pageSize)
        }
        pages[pages.count - 1].append(piece)
    }

    /// Moves the next bytes to the end of `output`, until that holds about `limit`: more by a piece
    /// at most, and a block may be left in the middle.
    mutating func move(to output: inout [UInt8], upTo limit: Int) {
        while output.count < limit, sealedCount > 0 {
            let piece = pages[0][takenPieces]
            if takenBytes == 0 {
                output.append(contentsOf: piece.bytes)
                take(piece.bytes.count)
            }
            if let block = piece.block {
                let first = takenBytes - piece.bytes.count
                let count = min(piece.blockCount - first, max(limit - output.count, 0))
                unsafe output.append(
                    contentsOf: UnsafeBufferPointer(start: block.start + first, count: count))
                take(count)
                lentCount -= count
            }
            if takenBytes == piece.count { drop(piece) }
        }
        if output.count < limit && !tail.isEmpty {
            unsafe tail.unsent.withUnsafeBufferPointer { unsafe output.append(contentsOf: $0) }
            tail.removeAll()
        }
    }

    private mutating func take(_ count: Int) {
        takenBytes += count
        sealedCount -= count
    }

    private mutating func drop(_ piece: Piece) {
        piece.block?.giveBack()
        takenBytes = 0
        takenPieces += 1
        if takenPieces == pages[0].count {
            pages.removeFirst()
            takenPieces = 0
        }
    }

    /// Drops all bytes.
    mutating func removeAll() {
        giveBackBlocks()
        pages = []
        takenPieces = 0
        takenBytes = 0
        sealedCount = 0
        lentCount = 0
        releaseTail()
    }

    /// Gives memory back that is of no use between snapshots; nothing waits.
    mutating func releaseTail() {
        tail.removeAll()
        tail.releaseStorage()
    }

    /// Gives all blocks back; nothing else may follow but `removeAll` or the end.
    func giveBackBlocks() {
        for (index, page) in pages.enumerated() {
            for piece in page[(index == 0 ? takenPieces : 0)...] { piece.block?.giveBack() }
        }
    }
}
