// INFO of a sentinel: the sections server, clients, stats, cpu and sentinel, with the fields of
// Redis. What a sentinel never has (keys, replicas of its own, forks) is 0 there as here.

import Bytes
import Consensus
import Determinism
import Glibc
import Protocol
import Reactor
import Sessions

/// What INFO says of the process.
struct ProcessInformation {
    let port: Int
    let configurationPath: String
    let startedAt: Moment
    let runID: String
    private let listeners: [String]
    private var commandCount = 0
    private var errorCount = 0
    private var rates = Rates()

    init(settings: ServingSettings, configurationPath: String, startedAt: Moment) {
        port = settings.port
        let binds = settings.bind.map { ",bind=\($0)" }.joined()
        let unixListener =
            settings.unixSocket.isEmpty ? [] : ["name=unix,bind=\(settings.unixSocket)"]
        listeners = (port == 0 ? [] : ["name=tcp\(binds),port=\(port)"]) + unixListener
        self.configurationPath = configurationPath
        self.startedAt = startedAt
        var random = RandomSource(seed: Entropy.word())
        runID = random.hexadecimal(count: 40)
    }

    mutating func countCommand() { commandCount += 1 }
    mutating func countErrors(_ count: Int) { errorCount += count }

    /// Notes the traffic so far; called about once a second while there are clients.
    mutating func sample(sent: Int, received: Int, at now: Instant) {
        rates.sample(commands: commandCount, sent: sent, received: received, at: now)
    }

    func server(at now: Moment) -> String {
        let uptime = (now.instant - startedAt.instant).wholeMilliseconds / 1000
        return """
            # Server\r
            redis_version:\(Version.compatible)\r
            rds_version:\(Version.own)\r
            redis_git_sha1:00000000\r
            redis_git_dirty:0\r
            redis_build_id:0\r
            redis_mode:sentinel\r
            os:\(Machine.description())\r
            arch_bits:\(Int.bitWidth)\r
            monotonic_clock:POSIX clock_gettime\r
            multiplexing_api:epoll\r
            process_id:\(ProcessControl.identifier)\r
            process_supervised:\(ProcessControl.environment("NOTIFY_SOCKET") == nil ? "no" : "systemd")\r
            run_id:\(runID)\r
            tcp_port:\(port)\r
            server_time_usec:\(now.unix.microseconds)\r
            uptime_in_seconds:\(uptime)\r
            uptime_in_days:\(uptime / 86_400)\r
            hz:10\r
            configured_hz:10\r
            lru_clock:\(now.unix.seconds & 0xff_ffff)\r
            executable:\(ProcessControl.executablePath())\r
            config_file:\(configurationPath)\r
            io_threads_active:0\r

            """
                + listeners.enumerated().map { "listener\($0):\($1)\r\n" }.joined()
    }

    func clients(_ sessions: borrowing SessionTable) -> String {
        let largest = sessions.largestBuffers
        return """
            # Clients\r
            connected_clients:\(sessions.count)\r
            cluster_connections:0\r
            maxclients:\(sessions.limits.maximumClients)\r
            client_recent_max_input_buffer:\(largest.input)\r
            client_recent_max_output_buffer:\(largest.output)\r
            blocked_clients:0\r
            tracking_clients:0\r
            pubsub_clients:\(sessions.count(withAny: .subscribed))\r
            clients_in_timeout_table:0\r
            total_blocking_keys:0\r
            total_blocking_keys_on_nokey:0\r

            """
    }

    func processor() -> String {
        func usage(_ who: Int32) -> rusage {
            var usage = rusage()
            unsafe getrusage(who, &usage)
            return usage
        }
        func seconds(_ time: timeval) -> String {
            let micros = String(time.tv_usec)
            return "\(time.tv_sec)." + String(repeating: "0", count: 6 - micros.count) + micros
        }
        let own = usage(Int32(RUSAGE_SELF.rawValue))
        let children = usage(Int32(RUSAGE_CHILDREN.rawValue))
        let loop = usage(1)
        return """
            # CPU\r
            used_cpu_sys:\(seconds(own.ru_stime))\r
            used_cpu_user:\(seconds(own.ru_utime))\r
            used_cpu_sys_children:\(seconds(children.ru_stime))\r
            used_cpu_user_children:\(seconds(children.ru_utime))\r
            used_cpu_sys_main_thread:\(seconds(loop.ru_stime))\r
            used_cpu_user_main_thread:\(seconds(loop.ru_utime))\r

            """
    }

