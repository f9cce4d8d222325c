import Bytes
import Determinism
import Replication
import Testing

/// A fence, the disk that keeps its record, and sentinels called a, b, c ...
private struct Stage {
    static let us = MasterAddress(host: "10.0.0.1", port: 6379)
    static let other = MasterAddress(host: "10.0.0.2", port: 6379)

    var fence = Fence()
    var disk: RoleRecord?
    var log: [String] = []
    var now = Instant.zero + .seconds(100)
    var connections = 0

    static func id(_ letter: Character) -> ByteString {
        ByteString(String(repeating: letter, count: 40))
    }

    mutating func perform(_ step: (inout Fence, Instant, inout [FenceOutput]) -> Void) {
        var outputs: [FenceOutput] = []
        step(&fence, now, &outputs)
        for output in outputs {
            switch output {
            case .store(let record): disk = record
            case .log(let line): log.append(line.text)
            case .changed: break
            }
        }
    }

    mutating func start(isMaster: Bool = true) {
        fence = Fence()
        let record = disk.flatMap { RoleRecord($0.text) }
        perform { $0.start(with: record, isMaster: isMaster, at: $1, into: &$2) }
    }

    /// A sentinel says hello, on the connection of its letter unless another is given.
    mutating func hello(
        _ letter: Character, _ master: MasterAddress = Stage.us, epoch: UInt64 = 5,
        group: ByteString = "mymaster", connection: UInt64? = nil, number: Int? = nil,
        port: Int? = nil
    ) {
        let value = Int(letter.unicodeScalars.first?.value ?? 0)
        let hello = SentinelHello(
            address: MasterAddress(host: "10.0.1.1", port: port ?? 26_000 + value),
            runID: Stage.id(letter), group: group, master: master, configEpoch: epoch)
        let speaker = Fence.Speaker(
            connection: connection ?? UInt64(value), number: number ?? value)
        perform {
            $0.hear(
                hello, from: speaker,
                names: .init(hosts: ["10.0.0.1", "announced"], ports: [6379]),
                at: $1, into: &$2)
        }
    }

    /// A sentinel of ours tells which others it knows.
    mutating func tell(
        _ letter: Character, known: String, downAfter: Duration = .seconds(5)
    ) {
        let number = UInt64(letter.unicodeScalars.first?.value ?? 0)
        perform {
            $0.told(
                by: Stage.id(letter), group: "mymaster", downAfter: downAfter,
                failoverTimeout: .seconds(9), known: Set(known.map { Stage.id($0) }),
                from: .init(connection: number, number: Int(number)), at: $1, into: &$2)
        }
    }

    mutating func pass(_ duration: Duration) {
        now = now + duration
        perform { $0.turn(at: $1, into: &$2) }
    }

    /// A master that `letters` watch, and that restarts.
    static func restarted(_ letters: String = "abc") -> Stage {
        var stage = Stage()
        stage.start()
        for letter in letters { stage.hello(letter) }
        stage.start()
        return stage
    }
}

@Suite struct `The fence` {
    @Test func `is open where no sentinel has ever named the server`() {
        var stage = Stage()
        stage.start()
        #expect(!stage.fence.isClosed && stage.disk == nil)
    }

    @Test func `is closed after a restart, until enough sentinels name the server`() {
        var stage = Stage.restarted()
        #expect(stage.fence.reason == .restart)
        stage.hello("a")
        stage.hello("a")
        #expect(stage.fence.isClosed)
        stage.hello("c", epoch: 6)
        #expect(!stage.fence.isClosed)
    }

    @Test(arguments: [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (6, 3), (7, 4)])
    func `opens by a set that meets every majority`(count: Int, needed: Int) {
        let letters = "abcdefg".prefix(count)
        var stage = Stage.restarted(String(letters))
        for (index, letter) in letters.enumerated() {
            #expect(stage.fence.isClosed == (index < needed), "\(index) of \(count)")
            stage.hello(letter)
        }
    }

    @Test func `does not count words of an older epoch, or of sentinels that are not recorded`() {
        var stage = Stage.restarted()
        for letter in "abc" { stage.hello(letter, epoch: 4) }
        for letter in "xyz" { stage.hello(letter, epoch: 9) }
        #expect(stage.fence.isClosed)
        #expect(stage.disk?.sentinels.count == 3)
    }

