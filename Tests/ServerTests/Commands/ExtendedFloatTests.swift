import Server
import Testing

/// The sums are those of redis-server 7.2.4 on x86-64.
@Suite struct `Extended floats` {
    @Test(arguments: [
        ("1", "0.25", "1.25"), ("1.5", "1.5", "3"), ("0.1", "0.2", "0.3"),
        ("10.50", "0.1", "10.6"), ("5.0e3", "2.0e2", "5200"), ("-1.1", "1.1", "0"),
        ("17179869184", "1.5", "17179869185.5"), ("0", "-0", "0"), ("1", "-1.1", "-0.1"),
        ("3", "0x1p-3", "3.125"), ("0x10", "+.5", "16.5"), ("5.", "1e-5", "5.00001"),
        ("1e17", "1", "100000000000000001"), ("18446744073709551615", "1", "18446744073709551616"),
        ("1e20", "0.5", "100000000000000000000"), ("1e-18", "0", "0"),
        ("6e-18", "0", "0.00000000000000001"), ("0x1p-1074", "0", "0"),
        ("1e25", "1", "10000000000000000000000000"),
        ("9007199254740993", "0.1", "9007199254740993.09960937500000000"),
    ])
    func `add up as long doubles do`(_ left: String, _ right: String, _ expected: String) {
        let sum = number(left).flatMap { left in number(right).flatMap { left.adding($0) } }
        // Goldens may be written with their zeros, for the eye.
        var expected = expected
        while expected.contains(".") && expected.hasSuffix("0") { expected.removeLast() }
        #expect(sum.map { String(decoding: $0.text, as: UTF8.self) } == expected)
    }

    @Test(arguments: [
        "", " 1", "1 ", "nan", "abc", "1e", "e5", ".", "-", "--1", "1.2.3", "0x", "0x.p1", "1_0",
        "1e5000", "-1e5000", "1e-5000", "0x1p16384", "infin", "1e+", "+", "1\0",
    ])
    func `refuse what strtold does not take whole`(_ text: String) {
        #expect(number(text) == nil)
    }

    @Test func `are refused past 5119 digits`() {
        #expect(number("0." + String(repeating: "0", count: 5116) + "1") == nil)
        #expect(number(String(repeating: "0", count: 5119)) != nil)
        #expect(number(String(repeating: "0", count: 5120)) == nil)
    }

    @Test func `print their greatest number whole`() throws {
        let greatest = try #require(number("1.18973149535723176502e4932"))
        #expect(greatest.text.count == 4933)
        #expect(greatest.adding(greatest) == nil)
        #expect(number("inf").flatMap { $0.adding(ExtendedFloat(1)) } == nil)
    }

    private func number(_ text: String) -> ExtendedFloat? {
        let bytes = Array(text.utf8)
        return ExtendedFloat(bytes.span)
    }
}
