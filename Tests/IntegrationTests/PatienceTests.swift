import Foundation
import Protocol
import TestSupport
import Testing

/// No data set is too large for the service manager's time-outs, nor for its watchdog.
@Suite struct `A start and a stop that take long` {
    /// What the manager hears until a notification has this field: texts, and how often what came.
    private struct Heard {
        var statuses: [String] = []
        var extensions = 0
        var watchdogs = 0
        var last: [String: String] = [:]

        /// `isOver`: what ends the listening, if no field does.
        init(_ manager: NotifySocket, until field: String?, isOver: () -> Bool = { false }) {
            while true {
                last = manager.next(patience: field == nil ? 1 : 20)
                if last.isEmpty && (field != nil || isOver()) { return }
                if let status = last["STATUS"] { statuses.append(status) }
                if last["EXTEND_TIMEOUT_USEC"] != nil { extensions += 1 }
                if last["WATCHDOG"] != nil { watchdogs += 1 }
                if let field, last[field] != nil { return }
            }
        }
    }

    @Test func `are extended, told in percent and seconds, and feed the watchdog`() throws {
        let directory = try TemporaryDirectory()
        let port = FreePorts.take()
        func start(_ more: [String], _ environment: [String: String]) throws -> DaemonProcess {
            try DaemonProcess(
                Binaries.program("rds-server"),
                ["--port", "\(port)", "--bind", "127.0.0.1", "--save", "900 1"] + more,
                in: directory.path, environment: environment)
        }
        let first = try start([], [:])
        try first.waitForLog("Ready to accept connections")
        try Connection(port: port).call("DEBUG", "POPULATE", "4000")
        #expect(try first.terminate() == .exited(0))

        let manager = try NotifySocket(in: directory)
        let server = try start(
            ["--key-load-delay", "300", "--rdb-key-save-delay", "300"],
            ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "400000"])
        let loading = Heard(manager, until: "READY")
        #expect(loading.extensions > 0)
        #expect(loading.watchdogs > 2)
        #expect(
            loading.statuses.contains {
                $0.contains(/^Loading the data set: [1-9]\d?%, about \d+ seconds? left$/)
            }, "\(loading.statuses)")
        #expect(loading.last["STATUS"] == "Ready to accept connections")
        #expect(try Connection(port: port).call("DBSIZE") == .integer(4000))

        server.signal(SIGTERM)
        #expect(manager.next(with: "STOPPING")["STATUS"] == "Saving the final RDB snapshot: 0%")
        let saving = Heard(manager, until: nil) { !server.isRunning }
        #expect(saving.extensions > 0)
        #expect(saving.watchdogs > 2)
        #expect(
            saving.statuses.contains {
                $0.contains(/^Saving the final RDB snapshot: [1-9]\d?%, about \d+ seconds? left$/)
            }, "\(saving.statuses)")
        #expect(try server.waitForEnd() == .exited(0))
    }
}
