import Bytes
import Configuration

/// Families that later versions serve: known, checked and kept, or refused where they promise.
extension ServerDirectives {
    /// Slow commands, latency, scripts, the system log.
    static let logs: [ServerDirective] = [
        .kept(
            "slowlog-log-slower-than", .integer(-1...Int.max), .integer(10_000),
            "microseconds above which a command is noted; -1 never, 0 always"),
        .kept(
            "slowlog-max-len", .integer(.long), .integer(128), "slow commands that are remembered"),
        .kept(
            "latency-monitor-threshold", .integer(.long), .integer(0),
            "milliseconds above which an event is noted; 0 notes none"),
        .boolean("latency-tracking", \.latencyTracking, "keep percentiles of each command"),
        .words(
            "latency-tracking-info-percentiles", "percentiles that INFO tells",
            flags: .multipleArguments, read: PercentileWords.words, write: PercentileWords.write,
            check: PercentileWords.check, lines: PercentileWords.lines),
        .kept(
            "busy-reply-threshold", .integer(.long), .integer(5000),
            "milliseconds after which a script makes the server answer BUSY",
            aliases: ["lua-time-limit"]),
        .kept(
            "syslog-enabled", .boolean, .boolean(false), "log to the system log",
            flags: .immutable,
            check: Honesty.mustBeOff(
                "this build has no syslog: run it under systemd, which keeps its log, or set "
                    + "logfile")),
        .kept(
            "syslog-ident", .text(optional: false), .text("redis"), "name in the system log",
            flags: .immutable),
        .kept(
            "syslog-facility", .choice(facilities), .integer(1), "facility of the system log",
            flags: .immutable),
    ]

    /// Cluster mode.
    static let cluster: [ServerDirective] = [
        .kept(
            "cluster-enabled", .boolean, .boolean(false), "share the keys out over several nodes",
            flags: .immutable,
            check: Honesty.mustBeOff(
                "this build has no cluster mode: set cluster-enabled no, and use sentinels for "
                    + "failover")),
        .kept(
            "cluster-config-file", .text(optional: false), .text("nodes.conf"),
            "file in which a node keeps what it knows", flags: .immutable),
        .kept("cluster-port", .integer(.ports), .integer(0), "port of the bus", flags: .immutable),
        .kept(
            "cluster-node-timeout", .integer(.long), .integer(15_000),
            "milliseconds after which a node counts as failing"),
        .kept(
            "cluster-ping-interval", .integer(.long), .integer(0), "milliseconds between pings",
            flags: .hidden),
        .kept(
            "cluster-replica-validity-factor", .integer(.natural), .integer(10),
            "how old a replica's data may be for its promotion",
            aliases: ["cluster-slave-validity-factor"]),
        .kept(
            "cluster-migration-barrier", .integer(.natural), .integer(1),
            "replicas that a master keeps when one moves away"),
        .kept(
            "cluster-allow-replica-migration", .boolean, .boolean(true),
            "let replicas move to masters that have none"),
        .kept(
            "cluster-require-full-coverage", .boolean, .boolean(true),
            "serve only while every slot is served"),
        .kept(
            "cluster-replica-no-failover", .boolean, .boolean(false),
            "never promote this replica by itself", aliases: ["cluster-slave-no-failover"]),
        .kept(
            "cluster-allow-reads-when-down", .boolean, .boolean(false),
            "serve reads while the cluster is down"),
        .kept(
            "cluster-allow-pubsubshard-when-down", .boolean, .boolean(true),
            "serve sharded messages while the cluster is down"),
        .kept(
            "cluster-link-sendbuf-limit", .memory(.long, percent: false), .integer(0),
            "bytes that may wait on a link of the bus"),
        .kept(
            "cluster-announce-ip", .text(optional: true), .text(""), "address that nodes are told"),
        .kept(
            "cluster-announce-client-ipv4", .text(optional: true), .text(""),
            "IPv4 address that clients are told"),
        .kept(
            "cluster-announce-client-ipv6", .text(optional: true), .text(""),
            "IPv6 address that clients are told"),
        .kept(
            "cluster-announce-hostname", .text(optional: true), .text(""),
            "host name that clients are told", check: hostname),
        .kept(
            "cluster-announce-human-nodename", .text(optional: true), .text(""),
            "name of the node in logs"),
        .kept(
            "cluster-announce-port", .integer(.ports), .integer(0), "port that nodes are told"),
        .kept(
            "cluster-announce-bus-port", .integer(.ports), .integer(0),
            "port of the bus that nodes are told"),
        .kept(
            "cluster-announce-tls-port", .integer(.ports), .integer(0),
            "TLS port that nodes are told"),
        .kept(
            "cluster-preferred-endpoint-type",
            .choice([
                DirectiveChoice("ip", 0), DirectiveChoice("hostname", 1),
                DirectiveChoice("unknown-endpoint", 2),
            ]), .integer(0), "how redirections name a node"),
        .kept(
            "cluster-blacklist-ttl", .integer(.long), .integer(60),
            "seconds for which a forgotten node stays forgotten"),
        .kept(
            "cluster-slot-stats-enabled", .boolean, .boolean(false), "count by slot"),
    ]

