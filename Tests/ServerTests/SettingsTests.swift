import Bytes
import CommandCatalog
import Configuration
import Protocol
import Server
import Testing

/// Files of a test: one, under any name.
private struct OneFile: ConfigurationFiles {
    var text: String
    func read(_ path: String) throws(DirectiveError) -> [UInt8] { Array(text.utf8) }
    func readIfPresent(_ path: String) throws(DirectiveError) -> [UInt8]? { nil }
    func paths(matching pattern: String) -> [String] { [] }
    func enter(_ directory: String) throws(DirectiveError) {
        if directory == "/missing" { throw DirectiveError("No such file or directory") }
    }
}

private func load(_ text: String, _ options: [String] = []) throws -> ServerConfiguration {
    try ServerConfiguration.load(
        CommandLineOptions(["redis.conf"] + options), files: OneFile(text: text),
        catalog: CommandTable(for: .server))
}

private func refusal(_ text: String, _ options: [String] = []) -> String? {
    do {
        _ = try load(text, options)
        return nil
    } catch let error as ConfigurationError {
        return error.message(version: "7.2.4")
    } catch {
        return "\(error)"
    }
}

private func command(_ words: [String]) -> OwnedRequest {
    OwnedRequest(words.map { ByteString($0) })
}

private func get(_ settings: ServerSettings, _ patterns: String...) -> [String] {
    var reply = ReplyWriter()
    command(["config", "get"] + patterns).withRequest(at: .init(microseconds: 0)) {
        ConfigCommands.get($0, settings, &reply)
    }
    // Every second line of the reply is a length.
    let lines = reply.output.unsent.text.split(
        separator: "\r\n", omittingEmptySubsequences: false)
    return lines.dropLast().enumerated().filter { $0.offset > 0 && $0.offset % 2 == 0 }
        .map { String($0.element) }
}

private func set(
    _ settings: inout ServerSettings, _ words: String..., isLoading: Bool = false,
    isLocal: Bool = true
) -> (reply: String, change: SettingsChange?) {
    var reply = ReplyWriter()
    var change: SettingsChange?
    command(["config", "set"] + words).withRequest(at: .init(microseconds: 0)) {
        change = ConfigCommands.set(
            $0, &settings, .init(isLoading: isLoading, isLocal: isLocal), &reply)
    }
    // CR and LF are one character.
    return (String(reply.output.unsent.text.dropLast()), change)
}

@Suite struct `The server's directives` {
    private var redis: [(name: String, value: String)] {
        (redisDefaults + "\n" + redisHiddenDefaults).split(separator: "\n").map { line in
            let parts = line.split(separator: " ", maxSplits: 1)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }
    }

    @Test func `every default and alias is that of Redis`() {
        let settings = ServerSettings()
        for (name, value) in redis {
            let row = ServerDirectives.table.row(ByteString(name))
            #expect(row != nil, "\(name) is known")
            #expect(row?.text(in: settings).text == value, "\(name)")
        }
    }

    @Test func `all 200 directives of the surface are known, and our own`() {
        // Those of Valkey 8.0 beside the ones of Redis, and the two of instrumented builds.
        let others = [
            "dual-channel-replication-enabled", "extended-redis-compatibility",
            "enable-debug-assert", "cluster-slot-stats-enabled", "hide-user-data-from-log",
            "unixsocketgroup", "primaryuser", "primaryauth", "cluster-announce-client-ipv4",
            "cluster-announce-client-ipv6", "server-cpulist", "bio-cpulist",
            "aof-rewrite-cpulist", "bgsave-cpulist", "debug-context", "availability-zone",
            "events-per-io-thread", "prefetch-batch-max-size", "max-new-connections-per-cycle",
            "max-new-tls-connections-per-cycle", "cluster-blacklist-ttl", "req-res-logfile",
            "client-default-resp", "busy-poll-microseconds", "client-output-buffer-pause",
            "shutdown-handover-timeout",
            "refuse-lost-data", "refuse-lost-data-timeout", "master-fence", "master-fence-stall",
        ]
        for name in others {
            #expect(ServerDirectives.table.row(ByteString(name)) != nil, "\(name)")
        }
        #expect(ServerDirectives.table.rows.count == 211)
    }

