// The flight recorder: the last failovers of a master, for SENTINEL TIMELINE, the log and the journal.
//
// Nothing here decides anything. A record is opened when this sentinel stands for leader, or when it
// votes for another, or at the latest when it adopts a configuration; it is closed when the failover
// ends here, and then kept in the file beside sentinel.conf, so that it outlives a restart.

import Bytes
import Determinism
import Protocol

/// The last failovers of one master, the oldest first.
struct Timeline: Sendable {
    /// More are forgotten.
    static let limit = 16

    /// A failover that is under way.
    struct Open: Sendable {
        var record: FailoverRecord
        /// From when its times count.
        let start: Instant
        /// The phase that was last written down.
        var phase = Failover.Phase.none
    }

    var past: [FailoverRecord] = []
    var current: Open?

    /// Keeps a record that is complete.
    mutating func keep(_ record: FailoverRecord) {
        past.append(record)
        if past.count > Self.limit { past.removeFirst(past.count - Self.limit) }
    }
}

extension Sentinel {
    /// A failover begins to be recorded; one that was open is over.
    mutating func openRecord(
        _ index: Int, role: FailoverRecord.Role, leader: ByteString?, epoch: UInt64
    ) {
        closeRecord(index, .aborted)
        let master = masters[index]
        let isDown = master.node.isSubjectivelyDown
        let down = isDown ? master.node.subjectivelyDownSince : nil
        let start = down.map { min($0, master.silenceBeganAt ?? $0) } ?? now
        let wall = now.nanoseconds + wallClockAhead.wholeNanoseconds
        let startWall = wall - (now - start).wholeNanoseconds
        var record = FailoverRecord(
            epoch: epoch, role: role, cause: isDown ? .down : .unknown, leader: leader,
            from: master.node.address, startedAtMilliseconds: Int(startWall / 1_000_000))
        if let down {
            record.enter(.detect, at: .zero)
            record.enter(.agree, at: down - start)
            if let agreed = master.objectivelyDownSince, master.isObjectivelyDown, agreed >= down {
                record.enter(.elect, at: agreed - start)
            } else {
                record.enter(.elect, at: now - start)
            }
        } else {
            record.enter(.elect, at: .zero)
        }
        masters[index].timeline.current = Timeline.Open(record: record, start: start)
    }

    /// A part of the failover that is recorded begins.
    mutating func enterPart(_ index: Int, _ phase: FailoverRecord.Phase) {
        guard let start = masters[index].timeline.current?.start else { return }
        masters[index].timeline.current?.record.enter(phase, at: now - start)
    }

    /// The failover is over here.
    mutating func closeRecord(
        _ index: Int, _ outcome: FailoverRecord.Outcome, to target: NodeAddress? = nil
    ) {
        guard let open = masters[index].timeline.current else { return }
        masters[index].timeline.current = nil
        var record = open.record
        record.enter(nil, at: now - open.start)
        record.outcome = outcome
        if let target { record.to = target }
        if outcome == .aborted, record.reason == nil {
            record.reason = masters[index].failover.reason
        }
        masters[index].timeline.keep(record)
        records.isDue = true
        event(
            .notice, "+failover-timeline", "\(masters[index].settings.name) \(record.summary)",
            master: index, fields: record.fields)
    }

    /// Follows the way of a failover: called before and after each step of it.
    mutating func recordPhase(_ index: Int) {
        let phase = masters[index].failover.phase
        guard let open = masters[index].timeline.current, open.phase != phase else { return }
        masters[index].timeline.current?.phase = phase
        switch phase {
        case .none, .waitingForStart, .waitingForPromotion, .updatingConfiguration: break
        case .selectingReplica:
            masters[index].timeline.current?.record.role = .leader
            enterPart(index, .select)
        case .handingOver: enterPart(index, .pause)
        case .sendingPromotion: enterPart(index, .promote)
        case .reconfiguringReplicas: enterPart(index, .reconfigure)
        }
    }

    /// Another sentinel's failover is over for us: we follow its configuration.
    mutating func recordAdoption(
        _ index: Int, leader: ByteString, epoch: UInt64, to target: NodeAddress
    ) {
        let isOpen = masters[index].timeline.current?.record.epoch == epoch
        if !isOpen { openRecord(index, role: .observer, leader: leader, epoch: epoch) }
        masters[index].timeline.current?.record.leader = leader
        closeRecord(index, .done, to: target)
    }

    /// SENTINEL TIMELINE name [count]: the newest first.
    mutating func answerTimeline(_ index: Int, _ values: [ByteString], _ id: SentinelRequestID) {
        var count = Timeline.limit
        if values.count > 1 {
            guard let wanted = values[1].integer, wanted > 0 else {
                return refuse(id, "ERR count must be positive")
            }
            count = wanted
        }
        let timeline = masters[index].timeline
        let all = timeline.past + (timeline.current.map { [$0.record] } ?? [])
        reply(id, .array(all.reversed().prefix(count).map(\.reply)))
    }
}
