import Bytes
import Determinism
import Server
import Testing

@Suite struct `A running server` {
    @Test func `takes a changed limit over at once`() {
        var running = RunningServer()
        #expect(running.ask("CONFIG", "SET", "maxclients", "77", "timeout", "9") == "+OK\r\n")
        #expect(running.server.sessions.limits.maximumClients == 77)
        #expect(running.server.sessions.limits.idleSeconds == 9)
        #expect(
            running.ask("CONFIG", "GET", "maxclients") == "*2\r\n$10\r\nmaxclients\r\n$2\r\n77\r\n")
        #expect(running.ask("CONFIG", "SET", "requirepass", "secret") == "+OK\r\n")
        #expect(running.server.access.defaultUserNeedsPassword)
    }

    @Test func `undoes a change that the system refuses, and tells its client`() {
        var running = RunningServer()
        running.send(["CONFIG", "SET", "port", "1", "timeout", "9"])
        let outputs = running.takeOutputs()
        guard case .apply(.listeners, let position?)? = outputs.first else {
            Issue.record("listening is asked of the executor: \(outputs)")
            return
        }
        #expect(running.server.settings.port == 1)
        running.server.settingRefused(.listeners, reply: position, reason: nil)
        #expect(
            running.takeReply()
                == "-ERR CONFIG SET failed (possibly related to argument 'port') - Unable to listen "
                + "on this port. Check server logs.\r\n")
        #expect(running.server.settings.port == 6379)
        #expect(running.server.settings.timeoutSeconds == 0)
        // The old addresses are listened on again.
        let again = running.takeOutputs()
        #expect(
            again.contains { if case .apply(.listeners, nil) = $0 { true } else { false } })
    }

    @Test func `rewrites its file, and says so when it cannot`() {
        var alone = RunningServer()
        #expect(
            alone.ask("CONFIG", "REWRITE") == "-ERR The server is running without a config file\r\n"
        )
        var running = RunningServer(configurationFile: "/etc/rds.conf")
        running.send(["CONFIG", "SET", "timeout", "9"])
        running.send(["CONFIG", "REWRITE"])
        guard
            case .rewriteConfiguration(let path, let settings, _, let position)? =
                running.takeOutputs().last
        else {
            Issue.record("rewriting is asked of the executor")
            return
        }
        #expect(path == "/etc/rds.conf")
        #expect(
            ByteString(ConfigCommands.rewritten(Array("timeout 1\n".utf8), settings)).text
                .hasPrefix("timeout 9\n"))
        running.server.configurationRewritten(position, failure: "Read-only file system")
        #expect(
            running.takeReply() == "+OK\r\n-ERR Rewriting config file: Read-only file system\r\n")
        running.server.configurationRewritten(nil, failure: nil)
        #expect(
            running.takeOutputs().contains {
                if case .log(_, let text) = $0 {
                    text == "CONFIG REWRITE executed with success."
                } else {
                    false
                }
            })
    }

    @Test func `knows renamed commands by their new name only`() {
        var settings = ServerSettings()
        settings.renamedCommands = [
            RenamedCommand(name: "flushall", newName: ""),
            RenamedCommand(
                name: "config", newName: "b840fc02d524045429941cc15f59e41cb7be6c52"),
        ]
        var running = RunningServer(settings)
        #expect(running.ask("FLUSHALL").hasPrefix("-ERR unknown command 'FLUSHALL'"))
        #expect(running.ask("CONFIG", "GET", "port").hasPrefix("-ERR unknown command 'CONFIG'"))
        #expect(
            running.ask("B840fc02d524045429941cc15f59e41cb7be6c52", "GET", "port")
                == "*2\r\n$4\r\nport\r\n$4\r\n6379\r\n")
        #expect(running.ask("PING") == "+PONG\r\n")
    }

    @Test func `tells INFO from its own state`() {
        var running = RunningServer()
        _ = running.ask("SET", "key", "value", "EX", "100")
        _ = running.ask("GET", "key")
        _ = running.ask("GET", "missing")
        _ = running.ask("GET")
        _ = running.ask("INCR", "key")
        running.server.usage.residentBytes = 12 << 20
        running.server.usage.userMicroseconds = 1_234_567
        let fields = infoFields(running.ask("INFO", "everything"))
        #expect(fields["redis_version"] == "7.2.4" && fields["server_name"] == "redis")
        #expect(fields["rds_version"] == ProcessIdentity.version)
        #expect(fields["uptime_in_seconds"] == "1000")
        #expect(fields["connected_clients"] == "1")
        #expect(fields["keyspace_hits"] == "1" && fields["keyspace_misses"] == "1")
        #expect(fields["db0"]?.hasPrefix("keys=1,expires=1,avg_ttl=") == true)
        #expect(fields["rdb_changes_since_last_save"] == "1")
        #expect(fields["role"] == "master" && fields["connected_slaves"] == "0")
        #expect(fields["master_replid"]?.count == 40)
        #expect(fields["used_memory_rss"] == "\(12 << 20)")
        #expect(fields["used_cpu_user"] == "1.234567")
        #expect((fields["used_memory"].flatMap { Int($0) } ?? 0) > 100_000)
        #expect(fields["cmdstat_get"]?.hasPrefix("calls=2,usec=") == true)
        #expect(fields["cmdstat_get"]?.hasSuffix("rejected_calls=1,failed_calls=0") == true)
        #expect(fields["cmdstat_incr"]?.hasSuffix("rejected_calls=0,failed_calls=1") == true)
        #expect(fields["errorstat_ERR"] == "count=2")
        #expect(fields["total_error_replies"] == "2")
        _ = running.ask("CONFIG", "RESETSTAT")
        let after = infoFields(running.ask("INFO", "stats", "errorstats", "commandstats"))
        #expect(after["keyspace_hits"] == "0" && after["total_error_replies"] == "0")
        #expect(after["cmdstat_get"] == nil && after["errorstat_ERR"] == nil)
    }

    @Test func `tells sections in the order of Redis`() {
        var running = RunningServer()
        let titles = running.ask("INFO", "everything", "debug").split(separator: "\r\n").filter {
            $0.hasPrefix("# ")
        }
        #expect(
            titles == [
                "# Server", "# Clients", "# Memory", "# Persistence", "# Stats", "# Replication",
                "# CPU", "# Modules", "# Commandstats", "# Errorstats", "# Latencystats",
                "# Cluster", "# Keyspace", "# Debug",
            ])
        #expect(running.ask("INFO", "nothing") == "$0\r\n\r\n")
        #expect(running.ask("INFO", "cpu", "Cluster").contains("\r\n\r\n# Cluster\r\n"))
    }
}
