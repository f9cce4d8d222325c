import Configuration
import Foundation

/// A manual page, made of rows of the code, in the language of man(7).
public struct ManualPage {
    /// The page so far.
    public private(set) var text: String

    /// A page that begins with this.
    public init(_ head: String) { text = head }

    /// Adds text as it is.
    public mutating func add(_ text: String) { self.text += text }

    /// Adds an entry: a line with what is set, and sentences.
    public mutating func addEntry(_ line: String, _ sentences: [String]) {
        text += ".TP\n\(line)\n"
        for sentence in sentences { text += "\(ManualPage.escaped(sentence))\n" }
    }

    /// Adds an entry for each row that is not hidden.
    public mutating func add<Settings: DirectiveSettings, Effect>(
        _ rows: [Directive<Settings, Effect>]
    ) {
        for row in rows where !row.flags.contains(.hidden) {
            let value = row.text(in: Settings()).text
            var facts = ["Default: \(value.isEmpty ? "none" : value)."]
            if let bounds = ManualPage.bounds(row.kind) { facts.append(bounds) }
            if !row.aliases.isEmpty {
                facts.append("Also: \(row.aliases.joined(separator: ", ")).")
            }
            if row.flags.contains(.immutable) { facts.append("Set at start only.") }
            if row.flags.contains(.protected) {
                facts.append("Guarded by enable-protected-configs.")
            }
            addEntry(
                ".BI \(ManualPage.escaped(row.name)) \" \(ManualPage.argument(row.kind))\"",
                [ManualPage.sentence(row.summary), facts.joined(separator: " ")])
        }
    }

    /// Whether the page in packaging/man says this; with RDS_REGENERATE=1 it is written anew.
    public func isCommitted(as name: String) throws -> Bool {
        let file = Binaries.repository.appending(path: "packaging/man/\(name)")
        if ProcessInfo.processInfo.environment["RDS_REGENERATE"] != nil {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        return try String(contentsOf: file, encoding: .utf8) == text
    }

    /// A summary as a sentence.
    public static func sentence(_ summary: String) -> String {
        guard let first = summary.first else { return "" }
        return first.uppercased() + summary.dropFirst() + "."
    }

    /// Text that means itself.
    public static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\\": escaped += "\\e"
            case "-": escaped += "\\-"
            default: escaped.append(character)
            }
        }
        // A line that begins with a point or a quote would be a request.
        return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
    }

    private static func argument(_ kind: DirectiveKind) -> String {
        switch kind {
        case .boolean: "yes\\fR|\\fPno"
        case .integer, .octal: "number"
        case .memory: "size"
        case .choice(let choices): choices.map(\.name).joined(separator: "\\fR|\\fP")
        case .flags: "word ..."
        case .text: "text"
        case .words: "..."
        }
    }

    private static func bounds(_ kind: DirectiveKind) -> String? {
        switch kind {
        case .integer(let range): "From \(range.lowerBound) to \(range.upperBound)."
        case .octal(let range):
            "From \(String(range.lowerBound, radix: 8)) to \(String(range.upperBound, radix: 8))."
        case .flags(let choices): "Of \(choices.map(\.name).joined(separator: ", "))."
        default: nil
        }
    }
}
