import Bytes

/// The Server section: which program this is, since when, and where it listens.
public struct ProcessReport: Sendable {
    /// The version of Redis whose behaviour is kept.
    public var compatibleVersion = ""
    /// Our own version.
    public var version = ""
    /// System, release and machine.
    public var operatingSystem = ""
    /// 64 or 32.
    public var architectureBits = 64
    /// The process's id.
    public var processID = 0
    /// Whether systemd watches over the process.
    public var isSupervisedBySystemd = false
    /// 40 digits that are new at each start.
    public var runID = ""
    /// TCP port; 0 for none.
    public var port = 0
    /// Microseconds since 1970.
    public var timeMicroseconds = 0
    /// Whole seconds since the start.
    public var uptimeSeconds = 0
    /// Ticks a second.
    public var hz = 10
    /// `hz`.
    public var configuredHz = 10
    /// Path of the program.
    public var executable = ""
    /// Path of the configuration file; empty without one.
    public var configurationFile = ""
    /// `availability-zone`.
    public var availabilityZone: ByteString = ""
    /// Milliseconds until a shutdown that waits for replicas ends it; nil without one.
    public var shutdownMilliseconds: Int?
    /// Addresses of the TCP listener.
    public var bindAddresses: [ByteString] = []
    /// Path of the unix socket; empty for none.
    public var unixSocket: ByteString = ""

    /// Nothing known.
    public init() {}

    /// The section.
    ///
    /// `gcc_version` and `atomicvar_api` say nothing of this program and are left out.
    public func render(into text: inout InfoText) {
        text.section("Server")
        text.field("redis_version", compatibleVersion)
        text.field("server_name", "redis")
        text.field("rds_version", version)
        text.field("redis_git_sha1", "00000000")
        text.field("redis_git_dirty", 0)
        text.field("redis_build_id", "0")
        text.field("redis_mode", "standalone")
        text.field("os", operatingSystem)
        text.field("arch_bits", architectureBits)
        text.field("monotonic_clock", "POSIX clock_gettime")
        text.field("multiplexing_api", "epoll")
        text.field("process_id", processID)
        text.field("process_supervised", isSupervisedBySystemd ? "systemd" : "no")
        text.field("run_id", runID)
        text.field("tcp_port", port)
        text.field("server_time_usec", timeMicroseconds)
        text.field("uptime_in_seconds", uptimeSeconds)
        text.field("uptime_in_days", uptimeSeconds / 86_400)
        text.field("hz", hz)
        text.field("configured_hz", configuredHz)
        // Seconds since 1970 in 24 bits, as OBJECT IDLETIME has counted them for long.
        text.field("lru_clock", timeMicroseconds / 1_000_000 & 0xff_ffff)
        text.field("executable", executable)
        text.field("config_file", configurationFile)
        text.field("io_threads_active", 0)
        text.field("availability_zone", safe: availabilityZone)
        if let shutdownMilliseconds { text.field("shutdown_in_milliseconds", shutdownMilliseconds) }
        var listeners: [String] = []
        if port > 0 {
            let binds = bindAddresses.map { ",bind=\($0.text)" }.joined()
            listeners.append("name=tcp\(binds),port=\(port)")
        }
        if !unixSocket.isEmpty { listeners.append("name=unix,bind=\(unixSocket.text)") }
        for (index, listener) in listeners.enumerated() {
            text.field("listener\(index)", listener)
        }
    }
}

/// The Clients section.
public struct ClientsReport: Sendable {
    /// Clients that are connected, replicas left out.
    public var connected = 0
    /// `maxclients`.
    public var maximum = 0
    /// Most bytes of requests that one client has waiting.
    public var largestInput = 0
    /// Most bytes of replies that one client has waiting.
    public var largestOutput = 0
    /// Clients in a blocking command.
    public var blocked = 0
    /// Clients that block with a timeout.
    public var withTimeout = 0
    /// Clients with a subscription.
    public var subscribed = 0
    /// Clients that watch keys.
    public var watching = 0
    /// Keys that are watched, each client's counted.
    public var watchedKeys = 0

    /// Nobody.
    public init() {}

    /// The section.
    public func render(into text: inout InfoText) {
        text.section("Clients")
        text.field("connected_clients", connected)
        text.field("cluster_connections", 0)
        text.field("maxclients", maximum)
        text.field("client_recent_max_input_buffer", largestInput)
        text.field("client_recent_max_output_buffer", largestOutput)
        text.field("blocked_clients", blocked)
        text.field("tracking_clients", 0)
        text.field("pubsub_clients", subscribed)
        text.field("watching_clients", watching)
        text.field("clients_in_timeout_table", withTimeout)
        text.field("total_watched_keys", watchedKeys)
        text.field("total_blocking_keys", 0)
        text.field("total_blocking_keys_on_nokey", 0)
    }
}
