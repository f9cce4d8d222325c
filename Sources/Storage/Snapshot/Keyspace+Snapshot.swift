import Bytes
import Determinism

/// A snapshot without fork: the data set as it was when `beginSnapshot` was called, whatever is
/// written meanwhile.
///
/// ```
///   idle --beginSnapshot--> running --advanceSnapshot ... isComplete--> idle
///                              |
///                              +--abandonSnapshot--> idle
/// ```
/// 1. Every key is saved exactly once: by the cursor, which walks each table in the order of
///    hashes, or alone before it first changes (TableSnapshot). Numbers are never used again.
/// 2. Neither a change nor a slice works longer for a larger value: a value that has a block is lent
///    to the snapshot instead of copied, and handed out in parts (SnapshotOutput).
/// 3. A table carries its own progress and the number that its database had at the beginning:
///    SWAPDB and FLUSHALL move tables, and change nothing for the snapshot.
/// 4. A table made after the beginning has no part in the snapshot.
///
/// The bytes are RDB records, uncompressed and without the end: `RDBFinisher` makes a file of them,
/// on the loop or on a worker.
struct SnapshotState {
    var number: UInt32 = 0
    var isActive = false
    var totalCount = 0
    var savedCount = 0
    /// The database that the records written last belong to.
    var selectedDatabase = -1
    /// Records to be handed out.
    var output: [UInt8] = []
}

/// How far a snapshot has come.
public struct SnapshotProgress: Sendable {
    /// Keys whose records were made.
    public let savedKeys: Int
    /// Keys that there were at the beginning.
    public let totalKeys: Int
    /// All records were handed out.
    public let isComplete: Bool
}

/// What is written at the head of an RDB file.
public struct RDBPreamble: Sendable {
    /// The version in the signature: 11, or 10 for a replica that does not read more.
    public var version = RDBFormat.currentVersion
    /// Seconds since 1970 at which the snapshot begins.
    public var creationSeconds: Int64
    /// Bytes in use: `used-mem`.
    public var usedMemory: Int
    /// True for the base file of an append log.
    public var isAppendLogBase = false
    /// Where in the stream of replication the snapshot stands; nil when it has no meaning.
    public var replication: Replication?

    /// A position in the stream of replication.
    public struct Replication: Sendable {
        /// Database selected in the stream: `repl-stream-db`; -1 for none.
        public var selectedDatabase: Int
        /// Replication id, 40 hexadecimal digits: `repl-id`.
        public var id: String
        /// Bytes of the stream so far: `repl-offset`.
        public var offset: Int64
        /// Up to where the stream has changed keys: `rds-data-offset`, which others ignore.
        public var dataOffset: Int64?
        /// The id that this one grew out of, and the first byte that is not of that one:
        /// `rds-previous-id` and `rds-previous-limit`, which others ignore; nil without one.
        public var previous: (id: String, limit: Int64)?

        /// The first three parts.
        public init(selectedDatabase: Int, id: String, offset: Int64) {
            self.selectedDatabase = selectedDatabase
            self.id = id
            self.offset = offset
        }
    }

    /// A preamble without replication.
    public init(creationSeconds: Int64, usedMemory: Int) {
        self.creationSeconds = creationSeconds
        self.usedMemory = usedMemory
    }
}

extension Keyspace {
    /// Whether a snapshot is running.
    public var isSnapshotActive: Bool { snapshotState.isActive }

    /// Begins a snapshot of the present state of all databases.
    ///
    /// O(databases).
    ///
    /// None may be running.
    public mutating func beginSnapshot(_ preamble: RDBPreamble) {
        precondition(!snapshotState.isActive, "one snapshot runs at a time")
        snapshotState.number += 1
        snapshotState.isActive = true
        snapshotState.totalCount = keyCount
        snapshotState.savedCount = 0
        snapshotState.output = []
        snapshotState.selectedDatabase = -1
        var head = OutputBuffer()
        head.append(preamble)
        for index in 0..<databaseCount {
            self[index].table.beginSnapshot(number: snapshotState.number, databaseIndex: index)
            if self[index].count == 0 { continue }
            head.append(RDBFormat.Opcode.selectDatabase)
            head.append(rdbLength: index)
            head.append(RDBFormat.Opcode.resizeDatabase)
            head.append(rdbLength: self[index].count)
            head.append(rdbLength: self[index].expiringCount)
            snapshotState.selectedDatabase = index
        }
        snapshotState.output.append(contentsOf: ByteString(head.unsent).bytes)
    }

