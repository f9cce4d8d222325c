/// How long executions of one command took, counted by duration.
///
/// Durations from 1 ns to 1 s in steps of less than 1%: below 256 ns each has its own count, and each
/// further doubling has 128. What is reported is the greatest duration of a step, so percentiles
/// are those that Redis tells, whose histograms have the same steps (HdrHistogram, two digits).
///
/// Nothing is allocated before the first duration.
public struct LatencyHistogram: Sendable {
    /// The longest duration that is told apart from longer ones, in nanoseconds.
    public static var longest: Int { 1_000_000_000 }
    private static var stepBits: Int { 7 }
    private static var stepsPerDoubling: Int { 1 << stepBits }

    private var counts: [UInt32] = []
    /// How many durations were counted.
    public private(set) var total = 0

    /// Nothing counted.
    public init() {}

    /// Counts `count` executions of such a duration.
    public mutating func record(nanoseconds: Int, count: Int) {
        if counts.isEmpty {
            counts = [UInt32](repeating: 0, count: Self.step(of: Self.longest) + 1)
        }
        let step = Self.step(of: min(max(nanoseconds, 1), Self.longest))
        // Shares stay nearly right when a count is full.
        counts[step] = UInt32(clamping: Int(counts[step]) + count)
        total += count
    }

    /// The duration that `percent` of the executions did not exceed, in nanoseconds.
    public func percentile(_ percent: Double) -> Int {
        let share = min(max(percent, 0), 100) / 100
        let wanted = max(Int(share * Double(total) + 0.5), 1)
        var sum = 0
        for (step, count) in counts.enumerated() where count > 0 {
            sum += Int(count)
            if sum >= wanted { return Self.greatest(in: step) }
        }
        return 0
    }

    /// How many executions took no longer than each power of two in nanoseconds, from 1024 on.
    ///
    /// Only where that is more than for the one before; durations in whole microseconds.
    public var distribution: [(microseconds: Int, count: Int)] {
        var result: [(microseconds: Int, count: Int)] = []
        var sum = 0
        var level = 1024
        for (step, count) in counts.enumerated() {
            sum += Int(count)
            guard step == Self.step(of: level) else { continue }
            level *= 2
            if sum > result.last?.count ?? 0 {
                result.append((Self.greatest(in: step) / 1000, sum))
            }
            if level > Self.longest { break }
        }
        if total > result.last?.count ?? 0 {
            result.append((Self.longest / 1000, total))
        }
        return result
    }

    /// Where a duration is counted.
    private static func step(of nanoseconds: Int) -> Int {
        let doublings = max(Int.bitWidth - nanoseconds.leadingZeroBitCount - stepBits - 1, 0)
        return doublings << stepBits + nanoseconds >> doublings
    }

    /// The greatest duration that is counted in `step`.
    private static func greatest(in step: Int) -> Int {
        let doublings = max(step >> stepBits - 1, 0)
        return (step - doublings << stepBits + 1) << doublings - 1
    }
}
