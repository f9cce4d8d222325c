import Bytes

extension ValueReference {
    /// Bytes of the value as an RDB file holds it: DEBUG OBJECT's `serializedlength`.
    ///
    /// O(bytes).
    public func serializedLength(compresses: Bool) -> Int {
        var output = OutputBuffer()
        if let integer, output.append(rdbInteger: integer) { return output.count }
        withBytes { output.append(rdbString: $0) }
        if !compresses { return output.count }
        var finisher = RDBFinisher(compresses: true, checksums: false)
        // A record needs a key before its value: one byte for the type, one for an empty key.
        let record = [RDBFormat.ValueType.string, 0] + ByteString(output.unsent).bytes
        return finisher.process(record).count - 2
    }

    /// Where the value is kept, as a number that tells values apart while they are not changed.
    public var debugAddress: UInt { unsafe UInt(bitPattern: entry.address) }
}
