// Who asks for a planned failover: an operator, who may wait for what becomes of it, and a master that
// is being stopped.
//
// A stopping master says so on a channel of its own. Anybody may publish there, so the master itself
// is asked whether it is true; then one sentinel after the other stands for leader, in the order of
// the ids of those that are up, until the master says that it is over.

import Bytes
import Determinism
import Protocol

/// What is asked of a failover beyond that it happens.
struct FailoverRequest: Sendable {
    /// Whether it happens only if the master holds its writes back.
    var mustCoordinate = false
    /// The replica that is wanted; nil: the best one.
    var target: NodeAddress?
    /// Whom to tell what became of it.
    var waiting: [SentinelRequestID] = []
}

extension Sentinel {
    /// The channel on which a server that stops asks to be replaced.
    static let handoverChannel: ByteString = "__rds__:handover"

    // MARK: Operators

    /// SENTINEL FAILOVER name [FORCE | COORDINATED [TO host port]].
    mutating func forceFailover(
        _ index: Int, _ values: [ByteString], _ id: SentinelRequestID
    ) {
        let options = values.dropFirst().map { $0.lowercased.text }
        var request = FailoverRequest()
        var isForced = false
        switch (options.first, options.count) {
        case (nil, _): break
        case ("force", 1): isForced = true
        case ("coordinated", 1): request.mustCoordinate = true
        case ("coordinated", 4) where options[1] == "to":
            request.mustCoordinate = true
            guard let port = values[4].integer, let target = locate(values[3], port) else {
                return refuse(id, "ERR Invalid IP address or port specified")
            }
            guard masters[index].replicaIndex(target) != nil else {
                return refuse(id, "ERR No such replica of that master")
            }
            request.target = target
        default: return refuse(id, "ERR syntax error")
        }
        if masters[index].failover.isInProgress {
            return refuse(id, "INPROG Failover already in progress")
        }
        for replica in masters[index].replicas.indices {
            masters[index].replicas[replica].hasRefusedPromotion = false
        }
        guard bestReplica(index, wanted: request.target) != nil else {
            return refuse(id, "NOGOODSLAVE No suitable replica to promote")
        }
        if request.mustCoordinate, !masters[index].node.capabilities.contains(.switchover) {
            return refuse(
                id,
                "NOSWITCHOVER The master can't hold its writes back: SENTINEL FAILOVER "
                    + "without COORDINATED promotes a replica all the same")
        }
        let needed = votesNeeded(index, electorate: 0)
        let reachable = reachableSentinels(index)
        let needsVotes = !isForced && !weaknesses.contains(.failsOverWithoutVotes)
        if needsVotes && reachable < needed {
            return refuse(
                id,
                "NOQUORUM \(reachable) of \(masters[index].electorate(at: now)) Sentinels can be "
                    + "reached, \(needed) votes are needed; FORCE does without")
        }
        log(.notice, "Executing user requested FAILOVER of '\(masters[index].settings.name)'")
        if isForced {
            log(
                .warning,
                "FORCE: this failover does not wait for the votes of the other sentinels; two "
                    + "masters are possible if another one leads at the same time")
        }
        if request.mustCoordinate { request.waiting.append(id) }
        beginPlannedFailover(index, request, cause: .operator, needsVotes: needsVotes)
        if !request.mustCoordinate { reply(id, .simpleString("OK")) }
    }

    private mutating func beginPlannedFailover(
        _ index: Int, _ request: FailoverRequest, cause: FailoverRecord.Cause, needsVotes: Bool
    ) {
        startFailover(index, isForced: true, needsVotes: needsVotes)
        masters[index].failover.request = request
        masters[index].timeline.current?.record.cause = cause
        touch(index)
    }

    /// Tells those who wait for the failover what became of it.
    mutating func answerWaiting(_ index: Int) {
        let waiting = masters[index].failover.request.waiting
        guard !waiting.isEmpty else { return }
        masters[index].failover.request.waiting = []
        let record = masters[index].timeline.past.last
        for id in waiting {
            if let record, record.outcome == .done {
                reply(id, record.reply)
            } else {
                refuse(
                    id,
                    "FAILOVERABORTED The failover was given up: "
                        + (record?.reason ?? "its master is not watched any more"))
            }
        }
    }

    // MARK: A master that stops

    /// A message on the channel of a server that stops.
    mutating func handoverAsked(_ place: Place) {
        guard case .master(let index) = place, masters[index].handoverDue == nil else { return }
        masters[index].failover.lostRounds = 0
        masters[index].handoverDue = now + candidacyDelay(index)
        touch(index)
    }

    /// Asks the master whether it waits to be replaced, when it is our turn.
    mutating func askAboutHandoverIfDue(_ index: Int) {
        guard let asksAt = masters[index].handoverDue else { return }
        // Where disks are slow all stand at the same time: the waits after a lost round grow, and are
        // random, until one is first.
        let due = max(asksAt, masters[index].failover.notBefore ?? asksAt)
        if now < due { return wake(at: due) }
        guard masters[index].node.link.canSend,
            masters[index].node.capabilities.contains(.switchover)
        else {
            masters[index].handoverDue = nil
            return
        }
        masters[index].handoverDue = now + timing.handoverPeriod
        wake(at: now + timing.handoverPeriod)
        let isUnderWay = masters[index].failover.isInProgress
        if isUnderWay || masters[index].node.link.awaited.contains(.handoverWish) { return }
        send(.master(index), ["RDS", "SWITCHOVER", "WANTED"], awaiting: .handoverWish)
    }

    /// The master says whether it waits; as long as it does, it is asked again after a while.
    mutating func receiveHandoverWish(_ reply: ReplyValue, _ place: Place) {
        guard case .master(let index) = place else { return }
        guard case .integer(1) = reply else {
            masters[index].handoverDue = nil
            return
        }
        let isOursToDo =
            !masters[index].failover.isInProgress && !isTilted && bestReplica(index) != nil
            && !isVoteHeld(index, from: identity)
        guard isOursToDo else { return }
        let name = masters[index].settings.name
        let (reachable, needed) = (reachableSentinels(index), votesNeeded(index, electorate: 0))
        guard reachable >= needed else {
            return logSeldom(
                .warning,
                "The master of '\(name)' is being stopped, and is not handed over: \(reachable) "
                    + "sentinels can be reached, \(needed) votes are needed", about: name)
        }
        log(.notice, "The master of '\(name)' is being stopped: handing over")
        var request = FailoverRequest()
        request.mustCoordinate = true
        beginPlannedFailover(index, request, cause: .stopping, needsVotes: true)
    }
}
