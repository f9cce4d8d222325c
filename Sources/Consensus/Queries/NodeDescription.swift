// The fields of SENTINEL MASTER, REPLICAS and SENTINELS, named and ordered as clients know them.

import Bytes
import Determinism
import Protocol

extension Sentinel {
    func describeMaster(_ index: Int) -> ReplyValue {
        let master = masters[index]
        var fields = FieldList(now: now)
        fields.add("name", master.settings.name)
        addIdentity(&fields, master.node.address, master.node.runID)
        var flags: [String] = []
        if master.node.isSubjectivelyDown { flags.append("s_down") }
        if master.isObjectivelyDown { flags.append("o_down") }
        flags.append("master")
        if !master.node.isConnected { flags.append("disconnected") }
        if master.failover.isInProgress { flags.append("failover_in_progress") }
        if master.failover.isForced { flags.append("force_failover") }
        if master.node.scriptKillIsSent { flags.append("script_kill_sent") }
        if master.rebootedAt != nil { flags.append("master_reboot") }
        fields.add("flags", flags.joined(separator: ","))
        addLink(&fields, master.node.link, sharedBy: 1)
        if master.failover.isInProgress { fields.add("failover-state", master.failover.phase.word) }
        addSilence(&fields, master.node.link)
        addDown(
            &fields, master.node.isSubjectivelyDown, master.node.subjectivelyDownSince,
            master.settings, master.isObjectivelyDown ? master.objectivelyDownSince : nil)
        addReport(&fields, master.node)
        fields.add("config-epoch", Int(clamping: master.configEpoch))
        fields.add("num-slaves", master.replicas.count)
        fields.add("num-other-sentinels", master.peers.count)
        fields.add("quorum", master.settings.quorum)
        fields.add("failover-timeout", master.settings.failoverTimeout)
        fields.add("parallel-syncs", master.settings.parallelSyncs)
        if let script = master.settings.notificationScript {
            fields.add("notification-script", script)
        }
        if let script = master.settings.clientReconfigurationScript {
            fields.add("client-reconfig-script", script)
        }
        addState(&fields, master.node.link)
        if let reason = records.failure { fields.add("config-error", reason) }
        return .map(fields.pairs)
    }

    /// Replicas that do not want to be announced are left out.
    func describeReplicas(_ index: Int) -> ReplyValue {
        .array(
            masters[index].replicas.filter { $0.node.report.isAnnounced }.map {
                describe($0, of: masters[index])
            })
    }

    private func describe(_ replica: Replica, of master: Master) -> ReplyValue {
        let node = replica.node
        var fields = FieldList(now: now)
        fields.add("name", shownName(node.address))
        addIdentity(&fields, node.address, node.runID)
        var flags: [String] = []
        if node.isSubjectivelyDown { flags.append("s_down") }
        flags.append("slave")
        if !node.isConnected { flags.append("disconnected") }
        if master.failover.promoted == node.address { flags.append("promoted") }
        switch replica.reconfiguration {
        case .none: break
        case .sent: flags.append("reconf_sent")
        case .inProgress: flags.append("reconf_inprog")
        case .done: flags.append("reconf_done")
        }
        if node.scriptKillIsSent { flags.append("script_kill_sent") }
        fields.add("flags", flags.joined(separator: ","))
        addLink(&fields, node.link, sharedBy: 1)
        addSilence(&fields, node.link)
        addDown(
            &fields, node.isSubjectivelyDown, node.subjectivelyDownSince, master.settings, nil)
        addReport(&fields, node)
        fields.add("master-link-down-time", node.report.linkDownTime ?? .zero)
        fields.add("master-link-status", node.report.masterLinkIsUp ? "ok" : "err")
        fields.add("master-host", node.report.masterHost ?? "?")
        fields.add("master-port", node.report.masterPort)
        fields.add("slave-priority", node.report.priority)
        fields.add("slave-repl-offset", Int(clamping: node.report.offset))
        fields.add("replica-announced", node.report.isAnnounced ? 1 : 0)
        addState(&fields, node.link)
        return .map(fields.pairs)
    }

    func describePeers(_ index: Int) -> ReplyValue {
        .array(masters[index].peers.map { describe($0, of: masters[index]) })
    }

    private func describe(_ peer: Peer, of master: Master) -> ReplyValue {
        let sentinel = peer.node
        var fields = FieldList(now: now)
        fields.add("name", peer.runID)
        addIdentity(&fields, sentinel.address, peer.runID)
        var flags: [String] = []
        if peer.isSubjectivelyDown { flags.append("s_down") }
        flags.append("sentinel")
        if sentinel.link.commands?.isEstablished != true { flags.append("disconnected") }
        if peer.saysMasterIsDown { flags.append("master_down") }
        fields.add("flags", flags.joined(separator: ","))
        let users = masters.count { $0.peer(sentinel) != nil }
        addLink(&fields, sentinel.link, sharedBy: users)
        addSilence(&fields, sentinel.link)
        addDown(
            &fields, peer.isSubjectivelyDown, peer.subjectivelyDownSince, master.settings, nil)
        fields.add("last-hello-message", now - peer.lastHello)
        fields.add("voted-leader", peer.leader ?? "?")
        fields.add("voted-leader-epoch", Int(clamping: peer.leaderEpoch))
        addState(&fields, sentinel.link)
        return .map(fields.pairs)
    }

    private func addIdentity(
        _ fields: inout FieldList, _ address: NodeAddress, _ runID: ByteString?
    ) {
        fields.add("ip", shown(address))
        fields.add("port", address.port)
        fields.add("runid", runID ?? "")
    }

    private func addLink(_ fields: inout FieldList, _ link: NodeLink, sharedBy users: Int) {
        fields.add("link-pending-commands", link.awaited.count)
        fields.add("link-refcount", users)
    }

    /// What Redis has no field for, and only while there is something to tell.
    private func addState(_ fields: inout FieldList, _ link: NodeLink) {
        if let error = link.accessError { fields.add("access-error", error) }
    }

    private func addSilence(_ fields: inout FieldList, _ link: NodeLink) {
        fields.add("last-ping-sent", link.activePing.map { now - $0 } ?? .zero)
        fields.add("last-ok-ping-reply", now - link.lastAvailable)
        fields.add("last-ping-reply", now - link.lastPong)
    }

    private func addDown(
        _ fields: inout FieldList, _ isDown: Bool, _ since: Instant?, _ settings: MasterSettings,
        _ objectivelySince: Instant?
    ) {
        if isDown, let since { fields.add("s-down-time", now - since) }
        if let objectivelySince { fields.add("o-down-time", now - objectivelySince) }
        fields.add("down-after-milliseconds", settings.downAfter)
    }

    private func addReport(_ fields: inout FieldList, _ node: DataNode) {
        fields.add("info-refresh", node.informedAt.map { now - $0 } ?? .zero)
        fields.add("role-reported", node.reportedRole.word)
        fields.add("role-reported-time", now - node.roleReportedAt)
    }
}

/// Pairs of bulk strings; times are in milliseconds.
struct FieldList {
    let now: Instant
    private(set) var pairs: [ReplyPair] = []

    init(now: Instant) { self.now = now }

    mutating func add(_ name: String, _ value: ByteString) {
        pairs.append(ReplyPair(.bulk(text: name), .bulk(value)))
    }

    mutating func add(_ name: String, _ value: String) { add(name, ByteString(value)) }

    mutating func add(_ name: String, _ value: Int) { add(name, ByteString("\(value)")) }

    mutating func add(_ name: String, _ value: Duration) {
        add(name, Int(value.wholeMilliseconds))
    }
}
