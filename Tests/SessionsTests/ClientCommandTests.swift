import Bytes
import Determinism
import Protocol
import Sessions
import Testing

@Suite struct `CLIENT commands` {
    @Test func `LIST has the fields of Redis 7.2 in their order`() {
        let desk = Desk()
        let id = desk.connect("A")
        desk.sessions[id].name = "me"
        _ = desk.reply("A", "CLIENT SETINFO lib-name lib")
        desk.now.instant = desk.now.instant + .seconds(7)
        let text = desk.reply("A", "CLIENT INFO")
        let fields = text.split(separator: " ").map { $0.split(separator: "=")[0] }
        #expect(
            fields.dropFirst() == [
                "addr", "laddr", "fd", "name", "age", "idle", "flags", "db", "sub", "psub", "ssub",
                "multi", "qbuf", "qbuf-free", "argv-mem", "multi-mem", "rbs", "rbp", "obl", "oll",
                "omem", "tot-mem", "events", "cmd", "user", "redir", "resp", "lib-name", "lib-ver",
            ])
        #expect(text.contains("|id=1 addr=127.0.0.1:40001 laddr=127.0.0.1:6379 fd=8 name=me age=7"))
        #expect(text.contains(" flags=N db=0 sub=0 psub=0 ssub=0 multi=-1 qbuf=0 "))
        #expect(
            text.contains(" events=r cmd=client|info user=default redir=-1 resp=2 lib-name=lib"))
        #expect(text.hasSuffix(" lib-ver=\\n|"))
    }

    static let letters: [(SessionFlags, String)] = [
        (.monitor, "O"), (.replica, "S"), (.masterLink, "M"), (.subscribed, "P"), (.multi, "x"),
        (.blocked, "b"), (.paused, "b"), (.dirtyWatch, "d"), (.closeAfterReply, "c"),
        (.closeNow, "A"), (.unixSocket, "U"), (.readOnly, "r"), (.noEvict, "e"),
        (.noTouch, "T"), ([], "N"), ([.replica, .monitor], "O"),
        ([.multi, .subscribed, .noTouch], "PxT"),
    ]

    @Test(arguments: letters)
    func `LIST shows a letter for each state`(_ flags: SessionFlags, _ letters: String) {
        let desk = Desk()
        let id = desk.connect("A")
        desk.sessions[id].flags.insert(flags)
        #expect(
            desk.sessions.describe(id, at: desk.now.instant).text.contains(" flags=\(letters) "))
    }

    @Test func `LIST filters by class and by id`() {
        let desk = Desk()
        for name in ["A", "B", "C"] { desk.connect(name) }
        _ = desk.reply("B", "SUBSCRIBE x")
        desk.sessions[desk.id("C")].flags.insert(.replica)
        func listed(_ command: String) -> [String] {
            desk.reply("A", command).split(separator: "|", maxSplits: 1)[1]
                .split(separator: "\\n").compactMap { line in
                    line.split(separator: " ").first { $0.hasPrefix("id=") }.map(String.init)
                }
        }
        #expect(listed("CLIENT LIST") == ["id=1", "id=2", "id=3"])
        #expect(listed("CLIENT LIST TYPE normal") == ["id=1"])
        #expect(listed("CLIENT LIST TYPE PUBSUB") == ["id=2"])
        #expect(listed("CLIENT LIST TYPE slave") == ["id=3"])
        #expect(listed("CLIENT LIST ID 3 99 1") == ["id=3", "id=1"])
    }

    @Test func `KILL takes every filter together`() {
        let desk = Desk()
        desk.connect("A")
        desk.now.instant = desk.now.instant + .seconds(60)
        desk.connect("B")
        #expect(
            desk.reply("B", "CLIENT KILL MAXAGE abc").hasPrefix("-ERR maxage is not an integer"))
        #expect(desk.reply("B", "CLIENT KILL MAXAGE 0") == "-ERR maxage should be greater than 0|")
        #expect(desk.reply("B", "CLIENT KILL MAXAGE 61") == ":0|")
        #expect(desk.reply("B", "CLIENT KILL MAXAGE 60 LADDR 127.0.0.1:1") == ":0|")
        #expect(desk.reply("B", "CLIENT KILL MAXAGE 60 LADDR 127.0.0.1:6379") == ":1|")
        #expect(desk.sessions.takeClosing() == [desk.id("A")])
        #expect(desk.reply("B", "CLIENT KILL MAXAGE 60") == ":0|")
    }

    @Test func `UNBLOCK names whom to unblock and how`() {
        let desk = Desk()
        let target = desk.connect("T")
        desk.sessions[target].flags.insert(.blocked)
        #expect(desk.reply("A", "CLIENT UNBLOCK 1") == ":1|")
        #expect(desk.unblocking?.session == target && desk.unblocking?.asError == false)
        #expect(desk.reply("A", "CLIENT UNBLOCK 1 ERROR") == ":1|")
        #expect(desk.unblocking?.asError == true)
        desk.sessions[target].flags.remove(.blocked)
        desk.sessions[target].flags.insert(.paused)
        #expect(desk.reply("A", "CLIENT UNBLOCK 1") == ":0|")
        #expect(desk.unblocking == nil)
    }

    @Test func `PAUSE puts writes or everything off until its end`() {
        let desk = Desk()
        let start = desk.now.instant
        #expect(!desk.sessions.pause.postpones(mayWrite: true, at: start))
        #expect(desk.reply("A", "CLIENT PAUSE 1000 WRITE") == "+OK|")
        #expect(desk.sessions.pause.postpones(mayWrite: true, at: start))
        #expect(!desk.sessions.pause.postpones(mayWrite: false, at: start))
        #expect(desk.sessions.pause.nextDeadline == start + .seconds(1))
        // The scope is replaced, the later end stays.
        #expect(desk.reply("A", "CLIENT PAUSE 500") == "+OK|")
        #expect(desk.sessions.pause.postpones(mayWrite: false, at: start + .milliseconds(999)))
        #expect(!desk.sessions.pause.postpones(mayWrite: true, at: start + .seconds(1)))
    }

    @Test func `sessions that were put off go on when less is paused`() {
        let desk = Desk()
        let (a, b) = (desk.connect("A"), desk.connect("B"))
        let start = desk.now.instant
        desk.sessions.pause.begin(.clientCommand, .all, until: start + .seconds(2))
        desk.sessions.pause.begin(.failover, .write, until: start + .seconds(5))
        desk.sessions.pause.postpone(a)
        desk.sessions.pause.postpone(b)
        #expect(desk.sessions.pause.takeReleased(at: start + .seconds(1)).isEmpty)
        #expect(desk.sessions.pause.takeReleased(at: start + .seconds(2)) == [a, b])
        #expect(desk.sessions.pause.isActive)
        desk.sessions.pause.postpone(b)
        desk.sessions.pause.end(.failover)
        #expect(desk.sessions.pause.takeReleased(at: start + .seconds(3)) == [b])
        #expect(!desk.sessions.pause.isActive)
    }

    @Test func `a pause past the range of the clock never ends`() {
        let desk = Desk()
        #expect(desk.reply("A", "CLIENT PAUSE 9000000000000000") == "+OK|")
        #expect(desk.sessions.pause.nextDeadline == .distantFuture)
    }

    @Test func `HELP has a head, a footer and as many lines as it says`() {
        let desk = Desk()
        for name in ["CLIENT", "PUBSUB"] {
            let lines = desk.reply("A", "\(name) HELP").split(separator: "|")
                .filter { $0.hasPrefix("+") || $0.hasPrefix("*") }
            #expect(
                lines[1].hasPrefix("+\(name) <subcommand> [<arg> [value] [opt] ...]. Subcommands"))
            #expect(lines.suffix(2) == ["+HELP", "+    Print this help."])
        }
    }

    @Test func `a request that was put off keeps its reply mode`() {
        let desk = Desk()
        let id = desk.connect("A")
        _ = desk.reply("A", "CLIENT REPLY SKIP")
        desk.sessions.beginCommand(id)
        desk.sessions[id].flags.insert(.paused)
        desk.sessions.endCommand(id)
        desk.sessions[id].flags.remove(.paused)
        #expect(desk.reply("A", "PING") == "")
        #expect(desk.reply("A", "PING") == "+PONG|")
    }
}
