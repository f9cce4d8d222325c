import Bytes
import CommandLineClient
import Protocol
import Testing

/// The expected texts are those of redis-cli 7.2.4.
@Suite struct `Text of replies` {
    private func text(_ reply: ReplyValue, _ style: ReplyStyle) -> String {
        ByteString(ReplyText(style: style).bytes(of: reply)).text
    }

    private static let nested: ReplyValue = .array([
        .integer(1), .array([.bulk("a"), .null, .array([])]),
        .map([ReplyPair(.bulk("k"), .array([.integer(1), .integer(2)]))]),
    ])

    @Test func `people see types, numbers and quotes`() {
        #expect(text(.simpleString("OK"), .standard) == "OK\n")
        #expect(text(.error("ERR no"), .standard) == "(error) ERR no\n")
        #expect(text(.integer(-3), .standard) == "(integer) -3\n")
        #expect(text(.bulk("a\"\n\u{1}"), .standard) == "\"a\\\"\\n\\x01\"\n")
        #expect(text(.verbatim("a\nb", format: "txt"), .standard) == "a\nb\n")
        #expect(text(.null, .standard) == "(nil)\n")
        #expect(text(.double(2.5, text: "2.5"), .standard) == "(double) 2.5\n")
        #expect(text(.boolean(true), .standard) == "(true)\n")
        #expect(text(.array([]), .standard) == "(empty array)\n")
        #expect(text(.map([]), .standard) == "(empty hash)\n")
        #expect(text(.set([]), .standard) == "(empty set)\n")
    }

    @Test func `what is inside stands to the right of its number`() {
        #expect(
            text(Self.nested, .standard)
                == """
                1) (integer) 1
                2) 1) "a"
                   2) (nil)
                   3) (empty array)
                3) 1# "k" =>
                      1) (integer) 1
                      2) (integer) 2

                """.replacing("=>\n", with: "=> \n"))
    }

    @Test func `numbers are aligned`() {
        let ten = ReplyValue.set((0..<10).map { .integer($0) })
        let lines = text(ten, .standard).split(separator: "\n")
        #expect(lines.first == " 1~ (integer) 0")
        #expect(lines.last == "10~ (integer) 9")
    }

    @Test func `raw replies are the bytes themselves`() {
        #expect(text(.bulk("a\u{1}"), .raw) == "a\u{1}\n")
        #expect(text(.null, .raw) == "\n")
        #expect(text(.error("ERR no"), .raw) == "ERR no\n\n")
        #expect(text(.map([ReplyPair(.bulk("k"), .integer(1))]), .raw) == "k 1\n")
        var custom = ReplyText(style: .raw)
        custom.elementDelimiter = ","
        custom.replyDelimiter = "|"
        let bytes = custom.bytes(of: .array([.bulk("a"), .bulk("b")]))
        #expect(ByteString(bytes) == "a,b|")
    }

    @Test func `comma-separated values are flat`() {
        #expect(text(.array([.bulk("a"), .integer(1), .null]), .csv) == "\"a\",1,NULL\n")
        #expect(text(.error("ERR no"), .csv) == "ERROR,\"ERR no\"\n")
        #expect(text(.boolean(false), .csv) == "false\n")
    }

    @Test func `JSON says what it can`() {
        #expect(text(Self.nested, .json) == "[1,[\"a\",null,[]],{\"k\":[1,2]}]\n")
        #expect(text(.map([ReplyPair(.integer(1), .boolean(true))]), .json) == "{\"1\":true}\n")
        #expect(text(.bulk("\u{1f}\n"), .json) == "\"\\u001f\\n\"\n")
        #expect(text(.bulk("\u{1f}\n"), .quotedJSON) == "\"\\\\x1f\\\\n\"\n")
    }
}