    @Test func `a default survives being told, set and written`() throws {
        for row in ServerDirectives.table.rows {
            var settings = ServerSettings()
            #expect(row.value(in: settings) == row.defaultValue, "\(row.name)")
            #expect(!row.summary.isEmpty && row.summary.utf8.count < 100, "\(row.name)")
            let words: [ByteString]
            switch row.defaultValue {
            case .words(let list): words = list
            case .integer where row.flags.contains(.multipleArguments):
                words = row.text(in: settings).bytes.split(separator: 0x20).map {
                    ByteString(Array($0))
                }
            default: words = [row.text(in: settings)]
            }
            if row.name == "replicaof" { continue }
            row.set(try row.parse(words), in: &settings)
            #expect(row.value(in: settings) == row.defaultValue, "\(row.name)")
        }
    }

    @Test func `numbers hold on both sides of their bounds`() throws {
        for row in ServerDirectives.table.rows {
            let bounds: ClosedRange<Int>
            var radix = 10
            switch row.kind {
            case .integer(let range): bounds = range
            case .memory(let range, percent: false): bounds = range
            case .octal(let range):
                bounds = range
                radix = 8
            default: continue
            }
            func accepts(_ number: Int) -> Bool {
                (try? row.kind.parse([ByteString(String(number, radix: radix))])) != nil
            }
            #expect(accepts(bounds.lowerBound) && accepts(bounds.upperBound), "\(row.name)")
            if bounds.upperBound < Int.max {
                #expect(!accepts(bounds.upperBound + 1), "\(row.name)")
            }
            if bounds.lowerBound > Int.min {
                #expect(!accepts(bounds.lowerBound - 1), "\(row.name)")
            }
        }
    }

    @Test func `whatever is written is read again`() throws {
        var settings = ServerSettings()
        settings.savePoints = [
            SavePoint(seconds: 5, changes: 6), SavePoint(seconds: 7, changes: 8),
        ]
        settings.requirePass = "a \"b\" \u{1}"
        settings.bindAddresses = ["127.0.0.1", "-::1"]
        settings.replicaOf = MasterEndpoint(host: "10.0.0.1", port: 6379)
        settings.normalOutputLimit.hardBytes = 3 << 20
        settings.notifyKeyspaceEvents = KeyspaceEventText.bits("KEA") ?? 0
        settings.unixSocketPermissions = 0o700
        settings.shutdownOnSigterm = [.save, .force]
        let text = ConfigCommands.rewritten([], settings)
        let again = try load(ByteString(text).text).settings
        for row in ServerDirectives.table.rows {
            #expect(row.value(in: again) == row.value(in: settings), "\(row.name)")
        }
        #expect(ConfigCommands.rewritten(text, again) != [])
    }

    @Test func `the old names mean the same`() throws {
        let settings = try load(
            """
            slaveof 127.0.0.1 6380
            slave-priority 5
            hash-max-ziplist-entries 7
            min-slaves-to-write 1
            primaryauth secret
            lua-time-limit 9
            """
        ).settings
        #expect(settings.replicaOf == MasterEndpoint(host: "127.0.0.1", port: 6380))
        #expect(settings.replicaPriority == 5)
        #expect(settings.hashMaxListpackEntries == 7)
        #expect(settings.minReplicasToWrite == 1)
        #expect(settings.masterAuth == "secret")
        #expect(
            get(settings, "masterauth", "busy-reply-threshold") == [
                "masterauth", "secret", "busy-reply-threshold", "9",
            ])
    }
}

@Suite struct `Starting with a configuration` {
    @Test func `the files of the walk-through are accepted`() throws {
        let settings = try load("bind 127.0.0.1\nport 6381\ndir .\nslaveof 127.0.0.1 6380\n")
            .settings
        #expect(settings.port == 6381)
        #expect(settings.bindAddresses == ["127.0.0.1"])
        #expect(settings.replicaOf?.port == 6380)
    }

