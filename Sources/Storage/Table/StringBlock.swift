import Glibc

/// The bytes of a long or growing string, apart from its key: length, room, then the bytes.
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
        unsafe block.address.storeBytes(of: size - headerSize, toByteOffset: 8, as: Int.self)
        return block
    }

    @inlinable var count: Int {
        @inline(__always) get { unsafe address.load(as: Int.self) }
        @inline(__always) nonmutating set {
            unsafe address.storeBytes(of: newValue, as: Int.self)
        }
    }

    var capacity: Int { unsafe address.load(fromByteOffset: 8, as: Int.self) }

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

    func free() { unsafe Allocation.free(address, allocatedSize) }
}
