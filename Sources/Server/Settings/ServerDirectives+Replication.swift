import Bytes
import Configuration

/// Following a master, and serving replicas.
extension ServerDirectives {
    static let replication: [ServerDirective] = [
        .words(
            "replicaof", "host and port of the master to follow; `no one` for none",
            aliases: ["slaveof"], flags: [.immutable, .multipleArguments],
            read: { settings in
                settings.replicaOf.map { [$0.host, ByteString("\($0.port)")] } ?? []
            },
            write: { settings, words in settings.replicaOf = master(words) },
            check: { words throws(DirectiveError) in
                if words.count != 2 { throw DirectiveError("wrong number of arguments") }
                if !isNobody(words) && master(words) == nil {
                    throw DirectiveError("Invalid master port")
                }
            },
            lines: { settings in
                guard let master = settings.replicaOf else { return [] }
                return [
                    .words(
                        "replicaof", [master.host, ByteString("\(master.port)")], isForced: true)
                ]
            }),
        .text(
            "masteruser", \.masterUser, optional: true, "user name for the master",
            aliases: ["primaryuser"], flags: .sensitive, effect: .replication),
        .secret(
            "masterauth", \.masterAuth, file: \.masterAuthFile, "password for the master",
            aliases: ["primaryauth"], effect: .replication),
        .boolean(
            "replica-serve-stale-data", \.replicaServeStaleData,
            "serve reads while the master is away", aliases: ["slave-serve-stale-data"]),
        .boolean(
            "replica-read-only", \.replicaReadOnly, "refuse writes of clients on a replica",
            aliases: ["slave-read-only"], flags: .debug),
        .number(
            "replica-priority", \.replicaPriority, .integer(.natural),
            "rank for promotion: lower first, 0 never", aliases: ["slave-priority"]),
        .boolean(
            "replica-announced", \.replicaAnnounced, "let sentinels know this replica"),
        .text(
            "replica-announce-ip", \.replicaAnnounceIP, optional: true,
            "address that the master is told", aliases: ["slave-announce-ip"],
            effect: .replication),
        .number(
            "replica-announce-port", \.replicaAnnouncePort, .integer(.ports),
            "port that the master is told; 0 for the one listened on",
            aliases: ["slave-announce-port"], effect: .replication),
        .boolean(
            "replica-lazy-flush", \.replicaLazyFlush, "free a replica's old data in background",
            aliases: ["slave-lazy-flush"]),
        .boolean(
            "replica-ignore-maxmemory", \.replicaIgnoreMaxmemory,
            "leave eviction to the master", aliases: ["slave-ignore-maxmemory"]),
        .boolean(
            "replica-ignore-disk-write-errors", \.replicaIgnoreDiskWriteErrors,
            "go on as a replica when the disk refuses writes"),
        .number(
            "repl-timeout", \.replTimeoutSeconds, .integer(.positive),
            "seconds of silence after which a replication link is given up",
            effect: .replication),
        .number(
            "repl-ping-replica-period", \.replPingReplicaPeriodSeconds, .integer(.positive),
            "seconds between a master's pings", aliases: ["repl-ping-slave-period"],
            effect: .replication),
        .boolean(
            "repl-disable-tcp-nodelay", \.replDisableTCPNoDelay,
            "let the kernel gather small packets to replicas", effect: .replication),
        .boolean(
            "repl-diskless-sync", \.replDisklessSync,
            "send a full synchronisation without a file; this server never writes one",
            flags: .debug, effect: .replication),
        .number(
            "repl-diskless-sync-delay", \.replDisklessSyncDelaySeconds, .integer(.natural),
            "seconds to wait for more replicas before a synchronisation", effect: .replication),
        .number(
            "repl-diskless-sync-max-replicas", \.replDisklessSyncMaxReplicas, .integer(.natural),
            "replicas at which waiting ends; 0 waits the whole delay", effect: .replication),
        .choice(
            "repl-diskless-load", \.replDisklessLoad,
            [
                ("disabled", .disabled), ("on-empty-db", .onEmptyDatabase),
                ("swapdb", .swapDatabase),
            ], "how a replica loads what arrives on its socket",
            flags: [.debug, .deniedWhileLoading], effect: .replication),
        .kept(
            "dual-channel-replication-enabled", .boolean, .boolean(false),
            "send snapshot and stream over two connections; this server uses one",
            flags: .debug),
        .number(
            "repl-backlog-size", \.replBacklogSize, .memory(1...Int.max, percent: false),
            "bytes of the stream kept for replicas that come back", effect: .backlogSize),
        .number(
            "repl-backlog-ttl", \.replBacklogTTLSeconds, .integer(.long),
            "seconds without replicas after which the backlog is freed; 0 never",
            effect: .replication),
        .number(
            "min-replicas-to-write", \.minReplicasToWrite, .integer(.natural),
            "replicas that must be well for writes to be accepted; 0 asks none",
            aliases: ["min-slaves-to-write"], effect: .goodReplicas),
        .number(
            "min-replicas-max-lag", \.minReplicasMaxLagSeconds, .integer(.natural),
            "seconds of lag up to which a replica counts as well",
            aliases: ["min-slaves-max-lag"], effect: .goodReplicas),
        .choice(
            "propagation-error-behavior", \.propagationErrorBehavior,
            [
                ("ignore", .ignore), ("panic", .panic),
                ("panic-on-replicas", .panicOnReplicas),
            ], "what is done when applying the master's stream fails"),
    ]

    private static func isNobody(_ words: [ByteString]) -> Bool {
        words.map(\.lowercased) == ["no", "one"]
    }

    /// The master that two words name; nil for `no one` and for a bad port.
    private static func master(_ words: [ByteString]) -> MasterEndpoint? {
        guard words.count == 2, !isNobody(words), let port = Int(words[1].text),
            ClosedRange.ports.contains(port)
        else { return nil }
        return MasterEndpoint(host: words[0], port: port)
    }
}
