import CLinux
import Determinism

/// What a 64-bit event token stands for.
///
/// Sessions and links carry the bits of a `SlotTable.Identifier`, whose lower half is a slot
/// number below 2^28; the four bits above tell the kind. The other kinds are plain numbers.
public enum EventToken: Hashable, Sendable {
    /// A client's connection, by its identifier's bits.
    case session(UInt64)
    /// A connection of our own, by its identifier's bits.
    case link(UInt64)
    /// A listening socket, by its position.
    case listener(Int)
    /// The signal descriptor.
    case signals
    /// A worker's wakeup, by its position.
    case wakeup(Int)

    private static let kindShift: UInt64 = 28
    private static let kindMask: UInt64 = 0xf << kindShift

    /// The bits for the kernel.
    public var bits: UInt64 {
        switch self {
        case .session(let identifier): EventToken.checked(identifier)
        case .link(let identifier): EventToken.checked(identifier) | 1 << EventToken.kindShift
        case .listener(let index): UInt64(index) | 2 << EventToken.kindShift
        case .signals: 3 << EventToken.kindShift
        case .wakeup(let index): UInt64(index) | 4 << EventToken.kindShift
        }
    }

    /// The token that `bits` came from.
    public init(bits: UInt64) {
        let rest = bits & ~EventToken.kindMask
        switch (bits & EventToken.kindMask) >> EventToken.kindShift {
        case 0: self = .session(rest)
        case 1: self = .link(rest)
        case 2: self = .listener(Int(truncatingIfNeeded: rest))
        case 3: self = .signals
        default: self = .wakeup(Int(truncatingIfNeeded: rest))
        }
    }

    private static func checked(_ identifier: UInt64) -> UInt64 {
        precondition(identifier & kindMask == 0, "a table has less than 2^28 slots")
        return identifier
    }
}

/// Waits for what is ready, up to a deadline, and tells the time: one turn of a daemon begins here.
///
/// Before it blocks, the loop may ask the kernel again and again for up to 50 µs (`BusyPoll`): a
/// reply to the next request of a busy client then leaves a context switch earlier.
public struct EventLoop: ~Copyable {
    /// Watches the descriptors; register with it.
    public var poller: Poller
    private var busyPoll: BusyPoll

    /// A loop that spins for at most `busyPoll` before it blocks; zero turns spinning off.
    public init(busyPoll limit: Duration, processors: Int) throws(SystemError) {
        poller = try Poller()
        busyPoll = BusyPoll(limit: limit, processors: processors)
    }

    /// Changes how long the loop may spin.
    public mutating func setBusyPoll(_ limit: Duration, processors: Int) {
        busyPoll = BusyPoll(limit: limit, processors: processors)
    }

    /// Waits until something is ready or `deadline` has come; `poller` then has the events.
    ///
    /// Returns the time after the wait: the one reading that the turn needs. A deadline in the past
    /// asks without waiting.
    public mutating func poll(until deadline: Instant, now: Instant) -> Moment {
        if deadline <= now {
            let count = poller.wait(milliseconds: 0)
            let moment = SystemClock.now()
            if count > 0 { busyPoll.sawTraffic(at: moment.instant) }
            return moment
        }
        if busyPoll.shouldSpin(at: now) {
            let start = SystemClock.instant()
            let end = min(busyPoll.end(from: start), deadline)
            while true {
                if poller.wait(milliseconds: 0) > 0 {
                    let moment = SystemClock.now()
                    busyPoll.succeeded(at: moment.instant)
                    return moment
                }
                if SystemClock.instant() >= end { break }
                for _ in 0..<BusyPoll.pausesPerPoll { clinux_pause() }
            }
            busyPoll.failed()
        }
        let count = poller.wait(milliseconds: milliseconds(until: deadline))
        let moment = SystemClock.now()
        if count > 0 { busyPoll.sawTraffic(at: moment.instant) }
        return moment
    }

    /// Rounded up, so that a deadline has come when its wait is over.
    private func milliseconds(until deadline: Instant) -> Int32 {
        if deadline == .distantFuture { return -1 }
        let rest = (deadline - SystemClock.instant()).wholeNanoseconds
        return rest <= 0 ? 0 : Int32(clamping: (rest + 999_999) / 1_000_000)
    }
}

/// Decides whether spinning before a blocking wait is worth its CPU time.
///
/// It is allowed with two usable CPUs or more (with one it only keeps the client from running), and
/// for `recent` after traffic. Each spin that ends empty doubles the number of waits that are not
/// preceded by a spin, up to `maximumPause`; a spin that is answered halves it.
struct BusyPoll {
    static let pausesPerPoll = 8
    static let recent = Duration.milliseconds(1)
    static let maximumPause = 64

    private let limit: Duration
    private let isAllowed: Bool
    private var lastTraffic = Instant.zero
    private var pause = 0
    private var waitsToSkip = 0

    init(limit: Duration, processors: Int) {
        self.limit = min(limit, .microseconds(50))
        isAllowed = limit > .zero && processors >= 2
    }

    mutating func shouldSpin(at now: Instant) -> Bool {
        if !isAllowed || now - lastTraffic > Self.recent { return false }
        if waitsToSkip > 0 {
            waitsToSkip -= 1
            return false
        }
        return true
    }

    func end(from start: Instant) -> Instant { start + limit }

    mutating func sawTraffic(at now: Instant) { lastTraffic = now }

    mutating func succeeded(at now: Instant) {
        lastTraffic = now
        pause /= 2
    }

    mutating func failed() {
        pause = min(max(pause * 2, 1), Self.maximumPause)
        waitsToSkip = pause
    }
}
