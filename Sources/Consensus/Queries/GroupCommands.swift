// Commands that change what is monitored and how. Their OK means that the change is on disk.

import Bytes
import Configuration
import Determinism
import Protocol

extension Sentinel {
    mutating func storeAndConfirm(_ id: SentinelRequestID) {
        records.wait(for: store(), .confirm(id))
    }

    /// SENTINEL MONITOR name host port quorum.
    ///
    /// A name that is not known yet is looked up first; `isLookedUp` says that this was done.
    mutating func monitor(
        _ values: [ByteString], _ id: SentinelRequestID, isLookedUp: Bool = false
    ) {
        guard let quorum = values[3].integer else {
            return refuse(id, "ERR Invalid quorum")
        }
        guard let port = values[2].integer else {
            return refuse(id, "ERR Invalid port")
        }
        guard quorum > 0 else { return refuse(id, "ERR Quorum must be 1 or greater.") }
        // The port is judged after the host.
        guard let host = locate(values[1], 0) else {
            return refuse(id, "ERR Invalid IP address or hostname specified")
        }
        if let name = host.hostName, host.isUnresolved {
            if !isLookedUp && hostNames.isUnderWay(name)
                && hostNames.wait(for: name, .monitor(id, values))
            {
                return
            }
            return refuse(id, "ERR Invalid IP address or hostname specified")
        }
        guard (0...65_535).contains(port) else { return refuse(id, "ERR Invalid port number.") }
        let address = NodeAddress(host: host.host, port: port, hostName: host.hostName)
        guard masterIndex(name: values[0]) == nil else {
            return refuse(id, "ERR Duplicate master name.")
        }
        addMaster(
            MasterSettings(name: values[0], address: address, quorum: quorum, timing: timing))
        storeAndConfirm(id)
        event(.warning, "+monitor", .master(masters.count - 1), " quorum \(quorum)")
    }

    /// SENTINEL REMOVE name.
    mutating func removeMaster(_ index: Int, _ id: SentinelRequestID) {
        event(.warning, "-monitor", .master(index))
        // A master of that name may be watched again: no vote is given twice because of that.
        var group = CompanionState.Group()
        group.grant = .init(
            epoch: masters[index].leaderEpoch, candidate: masters[index].leader,
            isReleased: !hasUnresolvedVote(index))
        if remembered.count < Sentinel.rememberedLimit {
            remembered[masters[index].settings.name] = group
        }
        resetMaster(index, forgettingSentinels: true)
        removeMaster(at: index)
        storeAndConfirm(id)
    }

    /// SENTINEL RESET pattern.
    mutating func resetMasters(_ pattern: ByteString, _ id: SentinelRequestID) {
        var count = 0
        for index in masters.indices {
            let name = masters[index].settings.name
            guard name.matches(pattern) else { continue }
            reset(index)
            event(.warning, "+reset-master", .master(index))
            // Whoever looks right after the reply finds nothing: it is not learned anew at once.
            masters[index].node.link.lastAttempt = now + Sentinel.resetPause
            count += 1
        }
        if count > 0 { records.isDue = true }
        reply(id, .integer(count))
    }

    /// Forgets what was learned of a group, but not what was promised.
    ///
    /// The last vote and the epochs stay; a promotion that happened is the configuration; sentinels
    /// that are forgotten count for the majority until they are heard again, or for half a minute.
    /// While the master is down its replicas stay: nobody could name them.
    private mutating func reset(_ index: Int) {
        let master = masters[index]
        if weaknesses.contains(.resetForgetsSentinels) {
            resetMaster(index, forgettingSentinels: true)
            master.leader = nil
            master.voteHeldUntil = nil
            return
        }
        var former = Set(master.peers.map(\.runID))
        if let until = master.formerSentinelsUntil, now < until {
            former.formUnion(master.formerSentinels)
        }
        let kept = master.node.isSubjectivelyDown ? master.replicas.map(\.node.address) : []
        let isPromoted = master.failover.phase.isPromoted
        if isPromoted {
            switchToPromoted(index)
        } else if master.failover.hasToldNobody {
            releaseVotes(index)
        }
        resetMaster(index, forgettingSentinels: true)
        if !isPromoted { master.replicas = kept.map { Replica(address: $0, at: now) } }
        master.formerSentinels = Array(former.sorted().prefix(Master.peerLimit))
        master.formerSentinelsUntil = now + Master.formerSentinelPeriod
    }

