// What clients were promised, held against what becomes of their writes.
//
// 1. A write that WAIT n confirmed is on the selected replica if any replica has it whose report the
//    leader read; where it read fewer than R − n + 1 of R replicas, it waited for failover-timeout, if
//    it has heard of all of them.
// 2. A promise ends when the last memory that held the write is gone, or lies in a file because no
//    failover came; where a leader had to select without having heard of the write; for what a master
//    confirmed after its successor had been selected, before it could hear of it; where the last that
//    has the write is told to follow an elected master that restarted from an older file; and for what
//    such a master confirms when it was named while those who have more, or another history, were out of
//    reach, or when it was never fenced, having died before it had heard of a sentinel; and where two
//    masters were elected, one after the other, of whose histories the next leader has not heard.
// 3. Where nothing went wrong, and the master was changed because somebody wanted it, every write that
//    was acknowledged is there.

import Bytes
import Consensus
import Determinism

extension Simulator {
    /// Servers whose memory holds the key.
    private func holders(of key: ByteString) -> [Int] {
        plan.serverNodes.filter {
            isUp[$0] && server($0).loading == nil && server($0).holds(key)
        }
    }

    /// What WAIT has confirmed and a server lacks, while the sentinel that asks may lead a failover.
    func lacked(by node: Int, askedBy asker: Int) -> [Int] {
        guard plan.minimumReplicas > 0, sentinels[asker].objectivelyDownSince != nil else {
            return []
        }
        return history.promised.filter { !server(node).holds(history.writes[$0].key) }
    }

    /// A leader has selected a replica.
    mutating func judgeSelection(_ replica: Int, by leader: Int) {
        guard plan.minimumReplicas > 0 else { return }
        // The order goes to a process that is gone, on its connection: another will be selected.
        if report(of: replica, to: leader)?.life != lives[replica] { return }
        let since = sentinels[leader].candidacyAt
        let read = plan.serverNodes.filter {
            report(of: $0, to: leader).map { $0.at >= since } ?? false
        }
        let selected = server(replica)
        for place in history.promised {
            let write = history.writes[place]
            if selected.holds(write.key) { continue }
            let holders = holders(of: write.key)
            // What was confirmed after a replica was read, its report does not tell.
            let known = holders.filter { holder in
                report(of: holder, to: leader).map {
                    $0.at >= since && $0.toldAt >= write.confirmedAt && $0.life == lives[holder]
                        && !$0.lacks.contains(place)
                } ?? false
                    && server(holder).server.settings.replicaPriority > 0
                    && !server(holder).isMaster && addresses[holder] != invariants.newestMaster
            }
            if let better = known.first(where: { !isFarBehind(replica, $0) }),
                rules.contains(.linksWaitToElection)
            {
                invariants.violate(
                    .promisedWrites,
                    "n\(leader) selects n\(replica), which lacks \(write.key); n\(better) has it and "
                        + "was read")
            }
        }
        let unheard = history.promised.filter { !selected.holds(history.writes[$0].key) }
        if let place = unheard.first, rules.contains(.linksWaitToElection),
            sentinels[leader].knownReplicas >= plan.servers - 1,
            read.count < plan.servers - plan.minimumReplicas, now < patienceEnd(of: leader)
        {
            invariants.violate(
                .promisedWrites,
                "n\(leader) selects n\(replica), which lacks \(history.writes[place].key), and read only "
                    + "\(read.count) servers")
        }
        history.excuse(unheard, "n\(leader) selected n\(replica) without having heard of it")
    }

    /// Whether the other one has gone on under two masters or more since the replica's history was left:
    /// INFO names the present one and the one before; a master that restarted has a new one by now.
    private func isFarBehind(_ replica: Int, _ other: Int) -> Bool {
        let history = server(replica).server.roles.stream.history
        let own = server(replica).isMaster ? history.previousID : history.id
        var ancestor = lineage[server(other).server.roles.stream.history.id]
        while let child = ancestor {
            ancestor = lineage[child]
            if ancestor == own { return true }
        }
        return false
    }

    /// When a leader may select with fewer replicas than WAIT's promise takes; its clock may be fast.
    private func patienceEnd(of leader: Int) -> Instant {
        let since = sentinels[leader].objectivelyDownSince ?? sentinels[leader].candidacyAt
        return since + plan.failoverTimeout - plan.failoverTimeout / 20
    }

    /// The memory of a server is about to go, or may be replaced since its data lie in a file.
    mutating func noteLostMemory(of node: Int) {
        excuseAllBut(keepers(except: node), "n\(node) was the last that had it in memory")
    }

