import Bytes

/// The digest of DEBUG DIGEST: equal for equal data sets, whatever the order of the keys.
///
/// Built of two steps over SHA-1, on 20 bytes that begin as zeros:
/// ```
///   add(data):  digest = digest xor SHA1(data)           the order does not matter
///   mix(data):  digest = SHA1(digest xor SHA1(data))     the order matters
/// ```
/// A key's digest mixes the key, its type and its value, and adds a mark if it expires. The data
/// set's mixes each database's number, then adds its keys' digests.
struct DatasetDigest {
    private(set) var bytes = [UInt8](repeating: 0, count: 20)

    mutating func add(_ data: Span<UInt8>) {
        let hash = SHA1.digest(data)
        for index in 0..<20 { bytes[index] ^= hash[index] }
    }

    mutating func mix(_ data: Span<UInt8>) {
        add(data)
        let mixed = SHA1.digest(bytes.span)
        bytes = mixed
    }

    /// Mixes a small number as four bytes, big end first.
    mutating func mix(number: UInt32) {
        let data: [UInt8] = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
        mix(data.span)
    }

    /// Mixes a value and its expiry.
    mutating func mix(_ value: ValueReference) {
        mix(number: UInt32(value.kind.rawValue))
        value.withBytes { mix($0) }
        if value.hasExpiry {
            let mark = Array("!!expire!!".utf8)
            add(mark.span)
        }
    }

    /// 40 lower-case hexadecimal digits.
    var text: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension Database {
    /// The digest of a key's value, as DEBUG DIGEST-VALUE prints it: 40 hexadecimal digits, zeros
    /// for a key that is not there.
    ///
    /// Expired keys count as there.
    public func digestText(of key: Span<UInt8>) -> String {
        var digest = DatasetDigest()
        if let position = position(key, hash(key)) { digest.mix(ValueReference(position.entry)) }
        return digest.text
    }
}

extension Database {
    /// Adds the digest of every key.
    func addDigests(to total: inout DatasetDigest) {
        if count == 0 { return }
        total.mix(number: UInt32(index))
        table.forEachEntry { entry in
            var digest = DatasetDigest()
            digest.mix(unsafe Span(_unsafeElements: entry.key))
            digest.mix(ValueReference(entry))
            total.add(digest.bytes.span)
        }
    }
}

extension Keyspace {
    /// The digest of all keys, as DEBUG DIGEST prints it: 40 hexadecimal digits.
    ///
    /// O(bytes).
    public func digestText() -> String {
        var total = DatasetDigest()
        for index in 0..<databaseCount { self[index].addDigests(to: &total) }
        return total.text
    }
}
