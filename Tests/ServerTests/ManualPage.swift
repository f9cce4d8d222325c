import Bytes
import Configuration
import Server

/// The manual page rds.conf(5), made of the directives' rows.
enum ManualPage {
    /// The whole page, in the language of man(7).
    static var text: String {
        var page = head
        for (title, rows) in ServerDirectives.families {
            page += ".SS \(title)\n"
            for row in rows where !row.flags.contains(.hidden) { page += entry(row) }
        }
        return page + foot
    }

    private static func entry(_ row: ServerDirective) -> String {
        var text = ".TP\n.BI \(escaped(row.name)) \" \(argument(row.kind))\"\n"
        text += "\(escaped(sentence(row.summary)))\n"
        let value = row.text(in: ServerSettings()).text
        var facts = ["Default: \(value.isEmpty ? "none" : value)."]
        if let bounds = bounds(row.kind) { facts.append(bounds) }
        if !row.aliases.isEmpty {
            facts.append("Also: \(row.aliases.joined(separator: ", ")).")
        }
        if row.flags.contains(.immutable) { facts.append("Set at start only.") }
        if row.flags.contains(.protected) { facts.append("Guarded by enable-protected-configs.") }
        return text + escaped(facts.joined(separator: " ")) + "\n"
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

    private static func sentence(_ summary: String) -> String {
        guard let first = summary.first else { return "" }
        return first.uppercased() + summary.dropFirst() + "."
    }

    private static func escaped(_ text: String) -> String {
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

    private static let head = """
        .\\" Made of the rows in Sources/Server/Settings; ServerTests holds the two together.
        .TH RDS.CONF 5 "" "rds" "File Formats"
        .SH NAME
        rds.conf \\- configuration of rds\\-server
        .SH DESCRIPTION
        A line holds a directive and its arguments, divided by blanks. Arguments with blanks stand in
        single or double quotes; within double quotes \\en, \\er, \\et, \\eb, \\ea, \\exHH and a
        backslash before any other byte are understood. A line that begins with # is a comment.
        .PP
        .BI include " path"
        reads another file in its place;
        .I path
        may hold the wildcards *, ? and [...].
        .BI rename\\-command " name new\\-name"
        gives a command another name, or none if it is empty.
        Every directive may also stand on the command line, with two dashes before it.
        .PP
        Sizes are bytes, or have a unit: k, m, g count by 1000, kb, mb, gb by 1024.
        .PP
        A value that promises what this version does not do stops the start.
        .SH DIRECTIVES

        """

    private static let foot = """
        .SH SEE ALSO
        .BR rds\\-cli (1)

        """
}
