import Foundation
import TestSupport
import Testing

/// A pseudo terminal with a program at its other end.
private final class PseudoTerminal: @unchecked Sendable {
    private let descriptor: Int32
    private let process = Process()
    private var seen: [UInt8] = []
    /// All that the program has shown.
    private(set) var everything = ""

    /// Starts a program that takes the terminal for its user's.
    init(_ executable: String, _ arguments: [String], home: String) throws {
        descriptor = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        // TIOCSPTLCK and TIOCGPTN: unlock the other end, and ask for its number.
        var locked: Int32 = 0
        var number: Int32 = 0
        guard descriptor >= 0, ioctl(descriptor, 0x4004_5431, &locked) == 0,
            ioctl(descriptor, 0x8004_5430, &number) == 0
        else { throw POSIXError(.ENODEV) }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        let other = FileHandle(
            fileDescriptor: open("/dev/pts/\(number)", O_RDWR | O_NOCTTY), closeOnDealloc: true)
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.environment = ["HOME": home, "TERM": "xterm", "PATH": "/usr/bin:/bin"]
        process.standardInput = other
        process.standardOutput = other
        process.standardError = other
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        close(descriptor)
    }

    /// Types keys.
    func type(_ keys: String) {
        let bytes = Array(keys.utf8)
        _ = write(descriptor, bytes, bytes.count)
    }

    /// Waits until the program has shown `text`, and forgets what came up to its end.
    func expect(_ text: String) throws {
        try eventually(
            "the terminal shows '\(text)'", seconds: 20,
            log: String(decoding: self.seen, as: UTF8.self),
            isTrue: {
                self.take()
                let shown = String(decoding: self.seen, as: UTF8.self)
                guard let range = shown.range(of: text) else { return false }
                self.seen = Array(shown[range.upperBound...].utf8)
                return true
            })
    }

    private func take() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return }
            seen += buffer[..<count]
            everything += String(decoding: buffer[..<count], as: UTF8.self)
        }
    }

    /// Waits for the end of the program; its exit status.
    func end() throws -> Int32 {
        try eventually(
            "the program ends", seconds: 20,
            log: String(decoding: self.seen, as: UTF8.self),
            isTrue: {
                self.take()
                return !self.process.isRunning
            })
        return process.terminationStatus
    }
}

@Suite(.serialized) struct `The prompt of rds-cli` {
    private func serve(
        on port: Int, in directory: TemporaryDirectory
    ) throws -> DaemonProcess {
        let configuration = try directory.write(
            "rds.conf", "bind 127.0.0.1\nport \(port)\ndir .\nsave \"\"\n")
        let server = try DaemonProcess(
            Binaries.program("rds-server"), [configuration], in: directory.path)
        try server.waitForLog("Ready to accept connections")
        return server
    }

    @Test func `tells the state, completes, streams and keeps secrets out of its history`() throws {
        let directory = try TemporaryDirectory()
        let port = FreePorts.take()
        let server = try serve(on: port, in: directory)
        defer { server.kill() }
        let terminal = try PseudoTerminal(
            Binaries.program("rds-cli"), ["-p", "\(port)"], home: directory.path)

        try terminal.expect("127.0.0.1:\(port)> ")
        terminal.type("set a 1\n")
        try terminal.expect("OK")
        try terminal.expect("127.0.0.1:\(port)> ")
        // Hints: grey, behind the cursor, shrinking, and gone when the line is entered.
        terminal.type("set a ")
        try terminal.expect("\u{1b}7\u{1b}[90mvalue [NX|XX] [GET]")
        try terminal.expect("\u{1b}[0m\u{1b}8")
        terminal.type("1 ex ")
        try terminal.expect("\u{1b}[90mseconds [NX|XX] [GET]\u{1b}[0m\u{1b}8")
        terminal.type("100\n")
        try terminal.expect("\u{1b}[K")
        try terminal.expect("OK")
        terminal.type(":set nohints\n")
        try terminal.expect("127.0.0.1:\(port)> ")
        let shown = terminal.everything.count
        terminal.type("incr ")
        try terminal.expect("incr ")
        terminal.type("counter\n")
        try terminal.expect("(integer) 1")
        #expect(!terminal.everything.dropFirst(shown).contains("\u{1b}[90m"))
        terminal.type(":set hints\n")
        terminal.type("getra\t")
        try terminal.expect("GETRANGE")
        terminal.type(" a 0 -1\n")
        try terminal.expect("\"1\"")
        terminal.type("select 2\n")
        try terminal.expect("[2]> ")
        terminal.type("multi\n")
        try terminal.expect("[2](TX)> ")
        terminal.type("set b 1\n")
        try terminal.expect("QUEUED")
        terminal.type("exec\n")
        try terminal.expect("1) OK")
        try terminal.expect("[2]> ")
        terminal.type("auth sekret\n")
        try terminal.expect("(error) ERR AUTH <password> called without any password")

        terminal.type("subscribe news\n")
        try terminal.expect("Reading messages...")
        _ = try run(
            Binaries.program("rds-cli"), ["-p", "\(port)", "publish", "news", "hello"])
        try terminal.expect("\"hello\"")
        terminal.type("r")
        try terminal.expect("(subscribed mode)> ")
        terminal.type("eset\n")
        try terminal.expect("RESET")
        try terminal.expect("127.0.0.1:\(port)> ")
        terminal.type("quit\n")
        #expect(try terminal.end() == 0)

        let history = directory.read(".rediscli_history")
        #expect(history.contains("select 2\n"))
        #expect(!history.contains("sekret"))
        let attributes = try FileManager.default.attributesOfItem(
            atPath: directory.file(".rediscli_history"))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func `comes without a server, and connects when there is one`() throws {
        let directory = try TemporaryDirectory()
        let port = FreePorts.take()
        let terminal = try PseudoTerminal(
            Binaries.program("rds-cli"), ["-p", "\(port)"], home: directory.path)
        try terminal.expect("Could not connect to Redis at 127.0.0.1:\(port): Connection refused")
        try terminal.expect("not connected> ")
        let server = try serve(on: port, in: directory)
        terminal.type("ping\n")
        try terminal.expect("PONG")
        try terminal.expect("127.0.0.1:\(port)> ")
        server.kill()
        terminal.type("ping\n")
        try terminal.expect("Error: Server closed the connection")
        try terminal.expect("not connected> ")
        terminal.type("\u{4}")
        #expect(try terminal.end() == 0)
    }
}
