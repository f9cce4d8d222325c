import Bytes
import Configuration

/// What this build refuses because it could not keep it.
///
/// A refusal names what is missing and what to do; it stops the start, and CONFIG SET answers it.
/// When a later version can do what a row refuses, the row loses its check.
enum Honesty {
    /// Lets everything pass.
    static let anything: ServerDirective.Check = { _ throws(DirectiveError) in }

    /// Refuses `yes`.
    static func mustBeOff(_ reason: String) -> ServerDirective.Check {
        { value throws(DirectiveError) in
            if value == .boolean(true) { throw DirectiveError(reason) }
        }
    }

    /// Refuses every number but `allowed`.
    static func mustBe(_ allowed: Int, _ reason: String) -> ServerDirective.Check {
        { value throws(DirectiveError) in
            if value != .integer(allowed) { throw DirectiveError(reason) }
        }
    }

    /// Refuses a text.
    static func mustBeEmpty(_ reason: String) -> ServerDirective.Check {
        { value throws(DirectiveError) in
            if value != .text("") { throw DirectiveError(reason) }
        }
    }

    /// Refuses a file's path where a mere name is meant.
    static func fileName(
        _ name: String, mayBeEmpty: Bool, kind: String = "filename"
    ) -> ServerDirective.Check {
        { value throws(DirectiveError) in
            guard case .text(let text) = value else { return }
            if text.isEmpty && !mayBeEmpty { throw DirectiveError("\(name) can't be empty") }
            if text.bytes.contains(UInt8(ascii: "/")) || text.bytes.contains(UInt8(ascii: "\\")) {
                throw DirectiveError("\(name) can't be a path, just a \(kind)")
            }
        }
    }

    /// What is said about a process that belongs to the unit.
    static let processorLists: ServerDirective.Check = mustBeEmpty(
        "this build does not pin threads: leave it empty and use taskset, or CPUAffinity= of the "
            + "systemd unit")

    /// Settings that are kept but change less than they say: told once in the log at start.
    static func warnings(_ settings: ServerSettings) -> [String] {
        var warnings: [String] = []
        for name in ["io-threads", "latency-monitor-threshold", "watchdog-period"] {
            guard let row = ServerDirectives.table.row(ByteString(name)) else { continue }
            let value = row.value(in: settings)
            if value != row.defaultValue {
                warnings.append(
                    "\(name) \(row.kind.format(value).text) is kept, but has no effect in this "
                        + "version")
            }
        }
        return warnings
    }
}
