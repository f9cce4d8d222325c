import Bytes
import Determinism
import Testing

/// What a pattern means, written down without regard to time: elements and a recursion.
private struct GlobModel {
    enum Element {
        case star
        case any
        case byte(UInt8)
        case set(Set<UInt8>, isNegated: Bool)

        func takes(_ byte: UInt8) -> Bool {
            switch self {
            case .star, .any: true
            case .byte(let wanted): wanted == byte
            case .set(let members, let isNegated): members.contains(byte) != isNegated
            }
        }
    }

    var elements: [Element] = []

    init(_ pattern: [UInt8]) {
        var rest = pattern[...]
        while let first = rest.popFirst() {
            switch first {
            case UInt8(ascii: "*"): elements.append(.star)
            case UInt8(ascii: "?"): elements.append(.any)
            case UInt8(ascii: "\\"): elements.append(.byte(rest.popFirst() ?? first))
            case UInt8(ascii: "["): elements.append(GlobModel.set(&rest))
            default: elements.append(.byte(first))
            }
        }
    }

    private static func set(_ rest: inout ArraySlice<UInt8>) -> Element {
        let isNegated = rest.first == UInt8(ascii: "^")
        if isNegated { rest.removeFirst() }
        var members: Set<UInt8> = []
        while let first = rest.popFirst(), first != UInt8(ascii: "]") {
            if first == UInt8(ascii: "\\"), let escaped = rest.popFirst() {
                members.insert(escaped)
            } else if rest.count >= 2, rest.first == UInt8(ascii: "-") {
                rest.removeFirst()
                let last = rest.removeFirst()
                members.formUnion(min(first, last)...max(first, last))
            } else {
                members.insert(first)
            }
        }
        return .set(members, isNegated: isNegated)
    }

    func matches(_ text: [UInt8]) -> Bool {
        // Nothing but the empty pattern takes the empty text, not even a star.
        text.isEmpty ? elements.isEmpty : matches(elements[...], text[...])
    }

    private func matches(_ elements: ArraySlice<Element>, _ text: ArraySlice<UInt8>) -> Bool {
        guard let first = elements.first else { return text.isEmpty }
        if case .star = first {
            return matches(elements.dropFirst(), text)
                || !text.isEmpty && matches(elements, text.dropFirst())
        }
        guard let byte = text.first, first.takes(byte) else { return false }
        return matches(elements.dropFirst(), text.dropFirst())
    }
}

@Suite struct `Glob patterns and their model` {
    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `agree on random patterns and texts`(seed: UInt64) {
        var random = RandomSource(seed: seed)
        let letters = Array("aab*?[]^-\\c".utf8)
        for _ in 0..<4000 {
            let pattern = (0..<Int.random(in: 0...8, using: &random)).map { _ in
                letters[Int.random(in: 0..<letters.count, using: &random)]
            }
            let text = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                Array("aabc]".utf8)[Int.random(in: 0..<5, using: &random)]
            }
            let expected = GlobModel(pattern).matches(text)
            let actual = GlobPattern.matches(pattern.span, text.span)
            #expect(
                actual == expected,
                """
                seed \(seed): \(String(decoding: pattern, as: UTF8.self)) against \
                \(String(decoding: text, as: UTF8.self))
                """)
        }
    }
}
