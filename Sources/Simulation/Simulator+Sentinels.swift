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
        if sentinel.isFeeding { return }
        sentinel.isFeeding = true
        while !sentinel.inputs.isEmpty && isUp[node] {
            let input = sentinel.inputs.removeFirst()
            var outputs: [SentinelOutput] = []
            swap(&outputs, &sentinel.outputs)
            sentinel.machine.handle(
                input, at: reading(sentinel), into: &outputs)
            invariants.holds(node, epoch: sentinel.machine.currentEpoch)
            for output in outputs {
                guard survivesOutput(node) else { break }
                judgeTilt(output, node)
                perform(output, node)
                if !isUp[node] { break }
            }
            outputs.removeAll(keepingCapacity: true)
            swap(&outputs, &sentinel.outputs)
        }
        sentinel.isFeeding = false
        flushSentinel(node)
        scheduleWake(node)
        while isUp[node], let connection = sentinel.resumed.popLast() {
            executeRequests(of: connection)
        }
    }

    /// The time that a sentinel lives by.
    private func reading(_ sentinel: SimulatedSentinel) -> Instant {
        let moment = sentinel.clock.moment(at: now)
        guard weakness == .wallClock else { return moment.instant }
        return Instant(nanoseconds: moment.unix.microseconds * 1000)
    }

    /// What was written in this turn goes to the kernel.
    mutating func flushSentinel(_ node: Int) {
        let sentinel = sentinels[node]
        while let (id, direction) = sentinel.unsent.popLast() {
            var bytes: [UInt8] = []
            swap(&bytes, &connections[id][direction].unsent)
            send(bytes: bytes, id, direction)
        }
    }

    /// Posts the event for the machine's deadline unless one is posted that comes no later.
    private mutating func scheduleWake(_ node: Int) {
        let sentinel = sentinels[node]
        guard isUp[node], let deadline = sentinel.machine.nextDeadline else { return }
        var at = sentinel.clock.trueTime(of: deadline, from: now)
        if weakness == .wallClock { at = now + max(deadline - reading(sentinel), .milliseconds(1)) }
        if let posted = sentinel.wakeAt, posted <= at { return }
        sentinel.wakeAt = at
        queue.post(.wake(node: node, life: lives[node]), at: at)
    }

    mutating func wakeSentinel(_ node: Int) {
        let sentinel = sentinels[node]
        if let posted = sentinel.wakeAt, posted > now { return }
        sentinel.wakeAt = nil
        if let deadline = sentinel.machine.nextDeadline,
            deadline <= reading(sentinel)
        {
            feed(node, .tick)
        } else {
            scheduleWake(node)
        }
    }

    private mutating func perform(_ output: SentinelOutput, _ node: Int) {
        if sentinels[node].held.hold(output) { return }
        switch output {
        case .connect(let link, let host, let port):
            let address = NodeAddress(host: host, port: port)
            if let id = open(node, .link(link), to: address) {
                sentinels[node].connections[link] = id
            } else {
                sentinels[node].inputs.append(.linkFailed(link, .other("No route to host")))
            }
        case .disconnect(let link):
            if let connection = sentinels[node].connections.removeValue(forKey: link) {
                flushSentinel(node)
                closeAtClient(connection)
            }
        case .send(let link, let words): send(words, link, node)
        case .record(let id, let text, let companion): store(id, text, companion, node)
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
        guard let id = sentinels[node].connections[link] else { return }
        let target = connections[id].server
        if words.count == 3 && words[0] == "SLAVEOF" && words[1] == "NO" {
            write(node, "tells n\(target) to be the master")
        }
        if words.count > 2 && words[1] == "SWITCHOVER" && words[2] == "COMMIT" {
            counts[.switchover] += 1
        }
        var output = OutputBuffer()
        CommandEncoder.append(words, to: &output)
        append(output.unsent, id, .toServer, node)
        if words[0] == "PUBLISH" && words.count == 3 { observeHello(words[2], node, id) }
    }

    /// Bytes that go out at the end of the turn.
    private mutating func append(
        _ bytes: Span<UInt8>, _ id: Int, _ direction: Direction, _ node: Int
    ) {
        if connections[id][direction].unsent.isEmpty {
            sentinels[node].unsent.append((id, direction))
        }
        unsafe bytes.withUnsafeBufferPointer {
            unsafe connections[id][direction].unsent.append(contentsOf: $0)
        }
    }

    // MARK: Links

    mutating func receiveAtSentinel(_ node: Int, _ link: LinkID, _ bytes: [UInt8], _ id: Int) {
        guard let replies = connections[id].replies else { return }
        replies.take(bytes)
        // The machine may give the link up in the middle of what came.
        while isUp[node], sentinels[node].connections[link] == id {
            let reply: ReplyValue?
            do throws(ReplyError) {
                reply = try replies.next()
            } catch {
                invariants.violate(.dataSets, "n\(node) reads no reply: \(error)")
                return
            }
            guard let reply else { return }
            if case .bulk(let text) = reply, text.count > SimulatedConnection.reportLength {
                noteReport(link, id)
            }
            feed(node, .reply(link, reply))
        }
    }

    /// An INFO came in: from here on the sentinel knows what it says.
    private mutating func noteReport(_ link: LinkID, _ id: Int) {
        let connection = connections[id]
        guard isServer(connection.server), !connection.reports.isEmpty else { return }
        let told = connection.reports.removeFirst()
        reports[connection.client][connection.server] = ServerReport(
            link: link, life: connection.serverLife, hasData: told.hadData, lacks: told.lacks,
            toldAt: told.at, at: now)
    }

    /// What the sentinel knows of a server by the connection that it has to it.
    func report(of server: Int, to node: Int) -> ServerReport? {
        reports[node][server].flatMap { report in
            sentinels[node].connections[report.link] == nil ? nil : report
        }
    }

    // MARK: The state file

    /// A thread begins to write the state file.
    private mutating func store(
        _ id: RecordID, _ text: ByteString, _ companion: ByteString?, _ node: Int
    ) {
        sentinels[node].held.isStoring = true
        sentinels[node].storing = (id, text, companion)
        var time = Duration.microseconds(200) + random.duration(below: .milliseconds(4))
        if sentinels[node].disk.troubles.isSlow {
            counts[.slowRecord] += 1
            time += random.duration(below: .seconds(2))
        }
        queue.post(.stored(node: node, life: lives[node]), at: now + time)
    }

    /// The thread has an answer: what waited for it goes on.
    mutating func stored(_ node: Int, _ life: Int) {
        guard isUp[node], lives[node] == life else { return }
        if pausedUntil[node] > now {
            return queue.post(.stored(node: node, life: life), at: pausedUntil[node])
        }
        let sentinel = sentinels[node]
        guard let (id, text, companion) = sentinel.storing else { return }
        let isStored = replaceStateFile(
            node, by: text, companion: companion, survives: random.chance(50))
        guard isUp[node] else { return }
        write(node, "record \(id.number) \(isStored ? "stored" : "failed")")
        sentinel.storing = nil
        sentinel.held.isStoring = false
        for output in sentinel.held.takeAll() {
            guard survivesOutput(node) else { return }
            perform(output, node)
            if !isUp[node] { return }
        }
        if isStored || weakness == .believesFailedRecords {
            feed(node, .recordStored(id))
        } else {
            feed(node, .recordFailed(id, reason: "Input/output error"))
        }
    }

    /// Replaces the state file; with `survives` it is replaced even if that fails.
    private mutating func replaceStateFile(
        _ node: Int, by text: ByteString, companion: ByteString?, survives: Bool
    ) -> Bool {
        let outcome = sentinels[node].disk.replace(
            by: text, survives: survives, companion: companion,
            companionSurvives: random.chance(50))
        if sentinels[node].disk.claimed == text {
            invariants.recorded(node, RecordedEpochs(text: text))
        }
        switch outcome {
        case .stored: return true
        case .failed: counts[.failedRecord] += 1
        case .torn:
            counts[.tornRecord] += 1
            write(node, "dies in the middle of its state file")
            sentinels[node].storing = nil
            crash(node)
        }
        return false
    }

    /// The process dies while the thread writes: the file is the old or the new one.
    mutating func tearStateFile(_ node: Int) {
        guard let (_, text, companion) = sentinels[node].storing else { return }
        sentinels[node].storing = nil
        if random.chance(50) {
            sentinels[node].disk.troubles.isTearDue = false
            _ = replaceStateFile(node, by: text, companion: companion, survives: true)
        }
    }

    // MARK: What others ask a sentinel

    /// Bytes of a client or of another sentinel.
    mutating func executeAtSentinel(_ bytes: [UInt8], _ id: Int) {
        guard let requests = connections[id].requests else { return }
        requests.take(bytes)
        executeRequests(of: id)
    }

    /// Executes what a connection has sent, up to a request that is answered later: what follows it
    /// waits, so that replies keep their order.
    private mutating func executeRequests(of id: Int) {
        guard let requests = connections[id].requests else { return }
        let node = connections[id].server
        let life = lives[node]
        guard connections[id].serverLife == life else { return }
        while isUp[node], lives[node] == life, !sentinels[node].waiting.contains(id),
            let words = requests.next()
        {
            execute(words, id, node)
        }
        if isUp[node] { flushSentinel(node) }
    }

    private mutating func execute(_ words: [ByteString], _ connection: Int, _ node: Int) {
        let name = words[0].bytes
        guard Sentinel.serves(name.span) else {
            let reply: ByteString = words[0] == "PING" ? "PONG" : "OK"
            return respond(.simpleString(reply), connection, node)
        }
        if plan.isStranger(node), words.count == 2, words[1].lowercased == "capabilities" {
            return respond(.error("ERR Unknown sentinel subcommand"), connection, node)
        }
        let sentinel = sentinels[node]
        sentinel.lastRequest += 1
        let id = SentinelRequestID(number: sentinel.lastRequest)
        let asksForVote =
            words.count == 6 && words[1] == "is-master-down-by-addr" && words[5] != "*"
        sentinel.requests[id] = .init(
            connection: connection, candidate: asksForVote ? words[5] : nil)
        feed(node, .request(id, OwnedRequest(words)))
        if isUp[node], sentinel.requests[id] != nil { sentinel.waiting.append(connection) }
    }

    private mutating func respond(_ value: ReplyValue, _ connection: Int, _ node: Int) {
        var writer = ReplyWriter()
        writer.write(value)
        append(writer.output.unsent, connection, .toClient, node)
    }

    /// An operator gives a sentinel a command, and does not wait for the answer.
    mutating func order(_ node: Int, _ words: [ByteString]) {
        let sentinel = sentinels[node]
        sentinel.lastRequest += 1
        let id = SentinelRequestID(number: sentinel.lastRequest)
        feed(node, .request(id, OwnedRequest(words)))
    }

    /// Asks a sentinel something about the master, as a client would.
    mutating func ask(_ node: Int, _ subcommand: ByteString) -> ReplyValue? {
        let sentinel = sentinels[node]
        sentinel.lastRequest += 1
        let id = SentinelRequestID(number: sentinel.lastRequest)
        sentinel.requests[id] = .init(connection: nil, candidate: nil)
        sentinel.answer = nil
        feed(
            node,
            .request(id, OwnedRequest(["SENTINEL", subcommand, Simulator.masterName])))
        return sentinel.answer
    }

    private mutating func answer(_ id: SentinelRequestID, _ reply: SentinelReply, _ node: Int) {
        guard let waiting = sentinels[node].requests.removeValue(forKey: id) else { return }
        let value: ReplyValue = if case .value(let value) = reply { value } else { .null }
        guard let connection = waiting.connection else {
            sentinels[node].answer = value
            return
        }
        if let place = sentinels[node].waiting.firstIndex(of: connection) {
            sentinels[node].waiting.remove(at: place)
            sentinels[node].resumed.append(connection)
        }
        if let candidate = waiting.candidate { observeVote(value, candidate, node) }
        respond(value, connection, node)
    }
}
