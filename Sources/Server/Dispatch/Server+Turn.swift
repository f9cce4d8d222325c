import Bytes
import CommandCatalog
import Determinism
import Protocol
import Sessions
import Storage

/// A turn: parse a batch over the ready sessions, fetch its memory, execute it, until all is done.
///
/// ```
///   ready sessions ─ parse ≤16 requests ─ prefetch buckets ─ prefetch entries ─ execute in order
///                         ▲                                                         │
///                         └──────────────── more input? ────────────────────────────┘
/// ```
/// Order within a session is the order of its bytes. A request counts as consumed when it executes:
/// one that was parsed but must wait (its session got blocked, paused or closed by an earlier one)
/// stays in the input and is parsed again later.
extension Server {
    /// Executes what the ready sessions have sent, then settles the turn.
    ///
    /// `ready` holds open sessions, each at most once.
    public mutating func execute(ready: [SessionID], at now: Moment) {
        self.now = now
        turnFence()
        var position = 0
        var offset = 0
        while position < ready.count {
            fillBatch(ready, &position, &offset)
            if batch.count == 0 { continue }
            prefetchBatch()
            executeBatch(current: position < ready.count ? ready[position] : nil, &offset)
            batch.removeAll()
        }
        settleTurn()
    }

    /// Parses until the batch is full or the ready sessions have nothing whole left.
    private mutating func fillBatch(
        _ ready: [SessionID], _ position: inout Int, _ offset: inout Int
    ) {
        while position < ready.count {
            let id = ready[position]
            if sessions.contains(id), !sessions[id].flags.intersects(.halted),
                !sessions[id].flags.contains(.masterLink) || isStream(id)
            {
                let more = parseSession(id, &offset)
                if more { return }
            }
            position += 1
            offset = 0
            if batch.isFull { return }
        }
    }

    /// Hands the link to our master what comes before its stream; whether the rest is the stream.
    private mutating func isStream(_ id: SessionID) -> Bool {
        roles.link.heard(at: now.instant)
        if !roles.link.isStreaming { takeFromMaster(id) }
        return roles.link.isStreaming && !sessions[id].flags.intersects(.halted)
    }

    /// Parses requests of one session into the batch; true when it must be executed before more of
    /// this session can be parsed.
    @inline(__always)
    private mutating func parseSession(_ id: SessionID, _ offset: inout Int) -> Bool {
        let flags = sessions[id].flags
        let limits = RequestLimits(
            maximumBulkLength: flags.contains(.masterLink)
                ? Int.max : settings.protoMaxBulkLength,
            isUnauthenticated: !flags.contains(.authenticated))
        while !batch.isFull {
            let firstRange = batch.ranges.count
            guard let base = unsafe sessions[id].input.readableAddress else { return false }
            let count = sessions[id].input.count
            if offset >= count { return false }
            let outcome = unsafe sessions[id].parser.parse(
                base + offset, count: count - offset, limits: limits, into: &batch.ranges)
            switch outcome {
            case .request(let length, let argumentCount):
                unsafe batch.append(
                    .init(
                        session: id, base: base + offset, firstRange: firstRange,
                        argumentCount: argumentCount, length: length, command: nil, keyHash: 0))
                offset += length
                // Who is not authenticated yet is parsed under limits that AUTH may lift.
                if limits.isUnauthenticated { return true }
            case .inline(let length, let arguments):
                if flags.contains(.masterLink) {
                    rejectStream(id, .inlineTooBig)
                    return false
                }
                batch.appendInline(arguments, session: id, length: length)
                offset += length
                return true
            case .nothing(let length):
                // Consumed in its turn: before it there may be parsed requests.
                guard offset == 0 else {
                    return true
                }
                if flags.contains(.masterLink) { noteApplied(id, length) }
                if flags.contains(.replica) { roles.replicas.heard(id.bits, at: now.instant) }
                sessions[id].input.consume(length)
            case .incomplete:
                return false
            case .failure(let error):
                if offset > 0 { return true }
                rejectStream(id, error)
                return false
            }
        }
        return true
    }

    /// Looks up commands and first keys, and asks the memory for them: buckets first, then entries.
    private mutating func prefetchBatch() {
        for index in 0..<batch.count {
            let entry = unsafe batch.entry(index)
            let request = unsafe request(of: entry)
            guard let command = catalog.find(request[0]) else { continue }
            let firstKey = Int(catalog.traits(command).firstKey)
            var hash: UInt64 = 0
            if firstKey > 0 && firstKey < request.count {
                let database = sessions[unsafe entry.session].database
                hash = keyspace[database].hash(request[firstKey])
                keyspace[database].prefetchBucket(hash)
            }
            batch.setCommand(command, keyHash: hash, at: index)
        }
        if batch.count == 1 { return }
        for index in 0..<batch.count {
            let entry = unsafe batch.entry(index)
            let hash = unsafe entry.keyHash
            if hash == 0 { continue }
            keyspace[sessions[unsafe entry.session].database].prefetchEntry(hash)
        }
    }

    /// Executes the batch in order.
    ///
    /// A session that an entry halts keeps its later ones as input.
    private mutating func executeBatch(current: SessionID?, _ offset: inout Int) {
        var obeysMaster = false
        for index in 0..<batch.count {
            let entry = unsafe batch.entry(index)
            let id = unsafe entry.session
            let flags = sessions[id].flags
            if flags.intersects(.halted) { continue }
            if flags.contains(.masterLink) != obeysMaster {
                obeysMaster.toggle()
                setExpiryPolicy(obeying: obeysMaster)
            }
            let request = unsafe request(of: entry)
            guard unsafe admit(request, entry.command, id) else { continue }
            let length = unsafe entry.length
            if sessions[id].flags.contains(.masterLink) { noteApplied(id, length) }
            sessions[id].input.consume(length)
            sessions.boundReplies(id)
            // The parse offset counts from the first byte that is not consumed.
            if id == current { offset -= length }
        }
        if obeysMaster { setExpiryPolicy() }
    }

    @unsafe @inline(__always)
    @_lifetime(immortal)
    private func request(of entry: RequestBatch.Entry) -> Request {
        unsafe Request(
            base: entry.base, ranges: batch.ranges.address(entry.firstRange),
            count: entry.argumentCount, now: now.unix)
    }
}
