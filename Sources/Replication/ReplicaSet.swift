import Bytes
import Determinism

/// What a master does for its replicas as time passes.
public enum ReplicaSetOutput: Sendable, Equatable {
    /// A line for the log.
    case log(ReplicationLogLine)
    /// The session is closed.
    case disconnect(UInt64)
    /// A newline shows a replica that waits for its snapshot that we live.
    case keepAlive(UInt64)
    /// A PING goes into the stream.
    case ping
    /// A snapshot begins for those that wait.
    case startSnapshot
}

/// The directives that govern a master's replicas.
public struct ReplicaSetSettings: Sendable, Equatable {
    /// `repl-timeout`: how long a replica may be silent.
    public var timeout: Duration
    /// `repl-ping-replica-period`: how often replicas are pinged.
    public var pingPeriod: Duration
    /// `repl-diskless-sync`: whether a snapshot waits for more replicas.
    public var waitsForMore: Bool
    /// `repl-diskless-sync-delay`: how long it waits.
    public var snapshotDelay: Duration
    /// `repl-diskless-sync-max-replicas`; 0: no limit.
    public var snapshotReplicas: Int
    /// `repl-backlog-ttl`; zero: never given up.
    public var backlogTimeToLive: Duration
    /// `min-replicas-to-write`: below it, writes are refused.
    public var minimumReplicas: Int
    /// `min-replicas-max-lag`, in seconds.
    public var maximumLagSeconds: Int

    /// Redis's defaults.
    public init() {
        timeout = .seconds(60)
        pingPeriod = .seconds(10)
        waitsForMore = true
        snapshotDelay = .seconds(5)
        snapshotReplicas = 0
        backlogTimeToLive = .seconds(3600)
        minimumReplicas = 0
        maximumLagSeconds = 10
    }
}

/// A master's replicas, in the order in which they came.
///
/// Invariants: a session is attached at most once; an attached session's announcement is the
/// replica's own; a replica that needs the stream holds back the backlog at its `nextOffset`.
public struct ReplicaSet: Sendable {
    /// The replicas.
    public private(set) var replicas: [AttachedReplica] = []
    /// Since when there is none; nil while there is one.
    public private(set) var emptySince: Instant?

    /// Replicas that left and are not back, oldest first; no more than `departedLimit`.
    private var departed: [(name: String, at: Instant)] = []
    private static let departedLimit = 64

    private var announcements: [UInt64: ReplicaAnnouncement] = [:]
    private var nextPing: Instant
    private var nextKeepAlive: Instant

    /// No replica yet.
    public init(at now: Instant) {
        emptySince = now
        nextPing = now
        nextKeepAlive = now
    }

    /// How many replicas.
    public var count: Int { replicas.count }
    /// True when there is none.
    public var isEmpty: Bool { replicas.isEmpty }

    /// The replica of a session.
    public func replica(_ session: UInt64) -> AttachedReplica? {
        replicas.first { $0.session == session }
    }

    /// What a session told about itself.
    public func announcement(of session: UInt64) -> ReplicaAnnouncement {
        replica(session)?.announcement ?? announcements[session] ?? ReplicaAnnouncement()
    }

    /// Keeps what a session tells about itself.
    public mutating func announce(_ announcement: ReplicaAnnouncement, session: UInt64) {
        if let index = index(of: session) {
            // How it is served was settled when it was attached.
            var changed = announcement
            changed.wantsSnapshotOnly = replicas[index].announcement.wantsSnapshotOnly
            changed.readsMarkedSnapshots = replicas[index].announcement.readsMarkedSnapshots
            replicas[index].announcement = changed
        } else {
            announcements[session] = announcement
        }
    }

    // MARK: Coming and going

    /// Attaches a session that goes on from `offset`.
    public mutating func attach(
        _ session: UInt64, peerAddress: ByteString, from offset: Int, at now: Instant
    ) {
        insert(session, peerAddress, .online, offset, isLegacy: false, now)
    }

    /// Attaches a session that needs the whole data set.
    public mutating func attachWaiting(
        _ session: UInt64, peerAddress: ByteString, isLegacy: Bool, at now: Instant
    ) {
        insert(session, peerAddress, .waiting(since: now), 0, isLegacy: isLegacy, now)
    }