    func statistics(_ sessions: borrowing SessionTable, sent: Int, received: Int) -> String {
        var text = "# Stats\r\n"
        func field(_ name: String, _ value: Int) { text += "\(name):\(value)\r\n" }
        func zeros(_ names: String) {
            for name in names.split(separator: " ") { text += "\(name):0\r\n" }
        }
        field("total_connections_received", sessions.acceptedCount)
        field("total_commands_processed", commandCount)
        field("instantaneous_ops_per_sec", Int(rates.commands.rounded()))
        field("total_net_input_bytes", received)
        field("total_net_output_bytes", sent)
        zeros("total_net_repl_input_bytes total_net_repl_output_bytes")
        text += "instantaneous_input_kbps:\(Rates.kilobytes(rates.received))\r\n"
        text += "instantaneous_output_kbps:\(Rates.kilobytes(rates.sent))\r\n"
        text += "instantaneous_input_repl_kbps:0.00\r\ninstantaneous_output_repl_kbps:0.00\r\n"
        field("rejected_connections", sessions.rejectedCount)
        zeros("sync_full sync_partial_ok sync_partial_err expired_keys")
        text += "expired_stale_perc:0.00\r\n"
        zeros("expired_time_cap_reached_count expire_cycle_cpu_milliseconds evicted_keys")
        zeros("evicted_clients total_eviction_exceeded_time current_eviction_exceeded_time")
        zeros("keyspace_hits keyspace_misses")
        field("pubsub_channels", sessions.pubsub.channelCount)
        field("pubsub_patterns", sessions.pubsub.patternCount)
        zeros("pubsubshard_channels latest_fork_usec total_forks migrate_cached_sockets")
        zeros("slave_expires_tracked_keys active_defrag_hits active_defrag_misses")
        zeros("active_defrag_key_hits active_defrag_key_misses total_active_defrag_time")
        zeros("current_active_defrag_time tracking_total_keys tracking_total_items")
        zeros("tracking_total_prefixes unexpected_error_replies")
        field("total_error_replies", errorCount)
        zeros("dump_payload_sanitizations io_threaded_reads_processed")
        zeros("io_threaded_writes_processed reply_buffer_shrinks reply_buffer_expands")
        zeros("acl_access_denied_auth acl_access_denied_cmd acl_access_denied_key")
        zeros("acl_access_denied_channel")
        return text
    }
}

/// What passed within the last second or so.
private struct Rates {
    /// Per second.
    var commands = 0.0
    var sent = 0.0
    var received = 0.0
    private var last: (commands: Int, sent: Int, received: Int, at: Instant)?

    mutating func sample(commands: Int, sent: Int, received: Int, at now: Instant) {
        if let last, now > last.at {
            let seconds = Double((now - last.at).wholeMilliseconds) / 1000
            if seconds > 0 {
                self.commands = Double(commands - last.commands) / seconds
                self.sent = Double(sent - last.sent) / seconds
                self.received = Double(received - last.received) / seconds
            }
        }
        last = (commands, sent, received, now)
    }

    /// Kilobytes with two digits after the point.
    static func kilobytes(_ bytes: Double) -> String {
        let hundredths = Int((bytes * 100 / 1024).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}

extension Executor {
    /// INFO [section ...].
    mutating func answerInformation(_ request: borrowing Request, _ id: SessionID) {
        var wanted: Set<String> = []
        for index in 1..<max(request.count, 1) { wanted.insert(request[index].text.lowercased()) }
        let isEverything =
            wanted.isEmpty || !wanted.isDisjoint(with: ["all", "everything", "default"])
        func wants(_ section: String) -> Bool { isEverything || wanted.contains(section) }
        var sections: [String] = []
        if wants("server") { sections.append(information.server(at: now)) }
        if wants("clients") { sections.append(information.clients(sessions)) }
        if wants("stats") {
            let traffic = clients.traffic
            sections.append(
                information.statistics(
                    sessions, sent: traffic.sent, received: traffic.received))
        }
        if wants("cpu") { sections.append(information.processor()) }
        if wants("sentinel") {
            sections.append(sentinel.informationSection(at: now.instant).text)
        }
        sessions[id].reply.verbatim(ByteString(sections.joined(separator: "\r\n")))
    }
}
