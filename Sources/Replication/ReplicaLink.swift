import Bytes
import Determinism
import Protocol

/// What the link wants done.
public enum ReplicaLinkOutput: Sendable, Equatable {
    /// A connection to the master is opened.
    case connect(MasterAddress)
    /// The connection, or the attempt to open one, is given up.
    case disconnect
    /// Bytes go to the master.
    case send(ByteString)
    /// A line for the log.
    case log(ReplicationLogLine)
}

/// A replica's side of the connection to its master.
///
/// ```
///                    ┌──────────── any failure: after a second ───────────────┐
///                    ▼                                                        │
///   idle ─follow─► waiting ─► connecting ─► handshake ─► resynchronising ─────┤
///                    ▲                                    │           │       │
///                    │                               +CONTINUE   +FULLRESYNC  │
///                    │                                    │           ▼       │
///                    └── lost: at once ── streaming ◄─────┤    announcing ────┤
///                                             ▲           │           ▼       │
///                                             │           │     transferring ─┤
///                                             │           │           ▼       │
///                                             └───────────┴───── verifying ───┘
/// ```
/// Sans-IO: the caller opens the connection, offers what was received to `take`, and does what
/// `outputs` says. The snapshot's bytes are opaque: the caller parses them into a data set of its
/// own and says by `acceptSnapshot` or `refuseSnapshot` what became of it.
///
/// Invariants:
/// 1. The identifier and offset to resume from are always those of the data set that is served:
///    they change only when a snapshot was verified, or when a master continues our history.
/// 2. A broken snapshot costs nothing but time: what can be resumed before can be resumed after.
/// 3. Every phase but streaming ends by `timeout` without a byte from the master.
public struct ReplicaLink: Sendable {
    /// The directives that govern the link.
    public struct Settings: Sendable, Equatable {
        /// What we say about ourselves.
        public var introduction = Handshake.Introduction()
        /// `repl-timeout`: how long the master may be silent.
        public var timeout: Duration = .seconds(60)

        /// Redis's defaults.
        public init() {}
    }

    /// How far the link is.
    public enum Phase: Sendable {
        /// We follow nobody.
        case idle
        /// The next attempt is made then.
        case waiting(until: Instant)
        /// The connection is being opened.
        case connecting
        /// Introducing ourselves.
        case handshake(Handshake)
        /// PSYNC was sent.
        case resynchronising
        /// The whole data set is to come.
        case announcing(ReplicationID?, offset: Int)
        /// The whole data set is coming.
        case transferring(ReplicationID?, offset: Int, SnapshotReceiver)
        /// All of it has come; the caller says whether it is sound.
        case verifying(ReplicationID?, offset: Int)
        /// Following.
        case streaming
    }

    /// What the bytes offered to `take` were.
    public enum Event: Sendable, Equatable {
        /// Nothing more to do until more bytes come.
        case incomplete
        /// They were dealt with; offer the rest.
        case consumed
        /// A master continues our history; `renamed`: under a new identifier, which our own
        /// replicas must learn. What follows is the stream.
        case resumed(renamed: Bool)
        /// The master will send its whole data set. The caller may refuse by `abandon`.
        case fullResynchronisation(ReplicationID?, offset: Int)
        /// A snapshot begins; the caller prepares an empty data set.
        case snapshotBegins
        /// The first `payload` of the consumed bytes are the snapshot's.
        case snapshot(payload: Int)
        /// As before, and with them the snapshot is complete: the caller verifies it.
        case snapshotEnds(payload: Int)
        /// The master does not let us follow it, and PSYNC had demanded its role for it.
        case refused
        /// They are the stream: commands, not for the link.
        case stream
    }

    /// The longest line a master may send before the stream.
    public static var maximumLineLength: Int { 1024 }
    /// How long after a failure the next attempt is made.
    public static var retryInterval: Duration { .seconds(1) }
    /// The same after data that we could not use: doubled each time, up to this.
    ///
    /// A master that holds what we cannot read is not made to send it all each second.
    public static var longestRetryInterval: Duration { .seconds(64) }
    /// A stream that flowed for so long was sound.
    public static var soundStreamTime: Duration { .seconds(60) }

