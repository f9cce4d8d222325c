import Bytes
import Testing

@Suite struct `Glob patterns` {
    @Test(arguments: [
        ("*", "key", true), ("*", "", false), ("", "", true), ("", "a", false),
        ("h?llo", "hello", true), ("h?llo", "hllo", false), ("h*llo", "heeeello", true),
        ("h*llo", "hllo", true), ("h[ae]llo", "hallo", true), ("h[ae]llo", "hillo", false),
        ("h[^e]llo", "hallo", true), ("h[^e]llo", "hello", false), ("h[a-b]llo", "hbllo", true),
        ("h[b-a]llo", "hallo", true), ("h[a-b]llo", "hcllo", false), ("a\\*b", "a*b", true),
        ("a\\*b", "axb", false), ("a\\", "a\\", true), ("[abc", "b", true), ("[abc", "d", false),
        ("[\\]]", "]", true), ("[a-]", "-", false), ("[a-]", "^", true), ("*a*b*c", "xaybzc", true),
        ("*a*b*c", "xaybzcd", false), ("a*?*", "ab", true), ("a*?*", "a", false),
        ("**", "ab", true), ("ab***", "ab", true), ("[^", "a", true), ("a[]b", "ab", false),
        ("?*?", "ab", true), ("?*?", "a", false),
    ])
    func `match as KEYS does`(_ pattern: String, _ text: String, _ expected: Bool) {
        let (pattern, text) = (Array(pattern.utf8), Array(text.utf8))
        let isMatch = GlobPattern.matches(pattern.span, text.span)
        #expect(isMatch == expected)
    }

    @Test func `ignore case when asked`() {
        func matches(_ pattern: String, ignoringCase: Bool) -> Bool {
            let (pattern, text) = (Array(pattern.utf8), Array("MaxMemory".utf8))
            return GlobPattern.matches(pattern.span, text.span, ignoringCase: ignoringCase)
        }
        #expect(matches("max*", ignoringCase: true))
        #expect(!matches("max*", ignoringCase: false))
        #expect(matches("[l-n]*", ignoringCase: true))
    }

    @Test func `many stars stay polynomial`() {
        let pattern = Array(String(repeating: "*a", count: 60).utf8) + Array("b".utf8)
        let text = Array(String(repeating: "a", count: 5000).utf8)
        let isMatch = GlobPattern.matches(pattern.span, text.span)
        #expect(!isMatch)
    }
}
