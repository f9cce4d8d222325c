import Bytes

/// A command's arguments as far as the search for keys looks at them; index 0 is the name.
public protocol CommandWords: ~Escapable {
    /// How many arguments, the name included.
    var count: Int { get }
    /// Argument `index` as a canonical decimal integer; nil when it is none.
    func integer(_ index: Int) -> Int?
    /// Whether argument `index` is this word, which we wrote in lower case, in any case.
    func isWord(_ index: Int, _ lowercase: StaticString) -> Bool
    /// Whether argument `index` is this word of a row, in any case.
    func isWord(_ index: Int, _ word: String) -> Bool
    /// Whether argument `index` has no bytes.
    func isEmpty(_ index: Int) -> Bool
}

/// A key among the arguments and what the command does with it.
public struct KeyPosition: Equatable, Sendable {
    /// Index of the argument.
    public var index: Int
    /// What happens to the key.
    public var flags: KeyFlags

    /// Both parts.
    public init(index: Int, flags: KeyFlags) {
        self.index = index
        self.flags = flags
    }
}

/// Finding the keys of a call: by the row's specifications where these tell all, else by the rules
/// of the command. O(arguments); it reads the row, hence it is not for the hot path.
extension CommandTable {
    /// Whether the command takes keys at all.
    public func takesKeys(_ id: CommandID) -> Bool {
        description(id).keys.contains { !$0.flags.contains(.notKey) }
    }

    /// The keys of a call in the order of the arguments' specifications.
    ///
    /// Empty when the call names none, and when the arguments are not what the command takes: then
    /// the command itself answers with an error.
    public func keys<Words: CommandWords & ~Escapable>(
        of id: CommandID, in words: borrowing Words
    ) -> [KeyPosition] {
        let specifications = description(id).keys
        let isCertain = !specifications.contains { $0.flags.contains(.variableFlags) }
        if isCertain, let found = Self.search(specifications, words) { return found }
        switch id {
        case .set: return Self.keysOfSet(words)
        case .bitfield: return Self.keysOfBitfield(words)
        case .sort: return Self.keysOfSort(words)
        case .sortRo: return [KeyPosition(index: 1, flags: [.readOnly, .access])]
        case .migrate: return Self.keysOfMigrate(words)
        default: return []
        }
    }

    /// What the specifications find; nil when one of them cannot tell or does not fit.
    private static func search<Words: CommandWords & ~Escapable>(
        _ specifications: [KeySpecification], _ words: borrowing Words
    ) -> [KeyPosition]? {
        var found: [KeyPosition] = []
        for specification in specifications where !specification.flags.contains(.notKey) {
            var first: Int
            switch specification.begin {
            case .index(let index):
                first = index
            case .keyword(let keyword, let startFrom):
                guard let index = find(keyword, from: startFrom, words) else { continue }
                first = index + 1
            case .unknown:
                return nil
            }
            let last: Int
            let stride: Int
            switch specification.find {
            case .range(let range, let step, let limit):
                stride = step
                if range >= 0 {
                    last = first + range
                } else if limit > 1 {
                    last = first + (words.count - first) / limit + range
                } else {
                    last = words.count + range
                }
            case .counted(let numberIndex, let firstKey, let step):
                stride = step
                guard first + numberIndex < words.count,
                    let number = words.integer(first + numberIndex), number >= 0,
                    number <= words.count
                else { return nil }
                first += firstKey
                last = first + number - 1
            case .unknown:
                return nil
            }
            guard last < words.count, first <= last else { return nil }
            for index in Swift.stride(from: first, through: last, by: stride) {
                found.append(KeyPosition(index: index, flags: specification.flags))
            }
            if specification.flags.contains(.incomplete) { return nil }
        }
        return found
    }

    /// Where a keyword stands, searched forwards, or backwards from a negative start.
    private static func find<Words: CommandWords & ~Escapable>(
        _ keyword: String, from start: Int, _ words: borrowing Words
    ) -> Int? {
        if start > 0 {
            // The last argument cannot be a keyword that something follows.
            for index in start..<max(start, words.count - 1) where words.isWord(index, keyword) {
                return index
            }
            return nil
        }
        var index = words.count + start
        while index > 1 {
            if words.isWord(index, keyword) { return index }
            index -= 1
        }
        return nil
    }