    /// The directives in force; a change counts from the next step on.
    public var settings: Settings
    /// Whom we follow.
    public internal(set) var master: MasterAddress?
    /// How far the link is.
    public internal(set) var phase: Phase = .idle
    /// Whether what we hold may be resumed; the history's identifier and offset say from where.
    public internal(set) var canResume = false
    /// Whether PSYNC tells the master to become one: we are one, and hand the role over (FAILOVER).
    public var demandsFailover = false
    /// When the last byte came from the master.
    public internal(set) var lastReceived: Instant = .zero
    /// When the link went down; nil while it is up, or was never up.
    public internal(set) var downSince: Instant?

    /// Keeps what we hold from a master that came back without it.
    public var guardian = HistoryGuard()
    /// What the handshake of this connection learned of the master's data; nil if it did not ask.
    var inspection: Inspection?
    var nextAcknowledgement: Instant = .zero
    /// When the connection was opened.
    var connectedAt: Instant = .zero
    var streamingSince: Instant = .zero
    /// How often in a row what the master sent could not be used.
    var refusalCount = 0

    /// A link to nobody.
    public init(_ settings: Settings = Settings()) { self.settings = settings }

    /// What became of a question for the master's INFO.
    enum Inspection: Sendable {
        /// It was answered, and there is nothing to refuse.
        case passed
        /// It was not answered.
        case denied
    }

    // MARK: Orders

    /// Follows `master` from now on; the history that we hold is offered to it.
    ///
    /// `wasMaster`: we were one until now, so what we hold may be continued by the new master.
    public mutating func follow(
        _ master: MasterAddress, wasMaster: Bool, because reason: HistoryGuard.Reason,
        at now: Instant, into outputs: inout [ReplicaLinkOutput]
    ) {
        drop(at: now, into: &outputs)
        refusalCount = 0
        guardian.follow(reason)
        if wasMaster {
            discard(into: &outputs)
            self.master = master
            offerHistory(into: &outputs)
        }
        self.master = master
        // A master that was elected is asked before it is followed: most of them have another history.
        guardian.inspectsIfWatching(canResume)
        log(.notice, "Connecting to MASTER \(master)", &outputs)
        connect(master, at: now, into: &outputs)
    }

    /// Will follow `master` when time first passes: what the configuration file says.
    public mutating func configure(_ master: MasterAddress, at now: Instant) {
        self.master = master
        phase = .waiting(until: now)
    }

    /// The history that we hold is offered to the master: the data file told whose it is.
    public mutating func offerHistory(into outputs: inout [ReplicaLinkOutput]) {
        guard master != nil, !canResume else { return }
        log(
            .notice,
            "Before turning into a replica, using my own master parameters to synthesize a cached "
                + "master: I may be able to synchronize with the new master with just a partial "
                + "transfer.", &outputs)
        canResume = true
    }

    /// Follows nobody from now on.
    public mutating func release(at now: Instant, into outputs: inout [ReplicaLinkOutput]) {
        guard master != nil else { return }
        drop(at: now, into: &outputs)
        discard(into: &outputs)
        master = nil
        phase = .idle
        downSince = nil
    }

    /// REPLICAOF named the master that we follow already: what was refused of it is wanted now.
    public mutating func followRegardless(at now: Instant) {
        guard guardian.refusal != nil else { return }
        guardian.follow(.order)
        if case .waiting = phase { phase = .waiting(until: now) }
    }

    /// What we hold is not what its identifier says any more; only a full transfer mends that.
    public mutating func forbidResuming(into outputs: inout [ReplicaLinkOutput]) {
        discard(into: &outputs)
    }

    // MARK: The connection

    /// The connection is open.
    public mutating func connected(at now: Instant, into outputs: inout [ReplicaLinkOutput]) {
        guard case .connecting = phase else { return }
        connectedAt = now
        lastReceived = now
        log(.notice, "Non blocking connect for SYNC fired the event.", &outputs)
        inspection = nil
        var introduction = settings.introduction
        introduction.inspects = guardian.wantsInspection
        phase = .handshake(Handshake(introduction))
        send([Handshake.ping], &outputs)
    }

    /// Bytes came from the master that the link does not read itself: its stream.
    public mutating func heard(at now: Instant) { lastReceived = max(lastReceived, now) }

    /// The connection could not be opened.
    public mutating func connectFailed(
        _ reason: String, at now: Instant, into outputs: inout [ReplicaLinkOutput]
    ) {
        guard case .connecting = phase else { return }
        log(.warning, "Error condition on socket for SYNC: \(reason)", &outputs)
        phase = .waiting(until: now + Self.retryInterval)
    }

