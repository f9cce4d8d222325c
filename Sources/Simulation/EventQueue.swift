// What will happen, in the order (time, sequence): two things of one moment happen in the order in
// which they were posted, so that a run depends on nothing but its seed.

import Determinism

/// One thing that will happen.
enum Event: Hashable, Sendable {
    /// A deadline of a process, in that life of it.
    case wake(node: Int, life: Int)
    /// A record of a sentinel has gone to the disk, or has not.
    case stored(node: Int, life: Int)
    /// The first packet of a direction of a connection arrives.
    case deliver(connection: Int, Direction)
    case faultBegins(Int)
    case faultEnds(Int)
    /// A flapping partition changes.
    case flap(Int)
    case restart(node: Int, life: Int)
    /// Everything is repaired; from here on the group has to recover.
    case heal
    /// The group is looked at as a whole.
    case probe

    /// A number for the transcript's hash.
    var code: UInt64 {
        switch self {
        case .wake(let node, _): 1 | UInt64(node) << 8
        case .deliver(let connection, let direction):
            (direction == .toServer ? 2 : 3) | UInt64(connection) << 8
        case .stored(let node, _): 4 | UInt64(node) << 8
        case .faultBegins(let index): 5 | UInt64(index) << 8
        case .faultEnds(let index): 6 | UInt64(index) << 8
        case .flap(let index): 7 | UInt64(index) << 8
        case .restart(let node, _): 8 | UInt64(node) << 8
        case .heal: 9
        case .probe: 10
        }
    }
}

/// A binary heap of events.
struct EventQueue: Sendable {
    private struct Entry: Sendable {
        var at: Instant
        var sequence: UInt64
        var event: Event

        func precedes(_ other: Entry) -> Bool {
            at != other.at ? at < other.at : sequence < other.sequence
        }
    }

    private var heap: [Entry] = []
    private var sequence: UInt64 = 0

    mutating func post(_ event: Event, at instant: Instant) {
        sequence += 1
        heap.append(Entry(at: instant, sequence: sequence, event: event))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].precedes(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes out the earliest event.
    mutating func next() -> (at: Instant, event: Event)? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return (first.at, first.event) }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].precedes(heap[least]) { least = child }
            }
            if least == parent { return (first.at, first.event) }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