    /// Forgets a session; true when it was attached.
    public mutating func remove(_ session: UInt64, at now: Instant) -> Bool {
        announcements[session] = nil
        guard let index = index(of: session) else { return false }
        departed.append((replicas.remove(at: index).name, now))
        if departed.count > ReplicaSet.departedLimit { departed.removeFirst() }
        if replicas.isEmpty { emptySince = now }
        return true
    }

    /// From now on there being no replica counts towards the backlog's time to live.
    public mutating func restartIdleClock(at now: Instant) {
        if replicas.isEmpty { emptySince = now }
    }

    // MARK: Snapshot

    /// The sessions that wait for a snapshot.
    public var waiting: [AttachedReplica] {
        replicas.filter { if case .waiting = $0.state { true } else { false } }
    }

    /// The sessions that a snapshot is being sent to.
    public var receiving: [AttachedReplica] { replicas.filter { $0.state == .receiving } }

    /// Whether a snapshot should begin now for those that wait.
    ///
    /// It waits for more replicas where more may come: when a group starts, and while one that left
    /// lately is missing. With the others here and online, there is nobody to wait for.
    public func wantsSnapshot(_ settings: ReplicaSetSettings, at now: Instant) -> Bool {
        let waiting = self.waiting
        guard !waiting.isEmpty else { return false }
        if !settings.waitsForMore || settings.snapshotDelay == .zero { return true }
        if waiting.contains(where: { !$0.announcement.readsMarkedSnapshots }) { return true }
        if settings.snapshotReplicas > 0 && waiting.count >= settings.snapshotReplicas {
            return true
        }
        let isGroupHere =
            replicas.contains(where: \.isOnline)
            && !departed.contains { now - $0.at < settings.timeout }
        if isGroupHere { return true }
        return waiting.contains { replica in
            guard case .waiting(let since) = replica.state else { return false }
            return now - since >= settings.snapshotDelay
        }
    }

    /// The version of the RDB format that all of these read.
    public static func snapshotVersion(for replicas: [AttachedReplica]) -> Int {
        replicas.map(\.announcement.snapshotVersion).min() ?? 11
    }

    /// A snapshot that shows the data at `offset` begins for this session.
    public mutating func beginSnapshot(for session: UInt64, at offset: Int) {
        guard let index = index(of: session) else { return }
        replicas[index].state = .receiving
        replicas[index].nextOffset = offset
    }

    /// The whole snapshot was handed to this session; nil when it is not attached any more.
    public mutating func endSnapshot(for session: UInt64, at now: Instant) -> ReplicationLogLine? {
        guard let index = index(of: session) else { return nil }
        replicas[index].lastAcknowledgement = now
        let isMarked = replicas[index].announcement.readsMarkedSnapshots
        replicas[index].state = isMarked && !replicas[index].isLegacy ? .confirming : .online
        return ReplicationLogLine(
            .notice,
            isMarked
                ? "Streamed RDB transfer with replica \(replicas[index].name) succeeded (socket). "
                    + "Waiting for REPLCONF ACK from replica to enable streaming"
                : "Synchronization with replica \(replicas[index].name) succeeded")
    }

    /// The snapshot failed for this session; it waits for the next one.
    public mutating func failSnapshot(for session: UInt64, at now: Instant) {
        guard let index = index(of: session) else { return }
        replicas[index].state = .waiting(since: now)
    }

    // MARK: Stream

    /// The session was handed the stream up to `offset`.
    public mutating func advance(_ session: UInt64, to offset: Int) {
        guard let index = index(of: session) else { return }
        replicas[index].nextOffset = offset
    }

    /// The lowest offset that a replica still needs; nil when none needs any.
    public var lowestNeededOffset: Int? {
        replicas.filter(\.needsStream).map(\.nextOffset).min()
    }

