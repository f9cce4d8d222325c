/// Periods and limits that every sentinel of a group should have in common; those of Redis 7.2.
public struct SentinelTiming: Hashable, Sendable {
    /// Between two INFO of a healthy node.
    public var informationPeriod: Duration = .seconds(10)
    /// Between two INFO of a replica while its master is down.
    public var urgentInformationPeriod: Duration = .seconds(1)
    /// Between two INFO of a node whose change a failover waits for.
    public var failoverInformationPeriod: Duration = .milliseconds(100)
    /// Between two pings; less where down-after is less.
    public var pingPeriod: Duration = .seconds(1)
    /// Between two pings of a master, as a part of its down-after: what a failure may wait unnoticed.
    public var masterPingShare = 8
    /// Pings are never closer than this.
    public var shortestPingPeriod: Duration = .milliseconds(10)
    /// Before the second attempt to replace a connection; the first is made at once.
    public var firstReconnectPause: Duration = .milliseconds(20)
    /// Between two attempts to reach a node at whose address nobody listens.
    public var refusedReconnectPeriod: Duration = .milliseconds(250)
    /// Between two questions to a sentinel about a master that is down.
    public var askPeriod: Duration = .seconds(1)
    /// Between two hellos to a node.
    public var publishPeriod: Duration = .seconds(2)
    /// A loop that is this late was stalled: nobody was silent meanwhile.
    public var stallThreshold: Duration = .milliseconds(10)
    /// A loop that is this late does not trust its timers.
    public var tiltTrigger: Duration = .seconds(2)
    /// For so long it then only observes.
    public var tiltPeriod: Duration = .seconds(30)
    /// A replica that does not follow the new master by then counts as reconfigured.
    public var reconfigurationTimeout: Duration = .seconds(10)
    /// A connection is at least this old before it is replaced because of silence.
    public var minimumLinkReconnectPeriod: Duration = .seconds(15)
    /// A candidate gives up after this, or after failover-timeout if that is shorter.
    public var electionTimeout: Duration = .seconds(10)
    /// down-after-milliseconds of a master for which none is set.
    public var defaultDownAfter: Duration = .seconds(30)
    /// failover-timeout of a master for which none is set.
    public var defaultFailoverTimeout: Duration = .seconds(180)
    /// A script that runs longer is killed.
    public var scriptMaximumRuntime: Duration = .seconds(60)
    /// Before a script that failed runs again; doubled each time.
    public var scriptRetryDelay: Duration = .seconds(30)
    /// A voter's own next attempt is put off by up to this.
    public var maximumDesynchronisation: Duration = .seconds(1)
    /// Between the starts of two sentinels that saw the master go at the same moment: as long as answers
    /// take, within these limits.
    public var candidacySlots: ClosedRange<Duration> = .milliseconds(50) ... .seconds(1)
    /// The first wait between two rounds of an election, at most; doubled each time.
    public var roundWait: Duration = .milliseconds(40)
    /// How long a candidate waits for what others would vote.
    public var canvassWait: Duration = .milliseconds(100)
    /// How long a leader waits for replicas to say where they are before it selects one.
    public var selectionWait: Duration = .milliseconds(300)

    /// How long a master holds its writes back for a switchover that is not committed.
    public var switchoverPause: Duration = .seconds(1)
    /// A leader gives a switchover up after this, before the master resumes by itself.
    public var switchoverPatience: Duration = .milliseconds(900)
    /// Between two questions to a replica that catches up.
    public var switchoverQuestionPeriod: Duration = .milliseconds(3)
    /// How long the new master is not announced while the former one has not answered.
    public var demotionWait: Duration = .milliseconds(300)
    /// Between two questions to a master that is being stopped.
    public var handoverPeriod: Duration = .milliseconds(250)

    /// The periods of Redis 7.2, and ours where it has none.
    public init() {}
}
