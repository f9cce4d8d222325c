// INFO of a sentinel: the sections server, clients, cpu, stats and sentinel.

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
    private var commandCount = 0

    init(port: Int, configurationPath: String, startedAt: Moment) {
        self.port = port
        self.configurationPath = configurationPath
        self.startedAt = startedAt
        var random = RandomSource(seed: Entropy.word())
        runID = random.hexadecimal(count: 40)
    }

    mutating func countCommand() { commandCount += 1 }

    func server(at now: Moment) -> String {
        let uptime = (now.instant - startedAt.instant).wholeMilliseconds / 1000
        return """
            # Server\r
            redis_version:\(Version.compatible)\r
            rds_version:\(Version.own)\r
            redis_git_sha1:00000000\r
            redis_git_dirty:0\r
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

            """
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
        return """
            # CPU\r
            used_cpu_sys:\(seconds(own.ru_stime))\r
            used_cpu_user:\(seconds(own.ru_utime))\r
            used_cpu_sys_children:\(seconds(children.ru_stime))\r
            used_cpu_user_children:\(seconds(children.ru_utime))\r

            """
    }

    func statistics(_ sessions: borrowing SessionTable, sent: Int, received: Int) -> String {
        """
        # Stats\r
        total_connections_received:\(sessions.acceptedCount)\r
        total_commands_processed:\(commandCount)\r
        total_net_input_bytes:\(received)\r
        total_net_output_bytes:\(sent)\r
        rejected_connections:\(sessions.rejectedCount)\r
        pubsub_channels:\(sessions.pubsub.channelCount)\r
        pubsub_patterns:\(sessions.pubsub.patternCount)\r

        """
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
        if wants("cpu") { sections.append(information.processor()) }
        if wants("stats") {
            let traffic = clients.traffic
            sections.append(
                information.statistics(
                    sessions, sent: traffic.sent, received: traffic.received))
        }
        if wants("sentinel") {
            sections.append(sentinel.informationSection(at: now.instant).text)
        }
        sessions[id].reply.verbatim(ByteString(sections.joined(separator: "\r\n")))
    }
}
