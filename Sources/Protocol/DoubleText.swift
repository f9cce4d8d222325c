/// Doubles as Redis 7.2 prints them in replies.
public enum DoubleText {
    /// The shortest text that reads back as the same value: `3`, `0.1`, `1e+20`, `inf`, `-inf`, `nan`.
    public static func shortest(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        if value == 0 { return value.sign == .minus ? "-0" : "0" }
        return layOut(value.magnitude.description, isNegative: value < 0)
    }

    /// From Swift's shortest digits to the layout of Redis 7.2.
    ///
    /// With the value as `digits` x 10^`scale` and `power` the exponent of its first digit: plain
    /// where few zeros are added, else with an exponent.
    private static func layOut(_ description: String, isNegative: Bool) -> String {
        var digits: [UInt8] = []
        var scale = 0
        var rest = Substring(description)
        if let mark = rest.firstIndex(of: "e") {
            scale = Int(rest[rest.index(after: mark)...]) ?? 0
            rest = rest[..<mark]
        }
        var isFraction = false
        for byte in rest.utf8 {
            if byte == 0x2e {
                isFraction = true
            } else {
                digits.append(byte)
                if isFraction { scale -= 1 }
            }
        }
        while digits.count > 1, digits.first == 0x30 { digits.removeFirst() }
        while digits.count > 1, digits.last == 0x30 {
            digits.removeLast()
            scale += 1
        }
        let power = scale + digits.count - 1
        var text: [UInt8] = isNegative ? [0x2d] : []
        if scale >= 0 && power.magnitude < digits.count + 7 {
            text += digits
            text += [UInt8](repeating: 0x30, count: scale)
        } else if scale < 0 && (scale > -7 || power.magnitude < 4) {
            if power < 0 {
                text += [0x30, 0x2e]
                text += [UInt8](repeating: 0x30, count: -power - 1)
                text += digits
            } else {
                text += digits[...power]
                text.append(0x2e)
                text += digits[(power + 1)...]
            }
        } else {
            text.append(digits[0])
            if digits.count > 1 {
                text.append(0x2e)
                text += digits[1...]
            }
            text += [0x65, power < 0 ? 0x2d : 0x2b]
            text += Array(String(power.magnitude).utf8)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
