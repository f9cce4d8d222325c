import Foundation

/// A condition that did not come true in time.
public struct TimedOut: Error, CustomStringConvertible {
    /// What was waited for, and what the processes logged.
    public let description: String
}

/// Waits until `condition` gives a value; asks every few milliseconds, for at most `seconds`.
///
/// `log` is asked for what the processes said when the time is up.
@discardableResult
public func eventually<Value>(
    _ what: String, seconds: Double = 20, log: @autoclosure () -> String = "",
    _ condition: () throws -> Value?
) throws -> Value {
    let end = Date().addingTimeInterval(seconds)
    while true {
        if let value = try? condition() { return value }
        if Date() > end {
            throw TimedOut(description: "waited \(seconds) s in vain: \(what)\n\(log())")
        }
        poll(nil, 0, 5)
    }
}

/// Waits until `condition` is true.
public func eventually(
    _ what: String, seconds: Double = 20, log: @autoclosure () -> String = "",
    isTrue condition: () throws -> Bool
) throws {
    try eventually(what, seconds: seconds, log: log()) { try condition() ? true : nil }
}
