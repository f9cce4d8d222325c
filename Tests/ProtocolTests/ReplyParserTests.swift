import Bytes
import Protocol
import Testing

@Suite struct ReplyParsing {
    static let stream =
        "+OK\r\n-ERR no\r\n:-42\r\n$5\r\nhello\r\n$-1\r\n*-1\r\n*0\r\n"
        + "*3\r\n:1\r\n*1\r\n+x\r\n$0\r\n\r\n_\r\n#t\r\n,1.5\r\n(123456789012345678901\r\n"
        + "=7\r\ntxt:abc\r\n~1\r\n:7\r\n%1\r\n+k\r\n:1\r\n>2\r\n+message\r\n:9\r\n"
        + "|1\r\n+ttl\r\n:5\r\n+v\r\n!5\r\nERR x\r\n"
    static let replies: [ReplyValue] = [
        .simpleString("OK"), .error("ERR no"), .integer(-42), .bulk("hello"), .null, .null,
        .array([]), .array([.integer(1), .array([.simpleString("x")]), .bulk("")]), .null,
        .boolean(true), .double(1.5, text: "1.5"), .bigNumber("123456789012345678901"),
        .verbatim("abc", format: "txt"), .set([.integer(7)]),
        .map([ReplyPair(.simpleString("k"), .integer(1))]),
        .push([.simpleString("message"), .integer(9)]),
        .attribute([ReplyPair(.simpleString("ttl"), .integer(5))], of: .simpleString("v")),
        .error("ERR x"),
    ]

    /// Everything that `pieces` spell when they arrive one after another.
    static func parse(
        _ pieces: [[UInt8]], limits: ReplyLimits = .standard
    ) throws(ReplyError) -> [ReplyValue] {
        var parser = ReplyParser(limits: limits)
        var input = InputBuffer()
        var values: [ReplyValue] = []
        for piece in pieces {
            input.append(piece.span)
            while let value = try parser.next(from: &input) { values.append(value) }
        }
        return values
    }

    @Test func `every type is read`() throws {
        #expect(try Self.parse([Array(Self.stream.utf8)]) == Self.replies)
    }

    @Test func `every split in two gives the same replies`() throws {
        let bytes = Array(Self.stream.utf8)
        for cut in 0...bytes.count {
            let pieces = [Array(bytes[..<cut]), Array(bytes[cut...])]
            #expect(try Self.parse(pieces) == Self.replies, "cut at \(cut)")
        }
    }

    @Test func `byte by byte gives the same replies`() throws {
        #expect(try Self.parse(Self.stream.utf8.map { [$0] }) == Self.replies)
    }

    @Test func `no flipped byte crashes the parser`() {
        let bytes = Array(Self.stream.utf8)
        for index in bytes.indices {
            for flip: UInt8 in [0x01, 0x10, 0x80, 0xff] {
                var flipped = bytes
                flipped[index] ^= flip
                _ = try? Self.parse([flipped])
            }
        }
    }

    @Test(arguments: [
        "?x\r\n", ":1x\r\n", "$-2\r\n", "*-2\r\n", "$3\r\nabcde\r\n", "#x\r\n", ",x\r\n", "(1x\r\n",
        "=2\r\nab\r\n", "_x\r\n", "+a\n", "\r\n", "$?\r\n",
    ])
    func `what is no reply is refused`(text: String) {
        #expect(throws: ReplyError.self) { try Self.parse([Array(text.utf8)]) }
    }

    @Test func `limits are enforced before memory is taken`() {
        var limits = ReplyLimits()
        limits.lineLength = 10
        limits.bulkLength = 5
        limits.depth = 2
        limits.elementCount = 4
        for text in [
            "+0123456789012", "$6\r\n", "*1\r\n*1\r\n*1\r\n", "*5\r\n",
            "*4\r\n:1\r\n:1\r\n:1\r\n:1\r\n",
        ] {
            #expect(throws: ReplyError.limitPassed, "\(text)") {
                try Self.parse([Array(text.utf8)], limits: limits)
            }
        }
    }

    @Test func `an error is final`() {
        var parser = ReplyParser()
        var input = InputBuffer()
        input.append(Array("?\r\n".utf8).span)
        #expect(throws: ReplyError.unknownType(0x3f)) { try parser.next(from: &input) }
        input.append(Array("+OK\r\n".utf8).span)
        #expect(throws: ReplyError.unknownType(0x3f)) { try parser.next(from: &input) }
    }

    @Test func `a command is an array of bulks`() {
        var output = OutputBuffer()
        CommandEncoder.append(["SET", "k", ""], to: &output)
        CommandEncoder.append(literals: ["PING"], to: &output)
        #expect(
            output.unsent.text
                == "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n*1\r\n$4\r\nPING\r\n")
    }
}
