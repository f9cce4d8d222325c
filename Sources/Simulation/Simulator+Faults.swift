// Faults begin and end; then everything is repaired.

import Bytes
import Consensus
import Determinism

extension Simulator {
    mutating func begin(_ index: Int) {
        let fault = plan.faults[index]
        transcript.write(now, "fault \(index) begins: \(fault.kind)")
        switch fault.kind {
        case .crash(let target, let losesData):
            guard let node = node(of: target), isUp[node] else { return }
            crash(node, for: fault.duration, losesData: losesData)
        case .crashSoon(let target, let outputs):
            guard let node = node(of: target), isUp[node] else { return }
            outputsUntilCrash[node] = outputs
        case .crashAfter(let event, let outputs): deadlyEvents.append((event, outputs))
        case .powerLoss: losePower(for: fault.duration)
        case .failRecords(let node, let count): troubleDisk(node) { $0.failuresDue += count }
        case .tearRecord(let node): troubleDisk(node) { $0.isTearDue = true }
        case .fillDisk(let node):
            counts[.fullDisk] += 1
            troubleDisk(node) { $0.isFull = true }
        case .slowDisk(let node): troubleDisk(node) { $0.isSlow = true }
        case .partition(let nodes):
            counts[.partition] += 1
            cutOff(NodeSet(bits: nodes), index)
        case .oneWay(let from, let to):
            counts[.oneWayPartition] += 1
            network.cut(fault: index, from: NodeSet(bits: from), to: NodeSet(bits: to & ~from))
        case .flap(let nodes, let period):
            cutOff(NodeSet(bits: nodes), index)
            queue.post(.flap(index), at: now + period)
        case .isolateMaster(let others):
            guard let master = node(of: .master) else { return }
            counts[.partition] += 1
            cutOff(NodeSet(bits: others | 1 << UInt32(master)), index)
        case .loss(let percent): network.lossPercent = percent
        case .delay(let limit): network.addedDelay = limit
        case .pause(let target):
            guard let node = node(of: target), isUp[node] else { return }
            counts[.pause] += 1
            write(node, "stands still")
            pausedUntil[node] = max(pausedUntil[node], now + fault.duration)
            disturbedAt[node] = pausedUntil[node]
        case .jump, .setWallClock, .stopClock: disturbClock(fault)
        case .order(let sentinel, let words):
            guard isUp[sentinel], pausedUntil[sentinel] <= now else { return }
            counts[.order] += 1
            write(sentinel, "is told: \(words.joined(separator: " "))")
            order(sentinel, words.map { ByteString($0) })
        case .stop(let target):
            guard let node = node(of: target), isUp[node], pausedUntil[node] <= now else { return }
            // Where nothing may be lost, operators stop no master that nobody follows.
            let isFollowed = servers.indices.contains {
                isUp[plan.sentinels + $0] && servers[$0].isStreaming
                    && servers[$0].follows == addresses[node]
            }
            if isFollowed || plan.kind != .planned { stop(node) }
        }
        queue.post(.faultEnds(index), at: now + fault.duration)
    }

    private mutating func disturbClock(_ fault: Fault) {
        switch fault.kind {
        case .jump(let node, let distance):
            counts[.clockJump] += 1
            disturbedAt[node] = max(disturbedAt[node], now)
            withClock(node) { $0.offset += distance }
            // What a server says of its uptime stays true: it is counted from a clock without jumps.
            if isServer(node) {
                let started = server(node).server.identity.startedAt.instant
                server(node).server.identity.startedAt.instant = started + distance
            }
        case .setWallClock(let node, let distance):
            counts[.wallClockSet] += 1
            withClock(node) { $0.wallAhead += distance.wholeNanoseconds / 1000 }
        case .stopClock(let node):
            counts[.clockStop] += 1
            let instant = now
            disturbedAt[node] = max(disturbedAt[node], instant + fault.duration)
            withClock(node) { $0.stop(from: instant, until: instant + fault.duration) }
        default: break
        }
    }

    /// Changes a clock; timers may be due earlier then.
    private mutating func withClock(_ node: Int, _ change: (inout SimulatedClock) -> Void) {
        if isSentinel(node) {
            change(&sentinels[node].clock)
        } else if isServer(node) {
            change(&server(node).clock)
        }
        wakeAgain(node)
    }

    /// Has the process look at its deadlines now.
    private mutating func wakeAgain(_ node: Int) {
        guard isUp[node] else { return }
        if isSentinel(node) { sentinels[node].wakeAt = now }
        if isServer(node) { server(node).wakeAt = now }
        queue.post(.wake(node: node, life: lives[node]), at: now)
    }

    private mutating func troubleDisk(_ node: Int, _ change: (inout DiskTroubles) -> Void) {
        if isSentinel(node) {
            change(&sentinels[node].disk.troubles)
        } else if isServer(node) {
            change(&server(node).disk.troubles)
        }
    }

    mutating func end(_ index: Int) {
        switch plan.faults[index].kind {
        case .partition, .oneWay, .flap, .isolateMaster: network.mend(fault: index)
        case .loss: network.lossPercent = 0
        case .delay: network.addedDelay = .zero
        case .fillDisk(let node): troubleDisk(node) { $0.isFull = false }
        case .slowDisk(let node): troubleDisk(node) { $0.isSlow = false }
        case .crash, .crashSoon, .crashAfter, .powerLoss, .failRecords, .tearRecord, .pause, .jump,
            .setWallClock, .stopClock, .order, .stop:
            return
        }
        transcript.write(now, "fault \(index) ends")
    }

