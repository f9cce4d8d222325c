import Bytes
import Consensus
import Testing

/// A disk may take seconds over a record: the loop goes on meanwhile.
@Suite struct `While a record is on its way to the disk` {
    private let first = LinkID(number: 1)
    private let second = LinkID(number: 2)

    private func storing() -> HeldOutputs {
        var held = HeldOutputs()
        held.isStoring = true
        return held
    }

    /// Which of the outputs wait, one after the other.
    private func waiting(_ outputs: [SentinelOutput], in held: inout HeldOutputs) -> [Bool] {
        outputs.map { held.hold($0) }
    }

    @Test func `what keeps links alive passes`() {
        var held = storing()
        let outputs: [SentinelOutput] = [
            .send(first, ["PING"]), .send(first, ["INFO"]), .send(first, ["AUTH", "x"]),
            .send(first, ["CLIENT", "SETNAME", "x"]), .send(first, ["SUBSCRIBE", "x"]),
            .connect(first, host: "127.0.0.1", port: 1), .disconnect(first), .lookUp("name"),
            .log(.notice, "text"),
        ]
        let waits = waiting(outputs, in: &held)
        #expect(!waits.contains(true))
        let left = held.takeAll()
        #expect(left.isEmpty)
    }

    @Test func `what speaks of epochs and roles waits, in its order`() {
        var held = storing()
        let outputs: [SentinelOutput] = [
            .send(first, ["SENTINEL", "is-master-down-by-addr"]),
            .reply(SentinelRequestID(number: 1), .value(.integer(1))),
            .send(second, ["PUBLISH", "__sentinel__:hello", "x"]),
            .record(RecordID(number: 2), text: "", companion: nil),
            .send(second, ["SLAVEOF", "NO", "ONE"]),
        ]
        let waits = waiting(outputs, in: &held)
        #expect(!waits.contains(false))
        let taken = held.takeAll()
        #expect(taken == outputs)
        let left = held.takeAll()
        #expect(left.isEmpty)
    }

    @Test func `nothing overtakes what is held for the same link`() {
        var held = storing()
        let outputs: [SentinelOutput] = [
            .send(first, ["PUBLISH", "__sentinel__:hello", "x"]), .send(first, ["PING"]),
            .send(second, ["PING"]),
        ]
        let waits = waiting(outputs, in: &held)
        #expect(waits == [true, true, false])
        let taken = held.takeAll()
        #expect(taken.count == 2)
        let again = waiting([.send(first, ["PING"])], in: &held)
        #expect(again == [false])
    }

    @Test func `nothing waits once it is there`() {
        var held = storing()
        held.isStoring = false
        let waits = waiting([.send(first, ["PUBLISH", "x", "y"])], in: &held)
        #expect(waits == [false])
    }
}
