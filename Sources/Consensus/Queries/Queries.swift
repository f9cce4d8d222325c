// What clients ask a sentinel: SENTINEL and its subcommands, ROLE, PUBLISH on the hello channel, and
// its section of INFO. Everything else (PING, AUTH, SUBSCRIBE, CLIENT ...) is the executor's.
//
// A command reads all its words before it changes anything, so an error leaves no trace.

import Bytes
import Configuration
import Determinism
import Protocol

extension Sentinel {
    /// Whether requests of that name are handed in as `SentinelInput.request`.
    public static func serves(_ name: Span<UInt8>) -> Bool {
        name.equalsIgnoringCase("sentinel") || name.equalsIgnoringCase("role")
            || name.equalsIgnoringCase("publish")
    }

    /// Answers `request`, now or when its record is decided.
    mutating func answer(_ request: OwnedRequest, _ id: SentinelRequestID) {
        let words = request.arguments
        switch words[0].lowercased.text {
        case "role": answerRole(words, id)
        case "publish": answerPublish(words, id)
        case "sentinel": answerSentinel(words, id)
        default: refuse(id, "ERR unknown command '\(words[0].text.prefix(128))'")
        }
    }

    mutating func reply(_ id: SentinelRequestID, _ value: ReplyValue) {
        outputs.append(.reply(id, .value(value)))
    }

    mutating func refuse(_ id: SentinelRequestID, _ text: String) {
        // An error is one line, whatever the client put into its words.
        let line = text.map { $0 == "\r" || $0 == "\n" || $0 == "\r\n" ? " " : $0 }
        reply(id, .error(ByteString(String(line))))
    }

    private mutating func answerRole(_ words: [ByteString], _ id: SentinelRequestID) {
        guard words.count == 1 else {
            refuse(id, "ERR wrong number of arguments for 'role' command")
            return
        }
        reply(
            id, .array([.bulk("sentinel"), .array(masters.map { .bulk($0.settings.name) })]))
    }

    private mutating func answerPublish(_ words: [ByteString], _ id: SentinelRequestID) {
        guard words.count == 3 else {
            refuse(id, "ERR wrong number of arguments for 'publish' command")
            return
        }
        guard words[1] == Sentinel.helloChannel else {
            refuse(id, "ERR Only HELLO messages are accepted by Sentinel instances.")
            return
        }
        receiveHello(words[2], from: nil)
        reply(id, .integer(1))
    }

    private mutating func answerSentinel(_ words: [ByteString], _ id: SentinelRequestID) {
        guard words.count > 1 else {
            refuse(id, "ERR wrong number of arguments for 'sentinel' command")
            return
        }
        let name = words[1].lowercased.text
        guard let subcommand = Subcommand(name: name) else {
            refuse(
                id, "ERR unknown subcommand '\(words[1].text.prefix(128))'. Try SENTINEL HELP.")
            return
        }
        if weaknesses.contains(.electsBlindly) && subcommand.isBeyondRedis {
            return refuse(id, "ERR unknown subcommand '\(words[1])'. Try SENTINEL HELP.")
        }
        guard subcommand.accepts(words.count) else {
            refuse(id, "ERR wrong number of arguments for 'sentinel|\(name)' command")
            return
        }
        let values = Array(words.dropFirst(2))
        switch subcommand {
        case .masterAddress: answerAddress(values[0], id)
        case .masters:
            reply(id, .array(masters.indices.map { describeMaster($0) }))
        case .master: withMaster(values[0], id) { $0.reply(id, $0.describeMaster($1)) }
        case .replicas: withMaster(values[0], id) { $0.reply(id, $0.describeReplicas($1)) }
        case .sentinels: withMaster(values[0], id) { $0.reply(id, $0.describePeers($1)) }
        case .identity: reply(id, .bulk(identity))
        case .downOpinion, .preVote, .release: answerPeer(subcommand, values, id)
        case .quorum: withMaster(values[0], id) { $0.answerQuorum($1, id) }
        case .monitor: monitor(values, id)
        case .remove: withMaster(values[0], id) { $0.removeMaster($1, id) }
        case .set: withMaster(values[0], id) { $0.setMaster($1, values, id) }
        case .reset: resetMasters(values[0], id)
        case .failover: withMaster(values[0], id) { $0.forceFailover($1, values, id) }
        case .timeline: withMaster(values[0], id) { $0.answerTimeline($1, values, id) }
        case .flush: storeAndConfirm(id)
        case .config: configure(values, id)
        case .debug: debug(values, id)
        case .informationCache: answerInformationCache(values, id)
        case .pendingScripts: reply(id, .array(scripts.jobs.map { describe($0) }))
        case .simulateFailure: simulateFailure(values, id)
        case .epochs: withMaster(values[0], id) { $0.answerEpochs($1, id) }
        case .capabilities:
            reply(id, .array(SentinelCapabilities.own.words.map { .bulk($0) }))
        case .help: reply(id, .array(Subcommand.helpLines.map { .simpleString($0) }))
        }
    }

