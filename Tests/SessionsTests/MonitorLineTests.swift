import Bytes
import CommandCatalog
import Determinism
import Protocol
import Sessions
import Testing

@Suite struct `Lines of MONITOR` {
    private func line(_ arguments: [String], source: ByteString = "127.0.0.1:1234") -> String {
        let request = OwnedRequest(arguments.map { ByteString($0) })
        let time = UnixTime(microseconds: 1_700_000_000_001_234)
        let catalog = CommandTable(for: .server)
        return request.withRequest(at: time) { request in
            MonitorLine.encode(
                request, catalog.find(request[0]) ?? .get, database: 3, source: source, at: time
            ).text
        }
    }

    @Test func `quote what is not printable`() {
        #expect(
            line(["set", "a\"\\", "\n\r\t\u{7}\u{8}\u{1}x y"])
                == #"+1700000000.001234 [3 127.0.0.1:1234] "set" "a\"\\" "\n\r\t\a\b\x01x y""#
                + "\r\n")
    }

    @Test(arguments: [
        (["AUTH", "secret"], #""AUTH" "(redacted)""#),
        (["auth", "user", "secret"], #""auth" "(redacted)" "(redacted)""#),
        (
            ["HELLO", "3", "AUTH", "user", "secret", "SETNAME", "n"],
            #""HELLO" "3" "AUTH" "(redacted)" "(redacted)" "SETNAME" "n""#
        ),
        (
            ["HELLO", "3", "SETNAME", "auth", "AUTH", "user", "secret"],
            #""HELLO" "3" "SETNAME" "auth" "AUTH" "(redacted)" "(redacted)""#
        ),
        (["HELLO"], #""HELLO""#), (["AUTH"], #""AUTH""#),
    ])
    func `hide users and passwords`(_ arguments: [String], _ shown: String) {
        #expect(line(arguments, source: "lua") == "+1700000000.001234 [3 lua] \(shown)\r\n")
    }
}
