/// What INFO's commandstats tells of one command.
public struct CommandCounters: Sendable {
    /// Executions.
    public var calls: Int = 0
    /// Executions up to the last turn whose time was shared out.
    @usableFromInline var sharedCalls: Int = 0
    /// Time spent, in nanoseconds.
    public var nanoseconds: Int = 0
    /// Refusals before execution: arity, permission, state of the server.
    public var rejected: Int = 0
    /// Executions that answered an error.
    public var failed: Int = 0

    /// All zero.
    public init() {}
}

/// Counters of every command, indexed by the raw value of its `CommandID`.
///
/// Time is shared out by turns: the server reads no clock, and reading one around each command of a
/// batch would cost more than many commands do. `shareTime` gives the time of a turn to the
/// commands that it executed, evenly by calls. A turn of one command is exact; in a turn of several
/// a slow one lends its time to the others. Sums over all commands are exact.
///
/// Invariants: `touched` holds each command with `calls > sharedCalls` once; storage is allocated
/// once and never moves.
@safe public struct CommandCounterTable: ~Copyable {
    /// How many commands are counted.
    public let count: Int
    @usableFromInline let storage: UnsafeMutablePointer<CommandCounters>
    @usableFromInline let touched: UnsafeMutablePointer<UInt16>
    @usableFromInline var touchedCount = 0
    private var latencies: [LatencyHistogram]

    /// Counters for commands 0 to `count - 1`, all zero.
    public init(count: Int) {
        precondition(count > 0 && count <= 65_536, "command identifiers have 16 bits")
        self.count = count
        unsafe storage = .allocate(capacity: count)
        unsafe storage.initialize(repeating: CommandCounters(), count: count)
        unsafe touched = .allocate(capacity: count)
        latencies = Array(repeating: LatencyHistogram(), count: count)
    }

    deinit {
        unsafe storage.deallocate()
        unsafe touched.deallocate()
    }

    /// The counters of a command.
    @inlinable
    public subscript(_ command: UInt16) -> CommandCounters {
        @inline(__always)
        unsafeAddress {
            precondition(Int(command) < count, "a command's identifier is below the count")
            return unsafe UnsafePointer(storage + Int(command))
        }
        @inline(__always)
        unsafeMutableAddress {
            precondition(Int(command) < count, "a command's identifier is below the count")
            return unsafe storage + Int(command)
        }
    }

    /// Counts one execution.
    @inlinable
    @inline(__always)
    public mutating func countCall(_ command: UInt16) {
        precondition(Int(command) < count, "a command's identifier is below the count")
        let counters = unsafe storage + Int(command)
        if unsafe counters.pointee.calls == counters.pointee.sharedCalls {
            unsafe touched[touchedCount] = command
            touchedCount &+= 1
        }
        unsafe counters.pointee.calls &+= 1
    }

    /// Lends the counters of one command to be changed: rejected and failed calls.
    public mutating func withCounters(_ command: UInt16, _ body: (inout CommandCounters) -> Void) {
        precondition(Int(command) < count, "a command's identifier is below the count")
        unsafe body(&storage[Int(command)])
    }

    /// How long executions of a command took, as far as that was counted.
    public func latency(of command: UInt16) -> LatencyHistogram { latencies[Int(command)] }

    /// Gives the time of the turn that ends to the commands it executed.
    ///
    /// `countsLatency`: their histograms as well. O(different commands).
    public mutating func shareTime(nanoseconds: Int, countsLatency: Bool = false) {
        var calls = 0
        for index in 0..<touchedCount {
            let counters = unsafe storage + Int(touched[index])
            unsafe calls += counters.pointee.calls - counters.pointee.sharedCalls
        }
        var rest = max(nanoseconds, 0)
        for index in 0..<touchedCount {
            let counters = unsafe storage + Int(touched[index])
            let executed = unsafe counters.pointee.calls - counters.pointee.sharedCalls
            // Shares of what is left, so that rounding loses nothing.
            let share = Int(Double(rest) * Double(executed) / Double(calls))
            unsafe counters.pointee.nanoseconds += share
            if countsLatency {
                latencies[Int(unsafe touched[index])].record(
                    nanoseconds: share / executed, count: executed)
            }
            rest -= share
            calls -= executed
            unsafe counters.pointee.sharedCalls = unsafe counters.pointee.calls
        }
        touchedCount = 0
    }

    /// Time of all commands together, in nanoseconds.
    ///
    /// O(commands).
    public var totalNanoseconds: Int {
        var total = 0
        for index in 0..<count { unsafe total += storage[index].nanoseconds }
        return total
    }

    /// Sets every counter to zero (CONFIG RESETSTAT).
    public mutating func reset() {
        unsafe storage.update(repeating: CommandCounters(), count: count)
        touchedCount = 0
        latencies = Array(repeating: LatencyHistogram(), count: count)
    }

    /// Checks the invariants; for tests.
    public func checkInvariants() {
        var pending = 0
        for index in 0..<count where unsafe storage[index].calls != storage[index].sharedCalls {
            pending += 1
        }
        precondition(pending == touchedCount, "every command with unshared time is listed once")
    }
}
