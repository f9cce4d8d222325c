import Bytes
import Configuration
import Testing

private typealias Values = [String: DirectiveValue]

private let table = DirectiveTable<Values, Never>([
    row("number", .integer(0...100), .integer(1)),
    row("list", .words, .words([]), .multipleArguments),
    row("secret", .text(optional: true), .text(""), .sensitive),
])

private func row(
    _ name: String, _ kind: DirectiveKind, _ value: DirectiveValue, _ flags: DirectiveFlags = []
) -> Directive<Values, Never> {
    Directive(
        name, aliases: [], kind: kind, flags: flags, defaultValue: value, summary: "",
        effect: nil, read: { $0[name] ?? value }, write: { $0[name] = $1 },
        check: { _ throws(DirectiveError) in })
}

@Suite struct `What was changed at run time` {
    private func state(_ text: String) throws -> RunTimeState {
        try RunTimeState(parsing: Array(text.utf8), source: "s")
    }

    @Test func `is written and read again`() throws {
        var state = RunTimeState()
        state.entries = [
            .init(name: "list", value: "a b", overridden: ""),
            .init(name: "secret", value: "\"x'\n", overridden: "o\0"),
        ]
        #expect(try RunTimeState(parsing: state.text, source: "s") == state)
        #expect(ByteString(state.text).text.contains("\nlist \"a b\" \"\"\n"))
    }

    @Test func `is what differs from the start, beside what the administrator said`() {
        let administrator: Values = ["number": .integer(9), "secret": .text("s")]
        let granted: Values = ["number": .integer(5), "secret": .text("s")]
        let running: Values = [
            "number": .integer(5), "list": .words(["a", "b"]), "secret": .text("t"),
        ]
        let changes = table.changes(
            of: running, from: granted, administrator: administrator
        ) { $0.name != "secret" }
        #expect(changes.entries == [.init(name: "list", value: "a b", overridden: "")])
    }

    @Test func `holds for as long as what it overrode is there`() throws {
        let state = try state("number 7 3\nlist \"\" \"a b\"\n")
        var same: Values = ["number": .integer(3), "list": .words(["a", "b"])]
        let overlay = try table.overlay(state, on: &same, source: "s")
        #expect(same["number"] == .integer(7))
        #expect(same["list"] == .words([]))
        #expect(overlay.kept == state)
        #expect(overlay.conflicts.isEmpty)
        #expect(
            overlay.notes.first
                == "number is '7' since it was changed at run time; the configuration has '3'")

        var changed: Values = ["number": .integer(4), "list": .words(["a", "b"])]
        let second = try table.overlay(state, on: &changed, source: "s")
        #expect(changed["number"] == .integer(4))
        #expect(second.kept.entries == [state.entries[1]])
        #expect(
            second.conflicts == [
                "number is '4' as the configuration has it: that was changed after '7' had overridden "
                    + "'3' at run time"
            ])
    }

    @Test func `does not tell secrets to the log`() throws {
        var values: Values = ["secret": .text("old")]
        let overlay = try table.overlay(try state("secret new old"), on: &values, source: "s")
        #expect(values["secret"] == .text("new"))
        #expect(!overlay.notes.joined().contains("new") && !overlay.notes.joined().contains("old"))
    }

    @Test func `of another version is passed over, of no version is an error`() throws {
        var values: Values = [:]
        let overlay = try table.overlay(try state("later 1 2"), on: &values, source: "s")
        #expect(overlay.conflicts == ["s: later is no directive: left out"])
        #expect(throws: ConfigurationError.self) { try state("number 7") }
        #expect(throws: ConfigurationError.self) {
            try table.overlay(try state("number x 1"), on: &values, source: "s")
        }
    }
}

@Suite struct `A password in a file of its own` {
    @Test(arguments: [
        ("/etc/p", "slash"), ("plain", "credential"), ("prefixed", "of the directory"),
        ("both", "of the directory"),
    ])
    func `is its first line`(_ name: String, _ expected: String) throws {
        var files = MemoryFiles(
            contents: [
                "/etc/p": "slash\r\nmore\n", "/c/plain": "credential",
                "/c/secrets_prefixed": "of the directory\n", "/c/both": "other",
                "/c/secrets_both": "of the directory\n",
            ], credentialsDirectory: "/c")
        #expect(try files.secret(ByteString(name)).text == expected)
    }

    @Test func `is missed aloud`() {
        var files = MemoryFiles(contents: ["/empty": "\nx"])
        #expect(throws: DirectiveError("there is no file /p")) { try files.secret("/p") }
        #expect(throws: DirectiveError("the first line of /empty is empty")) {
            try files.secret("/empty")
        }
        #expect(throws: DirectiveError.self) { try files.secret("name") }
    }
}
