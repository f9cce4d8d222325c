/// A growable table of slots with stable addresses and generation-checked names.
///
/// Slots are handed out lowest-free-last (a stack), so that a small set of users stays in few
/// cache lines. An identifier of a released slot never matches again: its generation is over.
/// Elements live in chunks that never move; the table owns them.
@safe public struct SlotTable<Element: ~Copyable>: ~Copyable {
    /// Names one use of a slot.
    public struct Identifier: Hashable, Sendable {
        /// Position of the slot.
        public let index: UInt32
        /// Which use of the slot; never zero for a slot in use.
        public let generation: UInt32

        /// Both parts, as they were taken from an identifier's `bits`.
        @inlinable
        public init(index: UInt32, generation: UInt32) {
            self.index = index
            self.generation = generation
        }

        /// Both parts in 64 bits, for a kernel's user data.
        @inlinable
        public var bits: UInt64 { UInt64(generation) << 32 | UInt64(index) }

        /// The identifier that `bits` came from.
        @inlinable
        public init(bits: UInt64) {
            index = UInt32(truncatingIfNeeded: bits)
            generation = UInt32(truncatingIfNeeded: bits >> 32)
        }
    }

    @usableFromInline static var chunkShift: Int { 6 }
    @usableFromInline static var chunkSize: Int { 1 << chunkShift }

    @usableFromInline var chunks: [UnsafeMutablePointer<Element>] = unsafe []
    @usableFromInline var generations: [UInt32] = []
    @usableFromInline var occupied: [Bool] = []
    @usableFromInline var free: [UInt32] = []
    /// How many slots are in use.
    public private(set) var count = 0

    /// An empty table.
    public init() {}

    deinit {
        for index in occupied.indices where occupied[index] {
            unsafe address(index).deinitialize(count: 1)
        }
        for index in unsafe chunks.indices { unsafe chunks[index].deallocate() }
    }

    /// Puts an element that knows its own identifier into a free slot.
    ///
    /// O(1) amortised.
    public mutating func insert(_ make: (Identifier) -> Element) -> Identifier {
        if free.isEmpty { grow() }
        let index = free.removeLast()
        generations[Int(index)] &+= 1
        if generations[Int(index)] == 0 { generations[Int(index)] = 1 }
        let identifier = Identifier(index: index, generation: generations[Int(index)])
        unsafe address(Int(index)).initialize(to: make(identifier))
        occupied[Int(index)] = true
        count += 1
        return identifier
    }

    /// Takes the element out and ends the identifier's life.
    public mutating func remove(_ identifier: Identifier) -> Element {
        precondition(contains(identifier), "a slot is removed by its current identifier")
        let index = Int(identifier.index)
        occupied[index] = false
        free.append(identifier.index)
        count -= 1
        return unsafe address(index).move()
    }

    /// Whether the identifier names an element that is still here.
    @inlinable
    public func contains(_ identifier: Identifier) -> Bool {
        let index = Int(identifier.index)
        return index < occupied.count && occupied[index]
            && generations[index] == identifier.generation
    }

    /// The element that `identifier` names; it must be here.
    @inlinable
    public subscript(_ identifier: Identifier) -> Element {
        @inline(__always)
        unsafeAddress {
            precondition(contains(identifier), "a slot is used by its current identifier")
            return unsafe UnsafePointer(address(Int(identifier.index)))
        }
        @inline(__always)
        unsafeMutableAddress {
            precondition(contains(identifier), "a slot is used by its current identifier")
            return unsafe address(Int(identifier.index))
        }
    }

    /// Where the element that `identifier` names lies; it must be here, and stays there until removed.
    @unsafe @inlinable
    @inline(__always)
    public func location(of identifier: Identifier) -> UnsafeMutablePointer<Element> {
        precondition(contains(identifier), "a slot is used by its current identifier")
        return unsafe address(Int(identifier.index))
    }

    /// Identifiers of all elements, in the order of their slots.
    ///
    /// O(slots).
    public var identifiers: [Identifier] {
        occupied.indices.compactMap { index in
            occupied[index]
                ? Identifier(index: UInt32(index), generation: generations[index]) : nil
        }
    }

    @inlinable
    @inline(__always)
    func address(_ index: Int) -> UnsafeMutablePointer<Element> {
        unsafe chunks[index >> Self.chunkShift] + (index & (Self.chunkSize - 1))
    }

    private mutating func grow() {
        let first = occupied.count
        unsafe chunks.append(.allocate(capacity: Self.chunkSize))
        generations.append(contentsOf: repeatElement(0, count: Self.chunkSize))
        occupied.append(contentsOf: repeatElement(false, count: Self.chunkSize))
        for index in (first..<first + Self.chunkSize).reversed() { free.append(UInt32(index)) }
    }
}
