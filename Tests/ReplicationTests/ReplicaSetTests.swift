import Bytes
import Determinism
import Replication
import Testing

@Suite struct `A master's replicas` {
    static func at(_ milliseconds: Int64) -> Instant {
        Instant(nanoseconds: milliseconds * 1_000_000)
    }

    static func capable(_ port: Int, version: Int = 10) -> ReplicaAnnouncement {
        var announcement = ReplicaAnnouncement()
        announcement.listeningPort = port
        announcement.readsMarkedSnapshots = true
        announcement.understandsRenaming = true
        announcement.snapshotVersion = version
        return announcement
    }

    static func waiting(_ sessions: [UInt64], at now: Instant) -> ReplicaSet {
        var set = ReplicaSet(at: now)
        for session in sessions {
            set.announce(capable(6380 + Int(session)), session: session)
            set.attachWaiting(session, peerAddress: "10.0.0.1", isLegacy: false, at: now)
        }
        return set
    }

    @Test func `what a session announced before PSYNC is the replica's`() {
        let set = Self.waiting([1], at: .zero)
        #expect(set.replica(1)?.name == "10.0.0.1:6381")
        #expect(set.replica(1)?.stateName == "wait_bgsave")
        var named = Self.waiting([1], at: .zero)
        var announcement = named.announcement(of: 1)
        announcement.address = "example.org"
        named.announce(announcement, session: 1)
        #expect(named.replica(1)?.name == "example.org:6381")
    }

    @Test func `how an attached replica is served does not change any more`() {
        var set = Self.waiting([1], at: .zero)
        var announcement = set.announcement(of: 1)
        announcement.wantsSnapshotOnly = true
        announcement.readsMarkedSnapshots = false
        announcement.listeningPort = 7
        set.announce(announcement, session: 1)
        #expect(set.replica(1)?.announcement.wantsSnapshotOnly == false)
        #expect(set.replica(1)?.announcement.readsMarkedSnapshots == true)
        #expect(set.replica(1)?.announcement.listeningPort == 7)
    }

    @Test func `a replica without a port is named so`() {
        var set = ReplicaSet(at: .zero)
        set.attachWaiting(9, peerAddress: "::1", isLegacy: true, at: .zero)
        #expect(set.replica(9)?.name == "::1:<unknown-replica-port>")
    }

    @Test func `a snapshot waits for more replicas as long as the directives say`() {
        var settings = ReplicaSetSettings()
        let set = Self.waiting([1, 2], at: Self.at(1000))
        #expect(!set.wantsSnapshot(settings, at: Self.at(5999)))
        #expect(set.wantsSnapshot(settings, at: Self.at(6000)))
        settings.snapshotReplicas = 2
        #expect(set.wantsSnapshot(settings, at: Self.at(1000)))
        settings.snapshotReplicas = 3
        #expect(!set.wantsSnapshot(settings, at: Self.at(1000)))
        settings.waitsForMore = false
        #expect(set.wantsSnapshot(settings, at: Self.at(1000)))
        #expect(!ReplicaSet(at: .zero).wantsSnapshot(settings, at: Self.at(1000)))
    }

    @Test func `a snapshot does not wait where nobody is missing`() {
        let settings = ReplicaSetSettings()
        var set = Self.waiting([1], at: Self.at(1000))
        set.announce(Self.capable(6390), session: 2)
        set.attach(2, peerAddress: "10.0.0.2", from: 0, at: Self.at(1000))
        #expect(set.wantsSnapshot(settings, at: Self.at(1000)))
        // One that left lately may come back, and is waited for as the directives say.
        set.announce(Self.capable(6391), session: 3)
        set.attach(3, peerAddress: "10.0.0.3", from: 0, at: Self.at(1000))
        _ = set.remove(3, at: Self.at(1500))
        #expect(!set.wantsSnapshot(settings, at: Self.at(1500)))
        set.announce(Self.capable(6391), session: 4)
        set.attachWaiting(4, peerAddress: "10.0.0.3", isLegacy: false, at: Self.at(1600))
        #expect(set.wantsSnapshot(settings, at: Self.at(1600)))
        _ = set.remove(4, at: Self.at(1700))
        #expect(!set.wantsSnapshot(settings, at: Self.at(1700)))
        #expect(set.wantsSnapshot(settings, at: Self.at(1700) + settings.timeout))
    }

