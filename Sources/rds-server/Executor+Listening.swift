import Bytes
import Daemon
import LogOutput
import Reactor
import Server
import Systemd

/// Where the server listens.
extension Executor {
    /// Listens on all that the settings name, or on what the service manager has opened.
    mutating func listenAtStart() throws(SystemError) {
        for inherited in SocketActivation.take() {
            let listener = try Listener(inherited: FileDescriptor(owning: inherited.number))
            try sockets.add(listener, in: loop.poller)
        }
        if sockets.listenerCount > 0 { return }
        do throws(ListenError) {
            try listenOnTCP()
        } catch {
            log.write(.warning, StartUp.line(for: error))
            log.write(
                .warning, "Failed listening on port \(server.settings.port) (tcp), aborting.")
            ProcessControl.exit(1)
        }
        listenOnUnixSocket()
        if sockets.listenerCount == 0 {
            log.write(.warning, "Configured to not listen anywhere, exiting.")
            ProcessControl.exit(1)
        }
    }

    private mutating func listenOnTCP() throws(ListenError) {
        let settings = server.settings
        listeningPort = settings.port
        if settings.port == 0 { return }
        let words = settings.bindAddresses.map { BindAddress($0.text) }
        let port = UInt16(truncatingIfNeeded: settings.port)
        for word in words {
            let listener = try Listener.listen(
                on: word, port: port, backlog: settings.tcpBacklog)
            guard let listener else { continue }
            do throws(SystemError) {
                try sockets.add(listener, in: loop.poller)
            } catch {
                throw ListenError(host: word.host, port: port, cause: error)
            }
        }
    }

    private mutating func listenOnUnixSocket() {
        let path = server.settings.unixSocket.text
        if path.isEmpty { return }
        do throws(SystemError) {
            let listener = try Listener(
                path: path, permissions: UInt32(server.settings.unixSocketPermissions),
                backlog: server.settings.tcpBacklog)
            try sockets.add(listener, in: loop.poller)
        } catch {
            log.write(.warning, "Failed opening Unix socket: bind: \(error)")
            log.write(.warning, "Failed listening on port 0 (unix), aborting.")
            ProcessControl.exit(1)
        }
    }

    /// Listens on the addresses and the port that CONFIG SET has named; the reason if it cannot.
    ///
    /// What was listened on before is closed first, as it may be in the way.
    mutating func relisten() -> String? {
        let isPortNew = server.settings.port != listeningPort
        sockets.closeTCPListeners()
        do throws(ListenError) {
            try listenOnTCP()
            return nil
        } catch {
            log.write(.warning, StartUp.line(for: error))
            sockets.closeTCPListeners()
            return isPortNew
                ? SettingEffect.listeners.failureText : "Failed to bind to specified addresses."
        }
    }

    /// The lines, and the notification, that say that clients are served.
    mutating func announceReadiness() {
        if server.settings.port != 0 { log.write(.notice, "Ready to accept connections tcp") }
        if !server.settings.unixSocket.isEmpty {
            log.write(.notice, "Ready to accept connections unix")
        }
        notification.ready(status: statusToTell(at: SystemClock.instant()))
    }
}