    /// Runs `body` with the position of the master of that name, or refuses.
    private mutating func withMaster(
        _ name: ByteString, _ id: SentinelRequestID, _ body: (inout Sentinel, Int) -> Void
    ) {
        guard let index = masterIndex(name: name) else {
            refuse(id, "ERR No such master with that name")
            return
        }
        body(&self, index)
    }

    private mutating func answerAddress(_ name: ByteString, _ id: SentinelRequestID) {
        guard let index = masterIndex(name: name) else {
            outputs.append(.reply(id, .nullArray))
            return
        }
        let address = masters[index].currentAddress
        reply(id, .array([.bulk(shown(address)), .bulk(text: "\(address.port)")]))
    }

    /// What other sentinels ask about a master at an address: host port epoch candidate.
    private mutating func answerPeer(
        _ subcommand: Subcommand, _ values: [ByteString], _ id: SentinelRequestID
    ) {
        guard let port = values[1].integer,
            let epoch = values[2].integer
        else {
            refuse(id, "ERR value is not an integer or out of range")
            return
        }
        let address = locate(values[0], port)
        let askedEpoch = UInt64(bitPattern: Int64(epoch))
        switch subcommand {
        case .preVote: answerPreVote(id, address: address, candidate: values[3])
        case .release:
            answerRelease(id, address: address, epoch: askedEpoch, candidate: values[3])
        default:
            answerDownOpinion(id, address: address, epoch: askedEpoch, candidate: values[3])
        }
    }

    private mutating func answerQuorum(_ index: Int, _ id: SentinelRequestID) {
        let master = masters[index]
        let usable = 1 + master.peers.count { !$0.isSubjectivelyDown }
        let hasQuorum = usable >= master.settings.quorum
        let hasMajority = usable >= master.electorate(at: now) / 2 + 1
        if hasQuorum && hasMajority {
            reply(
                id,
                .simpleString(
                    ByteString(
                        "OK \(usable) usable Sentinels. Quorum and failover authorization "
                            + "can be reached")))
            return
        }
        var reasons: [String] = []
        if !hasQuorum {
            reasons.append(
                "Not enough available Sentinels to reach the specified quorum for this master")
        }
        if !hasMajority {
            reasons.append(
                "Not enough available Sentinels to reach the majority and authorize a failover")
        }
        refuse(id, "NOQUORUM \(usable) usable Sentinels. " + reasons.joined(separator: ". "))
    }

    private func describe(_ job: ScriptJob) -> ReplyValue {
        var fields = FieldList(now: now)
        fields.add("flags", job.runningSince == nil ? "scheduled" : "running")
        fields.add("pid", Int(job.process))
        if let since = job.runningSince {
            fields.add("run-time", now - since)
        } else {
            fields.add("run-delay", job.notBefore.map { max($0 - now, .zero) } ?? .zero)
        }
        fields.add("retry-num", job.tries)
        let words = ReplyPair(.bulk("argv"), .array(job.arguments.map { .bulk($0) }))
        return .map([words] + fields.pairs)
    }

    /// Nodes that do not accept our password or our permissions.
    private var refusingNodeCount: Int {
        let servers = masters.reduce(0) { count, master in
            count + (master.node.link.accessError == nil ? 0 : 1)
                + master.replicas.count { $0.node.link.accessError != nil }
        }
        return servers + sentinels.count { $0.link.accessError != nil }
    }

    /// The `# Sentinel` section of INFO, as of `now`.
    public func informationSection(at now: Instant) -> ByteString {
        let tilt = tiltSince.map { (now - $0).wholeMilliseconds / 1000 } ?? -1
        let flags = (crashesAfterElection ? 1 : 0) + (crashesAfterPromotion ? 2 : 0)
        var text = "# Sentinel\r\nsentinel_masters:\(masters.count)\r\n"
        text += "sentinel_tilt:\(isTilted ? 1 : 0)\r\nsentinel_tilt_since_seconds:\(tilt)\r\n"
        text += "sentinel_running_scripts:\(scripts.runningCount)\r\n"
        text += "sentinel_scripts_queue_length:\(scripts.jobs.count)\r\n"
        text += "sentinel_simulate_failure_flags:\(flags)\r\n"
        text += "sentinel_config_last_write_status:\(records.failure == nil ? "ok" : "err")\r\n"
        if let reason = records.failure { text += "sentinel_config_last_error:\(reason)\r\n" }
        text += "sentinel_refusing_nodes:\(refusingNodeCount)\r\n"
        for (number, master) in masters.enumerated() {
            let status =
                master.isObjectivelyDown ? "odown" : master.node.isSubjectivelyDown ? "sdown" : "ok"
            let address = master.node.address
            text += "master\(number):name=\(master.settings.name),status=\(status),"
            text += "address=\(shown(address)):\(address.port),slaves=\(master.replicas.count),"
            text += "sentinels=\(master.peers.count + 1)\r\n"
        }
        return ByteString(text)
    }
}