    @Test func `the command line has the last word`() throws {
        let settings = try load(
            "port 1\nsave 1 1\nsave 2 2", ["--port", "6390", "--save", "", "--hz", "9000"]
        ).settings
        #expect(settings.port == 6390)
        #expect(settings.savePoints == [])
        #expect(settings.hz == 500)
    }

    @Test func `save lines add up and replace the default`() throws {
        #expect(
            try load("save 1 2\nsave 3 4 5 6").settings.savePoints == [
                SavePoint(seconds: 1, changes: 2), SavePoint(seconds: 3, changes: 4),
                SavePoint(seconds: 5, changes: 6),
            ])
        #expect(try load("save \"7 8 9 10\"").settings.savePoints.count == 2)
        #expect(try load("save 1 2\nsave \"\"").settings.savePoints == [])
        #expect(try load("port 1").settings.savePoints == SavePoint.defaults)
    }

    @Test func `a wrong value is told with file, line and text`() {
        #expect(
            refusal("# one\n\n  port abc\n") == """

                *** FATAL CONFIG FILE ERROR (Redis 7.2.4) ***
                Reading the configuration file, at line 3 of redis.conf
                >>> 'port abc'
                argument couldn't be parsed into an integer

                """)
    }

    @Test(arguments: [
        ("port", "wrong number of arguments"), ("port 1 2", "wrong number of arguments"),
        ("port 65536", "argument must be between 0 and 65535 inclusive"),
        ("appendonly maybe", "argument must be 'yes' or 'no'"),
        ("maxmemory 1x", "argument must be a memory value"),
        ("save 1", "Invalid save parameters"), ("save 0 1", "Invalid save parameters"),
        ("nonsense 1", "Bad directive or wrong number of arguments"),
        ("dbfilename a/b", "dbfilename can't be a path, just a filename"),
        ("replicaof 127.0.0.1", "wrong number of arguments"),
        ("replicaof 127.0.0.1 70000", "Invalid master port"),
        ("notify-keyspace-events Kq", "Invalid event class character. Use 'Ag$lshzxeKEtmdn'."),
        (
            "client-output-buffer-limit normal 0 0",
            "Wrong number of arguments in buffer limit configuration."
        ),
        (
            "client-output-buffer-limit master 0 0 0",
            "Invalid client class specified in buffer limit configuration."
        ),
        (
            "client-output-buffer-limit normal 0 x 0",
            "Error in hard, soft or soft_seconds setting in buffer limit configuration."
        ),
        ("rename-command nosuch x", "No such command in rename-command"),
        ("rename-command get set", "Target command name already exists"),
        ("sentinel monitor a b 1 2", "sentinel directive while not in sentinel mode"),
        ("dir /missing", "No such file or directory"),
        (
            "shutdown-on-sigint save nosave",
            "shutdown options SAVE and NOSAVE can't be used simultaneously"
        ),
        (
            "proc-title-template {nothing}",
            "template format is invalid or contains unknown variables"
        ),
    ])
    func `a line is refused as Redis refuses it`(line: String, reason: String) {
        #expect(refusal(line)?.hasSuffix("\n\(reason)\n") == true, "\(refusal(line) ?? "accepted")")
    }

    @Test(arguments: [
        "appendonly yes", "aclfile users.acl", "maxmemory 100mb", "tls-port 6390",
        "tls-replication yes", "cluster-enabled yes", "loadmodule x.so", "syslog-enabled yes",
        "user alice on nopass ~* +@all", "user default on >secret ~* +@all", "module.setting 1",
        "supervised upstart", "oom-score-adj yes", "server_cpulist 0-3", "maxmemory-clients 5%",
        "socket-mark-id 7", "activedefrag yes",
    ])
    func `a promise that is not kept stops the start`(line: String) {
        let message = refusal("port 1\n" + line)
        #expect(message?.contains("at line 2 of redis.conf\n>>> '\(line)'\n") == true)
        // The reason goes on to say what to do.
        let reason = message?.split(separator: "\n").last ?? ""
        #expect(reason.contains(":") && !reason.contains("argument"), "\(reason)")
    }

    @Test func `what only tunes is accepted, and told when it has no effect`() throws {
        let configuration = try load(
            "io-threads 4\nmaxmemory-policy allkeys-lru\nappendfsync always\nappendonly no")
        #expect(
            configuration.warnings == ["io-threads 4 is kept, but has no effect in this version"])
    }

    @Test func `the default user's line says nothing new`() {
        #expect(refusal("user default on nopass sanitize-payload ~* &* +@all") == nil)
    }

    @Test func `commands are renamed one after the other`() throws {
        let renamed = try load(
            "rename-command FLUSHALL \"\"\nrename-command get fetch\nrename-command set get\n"
                + "rename-command fetch grab"
        ).settings.renamedCommands
        #expect(
            renamed == [
                RenamedCommand(name: "flushall", newName: ""),
                RenamedCommand(name: "set", newName: "get"),
                RenamedCommand(name: "get", newName: "grab"),
            ])
    }

    @Test func `every truncation of a file starts or is refused`() {
        let text = Array(
            "save 60 1\nbind 127.0.0.1 ::1\nclient-output-buffer-limit normal 1mb 1kb 3\n".utf8)
        for length in 0...text.count { _ = refusal(ByteString(Array(text[..<length])).text) }
    }
}

