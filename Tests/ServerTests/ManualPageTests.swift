import Foundation
import Testing

@Suite struct `The manual of rds.conf` {
    /// Run with RDS_REGENERATE=1 to write the page anew.
    @Test func `says what the rows say`() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../packaging/man/rds.conf.5").standardizedFileURL
        if ProcessInfo.processInfo.environment["RDS_REGENERATE"] != nil {
            try ManualPage.text.write(to: page, atomically: true, encoding: .utf8)
        }
        let present = try String(contentsOf: page, encoding: .utf8)
        #expect(present == ManualPage.text, "run with RDS_REGENERATE=1 to write the page anew")
    }
}
