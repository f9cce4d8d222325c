import Bytes
import Determinism
import Glibc
import Reactor
import Testing

/// Doubles numbers, and keeps silent about odd ones.
private struct Doubling: BackgroundJob {
    mutating func perform(_ order: Int) -> Int? { order % 2 == 0 ? order * 2 : nil }
}

@Suite struct LoopTests {
    @Test func `a wait ends at its deadline`() throws {
        var loop = try EventLoop(busyPoll: .microseconds(50), processors: 2)
        let start = SystemClock.instant()
        let now = loop.poll(until: start + .milliseconds(3), now: start)
        #expect(loop.poller.readyCount == 0)
        #expect(now.instant >= start + .milliseconds(3))
        #expect(loop.poll(until: start, now: now.instant).instant >= now.instant)
    }

    @Test func `tokens keep what they carry`() {
        let identifier: UInt64 = 0xffff_ffff_0fff_ffff
        for token: EventToken in [
            .session(identifier), .link(identifier), .session(1 << 32), .listener(3), .signals,
            .wakeup(9),
        ] {
            #expect(EventToken(bits: token.bits) == token)
        }
    }

    @Test func `a worker answers in the order of its orders and wakes the loop`() throws {
        var loop = try EventLoop(busyPoll: .zero, processors: 1)
        let worker = try BackgroundWorker(Doubling(), name: "doubling")
        try loop.poller.add(worker.wakeupNumber, token: EventToken.wakeup(0).bits, .read)
        for number in 1...1000 { worker.submit(number) }
        var answers: [Int] = []
        while answers.count < 500 {
            _ = loop.poll(until: .distantFuture, now: SystemClock.instant())
            answers += worker.takeAnswers()
        }
        #expect(answers == Array(stride(from: 4, through: 2000, by: 4)))
        worker.submit(21)
        worker.submit(22)
        worker.finish()
        #expect(worker.takeAnswers() == [44])
        #expect(worker.pendingCount == 0)
    }

    @Test func `a name is looked up by a worker`() throws {
        let worker = try BackgroundWorker(NameLookup(), name: "lookup")
        worker.submit(NameLookup.Order(token: 5, host: "127.0.0.1", port: 80))
        worker.finish()
        let answer = try #require(worker.takeAnswers().first)
        #expect(answer.token == 5)
        #expect(answer.outcome == .addresses([.ipv4(0x7f00_0001, port: 80)]))
    }

    @Test func `lists of processors and their quota are read`() {
        #expect(UsableProcessors.size(ofList: "0-3,8") == 5)
        #expect(UsableProcessors.size(ofList: "7") == 1)
        #expect(UsableProcessors.size(ofList: "") == nil)
        #expect(UsableProcessors.size(ofList: "3-1") == nil)
        #expect(UsableProcessors.wholeProcessors(inQuota: "150000 100000") == 1)
        #expect(UsableProcessors.wholeProcessors(inQuota: "50000 100000") == 1)
        #expect(UsableProcessors.wholeProcessors(inQuota: "400000 100000") == 4)
        #expect(UsableProcessors.wholeProcessors(inQuota: "max 100000") == nil)
        #expect(UsableProcessors.count() >= 1)
    }
}
