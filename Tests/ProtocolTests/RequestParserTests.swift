import Bytes
import Determinism
import Protocol
import Testing

/// What a stream of bytes parses to, with the arguments copied out.
private enum Parsed: Equatable {
    case request([String])
    case nothing
    case failure(String)
}

/// Feeds `stream` in the given pieces and collects everything that is found.
private func parse(_ pieces: [[UInt8]], limits: RequestLimits = RequestLimits()) -> [Parsed] {
    var input = InputBuffer()
    var parser = RequestParser()
    var arena = RangeArena()
    var found: [Parsed] = []
    for piece in pieces {
        input.append(piece.span)
        feeding: while let address = input.readableAddress {
            arena.removeAll()
            switch parser.parse(address, count: input.count, limits: limits, into: &arena) {
            case .request(let length, let argumentCount):
                let request = Request(
                    base: address, ranges: arena.address(0), count: argumentCount,
                    now: UnixTime(microseconds: 0))
                var arguments: [String] = []
                for index in 0..<request.count { arguments.append(request[index].text) }
                found.append(.request(arguments))
                input.consume(length)
            case .inline(let length, let arguments):
                found.append(.request(arguments.map(\.text)))
                input.consume(length)
            case .nothing(let length):
                found.append(.nothing)
                input.consume(length)
            case .incomplete(let missing):
                #expect(missing > 0)
                break feeding
            case .failure(let error):
                found.append(.failure(String(decoding: error.text, as: UTF8.self)))
                return found
            }
        }
    }
    return found
}

private func parse(_ text: String, limits: RequestLimits = RequestLimits()) -> [Parsed] {
    parse([Array(text.utf8)], limits: limits)
}

@Suite struct `Request parser` {
    private static let stream =
        "*3\r\n$3\r\nSET\r\n$5\r\nhello\r\n$12\r\nwide \r\nworld\r\n*1\r\n$4\r\nPING\r\nget  \"a b\"\r\n"
        + "\r\n*0\r\n*2\r\n$4\r\nECHO\r\n$0\r\n\r\n"
    private static let expected: [Parsed] = [
        .request(["SET", "hello", "wide \r\nworld"]), .request(["PING"]), .request(["get", "a b"]),
        .nothing, .nothing, .request(["ECHO", ""]),
    ]

    @Test func `a pipeline is found whole`() {
        #expect(parse(Self.stream) == Self.expected)
    }

    @Test func `every split in two and every single byte gives the same requests`() {
        let bytes = Array(Self.stream.utf8)
        for cut in 0...bytes.count {
            #expect(parse([Array(bytes[..<cut]), Array(bytes[cut...])]) == Self.expected)
        }
        #expect(parse(bytes.map { [$0] }) == Self.expected)
    }

    @Test func `a request with many arguments survives any splitting`() {
        let words = (0..<500).map { "argument-\($0)" }
        let text = "*500\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
        let bytes = Array((text + "*1\r\n$4\r\nPING\r\n").utf8)
        for size in [1, 7, 64, 1000] {
            let pieces = stride(from: 0, to: bytes.count, by: size).map {
                Array(bytes[$0..<min($0 + size, bytes.count)])
            }
            #expect(parse(pieces) == [.request(words), .request(["PING"])])
        }
    }

    @Test(arguments: [
        ("*1\r\n:3\r\n", "expected '$', got ':'"),
        ("*1\r\n$-1\r\n", "invalid bulk length"),
        ("*1\r\n$4x\r\n", "invalid bulk length"),
        ("*1\r\n$04\r\n", "invalid bulk length"),
        ("*1\r\n$536870913\r\n", "invalid bulk length"),
        ("*x\r\n", "invalid multibulk length"),
        ("*3000000000\r\n", "invalid multibulk length"),
        ("*20000000000000000000\r\n", "invalid multibulk length"),
        ("\"open\r\n", "unbalanced quotes in request"),
        ("\"a\"b\r\n", "unbalanced quotes in request"),
    ])
    func `a broken stream is named as Redis names it`(_ text: String, _ message: String) {
        #expect(parse(text) == [.failure(message)])
    }

    @Test(arguments: [
        (String(repeating: "x", count: 65_537), "too big inline request"),
        ("*" + String(repeating: "1", count: 65_537), "too big mbulk count string"),
        ("*1\r\n$" + String(repeating: "1", count: 65_537), "too big bulk count string"),
    ])
    func `a line without an end is bounded`(_ text: String, _ message: String) {
        #expect(parse(text) == [.failure(message)])
    }

    @Test func `who is not authenticated has smaller limits`() {
        let limits = RequestLimits(isUnauthenticated: true)
        #expect(parse("*11\r\n", limits: limits) == [.failure("unauthenticated multibulk length")])
        #expect(
            parse("*1\r\n$16385\r\n", limits: limits) == [.failure("unauthenticated bulk length")])
        #expect(parse("*1\r\n$4\r\nPING\r\n", limits: limits) == [.request(["PING"])])
    }

    @Test func `a flipped byte anywhere neither crashes nor loops`() {
        let bytes = Array(Self.stream.utf8)
        for index in bytes.indices {
            for value in UInt8.min...UInt8.max {
                var broken = bytes
                broken[index] = value
                _ = parse([broken])
            }
        }
    }

    @Test func `random bytes neither crash nor loop`() {
        var random = RandomSource(seed: 7)
        let alphabet = Array("*$0123456789\r\n\"'\\x ab".utf8)
        for _ in 0..<5000 {
            let length = Int.random(in: 0..<60, using: &random)
            let bytes = (0..<length).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            _ = parse([bytes])
        }
    }

    @Test func `an owned request reads like a borrowed one`() {
        let owned = OwnedRequest(["SET", "key", ""])
        let copy = owned.withRequest(at: UnixTime(microseconds: 5)) { request in
            #expect(request.count == 3)
            #expect(request.now.microseconds == 5)
            return OwnedRequest(request)
        }
        #expect(copy == owned)
    }
}
