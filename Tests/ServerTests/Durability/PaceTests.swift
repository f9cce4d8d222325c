import Bytes
import Determinism
import Server
import Testing

/// A snapshot's bytes as the executor would write them, with an end and no checksum of use.
private func fileBytes(_ outputs: [ServerOutput]) -> [UInt8] {
    var bytes: [UInt8] = []
    for output in outputs { if case .appendFile(let more) = output { bytes += more } }
    return bytes + [0xff] + [UInt8](repeating: 0, count: 8)
}

extension RunningServer {
    fileprivate mutating func pass(_ duration: Duration) {
        now.instant = now.instant + duration
        server.tick(at: now)
    }

    /// Whether the snapshot's last byte was handed out since the last look.
    fileprivate mutating func takesCommit() -> Bool {
        takeOutputs().contains { if case .commitFile = $0 { true } else { false } }
    }
}

@Suite struct `Delays of each key` {
    @Test func `a save takes as long as its keys cost, and clients are served meanwhile`() {
        var running = RunningServer()
        _ = running.ask("MSET", "a", "1", "b", "2", "c", "3")
        _ = running.ask("CONFIG", "SET", "rdb-key-save-delay", "1000000")
        _ = running.ask("BGSAVE")
        running.pass(.zero)
        let began = running.now.instant
        var committed = running.takesCommit()
        while !committed, running.now.instant < began + .seconds(10) {
            #expect(infoFields(running.ask("INFO"))["rdb_bgsave_in_progress"] == "1")
            running.pass(.milliseconds(100))
            committed = running.takesCommit()
        }
        let took = running.now.instant - began
        #expect(took >= .seconds(3) && took < .seconds(4), "it took \(took)")
    }

    @Test func `a delay that is taken back holds nothing up`() {
        var running = RunningServer()
        _ = running.ask("CONFIG", "SET", "rdb-key-save-delay", "10000000")
        _ = running.ask("MSET", "a", "1", "b", "2")
        _ = running.ask("BGSAVE")
        for _ in 0..<3 { running.pass(.milliseconds(1)) }
        let isEarly = running.takesCommit()
        #expect(!isEarly)
        #expect(running.server.nextDeadline <= running.now.instant + .milliseconds(100))
        _ = running.ask("CONFIG", "SET", "rdb-key-save-delay", "0")
        for _ in 0..<3 { running.pass(.milliseconds(1)) }
        let isComplete = running.takesCommit()
        #expect(isComplete)
    }

    @Test func `a load is told to wait, and clients hear that it goes on`() throws {
        var source = RunningServer()
        _ = source.ask("MSET", "a", "1", "b", "2", "c", "3")
        _ = source.takeOutputs()
        _ = source.ask("BGSAVE")
        for _ in 0..<3 { source.pass(.milliseconds(1)) }
        let bytes = fileBytes(source.takeOutputs())

        var settings = ServerSettings()
        settings.keyLoadDelayMicroseconds = 1500
        var running = RunningServer(settings)
        running.server.beginLoading(totalBytes: bytes.count, for: nil, at: running.now)
        #expect(running.server.loadingBudget.piece < 1024)
        #expect(running.server.loadingResumption(at: running.now.instant) == nil)
        try running.server.load(bytes.span, at: running.now)
        #expect(
            running.server.loadingResumption(at: running.now.instant)
                == running.now.instant + .microseconds(4500))
        #expect(running.ask("GET", "a").hasPrefix("-LOADING"))
        running.now.instant = running.now.instant + .microseconds(4500)
        #expect(running.server.loadingResumption(at: running.now.instant) == nil)
        try running.server.finishLoading(at: running.now)
        #expect(running.ask("GET", "a") == "$1\r\n1\r\n")
        let fields = infoFields(running.ask("INFO", "persistence"))
        #expect(fields["rdb_last_load_keys_loaded"] == "3")
        #expect(fields["rdb_last_load_keys_expired"] == "0")
    }

    @Test func `negative delays are fractions of a microsecond`() throws {
        var running = RunningServer()
        _ = running.ask("DEBUG", "POPULATE", "100")
        _ = running.ask("CONFIG", "SET", "rdb-key-save-delay", "-10")
        _ = running.ask("BGSAVE")
        let began = running.now.instant
        while !running.takesCommit(), running.now.instant < began + .milliseconds(100) {
            running.pass(.microseconds(1))
        }
        let took = running.now.instant - began
        #expect(took >= .microseconds(10) && took < .microseconds(300), "it took \(took)")
    }
}

@Suite struct `FLUSHALL and files` {
    @Test func `an empty file is on disk before the reply leaves`() {
        var running = RunningServer()
        _ = running.ask("MSET", "a", "1", "b", "2")
        _ = running.takeOutputs()
        #expect(running.ask("FLUSHALL") == "+OK\r\n")
        #expect(running.server.persistence.mustStandStill)
        while running.server.workOnSnapshot(at: running.now) {}
        let isComplete = running.takesCommit()
        #expect(isComplete)
        running.server.fileFinished(failure: nil, at: running.now)
        #expect(!running.server.persistence.mustStandStill)
        let fields = infoFields(running.ask("INFO", "persistence"))
        #expect(fields["rdb_changes_since_last_save"] == "0")
        #expect(fields["rdb_saves"] == "1")
        #expect(fields["rdb_bgsave_in_progress"] == "0")
    }

    @Test func `without save points there is nothing to write`() {
        var settings = ServerSettings()
        settings.savePoints = []
        var running = RunningServer(settings)
        _ = running.ask("SET", "a", "1")
        #expect(running.ask("FLUSHALL") == "+OK\r\n")
        #expect(!running.server.persistence.mustStandStill)
    }

    @Test func `a background save of what is gone is given up`() {
        var running = RunningServer()
        _ = running.ask("CONFIG", "SET", "rdb-key-save-delay", "10000000")
        _ = running.ask("MSET", "a", "1", "b", "2")
        _ = running.ask("BGSAVE")
        running.pass(.milliseconds(1))
        _ = running.takeOutputs()
        #expect(running.ask("FLUSHALL") == "+OK\r\n")
        let outputs = running.takeOutputs()
        let names = outputs.compactMap { output in
            switch output {
            case .abandonFile: "abandon"
            case .beginFile: "begin"
            default: nil as String?
            }
        }
        #expect(names == ["abandon", "begin"])
    }
}
