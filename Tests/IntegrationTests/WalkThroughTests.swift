import Foundation
import TestSupport
import Testing

/// The README's demonstration, on ports of its own: real processes, a real crash.
@Suite(.serialized) struct `The walk-through` {
    @Test func `a master that crashes is replaced, and comes back as a replica`() throws {
        let directory = try TemporaryDirectory()
        let script = Binaries.repository.appendingPathComponent("packaging/scripts/demo").path
        let result = try run(
            "/usr/bin/env",
            [
                "python3", script, "--pace", "0", "--port-shift", "9000",
                "--binaries", Binaries.directory.path, "--directory", directory.file("run"),
            ])
        #expect(result.status == 0, "\(result.output)")
        for step in ["detected", "agreed", "elected", "promoted", "clients served again"] {
            #expect(result.output.contains("   \(step) "), "the table lacks '\(step)'")
        }
        #expect(result.output.contains("keys lost: 0"))
    }
}
