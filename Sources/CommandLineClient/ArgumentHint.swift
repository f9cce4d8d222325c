import CommandCatalog

/// The syntax of a command's arguments as it is shown to people: `key value [NX|XX] [GET]`.
public enum ArgumentHint {
    /// The whole syntax of a command.
    public static func text(of arguments: [ArgumentSyntax]) -> String {
        arguments.map(text(of:)).joined(separator: " ")
    }

    private static func text(of argument: ArgumentSyntax) -> String {
        var words: [String] = []
        if !argument.token.isEmpty { words.append(argument.token) }
        let inner = body(of: argument)
        if !inner.isEmpty { words.append(inner) }
        if argument.isMultiple { words.append(repetition(of: argument)) }
        let text = words.joined(separator: " ")
        return argument.isOptional ? "[\(text)]" : text
    }

    /// What an argument that may be repeated takes beyond its first time.
    static func repetition(of argument: ArgumentSyntax) -> String {
        let token = argument.repeatsToken ? argument.token + " " : ""
        return "[\(token)\(body(of: argument)) ...]"
    }

    /// The argument without its token.
    static func body(of argument: ArgumentSyntax) -> String {
        switch argument.kind {
        case .oneOf: argument.arguments.map(text(of:)).joined(separator: "|")
        case .block: argument.arguments.map(text(of:)).joined(separator: " ")
        case .pureToken: ""
        case .string, .integer, .double, .key, .pattern, .unixTime:
            argument.displayText.isEmpty ? argument.name : argument.displayText
        }
    }
}
