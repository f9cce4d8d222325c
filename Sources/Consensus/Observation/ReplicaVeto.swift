// A replica that hears the master speaks against a false alarm.
//
//     silence begins      asked from here on       down-after            3 x down-after
//     |-------------------|------------------------|---------------------|
//                                                  down, unless a replica hears it
//                                                                        down in any case
//
//  1. It speaks against silence only: not against evidence (Evidence.swift), nor against replies that
//     do not count. A master that is already down is not raised by it.
//  2. What counts is a byte that came from the master after the silence began, and not long ago. That
//     a link looks whole (`master_link_status`) says nothing: a frozen master's link does too.
//  3. It ends three times down-after after the silence began, or a sentinel that is cut off one way
//     would wait for ever.
//
// Servers of other makes cannot be asked, and have no say.

import Bytes
import Determinism
import Protocol

extension Sentinel {
    /// Until when the master at `index`, silent since `silentSince`, is held up by its replicas; asks
    /// them when it is time to.
    mutating func vetoEnd(_ index: Int, silentSince: Instant) -> Instant? {
        // Nothing is copied: this is looked at with every pass while a ping is under way.
        guard masters[index].node.link.evidence == nil,
            masters[index].node.link.lastPong < silentSince,
            !masters[index].node.isSubjectivelyDown
        else { return nil }
        let downAfter = masters[index].settings.downAfter
        let end = silentSince + downAfter * 3
        guard now < end else { return nil }
        askReplicas(index, from: silentSince + downAfter / 2)
        let heard = masters[index].replicas.compactMap(\.heardMasterAt).max()
        guard let heard, heard > silentSince else { return nil }
        return min(heard + downAfter / 2, end)
    }

    private mutating func askReplicas(_ index: Int, from begin: Instant) {
        guard now >= begin else {
            wake(at: begin)
            return
        }
        let period = max(
            masters[index].settings.downAfter / timing.masterPingShare, timing.shortestPingPeriod)
        for number in masters[index].replicas.indices {
            let place = Place.replica(index, number)
            guard canTell(index, number) else { continue }
            if let last = masters[index].replicas[number].linkAskedAt, now - last < period {
                wake(at: last + period)
                continue
            }
            send(place, ["RDS", "LINK"], awaiting: .linkReport)
            masters[index].replicas[number].linkAskedAt = now
            wake(at: now + period)
        }
    }

    private func canTell(_ index: Int, _ number: Int) -> Bool {
        let node = masters[index].replicas[number].node
        return node.capabilities.contains(.evidence) && node.link.canSend
            && !node.link.awaited.contains(.linkReport)
            && node.followedMaster == masters[index].node.address
    }

    /// The reply to RDS LINK; whatever is not as it should be says nothing.
    mutating func receiveLinkReport(_ reply: ReplyValue, _ place: Place) {
        guard case .replica(let index, let number) = place,
            let askedAt = masters[index].replicas[number].linkAskedAt,
            let fields = reply.fields
        else { return }
        let address = masters[index].node.address
        guard let host = fields["master-host"]?.bytes,
            host == address.host || host == address.hostName,
            case .integer(address.port) = fields["master-port"],
            case .integer(let silence) = fields["silence"], silence >= 0, silence < 1 << 31
        else { return }
        // It was counted when the question had come, no earlier than it was sent.
        let heard = askedAt - .milliseconds(silence)
        let before = masters[index].replicas[number].heardMasterAt
        masters[index].replicas[number].heardMasterAt = max(heard, before ?? heard)
        changed()
    }
}
