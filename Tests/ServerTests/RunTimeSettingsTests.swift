import Bytes
import CommandCatalog
import Configuration
import Server
import Testing

private struct Files: ConfigurationFiles {
    var contents: [String: String]
    var entered: [String] = []
    func read(_ path: String) throws(DirectiveError) -> [UInt8] {
        Array((contents[path] ?? "").utf8)
    }
    func readIfPresent(_ path: String) throws(DirectiveError) -> [UInt8]? {
        contents[path].map { Array($0.utf8) }
    }
    func paths(matching pattern: String) -> [String] { [] }
    mutating func enter(_ directory: String) throws(DirectiveError) { entered.append(directory) }
}

private func load(_ text: String, _ others: [String: String] = [:]) throws -> ServerConfiguration {
    try ServerConfiguration.load(
        CommandLineOptions(["rds.conf", "--state-file", "/s"]),
        files: Files(contents: others.merging(["rds.conf": text]) { $1 }),
        catalog: CommandTable(for: .server))
}

@Suite struct `A server with a state file` {
    private func restarted(
        _ text: String, _ state: RunTimeState
    ) throws -> ServerConfiguration {
        try load(text, ["/s": ByteString(state.text).text])
    }

    @Test func `keeps there what was changed, each directive as it was`() throws {
        let first = try load("port 1\n")
        var running = first.settings
        // Every value that a client can set: parsed from its own text, as CONFIG GET told it.
        running.replicaOf = MasterEndpoint(host: "10.0.0.2", port: 6379)
        running.savePoints = []
        running.bindAddresses = ["127.0.0.1", "-::1"]
        running.replBacklogSize = 123 << 20
        running.notifyKeyspaceEvents = 3
        running.replicaOutputLimit.softSeconds = 5
        running.replicaAnnounceIP = "a b"
        running.requirePass = "s"
        running.timeoutSeconds = 7
        let state = first.changes(of: running)
        #expect(
            Set(state.entries.map(\.name.text)) == [
                "replicaof", "save", "bind", "repl-backlog-size", "notify-keyspace-events",
                "client-output-buffer-limit", "replica-announce-ip", "requirepass", "timeout",
            ])
        let second = try restarted("port 1\n", state)
        for row in ServerDirectives.table.rows {
            #expect(row.value(in: second.settings) == row.value(in: running), "\(row.name)")
        }
        #expect(second.changes(of: second.settings) == state)
        #expect(second.runTime.conflicts.isEmpty)
    }

    @Test func `follows nobody when it was promoted, until its master is named anew`() throws {
        let first = try load("replicaof 10.0.0.1 6379\n")
        var running = first.settings
        running.replicaOf = nil
        let state = first.changes(of: running)
        #expect(try restarted("replicaof 10.0.0.1 6379\n", state).settings.replicaOf == nil)
        let anew = try restarted("replicaof 10.0.0.3 6379\n", state)
        #expect(anew.settings.replicaOf?.host == "10.0.0.3")
        #expect(anew.runTime.kept.entries.isEmpty)
        #expect(anew.runTime.conflicts.count == 1)
    }

    @Test func `does not take what the system granted for a change`() throws {
        var configuration = try load("maxclients 5000\ndir data\n")
        configuration.wasGranted(maxClients: 900, directory: "/var/lib/data")
        var running = configuration.settings
        running.maxClients = 900
        running.directory = "/var/lib/data"
        #expect(configuration.changes(of: running).entries.isEmpty)
        running.maxClients = 800
        #expect(
            configuration.changes(of: running).entries == [
                .init(name: "maxclients", value: "800", overridden: "5000")
            ])
    }

    @Test func `writes a password from a file nowhere`() throws {
        let text = "requirepass-file /p\nmasterauth-file /p\n"
        let configuration = try load(text, ["/p": "secret\n"])
        var running = configuration.settings
        #expect(running.requirePass == "secret" && running.masterAuth == "secret")
        #expect(configuration.unsavedSecrets(of: running).isEmpty)
        running.requirePass = "other"
        #expect(configuration.changes(of: running).entries.isEmpty)
        #expect(configuration.unsavedSecrets(of: running) == ["requirepass"])
        let rewritten = ByteString(ConfigCommands.rewritten(Array(text.utf8), running)).text
        #expect(!rewritten.contains("secret") && !rewritten.contains("other"))
        #expect(rewritten.contains("requirepass-file \"/p\""))
        #expect(throws: ConfigurationError.self) {
            try load(text + "requirepass x\n", ["/p": "secret\n"])
        }
    }

    @Test func `leaves what a reload did not take over for the next start`() throws {
        let first = try load("replicaof 10.0.0.1 6379\ntimeout 1\n")
        var second = try load("replicaof 10.0.0.3 6379\ntimeout 2\n")
        second.remainsAtStart(first)
        var running = first.settings
        running.timeoutSeconds = 3
        running.replicaOf = MasterEndpoint(host: "10.0.0.2", port: 6379)
        #expect(
            second.changes(of: running).entries == [
                .init(name: "timeout", value: "3", overridden: "2"),
                .init(name: "replicaof", value: "10.0.0.2 6379", overridden: "10.0.0.1 6379"),
            ])
    }
}
