import Bytes
import Testing

@Suite struct `SHA-1` {
    @Test(arguments: [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
        ),
    ])
    func `agrees with the standard's examples`(_ message: String, _ expected: String) {
        #expect(SHA1Digest(of: Array(message.utf8).span).hexadecimal == expected)
    }

    @Test func `combining forgets the order, chaining does not`() {
        let (first, second) = (Array("a".utf8), Array("b".utf8))
        var left = SHA1Digest()
        var right = SHA1Digest()
        left.combine(first.span)
        left.combine(second.span)
        right.combine(second.span)
        right.combine(first.span)
        #expect(left == right)
        left.chain(first.span)
        left.chain(second.span)
        right.chain(second.span)
        right.chain(first.span)
        #expect(left != right)
    }
}