    /// Takes an acknowledgement; a line for the log when it brings the replica online.
    public mutating func acknowledge(
        _ session: UInt64, offset: Int, onDisk: Int?, at now: Instant
    ) -> ReplicationLogLine? {
        guard let index = index(of: session) else { return nil }
        replicas[index].acknowledgedOffset = max(replicas[index].acknowledgedOffset, offset)
        if let onDisk {
            replicas[index].acknowledgedOnDisk = max(replicas[index].acknowledgedOnDisk, onDisk)
        }
        replicas[index].lastAcknowledgement = now
        guard replicas[index].state == .confirming else { return nil }
        replicas[index].state = .online
        return ReplicationLogLine(
            .notice, "Synchronization with replica \(replicas[index].name) succeeded")
    }

    /// A sign of life: a replica that loads its snapshot sends newlines.
    public mutating func heard(_ session: UInt64, at now: Instant) {
        guard let index = index(of: session) else { return }
        replicas[index].lastAcknowledgement = now
    }

    /// How many replicas acknowledged `offset`, or acknowledged that they have it on disk.
    public func acknowledged(offset: Int, onDisk: Bool = false) -> Int {
        replicas.count {
            $0.isOnline && (onDisk ? $0.acknowledgedOnDisk : $0.acknowledgedOffset) >= offset
        }
    }

    /// How many replicas were heard of within `maximumLagSeconds`.
    public func goodReplicas(_ settings: ReplicaSetSettings, at now: Instant) -> Int {
        replicas.count { $0.isOnline && $0.lagSeconds(at: now) <= settings.maximumLagSeconds }
    }

    /// Whether a master with these settings may accept a write.
    public func allowsWrites(_ settings: ReplicaSetSettings, at now: Instant) -> Bool {
        if settings.minimumReplicas == 0 || settings.maximumLagSeconds == 0 { return true }
        return goodReplicas(settings, at: now) >= settings.minimumReplicas
    }

    // MARK: Time

    /// When `tick` has something to do; nil when nothing is planned.
    public var nextDeadline: Instant? { replicas.isEmpty ? nil : min(nextPing, nextKeepAlive) }

    /// Does what is due.
    ///
    /// `isMaster`: only the top of a chain writes PINGs into the stream.
    public mutating func tick(
        _ settings: ReplicaSetSettings, isMaster: Bool, isSnapshotRunning: Bool, at now: Instant,
        into outputs: inout [ReplicaSetOutput]
    ) {
        guard !replicas.isEmpty, now >= min(nextPing, nextKeepAlive) else { return }
        if now >= nextPing {
            nextPing = now + settings.pingPeriod
            if isMaster { outputs.append(.ping) }
        }
        guard now >= nextKeepAlive else { return }
        nextKeepAlive = now + .seconds(1)
        for replica in replicas {
            switch replica.state {
            case .waiting:
                outputs.append(.keepAlive(replica.session))
            case .receiving:
                // Its progress is watched by whoever sends.
                break
            case .confirming, .online:
                if replica.isLegacy || now - replica.lastAcknowledgement <= settings.timeout {
                    continue
                }
                outputs.append(
                    .log(
                        .init(
                            .warning,
                            "Disconnecting timedout replica (streaming sync): \(replica.name)")))
                outputs.append(.disconnect(replica.session))
            }
        }
        if !isSnapshotRunning && wantsSnapshot(settings, at: now) {
            outputs.append(.startSnapshot)
        }
    }

    private func index(of session: UInt64) -> Int? {
        replicas.firstIndex { $0.session == session }
    }

    private mutating func insert(
        _ session: UInt64, _ peerAddress: ByteString, _ state: AttachedReplica.State,
        _ offset: Int, isLegacy: Bool, _ now: Instant
    ) {
        precondition(index(of: session) == nil, "a session is attached once")
        let announcement = announcements.removeValue(forKey: session) ?? ReplicaAnnouncement()
        if replicas.isEmpty {
            nextPing = now + .seconds(1)
            nextKeepAlive = now + .seconds(1)
        }
        emptySince = nil
        let replica = AttachedReplica(
            session: session, peerAddress: peerAddress, announcement: announcement,
            state: state, nextOffset: offset, lastAcknowledgement: now, isLegacy: isLegacy)
        departed.removeAll { $0.name == replica.name }
        replicas.append(replica)
    }
}
