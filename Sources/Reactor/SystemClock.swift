import CLinux
import Determinism
import Glibc

/// The one place that reads the clocks.
public enum SystemClock {
    /// Both clocks, read one after the other (no system call: the vDSO answers).
    public static func now() -> Moment { Moment(instant: instant(), unix: unix()) }

    /// The monotonic clock.
    public static func instant() -> Instant {
        let time = read(CLOCK_MONOTONIC)
        return Instant(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
    }

    /// The wall clock.
    public static func unix() -> UnixTime {
        let time = read(CLOCK_REALTIME)
        return UnixTime(
            microseconds: Int64(time.tv_sec) &* 1_000_000 &+ Int64(time.tv_nsec) / 1000)
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return time
    }
}

/// The one place that asks the kernel for randomness: seeds, run ids.
public enum Entropy {
    /// 64 unpredictable bits.
    public static func word() -> UInt64 {
        var word: UInt64 = 0
        unsafe withUnsafeMutableBytes(of: &word) { place in
            unsafe fill(place)
        }
        return word
    }

    private static func fill(_ place: UnsafeMutableRawBufferPointer) {
        while true {
            // Up to 256 bytes come whole once the pool is ready, so only a signal interrupts.
            if unsafe getrandom(place.baseAddress, place.count, 0) == place.count { return }
        }
    }
}
