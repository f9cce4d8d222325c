import Bytes

/// A directive's value in the form that all directives share.
public enum DirectiveValue: Hashable, Sendable {
    /// `yes` or `no`.
    case boolean(Bool)
    /// A number, a size in bytes (a percentage is negative), or the bits of a choice.
    case integer(Int)
    /// One text; what may be absent is absent when it is empty.
    case text(ByteString)
    /// The arguments of a directive with a grammar of its own.
    case words([ByteString])
}

/// Why a value is refused, in the words that the user reads.
public struct DirectiveError: Error, Hashable, Sendable {
    /// The sentence, without the directive's name.
    public let reason: String

    /// A refusal with this sentence.
    public init(_ reason: String) { self.reason = reason }
}

/// A word that may be chosen, and the number it stands for.
public struct DirectiveChoice: Hashable, Sendable {
    /// The word, in lower case.
    public let name: String
    /// The number, or the bits in a set of flags.
    public let value: Int

    /// Both parts.
    public init(_ name: String, _ value: Int) {
        self.name = name
        self.value = value
    }
}

/// The grammar of a directive's value: how it is read, bounded, told and written back.
public enum DirectiveKind: Sendable {
    /// `yes` or `no`.
    case boolean
    /// A decimal number within bounds.
    case integer(ClosedRange<Int>)
    /// An octal number within bounds: permission bits.
    case octal(ClosedRange<Int>)
    /// A size within bounds; with `percent`, also 0% to 100%, kept as a negative number.
    case memory(ClosedRange<Int>, percent: Bool)
    /// One word of a few; several words may stand for one number, and the first is told.
    case choice([DirectiveChoice])
    /// Any of a few words, their bits joined.
    case flags([DirectiveChoice])
    /// One text; `optional` says that an empty one counts as absent and is never written back.
    case text(optional: Bool)
    /// Words with a grammar of the directive's own.
    case words

    /// The value that `words` spell.
    ///
    /// Throws what the user reads.
    public func parse(_ words: [ByteString]) throws(DirectiveError) -> DirectiveValue {
        switch self {
        case .words: return .words(words)
        case .flags(let choices): return .integer(try flags(words, choices))
        default: break
        }
        guard let word = words.first, words.count == 1 else {
            if case .choice(let choices) = self { throw .noneOf(choices) }
            throw DirectiveError("wrong number of arguments")
        }
        let span = word.bytes.span
        switch self {
        case .boolean:
            if span.equalsIgnoringCase("yes") { return .boolean(true) }
            if span.equalsIgnoringCase("no") { return .boolean(false) }
            throw DirectiveError("argument must be 'yes' or 'no'")
        case .integer(let bounds):
            guard let number = DecimalText.parse(span) else {
                throw DirectiveError("argument couldn't be parsed into an integer")
            }
            return .integer(try bounded(number, bounds, radix: 10))
        case .octal(let bounds):
            guard let number = Int(word.text, radix: 8) else {
                throw DirectiveError("argument couldn't be parsed as an octal number")
            }
            return .integer(try bounded(number, bounds, radix: 8))
        case .memory(let bounds, let percent):
            return .integer(try memory(span, bounds, percent))
        case .choice(let choices):
            return .integer(try number(of: word, choices))
        case .text, .words, .flags:
            return .text(word)
        }
    }

    /// The value as CONFIG GET tells it.
    public func format(_ value: DirectiveValue) -> ByteString {
        switch value {
        case .boolean(let flag): return flag ? "yes" : "no"
        case .text(let text): return text
        case .words(let words):
            return ByteString(Array(words.map(\.bytes).joined(separator: [0x20])))
        case .integer(let number): return ByteString(format(number))
        }
    }

    /// What stands behind the name in a configuration file: units for sizes, quotes for texts.
    ///
    /// Nil when the directive must not be in the file at all.
    public func fileText(_ value: DirectiveValue) -> ByteString? {
        switch (self, value) {
        case (.memory, .integer(let number)) where number >= 0:
            return ByteString(ByteSize.text(number))
        case (.text(let optional), .text(let text)):
            return optional && text.isEmpty ? nil : QuotedWords.quote(text.bytes.span)
        default: return format(value)
        }
    }

    private func format(_ number: Int) -> String {
        switch self {
        case .octal: return String(number, radix: 8)
        case .memory(_, percent: true) where number < 0: return "\(-number)%"
        case .choice(let choices):
            return choices.first { $0.value == number }?.name ?? "unknown"
        case .flags(let choices): return Self.names(of: number, choices)
        default: return "\(number)"
        }
    }

    private func bounded(
        _ number: Int, _ bounds: ClosedRange<Int>, radix: Int
    ) throws(DirectiveError) -> Int {
        if bounds.contains(number) { return number }
        let lower = String(bounds.lowerBound, radix: radix)
        let upper = String(bounds.upperBound, radix: radix)
        throw DirectiveError("argument must be between \(lower) and \(upper) inclusive")
    }

    private func memory(
        _ text: Span<UInt8>, _ bounds: ClosedRange<Int>, _ percent: Bool
    ) throws(DirectiveError) -> Int {
        if let bytes = ByteSize.parse(text) {
            // Percentages share the range below zero; a size itself is never below.
            let lowest = percent ? 0 : bounds.lowerBound
            if bytes >= lowest && bytes <= bounds.upperBound { return bytes }
            return try bounded(bytes, bounds, radix: 10)
        }
        if percent, text.count > 1, text[text.count - 1] == UInt8(ascii: "%"),
            let share = DecimalText.parse(text.extracting(0..<text.count - 1)), share >= 0
        {
            if share <= -bounds.lowerBound { return -share }
            let most = -bounds.lowerBound
            throw DirectiveError("percentage argument must be less or equal to \(most)")
        }
        throw DirectiveError(
            percent
                ? "argument must be a memory or percent value" : "argument must be a memory value")
    }

    private func number(
        of word: ByteString, _ choices: [DirectiveChoice]
    ) throws(DirectiveError) -> Int {
        let wanted = word.lowercased
        for choice in choices where ByteString(choice.name) == wanted { return choice.value }
        throw .noneOf(choices)
    }

    private func flags(
        _ words: [ByteString], _ choices: [DirectiveChoice]
    ) throws(DirectiveError) -> Int {
        if words.isEmpty { throw .noneOf(choices) }
        var bits = 0
        for word in words { bits |= try number(of: word, choices) }
        return bits
    }

    private static func names(of bits: Int, _ choices: [DirectiveChoice]) -> String {
        if let exact = choices.first(where: { $0.value == bits }) { return exact.name }
        return choices.filter { $0.value != 0 && bits & $0.value == $0.value }.map(\.name)
            .joined(separator: " ")
    }
}

extension DirectiveError {
    fileprivate static func noneOf(_ choices: [DirectiveChoice]) -> DirectiveError {
        let names = choices.map(\.name).joined(separator: ", ")
        return DirectiveError("argument(s) must be one of the following: \(names)")
    }
}

extension ByteString {
    /// The bytes with ASCII capitals made small.
    public var lowercased: ByteString {
        ByteString(bytes.map { $0 >= 0x41 && $0 <= 0x5a ? $0 | 0x20 : $0 })
    }
}
