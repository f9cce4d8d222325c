/// Argument ranges of a batch of requests, side by side in memory that is used again.
///
/// The arena grows while a batch is parsed and never while it is executed, so addresses taken
/// after parsing stay valid until `removeAll`.
@safe public struct RangeArena: ~Copyable {
    @usableFromInline var storage: UnsafeMutablePointer<ArgumentRange>
    @usableFromInline var capacity: Int
    @usableFromInline var used: Int
    /// How many ranges it holds.
    @inlinable
    public var count: Int { used }

    /// An arena with room for the usual batch.
    public init() {
        capacity = 256
        unsafe storage = .allocate(capacity: 256)
        used = 0
    }

    deinit { unsafe storage.deallocate() }

    /// Adds a range at the end.
    @inlinable
    @inline(__always)
    public mutating func append(_ range: ArgumentRange) {
        if used == capacity { grow() }
        unsafe storage[used] = range
        used &+= 1
    }

    /// Drops the ranges from `count` on.
    @inlinable
    public mutating func truncate(to count: Int) {
        precondition(count >= 0 && count <= used, "an arena is cut within its ranges")
        used = count
    }

    /// Drops all ranges; an arena that one giant request blew up gives its memory back.
    public mutating func removeAll() {
        used = 0
        if capacity > 65_536 {
            unsafe storage.deallocate()
            capacity = 256
            unsafe storage = .allocate(capacity: 256)
        }
    }

    /// The range at `index`.
    @inlinable
    public subscript(_ index: Int) -> ArgumentRange {
        precondition(index >= 0 && index < count, "a range's index is below the count")
        return unsafe storage[index]
    }

    /// Address of the range at `index`; valid until the arena grows or is cleared.
    @unsafe @inlinable
    public func address(_ index: Int) -> UnsafePointer<ArgumentRange> {
        unsafe UnsafePointer(storage + index)
    }

    @usableFromInline
    @inline(never)
    mutating func grow() {
        let wanted = capacity * 2
        let grown = UnsafeMutablePointer<ArgumentRange>.allocate(capacity: wanted)
        unsafe grown.moveInitialize(from: storage, count: count)
        unsafe storage.deallocate()
        unsafe storage = unsafe grown
        capacity = wanted
    }
}
