/// A point on the monotonic clock, in nanoseconds since an arbitrary start (the boot, in production).
///
/// Never compared with wall-clock time; it does not jump when an administrator sets the clock.
public struct Instant: Comparable, Hashable, Sendable {
    /// Nanoseconds since the clock's start.
    public var nanoseconds: Int64

    /// The clock's start.
    public static let zero = Instant(nanoseconds: 0)
    /// Later than every other.
    public static let distantFuture = Instant(nanoseconds: .max)

    /// A point by its nanoseconds.
    @inlinable
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Earlier first.
    @inlinable
    public static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The point `duration` later.
    @inlinable
    public static func + (instant: Instant, duration: Duration) -> Instant {
        Instant(nanoseconds: instant.nanoseconds &+ duration.wholeNanoseconds)
    }

    /// The point `duration` earlier.
    @inlinable
    public static func - (instant: Instant, duration: Duration) -> Instant {
        Instant(nanoseconds: instant.nanoseconds &- duration.wholeNanoseconds)
    }

    /// How much later `left` is than `right`; negative when it is earlier.
    @inlinable
    public static func - (left: Instant, right: Instant) -> Duration {
        Duration(wholeNanoseconds: left.nanoseconds &- right.nanoseconds)
    }

    /// Whole milliseconds since the clock's start.
    @inlinable
    public var milliseconds: Int64 { nanoseconds / 1_000_000 }
}

extension Duration {
    /// The duration in nanoseconds; what does not fit in 64 bits is clamped.
    @inlinable
    public var wholeNanoseconds: Int64 {
        let attoseconds = attoseconds
        let magnitude = attoseconds.magnitude
        let high = UInt64(truncatingIfNeeded: magnitude >> 64)
        // One division of 128 by 64 bits, as long as the quotient has a sign bit to spare.
        guard high < 500_000_000 else { return attoseconds < 0 ? .min : .max }
        let (quotient, _) = (1_000_000_000 as UInt64).dividingFullWidth(
            (high, UInt64(truncatingIfNeeded: magnitude)))
        let whole = Int64(bitPattern: quotient)
        return attoseconds < 0 ? -whole : whole
    }

    /// A duration of so many nanoseconds; `nanoseconds(_:)` is generic, and slow where it counts.
    @inlinable
    public init(wholeNanoseconds: Int64) {
        self.init(attoseconds: Int128(wholeNanoseconds) * 1_000_000_000)
    }

    /// A part of the duration, in whole nanoseconds; the generic division is slow.
    @inlinable
    public static func / (duration: Duration, divisor: Int) -> Duration {
        Duration(wholeNanoseconds: duration.wholeNanoseconds / Int64(divisor))
    }

    /// The duration so many times; the generic multiplication is slow.
    @inlinable
    public static func * (duration: Duration, factor: Int) -> Duration {
        Duration(attoseconds: duration.attoseconds * Int128(factor))
    }

    /// The duration in whole milliseconds, cut towards zero.
    @inlinable
    public var wholeMilliseconds: Int64 { wholeNanoseconds / 1_000_000 }
}

/// Wall-clock time, in microseconds since 1970-01-01T00:00:00Z: key expiry, logs, LASTSAVE.
public struct UnixTime: Comparable, Hashable, Sendable {
    /// Microseconds since 1970.
    public var microseconds: Int64

    /// A time by its microseconds.
    @inlinable
    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// A time by its milliseconds; `milliseconds` is within ±292,000 years.
    @inlinable
    public init(milliseconds: Int64) { microseconds = milliseconds &* 1000 }

    /// Earlier first.
    @inlinable
    public static func < (left: UnixTime, right: UnixTime) -> Bool {
        left.microseconds < right.microseconds
    }

    /// Whole milliseconds since 1970.
    @inlinable
    public var milliseconds: Int64 { microseconds / 1000 }
    /// Whole seconds since 1970.
    @inlinable
    public var seconds: Int64 { microseconds / 1_000_000 }
}

/// Both clocks read together: what an executor hands in as `now`.
public struct Moment: Sendable {
    /// The monotonic clock: timeouts, deadlines.
    public var instant: Instant
    /// The wall clock: expiry, logs.
    public var unix: UnixTime

    /// Both readings.
    @inlinable
    public init(instant: Instant, unix: UnixTime) {
        self.instant = instant
        self.unix = unix
    }
}
