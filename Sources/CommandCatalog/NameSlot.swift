import Bytes

/// A slot of the table of command names: a name packed into words, and whose it is.
///
/// Letters are folded by setting bit 5 of every byte, which also makes `_` and DEL the same, and
/// `-` and CR; a name that holds such signs is therefore compared byte by byte in the end.
@usableFromInline
@safe struct NameSlot {
    /// More than twice as many slots as names: few share their place.
    static var tableSize: Int { 1024 }
    @usableFromInline static var tableMask: Int { 1023 }
    /// The longest name that fits.
    @usableFromInline static var maximumLength: Int { 24 }

    @usableFromInline var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
    /// The name in capitals, in the text of its row.
    @usableFromInline var address: UnsafePointer<UInt8>? = nil
    @usableFromInline var id: CommandID = .append
    @usableFromInline var container: Int16 = -1
    /// 0 marks an empty slot.
    @usableFromInline var count: UInt8 = 0
    @usableFromInline var hasSigns = false

    init() {}

    /// The name's words; the first and the last eight bytes overlap as they may.
    @inlinable @inline(__always)
    static func pack(_ base: UnsafeRawPointer, count: Int) -> (UInt64, UInt64, UInt64) {
        let fold: UInt64 = 0x2020_2020_2020_2020
        if count >= 8 {
            let first = unsafe base.loadUnaligned(as: UInt64.self) | fold
            let last = unsafe base.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self) | fold
            let middle =
                count > 16
                ? unsafe base.loadUnaligned(fromByteOffset: 8, as: UInt64.self) | fold : 0
            return (first, last, middle)
        }
        if count >= 4 {
            let first = unsafe UInt64(base.loadUnaligned(as: UInt32.self))
            let last = unsafe UInt64(
                base.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
            return (first | last << 32 | fold, 0, 0)
        }
        let first = unsafe UInt64(base.load(as: UInt8.self))
        let middle = unsafe UInt64(base.load(fromByteOffset: count >> 1, as: UInt8.self))
        let last = unsafe UInt64(base.load(fromByteOffset: count &- 1, as: UInt8.self))
        return (first | middle << 8 | last << 16 | fold, 0, 0)
    }

    /// Where the search for a name begins.
    @inlinable @inline(__always)
    static func place(_ words: (UInt64, UInt64, UInt64), container: Int16) -> Int {
        let parent = UInt64(UInt16(bitPattern: container))
        let mixed = words.0 ^ (words.1 &* 0x9e37_79b9_7f4a_7c15) ^ (parent << 48)
        return Int(truncatingIfNeeded: (mixed &* 0xd6e8_feb8_6659_fd93) >> 54)
    }

    /// The command whose name this is, within `container`.
    @inlinable @inline(__always)
    static func find(
        _ name: Span<UInt8>, container: Int16, in slots: UnsafePointer<NameSlot>
    ) -> CommandID? {
        let count = name.count
        guard count > 0 && count <= maximumLength else { return nil }
        return unsafe name.withUnsafeBufferPointer { bytes -> CommandID? in
            guard let base = bytes.baseAddress else { return nil }
            let words = unsafe pack(UnsafeRawPointer(base), count: count)
            var index = place(words, container: container)
            while true {
                let slot = unsafe slots[index]
                if slot.count == 0 { return nil }
                if slot.words.0 == words.0 && slot.words.1 == words.1
                    && slot.words.2 == words.2 && Int(slot.count) == count
                    && slot.container == container
                {
                    if !slot.hasSigns { return slot.id }
                    return unsafe slot.spells(base) ? slot.id : nil
                }
                index = (index &+ 1) & tableMask
            }
        }
    }

    /// Whether the bytes are exactly the name, letters in either case.
    @usableFromInline
    func spells(_ bytes: UnsafePointer<UInt8>) -> Bool {
        guard let address = unsafe address else { return false }
        for index in 0..<Int(count) {
            let byte = unsafe bytes[index]
            let capital = byte >= 0x61 && byte <= 0x7a ? byte & 0xdf : byte
            if unsafe capital != address[index] { return false }
        }
        return true
    }

    /// Puts a name into the table, which has room.
    @unsafe
    static func insert(
        address: UnsafePointer<UInt8>, count: Int, id: CommandID, container: Int16,
        into slots: UnsafeMutablePointer<NameSlot>
    ) {
        precondition(count > 0 && count <= maximumLength, "a command's name has 1 to 24 bytes")
        var slot = NameSlot()
        slot.words = unsafe pack(UnsafeRawPointer(address), count: count)
        unsafe slot.address = unsafe address
        slot.id = id
        slot.container = container
        slot.count = UInt8(count)
        for index in 0..<count {
            let byte = unsafe address[index]
            if byte < 0x41 || byte > 0x5a { slot.hasSigns = true }
        }
        var index = place(slot.words, container: container)
        while unsafe slots[index].count != 0 { index = (index + 1) & tableMask }
        unsafe slots[index] = slot
    }
}
