import Bytes
import Configuration
import Testing

@Suite struct `The grammar of a value` {
    private func reason(_ kind: DirectiveKind, _ words: [ByteString]) -> String? {
        do {
            _ = try kind.parse(words)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test(arguments: [
        ("0", 0), ("512", 512), ("7b", 7), ("1k", 1000), ("1KB", 1024), ("2m", 2_000_000),
        ("2Mb", 2 << 20), ("3g", 3_000_000_000), ("3gb", 3 << 30),
        ("9223372036854775807", Int.max),
    ])
    func `a size is spelled with units`(text: String, bytes: Int) {
        #expect(ByteSize.parse(ByteString(text).bytes.span) == bytes)
    }

    @Test(arguments: [
        "", "kb", "-1", "1 kb", "1kbb", "1t", "0x10", "9223372036854775808", "9999999999gb",
    ])
    func `what is no size is refused`(text: String) {
        #expect(ByteSize.parse(ByteString(text).bytes.span) == nil)
    }

    @Test(arguments: [
        (0, "0"), (1, "1"), (1000, "1000"), (1024, "1kb"), (3 << 20, "3mb"), (5 << 30, "5gb"),
    ])
    func `a size is written in whole units`(bytes: Int, text: String) {
        #expect(ByteSize.text(bytes) == text)
        #expect(ByteSize.parse(ByteString(text).bytes.span) == bytes)
    }

    @Test func `yes and no are read in any case`() throws {
        #expect(try DirectiveKind.boolean.parse(["YES"]) == .boolean(true))
        #expect(try DirectiveKind.boolean.parse(["no"]) == .boolean(false))
        #expect(reason(.boolean, ["1"]) == "argument must be 'yes' or 'no'")
        #expect(reason(.boolean, ["yes", "no"]) == "wrong number of arguments")
    }

    @Test func `a number stays within its bounds`() throws {
        let kind = DirectiveKind.integer(1...10)
        #expect(try kind.parse(["1"]) == .integer(1))
        #expect(try kind.parse(["10"]) == .integer(10))
        #expect(reason(kind, ["0"]) == "argument must be between 1 and 10 inclusive")
        #expect(reason(kind, ["11"]) == "argument must be between 1 and 10 inclusive")
        #expect(reason(kind, ["abc"]) == "argument couldn't be parsed into an integer")
        #expect(reason(kind, ["01"]) == "argument couldn't be parsed into an integer")
        #expect(reason(kind, [""]) == "argument couldn't be parsed into an integer")
    }

    @Test func `permissions are octal`() throws {
        let kind = DirectiveKind.octal(0...0o777)
        #expect(try kind.parse(["700"]) == .integer(0o700))
        #expect(kind.format(.integer(0o755)) == "755")
        #expect(reason(kind, ["1000"]) == "argument must be between 0 and 777 inclusive")
        #expect(reason(kind, ["888"]) == "argument couldn't be parsed as an octal number")
    }

    @Test func `a percentage is a negative number inside`() throws {
        let kind = DirectiveKind.memory(-100...Int.max, percent: true)
        #expect(try kind.parse(["5%"]) == .integer(-5))
        #expect(try kind.parse(["100%"]) == .integer(-100))
        #expect(try kind.parse(["5mb"]) == .integer(5 << 20))
        #expect(kind.format(.integer(-5)) == "5%")
        #expect(kind.fileText(.integer(-5)) == "5%")
        #expect(kind.fileText(.integer(5 << 20)) == "5mb")
        #expect(reason(kind, ["101%"]) == "percentage argument must be less or equal to 100")
        #expect(reason(kind, ["%"]) == "argument must be a memory or percent value")
        #expect(
            reason(.memory(0...9, percent: false), ["x"]) == "argument must be a memory value")
    }

    @Test func `a choice lists its words when none fits`() throws {
        let kind = DirectiveKind.choice([
            DirectiveChoice("no", 0), DirectiveChoice("yes", 1), DirectiveChoice("relative", 1),
        ])
        #expect(try kind.parse(["RELATIVE"]) == .integer(1))
        #expect(kind.format(.integer(1)) == "yes")
        let list = "argument(s) must be one of the following: no, yes, relative"
        #expect(reason(kind, ["maybe"]) == list)
        #expect(reason(kind, []) == list)
        #expect(reason(kind, ["no", "yes"]) == list)
    }

    @Test func `flags join their bits`() throws {
        let kind = DirectiveKind.flags([
            DirectiveChoice("default", 0), DirectiveChoice("save", 1), DirectiveChoice("now", 4),
        ])
        #expect(try kind.parse(["now", "save"]) == .integer(5))
        #expect(kind.format(.integer(5)) == "save now")
        #expect(kind.format(.integer(0)) == "default")
        #expect(reason(kind, ["then"]) != nil)
    }
}
