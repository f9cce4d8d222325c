import Bytes

/// The text of INFO as it grows: sections of `name:value` lines.
public struct InfoText: Sendable {
    /// What is written so far.
    public private(set) var bytes: [UInt8] = []

    /// More than most texts have, so that they do not grow in steps.
    private static let expectedLength = 6 << 10

    /// Nothing yet.
    public init() { bytes.reserveCapacity(InfoText.expectedLength) }

    /// Begins a section; an empty line divides it from the one before.
    public mutating func section(_ title: String) {
        if !bytes.isEmpty { endLine() }
        append("# ")
        append(title)
        endLine()
    }

    /// A line of text.
    public mutating func field(_ name: String, _ value: String) {
        begin(name)
        append(value)
        endLine()
    }

    /// A line of bytes that came from outside: what would break the line is replaced.
    public mutating func field(_ name: String, safe value: ByteString) {
        begin(name)
        bytes += Self.safe(value)
        endLine()
    }

    /// A line of a number.
    public mutating func field(_ name: String, _ value: some BinaryInteger) {
        begin(name)
        if let number = Int(exactly: value) {
            bytes.append(decimal: number)
        } else {
            append(String(value))
        }
        endLine()
    }

    /// A line of 0 or 1.
    public mutating func field(_ name: String, _ value: Bool) {
        begin(name)
        bytes.append(value ? 0x31 : 0x30)
        endLine()
    }

    /// A line of a number with two digits after the point.
    public mutating func field(_ name: String, hundredths value: Double, unit: String = "") {
        begin(name)
        append(Self.fixed(value, digits: 2))
        append(unit)
        endLine()
    }

    /// A line of bytes, and one of the same for people: `used_memory_human:1.50M`.
    public mutating func bytes(_ name: String, _ value: Int) {
        field(name, value)
        field(name + "_human", Self.human(value))
    }

    /// `value` with so many digits after the point; what is not finite is zero.
    public static func fixed(_ value: Double, digits: Int) -> String {
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let scaled = (value.magnitude * Double(scale)).rounded()
        guard scaled.isFinite, let whole = Int(exactly: scaled) else {
            return fixed(0, digits: digits)
        }
        let fraction = "\(scale + whole % scale)".dropFirst()
        let sign = value < 0 && whole > 0 ? "-" : ""
        return digits == 0 ? "\(sign)\(whole)" : "\(sign)\(whole / scale).\(fraction)"
    }

    /// A size for people: `512B`, `1.50K`, `2.00G`.
    public static func human(_ bytes: Int) -> String {
        if bytes < 1 << 10 { return "\(bytes)B" }
        var size = Double(bytes) / 1024
        for unit in ["K", "M", "G", "T"] {
            if size < 1024 { return fixed(size, digits: 2) + unit }
            size /= 1024
        }
        return fixed(size, digits: 2) + "P"
    }

    /// The bytes with those replaced that have a meaning in INFO: `#`, `:`, line ends.
    static func safe(_ text: ByteString) -> [UInt8] {
        text.bytes.map { byte in
            switch byte {
            case UInt8(ascii: "#"), UInt8(ascii: ":"), 0x0a, 0x0d: UInt8(ascii: "_")
            default: byte
            }
        }
    }

    private mutating func begin(_ name: String) {
        append(name)
        bytes.append(0x3a)
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func endLine() {
        bytes.append(0x0d)
        bytes.append(0x0a)
    }
}