    /// The connection is gone.
    ///
    /// `isBroken`: the stream made no sense, so it cannot be resumed.
    public mutating func closed(
        _ reason: String, isBroken: Bool = false, at now: Instant,
        into outputs: inout [ReplicaLinkOutput]
    ) {
        switch phase {
        case .idle, .waiting:
            return
        case .connecting:
            connectFailed(reason, at: now, into: &outputs)
        case .handshake:
            log(.warning, "Failed to read response from the server: \(reason)", &outputs)
            log(
                .warning, "Master did not respond to command during SYNC handshake", &outputs)
            phase = .waiting(until: now + Self.retryInterval)
        case .resynchronising:
            log(.warning, "Failed to read response from the server: \(reason)", &outputs)
            log(.warning, "Master did not reply to PSYNC, will try later", &outputs)
            phase = .waiting(until: now + Self.retryInterval)
        case .announcing:
            log(.warning, "I/O error reading bulk count from MASTER: \(reason)", &outputs)
            phase = .waiting(until: now + Self.retryInterval)
        case .transferring, .verifying:
            log(.warning, "I/O error trying to sync with MASTER: \(reason)", &outputs)
            phase = .waiting(until: now + Self.retryInterval)
        case .streaming:
            lose(isBroken: isBroken, at: now, into: &outputs)
            guard let master else { return }
            // At once: the backlog that we need may be overwritten soon.
            log(.notice, "Reconnecting to MASTER \(master)", &outputs)
            connect(master, at: now, into: &outputs)
        }
    }

    /// Gives up the attempt or the stream: the caller found that it cannot use it.
    public mutating func abandon(
        _ line: ReplicationLogLine?, isBroken: Bool = false, at now: Instant,
        into outputs: inout [ReplicaLinkOutput]
    ) {
        if let line { outputs.append(.log(line)) }
        var interval = Self.retryInterval
        switch phase {
        case .idle, .waiting:
            return
        case .streaming:
            lose(isBroken: isBroken, at: now, into: &outputs)
            if isBroken { interval = nextRefusalInterval() }
        case .connecting, .handshake, .resynchronising, .announcing, .transferring, .verifying:
            break
        }
        outputs.append(.disconnect)
        phase = .waiting(until: now + interval)
    }

    // MARK: What was received

    /// Looks at the bytes that were received and not consumed yet.
    ///
    /// Returns how many are consumed, and what they were. Called again with the rest until it says
    /// `.incomplete` or `.stream`.
    public mutating func take(
        _ bytes: Span<UInt8>, stream: inout ReplicationStream, at now: Instant,
        into outputs: inout [ReplicaLinkOutput]
    ) -> (consumed: Int, event: Event) {
        if bytes.count > 0 { lastReceived = now }
        switch phase {
        case .idle, .waiting, .connecting:
            return (bytes.count, .incomplete)
        case .streaming:
            return (0, .stream)
        case .verifying:
            return (0, .incomplete)
        case .transferring(let id, let offset, var receiver):
            return transfer(bytes, id, offset, &receiver)
        case .handshake, .resynchronising, .announcing:
            break
        }
        guard let end = lineEnd(bytes) else {
            if bytes.count > Self.maximumLineLength {
                abandon(
                    .init(.warning, "The line that the master sent is too long"), at: now,
                    into: &outputs)
                return (bytes.count, .incomplete)
            }
            return (0, .incomplete)
        }
        let hasReturn = end > 0 && bytes[end - 1] == 0x0d
        let line = bytes.extracting(0..<(hasReturn ? end - 1 : end))
        let event = read(line, stream: &stream, at: now, into: &outputs)
        // After a failure the rest of the bytes has no reader.
        if case .waiting = phase {
            return (bytes.count, event == .refused ? .refused : .incomplete)
        }
        return (end + 1, event)
    }

