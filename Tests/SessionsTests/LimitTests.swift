import Bytes
import Determinism
import Sessions
import Testing

@Suite struct `Limits of sessions` {
    private func desk(
        _ change: (inout SessionLimits) -> Void
    ) -> Desk {
        let desk = Desk()
        change(&desk.sessions.limits)
        desk.connect("A")
        return desk
    }

    private func hold(_ bytes: Int, _ desk: Desk) {
        let id = desk.id("A")
        desk.sessions[id].reply.output.append(ByteString([UInt8](repeating: 0x78, count: bytes)))
    }

    @Test func `the hard limit closes a session at once and says so`() {
        let desk = desk { $0.normalOutput = .init(hardBytes: 100, softBytes: 0, softSeconds: 0) }
        let id = desk.id("A")
        hold(99, desk)
        #expect(desk.sessions.enforceOutputLimit(id, at: desk.now.instant) == nil)
        hold(1, desk)
        let line = desk.sessions.enforceOutputLimit(id, at: desk.now.instant)
        #expect(line?.hasPrefix("Client id=1 addr=127.0.0.1:40001 ") ?? false)
        #expect(
            line?.hasSuffix(" scheduled to be closed ASAP for overcoming of output buffer limits.")
                ?? false)
        #expect(desk.sessions.takeClosing() == [id])
        #expect(desk.sessions.outputLimitCloseCount == 1)
        #expect(desk.sessions.enforceOutputLimit(id, at: desk.now.instant) == nil)
    }

    @Test func `the soft limit waits for its seconds and forgets them below it`() {
        let desk = desk { $0.normalOutput = .init(hardBytes: 0, softBytes: 10, softSeconds: 5) }
        let id = desk.id("A")
        let start = desk.now.instant
        hold(10, desk)
        #expect(desk.sessions.enforceOutputLimit(id, at: start) == nil)
        #expect(desk.sessions.enforceOutputLimit(id, at: start + .milliseconds(5999)) == nil)
        desk.sessions[id].reply.output.consume(1)
        #expect(desk.sessions.enforceOutputLimit(id, at: start + .seconds(6)) == nil)
        hold(1, desk)
        #expect(desk.sessions.enforceOutputLimit(id, at: start + .seconds(7)) == nil)
        #expect(desk.sessions.sweep(at: start + .seconds(12)).warnings.isEmpty)
        #expect(desk.sessions.sweep(at: start + .seconds(13)).warnings.count == 1)
    }

    @Test func `a replica may always hold the backlog`() {
        let desk = desk {
            $0.replicaOutput = .init(hardBytes: 10, softBytes: 0, softSeconds: 0)
            $0.backlogBytes = 1000
        }
        let id = desk.id("A")
        desk.sessions[id].flags.insert(.replica)
        #expect(
            desk.sessions.enforceOutputLimit(id, heldElsewhere: 999, at: desk.now.instant) == nil)
        #expect(
            desk.sessions.enforceOutputLimit(id, heldElsewhere: 1000, at: desk.now.instant) != nil)
    }

    @Test func `the class of a session chooses its limit`() {
        let desk = desk {
            $0.pubsubOutput = .init(hardBytes: 1000, softBytes: 0, softSeconds: 0)
        }
        let id = desk.id("A")
        hold(5000, desk)
        #expect(desk.sessions.enforceOutputLimit(id, at: desk.now.instant) == nil)
        _ = desk.reply("A", "SUBSCRIBE x")
        hold(5000, desk)
        #expect(desk.sessions.enforceOutputLimit(id, at: desk.now.instant) != nil)
    }

    @Test func `too much unexecuted input closes a session and shows its start`() {
        let desk = desk { $0.queryBytes = 100 }
        let id = desk.id("A")
        desk.sessions[id].input.append([UInt8](repeating: 0x01, count: 100).span)
        #expect(desk.sessions.enforceQueryLimit(id, at: desk.now.instant) == nil)
        desk.sessions[id].input.append([0x02].span)
        let line = desk.sessions.enforceQueryLimit(id, at: desk.now.instant) ?? ""
        #expect(line.hasPrefix("Closing client that reached max query buffer length: id=1 "))
        #expect(line.contains(#"(qbuf initial bytes: "\x01\x01"#))
        #expect(desk.sessions.takeClosing() == [id])
    }

    @Test func `idle clients are closed, those that wait or listen are not`() {
        let desk = desk { $0.idleSeconds = 10 }
        for name in ["B", "C", "D", "E"] { desk.connect(name) }
        _ = desk.reply("B", "SUBSCRIBE x")
        _ = desk.reply("C", "MONITOR")
        desk.sessions[desk.id("D")].flags.insert(.blocked)
        let start = desk.now.instant
        desk.sessions[desk.id("E")].lastInteraction = start + .seconds(5)
        #expect(desk.sessions.sweep(at: start + .milliseconds(10_999)).idle == 0)
        #expect(desk.sessions.sweep(at: start + .seconds(11)).idle == 1)
        #expect(desk.sessions.takeClosing() == [desk.id("A")])
    }

    @Test func `reading stops at the limit of unsent bytes and goes on at half of it`() {
        let desk = desk { $0.unsentBytesThatPauseReading = 100 }
        let id = desk.id("A")
        func isPaused() -> Bool {
            desk.sessions.updateReadingPause(id)
            return desk.sessions[id].flags.contains(.readingPaused)
        }
        hold(99, desk)
        #expect(!isPaused())
        hold(1, desk)
        #expect(isPaused())
        desk.sessions[id].reply.output.consume(49)
        #expect(isPaused())
        desk.sessions[id].reply.output.consume(1)
        #expect(!isPaused())
    }

    @Test func `connections are refused by number and by protected mode`() {
        let desk = desk { $0.maximumClients = 2 }
        let access = desk.access
        #expect(desk.sessions.refusal(isTrusted: false, access: access) == .protectedMode)
        #expect(desk.sessions.refusal(isTrusted: true, access: access) == nil)
        let guarded = AccessControl(password: "x")
        #expect(desk.sessions.refusal(isTrusted: false, access: guarded) == nil)
        desk.connect("B")
        #expect(desk.sessions.refusal(isTrusted: true, access: guarded) == .maximumClients)
        #expect(desk.sessions.rejectedCount == 2)
        desk.sessions.limits.maximumClients = 3
        desk.sessions.limits.isProtected = false
        #expect(desk.sessions.refusal(isTrusted: false, access: access) == nil)
    }

    @Test func `refusals have the texts that clients know`() {
        #expect(
            "\(ConnectionRefusal.maximumClients.reply)"
                == "-ERR max number of clients reached\r\n")
        let text = "\(ConnectionRefusal.protectedMode.reply)"
        #expect(text.hasPrefix("-DENIED Redis is running in protected mode because protected mode"))
        #expect(text.hasSuffix("accepting connections from the outside.\r\n"))
        #expect(!text.contains("  ") && text.utf8.filter { $0 == 0x0a }.count == 1)
    }
}