    @Test func `counts the sentinels that recorded ones have told of`() {
        // The record is of the day on which only three of five had met.
        var stage = Stage.restarted()
        stage.tell("a", known: "bcde")
        for letter in "ab" { stage.hello(letter) }
        #expect(stage.fence.isClosed)
        stage.hello("e")
        #expect(!stage.fence.isClosed)
    }

    @Test func `forgets no sentinel that is here because the others have not met it yet`() {
        var stage = Stage()
        stage.start()
        for letter in "abc" {
            stage.tell(letter, known: "")
            stage.hello(letter)
        }
        for letter in "abc" { stage.tell(letter, known: "") }
        #expect(stage.disk?.sentinels.count == 3)
    }

    @Test func `lets no stranger tell of sentinels`() {
        var stage = Stage.restarted()
        stage.tell("x", known: "yz")
        stage.tell("a", known: "bc")
        for letter in "xyza" { stage.hello(letter) }
        #expect(stage.fence.isClosed)
        stage.hello("b")
        #expect(!stage.fence.isClosed)
    }

    @Test func `says how many of those that it was told of are missing`() {
        var stage = Stage.restarted()
        stage.tell("a", known: "bcdefg")
        stage.hello("a")
        for _ in 0..<60 { stage.pass(.seconds(1)) }
        #expect(stage.log.last?.contains("1 of 4 sentinels") == true)
    }

    @Test func `closes at the word of a sentinel that a recorded one has told of`() {
        var stage = Stage()
        stage.start()
        for letter in "ab" { stage.hello(letter) }
        stage.hello("d", Stage.other, epoch: 6)
        #expect(!stage.fence.isClosed)
        stage.tell("a", known: "bd")
        stage.hello("d", Stage.other, epoch: 6)
        #expect(stage.fence.reason == .superseded)
        #expect(stage.disk?.superseded == ["mymaster": 6])
    }

    @Test func `does not count a word that its speaker took back`() {
        var stage = Stage.restarted()
        stage.hello("a")
        stage.hello("a", Stage.other)
        stage.hello("b")
        #expect(stage.fence.isClosed)
    }

    @Test func `counts what is announced as ours, and nothing else`() {
        var stage = Stage.restarted()
        stage.hello("a", MasterAddress(host: "announced", port: 6379))
        stage.hello("b", MasterAddress(host: "10.0.0.1", port: 6380))
        stage.hello("b", MasterAddress(host: "10.0.0.9", port: 6379))
        #expect(stage.fence.isClosed)
        stage.hello("b")
        #expect(!stage.fence.isClosed)
    }

    @Test func `closes at a newer epoch of another, for good and across restarts`() {
        var stage = Stage()
        stage.start()
        for letter in "abc" { stage.hello(letter) }
        stage.hello("a", Stage.other, epoch: 5)
        #expect(!stage.fence.isClosed)
        stage.hello("a", Stage.other, epoch: 6)
        #expect(stage.fence.reason == .superseded)
        stage.hello("b")
        stage.hello("c")
        #expect(stage.fence.reason == .superseded)
        stage.start()
        for letter in "bc" { stage.hello(letter) }
        #expect(stage.fence.reason == .restart)
        for letter in "bc" { stage.hello(letter, epoch: 7) }
        #expect(!stage.fence.isClosed)
        #expect(stage.disk?.superseded == [:])
    }

    @Test func `believes no stranger that names another master`() {
        var stage = Stage()
        stage.start()
        for letter in "abc" { stage.hello(letter) }
        stage.hello("x", Stage.other, epoch: 900)
        // One connection speaks for one sentinel.
        stage.hello("x", connection: 50)
        stage.hello("a", Stage.other, epoch: 900, connection: 50)
        #expect(!stage.fence.isClosed)
    }

    @Test func `hears the later of two connections that speak for one sentinel`() {
        var stage = Stage.restarted()
        stage.hello("a", Stage.other, connection: 200, number: 200)
        stage.hello("a", connection: 97, number: 97)
        stage.hello("b")
        #expect(stage.fence.isClosed)
        stage.perform { fence, _, _ in fence.forget(connection: 200) }
        stage.hello("a", connection: 201, number: 201)
        #expect(!stage.fence.isClosed)
    }

