// What the invariants are told: events, answers about votes, hellos, as they leave a sentinel.

import Bytes
import Consensus
import Determinism
import Protocol

extension Simulator {
    /// An event of a sentinel's log.
    mutating func observe(_ event: SentinelEvent, _ node: Int) {
        if event.level != .debug {
            transcript.mix(Array(event.name.utf8))
            transcript.mix(event.payload.bytes)
            write(node, "\(event.name) \(event.payload)")
        }
        switch event.name {
        case "+try-failover":
            candidate = node
            sentinels[node].candidacyEpoch = event.epoch
            sentinels[node].candidacyAt = now
        case "+vote-for-leader":
            let words = event.payload.bytes.split(separator: 0x20)
            if words.count == 2, let epoch = UInt64(String(decoding: words[1], as: UTF8.self)) {
                invariants.voted(node, for: ByteString(Array(words[0])), epoch: epoch)
            }
        case "+elected-leader":
            invariants.elected(node, epoch: sentinels[node].candidacyEpoch)
        case "+odown": sentinels[node].objectivelyDownSince = now
        case "-odown": sentinels[node].objectivelyDownSince = nil
        case "+slave": sentinels[node].knownReplicas += 1
        case "+reset-master": sentinels[node].knownReplicas = 0
        case "+switch-master":
            sentinels[node].objectivelyDownSince = nil
            sentinels[node].knownReplicas = 0
        case "-failover-abort-not-elected": counts[.lostElection] += 1
        case "+selected-slave":
            if let address = event.address { observeSelection(address, node) }
        case "+failover-end": counts[.failover] += 1
        default: break
        }
        if let index = deadlyEvents.firstIndex(where: { $0.event == event.name }) {
            let deadly = deadlyEvents.remove(at: index)
            outputsUntilCrash[node] = deadly.outputs
            write(node, "will die \(deadly.outputs) outputs after this event")
        }
    }

    /// A sentinel that begins to observe only has a reason, at the moment at which it begins: its log
    /// may wait for the disk, and tell of it later.
    mutating func judgeTilt(_ output: SentinelOutput, _ node: Int) {
        guard case .event(let event) = output, event.name == "+tilt" else { return }
        counts[.tilt] += 1
        if now - disturbedAt[node] > Simulator.memoryOfDisturbance {
            invariants.violate(
                .clocks, "n\(node) observes only, and its clock and its loop are well")
        }
    }

    /// The answer to a question for a vote: `[down, leader or *, epoch]`.
    mutating func observeVote(_ answer: ReplyValue, _ candidate: ByteString, _ node: Int) {
        guard let parts = answer.elements, parts.count == 3, let leader = parts[1].bytes,
            let number = parts[2].integer, let epoch = UInt64(exactly: number)
        else { return }
        if leader != candidate { counts[.refusedVote] += 1 }
        write(
            node, "answers \(candidate.text.prefix(8)): vote for \(leader.text.prefix(8)) \(epoch)")
        if leader != "*" { invariants.voted(node, for: leader, epoch: epoch) }
    }

    /// A hello on its way out:
    /// `host,port,runid,current-epoch,master-name,master-host,master-port,master-config-epoch`.
    mutating func observeHello(_ text: ByteString, _ node: Int, _ connection: Int) {
        let tokens = text.bytes.split(separator: 0x2c).map { ByteString(Array($0)) }
        guard tokens.count == 8, let port = Int(tokens[6].text),
            let epoch = UInt64(tokens[7].text)
        else { return }
        let master = NodeAddress(host: tokens[5], port: port)
        sentinels[node].toldEpoch = epoch
        let isNews = epoch > invariants.newestEpoch
        invariants.published(node, master: master, epoch: epoch)
        if isNews, let since = selections[epoch] { noteReplacement(by: master, since: since) }
        // A contest is over with its election.
        if isNews && plan.kind == .contested {
            queue.post(.heal, at: now + Simulator.probePeriod)
        }
        guard isServer(connections[connection].server) else { return }
        let end =
            connections[connection].sentToServer + connections[connection].toServer.unsent.count
        connections[connection].hellos.append((end, master, epoch))
    }

    /// A server has read the hellos whose last byte has arrived.
    mutating func hearHellos(_ node: Int, _ connection: Int) {
        while let hello = connections[connection].hellos.first,
            hello.end <= connections[connection].arrivedAtServer
        {
            connections[connection].hellos.removeFirst()
            if hello.master == addresses[node] {
                hearsay[node].own = max(hearsay[node].own, hello.epoch)
            } else {
                hearsay[node].others = max(hearsay[node].others, hello.epoch)
            }
        }
    }

    /// A replica was selected: it must have said, in its present life, that it has the data.
    private mutating func observeSelection(_ address: NodeAddress, _ node: Int) {
        selections[sentinels[node].candidacyEpoch] = now
        guard let replica = numbers[address], isServer(replica) else {
            invariants.violate(
                .eligiblePromotion, "n\(node) selects \(address.name), which is no server")
            return
        }
        guard let report = report(of: replica, to: node) else {
            // One of another make goes by what it was told before, too.
            if plan.isStranger(node) { return }
            invariants.violate(
                .eligiblePromotion,
                "n\(node) selects n\(replica), which has not reported since the last connection")
            return
        }
        let priority = server(replica).server.settings.replicaPriority
        // Where all data are gone, or the group went on with an emptied master's before others could
        // compare, or were given up for an empty master's, or lie where nobody may be
        // promoted, or with a former master, or with a replica that is down or has read them from a file of
        // the time before anybody followed, which names no history, one is as good as another.
        let isToHaveData =
            counts[.wipedData] == 0 && !hearsay[replica].hasEmptiedData
            && servers.indices.contains {
                let (server, number) = (servers[$0], plan.sentinels + $0)
                let isWaitedFor = addresses[number] == invariants.newestMaster
                let hasData =
                    isUp[number]
                    ? server.hasData && server.hasHistory && !server.isMaster
                    : server.disk.hasData && isWaitedFor
                return hasData && server.server.settings.replicaPriority > 0
            }
        // One of another make compares no histories: an empty master's replica has an offset, too.
        if !report.hasData && isToHaveData && !plan.isStranger(node) || priority == 0 {
            invariants.violate(
                .eligiblePromotion,
                "n\(node) selects n\(replica): priority \(priority), its report "
                    + (report.hasData ? "came with data" : "came without data"))
        }
        judgeSelection(replica, by: node)
    }
}
