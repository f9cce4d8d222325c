// The executor: what rds-sentinel does with sockets and files, done with simulated ones.

import Bytes
import Consensus
import Determinism
import Protocol

extension Simulator {
    /// Hands a machine one thing and performs all that follows from it.
    mutating func feed(_ node: Int, _ input: SentinelInput) {
        let sentinel = sentinels[node]
        sentinel.inputs.append(input)
        while !sentinel.inputs.isEmpty && isUp[node] {
            let input = sentinel.inputs.removeFirst()
            var outputs: [SentinelOutput] = []
            sentinel.machine.handle(
                input, at: sentinel.clock.reading(at: now), into: &outputs)
            invariants.holds(node, epoch: sentinel.machine.currentEpoch)
            for output in outputs {
                if let left = sentinel.outputsUntilCrash {
                    if left == 0 {
                        crash(node)
                        return
                    }
                    sentinel.outputsUntilCrash = left - 1
                }
                perform(output, node)
                if !isUp[node] { return }
            }
        }
        scheduleWake(node)
    }

    /// Posts the event for the machine's deadline unless one is posted that comes no later.
    private mutating func scheduleWake(_ node: Int) {
        let sentinel = sentinels[node]
        guard isUp[node], let deadline = sentinel.machine.nextDeadline else { return }
        let at = max(sentinel.clock.trueTime(of: deadline), now)
        if let posted = sentinel.wakeAt, posted <= at { return }
        sentinel.wakeAt = at
        queue.post(.wake(node: node, life: lives[node]), at: at)
    }

    mutating func wake(_ node: Int, _ life: Int) {
        guard isUp[node], lives[node] == life else { return }
        let sentinel = sentinels[node]
        if pausedUntil[node] > now {
            queue.post(.wake(node: node, life: life), at: pausedUntil[node])
            sentinel.wakeAt = pausedUntil[node]
            return
        }
        sentinel.wakeAt = nil
        if let deadline = sentinel.machine.nextDeadline,
            deadline <= sentinel.clock.reading(at: now)
        {
            feed(node, .tick)
        } else {
            scheduleWake(node)
        }
    }

    private mutating func perform(_ output: SentinelOutput, _ node: Int) {
        switch output {
        case .connect(let link, let host, let port):
            connect(node, link, NodeAddress(host: host, port: port))
        case .disconnect(let link):
            if let connection = sentinels[node].connections.removeValue(forKey: link) {
                closeAtClient(connection)
            }
        case .send(let link, let words): send(words, link, node)
        case .record(let id, let text): store(id, text, node)
        case .event(let event): observe(event, node)
        case .log(let level, let text, _):
            if level == .warning { write(node, "# \(text)") }
        case .reply(let id, let reply): answer(id, reply, node)
        case .runScript, .killScript, .logLevel, .lookUp: break
        case .exit(let status):
            write(node, "exits with status \(status)")
            crash(node)
        }
    }

    private mutating func send(_ words: [ByteString], _ link: LinkID, _ node: Int) {
        guard let connection = sentinels[node].connections[link] else { return }
        let target = connections[connection].server
        if words[0] == "PUBLISH" { observeHello(words[2], node) }
        if words.count == 3 && words[0] == "SLAVEOF" && words[1] == "NO" {
            write(node, "tells n\(target) to be the master")
        }
        send(.command(words), connection, .toServer)
    }

    private mutating func store(_ id: RecordID, _ text: ByteString, _ node: Int) {
        let survives = random.chance(50)
        let outcome = sentinels[node].disk.replace(by: text, survives: survives)
        if outcome == .stored || survives {
            invariants.recorded(node, RecordedEpochs(text: text))
        }
        switch outcome {
        case .stored:
            write(node, "record \(id.number) stored")
            sentinels[node].inputs.append(.recordStored(id))
        case .failed:
            counts[.failedRecord] += 1
            write(
                node, "record \(id.number) failed, the new text \(survives ? "stays" : "is gone")")
            if weakness == .believesFailedRecords {
                sentinels[node].inputs.append(.recordStored(id))
            } else {
                sentinels[node].inputs.append(.recordFailed(id, reason: "Input/output error"))
            }
        case .torn:
            counts[.tornRecord] += 1
            write(
                node, "dies in record \(id.number), the new text \(survives ? "stays" : "is gone")")
            crash(node)
        }
    }

    // MARK: What others ask a sentinel

    /// A command of another sentinel.
    mutating func executeAtSentinel(_ node: Int, _ words: [ByteString], _ connection: Int) {
        let name = words[0].bytes
        guard Sentinel.serves(name.span) else {
            let reply: ByteString = words[0] == "PING" ? "PONG" : "OK"
            send(.reply(.simpleString(reply)), connection, .toClient)
            return
        }
        let sentinel = sentinels[node]
        sentinel.lastRequest += 1
        let id = SentinelRequestID(number: sentinel.lastRequest)
        let asksForVote =
            words.count == 6 && words[1] == "is-master-down-by-addr" && words[5] != "*"
        sentinel.requests[id] = .init(
            connection: connection, candidate: asksForVote ? words[5] : nil)
        feed(node, .request(id, OwnedRequest(words)))
    }

    /// Asks a sentinel, as a client would, who the master is.
    mutating func namedMaster(by node: Int) -> NodeAddress? {
        let sentinel = sentinels[node]
        sentinel.lastRequest += 1
        let id = SentinelRequestID(number: sentinel.lastRequest)
        sentinel.requests[id] = .init(connection: nil, candidate: nil)
        sentinel.namedMaster = nil
        feed(
            node,
            .request(
                id,
                OwnedRequest(["SENTINEL", "get-master-addr-by-name", Simulator.masterName])))
        return sentinel.namedMaster
    }

    private mutating func answer(_ id: SentinelRequestID, _ reply: SentinelReply, _ node: Int) {
        guard let waiting = sentinels[node].requests.removeValue(forKey: id),
            case .value(let value) = reply
        else { return }
        guard let connection = waiting.connection else {
            if let parts = value.elements, parts.count == 2, let host = parts[0].bytes,
                let port = parts[1].integer
            {
                sentinels[node].namedMaster = NodeAddress(host: host, port: port)
            }
            return
        }
        if let candidate = waiting.candidate { observeVote(value, candidate, node) }
        send(.reply(value), connection, .toClient)
    }
}
