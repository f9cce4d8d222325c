/// Tables that were emptied as a whole: to be saved by a running snapshot, then freed.
@safe @usableFromInline struct DetachedTables: ~Copyable {
    private var tables: [UnsafeMutablePointer<EntryTable>] = unsafe []

    init() {}

    // Inlinable, as all that the setters of inlinable properties call.
    @inlinable
    deinit { dispose() }

    @usableFromInline
    func dispose() {
        for index in unsafe tables.indices {
            unsafe tables[index].deinitialize(count: 1)
            unsafe tables[index].deallocate()
        }
    }

    /// Whether some table waits for no snapshot.
    var hasReclaimable: Bool {
        for index in unsafe tables.indices where unsafe tables[index].pointee.isReclaimable {
            return true
        }
        return false
    }
    /// How many tables.
    var count: Int { unsafe tables.count }

    /// Takes a table over; an empty one is freed at once.
    mutating func append(_ table: consuming EntryTable) {
        if table.count == 0 && table.isReclaimable { return }
        let place = UnsafeMutablePointer<EntryTable>.allocate(capacity: 1)
        unsafe place.initialize(to: table)
        unsafe tables.append(place)
    }

    /// Lends a table.
    func with<Result>(_ index: Int, _ body: (inout EntryTable) -> Result) -> Result {
        unsafe body(&tables[index].pointee)
    }

    /// Frees entries of tables that no snapshot waits for, until `budget` were freed; returns how
    /// many were.
    mutating func reclaim(budget: Int) -> Int {
        var freed = 0
        var index = 0
        while index < count && freed < budget {
            let isGone = unsafe DetachedTables.free(&tables[index].pointee, budget, &freed)
            if isGone {
                let table = unsafe tables.remove(at: index)
                unsafe table.deinitialize(count: 1)
                unsafe table.deallocate()
            } else {
                index += 1
            }
        }
        return freed
    }

    private static func free(_ table: inout EntryTable, _ budget: Int, _ freed: inout Int) -> Bool {
        if !table.isReclaimable { return false }
        while freed < budget && table.freedSegments < table.pool.count {
            freed += table.freeNextSegment() + 1
        }
        return table.freedSegments == table.pool.count
    }
}