    /// Servers that hold on to what they have: who is told to follow a master takes what that has.
    private func keepers(except node: Int) -> [Int] {
        plan.serverNodes.filter {
            $0 != node && isUp[$0] && server($0).loading == nil && !server($0).hasKept
                && (server($0).isMaster || !hearsay[$0].wasTold)
        }
    }

    /// What none of these has is promised no more.
    private mutating func excuseAllBut(_ keepers: [Int], _ text: String) {
        if plan.minimumReplicas == 0 { return }
        let gone = history.promised.filter { place in
            !keepers.contains { server($0).holds(history.writes[place].key) }
        }
        history.excuse(gone, text)
    }

    /// Sentinels hear of a master that was selected a moment ago, or long ago if its leader died before it
    /// could tell: until then the former one and its replicas may have gone on.
    mutating func noteReplacement(by master: NodeAddress, since selection: Instant) {
        let late = history.promised.filter {
            let write = history.writes[$0]
            return write.confirmedAt >= selection
                && write.acknowledgedBy.map { addresses[$0] } != master
        }
        history.excuse(late, "\(master.name) had been selected before it was confirmed")
    }

    /// The same where sentinels have heard of it by then, and the former master has not; and what comes
    /// beside writes that others have cannot be promised, too: they are preferred.
    mutating func excuseUnlessMaster(_ write: Int) {
        guard let server = history.writes[write].acknowledgedBy else { return }
        if holders(of: history.writes[write].key).isEmpty {
            history.excuse([write], "whoever had it died before the client heard of it")
        } else if addresses[server] != invariants.newestMaster {
            history.excuse([write], "\(invariants.newestMaster.name) was the master already")
        } else if hearsay[server].isBranch || isBehindSomebody(server) {
            history.excuse([write], "n\(server) lacked what others had")
        } else if lives[server] > 0, let rival = rival(of: server) {
            history.excuse([write], "n\(rival) has another history and does not follow n\(server)")
        }
    }

    /// Who may refuse a master that restarted, and take its place: it has data of a history that the
    /// master does not know.
    private func rival(of node: Int) -> Int? {
        let own = server(node).server.roles.stream.history
        return plan.serverNodes.first {
            let (other, history) = (server($0), server($0).server.roles.stream.history)
            return $0 != node && isUp[$0] && other.hasData && !other.isStreaming
                && history.id != own.id && history.id != own.previousID
        }
    }

    /// A restarted master takes writes again: who has more than it, promised or not, was out of reach when
    /// it was named, or it died before it knew any sentinel.
    mutating func noteOpening(of node: Int) {
        if isLastElectionForgotten() { hearsay[node].atBoot = hearsay[node].own }
        hearsay[node].isBranch = history.writes.contains {
            !server(node).holds($0.key) && !holders(of: $0.key).isEmpty
        }
    }

    /// Whether nothing that lives shows that the newest master was elected: every sentinel that knew of it
    /// is gone or came back from an older file, and it is down, or came back without the group's data.
    private func isLastElectionForgotten() -> Bool {
        guard let newest = numbers[invariants.newestMaster], isServer(newest) else { return false }
        if isUp[newest] && (server(newest).hasData || server(newest).loading != nil) {
            return false
        }
        return !sentinels.indices.contains {
            isUp[$0] && sentinels[$0].toldEpoch >= invariants.newestEpoch
        }
    }

    /// Whether somebody has a longer stream of the history that a restarted master goes on from, be it
    /// the same writes once more, or may have: bytes of its earlier life are under way.
    private func isBehindSomebody(_ node: Int) -> Bool {
        if lives[node] == 0 { return false }
        let isUnderWay = connections.contains {
            $0.server == node && $0.end == .replica && $0.serverLife < lives[node]
                && $0.toClient.byteCount > 0 && isUp[$0.client]
        }
        if isUnderWay { return true }
        let own = server(node).server.roles.stream.history
        return plan.serverNodes.contains {
            let other = server($0).server.roles.stream.history
            return $0 != node && isUp[$0] && other.id == own.previousID
                && other.offset >= own.previousLimit
        }
    }

    /// A server has loaded what its disk held: if a restarted master lacks some of it, what that one
    /// confirmed meanwhile is promised no more.
    mutating func noteReturn(of node: Int) {
        guard let master = numbers[invariants.newestMaster], isServer(master), master != node,
            lives[master] > 0, isUp[master],
            history.writes.contains(where: {
                server(node).holds($0.key) && !server(master).holds($0.key)
            })
        else { return }
        hearsay[master].isBranch = true
        history.excuse(
            history.promised.filter { !server(node).holds(history.writes[$0].key) },
            "n\(node) came back with what n\(master) lacks")
    }

