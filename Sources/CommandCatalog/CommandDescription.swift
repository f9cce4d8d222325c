/// All that a row tells, for COMMAND DOCS, COMMAND INFO, hints and the manual.
public struct CommandDescription: Sendable {
    /// Whose description it is.
    public var id: CommandID
    /// The name as COMMAND prints it: `config|get`.
    public var fullName: String
    /// The name by itself: `get` of `config|get`.
    public var name: String
    /// What the command does, in a sentence.
    public var summary = ""
    /// The version of the Redis family that brought it.
    public var since: String
    /// The group of commands, such as `sorted-set`.
    public var group: String
    /// The order of time; empty when nothing is told.
    public var complexity = ""
    /// Hints for clients of a cluster.
    public var tips: [String] = []
    /// Since when something else should be used; empty when nothing else should.
    public var deprecatedSince = ""
    /// What should be used instead.
    public var replacedBy = ""
    /// Made for the servers among each other, not for users.
    public var isSystem = false
    /// Where the keys are.
    public var keys: [KeySpecification] = []
    /// What the arguments are.
    public var arguments: [ArgumentSyntax] = []
}

extension CommandTable {
    /// The name as COMMAND prints it, in lower case: `get`, `config|get`.
    public func fullName(_ id: CommandID) -> String {
        let row = row(id)
        let text = CommandRows.groups[Int(row.group)].rows
        var position = Int(row.start)
        let line = text.line(at: position)
        return text.word(from: &position, in: line).map { text.string($0).lowercased() } ?? ""
    }

    /// Reads the whole row of a command.
    ///
    /// Cold: it parses text and allocates.
    public func description(_ id: CommandID) -> CommandDescription {
        let row = row(id)
        let (group, text) = CommandRows.groups[Int(row.group)]
        let headLine = text.line(at: Int(row.start))
        let head = RowHead(text, line: headLine)
        var result = CommandDescription(
            id: id, fullName: fullName(id), name: text.string(head.name).lowercased(),
            since: text.string(head.since), group: "\(group)")

        var next = headLine.upperBound + 1
        while next < text.count, text[next] == 0x20 {
            let line = text.line(at: next)
            next = line.upperBound + 1
            var content = text.string(line.lowerBound + 2..<line.upperBound)
            while next < text.count, text[next] == 0x20 {
                let more = text.line(at: next)
                guard text.indentation(of: more) >= 4 else { break }
                content += " " + text.string(more.lowerBound + 4..<more.upperBound)
                next = more.upperBound + 1
            }
            result.take(content, of: text, line: line)
        }
        return result
    }
}

extension CommandDescription {
    /// Takes what one line tells.
    fileprivate mutating func take(_ content: String, of text: RowText, line: Range<Int>) {
        let parts = content.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        let rest = parts.count > 1 ? String(parts[1]) : ""
        switch parts.first {
        case "key":
            keys.append(KeySpecification(text, line: line, from: line.lowerBound + 5))
        case "note":
            precondition(!keys.isEmpty, "a note follows its key line")
            keys[keys.count - 1].note = rest
        case "does":
            summary = rest
        case "cost":
            complexity = rest
        case "tips":
            tips = rest.split(separator: " ").map(String.init)
        case "deprecated":
            let words = rest.split(separator: " ", maxSplits: 1)
            deprecatedSince = words.first.map(String.init) ?? ""
            replacedBy = words.count > 1 ? String(words[1]) : ""
        case "system":
            isSystem = true
        case "args":
            arguments = ArgumentSyntax.parse(rest)
        case .some(let word):
            preconditionFailure("a row has a line that begins with \(word)")
        case nil:
            preconditionFailure("a row has an empty line")
        }
    }
}
