import Bytes
import Configuration
import FuzzDriver

/// Reads what libFuzzer makes up as a configuration file, with a directive of every kind.
///
/// Whatever is refused is refused without harm. Whatever is accepted is rewritten to a text that
/// is accepted and says the same, and rewriting that once more changes nothing.
func fuzzConfiguration(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let text = [UInt8](UnsafeBufferPointer(start: data, count: count))
    let options = CommandLineOptions(
        ByteString(text).text.split(separator: "\n").map(String.init))
    _ = try? ConfigurationLine.lines(of: options.lines, source: "the command line")
    guard let settings = read(text) else { return 0 }
    let rewritten = rewrite(text, settings)
    guard let again = read(rewritten) else {
        preconditionFailure("what is written is accepted: \(ByteString(rewritten))")
    }
    precondition(again == settings, "what is written says the same: \(ByteString(rewritten))")
    let stable = rewrite(rewritten, again)
    precondition(rewrite(stable, again) == stable, "what is written stays")
    return 0
}

typealias Values = [String: DirectiveValue]

/// A file system with nothing in it.
struct Nowhere: ConfigurationFiles {
    func read(_ path: String) throws(DirectiveError) -> [UInt8] { throw DirectiveError("missing") }
    func readIfPresent(_ path: String) throws(DirectiveError) -> [UInt8]? { nil }
    func paths(matching pattern: String) -> [String] { [] }
    func enter(_ directory: String) throws(DirectiveError) {}
}

let choices = [DirectiveChoice("no", 0), DirectiveChoice("yes", 1), DirectiveChoice("far", 2)]
let table = DirectiveTable<Values, Never>([
    row("boolean", .boolean, .boolean(false)),
    row("number", .integer(-5...100), .integer(0)),
    row("octal", .octal(0...0o777), .integer(0)),
    row("size", .memory(0...Int.max, percent: false), .integer(0)),
    row("share", .memory(-100...Int.max, percent: true), .integer(0)),
    row("choice", .choice(choices), .integer(0)),
    row("flags", .flags(choices), .integer(0), .multipleArguments),
    row("text", .text(optional: false), .text("")),
    row("maybe", .text(optional: true), .text("")),
])

func row(
    _ name: String, _ kind: DirectiveKind, _ value: DirectiveValue, _ flags: DirectiveFlags = []
) -> Directive<Values, Never> {
    Directive(
        name, aliases: ["old-\(name)"], kind: kind, flags: flags, defaultValue: value,
        summary: "a \(name)", effect: nil, read: { $0[name] ?? value },
        write: { $0[name] = $1 == value ? nil : $1 }, check: { _ throws(DirectiveError) in })
}

func read(_ text: [UInt8]) -> Values? {
    var reader = ConfigurationReader(files: Nowhere())
    var settings: Values = [:]
    var seen: Set<Int> = []
    do throws(ConfigurationError) {
        try reader.read(bytes: text, source: "f") { (line, _) throws(ConfigurationError) in
            if try !table.apply(line, to: &settings, seen: &seen) {
                throw .line(line, reason: "unknown")
            }
        }
    } catch {
        precondition(!error.message(version: "7.2.4").isEmpty, "an error says something")
        return nil
    }
    return settings
}

func rewrite(_ text: [UInt8], _ settings: Values) -> [UInt8] {
    var rewrite = ConfigurationRewrite(text) { table.canonicalName($0[0]) }
    table.rewrite(settings, into: &rewrite)
    return rewrite.finish()
}

@main struct FuzzConfiguration {
    static func main() { fuzz { data, count in fuzzConfiguration(data, count) } }
}