    /// A server has taken its master's data set; one whose clock stood still also from a master that
    /// restarted meanwhile, which it takes for one that never stopped.
    mutating func noteDataSet(of node: Int) {
        if server(node).clock.hasStood {
            excuseAllBut(keepers(except: node), "n\(node) was the last that had it")
        }
        guard counts[.lostData] > 0, let master = server(node).follows.flatMap({ numbers[$0] }),
            isServer(master)
        else { return }
        hearsay[node].hasEmptiedData = !server(master).hasData
    }

    /// A server is told whom to follow: what it alone holds goes with its data set, if the master died
    /// since it was elected and came back from an older file.
    mutating func noteOrder(to node: Int) {
        guard let followed = server(node).follows, let master = numbers[followed], lives[master] > 0
        else { return }
        excuseAllBut(
            keepers(except: node),
            "n\(node) was told to follow n\(master), which had restarted without it")
    }

    /// A server that had the group's data has it no more, although it did not die.
    mutating func noteWipedData(_ node: Int) {
        counts[.wipedData] += 1
        write(node, "has the group's data no more")
        // When no failover came, its data lie in a file before it follows.
        if server(node).hasKept {
            counts[.keptData] += 1
            return
        }
        // Whose clock stood still takes a master that restarted meanwhile for one that never stopped.
        if server(node).clock.hasStood {
            return excuseAllBut(keepers(except: node), "n\(node) was the last that had it")
        }
        // Who is told anew whom to follow takes what there is, and so does who follows it in a chain.
        let isInChain = server(node).follows.flatMap { numbers[$0] }.map { !server($0).isMaster }
        if rules.contains(.keepsData) && !hearsay[node].wasTold && isInChain != true {
            invariants.violate(
                .dataSets, "n\(node) gave the group's data up for a data set without it")
        }
    }

    /// A server boots.
    mutating func noteRestart(of node: Int) {
        hearsay[node] = Hearsay()
        hearsay[node].atBoot = invariants.newestEpoch
        hearsay[node].wasTold = false
    }

    /// A server became a master: whoever told it to decides, until a hello tells otherwise.
    mutating func notePromotion(of node: Int) {
        hearsay[node].own = max(hearsay[node].own, hearsay[node].others, hearsay[node].atBoot)
        let history = server(node).server.roles.stream.history
        lineage[history.id] = history.previousID
    }

    /// Commands of a client were executed: whoever wrote must have been allowed to.
    mutating func judgeWrites(_ node: Int, _ connection: Int) {
        let client = connections[connection].client
        guard !isSentinel(client), !isServer(client), isUp[node] else { return }
        let index = clientIndex(client)
        guard clients[index].connection == connection, clients[index].step == .writing,
            let write = clients[index].current, server(node).isMaster,
            server(node).holds(history.writes[write].key)
        else { return }
        let heard = hearsay[node]
        // Who never knew all sentinels, or lost its record with its disk, cannot tell a majority, and
        // believes no stranger.
        guard server(node).knowsAllSentinels || weakness == .unfenced else { return }
        if rules.contains(.demotedMasterIsSilent), heard.others > heard.own {
            invariants.violate(
                .silentMasters,
                "n\(node) accepted \(history.writes[write].key) after it had heard of epoch "
                    + "\(heard.others), and was itself named under \(heard.own)")
        }
        if rules.contains(.fencesAtBoot), heard.atBoot > heard.own,
            addresses[node] != invariants.newestMaster, lives[node] > 0
        {
            invariants.violate(
                .silentMasters,
                "n\(node) accepted \(history.writes[write].key) after its restart; epoch "
                    + "\(heard.atBoot) had been won by then")
        }
    }

    /// What is left of the writes on the group's master at the end.
    mutating func judgeWritesAtEnd(on master: Int) {
        for write in history.writes {
            guard write.acknowledgedBy != nil, !server(master).holds(write.key) else { continue }
            counts[.lostWrite] += 1
            if rules.contains(.losesNothing) {
                let accepted = write.acknowledgedBy.map { "n\($0)" } ?? "nobody"
                invariants.violate(
                    .promisedWrites,
                    "\(write.key), acknowledged by \(accepted), is gone, and nothing went wrong")
            }
            if write.isPromised, rules.contains(.keepsPromises) {
                invariants.violate(
                    .promisedWrites,
                    "\(write.key), confirmed by \(write.replicas) replicas, is gone")
            }
        }
    }
}
