// Which history a data set belongs to. A history has a name of 40 characters; who becomes a master goes
// on under a new name, and remembers the old one and where it ended. Offsets can be compared within
// a history and across such a change, and mean nothing otherwise.

import Bytes

/// A history, and the one that it continues.
struct ReplicationHistory: Hashable, Sendable {
    /// `master_replid`.
    var name: ByteString
    /// `master_replid2`; nil if it continues none.
    var previous: ByteString?
    /// `second_repl_offset`: the first offset that does not belong to the previous one.
    var previousEnd: UInt64 = 0

    /// How a data set that is described by this history and an offset relates to a master's.
    enum Kinship: Int, Comparable, Sendable {
        /// None of its data is known to be the master's.
        case foreign
        /// It is of the history that the master continued, before the change.
        case prefix
        /// It is of the master's history.
        case same
        /// It continues the master's history under a newer name.
        case continuation

        static func < (left: Kinship, right: Kinship) -> Bool { left.rawValue < right.rawValue }
    }

    func kinship(at offset: UInt64, with master: ReplicationHistory) -> Kinship {
        if name == master.name { return .same }
        if previous == master.name { return .continuation }
        if name == master.previous && offset < master.previousEnd { return .prefix }
        return .foreign
    }

    /// Whether both are one history, or continue one.
    func hasCommonPast(with other: ReplicationHistory) -> Bool {
        name == other.name || name == other.previous || previous == other.name
            || previous != nil && previous == other.previous
    }

    /// The id of a data set that never had another name.
    static let noName = ByteString(String(repeating: "0", count: 40))
}

extension InformationReport {
    /// The history that the report names.
    var history: ReplicationHistory? {
        replicationID.map {
            ReplicationHistory(
                name: $0,
                previous: secondReplicationID == ReplicationHistory.noName
                    ? nil : secondReplicationID,
                previousEnd: secondOffset)
        }
    }

    /// How the data set of the report relates to that of a master.
    func kinship(with master: ReplicationHistory) -> ReplicationHistory.Kinship {
        history?.kinship(at: offset, with: master) ?? .foreign
    }
}

extension Sentinel {
    /// Learns the group's history from its master, and from those who follow it.
    ///
    /// A master is believed while it goes on with what is known. One that suddenly has another
    /// history (it came back empty, or with an old file) is believed when a replica has taken its
    /// data: until then those who have the group's data are its replicas. So is one that goes on from an
    /// older place than one of them has reached, and one that is fenced, as long as it is.
    ///
    /// Whoever is to be elected goes by what was known while the master was up: what a master that comes
    /// back in the middle of a failover has lost, and what an empty replica took from it before we
    /// reached it again, is no reason to pass over those who have more. A replica that we promoted is the
    /// master: it may have a successor before our failover is over.
    mutating func learnHistory(_ place: Place) {
        switch place {
        case .master(let index):
            if masters[index].failover.isInProgress { return }
            learnHistory(index, ofMaster: masters[index].node)
        case .replica(let index, _)
        where self[node: place].address == masters[index].currentAddress:
            learnHistory(index, ofMaster: self[node: place])
        case .replica(let index, _):
            let node = self[node: place]
            guard node.reportedRole == .replica, node.report.masterLinkIsUp,
                node.followedMaster == masters[index].node.address,
                !masters[index].node.isSubjectivelyDown, !masters[index].failover.isInProgress,
                let told = node.report.history
            else { return }
            // A chain's end may lag behind a change of name that the master has told.
            if let known = masters[index].history, known.previous == told.name { return }
            remember(told, index)
        case .sentinel: return
        }
    }

    /// Learns the history of a replica that is about to be named as the master, if it has said how it
    /// goes on: it may have a successor before it says so again, and who missed that would take those
    /// who did not for strangers.
    mutating func learnHistory(_ index: Int, ofNext target: NodeAddress) {
        masters[index].firstHistory = nil
        guard let replica = masters[index].replicaIndex(target) else { return }
        learnHistory(index, ofMaster: masters[index].replicas[replica].node)
    }

    private mutating func learnHistory(_ index: Int, ofMaster node: DataNode) {
        guard node.reportedRole == .master, !node.report.isFenced, let told = node.report.history,
            goesOn(told, index)
        else { return }
        remember(told, index)
    }

    /// Whether a master with that history goes on with what is known, and where all have come to.
    private func goesOn(_ told: ReplicationHistory, _ index: Int) -> Bool {
        guard let known = masters[index].history, told.name != known.name else { return true }
        return told.previous == known.name && !hasReplicaBeyond(told.previousEnd, of: known, index)
    }

    private mutating func remember(_ history: ReplicationHistory, _ index: Int) {
        if masters[index].firstHistory == nil { masters[index].firstHistory = history }
        if masters[index].history == history { return }
        masters[index].history = history
        records.isDue = true
    }

    /// Whether a replica has reached that offset of a history, at which a master left it.
    private func hasReplicaBeyond(
        _ end: UInt64, of history: ReplicationHistory, _ index: Int
    ) -> Bool {
        masters[index].replicas.contains {
            $0.node.report.replicationID == history.name && $0.node.report.offset >= end
        }
    }
}
