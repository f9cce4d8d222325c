import Bytes
import CommandCatalog

/// Sections that tell the counters.
extension ServerStatistics {
    /// Counts that others keep, for the Stats section.
    public struct Others: Sendable {
        /// Channels with subscribers.
        public var channels = 0
        /// Patterns with subscribers.
        public var patterns = 0
        /// Shard channels with subscribers.
        public var shardChannels = 0
        /// Reads that found their key.
        public var hits = 0
        /// Reads that did not.
        public var misses = 0
        /// Keys removed because their time had passed.
        public var expiredKeys = 0
        /// Clients closed for the size of their requests.
        public var queryLimitCloses = 0
        /// Clients closed for their unsent replies.
        public var outputLimitCloses = 0
        /// Keys with an expiry on a replica that accepts writes.
        public var expiringKeysOfReplica = 0

        /// All zero.
        public init() {}
    }

    /// The Stats section.
    ///
    /// There are no forks, threads, defragmentation or tracking to count.
    public func renderStats(_ others: Others, into text: inout InfoText) {
        text.section("Stats")
        text.field("total_connections_received", connectionsReceived)
        text.field("total_commands_processed", commandsProcessed)
        text.field("instantaneous_ops_per_sec", Int(rates.perSecond(\.commands).rounded()))
        text.field("total_net_input_bytes", netInputBytes + netReplInputBytes)
        text.field("total_net_output_bytes", netOutputBytes + netReplOutputBytes)
        text.field("total_net_repl_input_bytes", netReplInputBytes)
        text.field("total_net_repl_output_bytes", netReplOutputBytes)
        text.field("instantaneous_input_kbps", hundredths: rates.perSecond(\.input) / 1024)
        text.field("instantaneous_output_kbps", hundredths: rates.perSecond(\.output) / 1024)
        text.field(
            "instantaneous_input_repl_kbps",
            hundredths: rates.perSecond(\.replicationInput) / 1024)
        text.field(
            "instantaneous_output_repl_kbps",
            hundredths: rates.perSecond(\.replicationOutput) / 1024)
        text.field("rejected_connections", rejectedConnections)
        text.field("sync_full", syncFull)
        text.field("sync_partial_ok", syncPartialOk)
        text.field("sync_partial_err", syncPartialError)
        text.field("expired_keys", others.expiredKeys)
        text.field("expired_stale_perc", hundredths: expiredStalePercentage)
        text.field("expired_time_cap_reached_count", expiredTimeCapReached)
        text.field("expire_cycle_cpu_milliseconds", expireCycleMilliseconds)
        text.field("evicted_keys", evictedKeys)
        text.field("evicted_clients", evictedClients)
        zeros(["total_eviction_exceeded_time", "current_eviction_exceeded_time"], &text)
        text.field("keyspace_hits", others.hits)
        text.field("keyspace_misses", others.misses)
        text.field("pubsub_channels", others.channels)
        text.field("pubsub_patterns", others.patterns)
        text.field("pubsubshard_channels", others.shardChannels)
        zeros(["latest_fork_usec", "total_forks", "migrate_cached_sockets"], &text)
        text.field("slave_expires_tracked_keys", others.expiringKeysOfReplica)
        zeros(
            [
                "active_defrag_hits", "active_defrag_misses", "active_defrag_key_hits",
                "active_defrag_key_misses", "total_active_defrag_time",
                "current_active_defrag_time", "tracking_total_keys", "tracking_total_items",
                "tracking_total_prefixes",
            ], &text)
        text.field("unexpected_error_replies", unexpectedErrorReplies)
        text.field("total_error_replies", errorReplies)
        text.field("dump_payload_sanitizations", 0)
        text.field("total_reads_processed", readsProcessed)
        text.field("total_writes_processed", writesProcessed)
        zeros(["io_threaded_reads_processed", "io_threaded_writes_processed"], &text)
        text.field("client_query_buffer_limit_disconnections", others.queryLimitCloses)
        text.field("client_output_buffer_limit_disconnections", others.outputLimitCloses)
        zeros(["reply_buffer_shrinks", "reply_buffer_expands"], &text)
        text.field("eventloop_cycles", eventLoopCycles)
        text.field("eventloop_duration_sum", eventLoopNanoseconds / 1000)
        text.field("eventloop_duration_cmd_sum", commands.totalNanoseconds / 1000)
        text.field(
            "instantaneous_eventloop_cycles_per_sec", Int(rates.perSecond(\.cycles).rounded()))
        text.field("instantaneous_eventloop_duration_usec", meanCycleMicroseconds)
        zeros(
            [
                "acl_access_denied_auth", "acl_access_denied_cmd", "acl_access_denied_key",
                "acl_access_denied_channel",
            ], &text)
    }

    /// The Commandstats section: commands that were called, refused or failed.
    public func renderCommands(_ catalog: CommandTable, into text: inout InfoText) {
        text.section("Commandstats")
        for command in CommandID.allCases {
            let counters = commands[command.rawValue]
            if counters.calls == 0 && counters.rejected == 0 && counters.failed == 0 { continue }
            let each =
                counters.calls > 0
                ? Double(counters.nanoseconds) / 1000 / Double(counters.calls) : 0
            text.field(
                "cmdstat_\(catalog.fullName(command))",
                "calls=\(counters.calls),usec=\(counters.nanoseconds / 1000),"
                    + "usec_per_call=\(InfoText.fixed(each, digits: 2)),"
                    + "rejected_calls=\(counters.rejected),failed_calls=\(counters.failed)")
        }
    }

    /// The lines of Latencystats: percentiles of the commands that were called, in microseconds.
    public func renderLatencies(
        _ catalog: CommandTable, _ percentiles: [ByteString], into text: inout InfoText
    ) {
        for command in CommandID.allCases {
            let histogram = commands.latency(of: command.rawValue)
            if histogram.total == 0 { continue }
            let values = percentiles.map { word in
                let nanoseconds = histogram.percentile(Double(word.text) ?? 0)
                return "p\(word)=\(InfoText.fixed(Double(nanoseconds) / 1000, digits: 3))"
            }
            text.field(
                "latency_percentiles_usec_\(catalog.fullName(command))",
                values.joined(separator: ","))
        }
    }

    /// The Errorstats section: error replies by their first word, in the order of the alphabet.
    public func renderErrors(into text: inout InfoText) {
        text.section("Errorstats")
        if errorPrefixesOverflowed { return text.field("errorstat_disabled", "count=1") }
        for (prefix, count) in errorsByPrefix.sorted(by: { $0.key < $1.key }) {
            let name = ByteString(InfoText.safe(prefix)).text
            text.field("errorstat_\(name)", "count=\(count)")
        }
    }

    /// The Debug section, for those who look for faults in the server.
    public func renderDebug(into text: inout InfoText) {
        text.section("Debug")
        text.field("eventloop_duration_aof_sum", 0)
        text.field("eventloop_duration_cron_sum", tickNanoseconds / 1000)
        text.field("eventloop_duration_max", longestCycleNanoseconds / 1000)
        text.field("eventloop_cmd_per_cycle_max", mostCommandsPerCycle)
    }

    /// Microseconds that a turn of the loop takes, over the last samples.
    private var meanCycleMicroseconds: Int {
        let cycles = rates.perSecond(\.cycles)
        return cycles > 0 ? Int((rates.perSecond(\.cycleNanoseconds) / cycles / 1000).rounded()) : 0
    }

    private func zeros(_ names: [String], _ text: inout InfoText) {
        for name in names { text.field(name, 0) }
    }
}
