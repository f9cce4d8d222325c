import CJemalloc

/// What jemalloc knows of the process's memory, in bytes.
public enum AllocatorStatistics {
    /// Allocated by the program.
    public static var allocated: Int { read("stats.allocated") }
    /// In pages that hold allocations.
    public static var active: Int { read("stats.active") }
    /// In pages that are mapped and resident, the allocator's own included.
    public static var resident: Int { read("stats.resident") }

    private static func read(_ name: StaticString) -> Int {
        // Statistics are as of the last epoch: begin another.
        var epoch: UInt64 = 1
        _ = unsafe mallctl("epoch", nil, nil, &epoch, MemoryLayout<UInt64>.size)
        var value = 0
        var size = MemoryLayout<Int>.size
        let result = name.withUTF8Buffer { name in
            guard let text = name.baseAddress else { return Int32(-1) }
            return unsafe text.withMemoryRebound(to: CChar.self, capacity: name.count) {
                unsafe mallctl($0, &value, &size, nil, 0)
            }
        }
        return result == 0 ? value : 0
    }
}
