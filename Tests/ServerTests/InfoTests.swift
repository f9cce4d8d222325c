import Bytes
import CommandCatalog
import Determinism
import Protocol
import Server
import Testing

private func fields(_ text: InfoText) -> [String] {
    ByteString(text.bytes).text.split(separator: "\r\n").map { line in
        String(line.split(separator: ":")[0])
    }
}

private func sections(_ words: String...) -> InfoSections {
    OwnedRequest((["INFO"] + words).map { ByteString($0) }).withRequest(
        at: .init(microseconds: 0)
    ) { InfoSections($0) }
}

@Suite struct `INFO` {
    @Test func `sections are asked for by name, in any case, several at a time`() {
        #expect(sections() == .byDefault)
        #expect(sections("default") == .byDefault)
        #expect(sections("ALL") == .all && sections("everything") == .all)
        #expect(sections("Server", "cpu") == [.server, .cpu])
        #expect(sections("module_list") == .modules)
        #expect(sections("nothing") == [])
        #expect(sections("default", "commandstats") == [.byDefault, .commandstats])
        #expect(!InfoSections.all.contains(.debug))
    }

    @Test(arguments: [
        (0, "0B"), (1023, "1023B"), (1024, "1.00K"), (994 << 10, "994.00K"), (1 << 20, "1.00M"),
        (25_276_502_016, "23.54G"), (5 << 40, "5.00T"),
    ])
    func `sizes are told to people`(bytes: Int, text: String) {
        #expect(InfoText.human(bytes) == text)
    }

    @Test(arguments: [
        (0.0, "0.00"), (1.005, "1.00"), (99.999, "100.00"), (0.5, "0.50"), (-1.25, "-1.25"),
        (-0.001, "0.00"), (Double.nan, "0.00"), (Double.infinity, "0.00"), (117.0, "117.00"),
    ])
    func `numbers have two digits after the point`(value: Double, text: String) {
        #expect(InfoText.fixed(value, digits: 2) == text)
    }

    @Test func `what came from outside cannot forge a line`() {
        var text = InfoText()
        text.field("name", safe: "a\r\nb:c#d")
        #expect(ByteString(text.bytes) == "name:a__b_c_d\r\n")
    }

    @Test func `the process has the fields of Redis, and our own`() {
        var text = InfoText()
        var report = ProcessReport()
        report.port = 6380
        report.bindAddresses = ["127.0.0.1", "-::1"]
        report.unixSocket = "/run/rds.sock"
        report.uptimeSeconds = 200_000
        report.render(into: &text)
        #expect(
            fields(text) == [
                "# Server", "redis_version", "server_name", "rds_version", "redis_git_sha1",
                "redis_git_dirty", "redis_build_id", "redis_mode", "os", "arch_bits",
                "monotonic_clock", "multiplexing_api", "process_id", "process_supervised", "run_id",
                "tcp_port", "server_time_usec", "uptime_in_seconds", "uptime_in_days", "hz",
                "configured_hz", "lru_clock", "executable", "config_file", "io_threads_active",
                "availability_zone", "listener0", "listener1",
            ])
        let lines = ByteString(text.bytes).text
        #expect(lines.contains("listener0:name=tcp,bind=127.0.0.1,bind=-::1,port=6380\r\n"))
        #expect(lines.contains("uptime_in_days:2\r\n"))
    }

    @Test func `a replica tells how it stands towards its master`() {
        var report = ReplicationReport()
        report.id = String(repeating: "a", count: 40)
        report.previousID = String(repeating: "0", count: 40)
        report.master = .init(
            host: "127.0.0.1", port: 6380, isUp: false, lastHeardSeconds: -1,
            transfer: (200, 50, 1), downSeconds: 3, readOffset: 7, appliedOffset: 6)
        var text = InfoText()
        report.render(into: &text)
        #expect(
            ByteString(text.bytes).text.split(separator: "\r\n") == [
                "# Replication", "role:slave", "master_host:127.0.0.1", "master_port:6380",
                "master_link_status:down", "master_last_io_seconds_ago:-1",
                "master_sync_in_progress:1", "slave_read_repl_offset:7", "slave_repl_offset:6",
                "master_sync_total_bytes:200", "master_sync_read_bytes:50",
                "master_sync_left_bytes:150", "master_sync_perc:25.00",
                "master_sync_last_io_seconds_ago:1", "master_link_down_since_seconds:3",
                "slave_priority:100", "slave_read_only:1", "replica_announced:1",
                "connected_slaves:0", "master_failover_state:no-failover",
                "master_replid:\(report.id)", "master_replid2:\(report.previousID)",
                "master_repl_offset:0", "second_repl_offset:-1", "repl_backlog_active:0",
                "repl_backlog_size:0", "repl_backlog_first_byte_offset:0",
                "repl_backlog_histlen:0",
            ])
    }

    @Test func `a master lists its replicas`() {
        var report = ReplicationReport()
        report.replicas = [
            .init(address: "10.0.0.2", port: 6381, state: "online", offset: 14, lagSeconds: 1),
            .init(address: "10.0.0.3", port: 0, state: "wait_bgsave", offset: 0, lagSeconds: 0),
        ]
        report.goodReplicas = 1
        var text = InfoText()
        report.render(into: &text)
        let lines = ByteString(text.bytes).text
        #expect(lines.contains("role:master\r\nconnected_slaves:2\r\nmin_slaves_good_slaves:1\r\n"))
        #expect(
            lines.contains(
                "slave0:ip=10.0.0.2,port=6381,state=online,offset=14,lag=1\r\n"
                    + "slave1:ip=10.0.0.3,port=0,state=wait_bgsave,offset=0,lag=0\r\n"))
    }

    @Test func `memory, persistence and processor have the fields of Redis in its order`() {
        var text = InfoText()
        MemoryReport().render(into: &text)
        PersistenceReport().render(into: &text)
        ProcessUsage().renderProcessor(into: &text)
        #expect(fields(text) == redisMemoryFields + redisPersistenceFields + redisProcessorFields)
    }

    @Test func `loading is told while it lasts`() {
        var report = PersistenceReport()
        report.loading = .init(startedAt: 5, totalBytes: 400, loadedBytes: 99, elapsedSeconds: 2)
        var text = InfoText()
        report.render(into: &text)
        let lines = ByteString(text.bytes).text
        #expect(lines.contains("loading:1\r\nasync_loading:0\r\n"))
        #expect(
            lines.hasSuffix(
                "loading_start_time:5\r\nloading_total_bytes:400\r\nloading_rdb_used_mem:0\r\n"
                    + "loading_loaded_bytes:99\r\nloading_loaded_perc:24.75\r\n"
                    + "loading_eta_seconds:6\r\n"))
    }
}

