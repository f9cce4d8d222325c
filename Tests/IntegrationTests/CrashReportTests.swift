import Foundation
import Protocol
import TestSupport
import Testing

@Suite struct `A crash` {
    @Test(arguments: [("", "M"), ("127.0.0.1 1", "S")])
    func `leaves a report with the role, the build and the stack`(
        _ master: String, _ role: String
    ) throws {
        let directory = try TemporaryDirectory()
        let port = FreePorts.take()
        let server = try DaemonProcess(
            Binaries.program("rds-server"),
            ["--port", "\(port)", "--bind", "127.0.0.1", "--save", ""], in: directory.path)
        try server.waitForLog("Ready to accept connections")
        let connection = try Connection(port: port)
        // The role changes while it runs: the report shows the last one.
        let words = master.isEmpty ? ["NO", "ONE"] : master.split(separator: " ").map(String.init)
        try connection.send(["REPLICAOF"] + words)
        #expect(try connection.receive() == .simpleString("OK"))
        try connection.send(["DEBUG", "SEGFAULT"])
        #expect(try server.waitForEnd() == .killed(by: SIGSEGV))
        let lines = server.log.split(separator: "\n").map(String.init)
        let start = try #require(lines.firstIndex { $0.hasPrefix("=== RDS BUG REPORT START") })
        let report = lines[start...]
        func line(_ text: String) -> String? { report.first { $0.contains(text) } }
        for text in [
            "crashed by signal: 11", "Accessing address: 0x",
            "Crashed running the instruction at: 0x",
            "Build id: ", "rip=0x",
        ] where text != "rip=0x" || Self.isIntel {
            let found = try #require(line(text), "\(text)")
            #expect(found.hasPrefix("\(server.identifier):\(role) "), "\(found)")
        }
        #expect(report.contains { $0.contains("rds-server") && $0.contains("(+0x") })
        #expect(report.contains("=== RDS BUG REPORT END ==="))
    }

    @Test func `names the functions of the stack where those of the build are installed`() throws {
        let directory = try TemporaryDirectory()
        let files = FileManager.default
        for name in ["bin", "lib/rds"] {
            try files.createDirectory(
                atPath: directory.file(name), withIntermediateDirectories: true)
        }
        let program = directory.file("bin/rds-server")
        try files.copyItem(atPath: Binaries.program("rds-server"), toPath: program)
        let names = try run(
            Binaries.repository.appending(path: "packaging/scripts/symbols").path, [program])
        #expect(names.status == 0, "\(names.output)")
        try directory.write("lib/rds/rds-server.symbols", names.output)
        let port = FreePorts.take()
        let server = try DaemonProcess(
            program, ["--port", "\(port)", "--bind", "127.0.0.1", "--save", ""],
            in: directory.path)
        try server.waitForLog("Ready to accept connections")
        try Connection(port: port).send(["DEBUG", "SEGFAULT"])
        #expect(try server.waitForEnd() == .killed(by: SIGSEGV))
        let lines = server.log.split(separator: "\n").drop { $0 != "------ STACK TRACE ------" }
        #expect(lines.contains { $0.hasPrefix("clinux_fault ") && $0.contains("+0x") })
        #expect(lines.contains { $0.hasPrefix("Executor.") }, "\(server.log)")
    }

    private static var isIntel: Bool {
        #if arch(x86_64)
        true
        #else
        false
        #endif
    }
}
