import Foundation
import TestSupport
import Testing

/// What of the system stands in the way is said with what mends it.
@Suite struct `A system that is set too low` {
    @Test func `is told with its remedy`() throws {
        let directory = try TemporaryDirectory()
        let port = FreePorts.take()
        // A hard limit of files below what maxclients needs, a backlog that no kernel keeps.
        let server = try DaemonProcess(
            "/bin/sh",
            [
                "-c",
                "ulimit -n 200; exec \(Binaries.program("rds-server")) --port \(port) "
                    + "--bind 127.0.0.1 --save '' --maxclients 1000 --tcp-backlog 99999999",
            ], in: directory.path)
        try server.waitForLog("Ready to accept connections")
        #expect(server.log.contains("maxclients has been reduced to 168"))
        #expect(server.log.contains("LimitNOFILE=1032"))
        #expect(server.log.contains("sysctl -w net.core.somaxconn=99999999"))
        let status = try String(
            contentsOfFile: "/proc/\(server.identifier)/status", encoding: .utf8)
        #expect(status.contains("THP_enabled:\t0"), "huge pages are off for the process")
    }
}