    /// Saves the next keys, about `budget` of them (50 to 200 ns each), and hands out about
    /// `byteBudget` bytes at the most, first of what was saved before.
    ///
    /// The bytes may end within a value; the next ones go on there. After `isComplete` the snapshot
    /// is over, and all were handed out.
    public mutating func advanceSnapshot(
        budget: Int, byteBudget: Int = 1 << 16
    ) -> (bytes: [UInt8], progress: SnapshotProgress) {
        precondition(snapshotState.isActive, "a snapshot is begun before it goes on")
        var rest = budget
        var isComplete = true
        forEachTable { table, state in
            if table.snapshot.output.isMidRecord {
                state.collect(&table.snapshot, upTo: byteBudget)
            }
        }
        forEachTable { table, state in
            let room = byteBudget - state.output.count
            if table.snapshot.isActive && rest > 0 && room > 0 {
                rest -= table.advanceSnapshot(budget: rest, byteBudget: room)
            }
            state.collect(&table.snapshot, upTo: byteBudget)
            if !table.isReclaimable { isComplete = false }
        }
        let bytes = snapshotState.output
        snapshotState.output = []
        snapshotState.isActive = !isComplete
        return (
            bytes,
            SnapshotProgress(
                savedKeys: snapshotState.savedCount, totalKeys: snapshotState.totalCount,
                isComplete: isComplete)
        )
    }

    /// Gives the running snapshot up, if there is one.
    public mutating func abandonSnapshot() {
        if !snapshotState.isActive { return }
        forEachTable { table, _ in table.abandonSnapshot() }
        snapshotState.isActive = false
        snapshotState.output = []
    }

    /// Bytes that the running snapshot keeps until they are handed out: copied, and of values that
    /// their keys have lent it.
    ///
    /// O(databases).
    public var snapshotMemory: (copied: Int, lent: Int) {
        var memory = (copied: 0, lent: 0)
        for index in 0..<databaseCount {
            self[index].table.addSnapshotMemory(to: &memory)
            for other in 0..<self[index].detached.count {
                self[index].detached.with(other) { $0.addSnapshotMemory(to: &memory) }
            }
        }
        return memory
    }

    private mutating func forEachTable(_ body: (inout EntryTable, inout SnapshotState) -> Void) {
        let databases = unsafe databases
        for index in 0..<databaseCount {
            for other in 0..<(unsafe databases[index].detached.count) {
                unsafe databases[index].detached.with(other) { body(&$0, &snapshotState) }
            }
            unsafe body(&databases[index].table, &snapshotState)
        }
    }
}

extension SnapshotState {
    /// Takes a table's records over, under a selection of its database, until there are about
    /// `limit` bytes.
    mutating func collect(_ snapshot: inout TableSnapshot, upTo limit: Int) {
        savedCount += snapshot.savedCount
        snapshot.savedCount = 0
        if snapshot.output.isEmpty || output.count >= limit { return }
        if selectedDatabase != snapshot.databaseIndex {
            var select = OutputBuffer()
            select.append(RDBFormat.Opcode.selectDatabase)
            select.append(rdbLength: snapshot.databaseIndex)
            output.append(contentsOf: ByteString(select.unsent).bytes)
            selectedDatabase = snapshot.databaseIndex
        }
        snapshot.output.move(to: &output, upTo: limit)
        if snapshot.output.isEmpty && !snapshot.isActive { snapshot.output.releaseTail() }
    }
}

extension OutputBuffer {
    /// The signature and the texts about the file.
    mutating func append(_ preamble: RDBPreamble) {
        append(text: "REDIS00")
        append(text: preamble.version < 10 ? "0\(preamble.version)" : "\(preamble.version)")
        append(rdbAuxiliary: "redis-ver", "7.2.4")
        append(rdbAuxiliary: "redis-bits", "64")
        append(rdbAuxiliary: "ctime", "\(preamble.creationSeconds)")
        append(rdbAuxiliary: "used-mem", "\(preamble.usedMemory)")
        if let replication = preamble.replication {
            append(rdbAuxiliary: "repl-stream-db", "\(replication.selectedDatabase)")
            append(rdbAuxiliary: "repl-id", replication.id)
            append(rdbAuxiliary: "repl-offset", "\(replication.offset)")
            if let offset = replication.dataOffset {
                append(rdbAuxiliary: "rds-data-offset", "\(offset)")
            }
            if let previous = replication.previous {
                append(rdbAuxiliary: "rds-previous-id", previous.id)
                append(rdbAuxiliary: "rds-previous-limit", "\(previous.limit)")
            }
        }
        append(rdbAuxiliary: "aof-base", preamble.isAppendLogBase ? "1" : "0")
    }
}
