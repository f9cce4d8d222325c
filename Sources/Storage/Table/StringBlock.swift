import Glibc

/// The bytes of a long or growing string, apart from its key: length, room, then the bytes.
///
/// ```
///   owned ── lend ──▶ lent ── giveBack ──▶ owned
///                       └──── free ──────▶ abandoned ── giveBack ──▶ (freed)
/// ```
/// A running snapshot borrows blocks to read them later; their entries may let go of them, or
/// append to them, but not overwrite what was there. The two upper bits of the room tell the state.
@safe @usableFromInline struct StringBlock {
    @usableFromInline let address: UnsafeMutableRawPointer

    @inlinable
    @inline(__always)
    init(_ address: UnsafeMutableRawPointer) { unsafe self.address = address }

    @inlinable static var headerSize: Int { 16 }

    /// A block with room for at least `capacity` bytes and none in use.
    static func allocate(capacity: Int) -> StringBlock {
        let size = Allocation.roundedUp(capacity + headerSize)
        let block = unsafe StringBlock(Allocation.allocate(size))
        unsafe block.address.storeBytes(of: 0, as: Int.self)
        block.room = size - headerSize
        return block
    }

    @inlinable var count: Int {
        @inline(__always) get { unsafe address.load(as: Int.self) }
        @inline(__always) nonmutating set {
            unsafe address.storeBytes(of: newValue, as: Int.self)
        }
    }

    private static var lentBit: Int { 1 << 62 }
    private static var abandonedBit: Int { 1 << 61 }

    /// The room, and the state.
    private var room: Int {
        get { unsafe address.load(fromByteOffset: 8, as: Int.self) }
        nonmutating set {
            unsafe address.storeBytes(of: newValue, toByteOffset: 8, as: Int.self)
        }
    }

    var capacity: Int { room & (StringBlock.abandonedBit - 1) }

    /// Address of the first byte.
    var start: UnsafeMutablePointer<UInt8> {
        unsafe (address + StringBlock.headerSize).assumingMemoryBound(to: UInt8.self)
    }

    @inlinable var bytes: UnsafeMutableBufferPointer<UInt8> {
        @inline(__always) get {
            unsafe UnsafeMutableBufferPointer(
                start: (address + StringBlock.headerSize).assumingMemoryBound(to: UInt8.self),
                count: count)
        }
    }

    /// Bytes of the allocation.
    var allocatedSize: Int { capacity + StringBlock.headerSize }

    /// Frees the block: at once, or when it is given back.
    func free() {
        if isLent {
            room |= StringBlock.abandonedBit
        } else {
            unsafe Allocation.free(address, allocatedSize)
        }
    }

    // MARK: Lending

    /// Whether a snapshot has yet to read the bytes.
    var isLent: Bool { room & StringBlock.lentBit != 0 }

    /// Keeps the present bytes for a snapshot, until `giveBack`.
    func lend() {
        precondition(!isLent, "a snapshot saves a value once")
        room |= StringBlock.lentBit
    }

    /// The snapshot has read the bytes.
    func giveBack() {
        let isAbandoned = room & StringBlock.abandonedBit != 0
        room = capacity
        if isAbandoned { free() }
    }
}