    /// Sentinels that RESET forgot long enough ago count no more, nor after a restart.
    mutating func forgetFormerSentinelsIfDue(_ index: Int) {
        guard let until = masters[index].formerSentinelsUntil else { return }
        if now < until { return wake(at: until) }
        masters[index].formerSentinels = []
        masters[index].formerSentinelsUntil = nil
        records.isDue = true
    }

    /// How many sentinels can be asked for a vote just now, this one included.
    func reachableSentinels(_ index: Int) -> Int {
        1 + masters[index].peers.count { $0.node.link.canSend }
    }

    /// SENTINEL SET name option value ...
    mutating func setMaster(_ index: Int, _ values: [ByteString], _ id: SentinelRequestID) {
        var changed = masters[index].settings
        var told: [String] = []
        var position = 1
        var dropsConnections = false
        while position < values.count {
            let option = values[position]
            let rest = Array(values[(position + 1)...])
            do throws(SettingsRefusal) {
                let name = option.lowercased.text
                if name.hasSuffix("-script") && !rest.isEmpty && deniesScriptReconfiguration {
                    throw SettingsRefusal(Sentinel.scriptRefusal)
                }
                let taken = try changed.set(option, rest)
                let isSecret = name == "auth-pass"
                if isSecret || name == "auth-user" { dropsConnections = true }
                let words = isSecret ? ["******"] : rest.prefix(taken).map(\.text)
                told.append(([option.text] + words).joined(separator: " "))
                position += taken + 1
            } catch {
                let reason =
                    error.reason.isEmpty
                    ? "Unknown option or number of arguments for SENTINEL SET '\(option)'"
                    : error.reason
                return refuse(id, "ERR " + reason)
            }
        }
        let old = masters[index].settings
        if changed.authPassword != old.authPassword, let file = changed.authPasswordFile {
            log(
                .warning,
                "auth-pass of \(old.name) was changed at run time and is not saved: its place is the "
                    + "file \(file).")
        }
        masters[index].settings = changed
        if dropsConnections {
            disconnect(.master(index))
            for replica in masters[index].replicas.indices { disconnect(.replica(index, replica)) }
        }
        for words in told { event(.warning, "+set", .master(index), " " + words) }
        touch(index)
        storeAndConfirm(id)
    }

    /// Between RESET and the next connection to the master.
    private static let resetPause: Duration = .milliseconds(100)

    private static let scriptRefusal =
        "Reconfiguration of scripts path is denied for security reasons. Check the "
        + "deny-scripts-reconfig configuration directive in your Sentinel configuration"
}

extension MasterSettings {
    /// Sets one option; answers how many of `values` it took.
    ///
    /// A refusal without a reason stands for an option that is unknown or lacks its values.
    mutating func set(
        _ option: ByteString, _ values: [ByteString]
    ) throws(SettingsRefusal) -> Int {
        func number(from least: Int) throws(SettingsRefusal) -> Int {
            guard let number = values[0].integer, number >= least else {
                throw SettingsRefusal(
                    "Invalid argument '\(values[0])' for SENTINEL SET '\(option)'")
            }
            // As in a file: more is as much as for ever.
            return min(number, Int(Int32.max))
        }
        guard !values.isEmpty else { throw SettingsRefusal("") }
        switch option.lowercased.text {
        case "down-after-milliseconds": downAfter = .milliseconds(try number(from: 1))
        case "failover-timeout": failoverTimeout = .milliseconds(try number(from: 1))
        case "parallel-syncs": parallelSyncs = try number(from: 1)
        case "quorum": quorum = try number(from: 1)
        case "notification-script": notificationScript = values[0].isEmpty ? nil : values[0]
        case "client-reconfig-script":
            clientReconfigurationScript = values[0].isEmpty ? nil : values[0]
        case "auth-pass": authPassword = values[0].isEmpty ? nil : values[0]
        case "auth-user": authUser = values[0].isEmpty ? nil : values[0]
        case "master-reboot-down-after-period", "primary-reboot-down-after-period":
            rebootDownAfter = .milliseconds(try number(from: 0))
        case "rename-command":
            guard values.count > 1 else { throw SettingsRefusal("") }
            guard !values[0].isEmpty && !values[1].isEmpty else {
                throw SettingsRefusal("Invalid argument '' for SENTINEL SET '\(option)'")
            }
            renamedCommands.removeAll { $0.name.lowercased == values[0].lowercased }
            if values[0].lowercased != values[1].lowercased {
                renamedCommands.append(RenamedCommand(name: values[0], replacement: values[1]))
            }
            return 2
        default: throw SettingsRefusal("")
        }
        return 1
    }
}
