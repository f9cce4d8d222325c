import Bytes
import Determinism
import Glibc
import Storage

// Times of look-ups and changes, memory per key, the longest single insertion; prints one line
// each. Arguments: number of keys (5,000,000), bytes of a value (8), `stalls` to time each insertion.

/// Processor time of this thread: a busy machine disturbs it least.
func nanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

func residentBytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var total = 0
    var resident = 0
    withUnsafeMutablePointer(to: &total) { total in
        withUnsafeMutablePointer(to: &resident) { resident in
            withVaList([total, resident]) { _ = vfscanf(file, "%ld %ld", $0) }
        }
    }
    return resident * 4096
}

func report(_ name: String, _ value: Double, _ unit: String) {
    let cents = Int((value * 100).rounded())
    let fraction = cents % 100
    print("\(name): \(cents / 100).\(fraction < 10 ? "0" : "")\(fraction) \(unit)")
}

let arguments = CommandLine.arguments
let keyCount = arguments.count > 1 ? Int(arguments[1]) ?? 5_000_000 : 5_000_000
let valueCount = arguments.count > 2 ? Int(arguments[2]) ?? 8 : 8
let timesSingly = arguments.contains("stalls")
let batch = 16

/// `key:000000001234`, 16 bytes, at `place`.
func write(key number: Int, to bytes: inout [UInt8], at place: Int = 0) {
    var rest = number
    for index in stride(from: place + 15, through: place + 4, by: -1) {
        bytes[index] = UInt8(truncatingIfNeeded: 48 + rest % 10)
        rest /= 10
    }
}

/// Up to 2,000,000 keys: their file, read into another keyspace in pieces of 64 KB.
func load(_ file: [UInt8]) {
    var keyspace = Keyspace(databaseCount: 1, hashSeed: (3, 4))
    var loader = RDBLoader(now: UnixTime(milliseconds: 0), dropsExpired: false)
    let start = nanoseconds()
    var index = 0
    while index < file.count {
        let end = min(index + 65_536, file.count)
        do {
            try loader.feed(file.span.extracting(index..<end), into: &keyspace)
        } catch {
            print("not loaded: \(error)")
            return
        }
        index = end
    }
    report("load", Double(nanoseconds() - start) / Double(keyspace[0].count), "ns a key")
}

