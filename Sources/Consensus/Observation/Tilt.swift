// A loop that was stalled (the process stopped, the machine swapping) finds every node silent and
// every timer overdue, and none of it means anything. It then observes for a while and does not act:
// it answers that no master is down, and starts no failover. Setting the wall clock has no effect,
// since time here is monotonic.

import Determinism

extension Sentinel {
    mutating func checkTilt(scheduled: Instant?) {
        if let scheduled, now - scheduled > timing.tiltTrigger {
            tiltSince = now
            event(.warning, "+tilt", "#tilt mode entered")
        } else if let since = tiltSince, now - since >= timing.tiltPeriod {
            tiltSince = nil
            event(.warning, "-tilt", "#tilt mode exited")
            for index in masters.indices { touch(index) }
        }
    }
}
