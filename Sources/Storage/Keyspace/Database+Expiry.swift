import Bytes
import Determinism

extension Database {
    /// Sets or clears the time at which a key expires (milliseconds since 1970); false when the
    /// key is not there.
    @discardableResult
    public mutating func setExpiry(_ key: Span<UInt8>, milliseconds: Int64?) -> Bool {
        guard let position = position(key, hash(key)) else { return false }
        table.beforeChange(at: position)
        let entry = position.entry
        if let milliseconds, entry.hasExpiry {
            entry.expiryMilliseconds = milliseconds
        } else if entry.hasExpiry != (milliseconds != nil) {
            table.replace(position, with: entry.withExpiry(milliseconds))
            entry.freeShell()
        }
        touchWatchers(of: key)
        return true
    }

    /// When a key expires, in milliseconds since 1970; nil when it is not there or stays.
    public func expiry(of key: Span<UInt8>) -> Int64? {
        guard let position = position(key, hash(key)) else { return nil }
        return position.entry.hasExpiry ? position.entry.expiryMilliseconds : nil
    }

    /// Whether the key is there and its time has passed: what EXEC asks about watched keys.
    public func hasExpired(_ key: Span<UInt8>, at now: UnixTime) -> Bool {
        guard let position = position(key, hash(key)) else { return false }
        return position.entry.hasExpiry && hasPassed(position.entry, now)
    }

    /// Removes an entry whose time has passed, and records it.
    mutating func expire(_ position: EntryTable.Position) {
        table.beforeChange(at: position)
        let entry = table.remove(position)
        let key = unsafe ByteString(Span(_unsafeElements: entry.key))
        entry.free()
        touchWatchers(of: key.bytes.span, isRemoval: true)
        changes.notify(.expired, "expired", key.bytes.span)
        changes.expired += 1
        changes.expiredKeys.append(key)
    }

    /// A round of active expiry: looks at keys with a time to live, segment by segment from where
    /// the last round ended, and removes those whose time has passed.
    ///
    /// `budget` bounds the keys that are looked at, plus one for each segment visited: about
    /// 0.1 microseconds each. A segment counts its expiring entries and marks their slots, so that
    /// others are not read. Only a master (`expiryPolicy == .remove`) removes anything.
    public mutating func expireCycle(at now: UnixTime, budget: Int) -> ActiveExpiryResult {
        var result = ActiveExpiryResult()
        if expiryPolicy != .remove || table.expiringCount == 0 { return result }
        var spent = 0
        var lifeSum: Int64 = 0
        let limit = table.pool.count
        for _ in 0..<limit where spent < budget && table.expiringCount > 0 {
            if expiryPosition >= table.pool.count { expiryPosition = 0 }
            let segment = table.pool.segment(expiryPosition)
            expiryPosition += 1
            spent += 1
            if segment.expiringCount == 0 { continue }
            for bucket in 0..<Segment.bucketCount {
                var used = segment.bucket(bucket).used
                while used != 0 {
                    let slot = used.trailingZeroBitCount
                    used &= used &- 1
                    let position = EntryTable.Position(
                        segment: segment, bucket: bucket, slot: slot)
                    if position.word & Segment.expiresBit == 0 { continue }
                    spent += 1
                    result.examined += 1
                    if hasPassed(position.entry, now) {
                        expire(position)
                        result.expired += 1
                    } else {
                        let life = position.entry.expiryMilliseconds &- now.milliseconds
                        lifeSum = lifeSum.addingReportingOverflow(life).partialValue
                    }
                }
            }
            table.shrink(around: segment.prefix)
        }
        let living = Int64(result.examined - result.expired)
        if living > 0 {
            let sample = max(lifeSum / living, 0)
            averageLifeMilliseconds =
                averageLifeMilliseconds == 0
                ? sample : averageLifeMilliseconds / 50 * 49 + sample / 50
        }
        return result
    }
}
