import Bytes
import Determinism
import Protocol

/// The options of SET and GETEX, read before anything is touched.
///
/// At most one of EX, PX, EXAT, PXAT, KEEPTTL and PERSIST is given, NX excludes XX. Repeating an
/// option is allowed, as in Redis; the last time counts.
struct ExpiryOptions {
    /// Which command's options these are.
    enum Family { case set, get }

    /// What happens to the expiry.
    enum Time: Equatable {
        case none
        case keep
        case persist
        case seconds
        case milliseconds
        case secondsAt
        case millisecondsAt

        /// Whether the time counts from now.
        var isRelative: Bool { self == .seconds || self == .milliseconds }
        var isInSeconds: Bool { self == .seconds || self == .secondsAt }
        var hasArgument: Bool { self != .none && self != .keep && self != .persist }
    }

    var time = Time.none
    /// Index of the time's argument, when the time has one.
    var timeIndex = 0
    var onlyIfMissing = false
    var onlyIfPresent = false
    var wantsOldValue = false

    /// Reads the arguments from `first` on; nil on a syntax error.
    init?(_ request: borrowing Request, from first: Int, of family: Family) {
        var index = first
        while index < request.count {
            let option = request[index]
            let hasNext = index + 1 < request.count
            if family == .set && option.equalsIgnoringCase("nx") && !onlyIfPresent {
                onlyIfMissing = true
            } else if family == .set && option.equalsIgnoringCase("xx") && !onlyIfMissing {
                onlyIfPresent = true
            } else if family == .set && option.equalsIgnoringCase("get") {
                wantsOldValue = true
            } else if family == .set && option.equalsIgnoringCase("keepttl") && accepts(.keep) {
                time = .keep
            } else if family == .get && option.equalsIgnoringCase("persist") && accepts(.persist) {
                time = .persist
            } else if let kind = ExpiryOptions.time(option), hasNext, accepts(kind) {
                time = kind
                timeIndex = index + 1
                index += 1
            } else {
                return nil
            }
            index += 1
        }
    }

    private func accepts(_ kind: Time) -> Bool { time == .none || time == kind }

    private static func time(_ option: Span<UInt8>) -> Time? {
        if option.equalsIgnoringCase("ex") { return .seconds }
        if option.equalsIgnoringCase("px") { return .milliseconds }
        if option.equalsIgnoringCase("exat") { return .secondsAt }
        if option.equalsIgnoringCase("pxat") { return .millisecondsAt }
        return nil
    }
}

/// When a key is to expire, in milliseconds since 1970, as commands give it.
enum ExpiryTime {
    /// The time that argument `index` names, which is positive; nil when the error was written.
    static func positive(
        _ request: borrowing Request, _ index: Int, _ time: ExpiryOptions.Time,
        of command: StaticString, _ reply: inout ReplyWriter
    ) -> Int? {
        guard let given = reply.integerArgument(request, index) else { return nil }
        let (scaled, overflows) = given.multipliedReportingOverflow(by: time.isInSeconds ? 1000 : 1)
        let base = time.isRelative ? Int(request.now.milliseconds) : 0
        let (result, carries) = scaled.addingReportingOverflow(base)
        if given <= 0 || overflows || carries {
            reply.invalidExpireTime(command)
            return nil
        }
        return result
    }
}
