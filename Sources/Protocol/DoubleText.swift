/// Doubles as Redis 7.2 prints them in replies.
public enum DoubleText {
    /// The shortest text that reads back as the same value: `3`, `0.1`, `1e+21`, `inf`, `-inf`, `nan`.
    public static func shortest(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        if value == 0 { return value.sign == .minus ? "-0" : "0" }
        if let whole = Int(exactly: value), whole.magnitude < 1 << 53 { return String(whole) }
        return layOut(value.magnitude.description, isNegative: value < 0)
    }

    /// From Swift's shortest digits to the C layout: plain between 1e-5 and 1e21, else an exponent.
    private static func layOut(_ description: String, isNegative: Bool) -> String {
        var digits: [UInt8] = []
        var exponent = 0
        var pointSeen = false
        var fraction = 0
        var rest = Substring(description)
        if let mark = rest.firstIndex(of: "e") {
            exponent = Int(rest[rest.index(after: mark)...]) ?? 0
            rest = rest[..<mark]
        }
        for byte in rest.utf8 {
            if byte == 0x2e {
                pointSeen = true
            } else {
                digits.append(byte)
                if pointSeen { fraction += 1 }
            }
        }
        // value = digits x 10^scale, without zeros at either end
        var scale = exponent - fraction
        while digits.count > 1, digits.first == 0x30 { digits.removeFirst() }
        while digits.count > 1, digits.last == 0x30 {
            digits.removeLast()
            scale += 1
        }
        let pointPosition = digits.count + scale
        var text: [UInt8] = isNegative ? [0x2d] : []
        if pointPosition > 21 || pointPosition < -6 {
            text.append(digits[0])
            if digits.count > 1 {
                text.append(0x2e)
                text += digits[1...]
            }
            let power = pointPosition - 1
            text.append(0x65)
            text.append(power < 0 ? 0x2d : 0x2b)
            text += Array(String(power.magnitude).utf8)
        } else if pointPosition <= 0 {
            text += [0x30, 0x2e]
            text += [UInt8](repeating: 0x30, count: -pointPosition)
            text += digits
        } else if scale >= 0 {
            text += digits
            text += [UInt8](repeating: 0x30, count: scale)
        } else {
            text += digits[..<pointPosition]
            text.append(0x2e)
            text += digits[pointPosition...]
        }
        return String(decoding: text, as: UTF8.self)
    }
}
