import Bytes
import Determinism

/// Where a node stands in the tables just now; good until a table changes.
enum Place: Hashable, Sendable {
    case master(Int)
    case replica(Int, Int)
    case sentinel(Int)
}

extension Sentinel {
    /// The server at `place`, which is no sentinel.
    ///
    /// Read in place, as `link:` is: a call would pass a copy of the whole sentinel.
    subscript(node place: Place) -> DataNode {
        @inline(__always) get {
            switch place {
            case .master(let index): masters[index].node
            case .replica(let index, let replica): masters[index].replicas[replica].node
            case .sentinel: preconditionFailure("a sentinel holds no data")
            }
        }
    }

    /// The connections to the node at `place`.
    subscript(link place: Place) -> NodeLink {
        @inline(__always) get {
            switch place {
            case .sentinel(let index): sentinels[index].link
            case .master, .replica: self[node: place].link
            }
        }
    }

    /// The node's address.
    func address(of place: Place) -> NodeAddress {
        switch place {
        case .master(let index): masters[index].node.address
        case .replica(let index, let replica): masters[index].replicas[replica].node.address
        case .sentinel(let index): sentinels[index].address
        }
    }

    /// Where the owner of a connection stands; nil when it is gone.
    func place(of owner: LinkOwner) -> Place? {
        switch owner {
        case .master(let number): masterIndex(number: number).map { .master($0) }
        case .replica(let number, let address):
            masterIndex(number: number).flatMap { index in
                masters[index].replicaIndex(address).map { .replica(index, $0) }
            }
        case .sentinel(let runID): sentinelIndex(runID).map { .sentinel($0) }
        }
    }

    /// Whose the connections at `place` are.
    func owner(of place: Place) -> LinkOwner {
        switch place {
        case .master(let index): .master(masters[index].number)
        case .replica(let index, let replica):
            .replica(
                master: masters[index].number, masters[index].replicas[replica].node.address)
        case .sentinel(let index): .sentinel(sentinels[index].runID)
        }
    }

    /// The masters that a change at `place` concerns are looked at before the input is done with.
    mutating func touch(_ place: Place) {
        switch place {
        case .master(let index), .replica(let index, _): touch(index)
        case .sentinel(let sentinel):
            let runID = sentinels[sentinel].runID
            for index in masters.indices where masters[index].peerIndex(runID) != nil {
                touch(index)
            }
        }
    }

    /// Has the masters that find the sentinel down look at it again.
    mutating func touchDoubters(_ sentinel: Int) {
        let runID = sentinels[sentinel].runID
        for index in masters.indices {
            guard let peer = masters[index].peerIndex(runID),
                masters[index].peers[peer].isSubjectivelyDown
            else { continue }
            touch(index)
        }
    }

    /// The masters of a sentinel that is silent from now on look at it when they begin to doubt.
    mutating func expectDoubts(_ sentinel: Int) {
        let runID = sentinels[sentinel].runID
        for index in masters.indices where masters[index].peerIndex(runID) != nil {
            bringForward(index, to: now + masters[index].settings.downAfter)
        }
    }

    /// Whether the master is the one that keeps the link to the sentinel alive: the first of those
    /// that it serves.
    func isKeeper(_ index: Int, of runID: ByteString) -> Bool {
        for other in 0..<index where masters[other].peerIndex(runID) != nil { return false }
        return true
    }

    /// The position of the master with that number.
    ///
    /// They stand in the order of their numbers.
    func masterIndex(number: Int) -> Int? {
        var low = 0
        var high = masters.count
        while low < high {
            let middle = (low + high) / 2
            if masters[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low < masters.count && masters[low].number == number ? low : nil
    }

    /// The position of the master with that name.
    func masterIndex(name: ByteString) -> Int? { masterPlaces[name] }

    /// The position of the sentinel process with that id.
    func sentinelIndex(_ runID: ByteString) -> Int? { sentinelPlaces[runID] }

    /// Adds the sentinel process, or moves it to `address`.
    mutating func rememberSentinel(_ runID: ByteString, _ address: NodeAddress) {
        if let index = sentinelIndex(runID) {
            sentinels[index].address = address
        } else {
            sentinelPlaces[runID] = sentinels.count
            sentinels.append(SentinelNode(runID: runID, address: address, at: now))
        }
    }

    /// Drops the process if no master is left that it watches.
    mutating func forgetSentinelIfUnused(_ runID: ByteString) {
        guard let index = sentinelIndex(runID),
            !masters.contains(where: { $0.peerIndex(runID) != nil })
        else { return }
        disconnect(.sentinel(index))
        sentinels.remove(at: index)
        sentinelPlaces[runID] = nil
        for later in index..<sentinels.count { sentinelPlaces[sentinels[later].runID] = later }
    }
}
