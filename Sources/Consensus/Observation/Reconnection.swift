// When a connection is tried again.
//
// A connection that worked for a while and is lost is replaced at once: the attempt tells whether
// anybody is there. If that one is lost too, or refused, the pauses grow, so that a node which takes
// connections and drops them costs little. Where nobody listens, an attempt is one packet each way;
// it is made more often than where nothing answers, so that a server that was started is soon seen.

import Determinism

extension NodeLink {
    /// The connection `lost` ended at `now`.
    func noteLoss(of lost: Connection, at now: Instant, timing: SentinelTiming) {
        if lost.isEstablished && now - lost.since >= timing.pingPeriod {
            attempts = 0
            wasRefused = false
        }
    }

    /// How long after the last attempt the next one is made.
    func reconnectPause(_ timing: SentinelTiming) -> Duration {
        switch attempts {
        case 0: .zero
        case 1: timing.firstReconnectPause
        case 2: timing.firstReconnectPause * 5
        default: wasRefused ? timing.refusedReconnectPeriod : timing.pingPeriod
        }
    }
}
