// A failover, as its leader sees it.
//
// Invariants of the group, kept by these files together:
//  1. One vote an epoch and sentinel, surviving restart: the record precedes the answer, and a
//     failed record means no vote (Vote.swift).
//  2. At most one leader an epoch and master: a leader has the votes of a majority of all sentinels
//     ever seen, and each votes once (Election.swift).
//  3. Epochs never decrease, in memory or on disk: every change is a maximum, or an increment.
//  4. Every configuration is published under an epoch that its publisher won: the config epoch
//     becomes the failover's epoch when the promotion is confirmed, and not before
//     (Promotion.swift). An operator's FORCE is the exception, and says so in the log.
//  5. After healing, all live sentinels name one master, and every replica follows it: greater
//     config epochs are adopted from hellos (Hello.swift), and servers that disagree are
//     reconfigured (Information.swift).
//  6. A replica is promoted only if it was eligible when it was selected (ReplicaSelection.swift).
//
//          none <-----------------------------------------------+
//            | odown, or an operator                            |
//            v                                                  |
//     waitingForStart ---- not elected, or nobody can be ------>|
//            | elected                                          |
//            v                                                  |
//     selectingReplica --- no good replica -------------------->|
//            | selected            ^                            |
//            +-- handingOver ------|--- given up -------------->|   (planned: Switchover.swift)
//            | replica caught up   |                            |
//            v                     | refused to be promoted     |
//     sendingPromotion ----------- + -- no link for too long -->|
//            | SLAVEOF NO ONE sent |                            |
//            v                     |                            |
//     waitingForPromotion ---------+--- no answer for too long->+
//            | EXEC says OK, or INFO says role:master
//            v                    (from here on there is no way back)
//     reconfiguringReplicas
//            | all done, or failover-timeout
//            v
//     updatingConfiguration --- SwitchMaster: the promoted replica is the master ---> none

import Bytes
import Determinism

/// Where a failover of one master stands.
struct Failover: Sendable {
    enum Phase: Hashable, Sendable {
        case none
        case waitingForStart
        case selectingReplica
        case handingOver
        case sendingPromotion
        case waitingForPromotion
        case reconfiguringReplicas
        case updatingConfiguration

        /// Whether the replica is a master already, so that there is no way back.
        var isPromoted: Bool {
            switch self {
            case .reconfiguringReplicas, .updatingConfiguration: true
            case .none, .waitingForStart, .selectingReplica, .handingOver, .sendingPromotion,
                .waitingForPromotion:
                false
            }
        }

        /// The word of SENTINEL MASTER's `failover-state`.
        var word: ByteString {
            switch self {
            case .none: "none"
            case .waitingForStart: "wait_start"
            case .selectingReplica: "select_slave"
            case .handingOver: "wait_handover"
            case .sendingPromotion: "send_slaveof_noone"
            case .waitingForPromotion: "wait_promotion"
            case .reconfiguringReplicas: "reconf_slaves"
            case .updatingConfiguration: "update_config"
            }
        }
    }

    private(set) var phase = Phase.none
    /// When the phase was entered.
    private(set) var changedAt = Instant.zero
    /// When the last attempt began, ours or that of one whom we voted for; up to a second is added.
    ///
    /// No other attempt is begun for two failover timeouts after it, unless a pre-vote proves that
    /// nobody leads.
    var startedAt: Instant?
    /// Whether no proof shortens that delay.
    var isDelayFirm = false
    /// The epoch of the vote for another that began the delay.
    var delayedByVote: UInt64?
    /// The round of questions before the next election.
    var canvass: Canvass?
    /// The most sentinels that anyone counted before this election.
    var electorate = 0
    /// Rounds without a leader since the master went down; the waits between them grow.
    var lostRounds = 0
    /// The epoch that this sentinel stands for, or won.
    private(set) var epoch: UInt64 = 0
    /// Whether an operator asked for it.
    private(set) var isForced = false
    /// Whether it may lead only with the votes of a majority; not so after FAILOVER ...
    ///
    /// FORCE.
    private(set) var needsVotes = true
    /// Whether the epoch and our vote are on disk.
    var isCandidacyRecorded = false
    /// When the others were first asked for their votes.
    var stoodAt = Instant.zero
    /// The replica that was selected.
    var promoted: NodeAddress?
    /// The run id under which it was selected.
    var promotedRunID: ByteString?
    /// What was asked of it.
    var request = FailoverRequest()
    /// How far the master's part in it is, if it has one.
    var switchover: Switchover?
    /// When the former master was told to follow.
    var demotedAt: Instant?
    /// Why it was given up, where the event does not tell.
    var reason: String?
    /// Our turn to stand for leader.
    var notBefore: Instant?
    /// The attempt for which the delay of the next one was logged.
    var delayLoggedFor: Instant?

    var isInProgress: Bool { phase != .none }
    /// Whether votes were asked for, and no replica has been told to become a master.
    var hasToldNobody: Bool {
        switch phase {
        case .waitingForStart, .selectingReplica, .handingOver, .sendingPromotion: true
        case .none, .waitingForPromotion, .reconfiguringReplicas, .updatingConfiguration: false
        }
    }
    /// Whether others are asked for their votes.
    var isSeekingVotes: Bool { phase == .waitingForStart && isCandidacyRecorded }

    mutating func begin(epoch: UInt64, at now: Instant, isForced: Bool, needsVotes: Bool) {
        phase = .waitingForStart
        changedAt = now
        self.epoch = epoch
        self.isForced = isForced
        self.needsVotes = needsVotes
        isCandidacyRecorded = false
        promoted = nil
        canvass = nil
        request = FailoverRequest()
        switchover = nil
        demotedAt = nil
        reason = nil
    }

    mutating func enter(_ phase: Phase, at now: Instant) {
        self.phase = phase
        changedAt = now
    }

    mutating func end(at now: Instant) {
        phase = .none
        changedAt = now
        isForced = false
        needsVotes = true
        isCandidacyRecorded = false
        promoted = nil
        request = FailoverRequest()
        switchover = nil
        demotedAt = nil
    }
}

extension Sentinel {
    /// Takes the failover of the master at `index` one step on, if it is due.
    mutating func continueFailover(_ index: Int) {
        switch masters[index].failover.phase {
        case .none: break
        case .waitingForStart: countVotes(index)
        case .selectingReplica: selectReplica(index)
        case .handingOver: continueHandover(index)
        case .sendingPromotion: sendPromotion(index)
        case .waitingForPromotion: waitForPromotion(index)
        case .reconfiguringReplicas: reconfigureReplicas(index)
        case .updatingConfiguration: switchToPromoted(index)
        }
    }

    /// Gives a failover up; only before the promotion is confirmed.
    mutating func abortFailover(_ index: Int) {
        releaseMaster(index)
        closeRecord(index, .aborted)
        answerWaiting(index)
        masters[index].failover.end(at: now)
        changed()
    }
}
