// The state file was read again, because an operator changed it (SIGHUP).
//
// The file is the operator's and the sentinel's: what SENTINEL SET and SENTINEL CONFIG SET can change
// is taken from it, as if it had been set by them. What the sentinel has learned (addresses, epochs,
// replicas, other sentinels) it knows better than any file; which masters there are is changed by
// SENTINEL MONITOR and REMOVE, which the other sentinels' operators use as well.

import Bytes
import Determinism

extension Sentinel {
    /// Takes over what the operator changed in the file.
    mutating func reload(_ file: SentinelSettings) {
        settings.text = file.text
        stateLines = nil
        settings.configuredSecrets = file.configuredSecrets
        reloadOwn(file)
        for known in file.masters {
            guard let index = masterIndex(name: known.name) else {
                log(
                    .warning,
                    "sentinel monitor \(known.name): not applied: SENTINEL MONITOR begins to monitor"
                )
                continue
            }
            reload(known, index)
        }
        for master in masters
        where !file.masters.contains(where: { $0.name == master.settings.name }) {
            log(
                .warning,
                "\(master.settings.name) is not in the file any more: it is still monitored, "
                    + "SENTINEL REMOVE ends that")
        }
        records.isDue = true
    }

    private mutating func reloadOwn(_ file: SentinelSettings) {
        if file.logLevel != settings.logLevel { outputs.append(.logLevel(file.logLevel)) }
        let dropsConnections =
            file.sentinelUser != settings.sentinelUser
            || file.sentinelPassword != settings.sentinelPassword
            || file.requiredPassword != settings.requiredPassword
        settings.logLevel = file.logLevel
        settings.resolvesHostNames = file.resolvesHostNames
        settings.announcesHostNames = file.announcesHostNames
        settings.announcedHost = file.announcedHost
        settings.announcedPort = file.announcedPort
        settings.sentinelUser = file.sentinelUser
        settings.sentinelPassword = file.sentinelPassword
        settings.requiredPassword = file.requiredPassword
        settings.deniesScriptReconfiguration = file.deniesScriptReconfiguration
        guard dropsConnections else { return }
        for sentinel in sentinels {
            disconnect(.sentinel(sentinel))
            touch(.sentinel(sentinel))
        }
    }

    private mutating func reload(_ known: MasterSettings, _ index: Int) {
        let old = masters[index].settings
        let changes = masters[index].settings.takeOptions(of: known)
        if changes.isEmpty { return }
        if known.authPassword != old.authPassword || known.authUser != old.authUser {
            disconnect(.master(index))
            for replica in masters[index].replicas.indices { disconnect(.replica(index, replica)) }
        }
        for change in changes { event(.warning, "+set", .master(index), " " + change) }
        touch(index)
    }
}

extension MasterSettings {
    /// Takes what an operator sets from `other`; tells what changed, as SENTINEL SET would.
    fileprivate mutating func takeOptions(of other: MasterSettings) -> [String] {
        var changes: [String] = []
        func take<Value: Equatable>(
            _ option: WritableKeyPath<MasterSettings, Value>, as name: String,
            _ shown: (Value) -> String
        ) {
            if self[keyPath: option] == other[keyPath: option] { return }
            self[keyPath: option] = other[keyPath: option]
            changes.append("\(name) \(shown(other[keyPath: option]))")
        }
        func number(_ value: Int) -> String { String(value) }
        func milliseconds(_ value: Duration) -> String { String(value.wholeMilliseconds) }
        func text(_ value: ByteString?) -> String { value?.text ?? "" }
        take(\.quorum, as: "quorum", number)
        take(\.downAfter, as: "down-after-milliseconds", milliseconds)
        take(\.failoverTimeout, as: "failover-timeout", milliseconds)
        take(\.parallelSyncs, as: "parallel-syncs", number)
        take(\.authPassword, as: "auth-pass") { _ in "******" }
        take(\.authPasswordFile, as: "auth-pass-file", text)
        take(\.authUser, as: "auth-user", text)
        take(\.rebootDownAfter, as: "master-reboot-down-after-period", milliseconds)
        take(\.notificationScript, as: "notification-script", text)
        take(\.clientReconfigurationScript, as: "client-reconfig-script", text)
        if renamedCommands != other.renamedCommands {
            renamedCommands = other.renamedCommands
            changes.append("rename-command")
        }
        return changes
    }
}