    /// TLS.
    static let transportSecurity: [ServerDirective] =
        [
            .kept(
                "tls-port", .integer(.ports), .integer(0), "port for TLS; 0 listens on none",
                check: Honesty.mustBe(
                    0,
                    "this build has no TLS: leave tls-port 0 and put a TLS proxy in front of "
                        + "the server")),
            .kept(
                "tls-replication", .boolean, .boolean(false), "use TLS towards the master",
                check: Honesty.mustBeOff("this build has no TLS: set tls-replication no")),
            .kept(
                "tls-cluster", .boolean, .boolean(false), "use TLS on the bus",
                check: Honesty.mustBeOff("this build has no TLS: set tls-cluster no")),
            .kept(
                "tls-auth-clients",
                .choice([
                    DirectiveChoice("no", 0), DirectiveChoice("yes", 1),
                    DirectiveChoice("optional", 2),
                ]), .integer(1), "ask clients for a certificate"),
            .kept(
                "tls-prefer-server-ciphers", .boolean, .boolean(false),
                "let the server choose the cipher"),
            .kept(
                "tls-session-caching", .boolean, .boolean(true), "let clients resume sessions"),
            .kept(
                "tls-session-cache-size", .integer(.natural), .integer(20_480),
                "sessions that may be resumed"),
            .kept(
                "tls-session-cache-timeout", .integer(.natural), .integer(300),
                "seconds for which a session may be resumed"),
            tlsText("tls-cert-file", "the server's certificate", flags: .volatile),
            tlsText("tls-key-file", "the server's key", flags: .volatile),
            tlsText("tls-key-file-pass", "password of the server's key", flags: .sensitive),
            tlsText(
                "tls-client-cert-file", "certificate towards other servers", flags: .volatile),
            tlsText("tls-client-key-file", "key towards other servers", flags: .volatile),
            tlsText("tls-client-key-file-pass", "password of that key", flags: .sensitive),
            tlsText("tls-dh-params-file", "Diffie-Hellman parameters", flags: .volatile),
            tlsText("tls-ca-cert-file", "certificates that sign others", flags: .volatile),
            tlsText("tls-ca-cert-dir", "directory of such certificates", flags: .volatile),
            tlsText("tls-protocols", "versions that are spoken", flags: []),
            tlsText("tls-ciphers", "ciphers up to TLS 1.2", flags: []),
            tlsText("tls-ciphersuites", "ciphers of TLS 1.3", flags: []),
        ]

    /// Directives that no other server of the family has.
    private static func tlsText(
        _ name: String, _ summary: String, flags: DirectiveFlags
    ) -> ServerDirective {
        .kept(name, .text(optional: true), .text(""), summary, flags: flags)
    }

    private static let facilities =
        [DirectiveChoice("user", 0)]
        + (0...7).map { DirectiveChoice("local\($0)", $0 + 1) }

    private static let hostname: ServerDirective.Check = { value throws(DirectiveError) in
        guard case .text(let name) = value else { return }
        if name.count >= 256 {
            throw DirectiveError("Hostnames must be less than 256 characters")
        }
        for byte in name.bytes {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "."):
                continue
            default:
                throw DirectiveError(
                    "Hostnames may only contain alphanumeric characters, hyphens or dots")
            }
        }
    }
}
