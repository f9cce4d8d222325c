import Bytes
import Determinism
import Glibc

/// Changes of string values. A key that holds another kind of value is replaced by `setString` and
/// `setInteger`; the others are called for strings and missing keys only.
extension Database {
    /// Longest string that is reported as `embstr`.
    static var longestEmbedded: Int { 44 }

    /// Sets a key to a string; true when the key is new.
    ///
    /// Text that spells a 64-bit integer in the canonical way is kept as one. Under
    /// `expiryPolicy == .remove` a key whose time has passed counts as missing, as with `find`.
    @discardableResult
    public mutating func setString(
        _ key: Span<UInt8>, _ value: Span<UInt8>, expiry: ExpiryChange = .clear, at now: UnixTime
    ) -> Bool {
        setString(key, hash: hash(key), value, expiry: expiry, at: now)
    }

    /// Sets a key whose hash is known.
    @discardableResult
    public mutating func setString(
        _ key: Span<UInt8>, hash: UInt64, _ value: Span<UInt8>, expiry: ExpiryChange,
        at now: UnixTime
    ) -> Bool {
        if value.count <= DecimalText.maximumLength, let number = DecimalText.parse(value) {
            return store(
                key, hash, .integer(number), isRaw: false, expiry: expiry, at: now)
        }
        return setText(key, hash: hash, value, expiry: expiry, at: now)
    }

    /// Sets a key to a string that stays text, also where it spells an integer: what INCRBYFLOAT
    /// leaves behind.
    @discardableResult
    public mutating func setText(
        _ key: Span<UInt8>, hash: UInt64, _ value: Span<UInt8>, expiry: ExpiryChange,
        at now: UnixTime
    ) -> Bool {
        unsafe value.withUnsafeBufferPointer { bytes in
            let isRaw = bytes.count > Database.longestEmbedded
            return unsafe store(key, hash, .bytes(bytes), isRaw: isRaw, expiry: expiry, at: now)
        }
    }

    /// Sets a key to an integer; true when the key is new.
    @discardableResult
    public mutating func setInteger(
        _ key: Span<UInt8>, _ number: Int, expiry: ExpiryChange = .keep, at now: UnixTime
    ) -> Bool {
        store(key, hash(key), .integer(number), isRaw: false, expiry: expiry, at: now)
    }

    /// Appends to the string of a key, which is made if missing; returns the new length.
    @discardableResult
    public mutating func append(
        _ key: Span<UInt8>, _ bytes: Span<UInt8>, at now: UnixTime
    ) -> Int {
        let hash = hash(key)
        guard let position = position(key, hash) else {
            setString(key, hash: hash, bytes, expiry: .clear, at: now)
            return bytes.count
        }
        let count = ValueReference(position.entry).byteCount
        write(key, hash, position, offset: count, bytes, at: now)
        return count + bytes.count
    }

    /// Overwrites the string of a key from `offset` on, filling up with zeros; returns the length.
    ///
    /// The key is made if missing. With no bytes to write, nothing changes.
    @discardableResult
    public mutating func setRange(
        _ key: Span<UInt8>, offset: Int, _ bytes: Span<UInt8>, at now: UnixTime
    ) -> Int {
        precondition(offset >= 0, "an offset into a string is not negative")
        let hash = hash(key)
        if position(key, hash) == nil {
            if bytes.isEmpty { return 0 }
            let empty: [UInt8] = []
            unsafe empty.withUnsafeBufferPointer { empty in
                _ = unsafe store(
                    key, hash, .bytes(empty), isRaw: true, expiry: .clear, at: now)
            }
        }
        guard let position = position(key, hash) else { return 0 }
        let count = ValueReference(position.entry).byteCount
        if bytes.isEmpty { return count }
        write(key, hash, position, offset: offset, bytes, at: now)
        return max(count, offset + bytes.count)
    }

    // MARK: How

