import Bytes
import CommandCatalog
import Configuration
import Determinism
import Server
import Testing

private struct Nowhere: ConfigurationFiles {
    func read(_ path: String) throws(DirectiveError) -> [UInt8] { throw DirectiveError("missing") }
    func readIfPresent(_ path: String) throws(DirectiveError) -> [UInt8]? { nil }
    func paths(matching pattern: String) -> [String] { [] }
    func enter(_ directory: String) throws(DirectiveError) {}
}

private struct GivenText: ConfigurationFiles {
    let text: [UInt8]
    func read(_ path: String) throws(DirectiveError) -> [UInt8] { text }
    func readIfPresent(_ path: String) throws(DirectiveError) -> [UInt8]? { nil }
    func paths(matching pattern: String) -> [String] { [] }
    func enter(_ directory: String) throws(DirectiveError) {}
}

private let catalog = CommandTable(for: .server)

private func load(_ text: [UInt8]) -> ServerSettings? {
    try? ServerConfiguration.load(
        CommandLineOptions(["f"]), files: GivenText(text: text), catalog: catalog
    ).settings
}

@Suite struct `A rewritten configuration` {
    /// Whatever starts the server is rewritten to a file that starts it with the same settings,
    /// and is then stable.
    private func check(_ text: [UInt8], _ seed: UInt64) -> Bool {
        guard let settings = load(text) else { return false }
        let rewritten = ConfigCommands.rewritten(text, settings)
        guard let again = load(rewritten) else {
            Issue.record(
                "seed \(seed): \(ByteString(text)) was rewritten to \(ByteString(rewritten))")
            return true
        }
        for row in ServerDirectives.table.rows
        where row.value(in: again) != row.value(in: settings) {
            Issue.record("seed \(seed): \(row.name) of \(ByteString(text))")
        }
        #expect(again.renamedCommands == settings.renamedCommands, "seed \(seed)")
        let stable = ConfigCommands.rewritten(rewritten, again)
        let once = ConfigCommands.rewritten(stable, again)
        #expect(once == stable, "seed \(seed)")
        return true
    }

    @Test func `says what was said, for any mixture of directives and values`() {
        let names = ServerDirectives.table.rows.flatMap { [$0.name] + $0.aliases }
        let values = [
            "yes", "no", "0", "1", "7", "100", "1024", "65535", "1kb", "3mb", "2gb", "5%", "\"\"",
            "''", "normal", "replica", "slave", "pubsub", "save", "nosave", "now", "force", "KEA",
            "local", "systemd", "127.0.0.1", "-::*", "host", "\"a b\"", "'it\\'s'",
            "\"\\x00\\xff\"",
            "\"q\\\"q\"", "\\", "999999999999999999999", "-1", "-5", "0.5", "99.9", "absolute",
            "default", "always", "debug", "get", "flushall", "{title}", "no one", "/tmp/x", "é",
        ]
        var started = 0
        for seed in UInt64(0)..<1500 {
            var random = RandomSource(seed: seed)
            var text = ""
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                switch Int.random(in: 0..<10, using: &random) {
                case 0: text += "# a comment\n"
                case 1: text += "\n"
                case 2:
                    text +=
                        "rename-command \(values.randomElement(using: &random) ?? "") x\(seed)\n"
                default:
                    text += names.randomElement(using: &random) ?? ""
                    for _ in 0..<Int.random(in: 1...4, using: &random)
                    where Bool.random(using: &random) {
                        text += " " + (values.randomElement(using: &random) ?? "")
                    }
                    text += " " + (values.randomElement(using: &random) ?? "") + "\n"
                }
            }
            if check(Array(text.utf8), seed) { started += 1 }
        }
        #expect(started > 100, "enough of the mixtures start a server: \(started)")
    }

    @Test func `survives every value that a row accepts`() {
        for row in ServerDirectives.table.rows {
            let values: [String]
            switch row.kind {
            case .boolean: values = ["yes", "no"]
            case .integer(let bounds): values = ["\(bounds.lowerBound)", "\(bounds.upperBound)"]
            case .octal: values = ["700"]
            case .memory(let bounds, let percent):
                values = ["\(bounds.upperBound)", "3mb"] + (percent ? ["7%"] : [])
            case .choice(let choices), .flags(let choices): values = choices.map(\.name)
            case .text: values = ["\"\"", "plain", "\"with blank \\\" \\x01\""]
            case .words: values = ["1 1", "a 1", "\"\"", "normal 1 2 3", "K", "1 2 3", "127.0.0.1"]
            }
            for value in values { _ = check(Array("\(row.name) \(value)\n".utf8), 0) }
        }
    }
}
