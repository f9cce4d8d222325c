// The lines of sentinel.conf that are not the sentinel's, read again while it runs.

extension ServingSettings {
    /// A directive whose value in the file is not the one that the sentinel runs with.
    public struct Difference: Hashable, Sendable {
        /// The directive.
        public let name: String
        /// Whether it was taken over; else it waits for a restart.
        public let isApplied: Bool
    }

    /// Takes over what may change while the sentinel runs; tells every difference.
    public mutating func reload(_ file: ServingSettings) -> [Difference] {
        var differences: [Difference] = []
        func note(_ name: String, _ isDifferent: Bool, isApplied: Bool) {
            if isDifferent { differences.append(Difference(name: name, isApplied: isApplied)) }
        }
        note("loglevel", file.logLevel != logLevel, isApplied: true)
        note("requirepass", file.password != password, isApplied: true)
        note("protected-mode", file.isProtected != isProtected, isApplied: true)
        note("maxclients", file.maximumClients != maximumClients, isApplied: true)
        note("timeout", file.idleSeconds != idleSeconds, isApplied: true)
        note("tcp-keepalive", file.keepAliveSeconds != keepAliveSeconds, isApplied: true)
        logLevel = file.logLevel
        password = file.password
        isProtected = file.isProtected
        maximumClients = file.maximumClients
        idleSeconds = file.idleSeconds
        keepAliveSeconds = file.keepAliveSeconds
        note("port", file.port != port, isApplied: false)
        note("bind", file.bind != bind, isApplied: false)
        note("dir", file.directory != directory, isApplied: false)
        note("logfile", file.logFile != logFile, isApplied: false)
        note("daemonize", file.isDaemon != isDaemon, isApplied: false)
        note("pidfile", file.processFile != processFile, isApplied: false)
        note("tcp-backlog", file.backlog != backlog, isApplied: false)
        note("unixsocket", file.unixSocket != unixSocket, isApplied: false)
        note(
            "unixsocketperm", file.unixSocketPermissions != unixSocketPermissions,
            isApplied: false)
        return differences
    }
}
