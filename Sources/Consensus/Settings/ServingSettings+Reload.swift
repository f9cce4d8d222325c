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
        func note<Value: Equatable>(
            _ name: String, _ setting: WritableKeyPath<ServingSettings, Value>, isApplied: Bool
        ) {
            if self[keyPath: setting] == file[keyPath: setting] { return }
            differences.append(Difference(name: name, isApplied: isApplied))
            if isApplied { self[keyPath: setting] = file[keyPath: setting] }
        }
        note("loglevel", \.logLevel, isApplied: true)
        note("requirepass", \.password, isApplied: true)
        note("protected-mode", \.isProtected, isApplied: true)
        note("requirepass-file", \.passwordFile, isApplied: true)
        note("protected-mode-networks", \.trustedNetworks, isApplied: true)
        note("maxclients", \.maximumClients, isApplied: true)
        note("timeout", \.idleSeconds, isApplied: true)
        note("tcp-keepalive", \.keepAliveSeconds, isApplied: true)
        note("state-file", \.stateFile, isApplied: false)
        note("port", \.port, isApplied: false)
        note("bind", \.bind, isApplied: false)
        note("dir", \.directory, isApplied: false)
        note("logfile", \.logFile, isApplied: false)
        note("daemonize", \.isDaemon, isApplied: false)
        note("pidfile", \.processFile, isApplied: false)
        note("tcp-backlog", \.backlog, isApplied: false)
        note("unixsocket", \.unixSocket, isApplied: false)
        note("unixsocketperm", \.unixSocketPermissions, isApplied: false)
        return differences
    }
}
