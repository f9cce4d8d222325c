/// What the start of a daemon reads of a row: its head and its key lines.
struct RowHead {
    var traits: CommandTraits
    /// The container's name, in capitals; empty for a command that is none's subcommand.
    var container: Range<Int>
    /// The name by itself, in capitals.
    var name: Range<Int>
    /// Where `since` is written.
    var since: Range<Int>

    /// Reads the head line of a row.
    init(_ text: RowText, line: Range<Int>) {
        var position = line.lowerBound
        guard let full = text.word(from: &position, in: line),
            let arity = text.word(from: &position, in: line),
            let since = text.word(from: &position, in: line)
        else { preconditionFailure("a row's head has a name, an arity and a version") }
        traits = CommandTraits()
        traits.arity = Int16(text.integer(arity))
        self.since = since
        container = full.lowerBound..<full.lowerBound
        name = full
        for index in full where text[index] == 0x7c {
            container = full.lowerBound..<index
            name = (index + 1)..<full.upperBound
        }
        var categories: AccessCategories = []
        while let word = text.word(from: &position, in: line) {
            if text[word.lowerBound] == 0x40 {
                categories.insert(Self.category(text, (word.lowerBound + 1)..<word.upperBound))
            } else {
                traits.flags.insert(Self.flag(text, word))
            }
        }
        categories.addImplied(by: traits.flags)
        traits.categories = categories
    }

    private static func flag(_ text: RowText, _ word: Range<Int>) -> CommandFlags {
        for (flag, name) in CommandFlags.shown where text.equals(word, name) { return flag }
        for (flag, name) in CommandFlags.hidden where text.equals(word, name) { return flag }
        preconditionFailure("a row has a flag that does not exist")
    }

    private static func category(_ text: RowText, _ word: Range<Int>) -> AccessCategories {
        for (category, name) in AccessCategories.names where text.equals(word, name) {
            return category
        }
        preconditionFailure("a row has a category that does not exist")
    }
}

/// The numbers first, last and step that older clients go by, out of the key specifications.
///
/// They tell all keys only when these are one range, or ranges that follow each other; otherwise
/// the command is marked `movableKeys`.
struct LegacyKeyNumbers {
    private var specificationCount = 0
    private var isIncomplete = false
    private var isMovable = false
    private var hasSkipped = false
    private var first = 0
    private var last = 0
    private var step = 1
    private var previousLast = 0
    // A single range of any step is told as it is; once a second one comes, it no longer is.
    private var only: (first: Int, last: Int, step: Int)?
    private var hasPlainRange = false

    /// Takes one specification into account, in the order of the row.
    mutating func add(_ key: KeySpecification) {
        specificationCount += 1
        let incomplete = key.flags.contains(.incomplete)
        guard case .index(let begin) = key.begin, case .range(let range, let step, _) = key.find
        else {
            isMovable = true
            only = nil
            return
        }
        let end = range >= 0 ? begin + range : range
        only = specificationCount == 1 ? (begin, end, step) : nil
        if specificationCount == 1 { isIncomplete = incomplete }
        if step != 1 || (previousLast != 0 && previousLast != begin - 1) {
            // Alone, a range of another step is fine; the caller sees it in `only`.
            if specificationCount > 1 { isMovable = true } else { hasSkipped = true }
            return
        }
        if incomplete { isMovable = true }
        first = hasPlainRange ? min(first, begin) : begin
        // Compared as unsigned: a last key counted from the end is beyond any other.
        last = UInt(bitPattern: end) > UInt(bitPattern: last) ? end : last
        previousLast = last
        hasPlainRange = true
    }

    /// Writes the numbers, and `movableKeys` where they do not tell all.
    func apply(to traits: inout CommandTraits) {
        guard specificationCount > 0 else { return }
        if let only {
            traits.firstKey = Int8(only.first)
            traits.lastKey = Int8(only.last)
            traits.keyStep = Int8(only.step)
            if isIncomplete { traits.flags.insert(.movableKeys) }
            return
        }
        if isMovable || hasSkipped || !hasPlainRange { traits.flags.insert(.movableKeys) }
        guard hasPlainRange else { return }
        traits.firstKey = Int8(first)
        traits.lastKey = Int8(last)
        traits.keyStep = 1
    }
}
