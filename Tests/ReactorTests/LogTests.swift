import Glibc
import LogOutput
import Logging
import Reactor
import Systemd
import Testing

@Suite(.serialized) struct LogTests {
    init() {
        setenv("TZ", "UTC", 1)
        tzset()
    }

    @Test(arguments: [
        (LogLevel.notice, LogRole.master, "57411:M 07 Jul 2015 16:32:09.878 * Ready\n"),
        (.warning, .sentinel, "57411:X 07 Jul 2015 16:32:09.878 # Ready\n"),
        (.verbose, .replica, "57411:S 07 Jul 2015 16:32:09.878 - Ready\n"),
        (.debug, .child, "57411:C 07 Jul 2015 16:32:09.878 . Ready\n"),
    ])
    func `lines have Redis's format`(level: LogLevel, role: LogRole, line: String) {
        let time = LocalTime(unixMicroseconds: 1_436_286_729_878_123)
        #expect(
            LogLine.text(process: 57411, role: role, at: time, level: level, "Ready") == line)
    }

    @Test func `lines below the threshold are left out, the rest go to the file`() throws {
        let directory = TemporaryDirectory()
        let path = "\(directory.path)/log"
        let destination = LogDestination(
            identifier: "rds-server", place: .file(path), role: .master)
        destination.write(.verbose, "left out")
        destination.write(.notice, "one")
        destination.setRole(.replica)
        destination.setThreshold(.debug)
        let logger = destination.logger(label: "rds")
        logger.info("two", metadata: ["master_name": "redis-cluster"])
        destination.writeRaw("three\n")
        let lines = try File.contents(of: path).text.split(separator: "\n")
        try #require(lines.count == 3)
        #expect(lines[0].hasPrefix("\(getpid()):M ") && lines[0].hasSuffix(" * one"))
        #expect(lines[1].hasPrefix("\(getpid()):S ") && lines[1].hasSuffix(" - two"))
        #expect(lines[2] == "three")
    }

    @Test func `an entry of the journal carries its fields`() {
        var entry = JournalEntry(message: "+sdown master", priority: 4)
        entry.add("RDS_EVENT", "+sdown")
        entry.add("RDS_MASTER_NAME", "redis-cluster")
        entry.add("lower", "refused by the journal")
        entry.add("_TRUSTED", "refused by the journal")
        #expect(
            entry.fields == [
                "MESSAGE=+sdown master", "PRIORITY=4", "RDS_EVENT=+sdown",
                "RDS_MASTER_NAME=redis-cluster",
            ])
    }

    @Test func `the service manager hears what it is told`() throws {
        let directory = TemporaryDirectory()
        let path = "\(directory.path)/notify"
        let socket = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(bound == 0)
        func next() -> String {
            var bytes = [UInt8](repeating: 0, count: 512)
            let count = recv(socket, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
        }

        unsetenv("NOTIFY_SOCKET")
        #expect(!Notification().isEnabled)
        Notification().ready(status: "into the void")
        setenv("NOTIFY_SOCKET", path, 1)
        defer { unsetenv("NOTIFY_SOCKET") }
        let notification = Notification()
        #expect(notification.isEnabled)
        notification.status("Loading")
        #expect(next() == "STATUS=Loading")
        notification.ready(status: "Ready")
        #expect(next() == "READY=1\nSTATUS=Ready")
        notification.reloading(monotonicMicroseconds: 42)
        #expect(next() == "RELOADING=1\nMONOTONIC_USEC=42")
        notification.extendTimeout(microseconds: 1000)
        #expect(next() == "EXTEND_TIMEOUT_USEC=1000")
        notification.watchdog()
        #expect(next() == "WATCHDOG=1")
        notification.stopping(status: "Saving")
        #expect(next() == "STOPPING=1\nSTATUS=Saving")
        #expect(Watchdog.interval() == nil)
    }
}