    /// SET reads what was there only with GET.
    private static func keysOfSet<Words: CommandWords & ~Escapable>(
        _ words: borrowing Words
    ) -> [KeyPosition] {
        guard words.count > 1 else { return [] }
        for index in 3..<max(3, words.count) where words.isWord(index, "get" as StaticString) {
            return [KeyPosition(index: 1, flags: [.readWrite, .access, .update])]
        }
        return [KeyPosition(index: 1, flags: [.overwrite, .update])]
    }

    /// BITFIELD only reads as long as all of its operations are GET.
    private static func keysOfBitfield<Words: CommandWords & ~Escapable>(
        _ words: borrowing Words
    ) -> [KeyPosition] {
        guard words.count > 1 else { return [] }
        var index = 2
        while index < words.count {
            let following = words.count - index - 1
            if words.isWord(index, "get" as StaticString), following >= 2 {
                index += 3
            } else if words.isWord(index, "overflow" as StaticString), following >= 1 {
                index += 2
            } else {
                return [KeyPosition(index: 1, flags: [.readWrite, .access, .update])]
            }
        }
        return [KeyPosition(index: 1, flags: [.readOnly, .access])]
    }

    /// SORT's options come in any order; the last STORE counts.
    private static func keysOfSort<Words: CommandWords & ~Escapable>(
        _ words: borrowing Words
    ) -> [KeyPosition] {
        guard words.count > 1 else { return [] }
        var store: Int?
        var index = 2
        while index < words.count {
            if words.isWord(index, "limit" as StaticString) {
                index += 2
            } else if words.isWord(index, "get" as StaticString) {
                index += 1
            } else if words.isWord(index, "by" as StaticString) {
                index += 1
            } else if words.isWord(index, "store" as StaticString), index + 1 < words.count {
                store = index + 1
            }
            index += 1
        }
        var keys = [KeyPosition(index: 1, flags: [.readOnly, .access])]
        if let store { keys.append(KeyPosition(index: store, flags: [.overwrite, .update])) }
        return keys
    }

    /// MIGRATE names one key, or an empty one and many after KEYS.
    private static func keysOfMigrate<Words: CommandWords & ~Escapable>(
        _ words: borrowing Words
    ) -> [KeyPosition] {
        guard words.count > 3 else { return [] }
        let flags: KeyFlags = [.readWrite, .access, .delete]
        var index = 6
        while index < words.count {
            if words.isWord(index, "keys" as StaticString) {
                guard words.isEmpty(3) else { return [] }
                return ((index + 1)..<max(index + 1, words.count)).map {
                    KeyPosition(index: $0, flags: flags)
                }
            }
            if words.isWord(index, "auth" as StaticString) {
                index += 1
            } else if words.isWord(index, "auth2" as StaticString) {
                index += 2
            }
            index += 1
        }
        return [KeyPosition(index: 3, flags: flags)]
    }
}

/// Arguments that are kept, as rds-cli and tests have them.
public struct OwnedCommandWords: CommandWords {
    /// The arguments, the name first.
    public var arguments: [ByteString]

    /// The arguments as they are.
    public init(_ arguments: [ByteString]) { self.arguments = arguments }

    /// How many there are.
    public var count: Int { arguments.count }

    /// The number that an argument spells.
    public func integer(_ index: Int) -> Int? {
        let bytes = arguments[index].bytes
        return DecimalText.parse(bytes.span)
    }

    /// Whether an argument is this word.
    public func isWord(_ index: Int, _ lowercase: StaticString) -> Bool {
        let bytes = arguments[index].bytes
        return bytes.span.equalsIgnoringCase(lowercase)
    }

    /// Whether an argument is this word.
    public func isWord(_ index: Int, _ word: String) -> Bool {
        arguments[index].text.lowercased() == word.lowercased()
    }

    /// Whether an argument has no bytes.
    public func isEmpty(_ index: Int) -> Bool { arguments[index].isEmpty }
}
