// What a sentinel owes to a server that fences itself.
//
// A master that restarted takes writes again when enough sentinels have named it, and a hello that
// names it is such a word. So a sentinel that has given its vote away, and does not know yet what
// became of it, keeps silent towards that master: the vote may have made another one. It does so until
// the hold of the vote is over and the replicas that are up have reported since. So does one that does
// not know yet whether the master came back with all that its replicas have. It also tells servers how
// it watches them, so that they know for how long they may stand still, and which sentinels there are,
// so that they forget those that are gone.

import Bytes
import Determinism
import Protocol

/// What a server's fence is told.
struct FenceTelling: Hashable, Sendable {
    var downAfter: Duration
    var failoverTimeout: Duration
    var peers: [ByteString]
}

extension Sentinel {
    /// After a master was connected it has so long to answer INFO, and its replicas to compare their data
    /// with its own.
    static let comparisonTime: Duration = .seconds(5)

    /// Whether a hello would speak for a master that our vote may have replaced, or that came back
    /// with less than its replicas have.
    ///
    /// Until the server has said whether it can be fenced, nothing is said either.
    mutating func withholdsHello(_ index: Int, _ place: Place) -> Bool {
        guard case .master = place,
            masters[index].currentAddress == masters[index].node.address
        else { return false }
        // It comes after what we tell a fence about the group.
        if self[link: place].awaited.contains(.capabilities) { return true }
        guard self[node: place].capabilities.contains(.fence) else { return false }
        guard let comparedSince = comparedSince(index) else { return true }
        let comparisonEnd = comparedSince + Sentinel.comparisonTime
        // An earlier process was not fenced.
        if !self[node: place].hasReported, now < comparisonEnd {
            wake(at: comparisonEnd)
            return true
        }
        // What the last INFO told counts at once, before the master is judged by it.
        if lostDataSince(index) != nil { return true }
        observeReplacement(index)
        if masters[index].replacedSince != nil { return true }
        if let until = masters[index].voteHeldUntil, until > now {
            wake(at: until)
            return true
        }
        guard now < comparisonEnd,
            masters[index].replicas.contains(where: {
                isComparing(index, $0.node, since: comparedSince)
            })
        else { return false }
        wake(at: min(comparisonEnd, now + timing.publishPeriod / 4))
        return true
    }

    /// From when on the replicas' reports say whether the master is still the group's; nil before it was
    /// connected.
    ///
    /// A vote of ours may replace it until its hold is over.
    func comparedSince(_ index: Int) -> Instant? {
        let master = masters[index]
        guard let connectedAt = master.node.connectedAt else { return nil }
        return max(connectedAt, master.openGrant?.heldUntil ?? connectedAt)
    }

    /// Whether a replica that could be promoted has yet to say how its data and the master's compare, or
    /// whether a vote of ours made it a master.
    ///
    /// For the latter it is waited for until it counts as down, be it connected or not.
    func isComparing(_ index: Int, _ node: DataNode, since: Instant) -> Bool {
        guard !node.isSubjectivelyDown, node.report.priority != 0 else { return false }
        let compares = node.isConnected && node.capabilities.contains(.fence)
        guard let informedAt = node.informedAt, informedAt > since else {
            return compares || masters[index].openGrant != nil
        }
        return compares && !node.report.masterLinkIsUp && !node.report.hasJudgedMaster
    }

    /// Tells the server, when there is something new; before the hello that counts for its fence.
    mutating func tellFence(_ index: Int, _ place: Place) {
        guard self[node: place].capabilities.contains(.fence) else { return }
        let master = masters[index]
        let telling = FenceTelling(
            downAfter: master.settings.downAfter, failoverTimeout: master.settings.failoverTimeout,
            peers: master.peers.map(\.runID))
        guard telling != self[node: place].toldFence else { return }
        let words: [ByteString] = [
            "RDS", "SENTINEL", identity, master.settings.name,
            ByteString(String(telling.downAfter.wholeMilliseconds)),
            ByteString(String(telling.failoverTimeout.wholeMilliseconds)),
        ]
        guard send(place, words + telling.peers, awaiting: .nothing) else { return }
        self[node: place].toldFence = telling
    }
}
