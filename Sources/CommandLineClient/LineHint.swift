import Bytes
import CommandCatalog

/// What a line that is being typed may still take: `SET key ` takes `value [NX|XX] ...`.
///
/// The words are matched against the syntax from left to right. Each step takes words off the front
/// and answers the text of what it has not seen, or nil where the words do not fit:
/// 1. Neighbours that may be left out come in any order; one that is begun is shown first.
/// 2. What may be repeated takes all the words it can, and is offered once more.
/// 3. Words that fit nowhere end the hint.
struct LineHint {
    /// The words that are not matched yet.
    private var words: ArraySlice<String>

    /// The text of what may follow `words`; nil when they do not fit.
    static func text(of arguments: [ArgumentSyntax], after words: [String]) -> String? {
        var hint = LineHint(words: words[...])
        guard let rest = hint.sequence(arguments), hint.words.isEmpty else { return nil }
        return rest
    }

    private mutating func sequence(_ arguments: [ArgumentSyntax]) -> String? {
        var rests: [String] = []
        var index = 0
        while index < arguments.count {
            let end = arguments[index...].firstIndex { !$0.isOptional } ?? arguments.count
            if end > index {
                let optional = options(Array(arguments[index..<end]))
                if words.isEmpty { rests += optional }
                index = end
            } else if words.isEmpty {
                rests.append(ArgumentHint.text(of: [arguments[index]]))
                index += 1
            } else {
                guard let rest = argument(arguments[index]) else { return nil }
                if words.isEmpty { rests.append(rest) }
                index += 1
            }
        }
        return rests.filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// Matches neighbours that may be left out, in any order; answers what may still follow.
    private mutating func options(_ arguments: [ArgumentSyntax]) -> [String] {
        var unseen = arguments
        var begun = ""
        while !words.isEmpty {
            var isFound = false
            for (index, candidate) in unseen.enumerated() {
                guard let rest = argument(candidate) else { continue }
                begun = words.isEmpty ? rest : ""
                unseen.remove(at: index)
                isFound = true
                break
            }
            if !isFound { break }
        }
        return [begun] + unseen.map { ArgumentHint.text(of: [$0]) }
    }

    /// Matches one argument with its repetitions; the words are as before where it does not fit.
    private mutating func argument(_ syntax: ArgumentSyntax) -> String? {
        let before = words
        guard var rest = once(syntax, hasToken: !syntax.token.isEmpty) else {
            words = before
            return nil
        }
        if !syntax.isMultiple { return rest }
        while !words.isEmpty {
            let start = words
            let hasToken = syntax.repeatsToken && !syntax.token.isEmpty
            guard let next = once(syntax, hasToken: hasToken), words.count < start.count else {
                words = start
                break
            }
            rest = next
        }
        let again = ArgumentHint.repetition(of: syntax)
        return rest.isEmpty ? again : rest + " " + again
    }

    private mutating func once(_ syntax: ArgumentSyntax, hasToken: Bool) -> String? {
        if hasToken {
            guard words.first?.lowercased() == syntax.token.lowercased() else { return nil }
            words.removeFirst()
            if syntax.kind == .pureToken { return "" }
            if words.isEmpty { return ArgumentHint.body(of: syntax) }
        }
        switch syntax.kind {
        case .block: return sequence(syntax.arguments)
        case .oneOf:
            for choice in syntax.arguments {
                if let rest = argument(choice) { return rest }
            }
            return nil
        case .integer, .unixTime: return take { Int($0) != nil }
        case .double: return take { Double($0) != nil }
        case .string, .key, .pattern: return take { _ in true }
        case .pureToken: return nil
        }
    }

    private mutating func take(_ fits: (String) -> Bool) -> String? {
        guard let word = words.first, fits(word) else { return nil }
        words.removeFirst()
        return ""
    }
}