    /// Writes `bytes` at `offset` of the string at `position`, which becomes raw.
    private mutating func write(
        _ key: Span<UInt8>, _ hash: UInt64, _ position: EntryTable.Position, offset: Int,
        _ bytes: Span<UInt8>, at now: UnixTime
    ) {
        table.beforeChange(at: position)
        let entry = position.entry
        let oldCount = ValueReference(entry).byteCount
        let newCount = max(oldCount, offset + bytes.count)
        let block: StringBlock
        // Bytes that a snapshot has borrowed are not overwritten; others may come behind them.
        if entry.layout == .separate, entry.block.capacity >= newCount,
            offset >= oldCount || !entry.block.isLent
        {
            block = entry.block
        } else {
            // Room to grow: the double, but at most a megabyte more than is needed.
            let spare = oldCount == 0 ? 0 : min(newCount, 1 << 20)
            block = StringBlock.allocate(capacity: newCount + spare)
            ValueReference(entry).withBytes { old in
                block.count = old.count
                unsafe old.withUnsafeBufferPointer { old in
                    if let source = old.baseAddress {
                        unsafe memcpy(block.start, source, old.count)
                    }
                }
            }
            if entry.layout == .separate {
                entry.block.free()
                entry.block = block
            } else {
                replace(
                    position, content: .block(block), isRaw: true,
                    expiry: entry.hasExpiry ? entry.expiryMilliseconds : nil,
                    clock: entry.accessClock)
            }
        }
        if offset > oldCount { unsafe memset(block.start + oldCount, 0, offset - oldCount) }
        block.count = newCount
        unsafe bytes.withUnsafeBufferPointer { bytes in
            if let source = bytes.baseAddress {
                unsafe memmove(block.start + offset, source, bytes.count)
            }
        }
        position.entry.setRaw()
        touchWatchers(of: key)
    }

    /// Sets a key to `content`; true when the key is new.
    mutating func store(
        _ key: Span<UInt8>, _ hash: UInt64, _ content: EntryContent, isRaw: Bool,
        expiry: ExpiryChange, at now: UnixTime
    ) -> Bool {
        let clock = AccessClock.value(at: now)
        if let position = position(key, hash) {
            let old = position.entry
            if !old.hasExpiry || isVisible(key, old, position, now) {
                table.beforeChange(at: position)
                let milliseconds: Int64? =
                    switch expiry {
                    case .clear: nil
                    case .keep: old.hasExpiry ? old.expiryMilliseconds : nil
                    case .at(let milliseconds): milliseconds
                    }
                overwrite(
                    position, with: content, isRaw: isRaw, expiry: milliseconds, clock: clock)
                touchWatchers(of: key)
                return false
            }
            // Under `.hide` the entry is still there, and is replaced as if it had not been.
            if let position = self.position(key, hash) {
                table.beforeChange(at: position)
                table.remove(position).free()
            }
        }
        var milliseconds: Int64?
        if case .at(let time) = expiry { milliseconds = time }
        let entry = unsafe key.withUnsafeBufferPointer { key in
            unsafe Entry.make(
                key: key, content: content.shortened, isRaw: isRaw, expiry: milliseconds,
                clock: clock)
        }
        table.insert(entry, hash)
        touchWatchers(of: key)
        return true
    }

    /// Writes other content over the entry at `position`, in place where it fits.
    private mutating func overwrite(
        _ position: EntryTable.Position, with content: EntryContent, isRaw: Bool,
        expiry: Int64?, clock: UInt32
    ) {
        let old = position.entry
        if old.hasExpiry == (expiry != nil) && old.kind == .string {
            var isDone = false
            switch content {
            case .bytes(let bytes):
                if bytes.count <= Entry.longestInline {
                    isDone = unsafe old.overwrite(inline: bytes, isRaw: isRaw, clock: clock)
                }
            case .integer(let number):
                if old.layout == .integer {
                    old.integer = number
                    old.touch(clock)
                    isDone = true
                }
            case .block: break
            }
            if isDone {
                if let expiry { old.expiryMilliseconds = expiry }
                return
            }
        }
        let block = old.layout == .separate ? old.block : nil
        replace(
            position, content: content.shortened, isRaw: isRaw, expiry: expiry,
            clock: clock)
        block?.free()
    }

    /// Puts a new entry with the same key in the place of the one at `position`; the block of the
    /// old one, if any, is the caller's.
    mutating func replace(
        _ position: EntryTable.Position, content: EntryContent, isRaw: Bool, expiry: Int64?,
        clock: UInt32
    ) {
        let old = position.entry
        let entry = unsafe Entry.make(
            key: old.key, content: content, isRaw: isRaw, expiry: expiry, clock: clock)
        table.replace(position, with: entry)
        old.freeShell()
    }
}

extension EntryContent {
    /// The same content as a new entry takes it: bytes too long to lie inline go to a block.
    var shortened: EntryContent {
        guard case .bytes(let bytes) = self, bytes.count > Entry.longestInline else {
            return self
        }
        let block = StringBlock.allocate(capacity: bytes.count)
        block.count = bytes.count
        if let source = bytes.baseAddress {
            unsafe memcpy(block.start, source, bytes.count)
        }
        return .block(block)
    }
}
