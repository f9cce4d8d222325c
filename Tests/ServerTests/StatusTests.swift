import Bytes
import Determinism
import Server
import Testing

extension RunningServer {
    fileprivate var line: String { server.statusLine }

    /// Keys of several segments, which a save hands out one after the other.
    fileprivate mutating func holdManyKeys() {
        _ = ask("DEBUG", "POPULATE", "10000")
        _ = ask("CONFIG", "SET", "rdb-key-save-delay", "1000")
    }

    /// What the line says while ten seconds and more pass.
    fileprivate mutating func lines(
        _ work: (inout Server, Moment) -> Void
    ) -> Set<String> {
        var lines: Set<String> = []
        for _ in 0..<150 {
            now.instant = now.instant + .milliseconds(100)
            work(&server, now)
            lines.insert(line)
        }
        return lines
    }
}

/// The line that `systemctl status` shows.
@Suite struct `The line for the service manager` {
    @Test func `tells how far a save is, and how long it takes yet`() {
        var running = RunningServer()
        #expect(running.line == "Ready to accept connections")
        running.holdManyKeys()
        _ = running.ask("BGSAVE")
        let lines = running.lines { $0.tick(at: $1) }
        #expect(
            lines.contains {
                $0.contains(
                    /^Ready to accept connections; saving: [1-9]\d?%, about \d+ seconds? left$/)
            })
        #expect(running.line == "Ready to accept connections; saving: waiting for the disk")
        running.server.fileFinished(failure: nil, at: running.now)
        #expect(running.line == "Ready to accept connections")
    }

    @Test func `tells how far a shutdown is`() {
        var running = RunningServer()
        running.holdManyKeys()
        running.server.signalReceived("SIGTERM", at: running.now)
        let isStopping = running.server.isShuttingDown
        #expect(isStopping)
        #expect(running.line == "Saving the final RDB snapshot: 0%")
        let lines = running.lines { $0.workOnSnapshot(at: $1) }
        #expect(
            lines.contains {
                $0.contains(/^Saving the final RDB snapshot: [1-9]\d?%, about \d+ seconds? left$/)
            })
        // A save that fails keeps the server, and the line says what it does.
        running.server.fileFinished(failure: "No space left on device", at: running.now)
        let isStillStopping = running.server.isShuttingDown
        #expect(!isStillStopping)
        #expect(running.line == "Ready to accept connections")
    }

    @Test func `tells how far a replica has come`() {
        let cluster = Cluster()
        let master = cluster.add()
        let replica = cluster.add { $0.keyLoadDelayMicroseconds = 100_000 }
        cluster.command("MSET a 1 b 2 c 3 d 4 e 5 f 6 g 7 h 8 i 9 j 10", on: master)
        cluster.nodes[master].isReachable = false
        cluster.follow(replica, master)
        func line() -> String { cluster.nodes[replica].server.statusLine }
        #expect(line().hasSuffix("in read-only mode. Waiting for MASTER <-> REPLICA sync"))
        cluster.nodes[master].isReachable = true
        #expect(cluster.wait { line().contains("Synchronising with 127.0.0.1:7000: ") })
        var lines: Set<String> = []
        #expect(
            cluster.wait {
                lines.insert(line())
                return line() == "Ready to accept connections, following 127.0.0.1:7000"
            })
        #expect(lines.contains { $0.contains("%, about ") && $0.hasSuffix(" left") }, "\(lines)")
    }

    @Test(
        arguments: [
            (0, 0, 5000, "0 so far"), (7, 0, 5000, "7 so far"), (0, 10, 5000, "0%"),
            (5, 10, 5000, "50%, about 5 seconds left"), (9, 10, 9000, "90%, about 1 second left"),
            (1, 100, 10_000, "1%, about 16 minutes left"),
            (10, 10, 10, "100%, about 0 seconds left"),
            (12, 10, 10, "100%, about 0 seconds left"),
        ])
    func `says percentage and time left as people do`(
        done: Int, total: Int, milliseconds: Int, text: String
    ) {
        let began = Moment(instant: .zero + .seconds(1), unix: UnixTime(milliseconds: 0))
        let progress = WorkProgress(
            done: done, total: total, startedAt: began,
            at: began.instant + .milliseconds(milliseconds))
        #expect(progress.text == text)
    }
}