@Suite struct `CONFIG` {
    @Test func `GET answers several patterns, each name once`() {
        let settings = ServerSettings()
        #expect(get(settings, "port", "PORT") == ["port", "6379", "PORT", "6379"])
        #expect(
            get(settings, "slave-prio*", "*-priority", "nothing") == [
                "slave-priority", "100", "replica-priority", "100",
            ])
        #expect(get(settings, "watchdog*") == [])
        #expect(get(settings, "watchdog-period") == ["watchdog-period", "0"])
        #expect(get(settings, "nothing") == [])
    }

    @Test func `SET changes all pairs or none`() {
        var settings = ServerSettings()
        let done = set(&settings, "timeout", "7", "SAVE", "60 1 3600 2", "hz", "9999")
        #expect(done.reply == "+OK")
        #expect(done.change?.effects.map(\.effect) == [.sessionLimits, .hz])
        #expect(
            settings.timeoutSeconds == 7 && settings.savePoints.count == 2 && settings.hz == 500)
        let refused = set(&settings, "timeout", "8", "port", "abc")
        #expect(
            refused.reply
                == "-ERR CONFIG SET failed (possibly related to argument 'port') - "
                + "argument couldn't be parsed into an integer")
        #expect(refused.change == nil && settings.timeoutSeconds == 7)
    }

    @Test(arguments: [
        (["x", "1"], "-ERR Unknown option or number of arguments for CONFIG SET - 'x'"),
        (
            ["timeout", "1", "Timeout", "2"],
            "-ERR CONFIG SET failed (possibly related to argument 'Timeout') - duplicate parameter"
        ),
        (
            ["daemonize", "yes", "x", "1"],
            "-ERR CONFIG SET failed (possibly related to argument 'daemonize') - can't set immutable config"
        ),
        (
            ["dbfilename", "x"],
            "-ERR CONFIG SET failed (possibly related to argument 'dbfilename') - can't set protected config"
        ),
        (["timeout"], "-ERR syntax error"),
        (
            ["slave-priority", "x"],
            "-ERR CONFIG SET failed (possibly related to argument 'replica-priority') - argument couldn't be parsed into an integer"
        ),
        (
            ["save", "60  1"],
            "-ERR CONFIG SET failed (possibly related to argument 'save') - Invalid save parameters"
        ),
    ])
    func `SET refuses`(words: [String], error: String) {
        var settings = ServerSettings()
        var reply = ReplyWriter()
        command(["config", "set"] + words).withRequest(at: .init(microseconds: 0)) {
            _ = ConfigCommands.set($0, &settings, .init(isLoading: false, isLocal: true), &reply)
        }
        #expect(reply.output.unsent.text == error + "\r\n")
    }

    @Test func `SET refuses what this build cannot keep`() {
        var settings = ServerSettings()
        let refused = set(&settings, "maxmemory", "100mb")
        #expect(
            refused.reply.hasPrefix(
                "-ERR CONFIG SET failed (possibly related to argument 'maxmemory') - this build does not evict keys"
            ))
        #expect(set(&settings, "maxmemory", "0").reply == "+OK")
        #expect(set(&settings, "maxmemory-policy", "allkeys-lru").reply == "+OK")
    }

    @Test func `SET is denied while loading where it matters`() {
        var settings = ServerSettings()
        settings.enableProtectedConfigs = .yes
        #expect(
            set(&settings, "dir", "/tmp", isLoading: true).reply
                == "-LOADING Redis is loading the dataset in memory")
        #expect(set(&settings, "dir", "/tmp").reply == "+OK")
    }

    @Test func `SET without a change entails nothing`() {
        var settings = ServerSettings()
        #expect(set(&settings, "port", "6379").change?.effects.isEmpty == true)
        let change = set(&settings, "port", "7000").change
        #expect(change?.effects.map(\.effect) == [.listeners])
        #expect(
            change.map { ByteString($0.failure(of: .listeners)).text }
                == "ERR CONFIG SET failed (possibly related to argument 'port') - Unable to listen "
                + "on this port. Check server logs.")
        #expect(change?.previous.port == 6379)
    }

    /// The same file rewritten by redis-server 7.2.4 after
    /// `CONFIG SET save "60 1" tcp-keepalive 50 masterauth 'x "y"' hz 20 dynamic-hz no` and
    /// `REPLICAOF 127.0.0.1 1`.
    @Test func `REWRITE does what redis-server does`() throws {
        let before = #"""
            # node1 of the example
            bind 127.0.0.1
            port 21798

            dir /data


            # saving
            save 900 1
            save 300 10
            save 60 10000
            slave-priority 90
            hash-max-ziplist-entries 256
            timeout 0
            maxmemory-policy noeviction
            requirepass "se cret\x01"
            client-output-buffer-limit normal 0 0 0
            client-output-buffer-limit slave 512mb 128mb 60
            # last words
            proto-max-bulk-len 1048576
            loglevel   notice
            notify-keyspace-events KEA
            rename-command DEBUG ""
            repl-backlog-size 2mb
            min-slaves-to-write 0
            oom-score-adj-values 0 200 800
            tcp-keepalive 100
            unixsocketperm 700
            port 21798

            """#
        let after = #"""
            # node1 of the example
            bind 127.0.0.1
            port 21798

            dir "/data"

            # saving
            save 60 1

            replica-priority 90
            hash-max-listpack-entries 256
            timeout 0
            maxmemory-policy noeviction
            requirepass "se cret\x01"
            client-output-buffer-limit normal 0 0 0
            client-output-buffer-limit replica 512mb 128mb 60
            # last words
            proto-max-bulk-len 1mb
            loglevel notice
            notify-keyspace-events "AKE"
            rename-command DEBUG ""
            repl-backlog-size 2mb
            min-replicas-to-write 0
            oom-score-adj-values 0 200 800
            tcp-keepalive 50
            unixsocketperm 700

            # Generated by CONFIG REWRITE
            """#
        let appended: Set = [
            "latency-tracking-info-percentiles 50 99 99.9", "hz 20", "dynamic-hz no",
            #"masterauth "x \"y\"""#, "replicaof 127.0.0.1 1",
        ]
        var settings = try load(before).settings
        #expect(
            set(
                &settings, "save", "60 1", "tcp-keepalive", "50", "masterauth", "x \"y\"", "hz",
                "20", "dynamic-hz", "no"
            ).reply == "+OK")
        settings.replicaOf = MasterEndpoint(host: "127.0.0.1", port: 1)
        let text = ByteString(ConfigCommands.rewritten(Array(before.utf8), settings)).text
        #expect(text.hasPrefix(after + "\n"))
        let lines = text.dropFirst(after.count + 1).split(separator: "\n").map(String.init)
        #expect(Set(lines) == appended && lines.count == appended.count)
        // A second time nothing moves but the empty line at the end.
        let again = ByteString(ConfigCommands.rewritten(Array(text.utf8), settings)).text
        #expect(again == text + "\n")
    }
}
