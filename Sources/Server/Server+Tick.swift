import Bytes
import Determinism
import Sessions
import Storage

/// What happens by the clock, and at the end of each turn.
///
/// The tick comes `hz` times a second: active expiry, save points, links, limits of clients. What
/// must not wait for it (a snapshot that runs, a pause that ends) has a deadline of its own.
extension Server {
    /// Databases that one tick expires keys of; the next tick goes on behind them.
    private static let databasesPerTick = 16
    /// Segments and entries that one round of active expiry may visit, at effort 1.
    private static let expiryBudget = 400
    /// Entries of emptied tables that one turn frees.
    private static let freeingBudget = 2000

    /// When `tick` has something to do.
    public var nextDeadline: Instant {
        if keyspace.hasReclaimable { return now.instant }
        var deadline = nextTick
        if let next = snapshotDeadline { deadline = min(deadline, next) }
        if let end = sessions.pause.nextDeadline { deadline = min(deadline, end) }
        if let end = rolesDeadline { deadline = min(deadline, end) }
        if let end = roles.fence.nextDeadline { deadline = min(deadline, end) }
        return deadline
    }

    /// Does what is due.
    ///
    /// Called once a turn, after `execute`.
    public mutating func tick(at now: Moment) {
        self.now = now
        turnFence()
        workOnSnapshot(at: now)
        if keyspace.hasReclaimable { _ = keyspace.reclaim(budget: Self.freeingBudget) }
        tickRoles()
        tickSwitchover()
        if sessions.pause.isActive { releasePaused() }
        if now.instant >= nextTick { tickByTheClock() }
        settleTurn()
    }

    private mutating func tickByTheClock() {
        nextTick = now.instant + .milliseconds(1000 / Int64(max(settings.hz, 1)))
        if isPeriodicWorkPaused { return refreshConditions() }
        expireKeys()
        statistics.sampleRates(at: now.instant)
        if now.instant >= nextSecond {
            nextSecond = now.instant + .seconds(1)
            statistics.memory.note(allocated: allocatedMemory)
            sweepSessions()
            checkSavePoints()
        }
        if pendingShutdown != nil { continueShutdown() }
        refreshConditions()
    }

    private mutating func sweepSessions() {
        let (idle, warnings) = sessions.sweep(at: now.instant)
        for _ in 0..<idle { log(.verbose, "Closing idle client") }
        for warning in warnings { log(.warning, warning) }
    }

    /// Active expiry: databases in turn, again where many of those looked at had expired.
    private mutating func expireKeys() {
        guard isActiveExpiryEnabled, !keepsExpired, !roles.isHandingOver,
            !conditions.contains(.loading), sessions.pause.scope(at: now.instant) == nil
        else { return }
        let budget = Self.expiryBudget * settings.activeExpireEffort
        var examined = 0
        var expired = 0
        for _ in 0..<min(Self.databasesPerTick, keyspace.databaseCount) {
            let index = nextExpiryDatabase % keyspace.databaseCount
            nextExpiryDatabase = index + 1
            for _ in 0..<16 {
                let result = keyspace[index].expireCycle(at: now.unix, budget: budget)
                settleOutsideCommand(index)
                examined += result.examined
                expired += result.expired
                if !result.isWorthRepeating || result.examined == 0 { break }
            }
        }
        statistics.noteExpiry(expired: expired, of: examined)
    }

    /// Lets go on who was put off, as far as less is paused than before.
    mutating func releasePaused() {
        for id in sessions.pause.takeReleased(at: now.instant) { unblock(id) }
        pauseChanged()
    }

    /// More or less is paused than before.
    mutating func pauseChanged() {
        refreshConditions()
        if !conditions.contains(.loading) { setExpiryPolicy() }
    }

    /// The end of a turn: who waits is answered, replicas are handed the stream, an emptied data
    /// set is saved.
    mutating func settleTurn() {
        settleRoles()
        saveFlushed()
    }

    /// Brings `conditions` up to date; called when anything that they come from has changed.
    mutating func refreshConditions() {
        var conditions = self.conditions.intersection(.loading)
        if roles.isReplica {
            conditions.insert(.isReplica)
            if settings.replicaReadOnly { conditions.insert(.isReadOnly) }
            if !settings.replicaServeStaleData, !roles.link.isStreaming {
                conditions.insert(.isStale)
            }
            if roles.link.isTransferring { conditions.insert(.receivesDataSet) }
        } else {
            if !persistence.lastSaveSucceeded, settings.stopWritesOnBgsaveError,
                !settings.savePoints.isEmpty
            {
                conditions.insert(.cannotPersist)
            }
            if roles.fence.isClosed { conditions.insert(.isFenced) }
            if settings.minReplicasToWrite > 0, settings.minReplicasMaxLagSeconds > 0 {
                conditions.insert(.needsReplicas)
            }
        }
        if sessions.pause.isActive { conditions.insert(.isPaused) }
        if roles.switchover.isUntold(at: now.instant) { conditions.insert(.isSuperseded) }
        if !sessions.monitors.isEmpty { conditions.insert(.hasMonitors) }
        self.conditions = conditions
        sessions.identity.role = roles.isReplica ? "replica" : "master"
    }

    /// Tells every database what becomes of keys whose time has passed; called when the role or what
    /// is paused changes.
    ///
    /// The master's stream ignores their time: only the master decides. Nor does a master remove
    /// them while writes pause, or its stream would not stand still.
    mutating func setExpiryPolicy(obeying: Bool = false) {
        let isHeld = keepsExpired || roles.isHandingOver || sessions.pause.isActive
        keyspace.setExpiryPolicy(obeying ? .ignore : isHeld ? .hide : .remove)
    }

    /// Tells every database which keyspace events to collect.
    mutating func setEventMask() {
        let mask = KeyspaceEventMask(
            rawValue: UInt16(truncatingIfNeeded: settings.notifyKeyspaceEvents))
        // Nothing is collected unless one of the two kinds of channels is on.
        let isOn = !mask.isDisjoint(with: [.keyspace, .keyevent])
        keyspace.setEventMask(isOn ? mask.subtracting([.keyspace, .keyevent]) : [])
    }
}
