import Bytes
import CommandCatalog
import Protocol

/// A request is searched for keys where it lies.
extension Request: CommandWords {
    /// Whether argument `index` is this word, which we wrote in lower case, in any case.
    public func isWord(_ index: Int, _ lowercase: StaticString) -> Bool {
        self[index].equalsIgnoringCase(lowercase)
    }

    /// Whether argument `index` is this word of a row, in any case.
    public func isWord(_ index: Int, _ word: String) -> Bool {
        self[index].text.lowercased() == word.lowercased()
    }

    /// Whether argument `index` has no bytes.
    public func isEmpty(_ index: Int) -> Bool { self[index].isEmpty }
}

/// Arguments from `start` on, as if the request began there: what COMMAND GETKEYS is asked about.
struct RequestTail: CommandWords, ~Escapable {
    private let request: Request
    private let start: Int

    /// The arguments of `request` from `start`, which is below its count.
    @_lifetime(copy request)
    init(_ request: borrowing Request, from start: Int) {
        self.request = copy request
        self.start = start
    }

    var count: Int { request.count - start }

    func integer(_ index: Int) -> Int? { request.integer(start + index) }

    func isWord(_ index: Int, _ lowercase: StaticString) -> Bool {
        request.isWord(start + index, lowercase)
    }

    func isWord(_ index: Int, _ word: String) -> Bool { request.isWord(start + index, word) }

    func isEmpty(_ index: Int) -> Bool { request.isEmpty(start + index) }
}
