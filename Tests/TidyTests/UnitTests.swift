import Foundation
import TestSupport
import Testing

@Suite struct `The units` {
    private func unit(_ name: String) throws -> String {
        try String(
            contentsOf: Binaries.repository.appending(path: "systemd/\(name)"), encoding: .utf8)
    }

    /// A template differs by its instance's name in paths and in the description, and by nothing else.
    @Test(arguments: [
        ("rds-server", "/var/lib/rds/"), ("rds-sentinel", "/var/lib/rds-sentinel/"),
    ])
    func `of templates are the plain ones with the name of the instance`(
        name: String, directory: String
    ) throws {
        var expected = try unit("\(name).service").split(
            separator: "\n", omittingEmptySubsequences: false
        ).map(String.init)
        for index in expected.indices {
            let line = expected[index]
            if line.hasPrefix("Description=") { expected[index] = line + " (%i)" }
            if line.hasPrefix("RuntimeDirectory=") { expected[index] = line + "-%i" }
            if line.hasPrefix("WorkingDirectory=") || line.hasPrefix("StateDirectory=") {
                expected[index] = line + "/%i"
            }
            if line.hasPrefix("ExecStart=") {
                expected[index] = line.replacing(".conf ", with: "-%i.conf ")
                    .replacing(directory, with: directory + "%i/")
            }
        }
        #expect(try unit("\(name)@.service") == expected.joined(separator: "\n"))
    }

    /// What `systemd-analyze security` counts, in tenths; what remains has its comment in the unit.
    @Test(
        .enabled(if: Binaries.system("systemd-analyze") != nil),
        arguments: ["rds-server", "rds-server@", "rds-sentinel", "rds-sentinel@"])
    func `leave an exposure of 1.5 at most`(name: String) throws {
        let analyze = try #require(Binaries.system("systemd-analyze"))
        let unit = Binaries.repository.appending(path: "systemd/\(name).service").path
        let (output, status) = try run(
            analyze, ["security", "--no-pager", "--offline=true", "--threshold=15", unit])
        #expect(status == 0, "\(output)")
    }
}