    @Test func `the snapshot has the least version that is read by all`() {
        var set = Self.waiting([1], at: .zero)
        set.announce(Self.capable(1, version: 11), session: 2)
        set.attachWaiting(2, peerAddress: "10.0.0.2", isLegacy: false, at: .zero)
        #expect(ReplicaSet.snapshotVersion(for: set.waiting) == 10)
        #expect(ReplicaSet.snapshotVersion(for: [set.waiting[1]]) == 11)
        #expect(ReplicaSet.snapshotVersion(for: []) == 11)
    }

    @Test func `the stream starts with the first acknowledgement after the snapshot`() {
        var set = Self.waiting([1], at: .zero)
        set.beginSnapshot(for: 1, at: 500)
        #expect(set.replica(1)?.state == .receiving)
        #expect(set.lowestNeededOffset == 500)
        #expect(
            set.endSnapshot(for: 1, at: Self.at(10))?.text
                == "Streamed RDB transfer with replica 10.0.0.1:6381 succeeded (socket). Waiting "
                + "for REPLCONF ACK from replica to enable streaming")
        #expect(set.replica(1)?.state == .confirming)
        #expect(
            set.acknowledge(1, offset: 500, onDisk: nil, at: Self.at(20))?.text
                == "Synchronization with replica 10.0.0.1:6381 succeeded")
        #expect(set.replica(1)?.state == .online)
        #expect(set.acknowledge(1, offset: 510, onDisk: 505, at: Self.at(30)) == nil)
        #expect(set.replica(1)?.acknowledgedOffset == 510)
        #expect(set.replica(1)?.acknowledgedOnDisk == 505)
    }

    @Test func `a replica that loads for long is kept as long as it shows that it lives`() {
        let settings = ReplicaSetSettings()
        var set = Self.waiting([1], at: .zero)
        set.beginSnapshot(for: 1, at: 0)
        _ = set.endSnapshot(for: 1, at: .zero)
        var outputs: [ReplicaSetOutput] = []
        for second in 1...200 as ClosedRange<Int64> {
            set.heard(1, at: Self.at(second * 1000))
            set.tick(
                settings, isMaster: true, isSnapshotRunning: false, at: Self.at(second * 1000),
                into: &outputs)
        }
        #expect(outputs.contains(.disconnect(1)) == false)
        set.tick(
            settings, isMaster: true, isSnapshotRunning: false, at: Self.at(261_000),
            into: &outputs)
        #expect(outputs.contains(.disconnect(1)))
    }

    @Test func `acknowledgements never go back, and count only when online`() {
        var set = ReplicaSet(at: .zero)
        set.attach(1, peerAddress: "a", from: 0, at: .zero)
        set.attach(2, peerAddress: "a", from: 0, at: .zero)
        set.attachWaiting(3, peerAddress: "a", isLegacy: false, at: .zero)
        _ = set.acknowledge(1, offset: 100, onDisk: nil, at: .zero)
        _ = set.acknowledge(1, offset: 50, onDisk: nil, at: .zero)
        _ = set.acknowledge(3, offset: 900, onDisk: nil, at: .zero)
        #expect(set.acknowledged(offset: 100) == 1)
        #expect(set.acknowledged(offset: 101) == 0)
        #expect(set.acknowledged(offset: 0) == 2)
        #expect(set.acknowledge(77, offset: 5, onDisk: nil, at: .zero) == nil)
    }

    @Test func `writes need enough replicas that were heard of lately`() {
        var settings = ReplicaSetSettings()
        settings.minimumReplicas = 1
        var set = ReplicaSet(at: .zero)
        #expect(!set.allowsWrites(settings, at: .zero))
        set.attach(1, peerAddress: "a", from: 0, at: .zero)
        #expect(set.allowsWrites(settings, at: Self.at(10_999)))
        #expect(!set.allowsWrites(settings, at: Self.at(11_000)))
        settings.maximumLagSeconds = 0
        #expect(set.allowsWrites(settings, at: Self.at(99_000)))
    }

    @Test func `time pings, keeps alive, starts snapshots and closes who is silent`() {
        let settings = ReplicaSetSettings()
        var set = Self.waiting([1], at: .zero)
        set.attach(2, peerAddress: "b", from: 0, at: .zero)
        // One that left is waited for.
        set.attach(3, peerAddress: "c", from: 0, at: .zero)
        _ = set.remove(3, at: .zero)
        var seen: [Int64: [ReplicaSetOutput]] = [:]
        for millisecond in stride(from: Int64(0), through: 61_500, by: 100) {
            var outputs: [ReplicaSetOutput] = []
            let now = Self.at(millisecond)
            set.tick(
                settings, isMaster: true, isSnapshotRunning: false, at: now, into: &outputs)
            if outputs.contains(.startSnapshot) {
                set.beginSnapshot(for: 1, at: 0)
                _ = set.endSnapshot(for: 1, at: now)
                _ = set.acknowledge(1, offset: 0, onDisk: nil, at: now)
            }
            if millisecond > 10_000 { _ = set.acknowledge(1, offset: 0, onDisk: nil, at: now) }
            if !outputs.isEmpty { seen[millisecond] = outputs }
            if outputs.contains(.disconnect(2)) { _ = set.remove(2, at: now) }
        }
        #expect(seen[1000] == [.ping, .keepAlive(1)])
        #expect(seen[2000] == [.keepAlive(1)])
        #expect(seen[5000] == [.keepAlive(1), .startSnapshot])
        #expect(seen[6000] == nil)
        #expect(seen[11_000] == [.ping])
        #expect(
            seen[61_000] == [
                .ping,
                .log(
                    .init(
                        .warning,
                        "Disconnecting timedout replica (streaming sync): "
                            + "b:<unknown-replica-port>")),
                .disconnect(2),
            ])
    }

    @Test func `a chained server does not ping, the top of the chain does`() {
        var set = ReplicaSet(at: .zero)
        set.attach(2, peerAddress: "b", from: 0, at: .zero)
        var outputs: [ReplicaSetOutput] = []
        set.tick(
            ReplicaSetSettings(), isMaster: false, isSnapshotRunning: false, at: Self.at(1000),
            into: &outputs)
        #expect(outputs.isEmpty)
    }

    @Test func `knows since when it is empty`() {
        var set = ReplicaSet(at: Self.at(5))
        #expect(set.emptySince == Self.at(5))
        set.attach(1, peerAddress: "b", from: 0, at: Self.at(6))
        #expect(set.emptySince == nil)
        let wasAttached = set.remove(1, at: Self.at(7))
        #expect(wasAttached)
        #expect(set.emptySince == Self.at(7))
        let isAttached = set.remove(1, at: Self.at(8))
        #expect(!isAttached)
    }

    @Test func `WAIT answers in order of arrival, when enough acknowledged or time is up`() {
        var set = ReplicaSet(at: .zero)
        for session in 1...3 as ClosedRange<UInt64> {
            set.attach(session, peerAddress: "b", from: 0, at: .zero)
        }
        var waits = Acknowledgements()
        waits.add(session: 11, offset: 100, replicas: 2, deadline: Self.at(500))
        waits.add(session: 12, offset: 50, replicas: 1, deadline: nil)
        waits.add(session: 13, offset: 60, replicas: 1, deadline: Self.at(900))
        waits.add(session: 14, offset: 0, replicas: 4, deadline: nil)
        #expect(waits.nextDeadline == Self.at(500))
        #expect(waits.takeAnswers(from: set, at: .zero).isEmpty)
        _ = set.acknowledge(1, offset: 60, onDisk: nil, at: .zero)
        #expect(
            waits.takeAnswers(from: set, at: .zero) == [
                .init(session: 12, replicas: 1), .init(session: 13, replicas: 1),
            ])
        #expect(
            waits.takeAnswers(from: set, at: Self.at(500)) == [.init(session: 11, replicas: 0)])
        let waited = waits.remove(session: 14)
        let waits14 = waits.remove(session: 14)
        #expect(waited && !waits14)
        #expect(waits.waiters.isEmpty)
    }

    @Test func `WAITAOF counts what replicas have on disk`() {
        var set = ReplicaSet(at: .zero)
        for session in 1...2 as ClosedRange<UInt64> {
            set.attach(session, peerAddress: "b", from: 0, at: .zero)
        }
        var waits = Acknowledgements()
        waits.add(session: 11, offset: 100, replicas: 1, onDisk: true, deadline: nil)
        waits.add(session: 12, offset: 100, replicas: 1, deadline: nil)
        _ = set.acknowledge(1, offset: 100, onDisk: 60, at: .zero)
        #expect(waits.takeAnswers(from: set, at: .zero) == [.init(session: 12, replicas: 1)])
        _ = set.acknowledge(1, offset: 120, onDisk: 100, at: .zero)
        #expect(
            waits.takeAnswers(from: set, at: .zero) == [
                .init(session: 11, replicas: 1, onDisk: true)
            ])
    }
}