    /// A flapping partition goes or comes.
    mutating func flap(_ index: Int) {
        let fault = plan.faults[index]
        guard case .flap(let nodes, let period) = fault.kind, healedAt == nil,
            now < .zero + fault.at + fault.duration
        else { return }
        if network.isCut(by: index) {
            network.mend(fault: index)
        } else {
            counts[.flap] += 1
            cutOff(NodeSet(bits: nodes), index)
        }
        queue.post(.flap(index), at: now + period)
    }

    private mutating func cutOff(_ nodes: NodeSet, _ index: Int) {
        let others = NodeSet(bits: ~nodes.bits)
        network.cut(fault: index, from: nodes, to: others)
        network.cut(fault: index, from: others, to: nodes)
    }

    private func node(of target: FaultTarget) -> Int? {
        switch target {
        case .node(let number): number
        case .master: presentMaster
        case .candidate: candidate
        }
    }

    /// The server that the greatest epoch stands for, or any that is a master.
    private var presentMaster: Int? {
        if let node = numbers[invariants.newestMaster], isUp[node] { return node }
        return servers.indices.first { isUp[plan.sentinels + $0] && servers[$0].isMaster }
            .map { plan.sentinels + $0 }
    }

    // MARK: Processes

    /// A server is asked to end, as a service manager asks.
    private mutating func stop(_ node: Int) {
        let process = server(node)
        if process.isAskedToEnd { return }
        process.isAskedToEnd = true
        write(node, "is asked to end")
        process.server.signalReceived("SIGTERM", at: process.clock.moment(at: now))
        turn(node)
    }

    /// A process dies.
    ///
    /// Without `duration` it comes back after a time of its own.
    mutating func crash(_ node: Int, for duration: Duration? = nil, losesData: Bool = false) {
        guard isUp[node] else { return }
        counts[.crash] += 1
        write(node, "dies")
        if isSentinel(node) && !isDark[node] { flushSentinel(node) }
        isUp[node] = false
        lives[node] += 1
        pausedUntil[node] = .zero
        outputsUntilCrash[node] = nil
        if isSentinel(node) {
            tearStateFile(node)
            sentinels[node].die()
        }
        if isServer(node) {
            if losesData {
                counts[.lostData] += 1
                server(node).disk.snapshot = nil
                server(node).disk.hasData = false
                server(node).disk.roleRecord = nil
                server(node).disk.hasNamedAllSentinels = false
            }
            noteLostMemory(of: node)
            server(node).die()
        }
        closeConnections(of: node)
        let time =
            duration
            ?? (random.chance(50)
                ? .milliseconds(50) + random.duration(below: .milliseconds(500))
                : random.duration(below: .seconds(10)))
        if healedAt == nil { queue.post(.restart(node: node, life: lives[node]), at: now + time) }
    }

    /// Everything dies within a moment, and boots one after the other.
    private mutating func losePower(for duration: Duration) {
        counts[.powerLoss] += 1
        for node in 0..<(plan.sentinels + plan.servers) {
            isDark[node] = true
            let time = duration + random.duration(below: .seconds(5))
            if isUp[node] {
                crash(node, for: time)
            } else {
                queue.post(.restart(node: node, life: lives[node]), at: now + time)
            }
        }
    }

    mutating func restart(_ node: Int, _ life: Int) {
        guard !isUp[node], lives[node] == life else { return }
        counts[.restart] += 1
        isUp[node] = true
        isDark[node] = false
        write(node, "comes back")
        if isServer(node) {
            noteRestart(of: node)
            server(node).restart(random: &random, pace: plan.loadingPace, at: now)
            if server(node).takesWrites { noteOpening(of: node) }
            return turn(node)
        }
        guard sentinels[node].restart(seed: random.next()) else {
            invariants.violate(.epochsGrow, "n\(node) cannot read its own state file")
            return
        }
        reports[node] = Array(repeating: nil, count: plan.nodes)
        invariants.restarted(node, epoch: sentinels[node].machine.currentEpoch)
        feed(node, .start)
    }

    /// The end of all faults.
    mutating func heal() {
        if healedAt != nil { return }
        transcript.write(now, "everything is repaired")
        // Who was elected just now is still telling the replica.
        let isPromoting = selections.values.contains { now - $0 < .seconds(1) }
        if plan.kind == .contested, rules.contains(.electsSoon), invariants.newestEpoch == 0,
            !isPromoting
        {
            invariants.violate(
                .contest,
                "no other master in \(FaultPlan.contestLimit), although all sentinels are well")
        }
        healedAt = now
        network.heal()
        deadlyEvents = []
        for node in 0..<(plan.sentinels + plan.servers) {
            pausedUntil[node] = .zero
            outputsUntilCrash[node] = nil
            troubleDisk(node) { $0 = DiskTroubles() }
            let instant = now
            withClock(node) { $0.resume(at: instant) }
            restart(node, lives[node])
        }
        queue.post(.probe, at: now + Simulator.probePeriod)
    }
}