@Suite struct `Counters` {
    @Test func `a turn's time is shared out by calls, and nothing is lost`() {
        var table = CommandCounterTable(count: 400)
        for _ in 0..<3 { table.countCall(7) }
        table.countCall(9)
        table.checkInvariants()
        table.shareTime(nanoseconds: 1001)
        #expect(table[7].calls == 3 && table[9].calls == 1)
        #expect(table[7].nanoseconds == 750 && table[9].nanoseconds == 251)
        table.shareTime(nanoseconds: 500)
        #expect(table.totalNanoseconds == 1001)
        table.countCall(9)
        table.shareTime(nanoseconds: 10)
        #expect(table[9].nanoseconds == 261)
        table.checkInvariants()
        table.reset()
        #expect(table[7].calls == 0 && table.totalNanoseconds == 0)
        table.checkInvariants()
    }

    @Test func `random turns keep the sums`() {
        var random = RandomSource(seed: 3)
        var table = CommandCounterTable(count: 16)
        var total = 0
        var calls = 0
        for _ in 0..<1000 {
            let count = Int.random(in: 0..<20, using: &random)
            for _ in 0..<count { table.countCall(UInt16.random(in: 0..<16, using: &random)) }
            calls += count
            let nanoseconds = Int.random(in: 0..<100_000, using: &random)
            if count > 0 { total += nanoseconds }
            table.shareTime(nanoseconds: nanoseconds)
            table.checkInvariants()
        }
        #expect(table.totalNanoseconds == total)
        #expect((0..<16).reduce(0) { $0 + table[UInt16($1)].calls } == calls)
    }

    @Test func `commands are told by their full name`() {
        let catalog = CommandTable(for: .server)
        var statistics = ServerStatistics(commandCount: CommandID.allCases.count)
        statistics.commands.countCall(CommandID.configGet.rawValue)
        statistics.commands.countCall(CommandID.configGet.rawValue)
        statistics.commands.shareTime(nanoseconds: 234_000)
        statistics.commands[CommandID.get.rawValue].rejected = 1
        var text = InfoText()
        statistics.renderCommands(catalog, into: &text)
        #expect(
            ByteString(text.bytes) == """
                # Commandstats\r
                cmdstat_get:calls=0,usec=0,usec_per_call=0.00,rejected_calls=1,failed_calls=0\r
                cmdstat_config|get:calls=2,usec=234,usec_per_call=117.00,rejected_calls=0,failed_calls=0\r

                """)
    }

    @Test func `errors are counted by their first word, up to a bound`() {
        var statistics = ServerStatistics(commandCount: 1)
        for text in ["ERR one", "WRONGTYPE x", "ERR two", "NOAUTH"] {
            statistics.countError(ByteString(text).bytes.span)
        }
        var text = InfoText()
        statistics.renderErrors(into: &text)
        #expect(
            ByteString(text.bytes).text.split(separator: "\r\n") == [
                "# Errorstats", "errorstat_ERR:count=2", "errorstat_NOAUTH:count=1",
                "errorstat_WRONGTYPE:count=1",
            ])
        for number in 0..<1000 { statistics.countError(ByteString("E\(number) x").bytes.span) }
        #expect(statistics.errorsByPrefix.isEmpty && statistics.errorPrefixesOverflowed)
        #expect(statistics.errorReplies == 1004)
        statistics.reset()
        #expect(statistics.errorReplies == 0 && !statistics.errorPrefixesOverflowed)
    }

    @Test func `rates are means over the last samples`() {
        var statistics = ServerStatistics(commandCount: 1)
        for tick in 0..<40 {
            statistics.commandsProcessed = tick * 50
            statistics.netInputBytes = tick * 1024
            statistics.sampleRates(at: .zero + .milliseconds(tick * 100))
        }
        #expect(statistics.rates.perSecond(\.commands) == 500)
        var text = InfoText()
        statistics.renderStats(.init(), into: &text)
        let lines = ByteString(text.bytes).text
        #expect(lines.contains("instantaneous_ops_per_sec:500\r\n"))
        #expect(lines.contains("instantaneous_input_kbps:10.00\r\n"))
        let names = fields(text).filter {
            ![
                "client_query_buffer_limit_disconnections",
                "client_output_buffer_limit_disconnections",
            ]
            .contains($0)
        }
        #expect(names == redisStatsFields)
    }
}
