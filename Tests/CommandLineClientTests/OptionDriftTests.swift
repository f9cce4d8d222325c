import CommandLineClient
import Foundation
import Testing

/// The code that reads options, --help, the manual and the completion name the same ones.
@Suite struct `Every option of rds-cli` {
    private func file(_ path: String) throws -> String {
        let top = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../..").standardizedFileURL
        return try String(contentsOf: top.appending(path: path), encoding: .utf8)
    }

    /// The options that a text names, such as `-p` and `--pass`.
    private func options(in text: Substring) -> Set<String> {
        Set(
            text.matches(of: /(?:^|[\s"(|])(?<name>--?[A-Za-z0-9][a-z-]*)/)
                .map { String($0.output.name) })
    }

    /// Literals of the code that are options.
    private func literals(in path: String) throws -> Set<String> {
        Set(
            try file(path).matches(of: /"(?<name>--?[A-Za-z0-9][a-z-]*)"/)
                .map { String($0.output.name) })
    }

    /// The options that begin an entry of the usage, and those of them that take a value.
    private func usage(_ text: String) -> (all: Set<String>, valued: Set<String>) {
        var all: Set<String> = []
        var valued: Set<String> = []
        for line in text.split(separator: "\n") {
            guard
                let match = line.firstMatch(
                    of: /^  (?<names>--?[^ ,]+(?:, --?[^ ,]+)*)(?<value> <)?/)
            else { continue }
            let names = options(in: match.output.names)
            all.formUnion(names)
            if match.output.value != nil { valued.formUnion(names) }
        }
        return (all, valued)
    }

    /// The options that begin an entry of the manual, between two headings.
    private func manual(from start: String, to end: String) throws -> Set<String> {
        let page = try file("packaging/man/rds-cli.1").replacing("\\-", with: "-")
        let begin = try #require(page.range(of: "\n\(start)\n"))
        let finish = try #require(
            page.range(of: "\n\(end)\n", range: begin.upperBound..<page.endIndex))
        let part = page[begin.upperBound..<finish.lowerBound]
        var found: Set<String> = []
        var isEntry = false
        for line in part.split(separator: "\n") {
            if isEntry { found.formUnion(options(in: line[...])) }
            isEntry = line == ".TP"
        }
        return found
    }

    @Test func `is read, and told by --help, the manual and the completion`() throws {
        let told = usage(Usage.text)
        #expect(told.all.count > 30)
        let read = try literals(in: "Sources/CommandLineClient/OptionParser.swift")
        // -v is what --version was called first.
        #expect(read.subtracting(["-v"]) == told.all)
        #expect(try manual(from: ".SH OPTIONS", to: ".SH GROUPS") == told.all)

        let completion = try file("packaging/completion/rds-cli")
        let offered = try #require(completion.firstMatch(of: /local options="(?<words>[^"]*)"/))
        #expect(options(in: offered.output.words) == told.all)
        let skipped = try #require(
            completion.firstMatch(of: /case \${COMP_WORDS\[index\]} in(?<words>[^)]*)\)/))
        #expect(options(in: skipped.output.words) == told.valued)
    }

    @Test func `of ha is read, and told by --help, the manual and the completion`() throws {
        let told = usage(GroupUsage.text).all
        let read = try literals(in: "Sources/CommandLineClient/Group/GroupOptions.swift")
            .subtracting(["--help", "-y", "-h", "-p"])
        #expect(read == told)
        #expect(
            try manual(from: ".SH GROUPS", to: ".SH AT THE PROMPT") == told)

        let completion = try file("packaging/completion/rds-cli")
        var offered: Set<String> = []
        for match in completion.matches(of: /words\+?="(?<words>[^"]*)"/) {
            offered.formUnion(options(in: match.output.words))
        }
        #expect(offered.subtracting(["--help", "-h", "-p"]) == told)
    }
}
