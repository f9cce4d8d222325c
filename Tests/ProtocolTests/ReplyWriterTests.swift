import Bytes
import Protocol
import Testing

private func written(
    _ version: ProtocolVersion, _ body: (inout ReplyWriter) -> Void
) -> String {
    var reply = ReplyWriter(version: version)
    body(&reply)
    return reply.output.unsent.text
}

@Suite struct `Reply writer` {
    @Test func `simple types are the same in both versions`() {
        for version in [ProtocolVersion.resp2, .resp3] {
            #expect(written(version) { $0.ok() } == "+OK\r\n")
            #expect(written(version) { $0.integer(-42) } == ":-42\r\n")
            #expect(written(version) { $0.integer(.min) } == ":-9223372036854775808\r\n")
            #expect(written(version) { $0.bulk("hello") } == "$5\r\nhello\r\n")
            #expect(written(version) { $0.bulk(ByteString()) } == "$0\r\n\r\n")
            #expect(written(version) { $0.bulk(decimal: -105) } == "$4\r\n-105\r\n")
            #expect(written(version) { $0.array(count: 2) } == "*2\r\n")
            #expect(written(version) { $0.error("ERR no") } == "-ERR no\r\n")
        }
    }

    @Test func `what RESP2 has no type for becomes what clients expect`() {
        #expect(written(.resp2) { $0.null() } == "$-1\r\n")
        #expect(written(.resp3) { $0.null() } == "_\r\n")
        #expect(written(.resp2) { $0.nullArray() } == "*-1\r\n")
        #expect(written(.resp3) { $0.nullArray() } == "_\r\n")
        #expect(written(.resp2) { $0.map(count: 3) } == "*6\r\n")
        #expect(written(.resp3) { $0.map(count: 3) } == "%3\r\n")
        #expect(written(.resp2) { $0.set(count: 3) } == "*3\r\n")
        #expect(written(.resp3) { $0.set(count: 3) } == "~3\r\n")
        #expect(written(.resp2) { $0.push(count: 3) } == "*3\r\n")
        #expect(written(.resp3) { $0.push(count: 3) } == ">3\r\n")
        #expect(written(.resp2) { $0.boolean(true) } == ":1\r\n")
        #expect(written(.resp3) { $0.boolean(false) } == "#f\r\n")
        #expect(written(.resp2) { $0.double(0.5) } == "$3\r\n0.5\r\n")
        #expect(written(.resp3) { $0.double(0.5) } == ",0.5\r\n")
        #expect(written(.resp2) { $0.verbatim("abc") } == "$3\r\nabc\r\n")
        #expect(written(.resp3) { $0.verbatim("abc") } == "=7\r\ntxt:abc\r\n")
    }

    @Test func `errors never break out of their line`() {
        #expect(written(.resp2) { $0.error(text: "ERR a\r\nb") } == "-ERR a  b\r\n")
    }

    @Test func `a length that is known late goes before what was written`() {
        let text = written(.resp2) { reply in
            reply.ok()
            let mark = reply.beginCollection()
            reply.integer(1)
            reply.integer(2)
            reply.endCollection(.array, mark: mark, count: 2)
        }
        #expect(text == "+OK\r\n*2\r\n:1\r\n:2\r\n")
    }

    @Test(arguments: [
        (3.0, "3"), (0.1, "0.1"), (-2.5, "-2.5"), (1e21, "1e+21"), (1e20, "1e+20"),
        (1e7, "10000000"), (1e8, "1e+8"),
        (1.5e-7, "1.5e-7"), (0.000001, "0.000001"), (123456.789, "123456.789"),
        (0.00012345, "1.2345e-4"), (0.00015, "0.00015"),
        (.infinity, "inf"), (-.infinity, "-inf"), (.nan, "nan"),
    ])
    func `doubles have their shortest text`(_ value: Double, _ text: String) {
        #expect(DoubleText.shortest(value) == text)
    }
}
