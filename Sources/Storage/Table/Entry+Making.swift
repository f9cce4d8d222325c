import Glibc

/// What a new entry is to hold.
///
/// The spans' addresses are borrowed for the call.
@safe enum EntryContent {
    case integer(Int)
    case bytes(UnsafeBufferPointer<UInt8>)
    case block(StringBlock)

    @inline(__always)
    var layout: Entry.Layout {
        switch self {
        case .integer: .integer
        case .bytes: .inline
        case .block: .separate
        }
    }
}

extension Entry {
    /// A new entry; inline bytes are at most `longestInline`, a block passes to the entry.
    @inline(__always)
    static func make(
        key: UnsafeBufferPointer<UInt8>, content: EntryContent, isRaw: Bool, expiry: Int64?,
        clock: UInt32
    ) -> Entry {
        let isWide = key.count >= wide
        var inlineCount = 0
        if case .bytes(let bytes) = content { inlineCount = bytes.count }
        let isInline = content.layout == .inline
        let size =
            (isWide ? 16 : 8) + key.count + (expiry != nil ? 8 : 0)
            + (isInline ? inlineCount : 8)
        let entry = unsafe Entry(Allocation.allocate(Allocation.roundedUp(size)))
        unsafe entry.write(
            key: key, content: content, isRaw: isRaw, expiry: expiry, clock: clock,
            isWide: isWide, inlineCount: inlineCount)
        return entry
    }

    @inline(__always)
    private func write(
        key: UnsafeBufferPointer<UInt8>, content: EntryContent, isRaw: Bool, expiry: Int64?,
        clock: UInt32, isWide: Bool, inlineCount: Int
    ) {
        var word = UInt64(content.layout.rawValue) << 4
        if expiry != nil { word |= Entry.expiryBit }
        if isRaw { word |= Entry.rawBit }
        word |= UInt64(clock & 0xff_ffff) << 8
        word |= UInt64(inlineCount) << 32
        word |= UInt64(isWide ? Entry.wide : key.count) << 48
        header = word
        if isWide { unsafe address.storeBytes(of: key.count, toByteOffset: 8, as: Int.self) }
        if let source = key.baseAddress { unsafe memcpy(keyBytes, source, key.count) }
        if let expiry { expiryMilliseconds = expiry }
        switch content {
        case .integer(let number): integer = number
        case .block(let block): self.block = block
        case .bytes(let bytes):
            if let source = bytes.baseAddress {
                unsafe memmove(address + valueOffset, source, inlineCount)
            }
        }
    }

    /// What the entry holds, for a copy of it: a block is the same block.
    var content: EntryContent {
        switch layout {
        case .integer: .integer(integer)
        case .separate: .block(block)
        case .inline: unsafe .bytes(UnsafeBufferPointer(valueBytes))
        }
    }

    /// The key, borrowed from the entry.
    var key: UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(start: keyBytes, count: keyCount)
    }

    /// A new entry with the same content under another key; this one is then freed as a shell.
    func renamed(_ key: Span<UInt8>) -> Entry {
        unsafe key.withUnsafeBufferPointer { key in
            unsafe Entry.make(
                key: key, content: content, isRaw: isRaw,
                expiry: hasExpiry ? expiryMilliseconds : nil, clock: accessClock)
        }
    }

    /// A copy under another key, which owns its own block.
    func copied(to key: Span<UInt8>) -> Entry {
        guard layout == .separate else { return renamed(key) }
        let old = block
        let copy = StringBlock.allocate(capacity: old.count)
        copy.count = old.count
        unsafe memcpy(copy.start, old.start, old.count)
        return unsafe key.withUnsafeBufferPointer { key in
            unsafe Entry.make(
                key: key, content: .block(copy), isRaw: isRaw,
                expiry: hasExpiry ? expiryMilliseconds : nil, clock: accessClock)
        }
    }

    /// A new entry that differs in its expiry; this one is then freed as a shell.
    func withExpiry(_ milliseconds: Int64?) -> Entry {
        unsafe Entry.make(
            key: key, content: content, isRaw: isRaw, expiry: milliseconds, clock: accessClock)
    }

    /// Reports the value as `raw` from now on.
    func setRaw() { header |= Entry.rawBit }

    /// Bytes that the allocator gave for the entry itself.
    var allocatedSize: Int { Allocation.roundedUp(size) }

    /// Frees the entry alone: its block has another owner now.
    @inline(__always)
    func freeShell() { unsafe Allocation.free(address, allocatedSize) }

    /// Frees the entry and what it owns.
    @inline(__always)
    func free() {
        if layout == .separate { block.free() }
        freeShell()
    }

    /// Writes other inline bytes over the present content if they fit without a new allocation.
    ///
    /// An entry of separate layout is left as it is. The bytes may not lie within the entry.
    @inline(__always)
    func overwrite(inline bytes: UnsafeBufferPointer<UInt8>, isRaw: Bool, clock: UInt32) -> Bool {
        if layout == .separate { return false }
        let offset = valueOffset
        if Allocation.roundedUp(offset &+ bytes.count) != allocatedSize { return false }
        let kept = header & ~0x0000_ffff_ffff_ffb0
        header =
            kept | UInt64(clock & 0xff_ffff) << 8 | UInt64(bytes.count) << 32
            | (isRaw ? Entry.rawBit : 0)
        if let source = bytes.baseAddress {
            unsafe memcpy(address + offset, source, bytes.count)
        }
        return true
    }
}
