// What counts before the time for silence is over.
//
// A connection that ends proves nothing: it only causes a new attempt at once (Reconnection.swift).
// An attempt that is *refused* shows that nobody listens at the address, and a master that says that
// it stops will not answer again: either makes the master subjectively down for this sentinel at
// once. Rules:
//  1. Only a sentinel that had a PONG from the master since its own start may count a refusal. When a
//     whole site boots, everything is refused for a while; then only down-after counts.
//  2. Evidence ends when a ping is answered, and never before.
//  3. The quorum is needed as ever. While only evidence speaks (the silence is shorter than down-after
//     here), one report from the master's own host never suffices, whatever the quorum is; and all
//     reports from that host count as one, because one cause there may make them all. Where every
//     sentinel runs on that host, none could be heard from outside, and each process counts.
//  4. Who stands for leader because of evidence alone has knocked once more since the sentinels
//     agreed: a master that was started again meanwhile stays.

import Bytes
import Determinism

/// Why nobody can be served by a node, known without waiting.
enum Evidence: Hashable, Sendable {
    /// A fresh connection was refused.
    case refusal
    /// The server said that it stops.
    case goodbye
}

extension Sentinel {
    /// A fresh connection to the node was refused.
    mutating func connectionRefused(_ place: Place) {
        self[link: place].wasRefused = true
        guard case .master = place, self[link: place].hasAnswered,
            self[link: place].evidence == nil
        else { return }
        self[link: place].evidence = .refusal
        changed()
    }

    /// A server said that it stops, on the connection on which it was asked to say so.
    ///
    /// Nobody else can say that for it, and all that follows is that it counts as down here.
    mutating func receiveGoodbye(_ place: Place) {
        guard case .master = place, self[node: place].capabilities.contains(.goodbye) else {
            return
        }
        self[link: place].evidence = .goodbye
        changed()
    }

    /// Whether the master is down by evidence alone: its silence is not long enough yet.
    func isEarly(_ index: Int) -> Bool {
        guard masters[index].node.link.evidence != nil else { return false }
        guard let silentSince = masters[index].node.link.silentSince else { return true }
        return now < silentSince + masters[index].settings.downAfter
    }

    /// Whether those who say that the master is down are enough; `count` of all of them.
    @inline(__always) func agree(_ index: Int, count: Int) -> Bool {
        guard count > 0, count >= masters[index].settings.quorum else { return false }
        guard isEarly(index) else { return true }
        let master = masters[index]
        let host = master.node.address.host
        let isHere = master.node.link.localHost == host
        let peers = master.peers.map { peer in
            (isHere: peer.node.address.host == host, says: peer.saysMasterIsDown)
        }
        let isOnlyHost = isHere && peers.allSatisfy(\.isHere)
        if isOnlyHost { return count >= 2 }
        let local = (isHere ? 1 : 0) + peers.count { $0.isHere && $0.says }
        let others = count - local
        let voices = others + min(local, 1)
        return voices >= master.settings.quorum && (others > 0 || voices > 1)
    }

    /// How long an attempt to reach a master that refused before may take.
    private static let knockTime: Duration = .milliseconds(100)

    /// Whether nobody opens since the sentinels agreed that the master is down; knocks if that has
    /// not been tried.
    mutating func isStillGone(_ index: Int) -> Bool {
        guard isEarly(index), let agreedAt = masters[index].objectivelyDownSince,
            !weaknesses.contains(.electsBlindly)
        else { return true }
        if let connection = masters[index].node.link.commands {
            let due = max(connection.since, agreedAt) + Sentinel.knockTime
            if now < due { wake(at: due) }
            return now >= due
        }
        if let last = masters[index].node.link.lastAttempt, last >= agreedAt { return true }
        masters[index].node.link.lastAttempt = nil
        changed()
        return false
    }

    /// Somebody says that the master is down: look at once.
    mutating func lookAt(_ index: Int) {
        let place = Place.master(index)
        guard self[link: place].canSend, self[link: place].activePing == nil,
            self[link: place].lastPing.map({ now - $0 >= timing.shortestPingPeriod }) ?? true
        else { return }
        ping(place)
    }
}