    @Test func `closes after a stall, and an idle loop is none`() {
        var stage = Stage()
        stage.start()
        for letter in "abc" { stage.hello(letter) }
        for _ in 0..<10 { stage.pass(.milliseconds(5000)) }
        #expect(!stage.fence.isClosed)
        #expect(stage.fence.nextDeadline == stage.now + .milliseconds(2500))
        stage.pass(.milliseconds(5001))
        #expect(stage.fence.reason == .stall)
        for letter in "ab" { stage.hello(letter) }
        #expect(!stage.fence.isClosed)
    }

    @Test func `takes the shortest down-after that sentinels tell for the length of a stall`() {
        var stage = Stage()
        stage.start()
        for (letter, milliseconds) in zip("abc", [900, 300, 1000]) {
            stage.hello(letter)
            stage.tell(letter, known: "", downAfter: .milliseconds(milliseconds))
        }
        stage.pass(.milliseconds(300))
        #expect(!stage.fence.isClosed)
        stage.pass(.milliseconds(301))
        #expect(stage.fence.reason == .stall)
    }

    @Test func `is no matter of replicas, and a former master that comes back as one is fenced`() {
        var stage = Stage()
        stage.start()
        for letter in "abc" { stage.hello(letter) }
        stage.perform { $0.becameReplica(at: $1, into: &$2) }
        #expect(!stage.fence.isClosed && stage.disk?.isMaster == false)
        for letter in "abc" { stage.hello(letter, Stage.other, epoch: 6) }
        stage.start()
        for letter in "abc" { stage.hello(letter) }
        #expect(stage.fence.reason == .restart)
        stage.start(isMaster: false)
        #expect(!stage.fence.isClosed)
    }

    @Test func `records who promotes a replica, before anything else`() {
        var stage = Stage()
        stage.start(isMaster: false)
        for letter in "abc" { stage.hello(letter, Stage.other, epoch: 6) }
        #expect(stage.disk == nil)
        stage.perform { $0.becameMaster(bySentinel: true, at: $1, into: &$2) }
        #expect(stage.disk?.sentinels.count == 3 && stage.disk?.isMaster == true)
        stage.start()
        for letter in "ab" { stage.hello(letter, epoch: 5) }
        #expect(stage.fence.isClosed)
        for letter in "ab" { stage.hello(letter, epoch: 7) }
        #expect(!stage.fence.isClosed)
    }

    @Test func `is lifted by a person, who leaves no record behind`() {
        var stage = Stage.restarted()
        stage.perform { $0.becameMaster(bySentinel: false, at: $1, into: &$2) }
        #expect(!stage.fence.isClosed && stage.disk == nil)
        stage.start()
        #expect(!stage.fence.isClosed)
    }

    @Test func `is lifted by its directive`() {
        var stage = Stage.restarted()
        var settings = Fence.Settings()
        settings.isOn = false
        stage.perform { $0.settingsChanged(to: settings, at: $1, into: &$2) }
        #expect(!stage.fence.isClosed)
    }

    @Test func `says every minute what would lift it`() {
        var stage = Stage.restarted()
        for _ in 0..<180 { stage.pass(.seconds(1)) }
        let lines = stage.log.filter { $0.contains("REPLICAOF NO ONE") }
        #expect(lines.count == 3)
        #expect(lines.first?.contains("0 of 2 sentinels") == true)
    }

    @Test func `replaces a sentinel by a new one at the same place`() {
        var stage = Stage()
        stage.start()
        for letter in "abc" { stage.hello(letter) }
        stage.hello("d", port: 26_000 + 97)
        #expect(stage.disk?.sentinels.map(\.runID) == ["b", "c", "d"].map { Stage.id($0) })
    }

    @Test func `forgets a sentinel that a majority of our own ones does not know any more`() {
        var stage = Stage()
        stage.start()
        for letter in "abcd" { stage.hello(letter) }
        stage.fence.settings.stall = .zero
        stage.pass(.seconds(11))
        for (count, letter) in "abc".enumerated() {
            #expect(stage.disk?.sentinels.count == 4, "after \(count)")
            stage.tell(letter, known: "abc")
        }
        #expect(stage.disk?.sentinels.count == 3)
    }

