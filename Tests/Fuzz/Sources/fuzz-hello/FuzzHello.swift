import Bytes
import Consensus
import Determinism
import FuzzDriver
import Protocol

private let file = """
    port 26379
    sentinel monitor m 127.0.0.1 6379 2
    sentinel known-replica m 127.0.0.1 6380
    sentinel known-sentinel m 127.0.0.1 26380 0123456789012345678901234567890123456789
    """

/// What strangers say to a sentinel: hellos on the channel, INFO texts, votes.
///
/// Whatever it is, the machine goes on and its file reads back.
@main struct FuzzHello {
    static func main() {
        fuzz { data, count in
            let text = bytes(data, count)
            guard let kind = text.first,
                let settings = try? SentinelSettings(parsing: Array(file.utf8), source: "fuzz")
            else { return 0 }
            let payload = ByteString(Array(text.dropFirst()))
            var sentinel = Sentinel(settings: settings, random: RandomSource(seed: 1))
            var outputs: [SentinelOutput] = []
            var now = Instant(nanoseconds: 1_000_000_000)
            sentinel.handle(.start, at: now, into: &outputs)
            for step in 0..<4 {
                now = now + .milliseconds(500)
                switch (Int(kind) + step) % 3 {
                case 0:
                    sentinel.handle(
                        .request(
                            SentinelRequestID(number: step),
                            OwnedRequest(["PUBLISH", "__sentinel__:hello", payload])),
                        at: now, into: &outputs)
                case 1:
                    for link in 0..<6 {
                        let id = LinkID(number: link)
                        sentinel.handle(
                            .linkConnected(id, localHost: "127.0.0.1"), at: now, into: &outputs)
                        sentinel.handle(.reply(id, .bulk(payload)), at: now, into: &outputs)
                        sentinel.handle(
                            .reply(
                                id,
                                .array([
                                    .bulk("message"), .bulk("__sentinel__:hello"), .bulk(payload),
                                ])), at: now, into: &outputs)
                    }
                default:
                    sentinel.handle(
                        .request(
                            SentinelRequestID(number: step),
                            OwnedRequest(
                                [
                                    "SENTINEL", "IS-MASTER-DOWN-BY-ADDR", "127.0.0.1", "6379",
                                    payload, "*",
                                ])), at: now, into: &outputs)
                }
                sentinel.handle(.tick, at: now, into: &outputs)
                outputs.removeAll()
            }
            return 0
        }
    }
}
