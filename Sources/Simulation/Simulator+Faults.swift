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
            victims[index] = (node, losesData)
            crash(node, for: fault.duration, losesData: losesData)
        case .crashAfter(let event, let outputs): deadlyEvents.append((event, outputs))
        case .failRecords(let sentinel, let count): sentinels[sentinel].disk.failuresDue += count
        case .tearRecord(let sentinel): sentinels[sentinel].disk.isTearDue = true
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
        case .jump(let sentinel, let distance):
            counts[.clockJump] += 1
            sentinels[sentinel].clock.offset += distance
            // Its timers are due earlier now.
            if isUp[sentinel] { queue.post(.wake(node: sentinel, life: lives[sentinel]), at: now) }
        }
        queue.post(.faultEnds(index), at: now + fault.duration)
    }

    mutating func end(_ index: Int) {
        switch plan.faults[index].kind {
        case .partition, .oneWay, .flap, .isolateMaster: network.mend(fault: index)
        case .loss: network.lossPercent = 0
        case .delay: network.addedDelay = .zero
        case .crash, .crashAfter, .failRecords, .tearRecord, .pause, .jump: return
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
        case .master:
            servers.indices.first {
                isUp[plan.sentinels + $0] && servers[$0].follows == nil
            }.map { plan.sentinels + $0 }
        case .candidate: candidate
        }
    }

    // MARK: Processes

    /// A process dies.
    ///
    /// Without `duration` it comes back after a time of its own.
    mutating func crash(_ node: Int, for duration: Duration? = nil, losesData: Bool = false) {
        guard isUp[node] else { return }
        counts[.crash] += 1
        write(node, "dies")
        isUp[node] = false
        lives[node] += 1
        pausedUntil[node] = .zero
        if isSentinel(node) { sentinels[node].die() }
        closeConnections(of: node)
        if losesData && !isSentinel(node) && servers[serverIndex(node)].configured != nil {
            counts[.lostData] += 1
            servers[serverIndex(node)].losesData = true
        }
        let time =
            duration
            ?? (random.chance(50)
                ? .milliseconds(50) + random.duration(below: .milliseconds(500))
                : random.duration(below: .seconds(10)))
        if healedAt == nil { queue.post(.restart(node: node, life: lives[node]), at: now + time) }
    }

    mutating func restart(_ node: Int, _ life: Int) {
        guard !isUp[node], lives[node] == life else { return }
        counts[.restart] += 1
        isUp[node] = true
        write(node, "comes back")
        guard isSentinel(node) else {
            servers[serverIndex(node)].restart(random: &random)
            return
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
        transcript.write(now, "everything is repaired")
        healedAt = now
        network.heal()
        deadlyEvents = []
        for node in 0..<plan.nodes {
            pausedUntil[node] = .zero
            if isSentinel(node) {
                sentinels[node].disk.failuresDue = 0
                sentinels[node].disk.isTearDue = false
                sentinels[node].outputsUntilCrash = nil
                if isUp[node] { queue.post(.wake(node: node, life: lives[node]), at: now) }
            }
            restart(node, lives[node])
        }
        queue.post(.probe, at: now + Simulator.probePeriod)
    }
}
