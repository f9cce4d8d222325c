/// Elements in the order of their arrival, each found by its sequence number.
///
/// Removal leaves a gap; once half of the places are gaps, they are closed. Sequence numbers keep
/// growing, so the places stay sorted by them and nobody has to be told. Append O(1), removal
/// O(log n), both amortised.
struct SequencedList<Element> {
    private var places: [(sequence: UInt64, element: Element?)] = []
    private var nextSequence: UInt64 = 0
    /// How many elements.
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// Adds an element at the end and returns its sequence number.
    mutating func append(_ element: Element) -> UInt64 {
        defer { nextSequence += 1 }
        places.append((nextSequence, element))
        count += 1
        return nextSequence
    }

    /// Removes the element with this number; nothing happens if there is none.
    mutating func remove(_ sequence: UInt64) {
        let index = position(of: sequence)
        guard index < places.count, places[index].sequence == sequence,
            places[index].element != nil
        else { return }
        places[index].element = nil
        count -= 1
        if count * 2 < places.count { places.removeAll { $0.element == nil } }
    }

    /// The element with this number.
    subscript(_ sequence: UInt64) -> Element? {
        let index = position(of: sequence)
        return index < places.count && places[index].sequence == sequence
            ? places[index].element : nil
    }

    /// Changes the element with this number in place.
    mutating func update(_ sequence: UInt64, _ change: (inout Element) -> Void) {
        let index = position(of: sequence)
        guard index < places.count, places[index].sequence == sequence,
            var element = places[index].element
        else { return }
        // The array's storage is let go first, or the change would copy the element's own.
        places[index].element = nil
        change(&element)
        places[index].element = element
    }

    /// Places to walk through with `element(at:)`; gaps among them.
    var placeCount: Int { places.count }

    /// The element at a place; nil for a gap.
    func element(at place: Int) -> Element? { places[place].element }

    private func position(of sequence: UInt64) -> Int {
        var low = 0
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if places[middle].sequence < sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension SequencedList: Sendable where Element: Sendable {}