    /// The snapshot is sound and is served now: the stream follows.
    ///
    /// `previous` is what the master's history grew out of, if the snapshot tells.
    public mutating func acceptSnapshot(
        stream: inout ReplicationStream, previous: ReplicationPast?, random: inout RandomSource,
        at now: Instant, into outputs: inout [ReplicaLinkOutput]
    ) {
        guard case .verifying(let id, let offset) = phase else { return }
        discard(into: &outputs)
        // A master that told no identifier is followed, and never resumed.
        stream.adopt(id ?? ReplicationID(random: &random), at: offset, previous: previous)
        canResume = id != nil
        begin(at: now)
        log(.notice, "MASTER <-> REPLICA sync: Finished with success", &outputs)
        acknowledge(stream.history.offset, at: now, into: &outputs)
    }

    /// The snapshot is not sound, and nothing of it is served; `reason` goes to the log.
    public mutating func refuseSnapshot(
        _ reason: String, at now: Instant, into outputs: inout [ReplicaLinkOutput]
    ) {
        switch phase {
        case .transferring, .verifying, .announcing:
            abandon(.init(.warning, reason), at: now, into: &outputs)
            phase = .waiting(until: now + nextRefusalInterval())
        case .idle, .waiting, .connecting, .handshake, .resynchronising, .streaming:
            return
        }
    }

    // MARK: Time and acknowledgements

    /// When `tick` has something to do; nil while we follow nobody.
    public var nextDeadline: Instant? {
        switch phase {
        case .idle: nil
        case .waiting(let until): until
        case .streaming: min(nextAcknowledgement, lastReceived + settings.timeout)
        case .connecting, .handshake, .resynchronising, .announcing, .transferring, .verifying:
            min(lastReceived + settings.timeout, nextAcknowledgement)
        }
    }

    /// Does what is due: a new attempt, an acknowledgement, giving up on a silent master.
    public mutating func tick(
        offset: Int, at now: Instant, into outputs: inout [ReplicaLinkOutput]
    ) {
        let isSilent = now - lastReceived > settings.timeout
        switch phase {
        case .idle:
            return
        case .waiting(let until):
            guard now >= until, let master else { return }
            log(.notice, "Connecting to MASTER \(master)", &outputs)
            connect(master, at: now, into: &outputs)
        case .connecting, .handshake, .resynchronising:
            guard isSilent else { break }
            fail("Timeout connecting to the MASTER...", at: now, into: &outputs)
        case .announcing, .transferring, .verifying:
            if isSilent {
                fail(
                    "Timeout receiving bulk data from MASTER... If the problem persists try to "
                        + "set the 'repl-timeout' parameter in redis.conf to a larger value.",
                    at: now, into: &outputs)
            } else if now >= nextAcknowledgement {
                // The master sees that we live, before there is an offset to tell.
                outputs.append(.send("\n"))
            }
        case .streaming:
            if isSilent {
                log(.warning, "MASTER timeout: no data nor PING received...", &outputs)
                outputs.append(.disconnect)
                closed("timeout", at: now, into: &outputs)
            } else if now >= nextAcknowledgement {
                acknowledge(offset, at: now, into: &outputs)
            }
        }
        if now >= nextAcknowledgement { nextAcknowledgement = now + .seconds(1) }
    }

    /// Tells the master how far we are: when it asks, and each second.
    public mutating func acknowledge(
        _ offset: Int, at now: Instant, into outputs: inout [ReplicaLinkOutput]
    ) {
        guard case .streaming = phase else { return }
        nextAcknowledgement = now + .seconds(1)
        send([["REPLCONF", "ACK", ByteString(String(offset))]], &outputs)
    }

    // MARK: For INFO and ROLE

    /// Whether we follow our master now.
    public var isStreaming: Bool { if case .streaming = phase { true } else { false } }

    /// Whether a whole data set is on its way.
    public var isTransferring: Bool {
        switch phase {
        case .announcing, .transferring, .verifying: true
        case .idle, .waiting, .connecting, .handshake, .resynchronising, .streaming: false
        }
    }

    /// How many bytes of the snapshot are to come in all, 0 when unknown, and have come.
    public var transferProgress: (total: Int, read: Int) {
        if case .transferring(_, _, let receiver) = phase {
            (receiver.announcedLength, receiver.received)
        } else {
            (isTransferring ? -1 : 0, 0)
        }
    }

    /// The word for the phase in ROLE.
    public var phaseName: StaticString {
        switch phase {
        case .idle: "none"
        case .waiting: "connect"
        case .connecting: "connecting"
        case .handshake, .resynchronising: "handshake"
        case .announcing, .transferring, .verifying: "sync"
        case .streaming: "connected"
        }
    }
}
