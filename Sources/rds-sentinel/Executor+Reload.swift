// SIGHUP: the configuration file is read again.
//
// The file is read whole before anything changes: one bad line, and all stays as it is. Lines of
// `sentinel` are the machine's, which takes over what SENTINEL SET can change; the others are ours.

import Configuration
import Consensus
import Daemon
import LogOutput
import Reactor

extension Executor {
    /// Reads the configuration again and takes over what may change while the sentinel runs.
    mutating func reload() {
        log.write(.notice, "Received SIGHUP, reading the configuration again.")
        notification.reloading(monotonicMicroseconds: SystemClock.instant().nanoseconds / 1000)
        do throws(ConfigurationError) {
            // With a state file of its own, what is not written yet would seem to be changed.
            finishStoring()
            let file = try source.read(
                DiskFiles(relativeTo: source.directory),
                running: settings.stateFile.isEmpty ? nil : sentinel.stateHead)
            try checkScripts(file.lines)
            takeOver(file.serving, file.settings.otherLines)
            for conflict in file.conflicts { log.write(.notice, conflict) }
            feed(.reload(file.settings))
            log.write(.notice, "Configuration reloaded.")
        } catch {
            log.write(.warning, "Configuration not reloaded, nothing was changed: \(error.line)")
        }
        notification.ready(status: "Monitoring")
    }

    private mutating func takeOver(_ serving: ServingSettings, _ lines: [ConfigurationLine]) {
        for difference in settings.reload(serving) {
            let line = lines.last { $0.words[0].text == difference.name }
            let place = line.map { "\($0.source):\($0.number): " } ?? ""
            if difference.isApplied {
                log.write(.notice, "\(place)\(difference.name): applied")
            } else {
                log.write(
                    .warning,
                    "\(place)\(difference.name): not applied: it changes with a restart only")
            }
        }
        let wanted = settings.maximumClients + StartUp.reservedDescriptors
        let limit = OpenFileLimit.raise(to: wanted)
        sessions.limits.maximumClients =
            min(settings.maximumClients, max(limit.now - StartUp.reservedDescriptors, 1))
        sessions.limits.idleSeconds = settings.idleSeconds
        sessions.limits.isProtected = settings.isProtected
        sessions.limits.trustedNetworks = settings.trustedNetworks
        access.password = settings.password
        if !access.defaultUserNeedsPassword { sessions.authenticateAll() }
        clients.keepAliveSeconds = settings.keepAliveSeconds
    }
}
