/// The constants of the RDB file format, versions 1 to 11 (Redis 2.0 to 7.2).
///
/// A file is `REDIS` and four digits, then records, each led by one byte: an opcode, or the type of
/// a key's value; then the end and, from version 5 on, the CRC-64 of all before it (zero: none).
///
/// Lengths: the two highest bits of the first byte choose the form.
/// ```
///   00xxxxxx             6 bits
///   01xxxxxx xxxxxxxx    14 bits, big end first
///   10000000 + 4 bytes   32 bits, big end first;   10000001 + 8 bytes   64 bits
///   11xxxxxx             not a length: a string in a special form (0, 1, 2: an integer of 1, 2, 4
///                        bytes, little end first; 3: compressed length, length, LZF bytes)
/// ```
public enum RDBFormat {
    /// What our files say.
    public static var currentVersion: Int { 11 }
    /// What a replica of Redis 7.0 reads.
    public static var versionForOldReplicas: Int { 10 }
    /// The length of the signature and the version's digits.
    static var headerLength: Int { 9 }

    /// Records that are no keys.
    enum Opcode {
        static var function2: UInt8 { 245 }
        static var function: UInt8 { 246 }
        static var moduleAuxiliary: UInt8 { 247 }
        static var idle: UInt8 { 248 }
        static var frequency: UInt8 { 249 }
        static var auxiliary: UInt8 { 250 }
        static var resizeDatabase: UInt8 { 251 }
        static var expiryMilliseconds: UInt8 { 252 }
        static var expirySeconds: UInt8 { 253 }
        static var selectDatabase: UInt8 { 254 }
        static var end: UInt8 { 255 }
    }

    /// Types of values.
    enum ValueType {
        static var string: UInt8 { 0 }
    }

    /// The name of a type of values, or nil for a byte that names none.
    static func typeName(_ type: UInt8) -> StaticString? {
        switch type {
        case 0: "string"
        case 1, 10, 14, 18: "list"
        case 2, 11, 20: "set"
        case 3, 5, 12, 17: "zset"
        case 4, 9, 13, 16: "hash"
        case 6, 7: "module"
        case 15, 19, 21: "stream"
        default: nil
        }
    }

    /// Forms of strings, where a length has its two highest bits set.
    enum StringForm {
        static var int8: UInt8 { 0xc0 }
        static var int16: UInt8 { 0xc1 }
        static var int32: UInt8 { 0xc2 }
        static var compressed: UInt8 { 0xc3 }
    }
}
