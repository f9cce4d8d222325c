import CSystemd

/// Tells the service manager how the daemon is doing (sd_notify).
///
/// Without NOTIFY_SOCKET: nothing.
///
/// Source: sd_notify(3). A notification that cannot be sent is lost, as the manager notices by
/// itself what matters: its timeouts.
public struct Notification: Sendable {
    /// Whether a service manager listens.
    public let isEnabled: Bool

    /// Looks whether a service manager listens.
    public init() {
        isEnabled = unsafe getenv("NOTIFY_SOCKET") != nil
    }

    /// Start-up is over, or a reload is.
    public func ready(status: String) { send("READY=1\nSTATUS=\(status)") }

    /// One line on what the daemon is doing.
    public func status(_ text: String) { send("STATUS=\(text)") }

    /// The configuration is being read again; `ready` ends it.
    public func reloading(monotonicMicroseconds: Int64) {
        send("RELOADING=1\nMONOTONIC_USEC=\(monotonicMicroseconds)")
    }

    /// The daemon is about to end.
    public func stopping(status: String) { send("STOPPING=1\nSTATUS=\(status)") }

    /// Start-up, or the end, takes longer than usual: the manager's patience is set anew.
    public func extendTimeout(microseconds: Int64) {
        send("EXTEND_TIMEOUT_USEC=\(microseconds)")
    }

    /// The daemon is alive.
    public func watchdog() { send("WATCHDOG=1") }

    /// The process that the unit's main process is.
    public func mainProcess(_ identifier: Int32) { send("MAINPID=\(identifier)") }

    private func send(_ state: String) {
        if isEnabled { _ = unsafe sd_notify(0, state) }
    }
}

/// How often the service manager wants to hear `watchdog()` (sd_watchdog_enabled).
public enum Watchdog {
    /// Half of the manager's patience, as its manual advises; nil when it has no watchdog on us.
    public static func interval() -> Duration? {
        var microseconds: UInt64 = 0
        guard unsafe sd_watchdog_enabled(0, &microseconds) > 0 else { return nil }
        return .microseconds(Int64(clamping: microseconds / 2))
    }
}

/// Sockets that the service manager opened for us (sd_listen_fds).
public enum SocketActivation {
    /// One inherited descriptor.
    public struct Inherited: Sendable {
        /// The descriptor; who takes it closes it.
        public let number: Int32
        /// FileDescriptorName= of the socket unit, `unknown` without one.
        public let name: String
    }

    /// The inherited listening stream sockets, once: the environment is cleared.
    public static func take() -> [Inherited] {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = unsafe sd_listen_fds_with_names(1, &names)
        if count <= 0 { return [] }
        var found: [Inherited] = []
        for index in 0..<Int(count) {
            let number = Int32(index) + SD_LISTEN_FDS_START
            var name = "unknown"
            if let text = unsafe names?[index] {
                name = unsafe String(cString: text)
                unsafe free(text)
            }
            if sd_is_socket(number, 0, Int32(SOCK_STREAM.rawValue), 1) > 0 {
                found.append(Inherited(number: number, name: name))
            }
        }
        unsafe free(names)
        return found
    }
}
