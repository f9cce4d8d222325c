import Bytes
import Determinism
import Replication
import Testing

@Suite struct `The answer to PSYNC` {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var id: String
        var position: Int
        var decision: ResyncDecision
        var log: [String]
    }

    static let current = String(repeating: "c", count: 40)
    static let previous = String(repeating: "p", count: 40)
    static let foreign = String(repeating: "f", count: 40)

    /// A server that followed `previous` to offset 100, was promoted, and is at 150.
    static func promoted(_ body: (borrowing ReplicationStream) -> Void) throws {
        var random = RandomSource(seed: 1)
        var stream = ReplicationStream(backlogSize: 1 << 20, random: &random)
        stream.adopt(try #require(ReplicationID(ByteString(previous))), at: 60)
        let bytes = [UInt8](repeating: 1, count: 50)
        stream.append(verbatim: bytes.span.extracting(0..<40))
        stream.rename(to: try #require(ReplicationID(ByteString(current))))
        stream.append(verbatim: bytes.span)
        body(stream)
    }

    static let cases: [Case] = [
        Case(
            testDescription: "current history", id: current, position: 151,
            decision: .partial(from: 150),
            log: [
                "Partial resynchronization request from r:1 accepted. Sending 0 bytes of backlog "
                    + "starting from offset 151."
            ]),
        Case(
            testDescription: "current history, case folded", id: current.uppercased(),
            position: 61, decision: .partial(from: 60),
            log: [
                "Partial resynchronization request from r:1 accepted. Sending 90 bytes of backlog "
                    + "starting from offset 61."
            ]),
        Case(
            testDescription: "before the backlog", id: current, position: 60,
            decision: .full(wasRefused: true),
            log: [
                "Unable to partial resync with replica r:1 for lack of backlog (Replica request "
                    + "was: 60)."
            ]),
        Case(
            testDescription: "from the future", id: current, position: 152,
            decision: .full(wasRefused: true),
            log: [
                "Unable to partial resync with replica r:1 for lack of backlog (Replica request "
                    + "was: 152).",
                "Warning: replica r:1 tried to PSYNC with an offset that is greater than the "
                    + "master replication offset.",
            ]),
        Case(
            testDescription: "previous history up to its end", id: previous, position: 101,
            decision: .partial(from: 100),
            log: [
                "Partial resynchronization request from r:1 accepted. Sending 50 bytes of backlog "
                    + "starting from offset 101."
            ]),
        Case(
            testDescription: "previous history after its end", id: previous, position: 102,
            decision: .full(wasRefused: true),
            log: [
                "Partial resynchronization not accepted: Requested offset for second ID was 102, "
                    + "but I can reply up to 101"
            ]),
        Case(
            testDescription: "foreign history", id: foreign, position: 101,
            decision: .full(wasRefused: true),
            log: [
                "Partial resynchronization not accepted: Replication ID mismatch (Replica asked "
                    + "for '\(foreign)', my replication IDs are '\(current)' and '\(previous)')"
            ]),
        Case(
            testDescription: "no history", id: "?", position: -1,
            decision: .full(wasRefused: false),
            log: ["Full resync requested by replica r:1"]),
        Case(
            testDescription: "negative position", id: current, position: -5,
            decision: .full(wasRefused: true),
            log: [
                "Unable to partial resync with replica r:1 for lack of backlog (Replica request "
                    + "was: -5)."
            ]),
        Case(
            testDescription: "least integer", id: current, position: .min,
            decision: .full(wasRefused: true),
            log: [
                "Unable to partial resync with replica r:1 for lack of backlog (Replica request "
                    + "was: \(Int.min))."
            ]),
    ]

    @Test(arguments: cases)
    func `depends on history and backlog`(_ expected: Case) throws {
        try Self.promoted { stream in
            var log: [ReplicationLogLine] = []
            let asked = Array(expected.id.utf8)
            let decision = ResyncDecision.decide(
                id: asked.span, position: expected.position,
                replica: "r:1", history: stream.history, backlog: stream.backlog, log: &log)
            #expect(decision == expected.decision)
            #expect(log.map(\.text) == expected.log)
        }
    }

    @Test func `the all-zero identifier never matches a missing previous history`() {
        var random = RandomSource(seed: 1)
        var stream = ReplicationStream(backlogSize: 1 << 20, random: &random)
        stream.startOver(random: &random)
        var log: [ReplicationLogLine] = []
        let asked = ReplicationID.none.characters.bytes
        let decision = ResyncDecision.decide(
            id: asked.span, position: -1, replica: "r:1",
            history: stream.history, backlog: stream.backlog, log: &log)
        #expect(decision == .full(wasRefused: true))
    }
}
