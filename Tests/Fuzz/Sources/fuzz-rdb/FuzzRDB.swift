import Bytes
import Determinism
import FuzzDriver
import Storage

/// Loads what libFuzzer makes up as an RDB file: in pieces, whose size the first byte tells, and
/// with the checksum set to zero so that damage gets past it.
///
/// What was loaded must hold its invariants, and must be the same when it is saved and loaded again.
func fuzzRDB(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    guard let data, count > 0 else { return 0 }
    var file = [UInt8](UnsafeBufferPointer(start: data + 1, count: count - 1))
    let piece = max(Int(data[0]), 1)
    if file.count >= 17 { for index in file.count - 8..<file.count { file[index] = 0 } }
    guard let loaded = load(file, piece: piece) else { return 0 }
    check(loaded)
    return 0
}

func load(_ file: [UInt8], piece: Int) -> Keyspace? {
    var keyspace = Keyspace(databaseCount: 16, hashSeed: (1, 2))
    var loader = RDBLoader(now: UnixTime(milliseconds: 0), dropsExpired: false)
    do throws(RDBError) {
        var index = 0
        while index < file.count {
            let end = min(index + piece, file.count)
            try loader.feed(file.span.extracting(index..<end), into: &keyspace)
            index = end
        }
        try loader.finish()
    } catch {
        return nil
    }
    return keyspace
}

func check(_ loaded: consuming Keyspace) {
    var loaded = loaded
    for index in 0..<16 {
        let violations = loaded[index].checkInvariants()
        precondition(violations.isEmpty, "a loaded table is sound")
    }
    loaded.beginSnapshot(RDBPreamble(creationSeconds: 0, usedMemory: 0))
    var finisher = RDBFinisher(compresses: true, checksums: true)
    var file: [UInt8] = []
    var isComplete = false
    while !isComplete {
        let (records, progress) = loaded.advanceSnapshot(budget: 100)
        file += finisher.process(records)
        isComplete = progress.isComplete
    }
    file += finisher.finish()
    guard let again = load(file, piece: file.count) else {
        preconditionFailure("what we save is loaded")
    }
    precondition(again.keyCount == loaded.keyCount, "a reload has as many keys")
}

@main struct FuzzRDB {
    static func main() { fuzz { data, count in fuzzRDB(data, count) } }
}
