import Bytes
import Determinism

/// Where a node stands in the tables just now; good until a table changes.
enum Place {
    case master(Int)
    case replica(Int, Int)
    case sentinel(SentinelNode)
}

extension Sentinel {
    /// The server at `place`, which is no sentinel.
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
            case .sentinel(let sentinel): sentinel.link
            case .master, .replica: self[node: place].link
            }
        }
    }

    /// The node's address.
    func address(of place: Place) -> NodeAddress {
        switch place {
        case .master(let index): masters[index].node.address
        case .replica(let index, let replica): masters[index].replicas[replica].node.address
        case .sentinel(let sentinel): sentinel.address
        }
    }

    /// Where the owner of a connection stands; nil when it is gone.
    @inline(__always) func place(of owner: LinkOwner) -> Place? {
        switch owner {
        case .master(let number): masterIndex(number: number).map { .master($0) }
        case .replica(let number, let address):
            masterIndex(number: number).flatMap { index in
                masters[index].replicaIndex(address).map { .replica(index, $0) }
            }
        case .sentinel(let sentinel): .sentinel(sentinel)
        }
    }

    /// Whose the connections at `place` are.
    func owner(of place: Place) -> LinkOwner {
        switch place {
        case .master(let index): .master(masters[index].number)
        case .replica(let index, let replica):
            .replica(
                master: masters[index].number, masters[index].replicas[replica].node.address)
        case .sentinel(let sentinel): .sentinel(sentinel)
        }
    }

    /// The masters that a change at `place` concerns are looked at before the input is done with.
    mutating func touch(_ place: Place) {
        switch place {
        case .master(let index), .replica(let index, _): touch(index)
        case .sentinel(let sentinel):
            for index in masters.indices where masters[index].peer(sentinel) != nil {
                touch(index)
            }
        }
    }

    /// Has the masters that find the sentinel down look at it again.
    mutating func touchDoubters(_ sentinel: SentinelNode) {
        for index in masters.indices
        where masters[index].peer(sentinel)?.isSubjectivelyDown == true {
            touch(index)
        }
    }

    /// The masters of a sentinel that is silent from now on look at it when they begin to doubt.
    mutating func expectDoubts(_ sentinel: SentinelNode) {
        for index in masters.indices where masters[index].peer(sentinel) != nil {
            bringForward(index, to: now + masters[index].settings.downAfter)
        }
    }

    /// Whether the master is the one that keeps the link to the sentinel alive: the first of those
    /// that it serves.
    @inline(__always) func isKeeper(_ index: Int, of sentinel: SentinelNode) -> Bool {
        for other in 0..<index where masters[other].peer(sentinel) != nil { return false }
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

    /// The sentinel process with that id, which is added or moved to `address`.
    mutating func rememberSentinel(_ runID: ByteString, _ address: NodeAddress) -> SentinelNode {
        if let known = sentinelsByID[runID] {
            known.address = address
            return known
        }
        let new = SentinelNode(runID: runID, address: address, at: now)
        sentinelsByID[runID] = new
        sentinels.append(new)
        return new
    }

    /// Drops the process if no master is left that it watches.
    mutating func forgetSentinelIfUnused(_ sentinel: SentinelNode) {
        guard !masters.contains(where: { $0.peer(sentinel) != nil }) else { return }
        disconnect(.sentinel(sentinel))
        sentinels.removeAll { $0 === sentinel }
        sentinelsByID[sentinel.runID] = nil
    }
}
