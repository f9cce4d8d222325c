import Foundation
import LogOutput
import Testing

@Suite struct `The journal's message catalog` {
    /// Run with RDS_REGENERATE=1 to write the file anew.
    @Test func `says what the rows say`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../systemd/rds.catalog").standardizedFileURL
        if ProcessInfo.processInfo.environment["RDS_REGENERATE"] != nil {
            try EventMessage.catalog.write(to: file, atomically: true, encoding: .utf8)
        }
        let present = try String(contentsOf: file, encoding: .utf8)
        #expect(present == EventMessage.catalog, "run with RDS_REGENERATE=1 to write it anew")
    }

    /// Every literal of this shape in the sentinel's code is an event, but for a suffix.
    @Test func `explains every event that a sentinel can send, and no other`() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/Consensus").standardizedFileURL
        let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
        var sent: Set<String> = []
        for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /"(?<event>[+-][a-z][a-z-]+)"/) {
                sent.insert(String(match.output.event))
            }
        }
        sent.remove("-script")
        #expect(sent.count > 40)
        #expect(Set(EventMessage.all.map(\.event)) == sent)
    }

    @Test func `has an identifier of 32 hexadecimal digits an event`() {
        let identifiers = EventMessage.all.map(\.identifier)
        #expect(Set(identifiers).count == identifiers.count)
        #expect(identifiers.allSatisfy { $0.count == 32 && $0.allSatisfy(\.isHexDigit) })
    }
}
