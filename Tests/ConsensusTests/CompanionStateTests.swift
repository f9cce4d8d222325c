import Bytes
import Consensus
import Determinism
import Protocol
import Testing

private let a: ByteString = ByteString(String(repeating: "a", count: 40))
private let b: ByteString = ByteString(String(repeating: "b", count: 40))

private func state() -> CompanionState {
    var state = CompanionState()
    state.identity = a
    var first = CompanionState.Group()
    first.grant = .init(epoch: 7, candidate: b, isReleased: false)
    first.sentinels = [b]
    first.formerMasters = [
        NodeAddress(host: "10.0.0.4", port: 6379), NodeAddress(host: "::1", port: 6380),
    ]
    state.groups["mymaster"] = first
    var second = CompanionState.Group()
    second.grant = .init(epoch: 3, candidate: nil, isReleased: true)
    state.groups["a \"name\""] = second
    return state
}

@Suite struct `The state file beside sentinel conf` {
    @Test func `says the same after it was written and read`() throws {
        #expect(try CompanionState(parsing: state().text.bytes) == state())
        #expect(try CompanionState(parsing: CompanionState().text.bytes) == CompanionState())
    }

    @Test func `is read by its lines`() {
        let text = state().text.text
        #expect(text.contains("\nmyid \(a)\n"))
        #expect(text.contains("\ngrant mymaster 7 \(b) held\n"))
        #expect(text.contains("\nsentinel mymaster \(b)\n"))
        #expect(text.contains("\nformer-master mymaster 10.0.0.4 6379\n"))
        #expect(text.contains("\ngrant \"a \\\"name\\\"\" 3 * released\n"))
    }

    @Test func `is refused when it is cut anywhere`() {
        let text = state().text.bytes
        for count in 0..<text.count {
            #expect(throws: CompanionError.self) {
                try CompanionState(parsing: Array(text.prefix(count)))
            }
        }
    }

    @Test func `is refused when a byte of it is another`() {
        let text = state().text.bytes
        for index in text.indices {
            var broken = text
            broken[index] ^= 1
            #expect(throws: CompanionError.self) { try CompanionState(parsing: broken) }
        }
    }

    @Test func `may hold lines of a later version`() throws {
        let body = "# comment\nnovelty mymaster 1\nmyid \(a)\n"
        var checksum = CRC64()
        checksum.update(Array(body.utf8).span)
        let digits = String(checksum.value, radix: 16)
        let padding = String(repeating: "0", count: 16 - digits.count)
        let text = body + "checksum \(padding)\(digits)\n"
        #expect(try CompanionState(parsing: Array(text.utf8)).identity == a)
    }

    private func start(_ text: ByteString?) throws -> [String] {
        var settings = try SentinelSettings(
            parsing: Array(
                "sentinel myid \(a)\nsentinel monitor mymaster 127.0.0.1 7000 2\n".utf8),
            source: "test")
        settings.remember(text?.bytes)
        var machine = Sentinel(settings: settings, random: RandomSource(seed: 1))
        var outputs: [SentinelOutput] = []
        machine.handle(.start, at: .zero, into: &outputs)
        return outputs.compactMap {
            if case .log(_, let text, _) = $0 { return text.text }
            return nil
        }
    }

    @Test func `is missed aloud when it is missing, broken or another's`() throws {
        var other = state()
        other.identity = b
        let broken = ByteString(state().text.bytes.dropLast(9) + [0x0a])
        #expect(try start(nil).contains { $0.hasPrefix("There is no state file") })
        #expect(try start(broken).contains { $0.contains("is broken: its checksum is wrong") })
        #expect(try start(other.text).contains { $0.contains("is that of sentinel \(b)") })
        #expect(try !start(state().text).contains { $0.contains("state file") })
    }
}

@Suite struct `Capabilities of sentinels` {
    @Test func `are told when asked for`() {
        let world = FailingOver.group()
        world.ask(0, "SENTINEL", "CAPABILITIES")
        #expect(
            world.replies.removeLast()
                == .value(.array([.bulk("pre-vote"), .bulk("release"), .bulk("epochs")])))
        world.ask(0, "SENTINEL", "CAPABILITIES", "x")
        #expect(
            world.replies.removeLast()
                == .value(
                    .error("ERR wrong number of arguments for 'sentinel|capabilities' command")))
    }
}
