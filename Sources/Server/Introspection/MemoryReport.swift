/// The Memory section, from what the allocator, the system and the server's own buffers say.
public struct MemoryReport: Sendable {
    /// Bytes that the program has allocated.
    public var allocated = 0
    /// Bytes in pages that hold allocations.
    public var active = 0
    /// Bytes in pages that the allocator keeps resident.
    public var resident = 0
    /// The most that was ever allocated.
    public var peak = 0
    /// What was allocated when the server had just started.
    public var startup = 0
    /// Bytes of the process that are resident.
    public var processResident = 0
    /// The machine's memory.
    public var systemMemory = 0
    /// Bytes of the replication backlog.
    public var backlog = 0
    /// Bytes of the buffers of attached replicas.
    public var replicaBuffers = 0
    /// Bytes of the buffers of other clients.
    public var clientBuffers = 0
    /// Emptied tables whose freeing is under way.
    public var pendingFrees = 0
    /// What `maxmemory` says.
    public var maxMemory = 0
    /// What `maxmemory-policy` says.
    public var policy = "noeviction"

    /// All zero.
    public init() {}

    /// Bytes that are not the data set.
    public var overhead: Int { startup + backlog + replicaBuffers + clientBuffers }

    /// The section.
    ///
    /// What this build does not have (scripts, functions, the append log's buffer) takes no memory
    /// and says so.
    public func render(into text: inout InfoText) {
        let dataset = max(allocated - overhead, 0)
        let net = allocated - startup
        text.section("Memory")
        text.bytes("used_memory", allocated)
        text.bytes("used_memory_rss", processResident)
        text.bytes("used_memory_peak", peak)
        text.field("used_memory_peak_perc", hundredths: percent(allocated, of: peak), unit: "%")
        text.field("used_memory_overhead", overhead)
        text.field("used_memory_startup", startup)
        text.field("used_memory_dataset", dataset)
        text.field("used_memory_dataset_perc", hundredths: percent(dataset, of: net), unit: "%")
        text.field("allocator_allocated", allocated)
        text.field("allocator_active", active)
        text.field("allocator_resident", resident)
        text.bytes("total_system_memory", systemMemory)
        renderScripts(into: &text)
        text.bytes("maxmemory", maxMemory)
        text.field("maxmemory_policy", policy)
        text.field("allocator_frag_ratio", hundredths: ratio(active, to: allocated))
        text.field("allocator_frag_bytes", active - allocated)
        text.field("allocator_rss_ratio", hundredths: ratio(resident, to: active))
        text.field("allocator_rss_bytes", resident - active)
        text.field("rss_overhead_ratio", hundredths: ratio(processResident, to: resident))
        text.field("rss_overhead_bytes", processResident - resident)
        text.field("mem_fragmentation_ratio", hundredths: ratio(processResident, to: allocated))
        text.field("mem_fragmentation_bytes", processResident - allocated)
        text.field("mem_not_counted_for_evict", replicaBuffers)
        text.field("mem_replication_backlog", backlog)
        text.field("mem_total_replication_buffers", backlog + replicaBuffers)
        text.field("mem_clients_slaves", replicaBuffers)
        text.field("mem_clients_normal", clientBuffers)
        text.field("mem_cluster_links", 0)
        text.field("mem_aof_buffer", 0)
        text.field("mem_allocator", "jemalloc")
        text.field("active_defrag_running", false)
        text.field("lazyfree_pending_objects", pendingFrees)
        text.field("lazyfreed_objects", 0)
    }

    private func renderScripts(into text: inout InfoText) {
        for name in ["used_memory_lua", "used_memory_vm_eval"] { text.field(name, 0) }
        text.field("used_memory_lua_human", InfoText.human(0))
        for name in [
            "used_memory_scripts_eval", "number_of_cached_scripts", "number_of_functions",
            "number_of_libraries", "used_memory_vm_functions",
        ] { text.field(name, 0) }
        text.bytes("used_memory_vm_total", 0)
        text.field("used_memory_functions", 0)
        text.bytes("used_memory_scripts", 0)
    }

    private func ratio(_ value: Int, to base: Int) -> Double {
        base > 0 ? Double(value) / Double(base) : 0
    }

    private func percent(_ value: Int, of whole: Int) -> Double { ratio(value, to: whole) * 100 }
}