func run() {
    var keyspace = Keyspace(databaseCount: 1, hashSeed: (0x1234_5678, 0x9abc_def0))
    var random = RandomSource(seed: 1)
    let now = UnixTime(milliseconds: 1_700_000_000_000)
    let value = [UInt8](repeating: 0x78, count: valueCount)
    var key = Array("key:000000000000".utf8)

    let before = residentBytes()
    var stalls: [UInt64] = []
    let begin = nanoseconds()
    for number in 0..<keyCount {
        write(key: number, to: &key)
        let from = timesSingly ? nanoseconds() : 0
        keyspace[0].setString(key.span, value.span, at: now)
        if !timesSingly { continue }
        let took = nanoseconds() - from
        if took > 20_000 { stalls.append(took) }
    }
    report(
        timesSingly ? "insert, timed singly" : "insert",
        Double(nanoseconds() - begin) / Double(keyCount), "ns")
    stalls.sort(by: >)
    let longest = stalls.prefix(8).map { "\($0 / 1000)" }.joined(separator: " ")
    if timesSingly { print("longest insertions: \(longest) us") }
    let bytes = residentBytes() - before
    report("memory", Double(bytes) / Double(keyCount), "bytes a key")
    report(
        "of it the table", Double(keyspace[0].tableMemory) / Double(keyCount), "bytes a key")

    let rounds = 2_000_000
    var found = 0
    var start = nanoseconds()
    for _ in 0..<rounds {
        write(key: Int(random.next() % UInt64(keyCount)), to: &key)
        if let reference = keyspace[0].find(key.span, at: now, .read) {
            found += reference.withBytes { $0.count }
        }
    }
    report("random GET", Double(nanoseconds() - start) / Double(rounds), "ns")

    // 16 keys of 16 bytes.
    var keys = (0..<batch).flatMap { _ in key }
    var hashes = [UInt64](repeating: 0, count: batch)
    start = nanoseconds()
    for _ in 0..<rounds / batch {
        for index in 0..<batch {
            write(key: Int(random.next() % UInt64(keyCount)), to: &keys, at: index * 16)
            hashes[index] = keyspace[0].hash(keys.span.extracting(index * 16..<index * 16 + 16))
            keyspace[0].prefetchBucket(hashes[index])
        }
        for index in 0..<batch { keyspace[0].prefetchEntry(hashes[index]) }
        for index in 0..<batch {
            let reference = keyspace[0].find(
                keys.span.extracting(index * 16..<index * 16 + 16), hash: hashes[index], at: now,
                .read)
            if let reference { found += reference.withBytes { $0.count } }
        }
    }
    report("random GET, batches of 16", Double(nanoseconds() - start) / Double(rounds), "ns")

    start = nanoseconds()
    for _ in 0..<rounds {
        write(key: Int(random.next() % UInt64(keyCount)), to: &key)
        keyspace[0].setString(key.span, value.span, at: now)
    }
    report("random SET over", Double(nanoseconds() - start) / Double(rounds), "ns")

    start = nanoseconds()
    for _ in 0..<rounds / batch {
        for index in 0..<batch {
            write(key: Int(random.next() % UInt64(keyCount)), to: &keys, at: index * 16)
            hashes[index] = keyspace[0].hash(keys.span.extracting(index * 16..<index * 16 + 16))
            keyspace[0].prefetchBucket(hashes[index])
        }
        for index in 0..<batch { keyspace[0].prefetchEntry(hashes[index]) }
        for index in 0..<batch {
            keyspace[0].setString(
                keys.span.extracting(index * 16..<index * 16 + 16), hash: hashes[index], value.span,
                expiry: .clear, at: now)
        }
    }
    report("random SET over, batches of 16", Double(nanoseconds() - start) / Double(rounds), "ns")

    start = nanoseconds()
    for number in 0..<rounds {
        write(key: number % 1000, to: &key)
        if let reference = keyspace[0].find(key.span, at: now, .read) {
            found += reference.withBytes { $0.count }
        }
    }
    report("GET of 1000 keys in cache", Double(nanoseconds() - start) / Double(rounds), "ns")

    keyspace.beginSnapshot(RDBPreamble(creationSeconds: 1, usedMemory: 2))
    var finisher = RDBFinisher(compresses: false, checksums: true)
    var longestSlice: UInt64 = 0
    var written = 0
    var onLoop: UInt64 = 0
    var isComplete = false
    var file: [UInt8] = []
    while !isComplete {
        let from = nanoseconds()
        let (records, progress) = keyspace.advanceSnapshot(budget: 1000)
        let took = nanoseconds() - from
        longestSlice = max(longestSlice, took)
        onLoop += took
        let part = finisher.process(records)
        written += part.count
        if keyCount <= 2_000_000 { file += part }
        isComplete = progress.isComplete
    }
    report("snapshot", Double(onLoop) / Double(keyCount), "ns a key, slices of 1000 keys")
    report("longest slice", Double(longestSlice) / 1000, "us")
    report("snapshot with checksum", Double(written) / 1_000_000, "MB")

    if !file.isEmpty {
        var compressor = RDBFinisher(compresses: true, checksums: true)
        start = nanoseconds()
        let count = compressor.process(file).count
        report("compression", Double(nanoseconds() - start) / Double(keyCount), "ns a key")
        report("compressed", Double(count) / Double(file.count), "of the size")
        var checksum = CRC64()
        start = nanoseconds()
        checksum.update(file.span)
        report("checksum", Double(file.count) / Double(nanoseconds() - start), "bytes a ns")
        file += finisher.finish()
        load(file)
    }

    start = nanoseconds()
    keyspace[0].removeAll()
    report("removal of all", Double(nanoseconds() - start) / 1000, "us")
    start = nanoseconds()
    keyspace.reclaim(budget: .max)
    report("reclaim", Double(nanoseconds() - start) / Double(keyCount), "ns a key")
    print("found \(found) bytes")
}

run()
