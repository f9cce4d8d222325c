import CommandCatalog
import Glibc
import Testing

/// packaging/completion/rds-cli repeats the names of the table; this keeps them the same.
@Suite struct `Shell completion` {
    private func lines() throws -> [String] {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let file = try #require(fopen("/\(root)/packaging/completion/rds-cli", "r"))
        defer { fclose(file) }
        var lines: [String] = []
        var buffer = [CChar](repeating: 0, count: 512)
        while fgets(&buffer, Int32(buffer.count), file) != nil {
            let bytes = buffer.prefix { $0 != 0 && $0 != 0x0a }
            lines.append(String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
        return lines
    }

    /// The words between a line that ends with `start` and the next line that holds a quote alone.
    private func words(after start: String, in lines: [String]) -> [String] {
        guard let first = lines.firstIndex(where: { $0.hasSuffix(start) }) else { return [] }
        let block = lines[(first + 1)...].drop { $0.hasSuffix("echo \"") }
        return block.prefix { !$0.hasSuffix("\"") }.flatMap {
            $0.split(separator: " ").map(String.init)
        }
    }

    @Test func `offers every command and subcommand`() throws {
        let lines = try lines()
        let table = CommandTable(for: .client)
        #expect(
            words(after: "_rds_cli_commands=\"", in: lines)
                == table.commands.map { table.fullName($0) }.sorted())
        for container in table.commands where table.traits(container).isContainer {
            let names = table.subcommands(of: container).map { table.description($0).name }
            #expect(
                words(after: "  \(table.fullName(container)))", in: lines) == names.sorted())
        }
    }
}
