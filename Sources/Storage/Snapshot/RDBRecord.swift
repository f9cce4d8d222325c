import Bytes
import Glibc

/// RDB records appended to a buffer: plain, uncompressed, without a checksum.
extension OutputBuffer {
    mutating func append(rdbLength length: Int) {
        if length < 1 << 6 {
            append(UInt8(truncatingIfNeeded: length))
        } else if length < 1 << 14 {
            append(UInt8(truncatingIfNeeded: 0x40 | length >> 8))
            append(UInt8(truncatingIfNeeded: length))
        } else if length <= Int(UInt32.max) {
            append(0x80)
            appendBytes(of: UInt32(truncatingIfNeeded: length).bigEndian)
        } else {
            append(0x81)
            appendBytes(of: length.bigEndian)
        }
    }

    @inline(__always)
    mutating func appendBytes(of value: some FixedWidthInteger) {
        let size = MemoryLayout.size(ofValue: value)
        let place = unsafe UnsafeMutableRawPointer(extend(by: size))
        unsafe place.storeBytes(of: value, as: type(of: value))
    }

    /// A string; text that spells a small integer takes the form of one.
    mutating func append(rdbString bytes: Span<UInt8>) {
        if bytes.count <= 11, let number = DecimalText.parse(bytes), append(rdbInteger: number) {
            return
        }
        append(rdbLength: bytes.count)
        append(bytes)
    }

    /// An integer in one of the special forms; false, and nothing is written, past 32 bits.
    mutating func append(rdbInteger number: Int) -> Bool {
        if let small = Int8(exactly: number) {
            append(RDBFormat.StringForm.int8)
            appendBytes(of: small)
        } else if let small = Int16(exactly: number) {
            append(RDBFormat.StringForm.int16)
            appendBytes(of: small.littleEndian)
        } else if let small = Int32(exactly: number) {
            append(RDBFormat.StringForm.int32)
            appendBytes(of: small.littleEndian)
        } else {
            return false
        }
        return true
    }

    /// A pair of texts about the file.
    mutating func append(rdbAuxiliary name: String, _ value: String) {
        append(RDBFormat.Opcode.auxiliary)
        append(rdbString: Array(name.utf8).span)
        append(rdbString: Array(value.utf8).span)
    }
}

extension Entry {
    /// The head of the entry's RDB record: the expiry, the type, the key.
    func appendRecordHead(to output: inout OutputBuffer) {
        if hasExpiry {
            output.append(RDBFormat.Opcode.expiryMilliseconds)
            output.appendBytes(of: expiryMilliseconds.littleEndian)
        }
        output.append(RDBFormat.ValueType.string)
        unsafe output.append(rdbString: Span(_unsafeElements: key))
    }

    /// The rest of the record: the value.
    func appendRecordValue(to output: inout OutputBuffer) {
        if layout == .integer && output.append(rdbInteger: integer) { return }
        ValueReference(self).withBytes { output.append(rdbString: $0) }
    }
}