    @Test func `forgets who was silent for a day, if a majority was not`() {
        var stage = Stage()
        stage.start()
        for letter in "abcd" { stage.hello(letter) }
        stage.fence.settings.stall = .zero
        for _ in 0..<(25 * 60) {
            stage.pass(.seconds(60))
            for letter in "abc" { stage.hello(letter) }
        }
        #expect(stage.disk?.sentinels.count == 3)
    }

    @Test func `needs the word of every group that watches the server`() {
        var stage = Stage()
        stage.start()
        for letter in "ab" { stage.hello(letter, group: "one") }
        for letter in "cd" { stage.hello(letter, group: "two") }
        stage.start()
        stage.hello("a", group: "one")
        #expect(stage.fence.isClosed)
        stage.hello("d", group: "two")
        #expect(!stage.fence.isClosed)
    }
}

@Suite struct `The role record` {
    @Test func `survives its way through the file`() {
        var record = RoleRecord()
        record.sentinels = [
            .init(
                runID: Stage.id("a"), address: MasterAddress(host: "::1", port: 26_379),
                epoch: 1 << 50, group: "my,master"),
            .init(
                runID: Stage.id("b"), address: MasterAddress(host: "host.example", port: 1),
                epoch: 0, group: "my,master"),
        ]
        record.superseded = ["my,master": 7, "zebra": 1]
        record.isMaster = false
        #expect(RoleRecord(record.text) == record)
        #expect(RoleRecord(RoleRecord().text) == RoleRecord())
    }

    @Test func `is none if a byte is missing, and never a crash`() {
        var record = RoleRecord()
        record.sentinels = [
            .init(
                runID: Stage.id("a"), address: MasterAddress(host: "::1", port: 26_379), epoch: 3,
                group: "m")
        ]
        record.superseded = ["m": 4]
        let text = record.text
        for count in 0..<text.count {
            let cut = RoleRecord(Array(text.prefix(count)))
            // A line that is missing whole cannot be told from one that never was.
            #expect(cut == nil || text[count - 1] == 0x0a)
        }
        for index in text.indices {
            for bit in 0..<8 {
                var flipped = text
                flipped[index] ^= 1 << UInt8(bit)
                _ = RoleRecord(flipped)
            }
        }
    }
}

@Suite struct `A hello` {
    private func hello(_ text: String) -> SentinelHello? {
        let text = ByteString(text)
        return SentinelHello(text.bytes.span)
    }
    private let id = String(repeating: "7", count: 40)

    @Test func `has eight tokens`() {
        #expect(
            hello("10.0.1.1,26379,\(id),3,mymaster,10.0.0.1,6379,2")
                == SentinelHello(
                    address: MasterAddress(host: "10.0.1.1", port: 26_379), runID: ByteString(id),
                    group: "mymaster", master: MasterAddress(host: "10.0.0.1", port: 6379),
                    configEpoch: 2))
        #expect(hello("::1,26379,\(id),3,mymaster,redis-0.example,6379,2") != nil)
    }

    @Test(arguments: [
        "", ",,,,,,,", "10.0.1.1,26379,ID,3,mymaster,10.0.0.1,6379",
        "10.0.1.1,26379,ID,3,mymaster,10.0.0.1,6379,2,9",
        "10.0.1.1,0,ID,3,mymaster,10.0.0.1,6379,2", "10.0.1.1,26379,7,3,mymaster,10.0.0.1,6379,2",
        "10.0.1.1,26379,ID,3,my master,10.0.0.1,6379,2", "h,26379,ID,3,m,10.0.0.1,65536,2",
        "h,26379,ID,3,m,10.0.0.1,6379,-1", "h,26379,ID,3,m,10.0.0.1,6379,99999999999999999999",
        "h,26379,ID,3,,10.0.0.1,6379,1", "h\n,26379,ID,3,m,10.0.0.1,6379,1",
    ])
    func `is none if it says anything else`(text: String) {
        #expect(hello(text.replacing("ID", with: id)) == nil)
    }
}
