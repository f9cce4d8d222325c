import Bytes
import Configuration
import Determinism
import Testing

/// Files that exist in a test only.
struct MemoryFiles: ConfigurationFiles {
    var contents: [String: String] = [:]
    var entered: [String] = []
    var credentialsDirectory: String?

    func read(_ path: String) throws(DirectiveError) -> [UInt8] {
        guard let text = contents[path] else { throw DirectiveError("No such file or directory") }
        return Array(text.utf8)
    }

    func readIfPresent(_ path: String) throws(DirectiveError) -> [UInt8]? {
        contents[path].map { Array($0.utf8) }
    }

    func paths(matching pattern: String) -> [String] {
        contents.keys.filter {
            GlobPattern.matches(ByteString(pattern).bytes.span, ByteString($0).bytes.span)
        }.sorted()
    }

    mutating func enter(_ directory: String) throws(DirectiveError) { entered.append(directory) }
}

@Suite struct `A configuration file` {
    private func lines(_ files: [String: String], _ path: String) throws -> [String] {
        var reader = ConfigurationReader(files: MemoryFiles(contents: files))
        var lines: [String] = []
        try reader.read(path: path) { (line, _) throws(ConfigurationError) in
            lines.append("\(line.source):\(line.number) \(line.words.map(\.text))")
        }
        return lines
    }

    @Test func `comments, blanks and empty lines say nothing`() throws {
        let text = "# a comment\n\n  \t\r\n  PORT 6380 \r\n#port 1\nbind 127.0.0.1 ::1"
        #expect(
            try lines(["f": text], "f") == [
                #"f:4 ["port", "6380"]"#, #"f:6 ["bind", "127.0.0.1", "::1"]"#,
            ])
    }

    @Test func `quotes hold words together`() throws {
        #expect(
            try lines(["f": #"requirepass "a b\x41\n" 'it\'s'"#], "f") == [
                #"f:1 ["requirepass", "a bA\n", "it\'s"]"#
            ])
    }

    @Test func `a quote that stays open is refused with its line`() {
        do {
            _ = try lines(["f": "port 1\nrequirepass \"abc"], "f")
            Issue.record("an open quote passed")
        } catch let error as ConfigurationError {
            let message = error.message(version: "7.2.4")
            #expect(
                message == """

                    *** FATAL CONFIG FILE ERROR (Redis 7.2.4) ***
                    Reading the configuration file, at line 2 of f
                    >>> 'requirepass "abc'
                    Unbalanced quotes in configuration line

                    """)
        } catch {
            Issue.record("another error: \(error)")
        }
    }

    @Test func `includes are read in their place`() throws {
        let files = [
            "main": "a 1\ninclude part\nc 3\ninclude dir/*.conf\ninclude none*", "part": "b 2",
            "dir/2.conf": "e 5", "dir/1.conf": "d 4",
        ]
        #expect(
            try lines(files, "main").map { String($0.split(separator: " ")[1]) } == [
                "[\"a\",", "[\"b\",", "[\"c\",", "[\"d\",", "[\"e\",",
            ])
    }

    @Test func `a file that is missing and one that includes itself are refused`() {
        #expect(
            throws: ConfigurationError.unreadable(path: "x", reason: "No such file or directory")
        ) {
            try lines(["main": "include x"], "main")
        }
        #expect(throws: ConfigurationError.self) { try lines(["main": "include main"], "main") }
    }

    @Test(
        arguments: [
            (["f.conf"], "f.conf", ""),
            (["--port", "6380", "--save", ""], nil, "port \"6380\" \nsave \"\" "),
            (["f", "--save", "--port", "1"], "f", "save \"\"\nport \"1\" "),
            (["f", "--save"], "f", "save \"\""),
            (["f", "--sentinel"], "f", "sentinel "),
            (["f", "--sentinel", "--port", "1"], "f", "sentinel \nport \"1\" "),
            (["--port 6380", "--bind", "::1", "-::*"], nil, "port 6380 \nbind \"::1\" \"-::*\" "),
            (["--shutdown-on-sigint", "--now", "x"], nil, "shutdown-on-sigint \"--now\" \"x\" "),
        ] as [([String], String?, String)])
    func `options are lines`(arguments: [String], path: String?, lines: String) {
        let options = CommandLineOptions(arguments)
        #expect(options.path == path)
        #expect(!options.readsStandardInput)
        #expect(ByteString(options.lines).text == lines)
    }

    @Test func `a dash reads standard input, first or last`() {
        #expect(CommandLineOptions(["-"]).readsStandardInput)
        #expect(CommandLineOptions(["f", "-"]).readsStandardInput)
        #expect(CommandLineOptions(["f", "--port", "1", "-"]).readsStandardInput)
        #expect(!CommandLineOptions(["f", "--logfile", "-", "--port", "1"]).readsStandardInput)
    }

    @Test func `every truncation of a file is read or refused`() {
        let text = Array(
            #"""
            # comment
            port 6380
            requirepass "with \"quotes\" and \x00"
            save 60 1 'single \' quoted'
            include nowhere
            """#.utf8)
        for length in 0...text.count {
            _ = try? ConfigurationLine.lines(of: Array(text[..<length]), source: "f")
        }
    }

    @Test func `random bytes are read or refused, and rewritten`() {
        var random = RandomSource(seed: 7)
        let alphabet = Array("ab \"'\\x0#\n\t\r".utf8) + [0, 255]
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            _ = try? ConfigurationLine.lines(of: text, source: "f")
            let rewrite = ConfigurationRewrite(text) { $0[0] == "a" ? "a" : nil }
            let once = rewrite.finish()
            let again = ConfigurationRewrite(once) { $0[0] == "a" ? "a" : nil }.finish()
            // After the first time every line is known, a comment or empty.
            #expect(again == once || once.last == 0x0a)
        }
    }
}
