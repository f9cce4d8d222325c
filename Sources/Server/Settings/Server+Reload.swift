import Bytes
import Configuration
import Determinism
import Sessions

/// SIGHUP: what an operator has changed in the configuration file holds from now on.
///
/// ```
///   file is read whole ─ refused? ─► logged, nothing changed
///          └─► rows that it names, or named before ─ as they run? ─► nothing
///                  ├─ may change: all together, as by one CONFIG SET, undone if the system refuses
///                  └─ may not: a line in the log says that it waits for a restart
/// ```
/// A directive that the file does not name keeps what CONFIG SET gave it; one whose line is gone has
/// its default again. The role is no matter of the file once the server runs: sentinels decide it.
extension Server {
    /// Takes over a configuration that was read again; `earlier` is the one read before it.
    public mutating func reload(
        _ configuration: ServerConfiguration, after earlier: ServerConfiguration, at now: Moment
    ) {
        self.now = now
        var changed = settings
        var change = SettingsChange(previous: settings)
        var count = 0
        for (index, row) in ServerDirectives.table.rows.enumerated()
        where configuration.places[index] ?? earlier.places[index] != nil {
            let value = row.value(in: configuration.settings)
            if value == row.value(in: settings) { continue }
            // The system may have granted less than the file asks for.
            if row.effect == .maxClients, value == row.value(in: earlier.settings) { continue }
            let line = reloadedLine(row, configuration.settings, configuration.places[index])
            if row.name == "replicaof" {
                log(.warning, "\(line): not applied: REPLICAOF changes whom a server follows")
            } else if row.flags.contains(.immutable),
                !ServerDirectives.secretFiles.contains(row.name)
            {
                log(.warning, "\(line): not applied: it changes with a restart only")
            } else if row.flags.contains(.deniedWhileLoading), conditions.contains(.loading) {
                log(.warning, "\(line): not applied: the data set is being loaded")
            } else {
                row.set(value, in: &changed)
                change.note(row, in: changed)
                count += 1
                let old = row.flags.contains(.sensitive) ? "" : " (was \(row.text(in: settings)))"
                log(.notice, "\(line): applied\(old)")
            }
        }
        if configuration.settings.renamedCommands != settings.renamedCommands {
            log(.warning, "rename-command: not applied: it changes with a restart only")
        }
        for warning in configuration.warnings { log(.warning, "WARNING: \(warning)") }
        log(.notice, "Configuration reloaded, directives changed: \(count).")
        settings = changed
        unconfirmed.removeAll { $0.at != now.instant }
        unconfirmed.append(UnconfirmedChange(at: now.instant, reply: nil, change: change))
        apply(change.effects.map(\.effect), reply: nil)
    }

    /// The configuration file could not be read again: everything stays as it is.
    public mutating func reloadFailed(_ error: ConfigurationError, at now: Moment) {
        self.now = now
        log(.warning, "Configuration not reloaded, nothing was changed: \(error.line)")
    }

    /// A directive, what the file says about it, and where.
    private func reloadedLine(
        _ row: ServerDirective, _ settings: ServerSettings, _ place: ConfigurationPlace?
    ) -> String {
        let value =
            row.flags.contains(.sensitive) ? "******" : row.text(in: settings).text
        guard let place else { return "\(row.name) \(value) (its line is gone)" }
        return "\(place.source):\(place.number): \(row.name) \(value)"
    }
}
