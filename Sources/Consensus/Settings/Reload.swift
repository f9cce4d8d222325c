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
        for sentinel in sentinels.indices {
            disconnect(.sentinel(sentinel))
            touch(.sentinel(sentinel))
        }
    }

    private mutating func reload(_ known: MasterSettings, _ index: Int) {
        let old = masters[index].settings
        var changes: [String] = []
        func note(_ isChanged: Bool, _ text: String) { if isChanged { changes.append(text) } }
        func text(_ value: ByteString?) -> String { value?.text ?? "" }
        note(known.quorum != old.quorum, "quorum \(known.quorum)")
        note(
            known.downAfter != old.downAfter,
            "down-after-milliseconds \(known.downAfter.wholeMilliseconds)")
        note(
            known.failoverTimeout != old.failoverTimeout,
            "failover-timeout \(known.failoverTimeout.wholeMilliseconds)")
        note(known.parallelSyncs != old.parallelSyncs, "parallel-syncs \(known.parallelSyncs)")
        note(known.authPassword != old.authPassword, "auth-pass ******")
        note(known.authUser != old.authUser, "auth-user \(text(known.authUser))")
        note(
            known.rebootDownAfter != old.rebootDownAfter,
            "master-reboot-down-after-period \(known.rebootDownAfter.wholeMilliseconds)")
        note(
            known.notificationScript != old.notificationScript,
            "notification-script \(text(known.notificationScript))")
        note(
            known.clientReconfigurationScript != old.clientReconfigurationScript,
            "client-reconfig-script \(text(known.clientReconfigurationScript))")
        note(known.renamedCommands != old.renamedCommands, "rename-command")
        if changes.isEmpty { return }
        masters[index].settings = old.withOptions(of: known)
        if known.authPassword != old.authPassword || known.authUser != old.authUser {
            disconnect(.master(index))
            for replica in masters[index].replicas.indices { disconnect(.replica(index, replica)) }
        }
        for change in changes { event(.warning, "+set", .master(index), " " + change) }
        touch(index)
    }
}

extension MasterSettings {
    /// These settings with what an operator sets taken from `other`.
    fileprivate func withOptions(of other: MasterSettings) -> MasterSettings {
        var result = self
        result.quorum = other.quorum
        result.downAfter = other.downAfter
        result.failoverTimeout = other.failoverTimeout
        result.parallelSyncs = other.parallelSyncs
        result.authPassword = other.authPassword
        result.authUser = other.authUser
        result.rebootDownAfter = other.rebootDownAfter
        result.notificationScript = other.notificationScript
        result.clientReconfigurationScript = other.clientReconfigurationScript
        result.renamedCommands = other.renamedCommands
        return result
    }
}
