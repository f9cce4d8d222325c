import Bytes
import CommandCatalog

/// What `help` shows and what the Tab key offers, out of the rows of the commands.
public struct CommandHelp: Sendable {
    /// One command as help knows it.
    private struct Entry: Sendable {
        var words: [String]
        var name: String
        var id: CommandID
    }

    private let table: CommandTable
    private let entries: [Entry]
    private let groups: [String]

    /// Help on every command that any server may know.
    public init(_ table: CommandTable) {
        self.table = table
        let names = CommandID.allCases.map { id in
            let words = table.fullName(id).uppercased().split(separator: "|").map(String.init)
            return Entry(words: words, name: words.joined(separator: " "), id: id)
        }
        entries = names.sorted { $0.name < $1.name }
        var groups: [String] = []
        for id in CommandID.allCases {
            let group = table.description(id).group
            if groups.last != group && !groups.contains(group) { groups.append(group) }
        }
        self.groups = groups.sorted()
    }

    /// The text of `help` with these words behind it, lines ending as a terminal wants them.
    public func text(about words: [String]) -> String {
        guard let first = words.first else { return general }
        if first.hasPrefix("@") {
            let group = first.dropFirst().lowercased()
            let members = entries.filter { table.description($0.id).group == group }
            return members.map { text(of: $0, withGroup: false) }.joined() + "\r\n"
        }
        let wanted = words.map { $0.uppercased() }
        let found = entries.filter { $0.words.starts(with: wanted) }
        return found.map { text(of: $0, withGroup: true) }.joined() + "\r\n"
    }

    private func text(of entry: Entry, withGroup: Bool) -> String {
        let description = table.description(entry.id)
        let syntax = ArgumentHint.text(of: description.arguments)
        var text = "\r\n  \u{1b}[1m\(entry.name)\u{1b}[0m \u{1b}[90m\(syntax)\u{1b}[0m\r\n"
        text += "  \u{1b}[33msummary:\u{1b}[0m \(description.summary)\r\n"
        text += "  \u{1b}[33msince:\u{1b}[0m \(description.since)\r\n"
        if withGroup { text += "  \u{1b}[33mgroup:\u{1b}[0m \(description.group)\r\n" }
        return text
    }

    private var general: String {
        """
        rds-cli \(ClientVersion.text)
        What help can tell:
              "help @<group>" lists the commands of a group
              "help <command>" shows what a command takes and does
              "help " and the Tab key offer what there is help on
              "quit" ends the program

        Settings of rds-cli itself:
              ":set hints" and ":set nohints" turn hints on and off
        They may stand in ~/.redisclirc, one a line.

        """
    }

    /// What the command may still take that a line begins with, as it stands behind the line; nil
    /// where there is nothing to tell.
    ///
    /// The last word counts once a blank follows it.
    public func hint(behind line: String) -> String? {
        guard let split = QuotedWords.split(Array(line.utf8).span) else { return nil }
        var words = split.map(\.text)
        let isEnded = line.utf8.last == 0x20 || line.utf8.last == 0x09
        if !isEnded && !words.isEmpty { words.removeLast() }
        let upper = words.map { $0.uppercased() }
        let found = entries.filter { upper.starts(with: $0.words) }
        guard let entry = found.max(by: { $0.words.count < $1.words.count }),
            let text = LineHint.text(
                of: table.description(entry.id).arguments,
                after: Array(words.dropFirst(entry.words.count))),
            !text.isEmpty
        else { return nil }
        return isEnded ? text : " " + text
    }

    /// What may complete a line that begins like this, as whole lines.
    public func completions(of line: String) -> [String] {
        var start = ""
        var rest = line
        var offersGroups = false
        if line.lowercased().hasPrefix("help ") {
            let blanks = line.dropFirst(5).prefix { $0 == " " || $0 == "\t" }
            start = String(line.prefix(5 + blanks.count))
            rest = String(line.dropFirst(start.count))
            offersGroups = true
        }
        let wanted = rest.uppercased()
        var found = entries.filter { $0.name.hasPrefix(wanted) }.map { start + $0.name }
        if offersGroups {
            found += groups.filter { "@\($0)".uppercased().hasPrefix(wanted) }.map {
                "\(start)@\($0)"
            }
        }
        return found
    }
}

/// Which version of rds-cli this is.
public enum ClientVersion {
    /// The version as --version prints it.
    public static let text = "0.1.0"
}
