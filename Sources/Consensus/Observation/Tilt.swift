// A loop that was stalled (the process stopped, the machine swapping) finds every node silent and
// every timer overdue, and none of it means anything.
//
// A short stall is no silence: what was answered meanwhile lies unread in the sockets, so the time of
// the stall is taken off every silence. After a long one the sentinel observes for a while and does
// not act: it answers that no master is down, and starts no failover. Setting the wall clock has no
// effect, since time here is monotonic.

import Determinism

extension Sentinel {
    mutating func checkTilt(scheduled: Instant?) {
        let lateness = scheduled.map { now - $0 } ?? .zero
        if lateness > timing.stallThreshold { forgive(lateness) }
        if lateness > timing.tiltTrigger {
            tiltSince = now
            event(.warning, "+tilt", "#tilt mode entered")
        } else if let since = tiltSince, now - since >= timing.tiltPeriod {
            tiltSince = nil
            event(.warning, "-tilt", "#tilt mode exited")
            for index in masters.indices { touch(index) }
        }
    }

    /// Nobody was silent while nobody listened.
    private mutating func forgive(_ stall: Duration) {
        for index in masters.indices {
            masters[index].node.link.forgive(stall, at: now)
            for replica in masters[index].replicas.indices {
                masters[index].replicas[replica].node.link.forgive(stall, at: now)
            }
        }
        for sentinel in sentinels { sentinel.link.forgive(stall, at: now) }
    }
}

extension NodeLink {
    /// Takes `stall` off the silence that is counted at `now`.
    func forgive(_ stall: Duration, at now: Instant) {
        activePing = activePing.map { min(now, $0 + stall) }
        lastAvailable = min(now, lastAvailable + stall)
    }
}
