/// Reading a row's `key` lines.
extension KeySpecification {
    /// The specification of a line whose first word, `key`, lies before `position`.
    init(_ text: RowText, line: Range<Int>, from start: Int) {
        var position = start
        var flags: KeyFlags = []
        var begin: Begin = .unknown
        var find: Find = .unknown
        func number() -> Int {
            guard let word = text.word(from: &position, in: line) else {
                preconditionFailure("a key line ends too early")
            }
            return text.integer(word)
        }
        while let word = text.word(from: &position, in: line) {
            if text.equals(word, "at") {
                begin = .index(number())
            } else if text.equals(word, "after") {
                guard let keyword = text.word(from: &position, in: line) else {
                    preconditionFailure("a key line ends too early")
                }
                begin = .keyword(text.string(keyword), startFrom: number())
            } else if text.equals(word, "range") {
                let last = number()
                let step = number()
                find = .range(last: last, step: step, limit: number())
            } else if text.equals(word, "counted") {
                let index = number()
                let first = number()
                find = .counted(numberIndex: index, firstKey: first, step: number())
            } else if !text.equals(word, "anywhere") && !text.equals(word, "unknown") {
                flags.insert(Self.flag(text, word))
            }
        }
        self.init(flags: flags, begin: begin, find: find, note: "")
    }

    private static func flag(_ text: RowText, _ word: Range<Int>) -> KeyFlags {
        for (flag, name) in KeyFlags.words where text.equals(word, name) { return flag }
        preconditionFailure("a row has a key flag that does not exist")
    }
}
